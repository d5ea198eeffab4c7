"""The peer of pictures.mjs: seconds in which a DataLoader gives all training pictures of a job, workers already started."""

import json
import sys
import time

import torch
from PIL import Image
from torch.utils.data import DataLoader, Dataset
from torchvision import transforms

job = json.load(open(sys.argv[1]))
size = job["imageSize"]
transform = transforms.Compose(
    [
        transforms.Resize(round(size * 256 / 227)),
        transforms.RandomResizedCrop(size, scale=(0.16, 1)),
        transforms.RandomHorizontalFlip(),
        transforms.PILToTensor(),
    ]
)


class Pictures(Dataset):
    """The pictures of the job, after one batch for each worker by which it starts."""

    def __init__(self):
        self.lead = job["batch"] * job["workers"]

    def __len__(self):
        return self.lead + len(job["files"])

    def __getitem__(self, index):
        if index < self.lead:
            return torch.zeros(3, size, size, dtype=torch.uint8)
        with Image.open(job["files"][index - self.lead]) as picture:
            return transform(picture.convert("RGB"))


torch.set_num_threads(1)
loader = DataLoader(Pictures(), job["batch"], num_workers=job["workers"], prefetch_factor=job["ahead"] // job["workers"] or 1)
began = None
for number, _ in enumerate(loader):
    if number + 1 == job["workers"]:
        began = time.perf_counter()
print(json.dumps({"seconds": time.perf_counter() - began}))

"""Embeds with PyTorch what ours embedded. usage: python pytorch-embeddings.py FOLDER_OF_bench WEIGHTS.pth PIXELS OUT COUNT
PIXELS: raw float32 [count, 227, 227, 3], mean-subtracted, channels B, G, R. OUT: raw float32 [count, 512]."""
import sys
import torch

sys.path.insert(0, sys.argv[1])
from pytorch_bn_inception import BnInception  # noqa: E402

weights, pixels, out, count = sys.argv[2:6]
model = BnInception()
model.load_state_dict(torch.load(weights, weights_only=True), strict=True)
model.eval()
values = torch.from_file(pixels, shared=False, size=int(count) * 227 * 227 * 3).view(int(count), 227, 227, 3)
with torch.no_grad():
    embeddings = model(values.permute(0, 3, 1, 2).contiguous())
embeddings.numpy().tofile(out)

"""One training step of BN-Inception in PyTorch, eager, channels_last: what `npm run bench train-step` compares with.
Frozen backbone batch norm, triplet loss over all triplets, Adam with coupled weight decay. Prints one JSON line for each request on stdin."""
import json, resource, sys, time
import torch
import torch.nn as nn
import torch.nn.functional as F

from pytorch_bn_inception import BnInception


def triplet(x, instances):
    unit = x / x.norm(dim=1, keepdim=True)
    distances = (2 - 2 * unit @ unit.t()).clamp(min=1e-12)
    classes = torch.arange(len(x)) // instances
    same = classes[:, None] == classes[None, :]
    positive = distances[same & ~torch.eye(len(x), dtype=torch.bool)].view(len(x), -1, 1)
    negative = distances[~same].view(len(x), 1, -1)
    return F.relu(1 + positive - negative).mean()


def main():
    batch, instances, threads = (int(value) for value in sys.argv[1:4])
    torch.set_num_threads(threads)
    torch.manual_seed(0)
    model = BnInception().to(memory_format=torch.channels_last)
    model.train()
    for name, module in model.named_modules():
        if isinstance(module, nn.BatchNorm2d) and name != "head.bn":
            module.eval()
            for parameter in module.parameters():
                parameter.requires_grad_(False)
    parameters = [parameter for parameter in model.parameters() if parameter.requires_grad]
    optimizer = torch.optim.Adam(parameters, lr=1e-5, weight_decay=2.5e-3)
    pixels = (torch.rand(batch, 3, 227, 227) * 255 - 114).to(memory_format=torch.channels_last)
    for line in sys.stdin:
        started = time.perf_counter()
        optimizer.zero_grad(set_to_none=True)
        loss = triplet(model(pixels), instances)
        loss.backward()
        optimizer.step()
        seconds = time.perf_counter() - started
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        print(json.dumps({"ms": seconds * 1000, "loss": loss.item(), "peak_mb": peak / 1024}), flush=True)


main()

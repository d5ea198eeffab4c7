"""One training step of BN-Inception in PyTorch, eager, channels_last: what `npm run bench train-step` compares with.
The same network as packages/models/src/bn-inception.ts: frozen batch norm, average pool, BatchNorm, linear layer,
triplet loss over all triplets, Adam with coupled weight decay. Prints one JSON line for each request on stdin."""
import json, resource, sys, time
import torch
import torch.nn as nn
import torch.nn.functional as F

TABLE = [("3a", 64, (64, 64), (64, 96), "avg", 32), ("3b", 64, (64, 96), (64, 96), "avg", 64),
         ("3c", None, (128, 160), (64, 96), "max", None), ("4a", 224, (64, 96), (96, 128), "avg", 128),
         ("4b", 192, (96, 128), (96, 128), "avg", 128), ("4c", 160, (128, 160), (128, 160), "avg", 128),
         ("4d", 96, (128, 192), (160, 192), "avg", 128), ("4e", None, (128, 192), (192, 256), "max", None),
         ("5a", 352, (192, 320), (160, 224), "avg", 128), ("5b", 352, (192, 320), (192, 224), "max", 128)]


class Layer(nn.Module):
    def __init__(self, inputs, outputs, size, stride=1):
        super().__init__()
        self.conv = nn.Conv2d(inputs, outputs, size, stride, {1: 0, 3: 1, 7: 3}[size])
        self.bn = nn.BatchNorm2d(outputs)

    def forward(self, x):
        return F.relu(self.bn(self.conv(x)), inplace=True)


class Block(nn.Module):
    def __init__(self, inputs, one, three, double, pool, projection):
        super().__init__()
        stride = 2 if projection is None else 1
        self.one = Layer(inputs, one, 1) if one else None
        self.single_three = nn.Sequential(Layer(inputs, three[0], 1), Layer(three[0], three[1], 3, stride))
        self.double_three = nn.Sequential(Layer(inputs, double[0], 1), Layer(double[0], double[1], 3),
                                    Layer(double[1], double[1], 3, stride))
        self.pool = (nn.AvgPool2d(3, 1, 1) if pool == "avg" else
                     nn.MaxPool2d(3, stride, 0 if stride == 2 else 1, ceil_mode=True))
        self.projection = Layer(inputs, projection, 1) if projection else None
        self.outputs = (one or 0) + three[1] + double[1] + (projection or inputs)

    def forward(self, x):
        pooled = self.pool(x)
        parts = [self.one(x)] if self.one else []
        parts += [self.single_three(x), self.double_three(x), self.projection(pooled) if self.projection else pooled]
        return torch.cat(parts, 1)


class BnInception(nn.Module):
    def __init__(self):
        super().__init__()
        self.stem = nn.Sequential(Layer(3, 64, 7, 2), nn.MaxPool2d(3, 2, ceil_mode=True), Layer(64, 64, 1),
                                  Layer(64, 192, 3), nn.MaxPool2d(3, 2, ceil_mode=True))
        blocks, inputs = [], 192
        for _, *row in TABLE:
            blocks.append(Block(inputs, *row))
            inputs = blocks[-1].outputs
        self.blocks = nn.Sequential(*blocks)
        self.bn = nn.BatchNorm2d(1024)
        self.fc = nn.Linear(1024, 512)

    def forward(self, x):
        return self.fc(self.bn(F.adaptive_avg_pool2d(self.blocks(self.stem(x)), 1)).flatten(1))


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
        if isinstance(module, nn.BatchNorm2d) and name != "bn":
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

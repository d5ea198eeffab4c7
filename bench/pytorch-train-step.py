"""One training step in PyTorch: what `npm run bench train-step` compares with.
usage: python pytorch-train-step.py BACKBONE SIDE BATCH INSTANCES THREADS channels_last|nchw|compiled
Frozen backbone batch norm, triplet loss over all triplets, Adam with coupled weight decay. Prints one JSON line for each request on stdin."""
import json, resource, sys, time
import torch
import torch.nn as nn
import torch.nn.functional as F


class WithHead(nn.Module):
    """A backbone's features, then average pool, batch norm, linear layer."""

    def __init__(self, features, channels):
        super().__init__()
        self.features = features
        self.head = nn.ModuleDict({"bn": nn.BatchNorm2d(channels), "fc": nn.Linear(channels, 512)})

    def forward(self, x):
        x = F.adaptive_avg_pool2d(self.features(x), 1)
        return self.head["fc"](self.head["bn"](x).flatten(1))


def bn_inception(side):
    from pytorch_bn_inception import BnInception

    return BnInception()


def conv_small(side):
    layers, inputs = [], 3
    for size, channels, stride in ((5, 16, 2), (3, 32, 2), (3, 64, 2), (3, 96, 1)):
        layers += [nn.Conv2d(inputs, channels, size, stride, size // 2), nn.ReLU(inplace=True)]
        inputs = channels
    return WithHead(nn.Sequential(*layers), inputs)


def efficientnet_lite0(side):
    from efficientnet_lite_pytorch import EfficientNet

    class Features(nn.Module):
        def __init__(self):
            super().__init__()
            self.net = EfficientNet.from_name("efficientnet-lite0", image_size=side, drop_connect_rate=0.0)
            del self.net._fc

        def forward(self, x):
            return self.net.extract_features(x)

    return WithHead(Features(), 1280)


def triplet(x, instances):
    unit = x / x.norm(dim=1, keepdim=True)
    distances = (2 - 2 * unit @ unit.t()).clamp(min=1e-12)
    classes = torch.arange(len(x)) // instances
    same = classes[:, None] == classes[None, :]
    positive = distances[same & ~torch.eye(len(x), dtype=torch.bool)].view(len(x), -1, 1)
    negative = distances[~same].view(len(x), 1, -1)
    return F.relu(1 + positive - negative).mean()


def main():
    backbone, mode = sys.argv[1], sys.argv[6]
    side, batch, instances, threads = (int(value) for value in sys.argv[2:6])
    torch.set_num_threads(threads)
    torch.manual_seed(0)
    layout = torch.contiguous_format if mode == "nchw" else torch.channels_last
    model = globals()[backbone](side).to(memory_format=layout)
    model.train()
    for name, module in model.named_modules():
        if isinstance(module, nn.BatchNorm2d) and name != "head.bn":
            module.eval()
            for parameter in module.parameters():
                parameter.requires_grad_(False)
    parameters = [parameter for parameter in model.parameters() if parameter.requires_grad]
    optimizer = torch.optim.Adam(parameters, lr=1e-5, weight_decay=2.5e-3)
    pixels = (torch.rand(batch, 3, side, side) * 2 - 1).to(memory_format=layout)
    embed = torch.compile(model) if mode == "compiled" else model
    for line in sys.stdin:
        started, used = time.perf_counter(), time.process_time()
        optimizer.zero_grad(set_to_none=True)
        loss = triplet(embed(pixels), instances)
        loss.backward()
        optimizer.step()
        seconds, cpu = time.perf_counter() - started, time.process_time() - used
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        print(json.dumps({"ms": seconds * 1000, "cpu_ms": cpu * 1000, "loss": loss.item(), "peak_mb": peak / 1024}), flush=True)


main()

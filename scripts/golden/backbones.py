"""Writes test/golden/backbones: efficientnet_lite0 and resnet50 with the paper's head, as their Python packages compute them.

usage: python scripts/golden/backbones.py [FOLDER]     (test/golden/backbones)
needs torch, torchvision, numpy, efficientnet-lite-pytorch. Equal versions write equal bytes. What the files mean and by
which rule the weights are made: test/golden/README.md.
"""
import json
import pathlib
import sys

import numpy as np
import torch
import torch.nn as nn
import torchvision
from efficientnet_lite_pytorch import EfficientNet

SEED = 20200
SIDE, BATCH, DIM = 48, 4, 64
PROJECTIONS = 2
SEEDS_TRIED = 24
U32 = np.uint32


def mix(x):
    x = x ^ (x >> U32(16))
    x = x * U32(0x7FEB352D)
    x = x ^ (x >> U32(15))
    x = x * U32(0x846CA68B)
    return x ^ (x >> U32(16))


def fnv1a(text):
    value = 0x811C9DC5
    for byte in text.encode():
        value = ((value ^ byte) * 0x01000193) & 0xFFFFFFFF
    return value


def uniform(seed, name, index):
    """u(seed, name, i) of test/golden/README.md; index: array of whole numbers."""
    key = mix(np.array([seed ^ fnv1a(name)], dtype=U32))
    return mix(key + np.asarray(index, dtype=U32)).astype(np.float64) / 2**32


class WithHead(nn.Module):
    """The backbone's features, then average pool, batch norm, linear layer: the paper's head."""

    def __init__(self, backbone, features, channels):
        super().__init__()
        self.backbone, self.features = backbone, features
        self.head = nn.ModuleDict({"bn": nn.BatchNorm2d(channels), "fc": nn.Linear(channels, DIM)})

    def forward(self, x):
        x = nn.functional.adaptive_avg_pool2d(self.features(x), 1)
        return self.head["fc"](self.head["bn"](x).flatten(1))

    def named(self):
        """The state dict's keys as ours: without a prefix for the backbone, without its classifier."""
        for key, tensor in self.state_dict(keep_vars=True).items():
            if not key.endswith("num_batches_tracked"):
                yield key.removeprefix("backbone."), tensor


def efficientnet_lite0():
    # drop-connect is a regulariser of training that ours leaves out; image_size decides the padding
    net = EfficientNet.from_name("efficientnet-lite0", image_size=SIDE, drop_connect_rate=0.0)
    del net._fc
    return WithHead(net, net.extract_features, 1280)


def resnet50():
    net = torchvision.models.resnet50()
    del net.fc

    def features(x):
        x = net.maxpool(net.relu(net.bn1(net.conv1(x))))
        return net.layer4(net.layer3(net.layer2(net.layer1(x))))

    return WithHead(net, features, 2048)


def preprocess(name, rgb):
    if name == "efficientnet_lite0":
        return (rgb - 127) / 128
    mean, std = (torch.tensor(v, dtype=rgb.dtype).view(1, 3, 1, 1) for v in ([0.485, 0.456, 0.406], [0.229, 0.224, 0.225]))
    return (rgb / 255 - mean) / std


def pixels(seed):
    """Whole numbers 0..255 [batch, 3, side, side], channels R, G, B."""
    b, c, h, w = np.meshgrid(*(np.arange(size) for size in (BATCH, 3, SIDE, SIDE)), indexing="ij")
    plane = b * 3 + c
    coarse = uniform(seed, "input-coarse", (plane * 16 + (h >> 4)) * 16 + (w >> 4))
    return np.floor(256 * (0.5 * coarse + 0.5 * uniform(seed, "input", (plane * SIDE + h) * SIDE + w)))


def norms(model):
    return {name.removeprefix("backbone."): module for name, module in model.named_modules() if isinstance(module, nn.BatchNorm2d)}


def set_weights(model, scales):
    batch_norms = set(norms(model))
    with torch.no_grad():
        for name, tensor in model.named():
            r = uniform(SEED, name, np.arange(tensor.numel()))
            module, part = name.rsplit(".", 1)
            if part == "running_mean":
                values = (2 * r - 1) * 0.2 * np.sqrt(scales[module])
            elif part == "running_var":
                values = (0.8 + 0.4 * r) * scales[module]
            elif part == "bias":
                values = (2 * r - 1) * 0.1
            elif module in batch_norms:
                values = 0.8 + 0.4 * r
            else:
                values = (2 * r - 1) * np.sqrt(6 / np.prod(tensor.shape[1:]))
            tensor.copy_(torch.from_numpy(values.astype(np.float32)).view(tensor.shape))


def measure_scales(model, x):
    """A ninth of the mean square that reaches each batch norm: activations get a std of about 3, so some reach 6."""
    scales = {name: 1.0 for name in norms(model)}
    set_weights(model, scales)
    hooks = []
    for name, module in norms(model).items():
        def measure(module, inputs, name=name):
            share = 1 if name.startswith("head") else 9
            scales[name] = float(np.float32(inputs[0].double().square().mean().item() / share))
            module.running_var.copy_(torch.full_like(module.running_var, scales[name]))
        hooks.append(module.register_forward_pre_hook(measure))
    with torch.no_grad():
        model.eval()(x)
    for hook in hooks:
        hook.remove()
    return scales


def kink_margin(model, x):
    """The least distance of an activation's input to a kink, in units of its layer's std."""
    margins = []

    def look(module, inputs):
        values = inputs[0]
        kinks = [0.0, 6.0] if isinstance(module, nn.ReLU6) else [0.0]
        margins.append(min(((values - kink).abs().min() / values.std()).item() for kink in kinks))

    hooks = [m.register_forward_pre_hook(look) for m in model.modules() if isinstance(m, (nn.ReLU, nn.ReLU6))]
    with torch.no_grad():
        model.eval()(x)
    for hook in hooks:
        hook.remove()
    return min(margins)


def set_mode(model, mode):
    model.train(mode != "eval")
    if mode == "train":
        for name, module in norms(model).items():
            if not name.startswith("head"):
                module.eval()


class Writer:
    def __init__(self):
        self.bytes = bytearray()

    def tensor(self, array):
        offset = len(self.bytes)
        raw = np.ascontiguousarray(array)
        self.bytes += raw.tobytes()
        self.bytes += bytes(-len(self.bytes) % 8)
        return {"file": "data.bin", "dtype": str(raw.dtype), "shape": list(raw.shape), "offset": offset, "bytes": raw.nbytes}


def digest(name, values):
    """[l2 norm, projection 0, projection 1, ...] of a flat tensor."""
    index = np.arange(values.size)
    return [np.sqrt(np.square(values).sum())] + [
        (values * (2 * uniform(SEED, f"projection-{j}:{name}", index) - 1)).sum() for j in range(PROJECTIONS)
    ]


def run(model, scales, mode, x):
    """One pass in the tensors' own precision: embeddings, and what each parameter's gradient and each statistic is."""
    set_weights(model, scales)
    set_mode(model, mode)
    model.zero_grad()
    embeddings = model(x)
    weights = 2 * uniform(SEED, "loss-weights", np.arange(BATCH * DIM)) - 1
    (embeddings * torch.from_numpy(weights.astype(np.float32)).to(x.dtype).view(BATCH, DIM)).sum().backward()
    tensors = [(name, tensor.detach().numpy().astype(np.float64)) for name, tensor in model.named()]
    gradients = {name: t.grad.double().numpy().ravel() for name, t in model.named() if t.requires_grad}
    statistics = {name: values.ravel() for name, values in tensors if ".running_" in name}
    return embeddings.detach().numpy(), gradients, statistics


def relative(a, b):
    return float(np.linalg.norm(a - b) / max(np.linalg.norm(b), 1e-300))


def backbone(name, make, writer):
    model = make().double()
    scales = measure_scales(model, preprocess(name, torch.from_numpy(pixels(0))))
    set_weights(model, scales)
    margins = {seed: kink_margin(model, preprocess(name, torch.from_numpy(pixels(seed)))) for seed in range(1, SEEDS_TRIED + 1)}
    seed = max(margins, key=margins.get)
    rgb = torch.from_numpy(pixels(seed))
    cases = []
    for mode in ("eval", "train", "train-unfrozen"):
        exact = run(model.double(), scales, mode, preprocess(name, rgb))
        single = run(model.float(), scales, mode, preprocess(name, rgb.float()))
        cases.append({
            "mode": mode,
            "embedding64": writer.tensor(exact[0]),
            # one row for each parameter, in the order of `entries`
            "gradients64": writer.tensor(np.array([digest(key, values) for key, values in exact[1].items()])),
            "statistics64": writer.tensor(np.array([digest(key, values) for key, values in exact[2].items()])),
            "embedding_dev_f32": float(np.abs(single[0] - exact[0]).max() / np.abs(exact[0]).max()),
            "gradient_rel_l2_dev_f32": max(relative(single[1][key], exact[1][key]) for key in exact[1]),
        })
        print(name, mode, f"float32 against float64: {cases[-1]['embedding_dev_f32']:.1e}, gradients {cases[-1]['gradient_rel_l2_dev_f32']:.1e}")
    return {
        "name": name, "side": SIDE, "batch": BATCH, "embedding_dim": DIM, "input_seed": seed, "kink_margin": margins[seed],
        "entries": [[key, list(tensor.shape)] for key, tensor in model.named()],
        "scales": scales,
        "cases": cases,
    }


def main():
    default = pathlib.Path(__file__).parents[2] / "test/golden/backbones"
    folder = pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else default
    folder.mkdir(parents=True, exist_ok=True)
    torch.use_deterministic_algorithms(True)
    torch.set_num_threads(1)
    writer = Writer()
    backbones = [backbone("efficientnet_lite0", efficientnet_lite0, writer), backbone("resnet50", resnet50, writer)]
    versions = {"torch": torch.__version__, "torchvision": torchvision.__version__, "numpy": np.__version__}
    manifest = {"versions": versions, "seed": SEED, "projections": PROJECTIONS, "backbones": backbones}
    (folder / "manifest.json").write_text(json.dumps(manifest, separators=(",", ":")) + "\n")
    (folder / "data.bin").write_bytes(writer.bytes)


if __name__ == "__main__":
    main()

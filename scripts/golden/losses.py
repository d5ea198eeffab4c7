"""Golden numbers of the losses that pytorch-metric-learning has: values and gradients, in float32 and float64.

    SPHERELAB_PEER_PYTHON scripts/golden/losses.py [--out FOLDER] [--seed N]

Needs a Python with torch and pytorch-metric-learning, and a built packages/catalogue: the losses, their arguments and
defaults are the records of the catalogue (scripts/golden/records.mjs), so a new loss changes nothing here. Writes
manifest.json and data.bin into test/golden/losses-pml in the format of test/golden/README.md, "losses" (what differs
is told there under "losses-pml"). Inputs follow from the seed alone.

The metric loss is the library's. It has neither SEC nor L2-reg, so these are torch formulas of test/golden/quirks.md.
"""

import argparse
import hashlib
import json
import math
import random
import subprocess
from pathlib import Path

import pytorch_metric_learning
import torch
from pytorch_metric_learning import losses as pml

ROOT = Path(__file__).resolve().parents[2]

# class sizes, dim, vectors a loss may learn (more than the classes of the batch; never dim, so that they can be told apart)
SHAPES = {
    "12x8": ([3] * 4, 8, 7),
    "11x6-unequal": ([1, 2, 3, 5], 6, 9),
    "16x12-pairs": ([2] * 8, 12, 11),
    "30x16": ([5] * 6, 16, 9),
    "32x24": ([4] * 8, 24, 17),
}
# shape, sec_wei, l2reg_wei, constants: their defaults, or others
FULL = [
    *[(shape, 0.0, 0.0, "default") for shape in SHAPES],
    ("12x8", 1.0, 0.0, "default"),
    ("12x8", 0.0, 0.1, "default"),
    ("11x6-unequal", 1.0, 0.1, "default"),
    ("12x8", 0.0, 0.0, "moved"),
    ("30x16", 0.0, 0.0, "moved"),
]
# shape, sec_wei, l2reg_wei, norm_momentum
STEPS = [("12x8", 1.0, 0.0, 0.1), ("11x6-unequal", 0.5, 0.05, 0.3)]
STEP_COUNT = 3
# where SEC meets an edge of its own
EDGES_WITH_SEC = ("one-row", "equal-norms", "zero-row", "one-repeated-row")


class DataFile:
    """Tensors one after the other, each stored once."""

    def __init__(self):
        self.content = bytearray()
        self.offsets = {}

    def add(self, tensor):
        array = tensor.detach().contiguous().numpy()
        raw = array.tobytes()
        key = (hashlib.sha256(raw).digest(), len(raw))
        if key not in self.offsets:
            self.content += b"\0" * (-len(self.content) % 8)
            self.offsets[key] = len(self.content)
            self.content += raw
        return {
            "file": "data.bin",
            "dtype": str(array.dtype),
            "shape": list(array.shape),
            "offset": self.offsets[key],
            "bytes": len(raw),
        }


class Inputs:
    """Batches from a seed, by Python's own generator, which is the same in every version."""

    def __init__(self, seed):
        self.seed = seed

    def batch(self, key, sizes, dim, learned, spread=0.8):
        """Rows around a direction of their class, with norms that vary, in shuffled order: features, labels, proxies."""
        rng = random.Random(f"{self.seed} {key}")
        signed = lambda: 2 * rng.random() - 1  # noqa: E731
        names = rng.sample(range(learned), len(sizes))
        rows = []
        for name, size in zip(names, sizes):
            centre = [signed() for _ in range(dim)]
            for _ in range(size):
                length = 0.5 + 3 * rng.random()
                rows.append(([length * (c + spread * signed()) for c in centre], name))
        rng.shuffle(rows)
        proxies = [[2 * signed() for _ in range(dim)] for _ in range(learned)]
        return (
            torch.tensor([row for row, _ in rows], dtype=torch.float32),
            torch.tensor([name for _, name in rows], dtype=torch.int32),
            torch.tensor(proxies, dtype=torch.float32),
        )


def edges(inputs):
    """Batches at the edge of what a loss may meet: name -> (features, labels, proxies, what ours does otherwise)."""
    _, dim, learned = SHAPES["12x8"]
    features, labels, proxies = inputs.batch("edge", [3] * 4, dim, learned)
    one_class = torch.full_like(labels, 2)
    singletons = torch.arange(learned, dtype=torch.int32)
    equal = 4 * features / features.norm(dim=1, keepdim=True)
    zero = features.clone()
    zero[5] = 0
    first = int((labels == labels[0]).nonzero()[1])
    other = int((labels != labels[0]).nonzero()[0])
    within, across, repeated = features.clone(), features.clone(), features.clone()
    within[first] = within[0]
    across[other] = across[0]
    repeated[:] = repeated[0]
    noise, _, _ = inputs.batch("edge-noise", [3] * 4, dim, learned)
    opposite = -proxies[labels.long()] + 0.15 * noise
    along = 2 * proxies[labels.long()] + 0.6 * noise
    return {
        "one-class": (features, one_class, proxies, None),
        "no-positive-pair": (features[:learned], singletons, proxies, None),
        "one-row": (features[:1], labels[:1], proxies, None),
        "equal-norms": (equal, labels, proxies, None),
        "zero-row": (zero, labels, proxies, "nan"),
        "duplicate-in-a-class": (within, labels, proxies, None),
        "duplicate-across-classes": (across, labels, proxies, None),
        "one-repeated-row": (repeated, labels, proxies, None),
        "rows-opposite-to-their-proxies": (opposite, labels, proxies, None),
        "rows-near-their-proxies": (along, labels, proxies, None),
    }


def build(record, constants, learned, dim, dtype):
    """The library's loss with our constants, and the parameter that it learns (None for most)."""
    own = {argument: constants.get(field, field) for argument, field in record["arguments"].items()}
    if record["proxies"]:
        own |= {"num_classes": learned, "embedding_size": dim}
    loss = getattr(pml, record["pml"])(**own).to(dtype)
    parameters = list(loss.parameters())
    assert len(parameters) == (1 if record["proxies"] else 0), f"{record['pml']} learns {len(parameters)} arrays"
    return loss, parameters[0] if parameters else None


def run(record, constants, batch, weights, dtype, norm_record=None):
    """One pass in this precision: scalars, gradients of loss_total, and the record of the norms after it."""
    features, labels, proxies = batch
    sec_wei, l2reg_wei, momentum = weights
    x = features.detach().clone().to(dtype).requires_grad_()
    loss, parameter = build(record, constants, proxies.shape[0], x.shape[1], dtype)
    is_transposed = parameter is not None and parameter.shape == proxies.T.shape
    if parameter is not None:
        parameter.data = (proxies.T if is_transposed else proxies).to(dtype).contiguous()

    norms = x.norm(dim=1)
    mean = norms.mean()
    moved = mean.detach() if norm_record is None else (1 - momentum) * norm_record + momentum * mean.detach()
    metric = loss(x, labels.long())
    sec, l2reg = ((norms - moved) ** 2).mean(), (norms**2).mean()
    total = metric
    if sec_wei != 0:
        total = total + sec_wei * sec
    if l2reg_wei != 0:
        total = total + l2reg_wei * l2reg
    total.backward()

    with torch.no_grad():
        unit = x / norms[:, None]
        cosines = unit @ unit.T
        same = labels[:, None] == labels[None, :]
        positive = same & ~torch.eye(len(labels), dtype=torch.bool)
        scalars = {
            "loss_total": total,
            "loss_metric": metric,
            "loss_sec": sec,
            "loss_l2reg": l2reg,
            "avg_ap": cosines[positive].mean(),
            "avg_an": cosines[~same].mean(),
            "norm_mean": mean,
            "norm_var": ((norms - mean) ** 2).mean(),
            "record_norm_mean": moved,
        }
    learned = None
    if parameter is not None:
        learned = parameter.grad.T if is_transposed else parameter.grad
    return {name: value.item() for name, value in scalars.items()}, x.grad, learned, moved


def number(value):
    if math.isfinite(value):
        return value
    return "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"


def largest_difference(a, b):
    return number((a - b).abs().max().item())


def run_both(data, record, constants, batch, weights, norm_records=(None, None)):
    """The pass in float32 and float64 as the manifest writes it, and both records of the norms."""
    single = run(record, constants, batch, weights, torch.float32, norm_records[0])
    double = run(record, constants, batch, weights, torch.float64, norm_records[1])
    written = {
        "f32": {name: number(value) for name, value in single[0].items()},
        "f64": {name: number(value) for name, value in double[0].items()},
        "grad": data.add(single[1]),
        "grad64": data.add(double[1].float()),
        "grad_f32_vs_f64_max_abs": largest_difference(single[1], double[1]),
    }
    if record["proxies"]:
        written |= {
            "grad_proxies": data.add(single[2]),
            "grad_proxies64": data.add(double[2].float()),
            "grad_proxies_f32_vs_f64_max_abs": largest_difference(single[2], double[2]),
        }
    return written, (single[3], double[3])


def inputs_of(data, record, batch):
    features, labels, proxies = batch
    written = {"features": data.add(features), "labels": data.add(labels)}
    return written | ({"proxies": data.add(proxies)} if record["proxies"] else {})


def moved_constants(constants):
    """Other constants than the defaults, within everybody's bounds."""
    return {field: round(0.75 * value + 0.05, 6) for field, value in constants.items()}


def golden(records, seed):
    inputs, data = Inputs(seed), DataFile()
    full, steps, edge = [], [], []
    for name, record in records.items():
        defaults = record["constants"]
        about = {"loss": name}
        for shape, sec_wei, l2reg_wei, which in FULL:
            constants = defaults if which == "default" else moved_constants(defaults)
            batch = inputs.batch(shape, *SHAPES[shape])
            suffix = f"-sec{sec_wei}-l2{l2reg_wei}" + ("" if which == "default" else "-other-constants")
            weights = {"sec_wei": sec_wei, "l2reg_wei": l2reg_wei, "norm_momentum": 1.0}
            written, _ = run_both(data, record, constants, batch, tuple(weights.values()))
            case = {"name": f"{name}-{shape}{suffix}", **about, "constants": constants, **weights}
            full.append(case | inputs_of(data, record, batch) | written)
        for shape, sec_wei, l2reg_wei, momentum in STEPS:
            weights = {"sec_wei": sec_wei, "l2reg_wei": l2reg_wei, "norm_momentum": momentum}
            passes, norm_records = [], (None, None)
            for step in range(STEP_COUNT):
                features, labels, proxies = inputs.batch(f"{shape} step {step}", *SHAPES[shape])
                batch = (features * (1 + step), labels, proxies)
                written, norm_records = run_both(data, record, defaults, batch, tuple(weights.values()), norm_records)
                passes.append({"step": step} | inputs_of(data, record, batch) | written)
            steps.append({"name": f"{name}-{shape}-m{momentum}", **about, "constants": defaults, **weights, "steps": passes})
        for key, (*batch, otherwise) in edges(inputs).items():
            for sec_wei in (0.0, 1.0) if key in EDGES_WITH_SEC else (0.0,):
                weights = {"sec_wei": sec_wei, "l2reg_wei": 0.0, "norm_momentum": 1.0}
                written, _ = run_both(data, record, defaults, batch, tuple(weights.values()))
                case = {"name": f"{name}-{key}-sec{sec_wei}", **about, "constants": defaults, **weights}
                case |= {} if otherwise is None else {"ours": otherwise}
                edge.append(case | inputs_of(data, record, batch) | written)
    head = {
        "format": "golden-losses-v1",
        "made_by": "scripts/golden/losses.py",
        "seed": seed,
        "versions": {"torch": torch.__version__, "pytorch-metric-learning": pytorch_metric_learning.__version__},
        "losses": records,
    }
    return head, {"full": full, "steps": steps, "edge": edge}, bytes(data.content)


def manifest_text(head, cases):
    """One case a line, so that a new loss adds lines and changes none but the offsets after it."""
    lines = [f" {json.dumps(key)}: {json.dumps(value)}" for key, value in head.items()]
    for key, entries in cases.items():
        written = ",\n".join(f"  {json.dumps(entry, separators=(',', ':'), allow_nan=False)}" for entry in entries)
        lines.append(f" {json.dumps(key)}: [" + (f"\n{written}\n " if entries else "") + "]")
    return "{\n" + ",\n".join(lines) + "\n}\n"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, default=ROOT / "test/golden/losses-pml", help="folder to write into")
    parser.add_argument("--seed", type=int, default=1, help="seed of the inputs (default 1: the numbers in the repository)")
    options = parser.parse_args()
    torch.set_num_threads(1)
    records = json.loads(subprocess.check_output(["node", ROOT / "scripts/golden/records.mjs"]))
    head, cases, content = golden(records, options.seed)
    options.out.mkdir(parents=True, exist_ok=True)
    (options.out / "manifest.json").write_text(manifest_text(head, cases))
    (options.out / "data.bin").write_bytes(content)
    print(f"{sum(map(len, cases.values()))} cases of {len(records)} losses in {options.out}")


if __name__ == "__main__":
    main()

"""Numbers of torch.optim.SGD with momentum and weight decay, for test/golden/optimizer-sgd.

usage: python scripts/golden/sgd.py OUT_FOLDER   (a Python that has torch)
"""
import json
import sys

import torch

STEPS, SIZE = 12, 5


def gradients():
    """Formula-made gradients, a zero among them."""
    i = torch.arange(STEPS * SIZE, dtype=torch.float64).reshape(STEPS, SIZE)
    g = torch.sin(i * i + 1) * 0.3
    g[3, 2] = 0
    return g


def sequence(momentum, decay):
    w = torch.linspace(-1, 1, SIZE, dtype=torch.float64).requires_grad_()
    optimizer = torch.optim.SGD([w], lr=0.1, momentum=momentum, weight_decay=decay)
    trajectory, rates = [], []
    for step, g in enumerate(gradients()):
        lr = 0.1 if step < 7 else 0.01
        optimizer.param_groups[0]["lr"] = lr
        w.grad = g.clone()
        optimizer.step()
        rates.append(lr)
        trajectory.append(w.detach().tolist())
    return {"momentum": momentum, "weight_decay": decay, "lr": rates, "trajectory": trajectory}


manifest = {
    "made_with": f"torch {torch.__version__.split('+')[0]}, float64",
    "initial": torch.linspace(-1, 1, SIZE, dtype=torch.float64).tolist(),
    "gradients": gradients().tolist(),
    "sequences": [sequence(m, d) for m in (0.0, 0.5, 0.9) for d in (0.0, 0.01)],
}
with open(f"{sys.argv[1]}/manifest.json", "w") as out:
    json.dump(manifest, out, indent=1)

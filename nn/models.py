"""The paper's four models, and variants that sharpen its claim.

Split-channel models send each of the three channels through one shared encoder on its own and
aggregate the three scalar outputs; Cross-channel mixes the channels in its first layer. The paper
does not say how many outputs an encoder has; we take one scalar per channel throughout.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import torch
from torch import Tensor, nn
from torch.nn import functional

from nn.vision_import import vision

ModelName = Literal["sum", "linear", "two-layer", "cross-channel", "per-channel", "product", "max"]
#: The paper's four, in its order.
PAPER_MODELS: tuple[ModelName, ...] = ("sum", "linear", "two-layer", "cross-channel")
TITLES: dict[str, str] = {
    "sum": "Sum",
    "linear": "Linear",
    "two-layer": "2-layer",
    "cross-channel": "Cross-channel",
    "per-channel": "Sum, an encoder per channel",
    "product": "Product",
    "max": "Max",
}


@dataclass(frozen=True)
class Architecture:
    """How an encoder is built.

    Args:
        kind: "small" (torchvision's BasicBlocks, one per width) or "resnet18" (torchvision's).
        widths: channels of each block of the small one; every block after the first halves the
            resolution.
        norm: normalization layer; group norm treats each image alone, batch norm does not.
        hidden: hidden units of the 2-layer aggregator.
        size: side of the images in pixels; the small encoder's last layer reads every position
            of its last feature map (8 x 8 images leave 4 x 4), the ResNet-18's their average.

    """

    kind: Literal["small", "resnet18"] = "small"
    widths: tuple[int, ...] = (24, 48)
    norm: Literal["group", "batch"] = "group"
    hidden: int = 64
    size: int = 8


def _norm(kind: str) -> Callable[[int], nn.Module]:
    if kind == "batch":
        return nn.BatchNorm2d
    return lambda width: nn.GroupNorm(8 if width % 8 == 0 else 1, width)


class SmallImageConv2d(nn.Conv2d):
    """A convolution that is one matrix product wherever each output sees the whole image.

    ResNet-18 leaves 2 x 2 and 1 x 1 positions of a 28 x 28 image to its last two stages, where
    most of a 3 x 3 kernel lies on padding. The product is the same sum without the zeros; on a
    CPU it makes a whole training step more than twice as fast.
    """

    @classmethod
    def like(cls, other: nn.Conv2d) -> SmallImageConv2d:
        """Return a layer that shares the other's weight; ``other`` has no bias."""
        # On the meta device no second weight is made, nor a random number drawn for it.
        layer = cls(
            other.in_channels,
            other.out_channels,
            (other.kernel_size[0], other.kernel_size[1]),
            (other.stride[0], other.stride[1]),
            (int(other.padding[0]), int(other.padding[1])),
            bias=False,
            device="meta",
        )
        layer.weight = other.weight
        return layer

    def forward(self, images: Tensor) -> Tensor:
        """Map (m, in, side, side) to (m, out, side', side')."""
        side, kernel = images.shape[-1], self.kernel_size[0]
        stride, padding = self.stride[0], int(self.padding[0])
        positions = (side + 2 * padding - kernel) // stride + 1
        # Position i reads pixel r through tap r + padding - i stride.
        first = [padding - i * stride for i in range(positions)]
        if images.shape[-2] != side or first[-1] < 0 or first[0] + side > kernel:
            return super().forward(images)
        taps = [self.weight[:, :, a : a + side, b : b + side] for a in first for b in first]
        product = torch.stack(taps, dim=1).flatten(0, 1).flatten(1)
        out = functional.linear(images.flatten(1), product)
        return out.view(len(images), self.out_channels, positions, positions)


def encoder(architecture: Architecture, channels: int) -> tuple[nn.Module, int]:
    """Build an encoder without its last layer.

    Args:
        architecture: which one.
        channels: input channels, 1 for split-channel models and 3 for Cross-channel.

    Returns:
        module from (m, channels, size, size) to (m, width), and that width.

    """
    resnet = vision("torchvision.models.resnet")
    norm = _norm(architecture.norm)
    if architecture.kind == "resnet18":
        whole = vision("torchvision.models").resnet18(norm_layer=norm)
        whole.conv1 = nn.Conv2d(channels, 64, 7, stride=2, padding=3, bias=False)
        nn.init.kaiming_normal_(whole.conv1.weight, mode="fan_out", nonlinearity="relu")
        whole.fc = nn.Identity()
        for block in list(whole.modules()):
            for name, layer in block.named_children():
                if isinstance(layer, nn.Conv2d):
                    setattr(block, name, SmallImageConv2d.like(layer))
        # The order that a CPU's convolutions work in: a fifth faster, equal up to rounding.
        return whole.to(memory_format=torch.channels_last), 512
    first = architecture.widths[0]
    layers: list[nn.Module] = [
        nn.Conv2d(channels, first, 3, stride=2, padding=1, bias=False),
        norm(first),
        nn.ReLU(inplace=True),
    ]
    before = first
    for depth, width in enumerate(architecture.widths):
        stride = 1 if depth == 0 else 2
        shortcut = None
        if stride != 1 or before != width:
            shortcut = nn.Sequential(resnet.conv1x1(before, width, stride), norm(width))
        layers.append(resnet.BasicBlock(before, width, stride, shortcut, norm_layer=norm))
        before = width
    body = nn.Sequential(*layers, nn.Flatten())
    for module in body.modules():
        if isinstance(module, nn.Conv2d):
            nn.init.kaiming_normal_(module.weight, mode="fan_out", nonlinearity="relu")
    side = -(-architecture.size // 2)
    for _ in architecture.widths[1:]:
        side = -(-side // 2)
    return body, before * side * side


class Scalar(nn.Module):
    """An encoder and its last layer, one scalar per image; the last layer is always float32.

    Args:
        architecture: the encoder's.
        channels: input channels.

    """

    def __init__(self, architecture: Architecture, channels: int) -> None:
        super().__init__()
        self.body, width = encoder(architecture, channels)
        self.last = nn.Linear(width, 1)

    def forward(self, images: Tensor) -> Tensor:
        """Map (m, channels, size, size) to (m,)."""
        features = self.body(images)
        # bf16 keeps 8 bits: enough for features, too few for a sum that must be right to .01.
        with torch.autocast(features.device.type, enabled=False):
            out: Tensor = self.last(features.float())[:, 0]
        return out


class Split(nn.Module):
    """Each channel through the shared encoder, then an aggregator.

    Args:
        architecture: the encoder's.
        aggregate: "sum", "linear", "two-layer", "product" or "max".

    """

    def __init__(self, architecture: Architecture, aggregate: ModelName) -> None:
        super().__init__()
        self.scalar = Scalar(architecture, 1)
        self.aggregate = aggregate
        self.head: nn.Module = nn.Identity()
        if aggregate == "linear":
            self.head = nn.Linear(3, 1)
        elif aggregate == "two-layer":
            hidden = architecture.hidden
            self.head = nn.Sequential(nn.Linear(3, hidden), nn.ReLU(), nn.Linear(hidden, 1))
        elif aggregate in ("product", "max"):
            self.offset = nn.Parameter(torch.zeros(()))

    def forward(self, images: Tensor) -> Tensor:
        """Map (m, 3, size, size) to (m,)."""
        m = images.shape[0]
        outputs = self.scalar(images.reshape(m * 3, 1, *images.shape[2:])).view(m, 3)
        with torch.autocast(outputs.device.type, enabled=False):
            return self._aggregated(outputs)

    def _aggregated(self, outputs: Tensor) -> Tensor:
        if self.aggregate == "sum":
            return outputs.sum(dim=1)
        if self.aggregate == "product":
            return outputs.prod(dim=1) + self.offset
        if self.aggregate == "max":
            return outputs.max(dim=1).values + self.offset
        out: Tensor = self.head(outputs)[:, 0]
        return out


class CrossChannel(nn.Module):
    """One encoder whose first layer mixes the three channels."""

    def __init__(self, architecture: Architecture) -> None:
        super().__init__()
        self.scalar = Scalar(architecture, 3)

    def forward(self, images: Tensor) -> Tensor:
        """Map (m, 3, size, size) to (m,)."""
        out: Tensor = self.scalar(images)
        return out


class PerChannel(nn.Module):
    """Sum of three encoders, one per channel, nothing shared."""

    def __init__(self, architecture: Architecture) -> None:
        super().__init__()
        self.scalars = nn.ModuleList(Scalar(architecture, 1) for _ in range(3))

    def forward(self, images: Tensor) -> Tensor:
        """Map (m, 3, size, size) to (m,)."""
        parts = [scalar(images[:, c : c + 1]) for c, scalar in enumerate(self.scalars)]
        return torch.stack(parts, dim=1).sum(dim=1)


def build(name: ModelName, architecture: Architecture) -> nn.Module:
    """Build a model with fresh weights from torch's current random state."""
    if name == "cross-channel":
        return CrossChannel(architecture)
    if name == "per-channel":
        return PerChannel(architecture)
    return Split(architecture, name)

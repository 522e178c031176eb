"""Encoders: from one image, or three stacked ones, to one scalar."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import torch
from torch import Tensor
from torch.nn import (
    AdaptiveAvgPool2d,
    BatchNorm2d,
    Conv2d,
    Flatten,
    GroupNorm,
    Linear,
    MaxPool2d,
    Module,
    ReLU,
    Sequential,
    init,
)
from torch.nn.functional import linear

from nn.vision_import import vision


@dataclass(frozen=True)
class Encoder:
    """How an encoder is built.

    Args:
        kind: "small" (torchvision's BasicBlocks, one per width) or "resnet18" (two per width,
            arranged as torchvision's ResNet-18 arranges them).
        widths: channels of each stage; every stage after the first halves the resolution.
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

    @property
    def narrowed(self) -> int:
        """By which factor a ResNet-18 is narrower than the paper's; 1 for any other encoder."""
        return RESNET18[0] // self.widths[0] if self.kind == "resnet18" else 1

    @property
    def suffix(self) -> str:
        """What every title must say of it: that it is narrower than the paper's."""
        return f", 1/{self.narrowed} width" if self.narrowed > 1 else ""


#: Channels of the four stages of a ResNet-18.
RESNET18 = (64, 128, 256, 512)


def resnet18(narrowed: int = 1, norm: Literal["group", "batch"] = "group") -> Encoder:
    """Describe a ResNet-18 whose stages have a fraction 1/narrowed of its channels."""
    return Encoder("resnet18", tuple(width // narrowed for width in RESNET18), norm)


def _norm(kind: str) -> Callable[[int], Module]:
    if kind == "batch":
        return BatchNorm2d
    return lambda width: GroupNorm(8 if width % 8 == 0 else 1, width)


class SmallImageConv2d(Conv2d):
    """A convolution that is one matrix product wherever each output sees the whole image.

    ResNet-18 leaves 2 x 2 and 1 x 1 positions of a 28 x 28 image to its last two stages, where
    most of a 3 x 3 kernel lies on padding. The product is the same sum without the zeros; on a
    CPU it makes a whole training step more than twice as fast.
    """

    @classmethod
    def like(cls, other: Conv2d) -> SmallImageConv2d:
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
        out = linear(images.flatten(1), product)
        return out.view(len(images), self.out_channels, positions, positions)


def body(encoder: Encoder, channels: int) -> tuple[Module, int]:
    """Build an encoder without its last layer.

    Args:
        encoder: which one.
        channels: input channels, 1 for split-channel models and 3 for Cross-channel.

    Returns:
        module from (m, channels, size, size) to (m, width), and that width.

    """
    resnet = vision("torchvision.models.resnet")
    norm = _norm(encoder.norm)
    whole_resnet = encoder.kind == "resnet18"
    before = encoder.widths[0]
    kernel = 7 if whole_resnet else 3
    layers: list[Module] = [
        Conv2d(channels, before, kernel, stride=2, padding=kernel // 2, bias=False),
        norm(before),
        ReLU(inplace=True),
    ]
    if whole_resnet:
        layers.append(MaxPool2d(3, stride=2, padding=1))
    for depth, width in enumerate(encoder.widths):
        for block in range(2 if whole_resnet else 1):
            stride = 2 if depth and not block else 1
            shortcut = None
            if stride != 1 or before != width:
                shortcut = Sequential(resnet.conv1x1(before, width, stride), norm(width))
            layers.append(resnet.BasicBlock(before, width, stride, shortcut, norm_layer=norm))
            before = width
    layers += [AdaptiveAvgPool2d(1)] if whole_resnet else []
    whole = Sequential(*layers, Flatten())
    for module in whole.modules():
        if isinstance(module, Conv2d):
            init.kaiming_normal_(module.weight, mode="fan_out", nonlinearity="relu")
    if whole_resnet:
        for part in list(whole.modules()):
            for name, layer in part.named_children():
                if isinstance(layer, Conv2d):
                    setattr(part, name, SmallImageConv2d.like(layer))
        if encoder.narrowed == 1:
            # The order that a CPU's convolutions work in: a fifth faster at full width (a tenth
            # slower at 1/8), equal up to rounding.
            whole.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
        return whole, before
    side = -(-encoder.size // 2)
    for _ in encoder.widths[1:]:
        side = -(-side // 2)
    return whole, before * side * side


class Scalar(Module):
    """An encoder and its last layer, one scalar per image; the last layer is always float32.

    Args:
        encoder: how it is built.
        channels: input channels.

    """

    def __init__(self, encoder: Encoder, channels: int) -> None:
        super().__init__()
        self.body, width = body(encoder, channels)
        self.last = Linear(width, 1)

    def forward(self, images: Tensor) -> Tensor:
        """Map (m, channels, size, size) to (m,)."""
        features = self.body(images)
        # bf16 keeps 8 bits: enough for features, too few for a sum that must be right to .01.
        with torch.autocast(features.device.type, enabled=False):
            out: Tensor = self.last(features.float())[:, 0]
        return out

"""The paper's four architectures, and variants that sharpen its claim.

Split-channel models send each of the three channels through one shared encoder on its own and
aggregate the three scalar outputs; Cross-channel mixes the channels in its first layer. The paper
does not say how many outputs an encoder has; we take one scalar per channel throughout.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Literal

import torch
from torch import Tensor
from torch.nn import Identity, Linear, Module, ModuleList, Parameter, ReLU, Sequential

from nn.encoders import Encoder, Scalar
from nn.triples import Target

Aggregate = Literal["sum", "linear", "two-layer", "product", "max"]


class Split(Module):
    """Each channel through the shared encoder, then an aggregator.

    Args:
        encoder: how the shared encoder is built.
        aggregate: what is made of the three scalars.

    """

    def __init__(self, encoder: Encoder, aggregate: Aggregate) -> None:
        super().__init__()
        self.scalar = Scalar(encoder, 1)
        self.aggregate = aggregate
        self.head: Module = Identity()
        if aggregate == "linear":
            self.head = Linear(3, 1)
        elif aggregate == "two-layer":
            self.head = Sequential(Linear(3, encoder.hidden), ReLU(), Linear(encoder.hidden, 1))
        elif aggregate in ("product", "max"):
            self.offset = Parameter(torch.zeros(()))

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


class CrossChannel(Module):
    """One encoder whose first layer mixes the three channels."""

    def __init__(self, encoder: Encoder) -> None:
        super().__init__()
        self.scalar = Scalar(encoder, 3)

    def forward(self, images: Tensor) -> Tensor:
        """Map (m, 3, size, size) to (m,)."""
        out: Tensor = self.scalar(images)
        return out


class PerChannel(Module):
    """Sum of three encoders, one per channel, nothing shared."""

    def __init__(self, encoder: Encoder) -> None:
        super().__init__()
        self.scalars = ModuleList(Scalar(encoder, 1) for _ in range(3))

    def forward(self, images: Tensor) -> Tensor:
        """Map (m, 3, size, size) to (m,)."""
        parts = [scalar(images[:, c : c + 1]) for c, scalar in enumerate(self.scalars)]
        return torch.stack(parts, dim=1).sum(dim=1)


@dataclass(frozen=True)
class Losses:
    """The paper's losses in Table 1, squared digits: on pairs of one-shot images, in training."""

    test: float
    train: float


@dataclass(frozen=True)
class Paper:
    """The paper's row of Table 1.

    Args:
        off: with weight decay 0.
        on: with weight decay 0.5.

    """

    off: Losses
    on: Losses


@dataclass(frozen=True)
class Architecture:
    """All that there is to know of an architecture: a new one is one record.

    Args:
        name: on the command line, in documents and in file names.
        title: in tables and figures.
        build: from how its encoders are built, the module with fresh weights from torch's
            current random state; it maps (m, 3, size, size) to (m,).
        split: each channel passes on its own through one encoder that all channels share, so that
            an image memorized in one place is known in every other.
        states: the target that its aggregator computes exactly; None where it must be learned.
        every_target: whether it is asked for every target, not for what it states alone.
        paper: the paper's numbers; None where the paper has no such model.

    """

    name: str
    title: str
    build: Callable[[Encoder], Module]
    split: bool
    states: Target | None = None
    every_target: bool = False
    paper: Paper | None = None


#: By name, the paper's first and in its order.
ARCHITECTURES: dict[str, Architecture] = {
    architecture.name: architecture
    for architecture in (
        Architecture(
            "sum",
            "Sum",
            partial(Split, aggregate="sum"),
            split=True,
            states="sum",
            paper=Paper(off=Losses(0.1760, 0.0004), on=Losses(2.8744, 0.0245)),
        ),
        Architecture(
            "linear",
            "Linear",
            partial(Split, aggregate="linear"),
            split=True,
            paper=Paper(off=Losses(0.1662, 0.0004), on=Losses(1.5539, 0.0505)),
        ),
        Architecture(
            "two-layer",
            "2-layer",
            partial(Split, aggregate="two-layer"),
            split=True,
            every_target=True,
            paper=Paper(off=Losses(0.1351, 0.0010), on=Losses(0.6447, 0.0264)),
        ),
        Architecture(
            "cross-channel",
            "Cross-channel",
            CrossChannel,
            split=False,
            every_target=True,
            paper=Paper(off=Losses(22.9671, 0.0023), on=Losses(23.6506, 0.0375)),
        ),
        Architecture("per-channel", "Sum, an encoder per channel", PerChannel, split=False),
        Architecture(
            "product", "Product", partial(Split, aggregate="product"), split=True, states="product"
        ),
        Architecture("max", "Max", partial(Split, aggregate="max"), split=True, states="max"),
    )
}

#: The paper's, in its order.
OF_PAPER: tuple[Architecture, ...] = tuple(a for a in ARCHITECTURES.values() if a.paper is not None)
#: Of these, what the paper claims to compose, and what it sets beside them.
SPLIT: tuple[Architecture, ...] = tuple(a for a in OF_PAPER if a.split)
CONTROL: Architecture = next(a for a in OF_PAPER if not a.split)


def of_target(target: Target) -> tuple[Architecture, ...]:
    """What a target is asked of: the one that states it, then those that must learn it."""
    stating = [a for a in ARCHITECTURES.values() if a.states == target]
    return (*stating, *(a for a in ARCHITECTURES.values() if a.every_target))

"""The paper's items, and what a statement has to do with them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, StrEnum


class Item(Enum):
    """A lemma, theorem, figure or table of the paper, in its reading order, and what it says.

    The words are ours; where the paper leaves a constant open, so do they.
    """

    THEOREM_1 = (
        "Theorem 1",
        "The error of a feature that appears once is slightly above the noise level.",
    )
    LEMMA_6 = ("Lemma 6", "Of order n(1 - p_{>k}) samples use common features only.")
    LEMMA_7 = ("Lemma 7", "Most samples hold at most one long-tail feature.")
    RECOVERED_FRACTION = (
        "Recovered fraction",
        "Of the seen features all but a share of order max{p_k/p_{>k}, p_{>k}² ln² d} is "
        "recovered.",
    )
    THEOREM_2 = (
        "Theorem 2",
        "Without noise the test loss is at most of order p_{>k} + k ln⁴ d/(n² p_{>k}), and so is "
        "that on combinations of recovered features.",
    )
    THEOREM_3 = (
        "Theorem 3",
        "Under the power law that is s (ln² d/(n s))^(1 - 1/α), logarithms left out.",
    )
    THEOREM_4 = ("Theorem 4", "With noise the test loss is of order σ² k/n.")
    THEOREM_5 = (
        "Theorem 5",
        "With noise the loss on combinations of t recovered features is at most of order σ² t.",
    )
    FIGURE_1 = (
        "Figure 1",
        "Errors of features and losses over σ and α, in simulation of the linear model.",
    )
    FIGURE_2 = (
        "Figure 2",
        "The rarer a digit in training, the larger a network's loss on new images of it; "
        "Cross-channel is worst.",
    )
    TABLE_1 = (
        "Table 1",
        "Networks that memorize ten images seen once add them up in new pairs; with weight decay "
        "they do not, and Cross-channel never does.",
    )

    def __init__(self, label: str, says: str) -> None:
        self.label = label
        self.says = says

    @property
    def anchor(self) -> str:
        """Its name in an address."""
        return self.label.lower().replace(" ", "-")


FIGURE_1_SETTING = "n = 1000, d = 10000, s = 5, n p_k = 10, β*_i = i^-b with b = 0.1, 50 runs"
"""At which the paper simulates its Figure 1."""

NETWORKS_SETTING = (
    "three digits of 28 x 28 stacked as channels, target their sum, squared loss, Zipf law over "
    "digits, 32,000 training samples, ResNet-18; optimizer, learning rate, batch, epochs not told"
)
"""At which the paper trains its networks."""


class Role(StrEnum):
    """What a statement does for an item of the paper."""

    STATES = "states"
    SHARPENS = "sharpens"
    CONTRADICTS = "contradicts"


@dataclass(frozen=True)
class Mention:
    """A statement's part in an item of the paper.

    Args:
        item: of the paper.
        role: STATES what the paper says, SHARPENS it by numbers of ours for the same quantity, or
            CONTRADICTS it, as it is read, where the statement's hypotheses hold.
    """

    item: Item
    role: Role


def states(*items: Item) -> tuple[Mention, ...]:
    """Mentions of items that a statement states."""
    return tuple(Mention(item, Role.STATES) for item in items)


def sharpens(*items: Item) -> tuple[Mention, ...]:
    """Mentions of items that a statement sharpens."""
    return tuple(Mention(item, Role.SHARPENS) for item in items)


def contradicts(*items: Item) -> tuple[Mention, ...]:
    """Mentions of items that a statement contradicts."""
    return tuple(Mention(item, Role.CONTRADICTS) for item in items)

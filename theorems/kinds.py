"""What a statement claims, whose claim it is, and the sides that a claim of each kind needs."""

from __future__ import annotations

from enum import StrEnum


class Kind(StrEnum):
    """What is claimed of the quantity; it chooses how the claim is judged."""

    IDENTITY = "identity"
    UPPER = "upper"
    LOWER = "lower"
    TWO_SIDED = "two-sided"
    RATE = "rate"
    PREDICTION = "prediction"


NEEDED: dict[Kind, tuple[str, ...]] = {
    Kind.IDENTITY: ("value",),
    Kind.PREDICTION: ("value",),
    Kind.RATE: ("value",),
    Kind.UPPER: ("upper",),
    Kind.LOWER: ("lower",),
    Kind.TWO_SIDED: ("lower", "upper"),
}
"""The sides that say what a statement of each kind claims."""

SIDES = ("lower", "value", "upper")
"""The sides that a claim may have."""


class Origin(StrEnum):
    """Whose claim it is and how far it goes; the three are never mixed up.

    A rate of the paper has unspecified constants. What is derived is ours, with a proof. What is
    predicted is ours too, but its value rests on a heuristic, such as belief propagation on a
    graph that is a tree only locally; sides that such a statement has beside it are proved.
    """

    PAPER = "paper"
    DERIVED = "derived"
    PREDICTED = "predicted"

"""The chapters of the report page, in reading order, and what stands in which."""

from __future__ import annotations

from enum import Enum

from theorems.catalogue import catalogue


class Chapter(Enum):
    """A chapter: its name in an address and its heading."""

    MODEL = ("the-model", "The model")
    STRUCTURE = ("structure", "Structure: how samples and features meet")
    NOISELESS = ("the-noiseless-loss", "The noiseless loss")
    NOISE = ("noise", "Noise")
    COMBINATIONS = ("new-combinations", "New combinations")
    MEMORIZATION = ("memorization", "Memorization is necessary, and when it hurts")
    REGIMES = ("regimes-of-alpha", "Regimes of α, and powers of n")
    NETWORKS = ("networks", "Networks")
    SPEED = ("speed", "Speed")
    FURTHER = ("further", "Further statements and sections")

    def __init__(self, anchor: str, title: str) -> None:
        self.anchor = anchor
        self.title = title


OF_THEOREMS = {
    "structure": Chapter.STRUCTURE,
    "noiseless": Chapter.NOISELESS,
    "noisy": Chapter.NOISE,
    "regimes": Chapter.REGIMES,
    "memorization": Chapter.MEMORIZATION,
    "stability": Chapter.MEMORIZATION,
}
"""Where the statements of each chapter of the catalogue stand; a user's own stand in FURTHER."""


def chapter_of(identifier: str) -> Chapter:
    """The chapter that a statement of the catalogue stands in."""
    if catalogue[identifier].on_combinations:
        return Chapter.COMBINATIONS
    return OF_THEOREMS.get(catalogue.chapter(identifier), Chapter.FURTHER)

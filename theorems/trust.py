"""How far a statement is trusted: who has checked its proof, step by step."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum


class Trust(StrEnum):
    """The one label of a statement; derived from its origin and its steps, never given."""

    PAPER = "paper"
    """Taken from the paper, constants unspecified."""
    PROSE = "proved in prose"
    """Ours, with a proof that people have read, and of which a part may be machine-checked."""
    MACHINE_CHECKED = "machine-checked"
    """Ours, every step of its own proof in `theorems/rocq`; what it rests on has its own label."""
    PREDICTED = "predicted"
    """Ours, by a heuristic, however well it agrees."""


@dataclass(frozen=True)
class Step:
    """A step of a proof, and what checks it.

    Args:
        text: the step in words.
        file: the file of `theorems/rocq` that has it, "flip_identity.v" for instance; "" for a
            step that is prose.
        lemma: the name of the result there.
    """

    text: str
    file: str = ""
    lemma: str = ""

    def __post_init__(self) -> None:
        if bool(self.file) != bool(self.lemma):
            raise ValueError(f"step {self.text!r}: file and lemma are given together")
        if self.file and not re.fullmatch(r"\w+\.v", self.file):
            raise ValueError(f"step {self.text!r}: file = {self.file!r}: must be a name in .v")

    @property
    def checked(self) -> bool:
        """Whether a proof assistant checks it."""
        return bool(self.lemma)

"""Draws that are asked for again and again, of the same cells in growing numbers."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol

from empirics.observables.observe import Observation

EVERY = 2**63
"""More draws than any cell has."""


class Keeper(Protocol):
    """What keeps finished draws by cell: `empirics.running.store.Store`, or memory."""

    def load(self, cell: str, runs: int) -> dict[int, Observation]:
        """The draws 0..runs-1 of a cell that are there and sound."""

    def save_all(self, parts: Iterable[tuple[str, str, Iterable[Observation]]]) -> None:
        """Add draws to cells with their descriptions, all or none."""


class Remembered:
    """Draws in memory, before those that something keeps: each is read once.

    Args:
        keeper: what keeps them beyond this process; None where nothing does.
    """

    def __init__(self, keeper: Keeper | None) -> None:
        self._keeper = keeper
        self._draws: dict[str, dict[int, Observation]] = {}

    def load(self, cell: str, runs: int) -> dict[int, Observation]:
        """The draws 0..runs-1 of a cell that are there."""
        if cell not in self._draws:
            self._draws[cell] = self._keeper.load(cell, EVERY) if self._keeper is not None else {}
        return {run: draw for run, draw in self._draws[cell].items() if run < runs}

    def save_all(self, parts: Iterable[tuple[str, str, Iterable[Observation]]]) -> None:
        """Add draws to cells, here and where they are kept."""
        added = [(cell, description, list(draws)) for cell, description, draws in parts]
        if self._keeper is not None:
            self._keeper.save_all(added)
        for cell, _, draws in added:
            self._draws.setdefault(cell, {}).update({draw.run: draw for draw in draws})

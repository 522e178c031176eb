"""Frequencies and coefficients as tables of numbers, for programs that take them as given.

A power law says p_i for every i, and smooth sums over i may be thinned. A table says what it
says: sums run over all of it. Features that share frequency and coefficient are summed once,
with their number as the weight, which changes no sum but saves most of the work where
frequencies are counts over a total.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from theorems.evaluate.reductions import CHUNK, EveryFeature, Summand, remember

Array = NDArray[np.float64]


class Columns:
    """A table of frequencies with coefficients; equal tables compare equal.

    Args:
        p: (d,) frequencies, falling.
        beta: (d,) |beta*_i|.
    """

    def __init__(self, p: Array, beta: Array) -> None:
        self.p, self.beta = p, beta

    @cached_property
    def digest(self) -> str:
        """64 hexadecimal digits that tell tables apart."""
        digest = hashlib.sha256(np.ascontiguousarray(self.p).data)
        digest.update(np.ascontiguousarray(self.beta).data)
        return digest.hexdigest()

    def __hash__(self) -> int:
        # A digest of 10^7 numbers takes a second; comparing them, where hashes agree, takes none.
        step = max(1, self.p.size // SAMPLED)
        return hash((self.p.size, self.p[::step].tobytes(), self.beta[::step].tobytes()))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Columns) and (
            self is other
            or (np.array_equal(self.p, other.p) and np.array_equal(self.beta, other.beta))
        )

    def namespace(self) -> dict[str, Any]:
        """`p` and `beta` of an index, or of an array of indices, from 1."""
        return {"p": self._lookup(self.p), "beta": self._lookup(self.beta)}

    @staticmethod
    def _lookup(values: Array) -> Any:
        found = remember(lambda index: values[np.asarray(index, dtype=np.int64) - 1])
        # Who needs all of it takes the table, without a copy.
        found.table = values  # type: ignore[attr-defined]
        return found

    @cached_property
    def features(self) -> EveryFeature:
        """Exact sums over the table."""
        changes = (self.p[1:] != self.p[:-1]) | (self.beta[1:] != self.beta[:-1])
        starts = _starts(changes)
        if starts.size > WORTH * self.p.size:
            return EveryFeature()
        return GroupedFeatures(starts, self.p.size)

    @cached_property
    def searching(self) -> EveryFeature:
        """Sums for searches whose result is then evaluated exactly.

        The first features one by one, then runs over which p falls by a share of `STEP` at most,
        each represented by the feature in its middle.
        """
        with np.errstate(divide="ignore"):
            level = np.floor(-np.log(self.p) / STEP)
        changes = level[1:] != level[:-1]
        changes[:ONE_BY_ONE] = True
        return GroupedFeatures(_starts(changes), self.p.size, middle=True)


SAMPLED = 64
"""Entries that a table's hash looks at."""

WORTH = 0.7
"""Runs, as a share of features, above which to visit runs is no less work than all features."""

STEP = 0.02
"""Logarithmic width of the runs that are summed as one when searching."""

ONE_BY_ONE = 512
"""So many of the most frequent features are never merged when searching."""


def _starts(changes: NDArray[np.bool_]) -> NDArray[np.int64]:
    return np.concatenate(([0], np.flatnonzero(changes) + 1))


class GroupedFeatures(EveryFeature):
    """Reductions that visit one feature of each run and count it as many times.

    Args:
        starts: (groups,) first positions, from 0, of the runs, ascending.
        size: d.
        middle: whether a run's feature in its middle stands for it, else its first.
    """

    def __init__(self, starts: NDArray[np.int64], size: int, *, middle: bool = False) -> None:
        self._ends = np.append(starts[1:], size)
        self._starts, self._middle = starts, middle

    def largest_over(self, term: Summand, low: Any, high: Any) -> Any:
        """Largest term(i), low <= i <= high; of a search, over those that stand for others."""
        if not self._middle:
            return super().largest_over(term, low, high)
        found = [np.max(np.asarray(term(i))) for i, _ in self.blocks(int(low), int(high))]
        return np.max(found) if found else np.float64(0.0)

    def blocks(self, low: int, high: int) -> Iterator[tuple[Array, Array]]:
        """Pairs (indices, weights) that cover low..high, both from 1 and included."""
        if high < low:
            return
        first = int(np.searchsorted(self._ends, low - 1, side="right"))
        last = int(np.searchsorted(self._starts, high - 1, side="right"))
        for at in range(first, last, CHUNK):
            part = slice(at, min(at + CHUNK, last))
            start = np.maximum(self._starts[part], low - 1)
            end = np.minimum(self._ends[part], high)
            index = (start + end - 1) // 2 if self._middle else start
            yield (index + 1).astype(np.float64), (end - start).astype(np.float64)

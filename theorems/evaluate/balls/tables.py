"""Sums over the features of a table, whose frequencies are numbers and no function of the index.

Features that share frequency and coefficient count once, with their number. In a long table a run
of features with one coefficient and similar frequencies is one index, with p as the variable of its
Taylor polynomial; what sums over it need are then the moments of p_i around the run's middle. They
are formed in doubles: differences p_i - m of numbers within a factor 2 are exact (Sterbenz), a
power l of one is off by l roundings, a sum of N by N more at most, in two stages by 2 sqrt(N).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
from flint import arb, arb_series
from numpy.typing import NDArray

from theorems.evaluate.balls.exact import Exact, plain
from theorems.evaluate.balls.features import GROWTH, SHORT, Expansion, Features, Summand, remember
from theorems.evaluate.columns import Columns

UNIT = 2.0**-53

LONG = 4000
"""A table of no more different features is summed one by one, with each entry as its decimal."""

SCALE = 1 + 1e-9
"""Covers what second-order rounding adds to bounds on roundings, all below 1e-10."""


class TableRun:
    """The features first..last as one index: p as a series or a ball, and their coefficient."""

    def __init__(self, key: Any, p: Any, beta: Any) -> None:
        self.key, self.p, self.beta = key, p, beta


class TableExpansion(Expansion):
    """A run of features with one coefficient and frequencies within a factor `GROWTH`.

    Args:
        columns: the table.
        first, last: the features, both included.
        terms: as of `Expansion`.
    """

    def __init__(self, columns: Columns, first: int, last: int, terms: int) -> None:
        super().__init__(first, last, terms)
        self._p = columns.p[first - 1 : last]
        self._beta = decimal(columns.beta[first - 1])
        high, low = float(self._p[0]), float(self._p[-1])
        self._middle = (high + low) / 2
        # An entry stands for a decimal that rounds to it.
        self._slip = high * UNIT
        self._half = max(high - self._middle, self._middle - low)
        self._scaled: NDArray[np.float64] | None = None
        self._moments: list[Any] = []

    def index(self, kind: str) -> Any:
        """The run as a series around its "middle", as one "around" all of it, or as a "ball"."""
        wide = (self._half + self._slip) * SCALE
        at = arb(self._middle) if kind == "middle" else arb(self._middle, wide)
        key = (self.first, self.last, kind)
        return TableRun(key, at if kind == "ball" else arb_series([at, 1]), self._beta)

    def moment(self, power: int) -> Any:
        """The sum of (p_i - m)^power."""
        if not self._moments:
            self._moments = list(self._formed())
        return self._moments[power]

    def _formed(self) -> Iterator[Any]:
        number = self.number
        # A power of 2: scaling by it is exact.
        scale = 2.0 ** math.ceil(math.log2(self._half)) if self._half > 0 else 1.0
        deviations = (self._p - self._middle) / scale
        powers = np.ones(number)
        wide = arb((self._half + self._slip) * SCALE)
        for power in range(self.terms + 1):
            if power:
                powers = powers * deviations
            total, size = _two_stages(powers), _two_stages(np.abs(powers))
            rounding = (
                size * SCALE * UNIT * (power + 2 * math.sqrt(number) + 4) + number * 2.0**-1000
            )
            formed = arb(total, rounding) * arb(scale) ** power
            slip = power * number * wide ** max(power - 1, 0) * arb(self._slip)
            yield formed + arb(0, slip.upper())


def _two_stages(values: NDArray[np.float64]) -> float:
    """The sum, by about sqrt(N) sums of sqrt(N) terms."""
    width = math.isqrt(values.size - 1) + 1
    padded = np.zeros(width * width)
    padded[: values.size] = values
    return float(np.sum(np.sum(padded.reshape(width, width), axis=1)))


def decimal(value: float) -> Any:
    """An entry of a table: the shortest decimal that prints it."""
    found = Exact(repr(float(value)))
    return found if found.x in (0, 1) else arb(plain(found))


class TableFeatures(Features):
    """Reductions over the features of a table.

    Args:
        columns: the table.
        bits: as of `Features`.
    """

    def __init__(self, columns: Columns, bits: int) -> None:
        super().__init__(bits)
        self._columns = columns
        p, beta = columns.p, columns.beta
        self._coefficient_ends = np.flatnonzero(np.append(np.diff(beta) != 0, True))
        changes = np.append((np.diff(p) != 0) | (np.diff(beta) != 0), True)
        self._ends = np.flatnonzero(changes)

    @property
    def different(self) -> int:
        """How many features differ from the one before."""
        return self._ends.size

    @property
    def summed(self) -> int:
        """How many terms a sum over all features has: runs count as ten."""
        if self.different <= LONG:
            return self.different
        terms = 0
        for first, last in self.ranges(1, self._columns.p.size):
            alone = self.expansion(first, last) is None
            terms += self._groups(first, last).size if alone else 10
        return terms

    def names(self) -> dict[str, Callable[[Any], Any]]:
        """`p` and `beta` of an index, from 1, or of a run."""
        return {"p": self._lookup("p"), "beta": self._lookup("beta")}

    def _lookup(self, name: str) -> Callable[[Any], Any]:
        values = getattr(self._columns, name)
        one = remember(lambda index: decimal(values[int(index) - 1]))
        return lambda index: getattr(index, name) if isinstance(index, TableRun) else one(index)

    def _run_ends(self, first: int) -> int:
        """The last feature of a run that begins at `first`."""
        p = self._columns.p
        same = int(self._coefficient_ends[np.searchsorted(self._coefficient_ends, first - 1)]) + 1
        near = int(np.searchsorted(-p, -p[first - 1] / GROWTH, side="right"))
        return min(same, near)

    def _groups(self, first: int, last: int) -> NDArray[np.int64]:
        """Positions, from 0, of the last features of the groups of equal ones within a range."""
        low, high = np.searchsorted(self._ends, [first - 1, last - 1])
        return np.minimum(self._ends[low : high + 1], last - 1)

    def ranges(self, low: int, high: int) -> Iterator[tuple[int, int]]:
        """Runs that one expansion may serve each; all of a short table at once."""
        if self.different <= LONG:
            yield low, high
            return
        first = low
        while first <= high:
            last = max(self._run_ends(first), first + SHORT - 1)
            yield first, min(last, high)
            first = last + 1

    def expansion(self, first: int, last: int) -> Expansion | None:
        """The features as one index; None where they are better taken one by one."""
        if self.different <= LONG or self._groups(first, last).size <= SHORT:
            return None
        p = self._columns.p
        if last > self._run_ends(first) or p[first - 1] >= 1 or p[last - 1] <= 0:
            return None
        return TableExpansion(self._columns, first, last, self.terms)

    def one_by_one(self, term: Summand, first: int, last: int) -> Any:
        """The sum over groups of equal features, each with its number."""
        total: Any = arb(0)
        before = first - 1
        for end in self._groups(first, last).tolist():
            total = total + plain(term(Exact(end + 1))) * (end + 1 - before)
            before = end + 1
        return total


def features_of(columns: Columns | None, bits: int) -> Features:
    """The reductions over a power law's features, or over a table's."""
    return Features(bits) if columns is None else TableFeatures(columns, bits)

"""Sums over the counts of a binomial law, at a cost that hardly grows with the number of trials.

A range of counts contributes at most its number times its largest weight times what the summand can
be over the range as a ball; where that matters it is halved, and where it is short against the
standard deviation it is summed as `theorems.evaluate.balls.features` sums a run of features.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from flint import arb, arb_series, fmpq

from theorems.evaluate.balls.adaptive import LEAST, Piece, adaptive_sum, magnitude
from theorems.evaluate.balls.exact import Exact, ball, plain
from theorems.evaluate.balls.features import NO_VALUE, SHORT, Expansion
from theorems.evaluate.balls.functions import log, log1p

SMOOTH = 0.5
"""A range is expanded where it is no longer than this many standard deviations."""


class BinomialLaw:
    """The weights of Bin(n, q).

    Args:
        n: a whole number >= 1.
        q: a ball inside (0, 1).
    """

    def __init__(self, n: int, q: Any) -> None:
        self.n = n
        self._logs = log(q), log1p(-q)
        self._odds = q / (1 - q)
        self._ways = arb(n + 1).lgamma()
        middle = float(q.mid())
        self.mode = min(n, math.floor((n + 1) * middle))
        """A whole number next to the most probable one."""
        self.spread = math.sqrt(n * middle * (1 - middle))
        """Standard deviation, roughly."""

    def log_weight(self, m: Any) -> Any:
        """Logarithm of the weight at m, a ball or a series."""
        with_success, without = self._logs
        ways = self._ways - (m + 1).lgamma() - (self.n - m + 1).lgamma()
        return ways + m * with_success + (self.n - m) * without

    def weight(self, m: int) -> Any:
        """The weight at a whole number."""
        return self.log_weight(arb(m)).exp()

    def largest(self, first: int, last: int) -> Any:
        """A ball from 0 to what no weight of a range exceeds: they rise to the mode, and fall."""
        candidates = {min(max(self.mode + off, first), last) for off in (-1, 0, 1)}
        found = arb(0)
        for m in candidates:
            found = found.union(self.weight(m))
        return found

    def one_by_one(self, term: Callable[[Any], Any], first: int, last: int) -> Any:
        """The plain sum over a range of weight times term."""
        weight, total = self.weight(first), arb(0)
        for m in range(first, last + 1):
            total = total + weight * ball(term(Exact(m)))
            weight = weight * (self._odds * fmpq(self.n - m, m + 1))
        return total

    def sum(
        self,
        term: Callable[[Any], Any],
        bits: int,
        terms: int,
        *,
        within: tuple[int, int] | None = None,
        floor: float = LEAST,
    ) -> Any:
        """Sum of weight(m) term(m) over a range, 0..n if not given.

        Args:
            term: of a whole number, and of a run of them as a series or a ball.
            bits: as of `adaptive_sum`.
            terms: as of `Expansion`.
            within: first and last of the range.
            floor: as of `adaptive_sum`.
        """

        def weighted(m: Any) -> Any:
            at = plain(m)
            return self.log_weight(at if isinstance(at, arb_series) else arb(at)).exp() * term(m)

        def piece(low: int, high: int) -> Piece:
            if high - low < SHORT:
                return Piece(low, high, self.one_by_one(term, low, high))
            expansion = Expansion(low, high, terms)
            if high - low <= SMOOTH * self.spread:
                try:
                    value, slack = expansion.sum(weighted)
                    if value.is_finite():
                        return Piece(low, high, value, slack)
                except NO_VALUE:
                    pass
            try:
                value = (
                    expansion.number * self.largest(low, high) * ball(term(expansion.index("ball")))
                )
            except NO_VALUE:
                value = arb.nan()
            return Piece(low, high, value, magnitude(value))

        return adaptive_sum([within or (0, self.n)], piece, bits, floor)

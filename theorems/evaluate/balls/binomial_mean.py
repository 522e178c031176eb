"""E [e^L(m) - 1] for m ~ Bin(n, q) as a ball.

The range 0..n is halved where it matters. A long range a..b contributes at most its number of
values times its largest weight times what e^L - 1 can be for m in the ball [a, b]; most of 0..n is
settled so. Near the mode runs of m are summed as `theorems.evaluate.balls.features` sums runs of
features, with L as a Taylor polynomial in m, and short ones value by value.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from flint import arb, arb_series

from theorems.evaluate.balls.adaptive import Piece, adaptive_sum, magnitude
from theorems.evaluate.balls.exact import Exact, ball, plain
from theorems.evaluate.balls.features import NO_VALUE, SHORT, Expansion, Features
from theorems.evaluate.balls.functions import exp, expm1, log, log1p, sign

SMOOTH = 0.5
"""A run of m is expanded where it is no longer than this many standard deviations."""


def binomial_mean_expm1(
    features: Features, growth: Callable[[Any], Any], trials: Any, chance: Any
) -> Any:
    """E [e^growth(m) - 1], m ~ Bin(trials, chance).

    Args:
        features: whose sums `growth` is made of.
        growth: L; -inf allowed.
        trials: n, a whole number >= 0.
        chance: success probability in [0, 1].
    """
    n, q = int(trials), plain(chance)
    if q in (0, 1):
        return expm1(growth(Exact(n * int(q))))
    if n == 0:
        return expm1(growth(Exact(0)))
    q = arb(q)
    if sign(q) != 1 or sign(1 - q) != 1:
        return arb.nan()
    law = _Law(n, q)

    def term(m: Any) -> Any:
        return exp(law.log_weight(plain(m))) * expm1(growth(m))

    def piece(first: int, last: int) -> Piece:
        if last - first < SHORT:
            values = (
                law.weight(m) * ball(expm1(growth(Exact(m)))) for m in range(first, last + 1)
            )
            return Piece(first, last, sum(values, start=arb(0)))
        expansion = Expansion(first, last, features.terms)
        if last - first < SMOOTH * law.spread:
            with features.expanding():
                try:
                    value, slack = expansion.sum(term)
                    if value.is_finite():
                        return Piece(first, last, value, slack)
                except NO_VALUE:
                    pass
        try:
            largest = ball(expm1(growth(expansion.index("ball"))))
        except NO_VALUE:
            largest = arb.nan()
        share = law.weight(min(max(law.mode, first), last)).union(arb(0))
        value = expansion.number * share * largest
        return Piece(first, last, value, magnitude(value))

    return adaptive_sum([(0, n)], piece, features.bits)


class _Law:
    """The weights of Bin(n, q)."""

    def __init__(self, n: int, q: Any) -> None:
        self.n = n
        self._logs = log(q), log1p(-q)
        self._whole = arb(n + 1).lgamma()
        self.mode = min(n, math.floor((n + 1) * float(q)))
        """A whole number next to the most probable one."""
        self.spread = math.sqrt(n * float(q) * (1 - float(q)))
        """Standard deviation, roughly."""

    def log_weight(self, m: Any) -> Any:
        """Logarithm of the weight at m, a number or a series."""
        m = m if isinstance(m, arb_series) else arb(m)
        with_success, without = self._logs
        ways = self._whole - (m + 1).lgamma() - (self.n - m + 1).lgamma()
        return ways + m * with_success + (self.n - m) * without

    def weight(self, m: int) -> Any:
        """The weight at a whole number."""
        return self.log_weight(m).exp()

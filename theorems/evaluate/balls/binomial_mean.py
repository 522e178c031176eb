"""E [e^L(m) - 1] for m ~ Bin(n, q) as a ball.

The range 0..n is halved where it matters. A long range a..b contributes at most its number of
values times its largest weight times what e^L - 1 can be for m in the ball [a, b]; most of 0..n is
settled so. Next to the mode L is taken from a polynomial P: with half-length h and K Chebyshev
nodes on [a, b], and |L| <= M at all complex m within 4 h of [a, b],

    |L(m) - P(m)| <= max|L^(K)|/K! 2 (h/2)^K <= 2 M 8^-K

by Cauchy's estimate |L^(K)|/K! <= M/(4h)^K. M comes from the same program at a complex ball.

Powers x^m of an x < 0 change sign with m and are no part of P: their range over whole m >= a is in
every ball that is computed, 0 included, so that twice the widest of these covers them.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from flint import acb, arb, fmpq

from theorems.evaluate.balls.adaptive import LEAST, Piece, adaptive_sum, magnitude
from theorems.evaluate.balls.binomial_law import BinomialLaw
from theorems.evaluate.balls.exact import Exact, Span, ball, plain
from theorems.evaluate.balls.features import NO_VALUE, Features
from theorems.evaluate.balls.functions import exp, expm1, sign

SHORT = 48
"""Ranges of up to so many m are summed with L at each."""

LONG = 6.0
"""A range is interpolated where it is no longer than this many standard deviations."""

Growth = Callable[[Any], Any]


def binomial_mean_expm1(features: Features, growth: Growth, trials: Any, chance: Any) -> Any:
    """E [e^growth(m) - 1], m ~ Bin(trials, chance).

    Args:
        features: whose sums `growth` is made of.
        growth: L; -inf allowed.
        trials: n, a whole number >= 0.
        chance: success probability in [0, 1].
    """
    n, q = int(trials), plain(chance)
    if q == 0 or q == 1:
        return expm1(growth(Exact(n if q == 1 else 0)))
    q = arb(q)
    if sign(q) != 1 or sign(1 - q) != 1:
        return arb.nan()
    mean = _Mean(features, growth, n, q)
    return adaptive_sum([(0, n)], mean.piece, features.bits)


class _Mean(BinomialLaw):
    """The parts of one mean."""

    def __init__(self, features: Features, growth: Growth, n: int, q: Any) -> None:
        super().__init__(n, q)
        self.features, self.growth = features, growth
        # Magnitude of the largest part so far, beside which others need be no more exact.
        self._largest = -math.inf

    def piece(self, first: int, last: int) -> Piece:
        """What a range contributes."""
        if last - first < SHORT:
            return Piece(first, last, self.one_by_one(self._grown, first, last))
        if last - first <= LONG * self.spread:
            found = self._interpolated(first, last)
            if found is not None:
                return found
        try:
            largest = ball(expm1(self.growth(_span(first, last))))
        except NO_VALUE:
            largest = arb.nan()
        value = (last - first + 1) * self.largest(first, last) * largest
        return Piece(first, last, value, magnitude(value))

    def _grown(self, m: Any) -> Any:
        return expm1(self.growth(m))

    def _interpolated(self, first: int, last: int) -> Piece | None:
        """With L from a polynomial; None where L is not smooth enough for one."""
        middle, half = arb(fmpq(first + last, 2)), arb(fmpq(last - first, 2))
        box = acb(arb(middle.mid(), 5 * half), arb(0, 4 * half))
        try:
            with self.features.roughly():
                largest = abs(acb(plain(self.growth(Span(box, first)))))
            if not largest.is_finite():
                return None
            count = (self.features.bits + 12) // 3 + 1
            angles = [arb(fmpq(2 * t + 1, 2 * count)) for t in range(count)]
            values = [
                ball(self.growth(Span(middle + half * angle.cos_pi(), first))) for angle in angles
            ]
        except NO_VALUE:
            return None
        error = arb(2 * largest.upper()) * arb(2) ** (-3 * count)
        wide = 2 * max((arb(value.rad()) for value in values), key=magnitude)
        parts = [
            sum(
                (v * (order * angle).cos_pi() for v, angle in zip(values, angles, strict=True)),
                start=arb(0),
            )
            * fmpq(2 if order else 1, count)
            for order in range(count)
        ]
        # Radii would grow in the recursion; |T_l| <= 1 lets them be added once.
        left = error + wide + sum((arb(part.rad()) for part in parts), start=arb(0))
        left = arb(0, left.upper())
        parts = [arb(part.mid()) for part in parts]

        def grown(m: Any) -> Any:
            return _chebyshev(parts, (plain(m) - middle) / half) + left

        bits, terms = self.features.bits, self.features.terms
        total = self.sum(
            lambda m: expm1(grown(m)),
            bits,
            terms,
            within=(first, last),
            floor=max(LEAST, self._largest - bits),
        )
        self._largest = max(self._largest, magnitude(total))
        # What an error of L can change: e^L and its weights are no larger than these.
        size = (last - first + 1) * self.largest(first, last) * exp(grown(_span(first, last)))
        return Piece(first, last, total, magnitude(size) + magnitude(error))


def _span(first: int, last: int) -> Span:
    middle, half = fmpq(first + last, 2), fmpq(last - first, 2)
    return Span(arb(arb(middle).mid(), arb(half).upper()), first)


def _chebyshev(parts: list[Any], x: Any) -> Any:
    """The sum of parts[l] T_l(x), by Clenshaw's recursion."""
    one = two = arb(0)
    for part in reversed(parts[1:]):
        one, two = 2 * x * one - two + part, one
    return x * one - two + parts[0]

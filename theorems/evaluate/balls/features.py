"""Sums and products over features as balls, at a cost that hardly grows with their number.

A few features are summed one by one. A longer run a..b is summed as a Taylor polynomial around
its middle m: with f(i) = sum_(l<L) f_l (i-m)^l + R_i, R_i = f^(L)(x_i)/L! (i-m)^L for some x_i in
[a, b] (Lagrange), and L even, the sum is

    sum_(l<L) f_l M_l + f_L([a, b]) M_L,   M_l = sum_(i=a..b) (i-m)^l,

where f_l comes from `arb_series` at m and f_L([a, b]), which encloses every f^(L)(x)/L!, from the
same program at the ball [a, b]. Runs are halved until what they leave open is negligible.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import lru_cache, reduce
from operator import mul
from typing import Any

from flint import arb, arb_series, ctx, fmpq

from theorems.evaluate.balls.adaptive import Piece, adaptive_sum, magnitude
from theorems.evaluate.balls.exact import Exact, Run, ball, plain
from theorems.evaluate.balls.functions import (
    UndecidedError,
    exp,
    expm1,
    log1p,
    maximum,
    minimum,
    sign,
)

Summand = Callable[[Any], Any]

ONE_BY_ONE = 96
"""So many of the most frequent features are summed one by one."""

SHORT = 20
"""So are runs of up to so many."""

GROWTH = 1.28
"""Last over first index of a longer run, before it is halved."""

FACTORS = 10**6
"""So many factors of both signs are multiplied one by one at most."""

NO_VALUE = (UndecidedError, ValueError, ZeroDivisionError)
"""What arithmetic raises where a kink or a pole lies in a run of features."""


class SignedFactorError(ArithmeticError):
    """A factor 1 + x that may be negative, which has no real logarithm."""


@contextmanager
def coefficients(number: int) -> Iterator[None]:
    """Series of so many coefficients."""
    before = ctx.cap
    ctx.cap = number
    try:
        yield
    finally:
        ctx.cap = before


@lru_cache(maxsize=8192)
def _moment(number: int, power: int, precision: int) -> Any:  # noqa: ARG001  # what a ball rests on
    """Sum of (i - m)^power over `number` whole i in a row around their middle m, power even.

    B_(l+1)(x + N) - B_(l+1)(x) = (l+1) sum_(j<N) (x+j)^l, B_l Bernoulli's polynomials, with
    x = (1-N)/2; and B_(l+1)(1-x) = -B_(l+1)(x) for even l.
    """
    return 2 * arb(fmpq(number + 1, 2)).bernoulli_poly(power + 1) / (power + 1)


class Expansion:
    """A run of features as one index: what a term is at it, and what that says of its sum.

    Args:
        first, last: the features, both included.
        terms: L of the module's text, even.
    """

    def __init__(self, first: int, last: int, terms: int) -> None:
        self.first, self.last, self.terms = first, last, terms

    def index(self, kind: str) -> Any:
        """The run as a series around its "middle", as one "around" all of it, or as a "ball"."""
        middle, half = fmpq(self.first + self.last, 2), fmpq(self.last - self.first, 2)
        at = {"middle": arb(middle)}.get(kind, arb(arb(middle).mid(), arb(half).upper()))
        return Run(at if kind == "ball" else arb_series([at, 1]), (self.first, self.last, kind))

    @property
    def number(self) -> int:
        """Features in the run."""
        return self.last - self.first + 1

    def moment(self, power: int) -> Any:
        """M of the module's text; None where it is 0."""
        return _moment(self.number, power, ctx.prec) if power % 2 == 0 else None

    def sum(self, term: Summand) -> tuple[Any, float]:
        """The sum of the terms, and the magnitude of what the remainder leaves open of it.

        Raises:
            UndecidedError, ValueError, ZeroDivisionError: where the term is not smooth there.
        """
        # What is decided for all of the run is decided for its middle: the wider one comes first.
        with coefficients(self.terms + 1):
            around = plain(term(self.index("around")))
        with coefficients(self.terms):
            middle = plain(term(self.index("middle")))
        if not isinstance(middle, arb_series):
            return ball(middle) * self.number, -math.inf
        remainder = total = around[self.terms] * self.moment(self.terms)
        for power, coefficient in enumerate(middle.coeffs()):
            moment = self.moment(power)
            if moment is not None:
                total = total + coefficient * moment
        return total, magnitude(remainder)

    def crude(self, term: Summand) -> Any:
        """The same from the range of the term alone; NaN where that is unknown."""
        try:
            return self.number * ball(term(self.index("ball")))
        except NO_VALUE:
            return arb.nan()


class Features:
    """Reductions over every feature of a range.

    Args:
        bits: sums are narrower than 2^-bits of themselves, where they can be.
    """

    def __init__(self, bits: int) -> None:
        self.bits = bits
        # What is left of a run falls by 3 bits or so with each coefficient.
        self.terms = 2 * (bits // 5 + 3)
        self._expanding = False
        self._rough = False

    def names(self) -> dict[str, Callable[[Any], Any]]:
        """What programs find besides the reductions; a power law's p and beta are in programs."""
        return {}

    def ranges(self, low: int, high: int) -> Iterator[tuple[int, int]]:
        """Ranges that one expansion may serve each."""
        first = low
        while first <= high:
            last = max(first + SHORT - 1, ONE_BY_ONE, int(first * GROWTH))
            yield first, min(last, high)
            first = last + 1

    def expansion(self, first: int, last: int) -> Expansion | None:
        """The features as one index; None where they are better taken one by one."""
        if last - first < SHORT or last <= ONE_BY_ONE:
            return None
        return Expansion(first, last, self.terms)

    @contextmanager
    def expanding(self, flag: bool = True) -> Iterator[None]:
        """While one variable is a series, sums inside are formed one by one."""
        before, self._expanding = self._expanding, flag
        try:
            yield
        finally:
            self._expanding = before

    @contextmanager
    def roughly(self) -> Iterator[None]:
        """While a bound is asked for, a run of features counts by the range of its terms."""
        before, self._rough = self._rough, True
        try:
            yield
        finally:
            self._rough = before

    def _roughly_summed(self, term: Summand, low: int, high: int) -> Any:
        total: Any = arb(0)
        for first, last in self.ranges(low, high):
            expansion = self.expansion(first, last)
            if expansion is None:
                total = total + self.one_by_one(term, first, last)
            else:
                total = total + expansion.number * plain(term(expansion.index("ball")))
        return total

    def sum_over(self, term: Summand, low: Any, high: Any) -> Any:
        """Sum of term(i), low <= i <= high; 0 where the range is empty."""
        first, last = int(low), int(high)
        if last < first:
            return Exact(0)
        if self._rough:
            return self._roughly_summed(term, first, last)
        if self._expanding:
            return self.one_by_one(term, first, last)
        ranges = self.ranges(first, last)
        return adaptive_sum(ranges, lambda a, b: self._piece(term, a, b), self.bits)

    def _piece(self, term: Summand, first: int, last: int) -> Piece:
        expansion = self.expansion(first, last)
        if expansion is None:
            return Piece(first, last, self.one_by_one(term, first, last))
        with self.expanding():
            try:
                value, slack = expansion.sum(term)
            except NO_VALUE:
                value = arb.nan()
        if not value.is_finite():
            value = expansion.crude(term)
            slack = magnitude(value)
        return Piece(first, last, value, slack)

    def one_by_one(self, term: Summand, first: int, last: int) -> Any:
        """The plain sum."""
        total: Any = arb(0)
        for index in range(first, last + 1):
            total = total + plain(term(Exact(index)))
        return total

    def largest_over(self, term: Summand, low: Any, high: Any) -> Any:
        """Largest term(i), low <= i <= high; 0 where the range is empty."""
        indices = range(int(low), int(high) + 1)
        return reduce(maximum, (term(Exact(i)) for i in indices)) if indices else Exact(0)

    def least_over(self, term: Summand, low: Any, high: Any) -> Any:
        """Least term(i), low <= i <= high; 0 where the range is empty."""
        indices = range(int(low), int(high) + 1)
        return reduce(minimum, (term(Exact(i)) for i in indices)) if indices else Exact(0)

    def _logarithm(self, term: Summand, low: Any, high: Any) -> Any:
        def logarithm(index: Any) -> Any:
            value = term(index)
            if sign(1 + value) == -1:
                raise SignedFactorError
            return log1p(value)

        return self.sum_over(logarithm, low, high)

    def product1p_over(self, term: Summand, low: Any, high: Any) -> Any:
        """Product of 1 + term(i)."""
        try:
            return exp(self._logarithm(term, low, high))
        except SignedFactorError:
            return self._signed_product(term, int(low), int(high))

    def product1p_minus1_over(self, term: Summand, low: Any, high: Any) -> Any:
        """Product of 1 + term(i), less 1, with the digits of small terms."""
        try:
            return expm1(self._logarithm(term, low, high))
        except SignedFactorError:
            return self._signed_product(term, int(low), int(high)) - 1

    def product_over(self, term: Summand, low: Any, high: Any) -> Any:
        """Product of term(i)."""
        return self.product1p_over(lambda index: term(index) - 1, low, high)

    @staticmethod
    def _signed_product(term: Summand, first: int, last: int) -> Any:
        if last - first >= FACTORS:
            raise UndecidedError(f"{last - first + 1} factors of both signs are not multiplied")
        return reduce(mul, (1 + term(Exact(i)) for i in range(first, last + 1)), arb(1))


def remember(function: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """The function with all its values kept."""
    known: dict[Any, Any] = {}

    def remembered(index: Any) -> Any:
        # Series are cut off where they were asked for: the run's key says how.
        key = getattr(index, "key", None)
        if key is None:
            return function(index)
        if key not in known:
            known[key] = function(index)
        return known[key]

    return remembered

"""Numbers of a generated program that are known exactly, and indices that stand for many features.

Ball arithmetic itself is python-flint's `arb`, and `arb_series` for Taylor polynomials. What is
rational stays rational as long as it is short, so that conditions such as alpha == 1 and
floor(1/delta) are decided: 1/10 is no ball.
"""

from __future__ import annotations

from collections.abc import Callable
from operator import add, mul, sub
from typing import Any

from flint import arb, arb_series, fmpq

LONGEST = 512
"""Bits of a rational number, above which a ball serves."""


class _Wrapped:
    """Something that computes as the flint number `x` inside."""

    __slots__ = ("x",)

    x: Any

    def _with(self, other: Any, operation: Callable[[Any, Any], Any], swapped: bool) -> Any:
        theirs = other.x if isinstance(other, _Wrapped) else other
        first, second = (theirs, self.x) if swapped else (self.x, theirs)
        return kept(operation(first, second))

    def __add__(self, other: Any) -> Any:
        return self._with(other, add, swapped=False)

    def __radd__(self, other: Any) -> Any:
        return self._with(other, add, swapped=True)

    def __sub__(self, other: Any) -> Any:
        return self._with(other, sub, swapped=False)

    def __rsub__(self, other: Any) -> Any:
        return self._with(other, sub, swapped=True)

    def __mul__(self, other: Any) -> Any:
        return self._with(other, mul, swapped=False)

    def __rmul__(self, other: Any) -> Any:
        return self._with(other, mul, swapped=True)

    def __truediv__(self, other: Any) -> Any:
        return self._with(other, _quotient, swapped=False)

    def __rtruediv__(self, other: Any) -> Any:
        return self._with(other, _quotient, swapped=True)

    def __pow__(self, other: Any) -> Any:
        return self._with(other, _power, swapped=False)

    def __rpow__(self, other: Any) -> Any:
        return self._with(other, _power, swapped=True)

    def __neg__(self) -> Any:
        return kept(-self.x)

    def __pos__(self) -> Any:
        return self


class Exact(_Wrapped):
    """A rational number.

    Args:
        value: an integer, text such as "0.1" or "1e-3", or python-flint's rational.
    """

    __slots__ = ()

    def __init__(self, value: Any) -> None:
        if isinstance(value, str):
            from fractions import Fraction

            fraction = Fraction(value)
            value = fmpq(fraction.numerator, fraction.denominator)
        self.x = fmpq(value)

    @property
    def key(self) -> Any:
        """What tells it apart where it is an index."""
        return (int(self.x.p), int(self.x.q))

    def __int__(self) -> int:
        return int(self.x.p) // int(self.x.q)

    def __abs__(self) -> Exact:
        return Exact(abs(self.x))

    def __repr__(self) -> str:
        return f"Exact({self.x})"


class Run(_Wrapped):
    """The indices first..last as one: a Taylor polynomial in the distance from their middle, or a
    ball around them all.

    Args:
        x: the polynomial (`arb_series`) or ball (`arb`).
        key: what tells it apart.
    """

    __slots__ = ("key",)

    def __init__(self, x: Any, key: Any) -> None:
        self.x = x
        self.key = key


class Span(_Wrapped):
    """An exponent that stands for many whole ones: a ball around them, real or complex.

    Args:
        x: the ball.
        least: the smallest whole one.
    """

    __slots__ = ("least",)

    def __init__(self, x: Any, least: int) -> None:
        self.x = x
        self.least = least


def kept(value: Any) -> Any:
    """A result as programs have it: a short rational is `Exact`, everything else python-flint's."""
    if not isinstance(value, fmpq):
        return value
    if value.p.bit_length() + value.q.bit_length() > LONGEST:
        return arb(value)
    return Exact(value)


def plain(value: Any) -> Any:
    """The flint number: rationals as `fmpq`, balls and series as they are."""
    if isinstance(value, _Wrapped):
        return value.x
    return fmpq(value) if isinstance(value, int) else value


def ball(value: Any) -> Any:
    """The number as a ball.

    Raises:
        TypeError: for a series, which is no number.
    """
    value = plain(value)
    if isinstance(value, arb_series):
        raise TypeError("a series is no number")
    return arb(value)


def _quotient(numerator: Any, denominator: Any) -> Any:
    if isinstance(denominator, int):
        denominator = fmpq(denominator)
    if isinstance(denominator, fmpq) and denominator == 0:
        return arb.nan()
    return numerator / denominator


def _power(base: Any, exponent: Any) -> Any:
    base = fmpq(base) if isinstance(base, int) else base
    exponent = fmpq(exponent) if isinstance(exponent, int) else exponent
    if not isinstance(base, fmpq):
        return base**exponent
    if isinstance(exponent, fmpq):
        if exponent == 0 or base == 1:
            return fmpq(1)
        if base == 0:
            return fmpq(0) if exponent > 0 else arb.nan()
        size = base.p.bit_length() + base.q.bit_length()
        if exponent.q == 1 and (size * abs(int(exponent.p)) <= LONGEST or abs(base) == 1):
            whole = int(exponent.p)
            return base**whole if abs(base) != 1 else fmpq(1 if whole % 2 == 0 else -1)
        return arb(base) ** exponent
    return (
        arb(base) ** exponent if isinstance(exponent, arb) else (exponent * arb(base).log()).exp()
    )

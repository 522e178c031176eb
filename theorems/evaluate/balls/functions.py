"""Elementary and special functions of exact numbers, balls and Taylor polynomials."""

from __future__ import annotations

from collections.abc import Callable
from functools import reduce
from typing import Any

from flint import acb, arb, arb_series, fmpq

from theorems.evaluate.balls.exact import Exact, Span, ball, kept, plain


class UndecidedError(ArithmeticError):
    """A condition that holds for a part of a ball only, where both cases cannot be joined."""


def constant(value: Any) -> Any:
    """The constant term of a series, else the number itself, as a ball or rational."""
    value = plain(value)
    if not isinstance(value, arb_series):
        return value
    return value[0] if len(value) else fmpq(0)


def sign(value: Any) -> int | None:
    """-1, 0 or 1 where it is certain, else None; of a series, that of its constant term."""
    value = constant(value)
    if isinstance(value, fmpq):
        return int(value > 0) - int(value < 0)
    if value > 0:
        return 1
    if value < 0:
        return -1
    return 0 if value.is_zero() else None


_SIGNS = {
    "==": (0,),
    "!=": (-1, 1),
    "<": (-1,),
    "<=": (-1, 0),
    ">": (1,),
    ">=": (0, 1),
}


def holds(relation: str, left: Any, right: Any) -> bool:
    """Whether left relation right, decided rigorously.

    Raises:
        UndecidedError: where balls are too wide to tell.
    """
    difference = constant(left - right)
    found = sign(difference)
    if found is not None:
        return found in _SIGNS[relation]
    # Not certain which, but perhaps certain that it is one of the signs, or none of them.
    possible = {-1, 0, 1}
    if not difference.is_nan():
        if difference <= 0:
            possible.discard(1)
        if difference >= 0:
            possible.discard(-1)
        if possible <= set(_SIGNS[relation]):
            return True
        if not possible & set(_SIGNS[relation]):
            return False
    raise UndecidedError(f"it cannot be decided whether {difference} {relation} 0")


def choose(
    condition: Callable[[], bool], value: Callable[[], Any], otherwise: Callable[[], Any]
) -> Any:
    """One value where the condition holds, else the other; their union where it is undecided."""
    try:
        return value() if condition() else otherwise()
    except UndecidedError:
        one, other = plain(value()), plain(otherwise())
        if isinstance(one, arb_series) or isinstance(other, arb_series):
            raise
        return arb(one).union(arb(other))


def _smaller(left: Any, right: Any) -> Any:
    one, other = plain(left), plain(right)
    difference = sign(kept(one - other))
    if difference is not None:
        return left if difference <= 0 else right
    if isinstance(one, arb_series) or isinstance(other, arb_series):
        raise UndecidedError("which of two is smaller changes within a run of features")
    return arb(one).min(arb(other))


def minimum(*parts: Any) -> Any:
    """The least."""
    return reduce(_smaller, (kept(plain(part)) for part in parts))


def maximum(*parts: Any) -> Any:
    """The largest."""
    return -minimum(*(-kept(plain(part)) for part in parts))


def absolute(value: Any) -> Any:
    """|value|."""
    if sign(value) is not None:
        return value if sign(value) != -1 else -value
    if isinstance(plain(value), arb_series):
        raise UndecidedError("a sign changes within a run of features")
    return abs(ball(value))


def floor(value: Any) -> Any:
    """The largest whole number that is no larger."""
    value = plain(value)
    if isinstance(value, fmpq):
        return Exact(value.floor())
    found = ball(value).floor()
    whole = found.unique_fmpz()
    return found if whole is None else Exact(whole)


def ceiling(value: Any) -> Any:
    """The smallest whole number that is no smaller."""
    return -floor(-value)


def _replaced(series: Any, first: Any) -> Any:
    """The series with another constant term."""
    coefficients = series.coeffs() or [arb(0)]
    return arb_series([first, *coefficients[1:]])


def exp(value: Any) -> Any:
    """e^value."""
    value = plain(value)
    if isinstance(value, fmpq):
        return Exact(1) if value == 0 else arb(value).exp()
    return value.exp()


def expm1(value: Any) -> Any:
    """e^value - 1, with the digits of a small value."""
    value = plain(value)
    if isinstance(value, arb_series):
        return _replaced(value.exp(), arb(constant(value)).expm1())
    if isinstance(value, fmpq) and value == 0:
        return Exact(0)
    return arb(value).expm1()


def logistic(value: Any) -> Any:
    """1/(1 + e^value), which falls from 1 to 0."""
    value = plain(value)
    if isinstance(value, arb_series):
        return 1 / (1 + value.exp())
    value = arb(value)
    if value.is_exact():
        return 1 / (1 + value.exp())
    return logistic(value.lower()).union(logistic(value.upper()))


def log(value: Any) -> Any:
    """The natural logarithm; -inf of 0 itself, NaN below."""
    value = plain(value)
    if isinstance(value, arb_series):
        return value.log()
    if isinstance(value, fmpq) and value == 1:
        return Exact(0)
    return arb.neg_inf() if value == 0 else arb(value).log()


def log1p(value: Any) -> Any:
    """log(1 + value), with the digits of a small value; -inf at -1 itself."""
    value = plain(value)
    if isinstance(value, arb_series):
        return _replaced((1 + value).log(), arb(constant(value)).log1p())
    if isinstance(value, acb):
        # Analytic in the half-plane right of -1; across the cut it is no smooth function.
        return value.log1p() if (1 + value).real > 0 else acb(arb.nan())
    if isinstance(value, fmpq) and value == 0:
        return Exact(0)
    return arb.neg_inf() if value == -1 else arb(value).log1p()


def log1p_gap(value: Any) -> Any:
    """Value - log(1 + value)."""
    return value - log1p(value)


def sqrt(value: Any) -> Any:
    """The square root; NaN below 0."""
    value = plain(value)
    if isinstance(value, arb_series):
        return value.sqrt()
    if isinstance(value, fmpq):
        if value < 0:
            return arb.nan()
        roots = value.p.isqrt(), value.q.isqrt()
        if roots[0] ** 2 == value.p and roots[1] ** 2 == value.q:
            return Exact(fmpq(*roots))
    value = arb(value)
    if value >= 0 or value < 0:
        return value.sqrt()
    # If there is a root, it is one of what is not negative.
    return value.upper().sqrt().union(arb(0)) if value.is_finite() else arb.nan()


def power1p(increment: Any, exponent: Any) -> Any:
    """(1 + increment)^exponent, exponent whole where the base is negative."""
    base, power = plain(1 + increment), plain(exponent)
    if isinstance(exponent, Span) and sign(base) != 1:
        # Of either sign, and no larger than at the least exponent where |base| <= 1.
        if isinstance(base, arb_series):
            raise UndecidedError("a power may be of a negative number within a run of features")
        size = abs(ball(base))
        if not size <= 1:
            raise UndecidedError("powers of a negative number grow")
        largest = (size**exponent.least).union(arb(0))
        return largest.union(-largest)
    if isinstance(power, fmpq):
        return kept(plain(kept(base) ** Exact(power)))
    positive = sign(base)
    if positive == 0:
        return Exact(0) if sign(power) == 1 else arb.nan()
    if positive == 1:
        return exp(kept(power) * log1p(increment))
    raise UndecidedError("a power of a negative number is not smooth in its exponent")


def power1p_difference(x: Any, y: Any, exponent: Any) -> Any:
    """(1 + x)^exponent - (1 + y)^exponent, with the digits of a small difference of x and y."""
    if sign(1 + x) != 1 or sign(1 + y) != 1:
        return power1p(x, exponent) - power1p(y, exponent)
    share = expm1(exponent * log1p((y - x) / (1 + x)))
    return -power1p(x, exponent) * share


def ratio(top: Any, bottom: Any) -> Any:
    """A constant quotient of whole numbers."""
    return Exact(fmpq(top, bottom))


def of_numbers(function: Callable[..., Any]) -> Callable[..., Any]:
    """A function of balls that is not asked for a series."""

    def called(*values: Any) -> Any:
        return function(*(ball(value) for value in values))

    return called


SPECIAL: dict[str, Callable[..., Any]] = {
    "gamma": of_numbers(lambda x: x.gamma()),
    "loggamma": of_numbers(lambda x: x.lgamma()),
    "uppergamma": of_numbers(lambda shape, x: x.gamma_upper(shape)),
    "lowergamma": of_numbers(lambda shape, x: x.gamma_lower(shape)),
    "digamma": of_numbers(lambda x: x.digamma()),
    "polygamma": of_numbers(
        lambda order, x: x.digamma() if order == 0 else acb.polygamma(acb(x), acb(order)).real
    ),
    "Ei": of_numbers(lambda x: x.ei()),
    "erfinv": of_numbers(lambda x: x.erfinv()),
    "zeta": of_numbers(lambda s, a=None: s.zeta() if a is None else s.zeta(a)),
}

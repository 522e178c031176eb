"""Symbolic expression -> an interval that holds its exact value, and its decimals."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, Context, Decimal
from fractions import Fraction
from functools import lru_cache
from typing import Any

from flint import arb, arb_series, ctx, fmpq
from sympy import Expr

from theorems.evaluate.balls import functions
from theorems.evaluate.balls.adaptive import LEAST, magnitude
from theorems.evaluate.balls.binomial_expectation import binomial_expectation, counted
from theorems.evaluate.balls.binomial_mean import binomial_mean_expm1
from theorems.evaluate.balls.exact import Exact, plain
from theorems.evaluate.balls.features import remember
from theorems.evaluate.balls.fixed_point import largest_fixed_point
from theorems.evaluate.balls.inverse_count import mean_inverse_count
from theorems.evaluate.balls.program import source
from theorems.evaluate.balls.tables import features_of
from theorems.evaluate.columns import Columns
from theorems.evaluate.program import PARAMETERS, TABLE_PARAMETERS

GUARD = 48
"""Bits that arithmetic carries beyond those that sums are asked for."""

SPARE = 10
"""Bits that sums are asked for beyond the digits: a side is made of several."""

ATTEMPTS = 4
"""Each time with twice the bits."""

LARGEST = 4000
"""A side beyond 2 to this is left open."""

TINY = Fraction(2) ** int(LEAST)
"""An end that is nearer to 0 is 0 or this."""


@dataclass(frozen=True)
class Enclosure:
    """An interval that holds the exact value.

    Args:
        low, high: its ends, exact.
    """

    low: Fraction
    high: Fraction

    @property
    def ends(self) -> tuple[Fraction, Fraction]:
        """Low and high."""
        return self.low, self.high

    @property
    def width(self) -> Fraction:
        """High less low."""
        return self.high - self.low

    @property
    def relative_width(self) -> float:
        """Width over the size of the nearer end; 0 for an exact number, inf around 0."""
        size = min(abs(self.low), abs(self.high))
        if self.low == self.high:
            return 0.0
        return (
            float((self.high - self.low) / size) if size and self.low * self.high > 0 else math.inf
        )

    def decimals(self, digits: int) -> tuple[str, str]:
        """Both ends with so many significant digits, rounded outward."""
        return _decimal(self.low, digits, ROUND_FLOOR), _decimal(self.high, digits, ROUND_CEILING)

    def doubles(self) -> tuple[float, float]:
        """Both ends as doubles, rounded outward."""
        return _double(self.low, -math.inf), _double(self.high, math.inf)

    def __contains__(self, value: Any) -> bool:
        return self.low <= Fraction(value) <= self.high


def _decimal(value: Fraction, digits: int, rounding: str) -> str:
    context = Context(prec=digits, rounding=rounding, Emin=-999999, Emax=999999)
    quotient = context.divide(Decimal(value.numerator), Decimal(value.denominator))
    return str(quotient.normalize(context))


def _double(value: Fraction, outward: float) -> float:
    try:
        nearest = float(value)
    except OverflowError:
        nearest = math.inf if value > 0 else -math.inf
    if (nearest > value) if outward < 0 else (nearest < value):
        return math.nextafter(nearest, outward)
    return nearest


def enclosed(value: Any) -> Enclosure | None:
    """The interval of a ball; None where it is none, or beyond what decimals say."""
    value = plain(value)
    if isinstance(value, fmpq):
        exact = Fraction(int(value.p), int(value.q))
        return Enclosure(exact, exact)
    if not value.is_finite() or magnitude(value) > LARGEST:
        return None
    return Enclosure(_end(value.lower(), upward=False), _end(value.upper(), upward=True))


def _end(end: Any, *, upward: bool) -> Fraction:
    if end.is_zero():
        return Fraction(0)
    if magnitude(end) < LEAST:
        positive = bool(end > 0)
        if upward == positive:
            return TINY if upward else -TINY
        return Fraction(0)
    mantissa, exponent = end.man_exp()
    return Fraction(int(mantissa)) * Fraction(2) ** int(exponent)


class Kept:
    """What was formed at one law and number of bits, by its text and the parameters it rests on.

    Args:
        law: parameters of the power law, where there is one.
        columns: the table, where frequencies are one.
        bits: that sums are asked for; balls have `GUARD` more.
    """

    def __init__(self, law: tuple[float | None, ...], columns: Columns | None, bits: int) -> None:
        self.features = features_of(columns, bits)
        self.law, self.columns, self.bits = law, columns, bits
        self._known: dict[Any, Any] = {}

    def known(
        self, values: Mapping[str, Any], names: tuple[str, ...], text: str, form: Callable[[], Any]
    ) -> Any:
        """The number or function of that text at these values, formed where it is not known."""
        key = (text, *(values[name].key for name in names))
        if key not in self._known:
            with self.features.expanding(False):
                self._known[key] = form()
        return self._known[key]

    def namespace(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """What a program may call at these parameters."""
        features, bits = self.features, self.bits
        return {
            "known": lambda names, text, form: self.known(values, names, text, form),
            "sum_over": features.sum_over,
            "product_over": features.product_over,
            "largest_over": features.largest_over,
            "least_over": features.least_over,
            "product1p_over": features.product1p_over,
            "product1p_minus1_over": features.product1p_minus1_over,
            "fixed_point": lambda function, slope, start: largest_fixed_point(
                function, slope, start, bits
            ),
            "binomial_mean_expm1": lambda growth, trials, chance: binomial_mean_expm1(
                features, growth, trials, chance
            ),
            "binomial_expectation": binomial_expectation,
            "counted": counted,
            "mean_inverse_count": mean_inverse_count,
            "remember": remember,
            "choose": functions.choose,
            "holds": functions.holds,
            "power1p": functions.power1p,
            "power1p_difference": functions.power1p_difference,
            "log1p_gap": functions.log1p_gap,
            "expm1": functions.expm1,
            "ratio": functions.ratio,
            "undefined": arb.nan,
            "minimum": functions.minimum,
            "maximum": functions.maximum,
            "exp": functions.exp,
            "logistic": functions.logistic,
            "log": functions.log,
            "log1p": functions.log1p,
            "sqrt": functions.sqrt,
            "floor": functions.floor,
            "ceiling": functions.ceiling,
            "Abs": functions.absolute,
            "pi": arb.pi(),
            "euler_gamma": arb.const_euler(),
            **functions.SPECIAL,
            **features.names(),
        }


_kept = lru_cache(maxsize=6)(Kept)


@lru_cache(maxsize=512)
def _compiled(expression: Expr, extra: tuple[str, ...], table: bool) -> Any:
    return compile(source(expression, extra=extra, table=table), "<statement>", "exec")


@contextmanager
def precision(bits: int) -> Iterator[None]:
    """Balls of so many bits."""
    before = ctx.prec
    ctx.prec = bits
    try:
        yield
    finally:
        ctx.prec = before


def exact(value: float) -> Exact:
    """What a parameter stands for: the shortest decimal that prints it, 0.1 is one tenth."""
    return Exact(int(value)) if isinstance(value, int) else Exact(repr(float(value)))


def enclose(
    expression: Expr,
    parameters: Mapping[str, float],
    digits: int,
    *,
    columns: Columns | None = None,
) -> Enclosure | None:
    """An interval that holds the expression's exact value.

    Args:
        expression: in the symbols of `theorems.model`, without a recursion.
        parameters: as `theorems.evaluate.numbers.evaluate` has them; each stands for the shortest
            decimal that prints it.
        digits: the interval is narrower than 10^-digits of the value, where four attempts at
            growing precision make it so; else it is the narrowest of them.
        columns: the table, where frequencies are one.

    Returns:
        The interval; None where the expression has no value, or none that can be enclosed.
    """
    narrowest: Enclosure | None = None
    bits = math.ceil(digits * math.log2(10)) + SPARE
    for attempt in range(ATTEMPTS):
        found = _attempt(expression, parameters, bits << attempt, columns)
        if found is None:
            continue
        if narrowest is not None and 2 * found.width > narrowest.width:
            # More bits do not help: entries of a long table are doubles, for instance.
            break
        narrowest = found
        if found.relative_width <= 10.0**-digits or max(map(abs, found.ends)) <= TINY:
            break
    return narrowest


def _attempt(
    expression: Expr, parameters: Mapping[str, float], bits: int, columns: Columns | None
) -> Enclosure | None:
    known = TABLE_PARAMETERS if columns else PARAMETERS
    extra = tuple(sorted(set(parameters) - set(known)))
    values = {name: exact(value) for name, value in parameters.items()}
    law = tuple(parameters.get(name) for name in ("d", "s", "alpha", "b"))
    with precision(bits + GUARD):
        namespace = _kept(law, columns, bits).namespace(values)
        exec(_compiled(expression, extra, columns is not None), namespace)
        try:
            value = namespace["evaluate"](**values)
        except (ArithmeticError, ValueError):
            # Undecided at this precision, or a pole.
            return None
        if isinstance(plain(value), arb_series):
            raise TypeError("a number was expected, not a series")
        return enclosed(value)

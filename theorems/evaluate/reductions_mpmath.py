"""Any precision: the reductions of a generated program as plain loops over mpmath numbers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import mpmath

from theorems.evaluate.binomial_expectation import binomial_expectation_mpmath
from theorems.evaluate.fixed_point import largest_fixed_point


def _terms(term: Callable[[Any], Any], low: Any, high: Any) -> Any:
    return (term(mpmath.mpf(index)) for index in range(int(low), int(high) + 1))


def sum_over(term: Callable[[Any], Any], low: Any, high: Any) -> Any:
    """Sum of term(i), low <= i <= high."""
    return mpmath.fsum(_terms(term, low, high))


def product_over(term: Callable[[Any], Any], low: Any, high: Any) -> Any:
    """Product of term(i), low <= i <= high."""
    return mpmath.fprod(_terms(term, low, high))


def pairs_over(term: Callable[[Any], Any], low: Any, high: Any) -> Any:
    """Sum of term(i) term(j), low <= i < j <= high."""
    before = total = mpmath.mpf(0)
    for value in _terms(term, low, high):
        total += before * value
        before += value
    return total


def largest_over(term: Callable[[Any], Any], low: Any, high: Any) -> Any:
    """Largest term(i), low <= i <= high; 0 where the range is empty."""
    return max(_terms(term, low, high), default=mpmath.mpf(0))


def least_over(term: Callable[[Any], Any], low: Any, high: Any) -> Any:
    """Least term(i), low <= i <= high; 0 where the range is empty."""
    return min(_terms(term, low, high), default=mpmath.mpf(0))


def _digits_lost(size: Any, part: Any) -> int:
    """Decimal digits that 1 + x loses of a small x, or that a difference of logarithms does."""
    return max(0, int(mpmath.mag(size) - mpmath.mag(part))) // 3 + 1 if part else 0


def product1p_minus1_over(term: Callable[[Any], Any], low: Any, high: Any) -> Any:
    """Product of 1 + term(i), less 1, with the digits of small terms."""
    values = list(_terms(term, low, high))
    if not values or min(values) <= -1:
        return mpmath.fprod(1 + value for value in values) - 1
    return mpmath.expm1(mpmath.fsum(mpmath.log1p(value) for value in values))


def power1p_difference(x: Any, y: Any, exponent: Any) -> Any:
    """(1 + x)^exponent - (1 + y)^exponent, with the digits of a small difference of x and y."""
    if min(x, y) <= -1:
        return mpmath.power(1 + x, exponent) - mpmath.power(1 + y, exponent)
    share = mpmath.expm1(exponent * mpmath.log1p((y - x) / (1 + x)))
    return -mpmath.power(1 + x, exponent) * share


def log1p_gap(x: Any) -> Any:
    """X - log(1 + x), with twice the digits that it loses."""
    with mpmath.workdps(mpmath.mp.dps + 2 * _digits_lost(1, x)):
        difference = x - mpmath.log1p(x)
    return +difference


def remember(function: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """The function with all its values kept."""
    known: dict[Any, Any] = {}

    def remembered(index: Any) -> Any:
        if index not in known:
            known[index] = function(index)
        return known[index]

    return remembered


def binomial_mean_expm1(growth: Callable[[Any], Any], trials: Any, chance: Any) -> Any:
    """E [e^growth(m) - 1] for m ~ Bin(trials, chance), every term in turn."""
    count = int(trials)
    if chance == 0:
        return mpmath.expm1(growth(mpmath.mpf(0)))
    if chance == 1:
        return mpmath.expm1(growth(mpmath.mpf(count)))
    weight = (1 - chance) ** count
    odds = chance / (1 - chance)
    total = mpmath.mpf(0)
    for m in range(count + 1):
        total += weight * mpmath.expm1(growth(mpmath.mpf(m)))
        weight *= odds * (count - m) / (m + 1)
    return total


def mean_inverse_count(trials: Any, chance: Any) -> Any:
    """E[1{T>=1}/T] for T ~ Bin(trials, chance), term by term."""
    if chance == 1:
        return 1 / mpmath.mpf(trials)
    count = int(trials)
    odds = chance / (1 - chance)
    weight = (1 - chance) ** count
    total = mpmath.mpf(0)
    for t in range(1, count + 1):
        weight *= odds * (count - t + 1) / t
        term = weight / t
        total += term
        if t > count * chance and term < total * mpmath.eps * mpmath.mpf("1e-3"):
            break
    return total


def namespace() -> dict[str, Any]:
    """What a generated program may call; precision is mpmath's working precision."""
    return {
        "sum_over": sum_over,
        "product_over": product_over,
        "pairs_over": pairs_over,
        "largest_over": largest_over,
        "least_over": least_over,
        "product1p_over": lambda term, low, high: product_over(
            lambda index: 1 + term(index), low, high
        ),
        "fixed_point": lambda function, start: largest_fixed_point(
            function, mpmath.mpf(start), mpmath.eps
        ),
        "binomial_mean_expm1": binomial_mean_expm1,
        "binomial_expectation": binomial_expectation_mpmath,
        "mean_inverse_count": mean_inverse_count,
        "product1p_minus1_over": product1p_minus1_over,
        "power1p": lambda x, exponent: mpmath.power(1 + x, exponent),
        "power1p_difference": power1p_difference,
        "log1p_gap": log1p_gap,
        "expm1": mpmath.expm1,
        "remember": remember,
        "ratio": lambda top, bottom: mpmath.mpf(top) / bottom,
        "undefined": lambda: mpmath.nan,
        "minimum": min,
        "maximum": max,
        "exp": mpmath.exp,
        "log": mpmath.log,
        "log1p": lambda x: mpmath.log(1 + x) if x != -1 else -mpmath.inf,
        "sqrt": mpmath.sqrt,
        "floor": mpmath.floor,
        "ceiling": mpmath.ceil,
        "Abs": abs,
        "pi": +mpmath.pi,
        "euler_gamma": +mpmath.euler,
        "gamma": mpmath.gamma,
        "uppergamma": lambda shape, x: mpmath.gammainc(shape, x),
        "lowergamma": lambda shape, x: mpmath.gammainc(shape, 0, x),
        "loggamma": mpmath.loggamma,
        "polygamma": lambda order, x: mpmath.polygamma(int(order), x),
        "digamma": mpmath.digamma,
        "Ei": mpmath.ei,
        "erfinv": mpmath.erfinv,
        "zeta": mpmath.zeta,
    }

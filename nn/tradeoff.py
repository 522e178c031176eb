"""What memorizing to a level costs: statement ``corruption-tradeoff``, read at a level.

The statement has the penalty lambda of ridge; what is measured in networks is the level
m = 1/(1 + lambda) to which a label was memorized. Everything here is derived from its expression.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

from sympy import Expr, Symbol, cancel, diff, lambdify, solve, sqrt

from theorems.catalogue import catalogue
from theorems.model import corrupted_share, once_strength, penalty, sigma

LEVEL, SIGNAL, ERROR = Symbol("m"), Symbol("signal"), Symbol("error")


@cache
def risk_expression() -> Expr:
    """The statement's risk in m, the squared effect of a feature, and its label's squared error."""
    at = {
        once_strength: SIGNAL,
        # Every label that is asked about carries the error: it is noise, not corruption of some.
        sigma: sqrt(ERROR),
        corrupted_share: 0,
        penalty: 1 / LEVEL - 1,
    }
    # A polynomial in m: it has a value at m = 0, where lambda is infinite.
    claimed = catalogue["corruption-tradeoff"].value
    assert claimed is not None  # a prediction has a value
    return cancel(claimed.subs(at))


@cache
def _risk() -> Callable[..., float]:
    function: Callable[..., float] = lambdify((LEVEL, SIGNAL, ERROR), risk_expression())
    return function


@cache
def _price() -> Callable[..., float]:
    function: Callable[..., float] = lambdify(LEVEL, diff(risk_expression(), ERROR))
    return function


@cache
def _crossing() -> Callable[..., float]:
    (high, first), (low, second) = names = [
        (Symbol(f"m{i}"), Symbol(f"signal{i}")) for i in range(2)
    ]
    one, other = (risk_expression().subs({LEVEL: m, SIGNAL: b}) for m, b in names)
    (error,) = solve(one - other, ERROR)
    function: Callable[..., float] = lambdify((high, first, low, second), error)
    return function


def risk(level: float, signal: float, error: float) -> float:
    """Risk of one feature memorized to a level.

    Args:
        level: m, the share of its label that the model keeps.
        signal: squared effect of the feature, beta^2.
        error: variance of the label's error.

    """
    return float(_risk()(level, signal, error))


def price(level: float) -> float:
    """What a unit of label error adds to the risk at a level."""
    return float(_price()(level))


def crossing(high: float, first: float, low: float, second: float) -> float | None:
    """Label error beyond which the lower level has the smaller risk.

    Args:
        high: level of what is memorized.
        first: squared effect of its feature.
        low: level of what is less so.
        second: squared effect of its feature.

    Returns:
        None where the higher level is never the better one, or they do not differ.

    """
    if high <= abs(low):
        return None
    error = float(_crossing()(high, first, low, second))
    return error if error > 0 else None

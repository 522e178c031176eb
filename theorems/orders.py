"""The algebra of orders of magnitude: which power of n an expression is, as alpha varies.

An expression in n, built from sums, products, powers and logarithms, is of order
n^e (ln n)^l: products add exponents, powers multiply them, of a sum the largest wins. The
exponent comes out as an expression in alpha and b, with a `Max` wherever terms compete, and
where they cross is solved for: no breakpoint is typed in. Terms of a sum are taken not to cancel,
which is so for the positive quantities and the differences of powers that are met here.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from itertools import combinations, pairwise

from sympy import (
    Add,
    Expr,
    Integer,
    Interval,
    Max,
    Min,
    Mul,
    Piecewise,
    Pow,
    Rational,
    S,
    Set,
    Symbol,
    Union,
    fraction,
    log,
    oo,
    simplify,
    solve,
    together,
)

from theorems.model import alpha, n


@lru_cache(maxsize=8192)
def exponent(expression: Expr, scale: Symbol = n) -> Expr:
    """The power of `scale` that a positive expression is of, logarithms apart.

    Raises:
        TypeError: for an operation whose order is not a rule of this algebra.
    """
    if scale not in expression.free_symbols or isinstance(expression, log):
        return Integer(0)
    if expression == scale:
        return Integer(1)
    if isinstance(expression, Mul):
        return Add(*(exponent(factor, scale) for factor in expression.args))
    if isinstance(expression, Pow) and scale not in expression.exp.free_symbols:
        return expression.exp * exponent(expression.base, scale)
    if isinstance(expression, Add | Max):
        return Max(*(exponent(term, scale) for term in expression.args))
    if isinstance(expression, Min):
        return Min(*(exponent(term, scale) for term in expression.args))
    raise TypeError(f"{expression} has no order in {scale} by the rules of products and sums")


@dataclass(frozen=True)
class Piece:
    """An exponent on a range of alpha where no terms cross.

    Args:
        range: of alpha, open but for isolated points.
        exponent: there, without competing terms.
    """

    range: Set
    exponent: Expr


def crossings(first: Expr, second: Expr) -> list[Expr]:
    """The alphas > 0 at which two exponents are equal; free parameters stay symbols."""
    return list(_roots(first - second))


@lru_cache(maxsize=1024)
def _roots(difference: Expr) -> tuple[Expr, ...]:
    numerator = fraction(together(difference))[0].expand()
    if alpha not in numerator.free_symbols:
        return ()
    roots = {simplify(root) for root in solve(numerator, alpha)}
    real = (root for root in roots if root.is_positive is not False and root.is_real is not False)
    return tuple(sorted(real, key=str))


def pieces(expression: Expr) -> list[Piece]:
    """The exponent range by range, for alpha from 0 to infinity; the only free symbol is alpha.

    Raises:
        ValueError: where another symbol, such as b, has no value yet.
    """
    return list(_pieces(expression))


@lru_cache(maxsize=1024)
def _pieces(expression: Expr) -> tuple[Piece, ...]:
    free = expression.free_symbols - {alpha}
    if free:
        raise ValueError(f"{', '.join(sorted(map(str, free)))}: must have a value to order ranges")
    merged: list[Piece] = []
    for low, high, value in _split(expression, S.Zero, oo):
        if merged and simplify(merged[-1].exponent - value) == 0:
            merged[-1] = Piece(Interval.open(merged[-1].range.inf, high), merged[-1].exponent)
        else:
            merged.append(Piece(Interval.open(low, high), value))
    return tuple(merged)


def _split(expression: Expr, low: Expr, high: Expr) -> list[tuple[Expr, Expr, Expr]]:
    """Resolve the innermost Max or Min, then what is left on each range that it made."""
    inner = [part for part in expression.atoms(Max, Min) if not _competing(part)]
    if not inner:
        return [(low, high, simplify(expression))]
    part = min(inner, key=str)
    found = {
        root
        for first, second in combinations(part.args, 2)
        for root in crossings(first, second)
        if low < root < high
    }
    edges = [low, *sorted(found), high]
    resolved = []
    for left, right in pairwise(edges):
        inside = _between(left, right)
        ranked = sorted(part.args, key=lambda term: (term.subs(alpha, inside), str(term)))
        winner = ranked[-1] if isinstance(part, Max) else ranked[0]
        resolved += _split(expression.subs(part, winner), left, right)
    return resolved


def _competing(part: Expr) -> bool:
    return any(argument.has(Max, Min) for argument in part.args)


def _between(low: Expr, high: Expr) -> Expr:
    return low + 1 if high == oo else (low + high) / 2


def as_piecewise(expression: Expr) -> Expr:
    """The exponent as one Piecewise in alpha, to be substituted, solved and plotted.

    At a breakpoint the exponents on both sides agree, since a Max is continuous.
    """
    rows = pieces(expression)
    return Piecewise(
        *((row.exponent, alpha < row.range.sup) for row in rows[:-1]), (rows[-1].exponent, True)
    )


def breakpoints(expression: Expr) -> list[Expr]:
    """The alphas at which another term takes over."""
    return [row.range.sup for row in pieces(expression)[:-1]]


def where_negative(expression: Expr) -> Set:
    """The alphas > 0 at which an exponent is negative: the quantity vanishes as n grows."""
    parts: list[Set] = []
    for row in pieces(expression):
        low, high = row.range.inf, row.range.sup
        roots = [root for root in crossings(row.exponent, Integer(0)) if low < root < high]
        edges = [low, *sorted(roots), high]
        for left, right in pairwise(edges):
            if row.exponent.subs(alpha, _between(left, right)) < 0:
                parts.append(Interval.open(left, right))
    joined = Union(*parts)
    # A point between two such ranges belongs if the exponent, continuous, is negative there.
    points = [piece.range.sup for piece in pieces(expression)[:-1]]
    return Union(joined, *(_point(expression, point) for point in points))


def _point(expression: Expr, at: Expr) -> Set:
    return Interval(at, at) if expression.subs(alpha, at) < 0 else S.EmptySet


def decimal(value: float) -> Rational:
    """The number that a double's shortest decimal means: 0.1 is one tenth."""
    return Rational(repr(float(value)))

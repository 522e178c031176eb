"""The largest fixed point of an increasing map of [0, 1], enclosed.

From above: the iterates of a point above the largest fixed point, rounded up, stay above it. From
below: where f(y) >= y for certain, the increasing map takes [y, start] into itself, so a fixed
point lies there, and the largest is no smaller. Between such a y and an x a step of the interval
Newton method, N = m - (f(m) - m)/(f'([y, x]) - 1), holds every fixed point of [y, x] if f' < 1
on it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flint import arb, ctx

from theorems.evaluate.balls.adaptive import magnitude
from theorems.evaluate.balls.exact import ball

ITERATIONS = 400

Map = Callable[[Any], Any]


def largest_fixed_point(function: Map, slope: Map, start: Any, bits: int) -> Any:
    """A ball that holds the largest fixed point in [0, start].

    Args:
        function: an increasing map of [0, start] into itself.
        slope: its derivative.
        start: a point with function(start) <= start.
        bits: it is made narrower than 2^-bits of itself, where it can be.
    """
    above = ball(start)
    below = arb(0)
    for _ in range(ITERATIONS):
        image = arb(ball(function(above)).upper())
        if not image.is_finite():
            return arb.nan()
        step = above - image
        above = image if image < above else above
        below = _from_below(function, above, below, step)
        enclosure = below.union(above)
        narrowed = _newton(function, slope, enclosure)
        if narrowed is not None:
            return _polished(function, slope, narrowed, bits)
        if not step > arb(2) ** -bits * above:
            return enclosure
    return below.union(above)


def _from_below(function: Map, above: Any, known: Any, step: Any) -> Any:
    """A point y, as near below `above` as the last step suggests, with f(y) >= y."""
    reach = abs(step)
    for _ in range(4):
        point = arb((above - 2 * reach).lower())
        if not point > known:
            return known
        if ball(function(point)).lower() >= point:
            return point
        reach = 8 * reach
    return known


def _newton(function: Map, slope: Map, enclosure: Any) -> Any:
    """The fixed point of the enclosure, if there is one alone for certain; else None."""
    steepness = ball(slope(enclosure))
    if not (steepness.is_finite() and steepness < 1):
        return None
    middle = arb(enclosure.mid())
    found = middle - (ball(function(middle)) - middle) / (steepness - 1)
    return found.intersection(enclosure) if found.overlaps(enclosure) else None


def _polished(function: Map, slope: Map, enclosure: Any, bits: int) -> Any:
    for _ in range(ctx.prec.bit_length()):
        if magnitude(enclosure.rad()) <= magnitude(enclosure) - bits:
            break
        narrower = _newton(function, slope, enclosure)
        if narrower is None or not narrower.rad() < enclosure.rad():
            break
        enclosure = narrower
    return enclosure

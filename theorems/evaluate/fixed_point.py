"""The largest fixed point of an increasing map, in whatever arithmetic its values come in."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

CONTRACTING = 0.75
"""A secant step is tried only below this slope; it then is at most 4 plain steps long."""

EVALUATIONS = 10_000


def largest_fixed_point(function: Callable[[Any], Any], start: Any, epsilon: Any) -> Any:
    """The limit of x -> function(x) from `start`, a point above it.

    Plain iteration of an increasing map from above comes down to its largest fixed point and
    never below. Where the map contracts, a secant step shortens the way; it is kept only if
    the map still decreases at its end.

    Args:
        function: an increasing map of numbers of start's kind.
        start: a point with function(start) <= start.
        epsilon: the arithmetic's rounding unit; the result moves by at most 4 of them.

    Raises:
        ArithmeticError: where 10^4 evaluations do not settle it.
    """
    x, image = start, function(start)
    for _ in range(EVALUATIONS // 2):
        if abs(image - x) <= 4 * epsilon * abs(image):
            return image
        following = function(image)
        slope = (following - image) / (image - x)
        x, image = image, following
        if abs(image - x) > 4 * epsilon * abs(image) and 0 <= slope < CONTRACTING:
            candidate = x + (image - x) / (1 - slope)
            value = function(candidate)
            if value <= candidate:
                x, image = candidate, value
    raise ArithmeticError(f"the fixed point near {image} is not reached: the map hardly contracts")

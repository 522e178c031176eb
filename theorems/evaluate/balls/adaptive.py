"""A sum over a range of whole numbers, of pieces that are halved where they are too wide."""

from __future__ import annotations

import heapq
import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import count
from typing import Any

from flint import arb

from theorems.evaluate.balls.functions import constant

HALVINGS = 4000
"""After so many the sum is left as wide as it is."""

LEAST = -1200.0
"""As a power of 2: what is smaller is 0 to a reader, and to doubles."""


@dataclass(frozen=True)
class Piece:
    """What the terms first..last add up to.

    Args:
        first, last: the range.
        value: its sum, a ball; a series in another variable where terms are.
        slack: what halving the piece would make smaller, as a `magnitude`; -inf for nothing.
    """

    first: int
    last: int
    value: Any
    slack: float = -math.inf


def magnitude(number: Any) -> float:
    """A power of 2 that is above |number|, by one bit at most, for balls far below doubles too."""
    number = arb(number).abs_upper()
    if not number.is_finite():
        return math.inf
    mantissa, exponent = number.man_exp()
    return float(int(mantissa).bit_length() + int(exponent)) if mantissa else -math.inf


def adaptive_sum(
    ranges: Iterable[tuple[int, int]],
    evaluate: Callable[[int, int], Piece],
    bits: int,
    floor: float = LEAST,
) -> Any:
    """The sum of all terms of some ranges.

    Args:
        ranges: (first, last), both included, disjoint.
        evaluate: encloses the sum over a range.
        bits: pieces are halved until their slack is below 2^-bits of the sum.
        floor: a slack of this magnitude is no matter.

    Returns:
        A ball that encloses the sum, whatever its width.
    """
    loose: list[tuple[float, int, Piece]] = []
    settled: Any = arb(0)
    order = count()
    waiting, halvings = list(ranges), HALVINGS
    while True:
        for first, last in waiting:
            piece = evaluate(first, last)
            if piece.slack == -math.inf:
                settled = settled + piece.value
            else:
                heapq.heappush(loose, (-piece.slack, next(order), piece))
        total = sum((piece.value for _, _, piece in loose), start=settled)
        if not loose or halvings <= 0 or not constant(settled).is_finite():
            return total
        allowed = max(magnitude(total) - bits, floor) if total.is_finite() else floor
        # The widest first, an eighth of them at once: the sum is formed anew after each round.
        waiting = []
        for _ in range(len(loose) // 8 + 1):
            if not loose or -loose[0][0] + math.log2(len(loose)) <= allowed:
                break
            piece = heapq.heappop(loose)[2]
            middle = (piece.first + piece.last) // 2
            waiting += [(piece.first, middle), (middle + 1, piece.last)]
        if not waiting:
            return total
        halvings -= len(waiting) // 2

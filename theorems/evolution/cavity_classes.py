"""Features of like frequency put into classes, whose sums stand for them in the safe direction.

Lemma (concentration). Let f be a concave sequence, K = sum_j Bern(p_j), independent. E f(K)
depends on two of the p's, their sum held fixed, through p_1 p_2 E[f''] alone, f'' <= 0 a second
difference; so it grows as they are moved apart. Hence E f(K) <= E f(K') with
K' ~ Bin(N, q) + Bern(r), q = max p_j, N q + r = sum_j p_j, 0 <= r < q.

Lemma (exchange). Let u fall with p in a class. Given that K of its features are in a row, the
chance of j to be one of them grows with p_j (swap j and j'), so by Chebyshev's sum inequality
the mean of the sum of their u_j is at most K times the plain mean of u over the class.

Source. Ours; the first lemma is Hoeffding's (1956).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from theorems.evolution.cavity_sums import UNIT, class_starts, class_sums

Array = NDArray[np.float64]

NEGLIGIBLE = 1e-20
"""Chances below it are not followed: they are added where they do most harm."""

LARGEST_MEAN = 16.0
"""Of one summand of a concentrated law: e^-16 is far from underflow."""


@dataclass(frozen=True, eq=False)
class FrequencyClasses:
    """Intervals of frequencies that hold a feature, from frequent to rare.

    Attributes:
        start: index of each class's first feature, shape (classes,).
        count: features of each class, shape (classes,).
        lowest, highest: frequencies at its ends, shape (classes,).
        mass: sum of its p_j, rounded up, shape (classes,).
        mean: of its p_j, rounded down, shape (classes,).
        weighted: mean of its p_j with weights p_j, rounded down, shape (classes,).
        weighted_above: the same, rounded up, shape (classes,).
    """

    start: NDArray[np.int64]
    count: NDArray[np.int64]
    lowest: Array
    highest: Array
    mass: Array
    mean: Array
    weighted: Array
    weighted_above: Array

    @classmethod
    def of(cls, p: Array, n: int, ratio: float) -> FrequencyClasses:
        """Classes within which frequencies differ by the factor `ratio` at most.

        Those below (ratio - 1)/n form one class: there n p is small, and bounds are linear in p.

        Args:
            p: frequencies, positive and non-increasing, shape (d,).
            n: samples.
            ratio: above 1.
        """
        least = (ratio - 1) / n
        # Twice the number of steps: where a class ends is rounded, and may cut off one feature.
        steps = math.log(max(1.0, float(p[0]) / least)) / math.log(ratio)
        start = np.empty(min(p.size, 2 * math.ceil(steps) + 4), dtype=np.int64)
        start = start[: class_starts(p, least, ratio, start)]
        count = np.diff(np.append(start, p.size))
        highest, lowest = p[start], p[start + count - 1]
        mass, moment = np.empty((2, start.size))
        class_sums(p, p, start, mass, moment)
        weighted = moment / mass * highest
        # Sums of positive terms, one after another, and three operations.
        error = (2.0 * count + 8) * UNIT
        return cls(
            start=start,
            count=count,
            lowest=lowest,
            highest=highest,
            mass=mass * (1 + error),
            mean=np.clip(mass / count * (1 - error), lowest, highest),
            weighted=np.clip(weighted * (1 - error), lowest, highest),
            weighted_above=np.clip(weighted * (1 + error), lowest, highest),
        )


def _binomial(number: int, chance: float) -> tuple[Array, float]:
    """Chances of 0, 1, ... successes up to those that are negligible; what is left out."""
    if chance >= 1:
        law = np.zeros(number + 1)
        law[-1] = 1
        return law, 0.0
    odds = chance / (1 - chance)
    terms = [math.exp(number * math.log1p(-chance))]
    for k in range(1, number + 1):
        term = terms[-1] * ((number - k + 1) / k * odds)
        fall = (number - k) / (k + 1) * odds
        if fall < 0.5 and term < NEGLIGIBLE:
            # Later terms fall faster than by `fall` each.
            return np.array(terms), term / (1 - fall)
        terms.append(term)
    return np.array(terms), 0.0


def concentrated(mass: float, highest: float) -> tuple[list[Array], float]:
    """The law of K' of the first lemma, as laws of independent summands.

    Args:
        mass: sum of the p_j.
        highest: their maximum, or more, at most 1.

    Returns:
        Chances of 0, 1, ... for each summand, and the chance, rounded up, that some summand is
        beyond its end: the caller puts it where it does most harm.
    """
    if not mass > 0:
        return [], 0.0
    number = math.floor(mass / highest)
    rest = min(1.0, max(0.0, mass - number * highest) + 4 * UNIT * mass)
    block = max(1, math.floor(min(LARGEST_MEAN / highest, 1e300)))
    whole, left = divmod(number, block)
    laws, lost = [], 0.0
    if whole:
        law, beyond = _binomial(block, highest)
        laws, lost = [law] * whole, beyond * whole
    last, beyond = _binomial(left, highest)
    laws.append(np.append(last * (1 - rest), 0.0) + np.append(0.0, last * rest))
    return laws, (lost + beyond) * (1 + 1e-9)


@lru_cache(maxsize=1024)
def concentrated_sum(mass: float, highest: float) -> tuple[Array, float]:
    """The law of K' itself, with arguments as for `concentrated`; recursions at one law share it.

    Returns:
        Chances of 0, 1, ..., and that to be beyond their end; the array must not be written.
    """
    laws, lost = concentrated(mass, highest)
    law = np.ones(1)
    for summand in laws:
        law = np.convolve(law, summand)
    law.flags.writeable = False
    return law, lost

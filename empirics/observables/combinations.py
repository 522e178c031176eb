"""Losses at new combinations of features, over sigma^2."""

from __future__ import annotations

import math

import numpy as np
from sympy import Eq, Piecewise, Symbol, nan

from empirics.draws.training_set import TrainingSet
from empirics.observables.observable import Group, Observable
from theorems.model import COMBINED, t

MOST_COMBINED = 3


def measure(draw: TrainingSet) -> dict[str, float]:
    """Loss over sigma^2 at t features seen once, in distinct rows, and at the worst t.

    The mean over all sets of t such features is exact: a feature is in as many sets as the
    elementary symmetric polynomial e_(t-1) of the other rows' numbers of such features says.
    """
    known = draw.identifiable[draw.single]
    rows = draw.row_of_single[known]
    variance = draw.solution.variance_diagonal[draw.single][known]
    in_row = np.bincount(rows, minlength=draw.n).astype(np.float64)
    first, second = in_row.sum(), (in_row**2).sum()
    own = in_row[rows]
    rest = first - own
    weights = (np.ones_like(own), rest, (rest**2 - (second - own**2)) / 2)
    error = np.sort(np.abs(draw.solution.coefficients[draw.identifiable, 1]))[::-1]
    once = np.sort(np.abs(draw.solution.coefficients[draw.identifiable & draw.single, 1]))[::-1]
    values: dict[str, float] = {}
    for size, weight in enumerate(weights, start=1):
        total = float(weight.sum())
        mean = float(weight @ variance) / total if total > 0 else math.nan
        worst = float(error[:size].sum()) ** 2 if error.size >= size else math.nan
        chosen = float(once[:size].sum()) ** 2 if once.size >= size else math.nan
        values |= {
            f"ood_single_{size}": size * mean,
            f"ood_worst_{size}": worst,
            f"worst_single_{size}": chosen,
        }
    return values


_SIZES = range(1, MOST_COMBINED + 1)

GROUP = Group(
    "combinations",
    measure,
    tuple(
        f"{which}_{size}"
        for size in _SIZES
        for which in ("ood_single", "ood_worst", "worst_single")
    ),
)

OBSERVABLES = (
    *(
        Observable(
            f"ood_single_{size}",
            f"loss over sigma^2 at {size} identified feature(s) seen once",
            GROUP,
        )
        for size in _SIZES
    ),
    Observable(
        "ood_single",
        "loss over sigma^2 at t identified features seen once, in distinct rows; t = 1, 2, 3",
        GROUP,
        Piecewise(*((Symbol(f"ood_single_{size}"), Eq(t, size)) for size in _SIZES), (nan, True)),
        extra=(COMBINED,),
    ),
    *(
        Observable(
            f"ood_worst_{size}",
            f"loss over sigma^2 at the worst {size} identified feature(s)",
            GROUP,
        )
        for size in _SIZES
    ),
    Observable(
        "worst_single",
        "loss over sigma^2 at the worst t identified features seen once; t = 1, 2, 3",
        GROUP,
        Piecewise(*((Symbol(f"worst_single_{size}"), Eq(t, size)) for size in _SIZES), (nan, True)),
        extra=(COMBINED,),
    ),
)

"""Memorization as a level: what ridge regression keeps of a label, and what it costs."""

from __future__ import annotations

import math

import numpy as np
from sympy import Symbol

from empirics.draws.training_set import TrainingSet
from empirics.observables.observable import Group, Observable
from empirics.observables.ridge_draws import RIDGE_DRAWS
from empirics.solver import ridge
from theorems.model import CORRUPTED_SHARE, CORRUPTION, PENALTY, corrupted_share, corruption, sigma

_LEVEL_NAMES = (
    "ridge_single_A",
    "ridge_single_B",
    "ridge_single_C",
    "memorized_share",
    "memorized_share_rounding",
)


def measure(draw: TrainingSet, lamda: float) -> dict[str, float]:
    """The share of its label that a feature seen once keeps under ridge, and what it costs.

    Rounding: the errors of coefficients and residuals (`Ridge.rounding`) move numerator and
    denominator of the share, which is at most 1, by that many times the length of what is left to
    explain.
    """
    if draw.n > ridge.LARGEST_N or lamda <= 0:
        return dict.fromkeys(_LEVEL_NAMES, math.nan)
    fit = draw.ridge(lamda)
    fitted = fit.coefficients(draw.labels[:, :2])
    single = draw.single
    identified = single & draw.identifiable
    bias = (fitted[:, 0] - draw.truth)[identified]
    risk = ridge.mean_risk(bias, fit.rows(identified), draw.tail_rows)
    values = {f"ridge_single_{part}": value for part, value in zip("ABC", risk, strict=True)}
    label = draw.labels[:, 0] + draw.labels[:, 1]
    beta = fitted[:, 0] + fitted[:, 1]
    kept = draw.sign_of_single * beta[single]
    left = (label - draw.X @ beta)[draw.row_of_single] + kept
    length = float(np.linalg.norm(left))
    lengths = float(np.linalg.norm(label)), float(np.linalg.norm(beta))
    wrong = sum(fit.rounding(draw.norm, *lengths, draw.gamma))
    return {
        **values,
        "memorized_share": float(kept @ left) / length**2 if length > 0 else math.nan,
        "memorized_share_rounding": 4 * wrong / length if length > 0 else math.nan,
    }


GROUP = Group("level", measure, _LEVEL_NAMES, first=RIDGE_DRAWS, extra=(PENALTY,))


def measure_variance(draw: TrainingSet, lamda: float) -> dict[str, float]:
    """Sum_i p_i [A^-1 X'X A^-1]_ii, A = X'X + lambda: squared rows of the map from labels."""
    if draw.n > ridge.LARGEST_N or lamda <= 0:
        return {"ridge_variance_factor": math.nan}
    rows = draw.ridge(lamda).rows(np.ones(draw.truth.size, dtype=np.bool_))
    return {"ridge_variance_factor": float(draw.p @ np.einsum("ij,ij->i", rows, rows))}


VARIANCE = Group(
    "ridge_variance",
    measure_variance,
    ("ridge_variance_factor",),
    first=RIDGE_DRAWS,
    extra=(PENALTY,),
)

OBSERVABLES = (
    Observable(
        "memorized_share",
        "share of its label that a feature seen once keeps under ridge",
        GROUP,
        rounding="memorized_share_rounding",
    ),
    Observable(
        "corrupted_single_risk",
        "squared error of identified features seen once, ridge on corrupted tail labels",
        GROUP,
        Symbol("ridge_single_A")
        + sigma**2 * Symbol("ridge_single_B")
        + corrupted_share * corruption**2 * Symbol("ridge_single_C"),
        extra=(CORRUPTED_SHARE, CORRUPTION),
    ),
    Observable(
        "ridge_variance_factor",
        "variance factor of ridge, sum_i p_i [A^-1 X'X A^-1]_ii with A = X'X + lambda",
        VARIANCE,
    ),
)

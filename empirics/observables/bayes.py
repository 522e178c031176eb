"""Risks under a Gaussian prior of equal variances: the least possible, and that of memorizing.

Both are over the prior's variance tau^2, with lambda = sigma^2/tau^2, and exact given X: noise and
coefficients are integrated out.
"""

from __future__ import annotations

import math

import numpy as np
from sympy import Symbol

from empirics.draws.training_set import TrainingSet
from empirics.observables import bounds
from empirics.observables.observable import Group, Observable
from empirics.observables.ridge_draws import RIDGE_DRAWS
from empirics.solver import ridge
from theorems.model import NOISE_TO_SIGNAL, penalty


def measure(draw: TrainingSet, lamda: float) -> dict[str, float]:
    """Lambda sum_i p_i [(X'X + lambda)^-1]_ii, which is p_i at an unseen feature."""
    if draw.n > ridge.LARGEST_N or lamda <= 0:
        return {"bayes_risk": math.nan}
    unexplained = draw.ridge(lamda).unexplained()
    return {"bayes_risk": _unseen_mass(draw) + float(draw.p @ unexplained)}


def _unseen_mass(draw: TrainingSet) -> float:
    unseen = np.ones(draw.setting.d, dtype=np.bool_)
    unseen[draw.features] = False
    return float(draw.setting.law.p[unseen].sum())


GROUP = Group("bayes", measure, ("bayes_risk",), first=RIDGE_DRAWS, extra=(NOISE_TO_SIGNAL,))


def measure_memorizing(draw: TrainingSet) -> dict[str, float]:
    """What the minimum-norm solution loses of coefficients, and its noise at lambda = 1."""
    unseen = _unseen_mass(draw)
    lost = np.where(draw.identifiable, 0.0, 1 - draw.solution.projection_diagonal)
    return {
        "unseen_mass": unseen,
        "memorizing_bias": unseen + float(draw.p @ lost),
        "memorizing_variance": float(draw.p @ draw.solution.variance_diagonal),
    }


MEMORIZING = Group(
    "memorizing",
    measure_memorizing,
    ("unseen_mass", "memorizing_bias", "memorizing_variance"),
)

OBSERVABLES = (
    Observable(
        "bayes_risk",
        "least risk of any learner over tau^2, given X: ridge at lambda = sigma^2/tau^2",
        GROUP,
        bounds=bounds.up_to(lambda setting: float(setting.law.p.sum())),
    ),
    Observable(
        "memorizing_risk",
        "risk of the minimum-norm solution over tau^2, given X",
        MEMORIZING,
        Symbol("memorizing_bias") + penalty * Symbol("memorizing_variance"),
        extra=(NOISE_TO_SIGNAL,),
        above="unseen_mass",
    ),
    Observable(
        "unseen_mass",
        "sum of p_i over the unseen features",
        MEMORIZING,
        bounds=bounds.up_to(lambda setting: float(setting.law.p.sum())),
    ),
)

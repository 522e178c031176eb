"""Losses and errors: bias in units of beta*^2 and variance in units of sigma^2.

The loss is exact, from p and Delta, without test samples. The noise is integrated out given
X wherever a formula does it: E_xi L = sum_i p_i ((I-P) beta*)_i^2 + sigma^2 sum_i p_i
[(X'X)^+]_ii.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray
from sympy import Expr, Piecewise, Symbol, sqrt

from empirics.draws.training_set import TrainingSet
from empirics.observables import bounds
from empirics.observables.observable import Group, Observable
from theorems.model import COMBINED, sigma, t
from theorems.setting import Setting


def _mean(values: NDArray[np.float64], where: NDArray[np.bool_]) -> float:
    return float(values[where].mean()) if where.any() else math.nan


def measure(draw: TrainingSet) -> dict[str, float]:
    """Biases (A) and variance factors (V), for A + sigma^2 V."""
    setting, tail, identified = draw.setting, draw.tail, draw.identifiable
    variance = draw.solution.variance_diagonal
    # The error of an identified feature is exactly 0, which `error_on_identified` checks: its
    # rounding would make draws look different that are not.
    exact, flipped = (np.where(identified, 0, e**2) for e in (draw.bias, draw.flipped_bias))
    squared = draw.bias**2
    bias = draw.missing_mass + float(draw.p @ exact)
    recovered_tail = tail & identified
    common_bias = setting.law.beta[: setting.k] ** 2
    common_bias[draw.features[~tail]] = squared[~tail]
    return {
        "missing_mass": draw.missing_mass,
        "in_distribution_bias": bias,
        "flip_difference": bias - draw.missing_mass - float(draw.p @ flipped),
        "variance_factor": float(draw.p @ variance),
        "variance_factor_identified": float(draw.p[identified] @ variance[identified]),
        "variance_factor_unidentified": float(draw.p[~identified] @ variance[~identified]),
        "train_loss_factor": 1 - draw.solution.rank / setting.n,
        "single_appearance_variance": _mean(variance, draw.single & identified),
        "recovered_tail_bias": _mean(squared, recovered_tail),
        "recovered_tail_variance": _mean(variance, recovered_tail),
        "seen_tail_bias": _mean(squared, tail),
        "seen_tail_variance": _mean(variance, tail),
        "common_bias": float(common_bias.mean()),
        "common_variance": float(variance[~tail].sum()) / setting.k,
    }


GROUP = Group(
    "losses",
    measure,
    (
        "missing_mass",
        "in_distribution_bias",
        "flip_difference",
        "variance_factor",
        "variance_factor_identified",
        "variance_factor_unidentified",
        "train_loss_factor",
        "single_appearance_variance",
        "recovered_tail_bias",
        "recovered_tail_variance",
        "seen_tail_bias",
        "seen_tail_variance",
        "common_bias",
        "common_variance",
    ),
)


def _with_noise(what: str) -> Expr:
    """Bias plus sigma^2 times variance."""
    return Symbol(f"{what}_bias") + sigma**2 * Symbol(f"{what}_variance")


_LOSS = Symbol("in_distribution_bias") + sigma**2 * Symbol("variance_factor")
_RECOVERED_TAIL = Piecewise(
    (Symbol("recovered_tail_variance"), sigma > 0), (Symbol("recovered_tail_bias"), True)
)


def _without_noise(setting: Setting) -> tuple[float, float] | None:
    return bounds.LOSS(setting) if setting.sigma == 0 else None


def _training(setting: Setting) -> tuple[float, float]:
    return 0.0, setting.sigma**2


OBSERVABLES = (
    Observable(
        "in_distribution_loss",
        "population loss, noise integrated out",
        GROUP,
        _LOSS,
        bounds=_without_noise,
        parts=("in_distribution_bias",),
        above="missing_mass",
    ),
    Observable(
        "in_distribution_bias",
        "population loss without noise",
        GROUP,
        bounds=bounds.LOSS,
        above="missing_mass",
    ),
    Observable("variance_factor", "sum_i p_i [(X'X)^+]_ii", GROUP),
    Observable("variance_factor_identified", "sum over identified i of p_i [(X'X)^+]_ii", GROUP),
    Observable(
        "variance_factor_unidentified",
        "sum over seen, not identified i of p_i [(X'X)^+]_ii",
        GROUP,
    ),
    Observable("missing_mass", "sum over unseen i of p_i beta_i^2", GROUP, bounds=bounds.MISSED),
    Observable(
        "single_appearance_variance",
        "variance over sigma^2 of the estimate of an identified feature seen once",
        GROUP,
    ),
    Observable(
        "flip_difference",
        "noiseless loss minus the same with random signs of beta*",
        GROUP,
        bounds=bounds.loss_difference,
    ),
    Observable(
        "train_loss",
        "training loss, noise integrated out: sigma^2 (1 - rank/n)",
        GROUP,
        sigma**2 * Symbol("train_loss_factor"),
        bounds=_training,
    ),
    *(
        Observable(
            f"ood_loss_{features}",
            f"loss at {features} identified tail feature(s), random signs; over sigma^2 where "
            "sigma > 0",
            GROUP,
            features * _RECOVERED_TAIL,
        )
        for features in (1, 2, 3)
    ),
    Observable(
        "ood_loss",
        "loss at t identified tail features, random signs; over sigma^2 where sigma > 0",
        GROUP,
        t * _RECOVERED_TAIL,
        extra=(COMBINED,),
    ),
    Observable(
        "ood_seen_loss_3",
        "loss at 3 seen tail features, identified or not, random signs",
        GROUP,
        3 * _with_noise("seen_tail"),
    ),
    Observable("long_tail_error", "RMS error, seen tail", GROUP, sqrt(_with_noise("seen_tail"))),
    Observable(
        "recovered_tail_error",
        "RMS error of identified tail features",
        GROUP,
        sqrt(_with_noise("recovered_tail")),
    ),
    Observable(
        "single_appearance_error",
        "RMS error of identified features seen once",
        GROUP,
        sigma * sqrt(Symbol("single_appearance_variance")),
    ),
    Observable("common_squared_error", "mean squared error, common", GROUP, _with_noise("common")),
    Observable(
        "recovered_tail_variance", "mean of [(X'X)^+]_ii over identified tail features", GROUP
    ),
    Observable("common_error", "RMS error of common features", GROUP, sqrt(_with_noise("common"))),
)

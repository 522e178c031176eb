"""What stable learners lose: one that keeps a share of the samples, one that adds noise.

Both are delta-stable as `stability-price` has it: for labels that differ in one place by
2 max |beta*_i| at most, the laws of what they return are within delta in total variation.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray
from sympy import Symbol, erfinv

from empirics.draws.training_set import TrainingSet
from empirics.observables import bounds
from empirics.observables.observable import Group, Observable
from empirics.solver import ridge
from empirics.solver.minimum_norm import solve_seen
from theorems.model import STABILITY, stability

Array = NDArray[np.float64]

KEEPING_STREAM = 3
"""The streams 0, 1 and 2 of a draw make the training set."""

NOISY_DRAWS = 10
"""Ridge regression costs more than the draw itself and varies little from draw to draw."""

PENALTIES = (1, 4, 16)
"""Of ridge with noise: the weaker it fits the less noise hides a label."""


def kept(draw: TrainingSet, delta: float) -> NDArray[np.bool_]:
    """(n,) which samples a learner keeps that keeps each with probability delta.

    One draw keeps more of them for a larger delta, and none anew.
    """
    stream = np.random.SeedSequence(entropy=draw.seed, spawn_key=(draw.run, KEEPING_STREAM))
    return np.asarray(np.random.default_rng(stream).random(draw.n) < delta)


def subsampled(draw: TrainingSet, delta: float) -> tuple[Array, NDArray[np.bool_]]:
    """Error without noise of the minimum-norm solution of the samples kept.

    Returns:
        error: (m,) of the seen features, -beta* where no sample kept holds one, and exactly 0 at
            the identifiable ones.
        missed: (m,) which are held by no sample kept.
    """
    rows = kept(draw, delta)
    error, missed = -draw.truth, np.ones(draw.truth.size, dtype=np.bool_)
    features, columns = draw.columns.holding(rows)
    if features.size:
        solution = solve_seen(features, columns, draw.labels[rows, 0])
        found = solution.coefficients - draw.truth[features]
        error[features] = np.where(solution.identifiable, 0.0, found)
        missed[features] = False
    return error, missed


def measure(draw: TrainingSet, delta: float) -> dict[str, float]:
    """The loss of a subsample's solution, and its error at what was seen once."""
    error, missed = subsampled(draw, delta)
    energy = draw.p * draw.truth**2
    missing = draw.missing_mass + float(energy[missed].sum())
    # One feature of each row that has any seen once: the first one, written last.
    composed = np.full(draw.n, -1)
    composed[draw.row_of_single[::-1]] = np.flatnonzero(draw.single)[::-1]
    composed = composed[composed >= 0]
    squared = draw.truth[composed] ** 2
    strength = float(squared.sum())
    return {
        "subsampled_loss": missing + float(draw.p[~missed] @ error[~missed] ** 2),
        "subsampled_missing_mass": missing,
        "composition_loss_share": float((error[composed] ** 2).sum()) / strength
        if strength > 0
        else math.nan,
        "composition_dropped_share": float(squared @ missed[composed]) / strength
        if strength > 0
        else math.nan,
    }


GROUP = Group(
    "stability",
    measure,
    (
        "subsampled_loss",
        "subsampled_missing_mass",
        "composition_loss_share",
        "composition_dropped_share",
    ),
    extra=(STABILITY,),
)


def measure_noisy(draw: TrainingSet) -> dict[str, float]:
    """Ridge whose coefficients get Gaussian noise: loss without label noise, noise integrated out.

    With A = X'(XX' + penalty)^-1 a label that moves by 2B moves the coefficients by 2B A e_l.
    Noise of standard deviation a_i tau on coefficient i, a_i = max_l |A_il|, hides that up to
    erf(S/(2 sqrt(2) tau)) in total variation, S = 2B max_l (sum_i A_il^2/a_i^2)^(1/2). For that to
    be delta, tau^2 = S^2/(8 erfinv(delta)^2): noise adds the spread, S^2 sum_i p_i a_i^2/8, over
    erfinv(delta)^2. It depends on X alone.
    """
    if draw.n > ridge.LARGEST_N or draw.truth.size == 0:
        return {}
    largest = float(np.abs(draw.setting.law.beta).max())
    every = np.ones(draw.truth.size, dtype=np.bool_)
    found = {}
    for penalty in PENALTIES:
        fit = draw.ridge(penalty)
        moves = fit.rows(every)
        scale = np.abs(moves).max(axis=1, keepdims=True)
        shift = 4 * largest**2 * float(((moves / scale) ** 2).sum(axis=0).max())
        bias = moves @ draw.labels[:, 0] - draw.truth
        found[f"noisy_ridge_bias_{penalty}"] = draw.missing_mass + float(draw.p @ bias**2)
        found[f"noisy_ridge_spread_{penalty}"] = shift * float(draw.p @ scale[:, 0] ** 2) / 8
    return found


NOISY = Group(
    "noisy-ridge",
    measure_noisy,
    tuple(f"noisy_ridge_{part}_{penalty}" for penalty in PENALTIES for part in ("bias", "spread")),
    first=NOISY_DRAWS,
)

OBSERVABLES = (
    Observable(
        "subsampled_loss",
        "population loss, without noise, of the solution of samples kept with probability delta",
        GROUP,
        bounds=bounds.LOSS,
        above="subsampled_missing_mass",
    ),
    Observable(
        "subsampled_missing_mass",
        "sum of p_i beta_i^2 over the features in no sample kept",
        GROUP,
        bounds=bounds.MISSED,
    ),
    Observable(
        "composition_loss_share",
        "loss of that solution at features seen once in all, one a sample, over sum beta_i^2",
        GROUP,
        above="composition_dropped_share",
    ),
    Observable(
        "composition_dropped_share",
        "share of sum beta_i^2 of these whose sample was not kept",
        GROUP,
        bounds=bounds.SHARE,
    ),
    *(
        Observable(
            f"noisy_ridge_loss_{penalty}",
            f"population loss of ridge at {penalty} with the noise that makes it delta-stable",
            NOISY,
            Symbol(f"noisy_ridge_bias_{penalty}")
            + Symbol(f"noisy_ridge_spread_{penalty}") / erfinv(stability) ** 2,
            extra=(STABILITY,),
        )
        for penalty in PENALTIES
    ),
)

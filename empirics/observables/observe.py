"""One draw of the training set -> one Observation: plain numbers, sigma left free.

The loss is exact, from p and Delta, without test samples. The noise is integrated out given
X wherever a formula does it: E_xi L = sum_i p_i ((I-P) beta*)_i^2 + sigma^2 sum_i p_i
[(X'X)^+]_ii. What remains depends on sigma as A + sigma^2 V, so that one draw serves every
sigma and an Observation holds A and V.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from empirics.draws.design import draw_seen
from empirics.draws.footprint import require_draws
from empirics.observables.memorization import Fitted, measured
from empirics.solver.descent import distance_over_bound
from empirics.solver.minimum_norm import MinimumNorm, minimum_norm
from theorems.law import Law
from theorems.setting import Setting

Array = NDArray[np.float64]
Mask = NDArray[np.bool_]

RIDGE_DRAWS = 12
"""Ridge regression costs more than the draw itself and varies little from draw to draw."""

DESCENT_DRAWS = 3
"""Gradient descent and retraining without a sample are run on the first draws only: what they
check is claimed of every X alike."""


@dataclass(frozen=True)
class Observation:
    """What one draw shows.

    Args:
        run: number of the draw, from 0.
        values: the per-draw quantities by name; NaN where a draw has none (for instance no
            identified feature that was seen once).
    """

    run: int
    values: dict[str, float]


@dataclass(frozen=True)
class _Draw:
    """A training set and what its minimum-norm solution tells, for seen features, ascending."""

    features: NDArray[np.int64]
    X: sparse.csc_array
    counts: NDArray[np.int64]
    p: Array
    solution: MinimumNorm
    bias: Array
    noise: Array
    flipped: Array
    labels: Array


@lru_cache(maxsize=4)
def _once(law: Law) -> Law:
    """The law with its arrays, made once for each process."""
    return law


def seed_sequence(seed: int, run: int) -> np.random.SeedSequence:
    """The random stream of one draw: it depends on the seed and the draw's number alone."""
    return np.random.SeedSequence(entropy=seed, spawn_key=(run,))


def observe(setting: Setting, seed: int, run: int) -> Observation:
    """Draw a training set, solve it, and measure everything.

    Args:
        setting: the linear model; sigma plays no part.
        seed: the experiment's seed, a non-negative integer.
        run: number of the draw.

    Raises:
        MemoryError: the draw does not fit in memory; the message holds the estimate.
    """
    require_draws(setting)
    law = _once(setting.law)
    p, beta = law.p, law.beta
    design, noise, signs = (
        np.random.default_rng(stream) for stream in seed_sequence(seed, run).spawn(3)
    )
    # Far down a steep power law p underflows to 0: these features are never seen.
    features, X = draw_seen(p[: np.count_nonzero(p)], setting.n, design)
    truth = beta[features]
    flip = 1.0 - 2.0 * signs.integers(0, 2, size=features.size)
    labels = np.column_stack([X @ truth, noise.standard_normal(setting.n), X @ (flip * truth)])
    solution = minimum_norm(X, labels)
    # minimum_norm drops columns without a non-zero; X has none, so the order is the same.
    draw = _Draw(
        features=features,
        X=X,
        counts=np.diff(X.indptr),
        p=p[features],
        solution=solution,
        bias=solution.coefficients[:, 0] - truth,
        noise=solution.coefficients[:, 1],
        flipped=solution.coefficients[:, 2] - flip * truth,
        labels=labels,
    )
    unseen = np.ones(setting.d, dtype=np.bool_)
    unseen[features] = False
    missing = float(np.sum(p[unseen] * beta[unseen] ** 2))
    values = {
        **_structure(draw, setting),
        **_losses(draw, setting, missing, beta[: setting.k]),
        **_exactness(draw),
        **measured(
            Fitted(X, features >= setting.k, truth, labels[:, :2], solution),
            retrain=run < DESCENT_DRAWS,
            level=run < RIDGE_DRAWS,
        ),
    }
    if run < DESCENT_DRAWS:
        ratio, rounding = distance_over_bound(X, labels[:, 0], solution)
        values["gd_distance_over_bound"] = ratio
        values["gd_distance_over_bound_rounding"] = rounding
    return Observation(run, values)


def _structure(draw: _Draw, setting: Setting) -> dict[str, float]:
    """How samples and features meet."""
    tail = draw.features >= setting.k
    tail_columns = draw.X[:, tail]
    per_sample = np.bincount(tail_columns.indices, minlength=setting.n)
    alone = per_sample[tail_columns.indices] == 1
    columns = np.repeat(np.arange(tail_columns.shape[1]), np.diff(tail_columns.indptr))
    once = draw.counts == 1
    row_of_once = draw.X.indices[draw.X.indptr[:-1][once]]
    together = np.bincount(row_of_once, minlength=setting.n)[row_of_once] > 1
    identified = draw.solution.identifiable
    common_seen = int(np.count_nonzero(~tail))
    all_common = common_seen == setting.k and bool(identified[~tail].all())
    return {
        "seen_features": float(draw.features.size),
        "seen_tail": float(np.count_nonzero(tail)),
        "tail_features_per_sample": tail_columns.nnz / setting.n,
        "tail_hit_rate": float(np.count_nonzero(per_sample)) / setting.n,
        "common_only_samples": float(np.count_nonzero(per_sample == 0)),
        "multi_tail_samples": float(np.count_nonzero(per_sample >= 2)),
        "common_identified": float(all_common),
        "common_not_identified": float(not all_common),
        "alone_tail": float(np.unique(columns[alone]).size),
        "tail_seen_once_together": float(np.count_nonzero(together & tail[once])),
        "unidentified_seen_tail": float(np.count_nonzero(tail & ~identified)),
        "unidentified_alone_tail": float(
            np.setdiff1d(np.unique(columns[alone]), np.flatnonzero(identified[tail])).size
            if all_common
            else 0
        ),
        "rank": float(draw.solution.rank),
    }


def _mean(values: Array, where: Mask) -> float:
    return float(values[where].mean()) if where.any() else math.nan


def _losses(draw: _Draw, setting: Setting, missing: float, common_beta: Array) -> dict[str, float]:
    """Losses as bias (A) and variance factor (V), in units of beta^2 and sigma^2."""
    tail = draw.features >= setting.k
    identified = draw.solution.identifiable
    variance = draw.solution.variance_diagonal
    # The error of an identified feature is exactly 0, which `error_on_identified` checks: its
    # rounding would make draws look different that are not.
    exact, flipped = (np.where(identified, 0, e**2) for e in (draw.bias, draw.flipped))
    squared = draw.bias**2
    bias = missing + float(draw.p @ exact)
    once = (draw.counts == 1) & identified
    recovered_tail = tail & identified
    common_bias = common_beta**2
    common_bias[draw.features[~tail]] = squared[~tail]
    return {
        "missing_mass": missing,
        "in_distribution_bias": bias,
        "flip_difference": bias - missing - float(draw.p @ flipped),
        "variance_factor": float(draw.p @ variance),
        "variance_factor_identified": float(draw.p[identified] @ variance[identified]),
        "variance_factor_unidentified": float(draw.p[~identified] @ variance[~identified]),
        "train_loss_factor": 1 - draw.solution.rank / setting.n,
        "single_appearance_variance": _mean(variance, once),
        "recovered_tail_bias": _mean(squared, recovered_tail),
        "recovered_tail_variance": _mean(variance, recovered_tail),
        "seen_tail_bias": _mean(squared, tail),
        "seen_tail_variance": _mean(variance, tail),
        "common_bias": float(common_bias.mean()),
        "common_variance": float(variance[~tail].sum()) / setting.k,
    }


def _exactness(draw: _Draw) -> dict[str, float]:
    """Quantities that are 0 in exact arithmetic, each with a bound on its rounding error.

    A backward stable solution has residuals wrong by at most gamma (||X|| ||beta|| + ||y||)
    with gamma = max(n, m) eps (Higham 2002, ch. 20), and where the exact residual is 0,
    coefficients wrong by ||X^+|| times that; ||X^+||_F^2 is the trace of (X'X)^+.
    """
    gamma = max(draw.X.shape) * float(np.finfo(np.float64).eps)
    norm = math.sqrt(float(draw.X.nnz))
    coefficients = np.linalg.norm(draw.solution.coefficients, axis=0)
    backward = gamma * (norm * coefficients + np.linalg.norm(draw.labels, axis=0))
    inverse_norm = math.sqrt(float(draw.solution.variance_diagonal.sum()))
    residual = np.abs(draw.solution.residual)
    private = np.zeros(draw.X.shape[0], dtype=np.bool_)
    private[draw.X.indices[draw.X.indptr[:-1][draw.counts == 1]]] = True
    identified = draw.solution.identifiable
    return {
        "interpolation_residual": float(residual[:, 0].max(initial=0.0)),
        "interpolation_residual_rounding": float(backward[0]),
        "private_residual": float(residual[private, 1].max(initial=0.0)),
        "private_residual_rounding": float(backward[1]),
        "private_samples": float(np.count_nonzero(private)),
        "error_on_identified": float(np.abs(draw.bias[identified]).max(initial=0.0)),
        "error_on_identified_rounding": float(inverse_norm * backward[0]),
    }

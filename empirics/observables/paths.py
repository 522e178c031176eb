"""From full memorization to none: whole ridge paths, scores and pairs of a few draws.

These are the draws that `observe` makes at the same setting and seed; what is kept of them here
are curves and lists, for the report, where `observe` keeps single numbers.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from joblib import Parallel, delayed
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from empirics.draws.design import draw_seen
from empirics.observables.memorization import Fitted, retrained_residuals, spurious_pairs
from empirics.observables.observe import seed_sequence
from empirics.running.cluster import Workers
from empirics.solver import ridge
from empirics.solver.descent import Descent, descend
from empirics.solver.minimum_norm import minimum_norm
from empirics.solver.spectrum import Spectrum
from theorems.setting import Setting

Array = NDArray[np.float64]

DESCENT_STEPS = 4096


@dataclass(frozen=True)
class Path:
    """One draw along a list of L penalties, from 0 up; losses have the form A + sigma^2 B.

    Args:
        loss: (L, 2) in-distribution loss.
        single: (L, 3) squared error of identified features seen once, + rho tau^2 C for tail
            labels corrupted.
        train: (L, 2) training loss, noise integrated out.
        mean_squared_left_out: mean square of the leave-one-out residuals of noisy labels.
        score: (n,) memorization score of each sample of noisy labels: leave-one-out residual
            less residual.
        tail_rows: (n,) which samples hold a tail feature.
        checked: (c, 2) leave-one-out residuals by the formula and by training anew.
        pairs: (q, 2) errors Delta_i of features in spurious pairs, predicted and observed.
        together: (q/2,) observed error of each pair as it was seen.
        descent: gradient descent on the noiseless labels.
    """

    loss: Array
    single: Array
    train: Array
    mean_squared_left_out: float
    score: Array
    tail_rows: NDArray[np.bool_]
    checked: Array
    pairs: Array
    together: Array
    descent: Descent | None


def path(
    setting: Setting, penalties: Sequence[float], seed: int, run: int, *, retrained: int
) -> Path:
    """Measure one draw.

    Args:
        setting: the linear model.
        penalties: of the ridge, >= 0.
        seed: of the experiment.
        run: number of the draw.
        retrained: samples for which the leave-one-out formula is set beside training anew; half
            of them with a tail feature.
    """
    design, noise = (np.random.default_rng(s) for s in seed_sequence(seed, run).spawn(2))
    p, beta = setting.probabilities(), setting.coefficients()
    features, X = draw_seen(p[: np.count_nonzero(p)], setting.n, design)
    truth = beta[features]
    labels = np.column_stack([X @ truth, noise.standard_normal(setting.n)])
    draw = Fitted(X, features >= setting.k, truth, labels, minimum_norm(X, labels))
    unseen = np.ones(setting.d, dtype=np.bool_)
    unseen[features] = False
    missing = float(np.sum(p[unseen] * beta[unseen] ** 2))
    chosen = draw.single & draw.solution.identifiable
    tail_rows, spectrum = draw.tail_rows, Spectrum.of(X)
    loss, single, train = [], [], []
    for penalty in penalties:
        shrink = ridge.shrinkage(penalty)
        fitted = spectrum.filtered(labels[:, 0], shrink)
        variance = spectrum.variance(shrink)
        bias = fitted - truth
        loss.append((missing + float(p[features] @ bias**2), float(p[features] @ variance)))
        single.append(ridge.mean_risk(bias[chosen], spectrum.rows(shrink, chosen), tail_rows))
        train.append(
            (
                float(np.mean((labels[:, 0] - X @ fitted) ** 2)),
                spectrum.residual_trace(shrink) / setting.n,
            )
        )
    weights = np.array([1.0, setting.sigma])
    left_out = draw.solution.leave_one_out @ weights
    scores = left_out - draw.solution.residual @ weights
    rows = np.concatenate(
        [np.flatnonzero(tail_rows == kind)[: retrained // 2] for kind in (True, False)]
    )
    checked = np.empty((0, 2))
    if rows.size:
        again = retrained_residuals(draw, rows.astype(np.int64)) @ weights
        checked = np.column_stack([draw.solution.leave_one_out[rows] @ weights, again])
    found = spurious_pairs(draw)
    members = found.members[found.split]
    observed = (draw.solution.coefficients[:, 0] - truth)[members]
    predicted = found.predicted(truth)[found.split]
    return Path(
        np.array(loss),
        np.array(single),
        np.array(train),
        float(np.mean(left_out**2)),
        scores,
        tail_rows,
        checked,
        np.column_stack([predicted.ravel(), observed.ravel()]),
        np.abs(observed[:, 0] + found.product[found.split] * observed[:, 1]),
        descend(X, labels[:, 0], draw.solution, DESCENT_STEPS) if run == 0 else None,
    )


def _alone(setting: Setting, penalties: Sequence[float], seed: int, run: int, kept: int) -> Path:
    # One BLAS thread: more would change the order of its sums with the machine.
    with threadpool_limits(limits=1):
        return path(setting, penalties, seed, run, retrained=kept)


def paths(
    setting: Setting,
    penalties: Sequence[float],
    runs: int,
    seed: int,
    *,
    workers: Workers,
    retrained: int,
) -> list[Path]:
    """The first `runs` draws, in order; the same for any number of workers.

    Args:
        setting: the linear model.
        penalties: of the ridge.
        runs: number of draws.
        seed: of the experiment.
        workers: who draws.
        retrained: samples that are trained without, in the first draw.
    """
    work = [
        (setting, tuple(penalties), seed, run, retrained if run == 0 else 0) for run in range(runs)
    ]
    if workers.in_process:
        return [_alone(*one) for one in work]
    with workers.engaged():
        return list(Parallel()(delayed(_alone)(*one) for one in work))

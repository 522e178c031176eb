"""From full memorization to none: whole ridge paths, scores and pairs of a few draws.

These are the training sets of the same setting and seed that observables measure; what is kept of
them here are curves and lists, for the report, where observables are single numbers.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from joblib import Parallel, delayed
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from empirics.draws.training_set import training_set
from empirics.observables.level import GROUP as LEVEL
from empirics.observables.observable import Measurement
from empirics.observables.pairs import spurious_pairs
from empirics.observables.retraining import retrained_residuals
from empirics.running.cluster import Workers
from empirics.running.montecarlo import Sample
from empirics.solver import ridge
from empirics.solver.descent import Descent, descend
from empirics.solver.spectrum import Spectrum
from theorems.model import PENALTY
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
    draw = training_set(setting, seed, run)
    X, p, truth, labels, missing = draw.X, draw.p, draw.truth, draw.labels, draw.missing_mass
    chosen = draw.single & draw.identifiable
    tail_rows, spectrum = draw.tail_rows, Spectrum.of(X)
    loss, single, train = [], [], []
    for penalty in penalties:
        shrink = ridge.shrinkage(penalty)
        fitted = spectrum.filtered(labels[:, 0], shrink)
        variance = spectrum.variance(shrink)
        bias = fitted - truth
        loss.append((missing + float(p @ bias**2), float(p @ variance)))
        single.append(ridge.mean_risk(bias[chosen], spectrum.rows(shrink, chosen), tail_rows))
        train.append(
            (
                float(np.mean((labels[:, 0] - X @ fitted) ** 2)),
                spectrum.residual_trace(shrink) / setting.n,
            )
        )
    weights = np.array([1.0, setting.sigma])
    left_out = draw.solution.leave_one_out[:, :2] @ weights
    scores = left_out - draw.solution.residual[:, :2] @ weights
    rows = np.concatenate(
        [np.flatnonzero(tail_rows == kind)[: retrained // 2] for kind in (True, False)]
    )
    checked = np.empty((0, 2))
    if rows.size:
        again = retrained_residuals(draw, rows.astype(np.int64)) @ weights
        checked = np.column_stack([draw.solution.leave_one_out[rows, :2] @ weights, again])
    found = spurious_pairs(draw)
    members = found.members[found.split]
    observed = draw.bias[members]
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


def along_path(
    drawn: Sequence[Path], penalties: Sequence[float], setting: Setting, seed: int
) -> Sample:
    """The paths as a sample: `corrupted_single_risk` at each penalty, and at any rho and tau.

    Args:
        drawn: paths at the same penalties.
        penalties: of the ridge, in their order.
        setting: the linear model.
        seed: of the experiment.
    """
    risks = np.array([path.single for path in drawn])
    values = {
        Measurement.at(LEVEL, {PENALTY.symbol.name: penalty}).key(f"ridge_single_{part}"): column
        for position, penalty in enumerate(penalties)
        for part, column in zip("ABC", risks[:, position].T, strict=True)
    }
    return Sample(setting, seed, values)

"""The leave-one-out formula against training anew, on the first draws only."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from empirics.draws.training_set import TrainingSet
from empirics.observables.influence import indispensable
from empirics.observables.observable import Group, Observable
from empirics.solver.minimum_norm import minimum_norm

Array = NDArray[np.float64]
Indices = NDArray[np.int64]

LARGEST_RETRAINED = 2**14
"""Above this n a training costs too much to be repeated for a check."""

RETRAINED = 2
"""So many samples of either kind are left out and trained without, in the draws that do so."""

RETRAINED_DRAWS = 3
"""What is checked is claimed of every X alike."""


def retrained_residuals(draw: TrainingSet, rows: Indices) -> Array:
    """(rows, 2) residuals of samples at solutions fitted without them, one at a time.

    Of noiseless labels and of unit noise.
    """
    by_row, labels = draw.X.tocsr(), draw.labels[:, :2]
    out = []
    for row in rows:
        kept = np.arange(draw.n) != row
        other = minimum_norm(by_row[kept], labels[kept])
        beta = np.zeros((draw.X.shape[1], 2))
        beta[other.features] = other.coefficients
        out.append(labels[row] - (by_row[[row]] @ beta)[0])
    return np.array(out)


def measure(draw: TrainingSet) -> dict[str, float]:
    """The leave-one-out formula against training anew, on a few samples of either kind.

    Rounding: X^+' e_l and X^+ y, whose product the formula takes, are each wrong by a relative
    gamma cond(X), and ||X^+' e_l|| >= 1/||x_l||; retraining is wrong by no more. Where H_ll < 1
    the residual is divided by 1 - H_ll.
    """
    if draw.n > LARGEST_RETRAINED:
        return {}
    exact = indispensable(draw.solution)
    chosen = np.concatenate([np.flatnonzero(exact)[:RETRAINED], np.flatnonzero(~exact)[:RETRAINED]])
    if chosen.size == 0:
        return {}
    formula = draw.solution.leave_one_out[chosen, :2]
    difference = np.abs(formula - retrained_residuals(draw, chosen.astype(np.int64)))
    longest = math.sqrt(float(np.diff(draw.X.tocsr().indptr)[chosen].max()))
    rest = 1 - draw.solution.leverage[chosen]
    divisor = float(np.where(exact[chosen], 1.0, rest).min())
    relative = 4 * draw.gamma * draw.norm * draw.inverse_norm * longest / divisor
    label = float(np.linalg.norm(draw.labels[:, :2], axis=0).max())
    return {
        "leave_one_out_difference": float(difference.max()),
        "leave_one_out_difference_rounding": relative * draw.inverse_norm * label,
    }


GROUP = Group(
    "retraining",
    measure,
    ("leave_one_out_difference", "leave_one_out_difference_rounding"),
    first=RETRAINED_DRAWS,
)

OBSERVABLES = (
    Observable(
        "leave_one_out_difference",
        "leave-one-out formula less retraining, largest",
        GROUP,
        rounding="leave_one_out_difference_rounding",
    ),
)

"""The price of a training residual, for predictors of several kinds.

`loss-decomposition` writes the loss as what unseen features cost, the price of the residual, and
a part that no residual shows.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from empirics.draws.training_set import TrainingSet
from empirics.observables.observable import Group, Observable
from empirics.solver import ridge
from empirics.solver.minimum_norm import minimum_norm

Array = NDArray[np.float64]

DRAWS = 5
"""What is claimed of every X alike is checked on the first draws only."""

PENALTY = 1.0
STEPS = 20


def predictors(draw: TrainingSet) -> Array:
    """(m, 4) coefficients at unit noise: none, few steps of descent, ridge, minimum norm."""
    y = draw.labels[:, 0] + draw.labels[:, 1]
    beta = np.zeros(draw.truth.size)
    # ||X||^2 <= ||X||_1 ||X||_inf, which a step must stay below.
    absolute = abs(draw.X)
    step = 1 / float(absolute.sum(axis=0).max() * absolute.sum(axis=1).max())
    for _ in range(STEPS):
        beta += step * (draw.X.T @ (y - draw.X @ beta))
    smooth = (
        draw.ridge(PENALTY).coefficients(y) if draw.n <= ridge.LARGEST_N else np.zeros_like(beta)
    )
    fitted = draw.solution.coefficients[:, 0] + draw.solution.coefficients[:, 1]
    return np.column_stack([np.zeros_like(beta), beta, smooth, fitted])


def measure(draw: TrainingSet) -> dict[str, float]:
    """Loss against its parts, and the residual's share of the loss of ridge.

    The price is the least v'Dv with X v = u, u = X Delta: with w = D^(1/2) v the minimum norm of
    (X D^(-1/2)) w = u. Rounding: w is wrong by a relative gamma cond(X D^(-1/2)), as in
    `exactness`, and enters parts that are at most the loss twice. A draw without features has no
    residual.
    """
    if not draw.p.size:
        # Nothing was seen: all of the loss is the missing mass.
        return {
            "decomposition_difference": 0.0,
            "decomposition_difference_rounding": 0.0,
            "residual_share": 1.0,
        }
    delta = predictors(draw) - draw.truth[:, None]
    root = np.sqrt(draw.p)
    scaled = sparse.csc_array(draw.X @ sparse.diags_array(1 / root))
    u = draw.X @ delta
    solution = minimum_norm(scaled, u)
    least = solution.coefficients
    weighted = root[:, None] * delta
    price = (least**2).sum(axis=0)
    rest = ((weighted - least) ** 2).sum(axis=0)
    loss = draw.missing_mass + (weighted**2).sum(axis=0)
    cost = abs(draw.X) @ (draw.counts / draw.p)
    simple = np.divide(u**2, cost[:, None], out=np.zeros_like(u), where=cost[:, None] > 0)
    difference = np.abs(loss - draw.missing_mass - price - rest)
    above = np.maximum(0.0, simple.sum(axis=0) - price)
    norm = math.sqrt(float((scaled.data**2).sum()))
    inverse_norm = math.sqrt(float(solution.variance_diagonal.sum()))
    return {
        "decomposition_difference": float((np.maximum(difference, above) / loss).max()),
        "decomposition_difference_rounding": 8 * draw.gamma * norm * inverse_norm,
        "residual_share": float((draw.missing_mass + price[2]) / loss[2]),
    }


GROUP = Group(
    "decomposition",
    measure,
    ("decomposition_difference", "decomposition_difference_rounding", "residual_share"),
    first=DRAWS,
)

OBSERVABLES = (
    Observable(
        "decomposition_difference",
        "loss less its three parts, over the loss, largest of four predictors",
        GROUP,
        rounding="decomposition_difference_rounding",
    ),
    Observable(
        "residual_share",
        "share of the loss of ridge at 1 that its residual and unseen features explain",
        GROUP,
    ),
)

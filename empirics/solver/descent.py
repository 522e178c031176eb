"""Gradient descent from zero, run, against the contraction that `gd-limit` claims."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from empirics.solver.minimum_norm import MinimumNorm

Array = NDArray[np.float64]

STEPS = 256
LARGEST_N = 2048
"""The contraction factor needs every eigenvalue of XX'; a dense one beyond this is refused."""

EPS = float(np.finfo(np.float64).eps)


@dataclass(frozen=True)
class Descent:
    """Distances of gradient descent to X^+ y, over ||X^+ y||, after t = 1, 2, 4, ... steps.

    Args:
        steps: (T,) the t.
        distance: (T,) as run.
        predicted: (T,) from the spectrum: the error in the direction of an eigenvector of X'X
            is c at the start and (1 - 2 eta lambda/n)^t c after t steps, so that the squared
            distance is the sum of (1 - 2 eta lambda/n)^(2t) c^2 over the eigenvalues.
        bound: (T,) rho^t, what `gd-limit` claims.
        rounding: (T,) bound on the error of `distance`: a step of norm at most 1 adds at most
            gamma = max(n, m) eps times the target's length.
    """

    steps: NDArray[np.int64]
    distance: Array
    predicted: Array
    bound: Array
    rounding: Array


def descend(
    X: sparse.csc_array, y: Array, solution: MinimumNorm, most: int = STEPS
) -> Descent | None:
    """Run gradient descent from 0 with step n/(2 ||X||^2), half the largest that is allowed.

    Args:
        X: (n, m) design of the seen features.
        y: (n,) labels; the first column of what `solution` was fitted to.
        solution: the minimum-norm solution.
        most: number of steps.

    Returns:
        The distances; None above n = 2048, where the spectrum is not computed, and where y = 0.
    """
    n = X.shape[0]
    target = np.atleast_2d(solution.coefficients.T)[0]
    length = float(np.linalg.norm(target))
    if n > LARGEST_N or length == 0:
        return None
    eigenvalues, vectors = np.linalg.eigh((X @ X.T).toarray())
    largest = float(eigenvalues[-1])
    positive = eigenvalues > largest * n * EPS
    # X^+ y = V S^-1 U'y, so the squared component along v is (u'y)^2/lambda.
    share = (vectors[:, positive].T @ y) ** 2 / eigenvalues[positive] / length**2
    step = n / (2 * largest)
    factor = 1 - 2 * step * eigenvalues[positive] / n
    rho = float(np.abs(factor).max())
    rows, columns = X.tocsr(), X.T.tocsr()
    steps = 2 ** np.arange(int(math.log2(most)) + 1)
    distance = np.empty(steps.size)
    beta = np.zeros(X.shape[1])
    done = 0
    for position, t in enumerate(steps.tolist()):
        for _ in range(t - done):
            beta -= (2 * step / n) * (columns @ (rows @ beta - y))
        done = t
        distance[position] = np.linalg.norm(beta - target) / length
    return Descent(
        steps,
        distance,
        np.sqrt((factor[:, None] ** (2.0 * steps)).T @ share),
        rho ** steps.astype(np.float64),
        np.asarray((steps + 1) * (max(X.shape) * EPS), dtype=np.float64),
    )


def distance_over_bound(
    X: sparse.csc_array, y: Array, solution: MinimumNorm
) -> tuple[float, float]:
    """Largest ||beta_t - X^+ y|| / (rho^t ||X^+ y||) over t = 1, 2, 4, ..., 256.

    Args:
        X: (n, m) design of the seen features.
        y: (n,) labels; the first column of what `solution` was fitted to.
        solution: the minimum-norm solution.

    Returns:
        That number, which the statement says is at most 1, and a bound on its rounding error.
        Steps whose bound is below their rounding show nothing and are left out; NaN where none
        is left, and where there is no descent.
    """
    run = descend(X, y, solution)
    if run is None:
        return math.nan, math.nan
    told = run.bound > run.rounding
    if not told.any():
        return math.nan, math.nan
    ratio, rounding = run.distance[told] / run.bound[told], run.rounding[told] / run.bound[told]
    return float(ratio.max()), float(rounding.max())

"""Gradient descent from zero, run, against the contraction that `gd-limit` claims."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from empirics.solver import MinimumNorm

Array = NDArray[np.float64]

STEPS = 256
LARGEST_N = 2048
"""The contraction factor needs every eigenvalue of XX'; a dense one beyond this is refused."""


def distance_over_bound(
    X: sparse.csc_array, y: Array, solution: MinimumNorm
) -> tuple[float, float]:
    """Largest ||beta_t - X^+ y|| / (rho^t ||X^+ y||) over t = 1, 2, 4, ..., 256.

    Args:
        X: (n, m) design of the seen features.
        y: (n,) labels; the first column of what `solution` was fitted to.
        solution: the minimum-norm solution.

    Returns:
        That number, which the statement says is at most 1, and a bound on its rounding error:
        a step of norm at most 1 adds at most gamma = max(n, m) eps times the target's length.
        Steps at which rounding exceeds the bound say nothing and are left out. NaN where none
        is left, where y = 0, and above n = 2048, where rho is not computed.
    """
    n = X.shape[0]
    if n > LARGEST_N:
        return math.nan, math.nan
    eigenvalues = np.linalg.eigvalsh((X @ X.T).toarray())
    largest = float(eigenvalues[-1])
    positive = eigenvalues[eigenvalues > largest * n * np.finfo(np.float64).eps]
    target = np.atleast_2d(solution.coefficients.T)[0]
    length = float(np.linalg.norm(target))
    if length == 0:
        return math.nan, math.nan
    step = n / (2 * largest)
    rho = max(abs(1 - 2 * step * positive[0] / n), abs(1 - 2 * step * largest / n))
    rows = X.tocsr()
    columns = X.T.tocsr()
    beta = np.zeros(X.shape[1])
    worst = rounding = math.nan
    gamma = max(X.shape) * float(np.finfo(np.float64).eps)
    for t in range(1, STEPS + 1):
        beta -= (2 * step / n) * (columns @ (rows @ beta - y))
        bound = rho**t
        if bound <= (t + 1) * gamma:
            break
        if t & (t - 1) == 0:
            distance = float(np.linalg.norm(beta - target))
            worst = np.fmax(worst, distance / (bound * length))
            rounding = np.fmax(rounding, (t + 1) * gamma / bound)
    return float(worst), float(rounding)

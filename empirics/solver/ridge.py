"""Ridge regression: one penalty by a Cholesky factorization, many by the spectrum of a draw."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.linalg import cho_factor, cho_solve

from empirics.solver.arrays import Floats, Mask
from empirics.solver.spectrum import Shrink

LARGEST_N = 2048
"""XX' + penalty is factored as a dense n x n array; beyond this nothing is measured in draws."""


def _penalty(value: float, *, positive: bool) -> float:
    if not 0 <= value < np.inf or (positive and value == 0):
        raise ValueError(
            f"penalty = {value}: must be a finite number {'>' if positive else '>='} 0"
        )
    return value


def shrinkage(penalty: float) -> Shrink:
    """S -> S/(S^2 + penalty); 1/S, the minimum-norm solution, at 0.

    Raises:
        ValueError: for a penalty below 0 or not finite.
    """
    _penalty(penalty, positive=False)
    return lambda S: S / (S**2 + penalty) if penalty > 0 else 1 / S


class Ridge:
    """Minimizer of ||y - X beta||^2 + penalty ||beta||^2, beta = X' (XX' + penalty)^-1 y.

    Args:
        X: (n, m) design.
        penalty: > 0.

    Raises:
        ValueError: for a penalty that is not finite and positive.
    """

    def __init__(self, X: sparse.csc_array, penalty: float) -> None:
        self._X = X
        kernel = (X @ X.T).toarray()
        kernel[np.diag_indices_from(kernel)] += _penalty(penalty, positive=True)
        self._factor = cho_factor(kernel, lower=True, overwrite_a=True, check_finite=False)

    def coefficients(self, Y: Floats) -> Floats:
        """(m,) or (m, q) for labels (n,) or (n, q)."""
        found: Floats = self._X.T @ cho_solve(self._factor, Y, check_finite=False)
        return found

    def rows(self, chosen: Mask) -> Floats:
        """(chosen, n) rows of the map from labels to coefficients, at the features of a mask."""
        columns = self._X[:, chosen].toarray()
        return np.asarray(cho_solve(self._factor, columns, check_finite=False).T)


def mean_risk(bias: Floats, rows: Floats, noisier: NDArray[np.bool_]) -> tuple[float, float, float]:
    """Mean squared error of some coefficients, with the noise integrated out.

    Args:
        bias: (c,) their values for noiseless labels, less beta*.
        rows: (c, n) their rows of the map from labels to coefficients.
        noisier: (n,) the samples whose labels may be corrupted.

    Returns:
        A, B, C of the risk A + sigma^2 B + rho tau^2 C; NaN where there is no coefficient.
    """
    if bias.size == 0:
        return np.nan, np.nan, np.nan
    squared = rows**2
    return (
        float(np.mean(bias**2)),
        float(squared.sum()) / bias.size,
        float(squared[:, noisier].sum()) / bias.size,
    )

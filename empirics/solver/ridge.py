"""Ridge regression: one penalty by a Cholesky factorization, many by the spectrum of a draw."""

from __future__ import annotations

import math
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.linalg import cho_factor, cho_solve, lapack

from empirics.solver.arrays import Floats, Mask
from empirics.solver.spectrum import Shrink

LARGEST_N = 2048
"""XX' + penalty is factored as a dense n x n array; beyond this nothing is measured in draws."""


LEAST_SPLIT = 0.1
"""Below this penalty what is seen once is not taken out of the inverse: it would cost digits."""


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
    """Minimizer of ||y - X beta||^2 + penalty ||beta||^2, in the smaller of its two forms.

    beta = X' (XX' + penalty)^-1 y, or (X'X + penalty)^-1 X' y where there are fewer features than
    samples. The inverse is formed once, on first use; X is sparse, so that whatever is made of it
    for each feature then costs its entries times a length.

    Args:
        X: (n, m) design.
        penalty: > 0.

    Raises:
        ValueError: for a penalty that is not finite and positive.
    """

    def __init__(self, X: sparse.csc_array, penalty: float) -> None:
        self._X = X
        self._penalty = _penalty(penalty, positive=True)
        self._by_features = X.shape[1] < X.shape[0]

    @cached_property
    def _factor(self) -> tuple[Floats, bool]:
        """Cholesky factor of the Gram matrix of the smaller form and the penalty."""
        X = self._X
        gram = (X.T @ X if self._by_features else X @ X.T).toarray()
        gram[np.diag_indices_from(gram)] += self._penalty
        found: tuple[Floats, bool] = cho_factor(
            gram, lower=True, overwrite_a=True, check_finite=False
        )
        return found

    def coefficients(self, Y: Floats) -> Floats:
        """(m,) or (m, q) for labels (n,) or (n, q)."""
        if self._by_features:
            found: Floats = cho_solve(self._factor, self._X.T @ Y, check_finite=False)
        else:
            found = self._X.T @ cho_solve(self._factor, Y, check_finite=False)
        return found

    @cached_property
    def _inverse(self) -> Floats:
        """Of the Gram matrix and the penalty.

        A feature seen once adds to the diagonal D of XX' + penalty alone. With M for the columns of
        the others the inverse is D^-1 - D^-1 M (1 + M'D^-1 M)^-1 M'D^-1, whose difference is wrong
        by some eps ||M||^2/penalty^2.
        """
        if self._by_features or self._penalty < LEAST_SPLIT:
            return _inverted(self._factor[0])
        X = self._X
        once = np.diff(X.indptr) == 1
        alone = X[:, once]
        own = np.bincount(alone.indices, alone.data**2, minlength=X.shape[0]) + self._penalty
        M = X[:, ~once].tocsr()
        shares = M.data / np.repeat(own, np.diff(M.indptr))
        scaled = sparse.csr_array((shares, M.indices, M.indptr), shape=M.shape)
        inner: Floats = (M.T @ scaled).toarray()
        inner[np.diag_indices_from(inner)] += 1
        factor, _ = cho_factor(inner, lower=True, overwrite_a=True, check_finite=False)
        inverse = -np.asarray(scaled @ (scaled @ _inverted(factor)).T)
        inverse[np.diag_indices_from(inverse)] += 1 / own
        return inverse

    def rows(self, chosen: Mask) -> Floats:
        """(chosen, n) rows of the map from labels to coefficients, at the features of a mask."""
        if self._by_features:
            return np.asarray((self._X @ self._inverse[:, chosen]).T)
        return np.asarray(self._X.T.tocsr()[np.flatnonzero(chosen)] @ self._inverse)

    def unexplained(self) -> Floats:
        """(m,) diagonal of penalty (X'X + penalty)^-1 = I - X'(XX' + penalty)^-1 X."""
        if self._by_features:
            return self._penalty * np.diagonal(self._inverse)
        counts = np.diff(self._X.indptr)
        columns = np.repeat(np.arange(counts.size), counts)
        rows = self.rows(np.ones(counts.size, dtype=np.bool_))
        seen = self._X.data * rows[columns, self._X.indices]
        explained = np.bincount(columns, weights=seen, minlength=counts.size)
        return np.asarray(1 - explained, dtype=np.float64)

    def rounding(self, norm: float, label: float, beta: float, gamma: float) -> tuple[float, float]:
        """Bounds on the errors of the coefficient of a feature seen once, and of the residual.

        A Cholesky solution is backward stable: with G for the Gram matrix and the penalty it solves
        (G + E) z = r, ||E|| <= gamma ||G||. Of samples r = y, and a feature seen once takes one of
        the entries of z, ||z|| <= ||y||/penalty, whose error is at most ||G^-1 E z||; the residual
        y - X X'z is E z + penalty z, and rounds once more in X'z. Of features r = X'y, which is
        wrong by gamma ||X|| ||y||, z is beta itself, and ||X G^-1|| <= 1/(2 sqrt(penalty)).

        Args:
            norm: a bound on ||X||.
            label: ||y||.
            beta: ||beta||.
            gamma: relative backward error of a stable factorization.
        """
        product = gamma * (label + norm * beta)
        if self._by_features:
            backward = gamma * ((norm**2 + self._penalty) * beta + norm * label)
            residual = backward / (2 * math.sqrt(self._penalty))
            return backward / self._penalty, residual + product
        relative = gamma * (norm**2 / self._penalty + 1) * label
        return relative / self._penalty, 3 * relative + product


def _inverted(factor: Floats) -> Floats:
    """The inverse of L L' from L, the lower triangle of an array."""
    if factor.size == 0:
        return np.zeros_like(factor)
    below, _ = lapack.dpotri(factor, lower=1)
    inverse: Floats = np.tril(below)
    return inverse + np.tril(inverse, -1).T


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

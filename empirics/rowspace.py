"""Orthogonal projection on the row space of [I W]."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import lapack, solve_triangular

Floats = NDArray[np.float64]

# The Gram matrix of [I; W'] or [-W; I] has condition at most 1 + |W|^2. Below this bound on it
# Cholesky QR leaves the basis orthonormal to 1e-8, and a second pass to roundoff (Yamamoto,
# Nakatsukasa, Yanagisawa and Fukaya 2015, whose condition is 64 times eps times it below 1).
_LARGEST_GRAM = 1e6


@dataclass(frozen=True)
class RowSpace:
    """Projector P on the row space of [I W] for a dense W (r, f).

    It is kept as an orthonormal basis of the row space or of its complement, the null space,
    which [-W; I] spans: of the smaller one.
    """

    W: Floats
    _basis: Floats
    _of_null_space: bool

    @classmethod
    def of(cls, W: Floats) -> "RowSpace":
        """Represent the row space of [I W]."""
        r, f = W.shape
        if f <= r:
            return cls(W, null_basis(W), True)
        return cls(W, _orthonormalize(np.vstack([np.eye(r), W.T])), False)

    def project(self, V: Floats) -> Floats:
        """P V for V (r + f, q)."""
        part: Floats = self._basis @ (self._basis.T @ V)
        return V - part if self._of_null_space else part

    def reject(self, V: Floats) -> Floats:
        """V - P V for V (r + f, q); rows near the row space keep their relative accuracy."""
        part: Floats = self._basis @ (self._basis.T @ V)
        return part if self._of_null_space else V - part

    def extend(self, V: Floats) -> Floats:
        """pinv([I W]) V, (r + f, q), for V (r, q): P [V; 0]."""
        r, _ = self.W.shape
        part: Floats = self._basis @ (self._basis[:r].T @ V)
        if not self._of_null_space:
            return part
        part *= -1.0
        part[:r] += V
        return part

    def restrict(self, V: Floats) -> Floats:
        """pinv([I W])' V, (r, q), for V (r + f, q): the first r coordinates of P V."""
        r, _ = self.W.shape
        part: Floats = self._basis[:r] @ (self._basis.T @ V)
        return V[:r] - part if self._of_null_space else part

    @property
    def root(self) -> Floats:
        """M (r, k) with M M' = the leading r x r part of P."""
        r, _ = self.W.shape
        if not self._of_null_space:
            return self._basis[:r]
        part: Floats = -self._basis[:r] @ self._basis.T
        part[np.diag_indices(r)] += 1
        return part

    @property
    def diagonal(self) -> Floats:
        """(r + f,) P_ii, exactly 1 where row i of W is zero."""
        if self._of_null_space:
            return 1 - self.defect
        squares: Floats = np.sum(self._basis**2, axis=1)
        return np.where(self._determined, 1.0, squares)

    @property
    def defect(self) -> Floats:
        """(r + f,) 1 - P_ii without cancellation, exactly 0 where row i of W is zero."""
        out: Floats = np.sum(self._basis**2, axis=1)
        if not self._of_null_space:
            # Near 1 the squared distance of e_i to the space is used; at most 2 r rows are.
            near = np.flatnonzero(out > 0.5)
            distance = -self._basis @ self._basis[near].T
            distance[near, np.arange(near.size)] += 1
            out = 1 - out
            out[near] = np.sum(distance**2, axis=0)
        return np.where(self._determined, 0.0, out)

    @property
    def _determined(self) -> NDArray[np.bool_]:
        _, f = self.W.shape
        return np.append(~self.W.any(axis=1), np.zeros(f, dtype=np.bool_))


def null_basis(W: Floats) -> Floats:
    """Orthonormal basis (r + f, f) of the null space of [I W]."""
    _, f = W.shape
    return _orthonormalize(np.vstack([-W, np.eye(f)]))


def _orthonormalize(Z: Floats) -> Floats:
    """Orthonormal basis of the columns of Z, whose Gram matrix is 1 or more."""
    if np.sum(Z**2) > _LARGEST_GRAM:
        return np.linalg.qr(Z)[0]
    for _ in range(2):
        factor, _ = lapack.dpotrf(Z.T @ Z)
        Z = solve_triangular(factor, Z.T, trans="T", check_finite=False).T
    return Z

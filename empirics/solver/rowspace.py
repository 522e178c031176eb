"""Orthogonal projection on the row space of [I W]."""

from dataclasses import dataclass

import numpy as np
from scipy.linalg import blas, lapack

from empirics.solver.arrays import Floats, Mask
from empirics.solver.compressed import Compressed

# Orthonormal bases come from Cholesky QR up to this norm of W: they are then orthonormal to eps
# times its square, 1e-12. Else they come from Householder QR.
LARGEST_NORM = 100.0


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
        return cls(W, _orthonormalize(W.T, identity_first=True), False)

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

    def extend_sparse(self, V: Compressed) -> Floats:
        """pinv([I W]) V', (r + f, q), for a sparse V (q, r)."""
        r, _ = self.W.shape
        part: Floats = self._basis @ V.times(self._basis[:r]).T
        if not self._of_null_space:
            return part
        part *= -1.0
        part[V.indices, np.repeat(np.arange(V.shape[0]), np.diff(V.indptr))] += V.data
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
    def _determined(self) -> Mask:
        _, f = self.W.shape
        return np.append(~self.W.any(axis=1), np.zeros(f, dtype=np.bool_))


def null_basis(W: Floats) -> Floats:
    """Orthonormal basis (r + f, f) of the null space of [I W]."""
    return _orthonormalize(-W, identity_first=False)


def _orthonormalize(W: Floats, identity_first: bool) -> Floats:
    """Orthonormal basis of the columns of [I; W] or [W; I]."""
    size = W.shape[1]
    # The product bounds the squared norm of W.
    sizes = np.abs(W)
    by_column, by_row = sizes.sum(axis=0).max(initial=0.0), sizes.sum(axis=1).max(initial=0.0)
    if np.sqrt(by_column) * np.sqrt(by_row) > LARGEST_NORM:
        parts = [np.eye(size), W] if identity_first else [W, np.eye(size)]
        return np.linalg.qr(np.vstack(parts))[0]
    gram = W.T @ W
    gram[np.diag_indices(size)] += 1
    factor, _ = lapack.dpotrf(gram)
    # W of no rows or no columns is no business of BLAS.
    below = blas.dtrsm(1.0, factor, W, side=1) if W.size else W
    inverse = lapack.dtrtri(factor)[0] if size else factor
    return np.vstack([inverse, below] if identity_first else [below, inverse])

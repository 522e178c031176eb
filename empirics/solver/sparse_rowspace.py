"""Orthogonal projection on the row space of [I W] for a large, very sparse W.

The null space is spanned by B = [-W; I], and B (B'B)^-1 B' projects on it: with G = B'B = I + W'W
no dense array is larger than G. Where W has norm at most 100, G has a condition of 1e4 at most, so
that what it loses, like what Cholesky QR does of an orthonormal basis, is below 1e-11.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy.linalg import lapack

from empirics.solver.arrays import Floats, Indices
from empirics.solver.compiled import compiled
from empirics.solver.compressed import Compressed
from empirics.solver.selected_inverse import quadratic_forms

# From this size on G is not inverted for a projection: its factor takes a third of the time.
_FACTORED = 2048


@dataclass(frozen=True)
class SparseRowSpace:
    """Projector P on the row space of [I W] for a sparse W (r, f) without empty rows."""

    W: Compressed
    _factor: Floats  # upper triangular Cholesky factor of G

    @classmethod
    def of(cls, W: Compressed) -> "SparseRowSpace":
        """Represent the row space of [I W]."""
        # The transpose of a symmetric array is itself, and LAPACK's order.
        G = _gram(W.indptr, W.indices, W.data, W.shape[1]).T
        return cls(W, lapack.dpotrf(G, overwrite_a=1)[0])

    @cached_property
    def _inverse(self) -> Floats:
        upper, _ = lapack.dpotri(self._factor)
        return np.ascontiguousarray(np.triu(upper) + np.triu(upper, 1).T)

    def project(self, V: Floats) -> Floats:
        """P V for V (r + f, q)."""
        r, _ = self.W.shape
        right = V[r:] - self.W.transposed_times(V[:r])
        if right.shape[0] < _FACTORED:
            away = self._inverse @ right
        else:
            away = lapack.dpotrs(self._factor, right)[0]
        return np.concatenate([V[:r] + self.W.times(away), V[r:] - away])

    def extend_sparse(self, V: Compressed) -> Floats:
        """pinv([I W]) V', (r + f, q), for a sparse V (q, r)."""
        W = self.W
        met = _products(V.indptr, V.indices, V.data, W.indptr, W.indices, W.data, W.shape[1])
        away = self._inverse @ met
        return _less_away(V.indptr, V.indices, V.data, W.indptr, W.indices, W.data, away)

    @property
    def diagonal(self) -> Floats:
        """(r + f,) P_ii."""
        W = self.W
        basic = quadratic_forms(W.indptr, W.indices, W.data, self._inverse)
        return 1 - np.append(basic, np.diagonal(self._inverse))


@compiled
def _gram(starts: Indices, columns: Indices, entries: Floats, width: int) -> Floats:
    """I + W'W."""
    G = np.zeros((width, width))
    for j in range(width):
        G[j, j] = 1.0
    for row in range(starts.size - 1):
        for i in range(starts[row], starts[row + 1]):
            for j in range(starts[row], starts[row + 1]):
                G[columns[i], columns[j]] += entries[i] * entries[j]
    return G


@compiled
def _products(
    starts: Indices,
    rows: Indices,
    entries: Floats,
    W_starts: Indices,
    W_columns: Indices,
    W: Floats,
    width: int,
) -> Floats:
    """W'V', dense, for V and W by rows."""
    out = np.zeros((width, starts.size - 1))
    for k in range(out.shape[1]):
        for at in range(starts[k], starts[k + 1]):
            for e in range(W_starts[rows[at]], W_starts[rows[at] + 1]):
                out[W_columns[e], k] += entries[at] * W[e]
    return out


@compiled
def _less_away(
    starts: Indices,
    rows: Indices,
    entries: Floats,
    W_starts: Indices,
    W_columns: Indices,
    W: Floats,
    away: Floats,
) -> Floats:
    """[V' - W away; away], dense."""
    f, q = away.shape
    r = W_starts.size - 1
    out = np.zeros((r + f, q))
    for k in range(q):
        for at in range(starts[k], starts[k + 1]):
            out[rows[at], k] = entries[at]
    for i in range(r):
        for e in range(W_starts[i], W_starts[i + 1]):
            x, j = W[e], W_columns[e]
            for k in range(q):
                out[i, k] -= x * away[j, k]
    out[r:] = away
    return out

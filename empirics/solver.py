"""Minimum-norm least squares for long-tail sparse designs.

The solution pinv(X) Y has zero coefficients outside the seen features, and it splits over the
connected components of the bipartite graph of samples and features.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import sparse
from scipy.sparse.csgraph import connected_components

Floats = NDArray[np.float64]
Indices = NDArray[np.int64]
Mask = NDArray[np.bool_]

_EPS = float(np.finfo(np.float64).eps)


def minimum_norm(X: Any, Y: ArrayLike) -> "MinimumNorm":
    """Minimum-norm least-squares solution pinv(X) Y and what its factorization tells.

    Args:
        X: n x d scipy sparse array or matrix, any format, integer or float entries; duplicate
            entries are summed.
        Y: (n,) labels, or (n, q) for q sets of labels.

    Returns:
        The solution on the seen features; every other coefficient is exactly 0.

    Raises:
        TypeError: X is not a sparse array or matrix.
        ValueError: X or Y holds NaN, infinity or complex numbers, or their shapes do not fit.

    """
    features, A, _ = seen_columns(X)
    labels = _labels(Y, A.shape[0])
    pieces = tuple(_Piece.of(A, rows, columns) for rows, columns in _components(A))
    coefficients = np.zeros((A.shape[1], *labels.shape[1:]))
    for piece in pieces:
        coefficients[piece.columns] = piece.solve(labels[piece.rows])
    return MinimumNorm(
        features=features,
        coefficients=coefficients,
        rank=sum(piece.rank for piece in pieces),
        _A=A,
        _labels=labels,
        _pieces=pieces,
    )


@dataclass(frozen=True)
class MinimumNorm:
    """Minimum-norm least-squares solution on the m seen features of an n x d design.

    Attributes:
        features: (m,) ascending indices of the columns of X that hold a non-zero.
        coefficients: (m,) or (m, q) rows of pinv(X) Y at the seen features; the others are 0.
        rank: rank of X.

    """

    features: Indices
    coefficients: Floats
    rank: int
    _A: sparse.csc_array = field(repr=False)
    _labels: Floats = field(repr=False)
    _pieces: tuple["_Piece", ...] = field(repr=False)

    @cached_property
    def residual(self) -> Floats:
        """(n,) or (n, q) training residuals Y - X pinv(X) Y."""
        residual: Floats = self._labels - self._A @ self.coefficients
        return residual

    @cached_property
    def identifiable(self) -> Mask:
        """(m,) whether the unit vector e_i lies in the row space of X, that is P_ii = 1."""
        out = np.zeros(self.features.size, dtype=np.bool_)
        for piece in self._pieces:
            out[piece.columns] = piece.identifiable
        return out

    @cached_property
    def projection_diagonal(self) -> Floats:
        """(m,) diagonal of P = pinv(X) X."""
        out = np.zeros(self.features.size)
        for piece in self._pieces:
            out[piece.columns] = piece.projection_diagonal
        return out

    @cached_property
    def variance_diagonal(self) -> Floats:
        """(m,) diagonal of pinv(X'X): the coefficients' variance at unit noise."""
        out = np.zeros(self.features.size)
        for piece in self._pieces:
            out[piece.columns] = piece.variance_diagonal
        return out

    @cached_property
    def leverage(self) -> Floats:
        """(n,) diagonal of H = X pinv(X)."""
        out = np.zeros(self._labels.shape[0])
        for piece in self._pieces:
            out[piece.rows] = piece.leverage
        return out

    @cached_property
    def indispensable(self) -> Mask:
        """(n,) whether a row is no combination of the others, that is H_ll = 1."""
        out = np.zeros(self._labels.shape[0], dtype=np.bool_)
        for piece in self._pieces:
            out[piece.rows] = piece.indispensable
        return out

    def filtered(self, shrink: Callable[[Floats], Floats]) -> Floats:
        """(m,) or (m, q) coefficients of V diag(shrink(S)) U' Y, from X = U S V'.

        Args:
            shrink: from the positive singular values of a component to their weights; 1/S gives
                the minimum-norm solution and S/(S^2 + penalty) ridge regression.
        """
        out = np.zeros((self._A.shape[1], *self._labels.shape[1:]))
        for piece in self._pieces:
            out[piece.columns] = piece.filtered(self._labels[piece.rows], shrink(piece.S))
        return out

    def filtered_variance(self, shrink: Callable[[Floats], Floats]) -> Floats:
        """(m,) variance of `filtered` at unit noise."""
        out = np.zeros(self.features.size)
        for piece in self._pieces:
            out[piece.columns] = np.sum((piece.Vt.T * shrink(piece.S)) ** 2, axis=1)
        return out

    def residual_trace(self, shrink: Callable[[Floats], Floats]) -> float:
        """Mean squared length of the residual Y - X filtered(Y) of unit noise."""
        inside = sum(float(np.sum((1 - piece.S * shrink(piece.S)) ** 2)) for piece in self._pieces)
        return float(self._labels.shape[0] - self.rank + inside)

    def filter_rows(self, shrink: Callable[[Floats], Floats], chosen: Mask) -> sparse.csr_array:
        """(chosen, n) rows of the map V diag(shrink(S)) U' from labels to coefficients.

        Args:
            shrink: as in `filtered`.
            chosen: (m,) the features whose rows are wanted.
        """
        position = np.cumsum(chosen) - 1
        parts = []
        for piece in self._pieces:
            wanted = chosen[piece.columns]
            if wanted.any():
                block = (piece.Vt.T[wanted] * shrink(piece.S)) @ piece.U.T
                rows = np.repeat(position[piece.columns[wanted]], piece.rows.size)
                columns = np.tile(piece.rows, int(wanted.sum()))
                parts.append((block.ravel(), rows, columns))
        shape = (int(chosen.sum()), self._labels.shape[0])
        if not parts:
            return sparse.csr_array(shape)
        data, rows, columns = (np.concatenate(part) for part in zip(*parts, strict=True))
        return sparse.csr_array(sparse.coo_array((data, (rows, columns)), shape=shape))

    @cached_property
    def leave_one_out(self) -> Floats:
        """(n,) or (n, q) residual of each sample at the solution fitted without it.

        With K = XX' and H = K pinv(K) it is [pinv(K) Y]_l / [pinv(K)]_ll where H_ll = 1 and
        [Y - HY]_l / (1 - H_ll) elsewhere.
        """
        out = self._labels.copy()
        for piece in self._pieces:
            out[piece.rows] = piece.leave_one_out(self._labels[piece.rows])
        return out


def seen_columns(X: Any) -> tuple[Indices, sparse.csc_array, int]:
    """Take the columns of X that hold a non-zero, as sorted, unique, non-zero doubles.

    Args:
        X: n x d scipy sparse array or matrix in any format.

    Returns:
        features: (m,) ascending indices of those columns.
        A: n x m array; X itself is left as it was.
        d: number of columns of X.

    Raises:
        TypeError: X is not a sparse array or matrix.
        ValueError: X is not two-dimensional or holds NaN, infinity or complex numbers.

    """
    given: Any = X
    if not sparse.issparse(given):
        raise TypeError(f"X is a {type(X).__name__}; allowed is a scipy sparse array or matrix")
    given = X
    if given.ndim != 2:
        raise ValueError(f"X has shape {given.shape}; allowed is an array with two dimensions")
    if given.dtype.kind not in "biuf":
        raise ValueError(f"X has dtype {given.dtype}; allowed are real numbers")
    A: sparse.csc_array = sparse.csc_array(given)
    if A.dtype != np.float64:
        A = A.astype(np.float64)
    _refuse_non_finite("X", A.data)
    if not A.has_canonical_format:
        A = A.copy()
        A.sum_duplicates()
        _refuse_non_finite("X", A.data)
    if not np.all(A.data):
        A = A.copy()
        A.eliminate_zeros()
    counts = np.diff(A.indptr)
    features = np.flatnonzero(counts)
    indptr = np.append(A.indptr[features], A.indptr[-1:])
    seen = sparse.csc_array((A.data, A.indices, indptr), shape=(A.shape[0], features.size))
    seen.has_canonical_format = True
    return features.astype(np.int64, copy=False), seen, A.shape[1]


def _labels(Y: ArrayLike, n: int) -> Floats:
    raw = np.asarray(Y)
    if raw.dtype.kind not in "biuf":
        raise ValueError(f"Y has dtype {raw.dtype}; allowed are real numbers")
    labels = raw.astype(np.float64)
    if labels.ndim not in (1, 2) or labels.shape[0] != n:
        raise ValueError(f"Y has shape {raw.shape}; allowed is ({n},) or ({n}, q)")
    _refuse_non_finite("Y", labels)
    return labels


def _refuse_non_finite(name: str, values: Floats) -> None:
    if not np.isfinite(values).all():
        bad = values[~np.isfinite(values)].flat[0]
        raise ValueError(f"{name} holds {bad}; allowed are finite numbers")


def _components(A: sparse.csc_array) -> list[tuple[Indices, Indices]]:
    """List the samples and the features of each connected component that holds a non-zero."""
    n, m = A.shape
    if m == 0:
        return []
    graph: Any = sparse.block_array([[None, A], [A.T, None]], format="csr")
    _, label = connected_components(graph, directed=False)
    order_rows = np.argsort(label[:n], kind="stable")
    order_columns = np.argsort(label[n:], kind="stable")
    rows, columns = label[:n][order_rows], label[n:][order_columns]
    out = []
    for c in np.unique(columns):
        r = order_rows[np.searchsorted(rows, c) : np.searchsorted(rows, c, side="right")]
        k = order_columns[np.searchsorted(columns, c) : np.searchsorted(columns, c, side="right")]
        out.append((r, k))
    return out


@dataclass(frozen=True)
class _Piece:
    """Singular value decomposition U S V' of one connected component."""

    rows: Indices
    columns: Indices
    U: Floats
    S: Floats
    Vt: Floats

    @classmethod
    def of(cls, A: sparse.csc_array, rows: Indices, columns: Indices) -> "_Piece":
        block = A[:, columns][rows].toarray()
        U, S, Vt = np.linalg.svd(block, full_matrices=False)
        tolerance = S[0] * max(block.shape) * _EPS
        rank = int(np.count_nonzero(tolerance < S))
        return cls(rows, columns, U[:, :rank], S[:rank], Vt[:rank])

    @property
    def rank(self) -> int:
        return self.S.size

    def solve(self, Y: Floats) -> Floats:
        return self.filtered(Y, 1 / self.S)

    def filtered(self, Y: Floats, weights: Floats) -> Floats:
        coefficients: Floats = self.Vt.T @ ((self.U.T @ Y).T * weights).T
        return coefficients

    @property
    def projection_diagonal(self) -> Floats:
        diagonal: Floats = np.sum(self.Vt**2, axis=0)
        return diagonal

    @property
    def identifiable(self) -> Mask:
        return np.asarray(self.projection_diagonal >= 1 - self._tolerance)

    @property
    def variance_diagonal(self) -> Floats:
        variances: Floats = np.sum((self.Vt.T / self.S) ** 2, axis=1)
        return variances

    @property
    def leverage(self) -> Floats:
        diagonal: Floats = np.sum(self.U**2, axis=1)
        return diagonal

    @property
    def indispensable(self) -> Mask:
        return np.asarray(self.leverage >= 1 - self._tolerance)

    def leave_one_out(self, Y: Floats) -> Floats:
        leverage, exact = self.leverage, self.indispensable
        spectral = self.U / self.S
        numerator = np.where(
            exact,
            (spectral @ (spectral.T @ Y)).T,
            (Y - self.U @ (self.U.T @ Y)).T,
        )
        scale = np.where(exact, np.sum(spectral**2, axis=1), 1 - leverage)
        residual: Floats = (numerator / scale).T
        return residual

    @property
    def _tolerance(self) -> float:
        # Singular vectors carry errors of order eps times the number of their entries.
        return _EPS * 8 * max(int(self.U.shape[0]), int(self.Vt.shape[1]))

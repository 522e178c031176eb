"""The singular value decomposition of a sparse design, component by component.

For whole ridge paths: one decomposition serves every penalty. It costs O(n m^2) for each
connected component of samples and features, more than `empirics.solver.minimum_norm` needs for one
solution.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import sparse
from scipy.sparse.csgraph import connected_components

from empirics.solver.arrays import Floats, Indices, Mask

EPS = float(np.finfo(np.float64).eps)
Shrink = Callable[[Floats], Floats]
"""From positive singular values to their weights: 1/S gives the minimum-norm solution."""


@dataclass(frozen=True)
class Piece:
    """U S V' of one component: its rows, columns and decomposition, positive S only."""

    rows: Indices
    columns: Indices
    U: Floats
    S: Floats
    Vt: Floats


@dataclass(frozen=True)
class Spectrum:
    """X = U S V', by components.

    Args:
        shape: of X, without zero columns.
        pieces: the components that hold a non-zero.
    """

    shape: tuple[int, int]
    pieces: tuple[Piece, ...]

    @classmethod
    def of(cls, X: sparse.csc_array) -> Spectrum:
        """The decomposition of an (n, m) array."""
        return cls(X.shape, tuple(_pieces(X)))

    @property
    def rank(self) -> int:
        """Rank of X."""
        return sum(piece.S.size for piece in self.pieces)

    def filtered(self, Y: Floats, shrink: Shrink) -> Floats:
        """(m,) or (m, q) coefficients V diag(shrink(S)) U' Y."""
        out = np.zeros((self.shape[1], *Y.shape[1:]))
        for piece in self.pieces:
            projected = (piece.U.T @ Y[piece.rows]).T * shrink(piece.S)
            out[piece.columns] = piece.Vt.T @ projected.T
        return out

    def variance(self, shrink: Shrink) -> Floats:
        """(m,) variance of `filtered` at unit noise."""
        out = np.zeros(self.shape[1])
        for piece in self.pieces:
            out[piece.columns] = np.sum((piece.Vt.T * shrink(piece.S)) ** 2, axis=1)
        return out

    def residual_trace(self, shrink: Shrink) -> float:
        """Mean squared length of the residual Y - X filtered(Y) of unit noise."""
        inside = sum(float(np.sum((1 - piece.S * shrink(piece.S)) ** 2)) for piece in self.pieces)
        return float(self.shape[0] - self.rank + inside)

    def rows(self, shrink: Shrink, chosen: Mask) -> Floats:
        """(chosen, n) rows of V diag(shrink(S)) U' at the features of a mask (m,)."""
        out = np.zeros((int(chosen.sum()), self.shape[0]))
        position = np.cumsum(chosen) - 1
        for piece in self.pieces:
            wanted = chosen[piece.columns]
            block = (piece.Vt.T[wanted] * shrink(piece.S)) @ piece.U.T
            out[np.ix_(position[piece.columns[wanted]], piece.rows)] = block
        return out


def _pieces(X: sparse.csc_array) -> list[Piece]:
    n, m = X.shape
    if m == 0:
        return []
    graph: Any = sparse.block_array([[None, X], [X.T, None]], format="csr")
    _, label = connected_components(graph, directed=False)
    order_rows = np.argsort(label[:n], kind="stable")
    order_columns = np.argsort(label[n:], kind="stable")
    rows, columns = label[:n][order_rows], label[n:][order_columns]
    pieces = []
    for c in np.unique(columns):
        r = order_rows[np.searchsorted(rows, c) : np.searchsorted(rows, c, side="right")]
        k = order_columns[np.searchsorted(columns, c) : np.searchsorted(columns, c, side="right")]
        block = X[:, k][r].toarray()
        U, S, Vt = np.linalg.svd(block, full_matrices=False)
        rank = int(np.count_nonzero(S[0] * max(block.shape) * EPS < S))
        pieces.append(Piece(r, k, U[:, :rank], S[:rank], Vt[:rank]))
    return pieces

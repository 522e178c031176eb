"""Skeleton factorization of a small dense block, its rank decided entry by entry.

Elimination with complete pivoting picks r rows and r columns whose submatrix A_11 is nonsingular,
and then A = [I; K] A_11 [I W]. Written A = A_basic [I W] with A_basic = [I; K] A_11,

    pinv(A_basic) = inv(A_11) pinv([I; K]).

K and W have entries of moderate size, so [I; K] and [I W] are well conditioned, and a matrix whose
rows and columns differ in scale by any factors keeps its digits: the scales stay in A_11, which is
solved through its triangular factors. The unit vector of a pivotal row lies in the column space
exactly if its column of K is zero.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy.linalg import solve_triangular

from empirics.solver.arrays import Floats, Indices
from empirics.solver.elimination import eliminate
from empirics.solver.rowspace import RowSpace


def doubles_needed(rows: int, columns: int) -> float:
    """Count the 8-byte numbers that the skeleton of a rows x columns block holds at its peak."""
    rank = min(rows, columns)
    return 3.0 * rows * columns + 4.0 * rank * max(rows, columns) + 3.0 * rank**2


def steps_needed(rows: int, columns: int) -> float:
    """Count the entries that elimination of a rows x columns block of full rank updates."""
    rank, most = float(min(rows, columns)), float(max(rows, columns))
    return rank**2 * (most / 2 - rank / 6)


@dataclass(frozen=True)
class Skeleton:
    """Factorization of an (a, b) block of rank r.

    Attributes:
        rows: (a,) order of the rows, the pivotal ones first.
        columns: (b,) order of the columns, the r basic ones first.
        W: (r, b - r) coefficients of the other columns on the basic ones, those within their
            errors being zero.
        W_error: (r, b - r) bounds on its errors.

    """

    rows: Indices
    columns: Indices
    W: Floats
    W_error: Floats
    _lower: Floats
    _upper: Floats
    _left: RowSpace  # row space of [I; K]'

    @classmethod
    def of(cls, block: Floats) -> "Skeleton":
        """Factor an (a, b) array, which is left as it was."""
        A = np.array(block, order="C")
        error = np.empty_like(A)
        rank, rows, columns = eliminate(A, error)
        lower, upper = A[:rank, :rank], np.triu(A[:rank, :rank])
        W = solve_triangular(upper, A[:rank, rank:], check_finite=False)
        K = solve_triangular(
            lower, A[rank:, :rank].T, lower=True, trans="T", unit_diagonal=True, check_finite=False
        )
        # To first order W moves by inv(A_11) (E_12 - E_11 W), and K by the like. The bounds take
        # |inv(U)| |inv(L)| for inv(A_11), which covers the two triangular solves as well.
        identity = np.eye(rank)
        L_inverse = np.abs(
            solve_triangular(lower, identity, lower=True, unit_diagonal=True, check_finite=False)
        )
        U_inverse = np.abs(solve_triangular(upper, identity, check_finite=False))
        E = error[:rank, :rank]
        W_error = U_inverse @ (L_inverse @ (error[:rank, rank:] + E @ np.abs(W)))
        K_error = L_inverse.T @ (U_inverse.T @ (error[rank:, :rank].T + E.T @ np.abs(K)))
        K[np.abs(K) <= K_error] = 0.0
        W[np.abs(W) <= W_error] = 0.0
        return cls(rows, columns, W, W_error, lower, upper, RowSpace.of(K))

    @property
    def rank(self) -> int:
        """Rank of the block."""
        return int(self._upper.shape[0])

    def solve(self, Y: Floats) -> Floats:
        """Least-squares coefficients (r, q) of the basic columns for Y (a, q)."""
        return self._solve_pivotal(self._left.restrict(Y[self.rows]))

    def _solve_pivotal(self, V: Floats) -> Floats:
        """inv(A_11) V."""
        half = solve_triangular(self._lower, V, lower=True, unit_diagonal=True, check_finite=False)
        out: Floats = solve_triangular(self._upper, half, check_finite=False)
        return out

    def solve_transposed(self, V: Floats) -> Floats:
        """pinv(A_basic)' V, (a, q), for V (r, q)."""
        half = solve_triangular(self._upper, V, trans="T", check_finite=False)
        chosen = solve_triangular(
            self._lower, half, lower=True, trans="T", unit_diagonal=True, check_finite=False
        )
        out = np.empty((self.rows.size, *V.shape[1:]))
        out[self.rows] = self._left.extend(chosen)
        return out

    @cached_property
    def half(self) -> Floats:
        """(r, k) with half half' = inv(A_basic' A_basic)."""
        out: Floats = self._solve_pivotal(self._left.root)
        return out

    def residual(self, Y: Floats) -> Floats:
        """Y - H Y for Y (a, q)."""
        out = np.empty_like(Y)
        out[self.rows] = self._left.reject(Y[self.rows])
        return out

    @property
    def leverage_defect(self) -> Floats:
        """(a,) 1 - H_ll, exactly 0 where the row is fitted exactly for every Y."""
        out = np.empty(self.rows.size)
        out[self.rows] = self._left.defect
        return out

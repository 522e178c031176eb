"""Gaussian elimination with complete pivoting and a rank decided entry by entry.

Every entry is taken to be known to one unit roundoff relative to its size. After k steps the
computed factors are the exact ones of a matrix that differs from A in entry (i, j) by at most

    E_ij = eps (|A_ij| + sum_{t < k} |L_it U_tj|)

(Higham, Accuracy and Stability of Numerical Algorithms, 9.3). These errors reach an entry of the
remaining matrix through [-K I] E [-W; I], where K and W, the multipliers of the pivotal rows and
columns, are of order 1: (1 + k)^2 terms of size E_ij, of independent signs, hence of size
(1 + k) E_ij together. An entry within (1 + k) E_ij counts as zero, and elimination ends when all
do. Scaling a row or a column scales its entries and their E_ij alike, so that none counts as zero
for being small; a term is lost only where it is added to one whose uncertainty exceeds it.
"""

import numpy as np

from empirics.solver.arrays import Floats, Indices
from empirics.solver.compiled import compiled

EPS = float(np.finfo(np.float64).eps)


@compiled
def eliminate(A: Floats, error: Floats) -> tuple[int, Indices, Indices]:
    """Factor in place: P A Q = L U, each pivot the largest remaining entry.

    Args:
        A: (a, b) overwritten: L (unit diagonal) below the diagonal of the first `rank` columns,
            U on and above it.
        error: (a, b) overwritten by E_ij in the order of the factors.

    Returns:
        rank, and the row and column orders (a,) and (b,) that P and Q stand for.

    """
    a, b = A.shape
    rows = np.arange(a)
    columns = np.arange(b)
    best, at_row, at_column = 0.0, -1, -1
    for i in range(a):
        for j in range(b):
            size = abs(A[i, j])
            error[i, j] = EPS * size
            if size > best:
                best, at_row, at_column = size, i, j
    for k in range(min(a, b)):
        if best == 0.0:
            return k, rows, columns
        if at_row != k:
            rows[k], rows[at_row] = rows[at_row], rows[k]
            for j in range(b):
                A[k, j], A[at_row, j] = A[at_row, j], A[k, j]
                error[k, j], error[at_row, j] = error[at_row, j], error[k, j]
        if at_column != k:
            columns[k], columns[at_column] = columns[at_column], columns[k]
            for i in range(a):
                A[i, k], A[i, at_column] = A[i, at_column], A[i, k]
                error[i, k], error[i, at_column] = error[i, at_column], error[i, k]
        # Update what remains and find the next pivot there in one pass.
        best = 0.0
        for i in range(k + 1, a):
            factor = A[i, k] / A[k, k]
            A[i, k] = factor
            for j in range(k + 1, b):
                product = factor * A[k, j]
                value = A[i, j] - product
                bound = error[i, j] + EPS * abs(product)
                size = abs(value)
                if size <= (2 + k) * bound:
                    # Not only for the rank: as a multiplier it would pass rounding off as data.
                    value = 0.0
                elif size > best:
                    best, at_row, at_column = size, i, j
                A[i, j] = value
                error[i, j] = bound
    return min(a, b), rows, columns

"""Small dense Cholesky factors, inverted in place: a call of LAPACK costs more than these loops."""

import numpy as np

from empirics.solver.arrays import Floats
from empirics.solver.compiled import compiled


@compiled
def invert_factor(G: Floats) -> bool:
    """Replace G (k, k) by inv(R), upper triangular, where R'R = G.

    False, and G of no use, where G is not positive definite in doubles; only its upper triangle is
    looked at.
    """
    k = G.shape[0]
    for j in range(k):
        for i in range(j + 1):
            total = G[i, j]
            for t in range(i):
                total -= G[t, i] * G[t, j]
            if i == j:
                if not total > 0.0:
                    return False
                G[i, i] = np.sqrt(total)
            else:
                G[i, j] = total / G[i, i]
    for j in range(k):
        # The columns before are those of the inverse by now.
        G[j, j] = 1.0 / G[j, j]
        for i in range(j):
            total = 0.0
            for t in range(i, j):
                total += G[i, t] * G[t, j]
            G[i, j] = -total * G[j, j]
        for i in range(j + 1, k):
            G[i, j] = 0.0
    return True


@compiled
def invert(G: Floats) -> bool:
    """Replace a symmetric G (k, k) by its inverse; false as `invert_factor` says."""
    if not invert_factor(G):
        return False
    k = G.shape[0]
    # inv(R) inv(R)', row by row from the first: a row is read by those before it alone.
    for i in range(k):
        for j in range(i, k):
            total = 0.0
            for t in range(j, k):
                total += G[i, t] * G[j, t]
            G[i, j] = total
    for i in range(k):
        for j in range(i):
            G[i, j] = G[j, i]
    return True

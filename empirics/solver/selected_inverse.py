"""Quadratic forms in the inverse of a Gram matrix from the few of its entries that they need."""

import numpy as np

from empirics.solver.arrays import Floats, Indices
from empirics.solver.compiled import compiled


@compiled
def quadratic_forms(starts: Indices, columns: Indices, entries: Floats, M: Floats) -> Floats:
    """Diagonal of V M V' for a sparse V given by rows and a symmetric M."""
    out = np.zeros(starts.size - 1)
    for row in range(starts.size - 1):
        total = 0.0
        for i in range(starts[row], starts[row + 1]):
            total += entries[i] * entries[i] * M[columns[i], columns[i]]
            for j in range(starts[row], i):
                total += 2.0 * entries[i] * entries[j] * M[columns[i], columns[j]]
        out[row] = total
    return out


@compiled
def leverages(
    column_starts: Indices,
    column_rows: Indices,
    row_starts: Indices,
    row_columns: Indices,
    entries: Floats,
    starts: Indices,
    place: Indices,
    number: Indices,
    inverse: Floats,
    F_starts: Indices,
    F_columns: Indices,
    F: Floats,
    border_inverse: Floats,
) -> Floats:
    """Diagonal of A inv(G) A' from the entries of inv(G) at pairs of columns that share a row.

    Only these entries are formed, block by block, each once: the selected inverse (Takahashi,
    Fagan and Chin 1973).
    """
    out = np.zeros(row_starts.size - 1)
    done = np.zeros(row_starts.size - 1, dtype=np.bool_)
    position = np.empty(border_inverse.shape[0], dtype=np.int64)
    cell = 0
    for b in range(starts.size - 1):
        first, width = starts[b], starts[b + 1] - starts[b]
        met = F_starts[first + 1] - F_starts[first]
        columns = F_columns[F_starts[first] : F_starts[first + 1]]
        for i in range(met):
            position[columns[i]] = i
        # Rows of F inv(S) at the columns met, and of inv(G_bb) + F inv(S) F'.
        across = np.zeros((width, met))
        within = np.empty((width, width))
        for t in range(width):
            for i in range(met):
                f = F[F_starts[first + t] + i]
                if f != 0.0:
                    for j in range(met):
                        across[t, j] += f * border_inverse[columns[j], columns[i]]
            for u in range(width):
                within[t, u] = inverse[cell]
                cell += 1
                for i in range(met):
                    within[t, u] += across[t, i] * F[F_starts[first + u] + i]
        for t in range(first, first + width):
            for at in range(column_starts[t], column_starts[t + 1]):
                row = column_rows[at]
                if done[row]:
                    continue
                done[row] = True
                total = 0.0
                for i in range(row_starts[row], row_starts[row + 1]):
                    p, c = place[row_columns[i]], number[row_columns[i]]
                    for j in range(row_starts[row], row_starts[row + 1]):
                        q, e = place[row_columns[j]], number[row_columns[j]]
                        if p >= 0 and q >= 0:
                            value = within[p - first, q - first]
                        elif p >= 0:
                            value = -across[p - first, position[e]]
                        elif q >= 0:
                            value = -across[q - first, position[c]]
                        else:
                            value = border_inverse[e, c]
                        total += entries[i] * entries[j] * value
                out[row] = total
    for row in range(out.size):
        if not done[row]:
            total = 0.0
            for i in range(row_starts[row], row_starts[row + 1]):
                c = number[row_columns[i]]
                for j in range(row_starts[row], row_starts[row + 1]):
                    value = border_inverse[number[row_columns[j]], c]
                    total += entries[i] * entries[j] * value
            out[row] = total
    return out

"""A refined solution in one loop, for designs whose core and null space are small.

The same steps as `empirics.solver.factorization` takes one after the other for large ones: at these
sizes their calls take longer than their arithmetic.
"""

import numpy as np

from empirics.solver.arrays import Floats, Indices
from empirics.solver.compiled import compiled
from empirics.solver.peeling import back_substitute
from empirics.solver.products import times, transposed_times
from empirics.solver.small_components import projected


@compiled
def refined(
    starts: Indices,
    columns: Indices,
    entries: Floats,
    pivot_rows: Indices,
    pivot_columns: Indices,
    pivot_entries: Floats,
    state: Indices,
    owner: Indices,
    share: Floats,
    core_starts: Indices,
    core_columns: Indices,
    core_entries: Floats,
    core_scale: Floats,
    core_inverse: Floats,
    core_rows: Indices,
    core_places: Indices,
    N_starts: Indices,
    N_columns: Indices,
    N: Floats,
    small_basic: Indices,
    small_free: Indices,
    basic: Indices,
    free: Indices,
    Y: Floats,
) -> Floats:
    """Solution of the merged columns, refined once with residuals taken from the design itself.

    The design comes by rows, with its pivots; `owner` is the column of the pivot that a column was
    merged into, elsewhere the column itself. The core comes by rows, its columns scaled by
    `core_scale`, with the inverse of its Gram matrix, zero at dependent columns, and with its rows
    and columns in the design. N is a basis of the null space by rows, `basic` and `free` are the
    columns of the design that these stand for. Y is (n, q).
    """
    n, q = Y.shape
    beta = np.zeros((state.size, q))
    part = np.zeros((state.size, q))
    left = Y
    for turn in range(2):
        inner = np.empty((core_rows.size, q))
        for i in range(core_rows.size):
            for c in range(q):
                inner[i, c] = left[core_rows[i], c]
        products = transposed_times(
            core_starts, core_columns, core_entries, inner, core_places.size
        )
        solved = np.dot(core_inverse, products)
        part[:] = 0.0
        for j in range(core_places.size):
            for c in range(q):
                part[core_places[j], c] = solved[j, c] * core_scale[j]
        back_substitute(
            starts, columns, entries, pivot_rows, pivot_columns, pivot_entries, state, left, part
        )
        if small_free.size:
            on_basic, on_free = np.empty((basic.size, q)), np.empty((free.size, q))
            for i in range(basic.size):
                for c in range(q):
                    on_basic[i, c] = part[basic[i], c]
            for i in range(free.size):
                for c in range(q):
                    on_free[i, c] = part[free[i], c]
            # Twice: the first time leaves errors relative to what it takes away.
            for _ in range(2):
                projected(N_starts, N_columns, N, small_basic, small_free, on_basic, on_free)
            for i in range(basic.size):
                for c in range(q):
                    part[basic[i], c] = on_basic[i, c]
            for i in range(free.size):
                for c in range(q):
                    part[free[i], c] = on_free[i, c]
        for j in range(state.size):
            for c in range(q):
                beta[j, c] += part[j, c]
        if turn == 0:
            spread = np.empty((state.size, q))
            for j in range(state.size):
                for c in range(q):
                    spread[j, c] = beta[owner[j], c] * share[j]
            fitted = times(starts, columns, entries, spread)
            left = np.empty((n, q))
            for i in range(n):
                for c in range(q):
                    left[i, c] = Y[i, c] - fitted[i, c]
    return beta

"""Projection on the row space of [I W] for a sparse W, one connected component at a time."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from scipy import sparse

from empirics.solver.arrays import Floats, Indices, Mask
from empirics.solver.compiled import compiled
from empirics.solver.rowspace import RowSpace, null_basis
from theorems import memory

# Components of up to this many entries are many; their bases are put into one sparse matrix.
_SMALL = 512


@dataclass(frozen=True)
class Component:
    """A large connected component of W: basic and free coordinates and their projector."""

    basic: Indices
    free: Indices
    space: RowSpace


@dataclass(frozen=True)
class NullSpace:
    """Null space of [I W], which [-W; I] spans, for W (r, f) without stored zeros.

    Attributes:
        determined: (r,) whether the basic coordinate is zero on the null space: its row of W is
            empty. A free coordinate never is.
        small: (r + f, k) orthonormal basis of the small components' null space.
        small_basic: basic coordinates in small components.
        small_free: free coordinates in small components.
        large: the other components.

    """

    determined: Mask
    small: sparse.csr_array
    small_basic: Indices
    small_free: Indices
    large: tuple[Component, ...]

    @classmethod
    def of(cls, W: sparse.csr_array) -> "NullSpace":
        """Split W and factor each component.

        Raises:
            MemoryError: a component does not fit in memory; the message holds the estimate.

        """
        r, f = W.shape
        determined = np.diff(W.indptr) == 0
        none = np.empty(0, dtype=np.int64)
        if f == 0:
            return cls(determined, sparse.csr_array((r, 0)), none, none, ())
        basic = np.flatnonzero(~determined)
        parts = _components(W, basic)
        rows, columns = max(parts, key=lambda part: part[0].size * part[1].size)
        size = rows.size + columns.size
        memory.require(
            f"a null space of dimension {columns.size} that ties {size} features together",
            3.0 * size * min(rows.size, columns.size) + 2.0 * rows.size * columns.size,
        )
        by_column = W.tocsc()
        place = np.empty(r, dtype=np.int64)
        large: list[Component] = []
        small: list[tuple[Indices, Indices, Floats]] = []
        for rows, columns in parts:
            place[rows] = np.arange(rows.size)
            block = np.zeros((rows.size, columns.size))
            for k, column in enumerate(columns):
                at = slice(by_column.indptr[column], by_column.indptr[column + 1])
                block[place[by_column.indices[at]], k] = by_column.data[at]
            if block.size > _SMALL:
                large.append(Component(rows, columns, RowSpace.of(block)))
            else:
                small.append((rows, columns, null_basis(block)))
        return cls(
            determined,
            _assemble(small, r, f),
            np.concatenate([none, *(rows for rows, _, _ in small)]),
            np.concatenate([none, *(columns for _, columns, _ in small)]),
            tuple(large),
        )

    @cached_property
    def _small_transposed(self) -> sparse.csr_array:
        return self.small.T.tocsr()

    def project(self, basic: Floats, free: Floats) -> None:
        """Project (r, q) basic and (f, q) free coordinates on the row space, in place."""
        r = basic.shape[0]
        if self.small.shape[1]:
            part = self._small_transposed @ np.concatenate([basic, free])
            away = self.small @ part
            basic -= away[:r]
            free -= away[r:]
        for c in self.large:
            split = c.basic.size
            V = c.space.project(np.concatenate([basic[c.basic], free[c.free]]))
            basic[c.basic], free[c.free] = V[:split], V[split:]

    def diagonal(self) -> tuple[Floats, Floats]:
        """P_ii of the (r,) basic and the (f,) free coordinates."""
        r = self.determined.size
        diagonal: Floats = np.asarray(1 - self.small.power(2).sum(axis=1), dtype=np.float64)
        basic, free = diagonal[:r], diagonal[r:]
        for c in self.large:
            basic[c.basic], free[c.free] = np.split(c.space.diagonal, [c.basic.size])
        return basic, free


def _components(W: sparse.csr_array, basic: Indices) -> list[tuple[Indices, Indices]]:
    """List the basic and the free coordinates of each component, given the non-empty rows."""
    label = _label(W.indptr, W.indices, W.shape[1])
    # Free coordinates behind the basic ones, so that each part begins with its basic ones.
    whole = np.append(label[W.indices[W.indptr[basic]]], label)
    by_label = np.argsort(whole, kind="stable")
    parts = np.split(by_label, np.flatnonzero(np.diff(whole[by_label])) + 1)
    return [
        (basic[part[part < basic.size]], part[part >= basic.size] - basic.size) for part in parts
    ]


@compiled
def _label(starts: Indices, columns: Indices, f: int) -> Indices:
    """Name each column's component by its first column; a row joins all columns that it holds."""
    parent = np.arange(f)
    for row in range(starts.size - 1):
        first = -1
        for at in range(starts[row], starts[row + 1]):
            root = columns[at]
            while parent[root] != root:
                parent[root] = parent[parent[root]]
                root = parent[root]
            if first < 0:
                first = root
            elif root < first:
                parent[first] = root
                first = root
            elif root > first:
                parent[root] = first
    for column in range(f):
        # A parent is never larger, and so has its name already.
        parent[column] = parent[parent[column]]
    return parent


def _assemble(bases: list[tuple[Indices, Indices, Floats]], r: int, f: int) -> sparse.csr_array:
    """Put the bases of disjoint components side by side."""
    rows, columns, entries, count = [], [], [], 0
    for basic, free, basis in bases:
        rows.append(np.repeat(np.concatenate([basic, free + r]), free.size))
        columns.append(np.tile(np.arange(count, count + free.size), basic.size + free.size))
        entries.append(basis.ravel())
        count += free.size
    if count == 0:
        return sparse.csr_array((r + f, 0))
    at: Any = (np.concatenate(rows), np.concatenate(columns))
    return sparse.coo_array((np.concatenate(entries), at), shape=(r + f, count)).tocsr()

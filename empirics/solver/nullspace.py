"""Projection on the row space of [I W] for a sparse W, one connected component at a time."""

from dataclasses import dataclass

import numpy as np

from empirics.solver.arrays import Floats, Indices, Mask
from empirics.solver.compiled import compiled
from empirics.solver.compressed import Compressed
from empirics.solver.rowspace import LARGEST_NORM, RowSpace
from empirics.solver.small_components import group, projected, rejected_rows, small_bases
from empirics.solver.sparse_rowspace import SparseRowSpace
from theorems import memory, patience

# Components of up to this many entries, and of so many free coordinates, are many; their bases are
# put into one sparse matrix.
_SMALL = 512
_SMALL_FREE = 32

# A component with fewer entries than this share of its cells is kept as a sparse array.
_SPARSE = 0.1


@dataclass(frozen=True)
class Component:
    """A large connected component of W: basic and free coordinates and their projector."""

    basic: Indices
    free: Indices
    space: RowSpace | SparseRowSpace


@dataclass(frozen=True)
class NullSpace:
    """Null space of [I W], which [-W; I] spans, for W (r, f) without stored zeros.

    Attributes:
        determined: (r,) whether the basic coordinate is zero on the null space: its row of W is
            empty. A free coordinate never is.
        small: (r + f, k) orthonormal basis of the small components' null space.
        small_basic: basic coordinates in small components, one component after the other.
        small_free: free coordinates in small components, likewise.
        basic_starts: edges of the components in `small_basic`.
        free_starts: edges of the components in `small_free`.
        large: the other components.

    """

    determined: Mask
    small: Compressed
    small_basic: Indices
    small_free: Indices
    basic_starts: Indices
    free_starts: Indices
    large: tuple[Component, ...]

    @classmethod
    def of(cls, W: Compressed) -> "NullSpace":
        """Split W and factor each component.

        Raises:
            MemoryError: a component does not fit in memory; the message holds the estimate.

        """
        r, f = W.shape
        determined = np.diff(W.indptr) == 0
        none = np.empty(0, dtype=np.int64)
        if f == 0:
            edge = np.zeros(1, dtype=np.int64)
            return cls(determined, Compressed.empty(r, 0), none, none, edge, edge, ())
        basic, basic_starts, free, free_starts = _grouped(W)
        rows, columns = np.diff(basic_starts), np.diff(free_starts)
        most = int(np.argmax(rows * columns))
        size = int(rows[most] + columns[most])
        purpose = f"a null space of dimension {columns[most]} that ties {size} features together"
        least = float(min(rows[most], columns[most]))
        doubles = 3.0 * size * least + 2.0 * rows[most] * columns[most]
        memory.require(purpose, doubles)
        patience.require(
            purpose, products=least**3 / 2, doubles=doubles, instead="fewer samples or features"
        )
        is_small = _are_small(rows, columns)
        starts, places, entries = small_bases(
            W.indptr,
            W.indices,
            W.data,
            basic,
            basic_starts,
            free,
            free_starts,
            is_small,
            LARGEST_NORM,
        )
        large = tuple(
            _component(
                W,
                basic[basic_starts[c] : basic_starts[c + 1]],
                free[free_starts[c] : free_starts[c + 1]],
            )
            for c in np.flatnonzero(~is_small)
        )
        if large:
            basic, basic_starts = _kept(basic, rows, is_small)
            free, free_starts = _kept(free, columns, is_small)
        small = Compressed(starts, places, entries, (r + f, free.size))
        return cls(determined, small, basic, free, basic_starts, free_starts, large)

    @property
    def largest(self) -> int:
        """Dimension of the null space of the largest component that is not small, or 0."""
        return max((int(c.free.size) for c in self.large), default=0)

    def project(self, basic: Floats, free: Floats) -> None:
        """Project (r, q) basic and (f, q) free coordinates on the row space, in place."""
        if self.small_free.size:
            N = self.small
            projected(N.indptr, N.indices, N.data, self.small_basic, self.small_free, basic, free)
        for c in self.large:
            split = c.basic.size
            V = c.space.project(np.concatenate([basic[c.basic], free[c.free]]))
            basic[c.basic], free[c.free] = V[:split], V[split:]

    def reject_small(self, V: Compressed) -> Compressed:
        """Rows of P V at `small_basic` and then at `small_free`, for V (r, q)."""
        N = self.small
        parts = rejected_rows(
            N.indptr,
            N.data,
            self.small_basic,
            self.basic_starts,
            self.small_free,
            self.free_starts,
            V.indptr,
            V.indices,
            V.data,
            V.shape[1],
        )
        return Compressed(*parts, (self.small_basic.size + self.small_free.size, V.shape[1]))

    def diagonal(self) -> tuple[Floats, Floats]:
        """P_ii of the (r,) basic and the (f,) free coordinates."""
        r = self.determined.size
        diagonal = 1 - self.small.squares()
        basic, free = diagonal[:r], diagonal[r:]
        for c in self.large:
            basic[c.basic], free[c.free] = np.split(c.space.diagonal, [c.basic.size])
        return basic, free


def large_components(W: Compressed) -> list[tuple[Indices, Indices]]:
    """Basic and free coordinates of the components of W (r, f) that are not small."""
    if W.shape[1] == 0:
        return []
    basic, basic_starts, free, free_starts = _grouped(W)
    large = np.flatnonzero(~_are_small(np.diff(basic_starts), np.diff(free_starts)))
    return [
        (
            basic[basic_starts[c] : basic_starts[c + 1]],
            free[free_starts[c] : free_starts[c + 1]],
        )
        for c in large
    ]


def _grouped(W: Compressed) -> tuple[Indices, Indices, Indices, Indices]:
    return group(W.indptr, W.indices, _label(W.indptr, W.indices, W.shape[1]))


def _are_small(rows: Indices, columns: Indices) -> Mask:
    return np.asarray((rows * columns <= _SMALL) & (columns <= _SMALL_FREE))


def _component(W: Compressed, basic: Indices, free: Indices) -> Component:
    part = W.select(basic)
    place = np.empty(W.shape[1], dtype=np.int64)
    place[free] = np.arange(free.size)
    block = Compressed(part.indptr, place[part.indices], part.data, (basic.size, free.size))
    sizes = np.abs(part.data)
    by_column = np.bincount(block.indices, sizes).max()
    by_row = np.add.reduceat(sizes, block.indptr[:-1]).max()
    if (
        free.size <= basic.size
        and block.nnz <= _SPARSE * basic.size * free.size
        and np.sqrt(by_column) * np.sqrt(by_row) <= LARGEST_NORM
    ):
        return Component(basic, free, SparseRowSpace.of(block))
    return Component(basic, free, RowSpace.of(block.csr().toarray()))


def _kept(members: Indices, sizes: Indices, which: Mask) -> tuple[Indices, Indices]:
    """Members of some groups, and the edges of these."""
    edges = np.append(0, np.cumsum(sizes[which]))
    return members[np.repeat(which, sizes)], edges


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

"""What variances and leave-one-out will take, told from sparse patterns before anything dense.

With s features whose Gram matrix is factored densely, and a null space that falls into components
of b basic and f free coordinates, of which t columns of the core are met,

    inv(S)                                             s^3 / 3  multiplications,
    and in each component   projections of columns     min(b, f)^2 (b + t),
                            their covariance C         s^2 t / 2 + s t^2,
                            the diagonal of P C P'     (b + f) t^2.

These are all dense. What else there is, sums over sparse rows, is a fraction of it and not counted.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from empirics.solver.arrays import Indices
from empirics.solver.compiled import compiled
from empirics.solver.compressed import Compressed
from theorems import memory, patience


@dataclass(frozen=True)
class Effort:
    """Of variances and leave-one-out.

    Attributes:
        dense: s, features whose Gram matrix is factored densely.
        null: f of the largest component.
        products: multiplications.
        doubles: 8-byte numbers that are needed at once.

    """

    dense: int
    null: int
    products: float
    doubles: float

    @classmethod
    def of(cls, dense: int, U: Compressed, components: Iterable[tuple[Indices, Indices]]) -> Effort:
        """Count what they take.

        Args:
            dense: s.
            U: (K, r) coefficients that K peeled features have on r features of the core.
            components: basic coordinates, the peeled features first, and free ones of each
                component of the null space that is not small.

        """
        s, null, most = float(dense), 0, 0.0
        products = s**3 / 3
        mark = np.full(U.shape[1], -1)
        for number, (basic, free) in enumerate(components):
            b, f = float(basic.size), float(free.size)
            t = float(_met(U.indptr, U.indices, basic, number, mark))
            products += min(b, f) ** 2 * (b + t) + s * t * (s / 2 + t) + (b + f) * t**2
            # The rows of C's root, with a copy; C; and three arrays of the size of the rows of P.
            most = max(most, 2 * s * t, s * t + t**2, t**2 + 3 * (b + f) * t)
            null = max(null, free.size)
        return cls(dense, null, products, 2 * s**2 + most)

    def require(self) -> None:
        """Refuse what would take too long or does not fit.

        Raises:
            TooLongError: it takes longer than is allowed; the message holds the estimate.
            TooLargeError: it does not fit in memory; likewise.

        """
        purpose = (
            f"variances with {self.dense} features that stay tied together and a null space of "
            f"dimension {self.null}"
        )
        patience.require(
            purpose,
            products=self.products,
            doubles=self.doubles,
            instead="coefficients alone, fewer samples",
        )
        memory.require(purpose, self.doubles)


@compiled
def _met(starts: Indices, columns: Indices, basic: Indices, number: int, mark: Indices) -> int:
    """How many columns some rows of [-U; I] meet."""
    met, above = 0, starts.size - 1
    for b in basic:
        if b >= above:
            c = b - above
            if mark[c] != number:
                mark[c] = number
                met += 1
            continue
        for at in range(starts[b], starts[b + 1]):
            c = columns[at]
            if mark[c] != number:
                mark[c] = number
                met += 1
    return met

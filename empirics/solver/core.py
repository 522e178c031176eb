"""What a factorization of the core of a design offers, however it is made."""

from typing import Protocol

from scipy import sparse

from empirics.solver.arrays import Floats, Indices, Mask
from empirics.solver.compressed import Compressed


class Core(Protocol):
    """Factorization of an a x b core A with r basic columns of full rank, f dependent ones.

    C stands for inv(A_basic' A_basic).
    """

    @property
    def basic(self) -> Indices:
        """(r,) ascending columns of A that are independent."""

    @property
    def dependent(self) -> Indices:
        """(f,) ascending other columns."""

    @property
    def dependence(self) -> tuple[sparse.csr_array, sparse.csr_array]:
        """W (r, f) with A_dependent = A_basic W, and bounds on its errors; no entry below its."""

    @property
    def dense_size(self) -> int:
        """Columns of the largest matrix that is factored densely."""

    @property
    def variances(self) -> Floats:
        """(r,) diagonal of C."""

    @property
    def leverage(self) -> tuple[Floats, Mask]:
        """(a,) 1 - H_ll, and whether it is 0: the row is fitted exactly for every Y."""

    def solve(self, Y: Floats) -> Floats:
        """Least-squares coefficients (r, q) of the basic columns for Y (a, q)."""

    def residual(self, Y: Floats) -> Floats:
        """Residuals Y - A_basic pinv(A_basic) Y for Y (a, q)."""

    def solve_transposed(self, V: Floats) -> Floats:
        """pinv(A_basic)' V, (a, q), for V (r, q)."""

    def quadratic(self, U: Compressed) -> Floats:
        """(k,) diagonal of U C U' for U (k, r)."""

    def quadratic_dense(self, V: Floats, columns: Indices) -> Floats:
        """(p,) diagonal of V C V' for a V that is zero outside these columns, V (p, len)."""

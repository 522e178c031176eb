"""The ways to solve that the benchmark compares: ours, and what one would otherwise call."""

import importlib
from collections.abc import Callable
from typing import Any

import numpy as np
from scipy import sparse
from scipy.sparse.linalg import lsmr

from empirics.solver.arrays import Floats
from empirics.solver.minimum_norm import MinimumNorm, minimum_norm

ACCURACY = 1e-10
"""At which iterative methods are compared, relative to the largest coefficient."""

OURS = "longtail, all but leave-one-out"
OURS_ALONE = "longtail, coefficients"
OURS_CERTIFIED = "longtail, coefficients, certified"
LSMR = "scipy lsmr"
DENSE = "numpy lstsq"
SPARSE_QR = "SuiteSparseQR"

RETURNS = {
    OURS: "minimum norm, identifiable set, projection, variances",
    OURS_ALONE: "minimum norm",
    OURS_CERTIFIED: "minimum norm; rank and identifiable set proved",
    LSMR: f"minimum norm to {ACCURACY:g}",
    DENSE: "minimum norm",
    SPARSE_QR: "a basic solution, not of minimum norm",
}
"""What each method gives for its time."""

# Powers of ten between which the loosest tolerance of lsmr that is accurate enough is sought.
FIRST_POWER, LAST_POWER = 6, 15


def everything(X: sparse.csc_array, Y: Floats) -> MinimumNorm:
    """Solve, with the identifiable set, the projection's diagonal and the variances."""
    solution = minimum_norm(X, Y, variances=True)
    _ = solution.identifiable, solution.projection_diagonal, solution.variance_diagonal
    return solution


def on_all_features(X: sparse.csc_array, solution: MinimumNorm) -> Floats:
    """Coefficients (d, q) with the zeros of unseen features."""
    out = np.zeros((X.shape[1], solution.coefficients.shape[1]))
    out[solution.features] = solution.coefficients
    return out


def lsmr_solution(X: sparse.csc_array, Y: Floats, power: int) -> Floats:
    """Coefficients (d, q) by lsmr at the tolerance 10^-power, from zero: of minimum norm."""
    limit, tolerance = 20 * min(X.shape), 10.0**-power
    solved = [lsmr(X, y, atol=tolerance, btol=tolerance, conlim=0, maxiter=limit)[0] for y in Y.T]
    return np.column_stack(solved)


def loosest_power(X: sparse.csc_array, Y: Floats, reference: Floats) -> int:
    """The loosest tolerance 10^-power at which lsmr is accurate enough on this design."""
    for power in range(FIRST_POWER, LAST_POWER):
        if relative_error(lsmr_solution(X, Y, power), reference) <= ACCURACY:
            return power
    return LAST_POWER


def relative_error(found: Floats, reference: Floats) -> float:
    """Largest difference over the largest coefficient."""
    return float(np.abs(found - reference).max() / np.abs(reference).max())


def methods(
    X: sparse.csc_array, Y: Floats, reference: Floats, *, dense: bool
) -> dict[str, Callable[[], Any]]:
    """What is timed on a draw, by name; lsmr's tolerance is sought before, untimed."""
    power = loosest_power(X, Y, reference)
    compared: dict[str, Callable[[], Any]] = {
        OURS: lambda: everything(X, Y),
        OURS_ALONE: lambda: minimum_norm(X, Y),
        OURS_CERTIFIED: lambda: minimum_norm(X, Y, certify=True),
        LSMR: lambda: lsmr_solution(X, Y, power),
    }
    if dense:
        array = X.toarray()
        compared[DENSE] = lambda: np.linalg.lstsq(array, Y, rcond=None)[0]
    try:
        spqr: Any = importlib.import_module("sparseqr")
    except ImportError:
        return compared
    # A basic solution: it fits as well but is not the one of minimum norm.
    coordinates = X.tocoo()
    compared[SPARSE_QR] = lambda: np.asarray(spqr.solve(coordinates, Y))
    return compared

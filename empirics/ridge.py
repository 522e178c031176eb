"""Ridge regression on a draw whose minimum-norm solution is known: no further factorization."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from empirics.solver import MinimumNorm

Array = NDArray[np.float64]
Mask = NDArray[np.bool_]


def shrinkage(penalty: float) -> Callable[[Array], Array]:
    """S -> S/(S^2 + penalty); 1/S, the minimum-norm solution, at 0.

    Raises:
        ValueError: for a penalty below 0 or not finite.
    """
    if not 0 <= penalty < np.inf:
        raise ValueError(f"penalty = {penalty}: must be a finite number >= 0")
    return lambda S: S / (S**2 + penalty) if penalty > 0 else 1 / S


def coefficients(solution: MinimumNorm, penalty: float) -> Array:
    """(m,) or (m, q) minimizer of ||y - X beta||^2 + penalty ||beta||^2 for each set of labels."""
    return solution.filtered(shrinkage(penalty))


def single_risk(
    solution: MinimumNorm,
    bias: Array,
    chosen: Mask,
    noisier: Mask,
    penalty: float,
) -> tuple[float, float, float]:
    """Mean squared error of chosen coefficients, with the noise integrated out.

    Args:
        solution: of the draw.
        bias: (m,) ridge coefficients of the noiseless labels, less beta*.
        chosen: (m,) the features that are averaged over.
        noisier: (n,) the samples whose labels may be corrupted.
        penalty: of the ridge.

    Returns:
        A, B, C of the risk A + sigma^2 B + rho tau^2 C; NaN where no feature is chosen.
    """
    if not chosen.any():
        return np.nan, np.nan, np.nan
    weights = solution.filter_rows(shrinkage(penalty), chosen)
    squared = weights.multiply(weights)
    count = int(chosen.sum())
    return (
        float(np.mean(bias[chosen] ** 2)),
        float(squared.sum()) / count,
        float((squared @ noisier.astype(np.float64)).sum()) / count,
    )

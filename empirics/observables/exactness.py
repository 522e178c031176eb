"""Quantities that are 0 in exact arithmetic, each with a bound on its rounding error.

A backward stable solution has residuals wrong by at most gamma (||X|| ||beta|| + ||y||)
with gamma = max(n, m) eps (Higham 2002, ch. 20), and where the exact residual is 0,
coefficients wrong by ||X^+|| times that; ||X^+||_F^2 is the trace of (X'X)^+.
"""

from __future__ import annotations

import numpy as np

from empirics.draws.training_set import TrainingSet
from empirics.observables.observable import Group, Observable
from theorems.model import COMBINED

TOGETHER = int(COMBINED.default)
"""Features of the test point whose loss is measured, as many as wherever features are combined."""


def measure(draw: TrainingSet) -> dict[str, float]:
    """Residuals and errors that theory says are 0."""
    backward = draw.backward
    residual, private = np.abs(draw.solution.residual), draw.private_rows
    errors = np.abs(draw.bias[draw.identifiable])
    worst = float(np.sort(errors)[-TOGETHER:].sum())
    allowed = float(draw.inverse_norm * backward[0])
    return {
        "interpolation_residual": float(residual[:, 0].max(initial=0.0)),
        "interpolation_residual_rounding": float(backward[0]),
        "private_residual": float(residual[private, 1].max(initial=0.0)),
        "private_residual_rounding": float(backward[1]),
        "private_samples": float(np.count_nonzero(private)),
        "error_on_identified": float(errors.max(initial=0.0)),
        "error_on_identified_rounding": allowed,
        "combination_loss": worst**2,
        "combination_loss_rounding": (TOGETHER * allowed) ** 2,
    }


GROUP = Group(
    "exactness",
    measure,
    (
        "interpolation_residual",
        "interpolation_residual_rounding",
        "private_residual",
        "private_residual_rounding",
        "private_samples",
        "error_on_identified",
        "error_on_identified_rounding",
        "combination_loss",
        "combination_loss_rounding",
    ),
)

OBSERVABLES = (
    Observable(
        "private_residual",
        "largest residual of a sample with a feature of its own",
        GROUP,
        rounding="private_residual_rounding",
    ),
    Observable(
        "interpolation_residual",
        "largest residual without noise",
        GROUP,
        rounding="interpolation_residual_rounding",
    ),
    Observable(
        "error_on_identified",
        "largest noiseless error of an identified feature",
        GROUP,
        rounding="error_on_identified_rounding",
    ),
    Observable(
        "combination_loss",
        f"largest noiseless loss of a test point of {TOGETHER} identified features, at worst signs",
        GROUP,
        rounding="combination_loss_rounding",
    ),
)

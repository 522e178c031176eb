"""Samples that the others cannot replace."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from empirics.draws.training_set import TrainingSet
from empirics.observables import bounds
from empirics.observables.observable import Group, Observable
from empirics.solver.minimum_norm import MinimumNorm

Mask = NDArray[np.bool_]


def indispensable(solution: MinimumNorm) -> Mask:
    """(n,) whether a row is no combination of the others, that is H_ll = 1."""
    return np.asarray(solution.leverage == 1)


def measure(draw: TrainingSet) -> dict[str, float]:
    """Samples that the others cannot replace, among all, with tail features, and without."""
    memorized, tail = indispensable(draw.solution), draw.tail_rows
    return {
        "memorized_samples": float(memorized.mean()),
        "memorized_tail_samples": float(memorized[tail].mean()) if tail.any() else math.nan,
        "memorized_common_samples": float(memorized[~tail].mean()) if not tail.all() else math.nan,
    }


GROUP = Group(
    "influence",
    measure,
    ("memorized_samples", "memorized_tail_samples", "memorized_common_samples"),
)

OBSERVABLES = (
    Observable(
        "memorized_samples",
        "share of samples that the others cannot replace",
        GROUP,
        bounds=bounds.SHARE,
    ),
    Observable(
        "memorized_tail_samples",
        "the same among samples with a tail feature",
        GROUP,
        bounds=bounds.SHARE,
    ),
    Observable(
        "memorized_common_samples",
        "the same among samples of common features only",
        GROUP,
        bounds=bounds.SHARE,
    ),
)

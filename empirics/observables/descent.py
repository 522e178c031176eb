"""Gradient descent against the minimum-norm solution, on the first draws only."""

from __future__ import annotations

from empirics.draws.training_set import TrainingSet
from empirics.observables.observable import Group, Observable
from empirics.solver.descent import distance_over_bound

DESCENT_DRAWS = 3
"""What is checked is claimed of every X alike."""


def measure(draw: TrainingSet) -> dict[str, float]:
    """Distance over its bound, with its rounding."""
    ratio, rounding = distance_over_bound(draw.X, draw.labels[:, 0], draw.solution)
    return {"gd_distance_over_bound": ratio, "gd_distance_over_bound_rounding": rounding}


GROUP = Group(
    "descent",
    measure,
    ("gd_distance_over_bound", "gd_distance_over_bound_rounding"),
    first=DESCENT_DRAWS,
)

OBSERVABLES = (
    Observable(
        "gd_distance_over_bound",
        "distance of gradient descent to X^+ y over its bound",
        GROUP,
        rounding="gd_distance_over_bound_rounding",
    ),
)

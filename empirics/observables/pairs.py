"""Pairs of features that were seen only together: how many, and how they share an error."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from empirics.draws.training_set import TrainingSet
from empirics.observables import bounds
from empirics.observables.observable import Group, Observable

Array = NDArray[np.float64]
Mask = NDArray[np.bool_]
Indices = NDArray[np.int64]


@dataclass(frozen=True)
class Pairs:
    """Pairs of features that appear once, together, and nothing else of that kind with them.

    Args:
        members: (pairs, 2) positions among the seen features.
        product: (pairs,) x_li x_lj.
        split: (pairs,) whether P_ii = 1/2: the hypothesis of `spurious-pair`.
    """

    members: Indices
    product: Array
    split: Mask

    def predicted(self, truth: Array) -> Array:
        """(pairs, 2) the statement's Delta, from beta* (m,)."""
        own = truth[self.members]
        return np.asarray((self.product[:, None] * own[:, ::-1] - own) / 2)


def spurious_pairs(draw: TrainingSet) -> Pairs:
    """The rows with exactly two features of their own; P_ii = 1/2 up to rounding, else below."""
    singles, rows = np.flatnonzero(draw.single), draw.row_of_single
    order = np.argsort(rows, kind="stable")
    singles, rows, signs = singles[order], rows[order], draw.sign_of_single[order]
    first = np.flatnonzero(np.bincount(rows, minlength=draw.n)[rows] == 2)[::2]
    members = np.column_stack([singles[first], singles[first + 1]])
    tolerance = 8 * draw.gamma
    deviation: Array = np.abs(draw.solution.projection_diagonal[members] - 0.5)
    half = (deviation <= tolerance).all(axis=1)
    return Pairs(
        members.astype(np.int64), np.asarray(signs[first] * signs[first + 1]), np.asarray(half)
    )


def measure(draw: TrainingSet) -> dict[str, float]:
    """Pairs that were seen only together: how many, and how far the formula is off."""
    in_row = np.bincount(draw.row_of_single, minlength=draw.n)
    pairs = spurious_pairs(draw)
    members = pairs.members[pairs.split]
    delta = draw.bias[members]
    deviation = np.abs(delta - pairs.predicted(draw.truth)[pairs.split])
    together = np.abs(delta[:, 0] + pairs.product[pairs.split] * delta[:, 1])
    wrong = draw.inverse_norm * float(draw.backward[0])
    return {
        "pairs_seen_together_once": float(np.sum(in_row * (in_row - 1)) / 2),
        "spurious_pairs": float(members.shape[0]),
        "spurious_pair_deviation": float(max(deviation.max(), together.max()))
        if members.size
        else math.nan,
        # Two coefficients enter the pair's own error.
        "spurious_pair_deviation_rounding": 2 * wrong,
    }


GROUP = Group(
    "pairs",
    measure,
    (
        "pairs_seen_together_once",
        "spurious_pairs",
        "spurious_pair_deviation",
        "spurious_pair_deviation_rounding",
    ),
)

OBSERVABLES = (
    Observable(
        "spurious_pair_deviation",
        "largest deviation from the spurious-pair formula",
        GROUP,
        rounding="spurious_pair_deviation_rounding",
    ),
    Observable(
        "spurious_pairs",
        "pairs that appear once, together, their row known otherwise",
        GROUP,
        bounds=bounds.PAIRS,
    ),
    Observable(
        "pairs_seen_together_once",
        "pairs of features that appear once, together",
        GROUP,
        bounds=bounds.PAIRS,
    ),
)

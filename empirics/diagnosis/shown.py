"""What one design shows of the observables that statements are checked against.

Only those that take no true coefficients. Their names are those of `longtail simulate`.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from scipy import sparse

from empirics.solver.arrays import Floats, Mask


@dataclass(frozen=True)
class Shown:
    """A number that a design shows.

    Attributes:
        observable: name of the observable.
        value: in its units.
        estimated: whether it takes estimated frequencies or noise, and is no plain count.

    """

    observable: str
    value: float
    estimated: bool = False


@dataclass(frozen=True)
class Measured:
    """A design with what was computed of it.

    Attributes:
        A: (n, m) its seen columns.
        tail: (m,) which features are tail features.
        frequencies: (m,) estimated.
        identifiable: (m,) mask.
        variance: (m,), or None.
        leverage: (n,), or None.
        excess: estimated loss beyond the noise, or None.

    """

    A: sparse.csc_array
    tail: Mask
    frequencies: Floats
    identifiable: Mask
    variance: Floats | None = None
    leverage: Floats | None = None
    excess: float | None = None


def shown(design: Measured) -> tuple[Shown, ...]:
    """All that the design shows; a mean of nothing is left out."""
    plain = _counts(design) | _solved(design)
    found = [Shown(name, value) for name, value in plain.items()]
    found += [Shown(name, value, estimated=True) for name, value in _estimates(design).items()]
    return tuple(one for one in found if math.isfinite(one.value))


def _counts(design: Measured) -> dict[str, float]:
    A, tail, identifiable = design.A, design.tail, design.identifiable
    n = A.shape[0]
    appearances = np.diff(A.indptr)
    column = np.repeat(np.arange(appearances.size), appearances)
    in_tail = tail[column]
    rows, columns = A.indices[in_tail], column[in_tail]
    held = np.bincount(rows, minlength=n)
    alone = np.unique(columns[held[rows] == 1])
    known = bool(identifiable[~tail].all())
    singles = np.bincount(A.indices[A.indptr[:-1][appearances == 1]], minlength=n)
    return {
        "tail_features_per_sample": rows.size / n,
        "tail_hit_rate": np.count_nonzero(held) / n,
        "common_only_samples": float(np.count_nonzero(held == 0)),
        "multi_tail_samples": float(np.count_nonzero(held >= 2)),
        "common_not_identified": float(not known),
        "alone_tail": float(alone.size),
        "unidentified_alone_tail": float(np.count_nonzero(~identifiable[alone])) * known,
        "unidentified_seen_tail": float(np.count_nonzero(tail & ~identifiable)),
        "pairs_seen_together_once": float(np.sum(singles * (singles - 1)) / 2),
    }


def _solved(design: Measured) -> dict[str, float]:
    values = {}
    if design.leverage is not None:
        values["memorized_samples"] = float(np.mean(design.leverage == 1))
    if design.variance is not None:
        appearances, known = np.diff(design.A.indptr), design.identifiable
        times = (appearances * design.variance)[known]
        values["variance_times_appearances"] = float(times.min(initial=math.inf))
        values["single_appearance_variance"] = _mean(design.variance[known & (appearances == 1)])
        values["recovered_tail_variance"] = _mean(design.variance[known & design.tail])
    return values


def _estimates(design: Measured) -> dict[str, float]:
    values = {}
    if design.variance is not None:
        weighted, known = design.frequencies * design.variance, design.identifiable
        values["variance_factor_identified"] = float(weighted[known].sum())
        values["variance_factor_unidentified"] = float(weighted[~known].sum())
    if design.excess is not None:
        values["in_distribution_loss"] = design.excess
    return values


def _mean(values: Floats) -> float:
    return float(values.mean()) if values.size else math.nan

"""What one design shows of the observables that statements are checked against.

Only those that take no true coefficients. Their names are those of `longtail simulate`.
"""

from __future__ import annotations

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
        rank: of the design.
        variance: (m,), or None.
        leverage: (n,), or None.
        train: mean squared training residual, or None.
        leave_one_out: mean squared leave-one-out residual, or None.
        noise_variance: estimated, or None.

    """

    A: sparse.csc_array
    tail: Mask
    frequencies: Floats
    identifiable: Mask
    rank: int
    variance: Floats | None = None
    leverage: Floats | None = None
    train: float | None = None
    leave_one_out: float | None = None
    noise_variance: float | None = None


def shown(design: Measured) -> tuple[Shown, ...]:
    """All that the design shows; a share of nothing is left out."""
    found = {name: Shown(name, value) for name, value in _counted(design).items()}
    found |= {name: Shown(name, value, True) for name, value in _estimated(design).items()}
    return tuple(one for one in found.values() if not np.isnan(one.value))


def _mean(values: Floats | Mask, where: Mask) -> float:
    return float(values[where].mean()) if where.any() else float("nan")


def _counted(design: Measured) -> dict[str, float]:
    A, tail, identifiable = design.A, design.tail, design.identifiable
    n = A.shape[0]
    counts = np.diff(A.indptr)
    once = counts == 1
    column = np.repeat(np.arange(counts.size), counts)
    in_tail = tail[column]
    tail_rows, tail_columns = A.indices[in_tail], column[in_tail]
    per_sample = np.bincount(tail_rows, minlength=n)
    alone = np.zeros(counts.size, dtype=np.bool_)
    alone[tail_columns[per_sample[tail_rows] == 1]] = True
    row_of_once = A.indices[A.indptr[:-1][once]]
    in_row = np.bincount(row_of_once, minlength=n)
    together = np.zeros(counts.size, dtype=np.bool_)
    together[once] = in_row[row_of_once] > 1
    unidentified = int(np.count_nonzero(tail & ~identifiable))
    common = bool(identifiable[~tail].all())
    values = {
        "seen_features": float(counts.size),
        "seen_tail": float(np.count_nonzero(tail)),
        "tail_features_per_sample": float(tail_rows.size) / n,
        "tail_hit_rate": float(np.count_nonzero(per_sample)) / n,
        "common_only_samples": float(np.count_nonzero(per_sample == 0)),
        "multi_tail_samples": float(np.count_nonzero(per_sample >= 2)),
        "common_identified": float(common),
        "common_not_identified": float(not common),
        "alone_tail": float(np.count_nonzero(alone)),
        "seen_not_alone_tail": float(np.count_nonzero(tail & ~alone)),
        "unidentified_alone_tail": float(np.count_nonzero(alone & ~identifiable)) * common,
        "unidentified_seen_tail": float(unidentified),
        "unrecovered_fraction": unidentified / counts.size,
        "tail_seen_once_together": float(np.count_nonzero(together & tail)),
        "pairs_seen_together_once": float(np.sum(in_row * (in_row - 1)) / 2),
    }
    if design.leverage is not None:
        memorized, held = design.leverage == 1, per_sample > 0
        values |= {
            "memorized_samples": float(memorized.mean()),
            "memorized_tail_samples": _mean(memorized, held),
            "memorized_common_samples": _mean(memorized, ~held),
        }
    if design.train is not None:
        values["train_loss"] = design.train
    if design.variance is not None:
        times = (counts * design.variance)[identifiable]
        values |= {
            "single_appearance_variance": _mean(design.variance, once & identifiable),
            "recovered_tail_variance": _mean(design.variance, tail & identifiable),
            "variance_times_appearances": float(times.min()) if times.size else float("nan"),
        }
    return values


def _estimated(design: Measured) -> dict[str, float]:
    values: dict[str, float] = {}
    if design.variance is not None:
        p, known = design.frequencies, design.identifiable
        weighted = p * design.variance
        values |= {
            "variance_factor": float(weighted.sum()),
            "variance_factor_identified": float(weighted[known].sum()),
            "variance_factor_unidentified": float(weighted[~known].sum()),
        }
    if design.leave_one_out is not None and design.noise_variance is not None:
        values["in_distribution_loss"] = design.leave_one_out - design.noise_variance
    return values

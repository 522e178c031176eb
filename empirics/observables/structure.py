"""How samples and features meet: what is seen, alone, together, identified."""

from __future__ import annotations

import numpy as np
from sympy import Piecewise, Symbol, nan

from empirics.draws.training_set import TrainingSet
from empirics.observables import bounds
from empirics.observables.observable import Events, Group, Observable


def measure(draw: TrainingSet) -> dict[str, float]:
    """Counts of features and samples."""
    n, k, tail = draw.setting.n, draw.setting.k, draw.tail
    first, per_sample = draw.first_tail, draw.tail_per_row
    tail_samples = draw.columns.indices[draw.columns.indptr[first] :]
    owner = np.repeat(np.arange(first, tail.size), draw.counts[first:])
    alone = np.zeros(tail.size, dtype=np.bool_)
    alone[owner[per_sample[tail_samples] == 1]] = True
    once, row_of_once = draw.single, draw.row_of_single
    together = np.bincount(row_of_once, minlength=n)[row_of_once] > 1
    identified = draw.identifiable
    common_seen = int(np.count_nonzero(~tail))
    all_common = common_seen == k and bool(identified[~tail].all())
    return {
        "seen_features": float(draw.features.size),
        "seen_tail": float(np.count_nonzero(tail)),
        "tail_features_per_sample": tail_samples.size / n,
        "tail_hit_rate": float(np.count_nonzero(per_sample)) / n,
        "common_only_samples": float(np.count_nonzero(per_sample == 0)),
        "multi_tail_samples": float(np.count_nonzero(per_sample >= 2)),
        "common_identified": float(all_common),
        "common_not_identified": float(not all_common),
        "alone_tail": float(np.count_nonzero(alone)),
        "tail_seen_once_together": float(np.count_nonzero(together & tail[once])),
        "unidentified_seen_tail": float(np.count_nonzero(tail & ~identified)),
        "unidentified_alone_tail": float(
            np.count_nonzero(alone & ~identified) if all_common else 0
        ),
        # Both are counts of what the solver decides exactly.
        "unidentified_alone_tail_rounding": 0.0,
        "rank": float(draw.solution.rank),
    }


GROUP = Group(
    "structure",
    measure,
    (
        "seen_features",
        "seen_tail",
        "tail_features_per_sample",
        "tail_hit_rate",
        "common_only_samples",
        "multi_tail_samples",
        "common_identified",
        "common_not_identified",
        "alone_tail",
        "tail_seen_once_together",
        "unidentified_seen_tail",
        "unidentified_alone_tail",
        "unidentified_alone_tail_rounding",
        "rank",
    ),
)

_UNIDENTIFIED, _SEEN = Symbol("unidentified_seen_tail"), Symbol("seen_features")

OBSERVABLES = (
    Observable("seen_features", "features seen in training", GROUP, bounds=bounds.FEATURES),
    Observable("seen_tail", "tail features seen in training", GROUP, bounds=bounds.TAIL_FEATURES),
    Observable(
        "unidentified_seen_tail",
        "tail features seen but not identified",
        GROUP,
        bounds=bounds.TAIL_FEATURES,
    ),
    Observable(
        "tail_seen_once_together",
        "tail features seen once, in a sample with another feature seen once",
        GROUP,
        bounds=bounds.TAIL_FEATURES,
    ),
    Observable(
        "unrecovered_fraction",
        "share of the seen features that are tail features and not identified",
        GROUP,
        Piecewise((_UNIDENTIFIED / _SEEN, _SEEN > 0), (nan, True)),
        bounds=bounds.SHARE,
    ),
    Observable(
        "alone_tail",
        "tail features that are alone in some sample",
        GROUP,
        self_bounding=True,  # a sample shows one such feature at most
        bounds=bounds.TAIL_FEATURES,
    ),
    Observable(
        "seen_not_alone_tail",
        "tail features seen but alone in no sample",
        GROUP,
        Symbol("seen_tail") - Symbol("alone_tail"),
        bounds=bounds.TAIL_FEATURES,
    ),
    Observable(
        "unidentified_alone_tail",
        "tail features alone in some sample, not identified although all common ones are",
        GROUP,
        rounding="unidentified_alone_tail_rounding",
        bounds=bounds.TAIL_FEATURES,
    ),
    Observable(
        "tail_features_per_sample",
        "tail features of a sample",
        GROUP,
        # Every entry of the tail's columns is an event, rare ones among them.
        events=lambda setting: Events(setting.n * (setting.d - setting.k), 1 / setting.n),
        bounds=bounds.TAIL_FEATURES,
    ),
    # Samples are independent and alike: what some of them show is binomial.
    Observable(
        "tail_hit_rate",
        "share of samples with a tail feature",
        GROUP,
        events=lambda setting: Events(setting.n, 1 / setting.n),
        bounds=bounds.SHARE,
    ),
    Observable(
        "common_only_samples",
        "samples without a tail feature",
        GROUP,
        events=lambda setting: Events(setting.n),
        bounds=bounds.SAMPLES,
    ),
    Observable(
        "multi_tail_samples",
        "samples with two or more tail features",
        GROUP,
        events=lambda setting: Events(setting.n),
        bounds=bounds.SAMPLES,
    ),
    Observable(
        "no_multi_tail_sample",
        "share of draws in which no sample holds two tail features",
        GROUP,
        Piecewise((1, Symbol("multi_tail_samples") < 1), (0, True)),
        rate=True,
        bounds=bounds.SHARE,
    ),
    Observable(
        "common_identified",
        "share of draws with every common feature identified",
        GROUP,
        rate=True,
        bounds=bounds.SHARE,
    ),
    Observable(
        "common_not_identified",
        "share of draws with some common feature not",
        GROUP,
        rate=True,
        bounds=bounds.SHARE,
    ),
)

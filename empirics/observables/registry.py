"""The observed quantities by name: per-draw values at a given sigma, from sigma-free ones."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from theorems.model import CORRUPTED_SHARE, CORRUPTION

Array = NDArray[np.float64]
Values = Mapping[str, Array]

CORRUPTION_VARIANCE = float(CORRUPTED_SHARE.default * CORRUPTION.default**2)
"""rho tau^2 as the statements have it by default."""


@dataclass(frozen=True)
class Observable:
    """A quantity that draws show.

    Args:
        name: as in `longtail simulate --json`.
        meaning: one line.
        compute: per-draw values, shape (runs,), from the recorded ones and sigma.
        rate: whether the values are 0 or 1.
    """

    name: str
    meaning: str
    compute: Callable[[Values, float], Array]
    rate: bool = False


def _share(part: Array, whole: Array) -> Array:
    """The quotient part/whole, NaN where there is no whole."""
    return np.divide(part, whole, out=np.full_like(whole, np.nan), where=whole > 0)


def _recorded(name: str, meaning: str, *, rate: bool = False) -> Observable:
    return Observable(name, meaning, lambda values, _: values[name], rate)


def _quadratic(name: str, bias: str, variance: str, meaning: str, factor: float = 1) -> Observable:
    return Observable(
        name,
        meaning,
        lambda values, sigma: factor * (values[bias] + sigma**2 * values[variance]),
    )


def _root(name: str, bias: str, variance: str, meaning: str) -> Observable:
    return Observable(
        name,
        meaning,
        lambda values, sigma: np.sqrt(values[bias] + sigma**2 * values[variance]),
    )


def _ood(t: int) -> Observable:
    def compute(values: Values, sigma: float) -> Array:
        return t * values["recovered_tail_variance" if sigma > 0 else "recovered_tail_bias"]

    return Observable(
        f"ood_loss_{t}",
        f"loss at {t} identified tail feature(s), random signs; over sigma^2 where sigma > 0",
        compute,
    )


_ALL = (
    _quadratic(
        "in_distribution_loss",
        "in_distribution_bias",
        "variance_factor",
        "population loss, noise integrated out",
    ),
    _recorded("in_distribution_bias", "population loss without noise"),
    _recorded("variance_factor", "sum_i p_i [(X'X)^+]_ii"),
    _recorded("variance_factor_identified", "sum over identified i of p_i [(X'X)^+]_ii"),
    _recorded(
        "variance_factor_unidentified", "sum over seen, not identified i of p_i [(X'X)^+]_ii"
    ),
    _recorded("missing_mass", "sum over unseen i of p_i beta_i^2"),
    _recorded("seen_features", "features seen in training"),
    _recorded("seen_tail", "tail features seen in training"),
    _recorded("unidentified_seen_tail", "tail features seen but not identified"),
    _recorded(
        "tail_seen_once_together",
        "tail features seen once, in a sample with another feature seen once",
    ),
    Observable(
        "unrecovered_fraction",
        "share of the seen features that are tail features and not identified",
        lambda values, _: _share(values["unidentified_seen_tail"], values["seen_features"]),
    ),
    _recorded("alone_tail", "tail features that are alone in some sample"),
    Observable(
        "seen_not_alone_tail",
        "tail features seen but alone in no sample",
        lambda values, _: values["seen_tail"] - values["alone_tail"],
    ),
    _recorded("unidentified_alone_tail", "of these, not identified although all common ones are"),
    _recorded("tail_features_per_sample", "tail features of a sample"),
    _recorded("tail_hit_rate", "share of samples with a tail feature"),
    _recorded("common_only_samples", "samples without a tail feature"),
    _recorded("multi_tail_samples", "samples with two or more tail features"),
    _recorded(
        "common_identified", "share of draws with every common feature identified", rate=True
    ),
    _recorded("common_not_identified", "share of draws with some common feature not", rate=True),
    _recorded(
        "single_appearance_variance",
        "variance over sigma^2 of the estimate of an identified feature seen once",
    ),
    _recorded("private_residual", "largest residual of a sample with a feature of its own"),
    _recorded("interpolation_residual", "largest residual without noise"),
    _recorded("error_on_identified", "largest noiseless error of an identified feature"),
    _recorded("flip_difference", "noiseless loss minus the same with random signs of beta*"),
    _recorded("gd_distance_over_bound", "distance of gradient descent to X^+ y over its bound"),
    Observable(
        "train_loss",
        "training loss, noise integrated out: sigma^2 (1 - rank/n)",
        lambda values, sigma: sigma**2 * values["train_loss_factor"],
    ),
    _recorded("variance_times_appearances", "least T_i [(X'X)^+]_ii over identified features"),
    _recorded(
        "competitor_variance_ratio",
        "least variance of the estimate from tail-free rows over that of the minimum-norm one",
    ),
    _recorded("competitor_common_ratio", "the same, mean over the common features"),
    *(
        _recorded(f"ood_single_{t}", f"loss over sigma^2 at {t} identified feature(s) seen once")
        for t in (1, 2, 3)
    ),
    *(
        _recorded(f"ood_worst_{t}", f"loss over sigma^2 at the worst {t} identified feature(s)")
        for t in (1, 2, 3)
    ),
    _recorded("memorized_share", "share of its label that a feature seen once keeps under ridge"),
    Observable(
        "corrupted_single_risk",
        "squared error of identified features seen once, ridge on corrupted tail labels",
        lambda values, sigma: (
            values["ridge_single_A"]
            + sigma**2 * values["ridge_single_B"]
            + CORRUPTION_VARIANCE * values["ridge_single_C"]
        ),
    ),
    _recorded("leave_one_out_difference", "leave-one-out formula less retraining, largest"),
    _recorded("memorized_samples", "share of samples that the others cannot replace"),
    _recorded("memorized_tail_samples", "the same among samples with a tail feature"),
    _recorded("memorized_common_samples", "the same among samples of common features only"),
    _recorded("spurious_pair_deviation", "largest deviation from the spurious-pair formula"),
    _recorded("spurious_pairs", "pairs that appear once, together, their row known otherwise"),
    _recorded("pairs_seen_together_once", "pairs of features that appear once, together"),
    _ood(1),
    _ood(2),
    _ood(3),
    _quadratic(
        "ood_seen_loss_3",
        "seen_tail_bias",
        "seen_tail_variance",
        "loss at 3 seen tail features, identified or not, random signs",
        factor=3,
    ),
    _root("long_tail_error", "seen_tail_bias", "seen_tail_variance", "RMS error, seen tail"),
    _root(
        "recovered_tail_error",
        "recovered_tail_bias",
        "recovered_tail_variance",
        "RMS error of identified tail features",
    ),
    Observable(
        "single_appearance_error",
        "RMS error of identified features seen once",
        lambda values, sigma: sigma * np.sqrt(values["single_appearance_variance"]),
    ),
    _quadratic(
        "common_squared_error", "common_bias", "common_variance", "mean squared error, common"
    ),
    _recorded("recovered_tail_variance", "mean of [(X'X)^+]_ii over identified tail features"),
    _root("common_error", "common_bias", "common_variance", "RMS error of common features"),
)

OBSERVABLES: dict[str, Observable] = {observable.name: observable for observable in _ALL}

ROUNDING = "_rounding"
"""Suffix of the recorded bound on the rounding error of a quantity that is exactly 0."""

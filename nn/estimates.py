"""Medians, means and their intervals over a handful of seeds; None where there is no number.

A verdict here is on one stated pattern at one stated threshold, from an interval over seeds; with
five seeds that is their whole range, the widest a distribution-free interval can be. Intervals are
per claim: nothing is corrected for the number of claims judged together.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Sequence

import numpy as np
from scipy import stats

from nn.documents import ERROR, Interval, Mean, Median, Origin, PatternVerdict, Word

#: Coverage of every interval of this package.
COVERAGE = 1 - ERROR


def median_of(values: Sequence[float | None]) -> Median:
    """Summarize values over seeds.

    The interval is the distribution-free one of order statistics where the seeds allow the
    coverage; below six seeds no such interval reaches 95 %, so the whole range is given and
    ``coverage`` says how much that is: 1 - 2^(1-m) for m seeds.

    Args:
        values: one per seed, None where a run diverged.

    Returns:
        their summary; a single diverged run makes it None: a median over survivors would hide the
        failure.

    """
    kept = _finite(values)
    ordered = np.sort([v for v in kept if v is not None])
    m = len(ordered)
    if m == 0 or m < len(kept):
        return Median(median=None, ci_low=None, ci_high=None, coverage=None, values=kept)
    cut = 0
    # P(median below the (cut+2)-th smallest) must stay under half of what may be missed.
    while stats.binom.cdf(cut, m, 0.5) <= (1 - COVERAGE) / 2 and 2 * (cut + 1) < m:
        cut += 1
    below = max(cut - 1, 0)
    return Median(
        median=float(np.median(ordered)),
        ci_low=float(ordered[below]),
        ci_high=float(ordered[m - 1 - below]),
        coverage=float(1 - 2 * stats.binom.cdf(below, m, 0.5)) if m > 1 else 0.0,
        values=kept,
    )


def mean_of(
    values: Sequence[float | None], within: tuple[float, float] = (-math.inf, math.inf)
) -> Mean:
    """Summarize by the mean with Student's t interval over seeds.

    Args:
        values: one per seed, None where a run diverged.
        within: what the quantity can be; the interval is cut there, which costs no coverage.

    Returns:
        their summary; None without a number, and one value has no interval.

    """
    kept = _finite(values)
    numbers = [v for v in kept if v is not None]
    if not numbers or len(numbers) < len(kept):
        return Mean(mean=None, ci_low=None, ci_high=None, standard_error=None, values=kept)
    mean = float(np.mean(numbers))
    if len(numbers) == 1:
        return Mean(mean=mean, ci_low=None, ci_high=None, standard_error=None, values=kept)
    error = float(np.std(numbers, ddof=1) / math.sqrt(len(numbers)))
    half = float(stats.t.ppf((1 + COVERAGE) / 2, len(numbers) - 1)) * error
    return Mean(
        mean=mean,
        ci_low=max(mean - half, within[0]),
        ci_high=min(mean + half, within[1]),
        standard_error=error,
        values=kept,
    )


def _finite(values: Sequence[float | None]) -> tuple[float | None, ...]:
    """The values; what is no number is None."""
    return tuple(v if v is not None and math.isfinite(v) else None for v in values)


def ratios(above: Sequence[float | None], below: Sequence[float | None]) -> list[float | None]:
    """Ratios of paired values; None where either is missing or the lower one is not positive."""
    return [
        a / b if a is not None and b is not None and b > 0 else None
        for a, b in zip(above, below, strict=True)
    ]


def verdict(
    identity: str,
    text: str,
    good: bool | None,
    bad: bool | None,
    slack: float | None,
    origin: Origin = "paper",
) -> PatternVerdict:
    """Word a verdict from the two ends of what was observed.

    Args:
        identity: name of the claim.
        text: what was claimed and what was seen.
        good: the whole interval is on the claim's side; None where there is no number.
        bad: the whole interval is on the other side.
        slack: how far the median is on the claim's side, as a factor.
        origin: "paper" where the paper claims it of networks; "question" where we ask whether
            something carries over to networks, so that a "refuted" is an answer, not a failure.

    """
    word: Word = "no number"
    if good is not None and bad is not None:
        word = "holds" if good else "refuted" if bad else "inconclusive"
    return PatternVerdict(id=identity, origin=origin, verdict=word, text=text, slack=slack)


def over_seeds(verdicts: Sequence[PatternVerdict], seeds: int) -> tuple[PatternVerdict, ...]:
    """Judge no further than the seeds allow: one seed has no interval, so nothing holds or fails.

    Args:
        verdicts: what ``verdict`` returned.
        seeds: how many seeds they rest on.

    """
    if seeds > 1:
        return tuple(verdicts)
    return tuple(
        v.model_copy(
            update={"verdict": "inconclusive", "text": f"{v.text} (one seed, no interval)"}
        )
        if v.verdict in ("holds", "refuted")
        else v
        for v in verdicts
    )


def span(summary: Median) -> str:
    """Word a median with its interval; one value has none."""
    seen = summary.interval
    if seen is None:
        return "no number"
    if len(summary.values) < 2:
        return f"{seen.middle:.3g}"
    return bracketed(seen)


def bracketed(seen: Interval) -> str:
    """Word what was seen with both ends of its interval."""
    return f"{seen.middle:.3g} [{seen.low:.3g}, {seen.high:.3g}]"


#: A verdict on what the paper does not claim of networks.
question = functools.partial(verdict, origin="question")

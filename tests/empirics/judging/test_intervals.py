"""Intervals against scipy, and their coverage.

Simulations are seeded: they always give the same answer. A number of misses is compared with
the quantile of its binomial law that a correct interval would exceed, over random seeds, with
probability 10^-6.
"""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy import stats

from empirics.judging.intervals import (
    RARE,
    Estimate,
    binomial_interval,
    controlled_estimate,
    estimate,
)

Array = NDArray[np.float64]
UNLIKELY = 1e-6


@given(
    runs=st.integers(1, 300),
    share=st.floats(0, 1),
    confidence=st.sampled_from([0.5, 0.9, 0.95, 0.999]),
)
def test_rates_get_the_exact_interval(runs: int, share: float, confidence: float) -> None:
    successes = round(share * runs)
    exact = stats.binomtest(successes, runs).proportion_ci(confidence, method="exact")
    assert binomial_interval(successes, runs, confidence) == pytest.approx(
        (exact.low, exact.high), rel=1e-9, abs=1e-12
    )
    values = np.zeros(runs)
    values[:successes] = 1
    shown = estimate(values, confidence, rate=True)
    assert (shown.ci_low, shown.ci_high) == binomial_interval(successes, runs, confidence)
    assert shown.mean == pytest.approx(successes / runs)
    assert shown.runs == runs


@pytest.mark.parametrize("runs", [1, 7, 50])
@pytest.mark.parametrize("confidence", [0.8, 0.95, 0.999])
def test_rates_are_covered_whatever_they_are(runs: int, confidence: float) -> None:
    """Coverage, summed over the binomial law, at 199 rates."""
    intervals = [binomial_interval(count, runs, confidence) for count in range(runs + 1)]
    for rate in np.linspace(0.005, 0.995, 199):
        weights = stats.binom.pmf(np.arange(runs + 1), runs, rate)
        inside = np.array([low <= rate <= high for low, high in intervals])
        assert weights[inside].sum() >= confidence - 1e-12


@given(
    values=st.lists(
        st.floats(-1e3, 1e3).map(lambda x: round(x, 6)), min_size=2, max_size=60, unique=True
    ),
    confidence=st.sampled_from([0.5, 0.95, 0.9999]),
)
def test_means_get_students_interval(values: list[float], confidence: float) -> None:
    sample = np.array(values)
    shown = estimate(sample, confidence)
    low, high = stats.t.interval(
        confidence, sample.size - 1, loc=sample.mean(), scale=stats.sem(sample)
    )
    assert (shown.ci_low, shown.ci_high) == pytest.approx((low, high), rel=1e-9, abs=1e-9)
    assert shown.half_width == pytest.approx((high - low) / 2, rel=1e-9, abs=1e-9)
    assert shown.confidence == confidence


def test_too_few_values() -> None:
    nothing = estimate(np.full(4, np.nan), 0.95)
    assert nothing.runs == 0
    assert all(math.isnan(x) for x in (nothing.mean, nothing.ci_low, nothing.ci_high))
    one = estimate(np.array([np.nan, 3.0]), 0.95)
    assert (one.mean, one.runs) == (3.0, 1)
    assert math.isnan(one.ci_low)
    assert math.isnan(one.ci_high)


@given(st.lists(st.floats(-5, 5), min_size=3, max_size=30), st.integers(0, 5))
def test_draws_without_a_value_do_not_count(values: list[float], holes: int) -> None:
    sample = np.array(values)
    with_holes = np.concatenate([sample, np.full(holes, np.nan)])
    assert estimate(with_holes, 0.9) == estimate(sample, 0.9)


def test_draws_without_a_control_do_not_count() -> None:
    rng = np.random.default_rng(6)
    y, x = rng.standard_normal((2, 20))
    nan = np.full(3, np.nan)
    expected = controlled_estimate(y, x, 0.1, 0.9)
    assert expected.runs == 20
    for holes in ((nan, np.ones(3)), (np.ones(3), nan), (nan, nan)):
        with_holes = (np.concatenate([y, holes[0]]), np.concatenate([x, holes[1]]))
        assert controlled_estimate(*with_holes, 0.1, 0.9) == expected


def test_scaling() -> None:
    assert Estimate(1.0, 0.5, 2.0, 9, 0.95).scaled(4) == Estimate(4.0, 2.0, 8.0, 9, 0.95)


@pytest.mark.parametrize("deviating", range(RARE))
def test_a_rare_deviation_gets_the_interval_of_its_rate(deviating: int) -> None:
    values = np.full(60, 7.0)
    values[:deviating] = 7 + np.arange(1, deviating + 1)
    shown = estimate(values, 0.95)
    _, most = binomial_interval(deviating, 60, 0.95)
    reach = most * max(deviating, 1)
    assert (shown.ci_low, shown.ci_high) == pytest.approx((max(7 - reach, 0), 7 + reach))
    assert shown.mean == pytest.approx(values.mean())


def test_ten_deviations_get_students_interval() -> None:
    values = np.full(60, 7.0)
    values[:RARE] = 8.0
    low, high = stats.t.interval(0.95, 59, loc=values.mean(), scale=stats.sem(values))
    shown = estimate(values, 0.95)
    assert (shown.ci_low, shown.ci_high) == pytest.approx((low, high))


def test_rare_intervals_go_below_zero_only_if_a_draw_did() -> None:
    assert estimate(np.zeros(30), 0.95).ci_low == 0
    mixed = np.zeros(30)
    mixed[0] = -2.0
    _, most = binomial_interval(1, 30, 0.95)
    assert estimate(mixed, 0.95).ci_low == pytest.approx(-2 * most)
    # A count that is 3 unless something rare happens is 3 or a little less on average.
    assert estimate(np.full(40, 3.0), 0.95).ci_low < 3 < estimate(np.full(40, 3.0), 0.95).ci_high


@pytest.mark.parametrize("rate", [0.0005, 0.005, 0.02, 0.05, 0.1])
def test_counts_of_rare_events_are_covered(rate: float) -> None:
    """Events of size 1 in 50 draws: the exact coverage, over the binomial law of their number."""
    coverage = 0.0
    for events in range(51):
        values = np.zeros(50)
        values[:events] = 1
        shown = estimate(values, 0.95)
        if shown.ci_low <= rate <= shown.ci_high:
            coverage += float(stats.binom.pmf(events, 50, rate))
    # Student's interval of ten or more events is no exact one; they are improbable up to 0.1.
    improbable = float(stats.binom.sf(RARE - 1, 50, rate))
    assert coverage >= 0.95 - improbable
    assert improbable < 0.03


def misses(inside: Array, level: float) -> None:
    """Neither more nor fewer intervals miss than their level says."""
    count, trials = int(np.count_nonzero(~inside.astype(bool))), inside.size
    low, high = stats.binom.ppf([UNLIKELY / 2, 1 - UNLIKELY / 2], trials, 1 - level)
    assert low <= count <= high, (count, low, high)


def test_students_interval_covers_the_mean_of_a_normal_law() -> None:
    rng = np.random.default_rng(1)
    inside = []
    for _ in range(3000):
        shown = estimate(rng.standard_normal(6), 0.9)
        inside.append(shown.ci_low <= 0 <= shown.ci_high)
    # The normal quantile in place of Student's would miss 15% of the time: 9 deviations away.
    misses(np.array(inside), 0.9)


@given(
    data=st.lists(st.tuples(st.floats(-3, 3), st.floats(-3, 3)), min_size=12, max_size=40),
    mean=st.floats(-2, 2),
)
def test_control_variates_are_a_regression_line_at_the_known_mean(
    data: list[tuple[float, float]], mean: float
) -> None:
    jitter = np.random.default_rng(3).normal(0, 0.1, (2, len(data)))
    x, y = np.array(data).T + jitter
    shown = controlled_estimate(y, x, mean, 0.95)
    line = stats.linregress(x - mean, y)
    half = stats.t.ppf(0.975, x.size - 2) * line.intercept_stderr
    assert shown.mean == pytest.approx(line.intercept, rel=1e-8, abs=1e-8)
    assert shown.half_width == pytest.approx(half, rel=1e-8, abs=1e-8)
    assert shown.runs == x.size


def test_controlled_estimates_are_unbiased_and_cover() -> None:
    """Normal pairs, 12 draws: the textbook's interval is exact."""
    rng = np.random.default_rng(2)
    trials, means, widths, inside = 3000, [], [], []
    for _ in range(trials):
        control = rng.standard_normal(12) + 5
        values = 2 + 3 * (control - 5) + 0.5 * rng.standard_normal(12)
        shown = controlled_estimate(values, control, 5.0, 0.95)
        means.append(shown.mean)
        widths.append(shown.half_width)
        inside.append(shown.ci_low <= 2 <= shown.ci_high)
    misses(np.array(inside), 0.95)
    # |mean error| beyond 4.9 standard errors has probability 10^-6.
    error = (np.mean(means) - 2) / (np.std(means) / math.sqrt(trials))
    assert abs(error) < 4.9
    # Without the control the spread is sqrt(9.25) in place of 0.5: it must be worth it.
    assert np.mean(widths) < 0.25 * stats.t.ppf(0.975, 11) * math.sqrt(9.25 / 12)


@pytest.mark.parametrize(
    ("values", "control", "mean"),
    [
        (np.arange(11.0), np.arange(11.0) ** 2, 3.0),  # too few draws
        (np.arange(20.0), np.ones(20), 1.0),  # a control that does not vary
        (np.arange(20.0), np.arange(20.0), math.nan),  # an unknown mean
        (np.arange(20.0), np.arange(20.0), math.inf),
        (np.repeat([4.0, 5.0], [15, 5]), np.arange(20.0), 3.0),  # a rare event
    ],
)
def test_without_a_usable_control_the_plain_interval_serves(
    values: Array, control: Array, mean: float
) -> None:
    assert controlled_estimate(values, control, mean, 0.9) == estimate(values, 0.9)


def test_a_controlled_estimate_of_nothing() -> None:
    nothing = controlled_estimate(np.full(20, np.nan), np.arange(20.0), 1.0, 0.9)
    assert nothing.runs == 0
    assert math.isnan(nothing.ci_low)

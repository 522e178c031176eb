"""Intervals against scipy, and their coverage.

Simulations are seeded: they always give the same answer. A number of misses is compared with
the quantile of its binomial law that a correct interval would exceed, over random seeds, with
probability 10^-6.
"""

import math
from itertools import product

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy import stats

from empirics.judging.finite_sample import (
    betting_interval,
    binomial_interval,
    events_interval,
)
from empirics.judging.intervals import (
    BETTING,
    BINOMIAL,
    NONE,
    RARE,
    STUDENT,
    STUDENT_RUNS,
    Estimate,
    controlled_estimate,
    estimate,
    excess_estimate,
    moved_out,
    on_a_line,
    rare,
    skew_quantiles,
    skewness,
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
        st.floats(-1e3, 1e3).map(lambda x: round(x, 6)),
        min_size=STUDENT_RUNS,
        max_size=60,
        unique=True,
    ),
    confidence=st.sampled_from([0.5, 0.95, 0.9999]),
)
def test_means_get_students_interval_moved_out_for_their_skewness(
    values: list[float], confidence: float
) -> None:
    sample = np.array(values)
    shown = estimate(sample, confidence)
    low, high = stats.t.interval(
        confidence, sample.size - 1, loc=sample.mean(), scale=stats.sem(sample)
    )
    below, above = skew_quantiles(sample - sample.mean(), sample.size - 1, confidence)
    assert shown.mean - shown.ci_low == pytest.approx(below * stats.sem(sample), rel=1e-9)
    assert shown.ci_high - shown.mean == pytest.approx(above * stats.sem(sample), rel=1e-9)
    slack = 1e-9 * (high - low)
    assert shown.ci_low <= low + slack
    assert high - slack <= shown.ci_high
    assert shown.ci_high - shown.ci_low <= 4 * (high - low) * (1 + 1e-9)
    mirrored = estimate(-sample, confidence)
    assert (mirrored.ci_low, mirrored.ci_high) == pytest.approx((-shown.ci_high, -shown.ci_low))
    assert shown.confidence == confidence


@given(
    skewness=st.floats(0.0, 3.0),
    runs=st.integers(STUDENT_RUNS, 10**5),
    confidence=st.sampled_from([0.95, 0.9999]),
)
def test_an_end_solves_halls_cubic_at_the_skewness_that_may_be(
    skewness: float, runs: int, confidence: float
) -> None:
    """Where three equal weights make the skewness; the cubic takes the end to the quantile."""
    values = np.zeros(runs)
    values[: runs // 4] = 1 + skewness
    values[runs // 4 : runs // 2] = -1.0
    values -= values.mean()
    _, above = skew_quantiles(values, runs - 1, confidence)
    g = float(stats.skew(values, bias=False)) + math.sqrt(6 / runs)
    quantile = float(stats.t.isf((1 - confidence) / 2, runs - 1))
    root = math.sqrt(runs)

    def cubic(t: float) -> float:
        return t + g * t**2 / (3 * root) + g**2 * t**3 / (27 * runs) + g / (6 * root)

    assume(g > 0)
    # Beyond four times the quantile the cubic is not believed.
    if above < 3.9 * quantile:
        assert cubic(-above) == pytest.approx(-quantile, rel=1e-9)
    assert quantile * (1 - 1e-12) <= above <= 4 * (quantile + g / (6 * root)) * (1 + 1e-12)


@pytest.mark.parametrize("shape", [16.0, 4.0, 1.0, 0.25])
def test_means_of_skew_laws_are_missed_no_more_often_than_said(shape: float) -> None:
    """Gamma laws of skewness 0.5 to 4, 50 draws; Student's own interval misses 1.1 to 12 times
    as often as it says at this level, the last one on this very sample."""
    level, trials = 0.05 / 16, 8000
    draws = np.random.default_rng(7).gamma(shape, size=(trials, 50))
    shown = [estimate(values, 1 - level) for values in draws]
    missed = sum(not one.contains(shape) for one in shown)
    assert missed <= stats.binom.ppf(1 - UNLIKELY, trials, level)
    if shape < 1:
        errors = np.abs(draws.mean(axis=1) - shape) / stats.sem(draws, axis=1)
        plain = np.count_nonzero(errors > stats.t.isf(level / 2, 49))
        assert plain > stats.binom.ppf(1 - UNLIKELY, trials, 5 * level)


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
    y, x = rng.standard_normal((2, STUDENT_RUNS))
    nan = np.full(3, np.nan)
    expected = controlled_estimate(y, x, 0.1, 0.9)
    assert expected is not None
    assert expected.runs == STUDENT_RUNS
    for holes in ((nan, np.ones(3)), (np.ones(3), nan), (nan, nan)):
        with_holes = (np.concatenate([y, holes[0]]), np.concatenate([x, holes[1]]))
        assert controlled_estimate(*with_holes, 0.1, 0.9) == expected


def test_scaling() -> None:
    assert Estimate(1.0, 0.5, 2.0, 9, 0.95).scaled(4) == Estimate(4.0, 2.0, 8.0, 9, 0.95)


def test_draws_beyond_their_bounds_are_refused() -> None:
    with pytest.raises(ValueError, match="their bounds are"):
        betting_interval(np.array([0.2, 1.1]), (0.0, 1.0), 0.95)


def test_draws_that_are_all_alike_may_deviate_as_far_as_is_possible() -> None:
    """A deviation that no draw shows has a probability below 1 - alpha^(1/runs), and any size."""
    for runs in (3, 15, 50):
        shown = estimate(np.zeros(runs), 0.95, bounds=(0.0, 7.0))
        assert shown.method == BETTING
        assert shown.ci_low == 0
        exact = 7 * binomial_interval(0, runs, 0.95)[1]
        # Half of the wealth is staked whole: as if the error allowed were half as large.
        assert exact <= shown.ci_high <= 7 * (1 - 0.0125 ** (1 / runs)) + 1e-9


def test_what_has_no_known_range_gets_no_interval_from_few_or_equal_draws() -> None:
    few = np.arange(STUDENT_RUNS - 1.0)
    rare = np.full(60, 7.0)
    rare[: RARE - 1] = 8.0
    for values in (few, rare):
        shown = estimate(values, 0.95)
        assert (shown.method, shown.mean) == (NONE, pytest.approx(values.mean()))
        assert math.isnan(shown.ci_low)
        assert estimate(values, 0.95, bounds=(0.0, 100.0)).method == BETTING
    rare[RARE - 1] = 8.0
    assert estimate(rare, 0.95).method == STUDENT
    assert estimate(rare, 0.95, smooth=False).method == NONE


@given(data=st.data(), runs=st.integers(1, 9), trials=st.integers(1, 50))
def test_counts_of_independent_events_get_the_exact_interval(
    data: st.DataObject, runs: int, trials: int
) -> None:
    counts = np.array(data.draw(st.lists(st.integers(0, trials), min_size=runs, max_size=runs)))
    shown = estimate(counts / trials, 0.9, trials=(trials, 1 / trials))
    assert shown.method == BINOMIAL
    expected = events_interval(int(counts.sum()), runs * trials, 0.9)
    assert (shown.ci_low, shown.ci_high) == pytest.approx(expected, abs=1e-12)


def test_what_rounding_alone_tells_apart_is_alike() -> None:
    """Else draws that hold no rare event would get Student's interval, of no width."""
    alike = 0.0628 + 1e-17 * np.arange(24)
    assert np.unique(alike).size > 1
    assert rare(alike)
    assert estimate(alike, 0.95).method == "none"
    assert estimate(alike, 0.95, bounds=(0.0, 1.0)).ci_high > 0.1
    some = np.concatenate([alike, 0.0628 + 0.01 * np.arange(1, 11)])
    assert not rare(some)
    assert rare(some[:-1])
    assert not rare(np.arange(24.0))


def test_excesses() -> None:
    values = np.array([0.0, 0.0, -1e-18, 0.1])
    bounded = excess_estimate(values, 2.0, 0.95)
    assert 0 <= bounded.ci_low <= bounded.mean <= bounded.ci_high <= 2
    open_ended = excess_estimate(values, math.inf, 0.95)
    assert (open_ended.ci_low, open_ended.ci_high) == (0, math.inf)


def misses(inside: Array, level: float) -> None:
    """No more intervals miss than their level says, nor far fewer: what skewness may be costs."""
    count, trials = int(np.count_nonzero(~inside.astype(bool))), inside.size
    low, high = stats.binom.ppf([UNLIKELY / 2, 1 - UNLIKELY / 2], trials, 1 - level)
    assert low / 3 <= count <= high, (count, low, high)


def test_students_interval_covers_the_mean_of_a_normal_law() -> None:
    rng = np.random.default_rng(1)
    inside = []
    for _ in range(3000):
        shown = estimate(rng.standard_normal(STUDENT_RUNS), 0.9)
        inside.append(shown.ci_low <= 0 <= shown.ci_high)
    misses(np.array(inside), 0.9)


@given(
    data=st.lists(st.tuples(st.floats(-3, 3), st.floats(-3, 3)), min_size=30, max_size=60),
    mean=st.floats(-2, 2),
)
def test_control_variates_are_a_regression_line_at_the_known_mean(
    data: list[tuple[float, float]], mean: float
) -> None:
    jitter = np.random.default_rng(3).normal(0, 0.1, (2, len(data)))
    x, y = np.array(data).T + jitter
    shown = controlled_estimate(y, x, mean, 0.95)
    assume(shown is not None)
    assert shown is not None
    line = stats.linregress(x - mean, y)
    residuals = y - line.intercept - line.slope * (x - mean)
    below, above = skew_quantiles(residuals, x.size - 2, 0.95)
    assert shown.mean == pytest.approx(line.intercept, rel=1e-8, abs=1e-8)
    for reach, side in ((-below, shown.ci_low), (above, shown.ci_high)):
        assert side - shown.mean == pytest.approx(reach * line.intercept_stderr, rel=1e-7, abs=1e-8)
    assert shown.runs == x.size


def test_controlled_estimates_are_unbiased_and_cover() -> None:
    """Normal pairs, 30 draws: the textbook's interval is exact, what skewness may be is beside."""
    rng = np.random.default_rng(2)
    trials, refused, means, widths, inside = 3000, 0, [], [], []
    for _ in range(trials):
        control = rng.standard_normal(STUDENT_RUNS) + 5
        values = 2 + 3 * (control - 5) + 0.5 * rng.standard_normal(STUDENT_RUNS)
        shown = controlled_estimate(values, control, 5.0, 0.95)
        if shown is None:
            # Three residuals in 30 carry it all: where that happens, the plain interval serves.
            refused += 1
            continue
        means.append(shown.mean)
        widths.append(shown.half_width)
        inside.append(shown.ci_low <= 2 <= shown.ci_high)
    assert refused < 0.01 * trials
    misses(np.array(inside), 0.95)
    # |mean error| beyond 4.9 standard errors has probability 10^-6.
    error = (np.mean(means) - 2) / (np.std(means) / math.sqrt(trials))
    assert abs(error) < 4.9
    # Without the control the spread is sqrt(9.25) in place of 0.5: it must be worth it.
    assert np.mean(widths) < 0.25 * stats.t.ppf(0.975, STUDENT_RUNS - 1) * math.sqrt(
        9.25 / STUDENT_RUNS
    )


@pytest.mark.parametrize(
    ("values", "control", "mean"),
    [
        (np.arange(11.0), np.arange(11.0) ** 2, 3.0),  # too few draws
        (np.arange(30.0), np.ones(30), 1.0),  # a control that does not vary
        (np.arange(30.0), np.arange(30.0) ** 2, math.nan),  # an unknown mean
        (np.arange(30.0), np.arange(30.0) ** 2, math.inf),
        (np.repeat([4.0, 5.0], [25, 5]), np.arange(30.0), 3.0),  # a rare event
        (3 * np.arange(30.0) + 1, np.arange(30.0), 3.0),  # no residual at all
        (np.arange(30.0) + (np.arange(30) == 4), np.arange(30.0), 3.0),  # one makes it up
        (np.arange(30.0) ** 3 + 1e4 * (np.arange(30) == 4), np.arange(30.0) ** 3, 3.0),
        (2 * np.arange(30.0) + 1e4 * (np.arange(30) == 14), np.arange(30.0), 3.0),
        (np.full(30, np.nan), np.arange(30.0), 1.0),
    ],
)
def test_a_regression_that_says_nothing_is_not_believed(
    values: Array, control: Array, mean: float
) -> None:
    assert controlled_estimate(values, control, mean, 0.9) is None


@given(st.lists(st.floats(-1e3, 1e3), min_size=3, max_size=30), st.integers(-5, 5))
def test_skewness_is_that_of_scipy(values: list[float], octaves: int) -> None:
    draws = np.array(values) * 2.0**octaves
    assume(np.ptp(draws) > 1e-3)
    found = skewness(draws)
    # Cubes of what is off by an ulp of the largest, over the spread.
    rounding = 1e-12 * (np.abs(draws).max() / draws.std()) ** 3
    assert found == pytest.approx(stats.skew(draws, bias=False), rel=1e-9, abs=rounding)


@pytest.mark.parametrize("draws", [[], [1.0], [1.0, 4.0], [2.0, 2.0, 2.0]])
def test_what_does_not_vary_is_not_skew(draws: list[float]) -> None:
    assert skewness(np.array(draws)) == 0.0


@pytest.mark.parametrize("degrees", [1, 2, 29, 199])
def test_students_quantile_is_that_of_scipy(degrees: int) -> None:
    below, above = moved_out(np.array(0.0), 10**12, degrees, 1 - 1e-5)
    quantile = stats.t.isf(5e-6, degrees)
    # Skewness may be what 10^12 draws leave open, 2.5e-6, and moves ends by as little.
    assert below == pytest.approx(quantile, rel=1e-6)
    assert above == pytest.approx(quantile, rel=1e-6)


LINES = {
    "rising": lambda x: 0.8 * x + 0.1,
    "level": lambda x: 0 * x + 7.0,
    "steep": lambda x: -1e4 * x,
    "small": lambda x: 1e-12 * (3 * x + 1),
}


@pytest.mark.parametrize("name", LINES)
@pytest.mark.parametrize("off", [0, 1, 9, 10, 14])
def test_a_line_through_all_but_a_few_draws_is_found(name: str, off: int) -> None:
    rng = np.random.default_rng(off)
    x = rng.random(30)
    y = LINES[name](x)
    size = float(np.abs(y).max())
    # Rounding, and draws off the line, among the first ones too.
    y = y * (1 + 1e-15 * rng.standard_normal(30))
    y[rng.permutation(30)[:off]] += size * (0.1 + rng.random(off))
    if np.ptp(y) > 1e-9 * size:
        assert on_a_line(x, y) == (off < RARE)


def test_no_line_where_values_are_continuous_or_a_grid() -> None:
    rng = np.random.default_rng(1)
    assert not any(on_a_line(*rng.standard_normal((2, 20))) for _ in range(200))
    assert not on_a_line(np.arange(40.0) % 7, np.arange(40.0) // 7)
    assert on_a_line(np.repeat([0.0, 1.0], 20), np.arange(40.0) // 2) is False


def bayes_risks(X: Array, p: Array) -> tuple[Array, Array]:
    """Least risk at lambda = 1/4, and what is unseen, of designs of shape (draws, n, d)."""
    gram = np.swapaxes(X, 1, 2) @ X + np.eye(p.size) / 4
    diagonal = np.diagonal(np.linalg.inv(gram), axis1=1, axis2=2)
    return diagonal @ p / 4, (~X.any(axis=1)) @ p


def test_what_lies_off_a_line_is_not_left_to_a_regression() -> None:
    """Two samples of four features: of 20 draws most lie on a line, the others are what counts."""
    p = np.array([0.14, 0.11, 0.09, 0.08])
    every = np.array(list(product((-1.0, 0.0, 1.0), repeat=8))).reshape(-1, 2, 4)
    chance = np.where(every != 0, p / 2, 1 - p).prod(axis=(1, 2))
    risk, unseen = bayes_risks(every, p)
    rng = np.random.default_rng(0)
    believed = missed = 0
    for _ in range(300):
        drawn = rng.choice(chance.size, 20, p=chance / chance.sum())
        shown = controlled_estimate(risk[drawn], unseen[drawn], float(chance @ unseen), 0.999)
        believed += shown is not None
        missed += shown is not None and not shown.contains(float(chance @ risk))
    assert missed == 0
    assert believed < 15

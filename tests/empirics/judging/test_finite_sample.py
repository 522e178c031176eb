"""Intervals of proved coverage: their coverage summed exactly over laws, and who gets them."""

import math

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy import stats

from empirics.judging.finite_sample import (
    STAKES,
    betting_interval,
    binomial_interval,
    events_interval,
    self_bounding_interval,
)
from empirics.judging.intervals import BETTING, BINOMIAL, SELF_BOUNDING, STUDENT, estimate
from empirics.observables.registry import OBSERVABLES
from empirics.running.cluster import Workers
from empirics.running.montecarlo import Sample, replicate
from theorems.setting import Setting

Array = NDArray[np.float64]


def _total(chances: Array) -> Array:
    """The law of the number of independent events with these probabilities."""
    law = np.ones(1)
    for chance in chances:
        law = np.convolve(law, [1 - chance, chance])
    return law


@pytest.mark.parametrize("confidence", [0.8, 0.95, 0.9999])
@pytest.mark.parametrize("trials", [2, 7, 40])
def test_totals_of_unlike_events_are_covered_whatever_their_probabilities(
    trials: int, confidence: float
) -> None:
    rng = np.random.default_rng(trials)
    intervals = [events_interval(count, trials, confidence) for count in range(trials + 1)]
    tail = (1 - confidence) / 2
    laws = [rng.beta(*shape, trials) for shape in ((1, 1), (0.1, 0.1), (0.2, 5), (5, 0.2))]
    # One rare event among impossible ones, where a binomial interval errs above its share.
    laws += [np.array([chance, *np.zeros(trials - 1)]) for chance in (tail * 1.0001, 0.01, 0.5)]
    laws += [1 - law for law in laws]
    for chances in laws:
        inside = np.array([low <= chances.mean() <= high for low, high in intervals])
        assert _total(chances)[inside].sum() >= confidence - 1e-12


def test_a_single_event_among_unlike_ones_needs_more_than_the_binomial_interval() -> None:
    """P(S >= 1) is the mean itself here, which a binomial law of that mean does not reach."""
    tail = 0.1
    low, _ = binomial_interval(1, 2, 1 - 2 * tail)
    chance = 2 * low * (1 - 1e-9)
    assert chance > tail  # the binomial interval misses more often than it may
    assert events_interval(1, 2, 1 - 2 * tail)[0] == pytest.approx(tail / 2)


@given(total=st.floats(0, 1e7), confidence=st.sampled_from([0.5, 0.95, 1 - 1e-5]))
@example(total=0.005, confidence=0.95)  # the lower end is e^-739 of it: no double has its digits
def test_ends_of_self_bounding_counts_are_where_the_chernoff_bound_is_enough(
    total: float, confidence: float
) -> None:
    low, high = self_bounding_interval(total, confidence)
    enough = math.log(2 / (1 - confidence))
    assert low <= total <= high
    if total > 1e-6:
        for end in filter(None, (low, high)):
            rate = total * (math.log(total) - math.log(end)) - total + end
            assert rate == pytest.approx(enough, rel=1e-6, abs=1e-6 * math.sqrt(total))


@pytest.mark.parametrize("kinds", [3, 40, 2000])
def test_numbers_of_distinct_things_are_covered(kinds: int) -> None:
    """Of n samples that show one of `kinds` things each, or nothing: exactly, by the law of n."""
    n, confidence = 30, 0.9
    # law[j]: j distinct ones after so many samples; a sample shows nothing with probability 1/3.
    law = np.zeros(min(n, kinds) + 1)
    law[0] = 1.0
    seen = np.arange(law.size)
    for _ in range(n):
        fresh = law * (2 / 3) * (kinds - seen) / kinds
        law = law - fresh + np.concatenate([[0.0], fresh[:-1]])
    mean = float(law @ seen)
    inside = [low <= mean <= high for low, high in (self_bounding_interval(j, 0.9) for j in seen)]
    assert law[np.array(inside)].sum() >= confidence


def test_a_mean_of_poisson_draws_is_known_as_well_as_by_students_interval() -> None:
    values = stats.poisson(20).rvs(200, random_state=1).astype(np.float64)
    exact, usual = estimate(values, 0.9999, self_bounding=True), estimate(values, 0.9999)
    assert (exact.method, usual.method) == (SELF_BOUNDING, STUDENT)
    assert exact.half_width < 1.3 * usual.half_width


@pytest.fixture(scope="module")
def sample() -> Sample:
    """Draws with every observable that is used below."""
    names = ("tail_features_per_sample", "alone_tail", "memorized_samples")
    return replicate(
        [Setting(n=60, d=300, alpha=2.0)],
        120,
        3,
        workers=Workers(1),
        store=None,
        measurements=OBSERVABLES.measurements(names),
    )[0]


def test_who_gets_a_proved_interval(sample: Sample) -> None:
    assert sample.estimate("tail_features_per_sample").method == BINOMIAL
    assert sample.estimate("alone_tail").method == SELF_BOUNDING
    assert sample.estimate("memorized_samples").method == STUDENT
    proved = sample.proved("memorized_samples")
    assert proved is not None
    assert proved.method == BETTING
    usual = sample.estimate("memorized_samples")
    assert proved.ci_low < usual.ci_low < usual.ci_high < proved.ci_high


@given(
    values=st.lists(st.floats(0, 1), min_size=2, max_size=40),
    low=st.floats(-10, 10),
    width=st.floats(0.1, 100),
    confidence=st.sampled_from([0.5, 0.95, 0.999]),
)
def test_betting_intervals_move_and_mirror_with_their_draws(
    values: list[float], low: float, width: float, confidence: float
) -> None:
    x = np.array(values)
    lower, upper = betting_interval(x, (0.0, 1.0), confidence)
    assert 0 <= lower <= x.mean() <= upper <= 1
    mirrored = betting_interval(1 - x, (0.0, 1.0), confidence)
    assert mirrored == pytest.approx((1 - upper, 1 - lower), abs=1e-12)
    moved = betting_interval(low + width * x, (low, low + width), confidence)
    assert moved == pytest.approx((low + width * lower, low + width * upper), abs=1e-6 * width)


def _halved(x: Array, enough: float) -> float:
    """The lower limit of a betting interval, to 40 binary digits, by halving."""
    low, high = 0.0, 1.0
    for _ in range(40 if x.any() else 0):
        middle = (low + high) / 2
        with np.errstate(divide="ignore"):
            logs = np.log1p(STAKES[:, None] * (x / middle - 1)).sum(axis=1)
        weights = np.where(STAKES == 1, 1 / 2, 1 / 62)
        rich = np.logaddexp.reduce(logs + np.log(weights)) > enough
        low, high = (middle, high) if rich else (low, middle)
    return low


@given(
    values=st.lists(
        st.one_of(st.floats(0, 1), st.sampled_from([0.0, 5e-324, 1e-13, 0.5, 1.0])),
        min_size=1,
        max_size=30,
    ),
    confidence=st.sampled_from([0.01, 0.5, 0.95, 1 - 1e-9]),
)
def test_a_betting_limit_is_where_halving_finds_it(values: list[float], confidence: float) -> None:
    x = np.array(values)
    enough = math.log(2 / (1 - confidence))
    low, high = betting_interval(x, (0.0, 1.0), confidence)
    assert (low, high) == (_halved(x, enough), 1 - _halved(1 - x, enough))


@pytest.mark.parametrize("runs", [2, 3, 5, 10])
@pytest.mark.parametrize("confidence", [0.8, 0.95])
def test_betting_intervals_cover_whatever_the_law_is(runs: int, confidence: float) -> None:
    """Coverage, summed over the law of the draws, at laws on 0, 1/2 and 1."""
    points = np.array([0.0, 0.5, 1.0])
    counts = [(a, b, runs - a - b) for a in range(runs + 1) for b in range(runs + 1 - a)]
    intervals = [
        betting_interval(np.repeat(points, count), (0.0, 1.0), confidence) for count in counts
    ]
    for law in ((0.99, 0.005, 0.005), (0.9, 0, 0.1), (0.5, 0.25, 0.25), (0.02, 0.97, 0.01)):
        mean = float(points @ np.array(law))
        weights = stats.multinomial.pmf(counts, runs, law)
        inside = np.array([low <= mean <= high for low, high in intervals])
        assert weights[inside].sum() >= confidence - 1e-12

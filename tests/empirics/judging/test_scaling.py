import math
import re
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from empirics.judging.intervals import estimate
from empirics.judging.outstanding import NEVER
from empirics.judging.scaling import (
    CORRECTION,
    FEWEST_RUNS,
    RESOLUTION,
    Step,
    _until_positive,
    claimed_exponent,
    draws_needed,
    half_decades,
    judge_rate,
    slope_interval,
    slope_weights,
    sweep,
    verdict_of_trend,
    without_logarithms,
)
from empirics.judging.verdict import Verdict
from empirics.running.cluster import Workers
from theorems.catalogue import catalogue
from theorems.evaluate.numbers import evaluate
from theorems.setting import Setting
from theorems.statement import Kind


def test_half_decades():
    steps = half_decades(1000, 10**6, 40)
    assert [step.n for step in steps] == [1000, 3162, 10000, 31623, 100000, 316228, 1000000]
    assert [step.d for step in steps][-3:] == [10**7] * 3
    assert [step.runs for step in steps] == sorted((step.runs for step in steps), reverse=True)
    assert steps[-1].runs == FEWEST_RUNS


@settings(deadline=None)
@given(
    st.lists(st.integers(10, 10**6), min_size=3, max_size=7, unique=True),
    st.floats(-2, 2),
    st.floats(-5, 5),
    st.integers(0, 2**32 - 1),
)
def test_slope_interval_holds_every_line_inside(sizes, slope, offset, seed):
    sizes = np.array(sorted(sizes), dtype=float)
    rng = np.random.default_rng(seed)
    true = offset + slope * np.log(sizes)
    low, high = true - rng.random(sizes.size), true + rng.random(sizes.size)
    weights = slope_weights(sizes)
    below, above = slope_interval(weights, low, high)
    assert below - 1e-9 <= slope <= above + 1e-9
    assert math.isclose(float(weights @ np.log(sizes)), 1, rel_tol=1e-9)


def test_a_true_rate_is_refuted_no_more_often_than_corrected_for():
    """500 sweeps of 7 sizes at family error 5%: the count is binomial with chance 5% at most.

    Asserted at its quantile 1 - 10^-9, so that this fails once in 10^9 seeds.
    """
    rng = np.random.default_rng(7)
    sizes = 1000 * 10 ** (np.arange(7) / 2)
    weights = slope_weights(sizes)
    confidence = 1 - 0.05 / 7
    refuted = 0
    for _ in range(500):
        intervals = [
            estimate(rng.normal(1, 0.05, runs), confidence) for runs in (9, 8, 7, 6, 5, 4, 4)
        ]
        low, high = slope_interval(
            weights,
            np.log([max(e.ci_low, 1e-12) for e in intervals]),
            np.log([e.ci_high for e in intervals]),
        )
        verdict, _ = verdict_of_trend(low, high, 0.0, at_most=False)
        refuted += verdict is Verdict.REFUTED
    assert refuted <= stats.binom.ppf(1 - 1e-9, 500, 0.05)


@pytest.mark.parametrize(
    ("low", "high", "tolerance", "at_most", "verdict"),
    [
        (-0.01, 0.01, 0.02, False, Verdict.HOLDS),
        (0.05, 0.06, 0.02, False, Verdict.REFUTED),
        (0.05, 0.06, 0.02, True, Verdict.REFUTED),
        (-0.06, -0.05, 0.02, False, Verdict.REFUTED),
        (-0.06, -0.05, 0.02, True, Verdict.HOLDS),
        (-0.5, 0.5, 0.02, False, Verdict.INCONCLUSIVE),
        (math.nan, math.nan, 0.02, True, Verdict.INCONCLUSIVE),
        (-math.inf, 0.0, 0.02, True, Verdict.INCONCLUSIVE),
        (0.0, 0.0, math.nan, True, Verdict.INCONCLUSIVE),
    ],
)
def test_verdicts(low, high, tolerance, at_most, verdict):
    assert verdict_of_trend(low, high, tolerance, at_most=at_most)[0] is verdict


@pytest.mark.parametrize(
    ("name", "alpha", "power"),
    [
        ("noiseless-rate", 1.5, -1 / 3),
        ("noiseless-rate", 2.5, -0.6),
        ("noiseless-loss-rate", 2.0, -0.5),
        ("recovered-fraction-rate", 1.25, 2 / 1.25 - 2),
        ("recovered-fraction-rate", 2.0, -0.5),
        ("multi-tail-samples-rate", 2.0, 0.0),
        ("common-only-samples-rate", 2.0, 1.0),
        ("single-appearance-rate", 2.0, 0.0),
        ("noisy-loss-rate", 2.5, -0.6),
    ],
)
def test_the_claimed_power_is_read_off_the_statement(name, alpha, power):
    assert claimed_exponent(catalogue[name], alpha) == pytest.approx(power, abs=1e-14)


def test_logarithms_are_divided_out():
    value = without_logarithms(catalogue["noiseless-rate"].value)
    setting = Setting(alpha=2.0)
    found = evaluate({"x": value, "c": CORRECTION}, setting.parameters)
    assert found["x"] == pytest.approx(5 * (1 / 5000) ** 0.5, rel=1e-12)
    assert found["c"] > 0


@pytest.fixture(scope="module")
def drawn():
    steps = (Step(60, 6000, 60), Step(120, 12000, 50), Step(240, 24000, 40))
    return sweep(steps, (2.0,), sigma=0.05, seed=3, workers=Workers(1), store=None)


RATES = [statement.id for statement in catalogue.values() if statement.kind is Kind.RATE]


@pytest.mark.parametrize("name", RATES)
def test_no_rate_is_refuted_on_a_small_sweep(drawn, name):
    """Of all that are true a sweep refutes any with probability 5% at most; the seed is fixed."""
    judgement = judge_rate(catalogue[name], drawn[2.0], len(RATES))
    assert judgement.verdict is not Verdict.REFUTED
    assert len(judgement.points) == 3


def test_verdicts_on_a_small_sweep(drawn):
    def verdict(name):
        return judge_rate(catalogue[name], drawn[2.0], len(RATES)).verdict

    assert verdict("noisy-loss-rate") is Verdict.HYPOTHESIS_FAILS
    assert verdict("noiseless-ood-rate") is Verdict.HOLDS
    assert verdict("recovered-fraction-rate") is Verdict.VACUOUS
    assert verdict("noiseless-rate") is Verdict.HOLDS


def test_a_wrong_power_is_refuted(drawn):
    """The number of common-only samples grows like n; that it is of order n^2 is refuted."""
    right = catalogue["common-only-samples-rate"]
    wrong = replace(right, id="wrong", value=right.value**2)
    judgement = judge_rate(wrong, drawn[2.0], 1)
    assert judgement.verdict is Verdict.REFUTED
    assert judgement.claimed == 2
    assert judgement.high < 1.5


def test_the_exact_mean_decides_where_it_is_known(drawn):
    judgement = judge_rate(catalogue["multi-tail-samples-rate"], drawn[2.0], len(RATES))
    assert judgement.low == judgement.fitted == judgement.high
    assert judgement.verdict is Verdict.HOLDS
    for point in judgement.points:
        assert point.exact == pytest.approx(point.sharp)
        assert point.low <= point.exact <= point.high


def test_draws_that_disagree_with_the_exact_mean_decide_nothing(drawn):
    right = catalogue["multi-tail-samples-rate"]
    judgement = judge_rate(replace(right, reference=3 * right.reference), drawn[2.0], 1)
    assert judgement.verdict is Verdict.INCONCLUSIVE
    assert "does not contain the exact mean at n = 60" in judgement.reason
    assert NEVER in judgement.reason


@pytest.mark.parametrize("name", RATES)
def test_an_open_rate_says_what_would_decide_it(drawn, name):
    """Few draws leave most open."""
    few = [
        replace(sample, values={key: column[:12] for key, column in sample.values.items()})
        for sample in drawn[2.0]
    ]
    for samples in (few, drawn[2.0]):
        judgement = judge_rate(catalogue[name], samples, 300)
        if judgement.verdict is Verdict.INCONCLUSIVE:
            assert re.search(rf"\d times these draws would decide|{NEVER}", judgement.reason)


def test_a_mean_that_reaches_zero_needs_draws_until_it_does_not(drawn):
    judgement = judge_rate(catalogue["noiseless-rate"], drawn[2.0], 1)
    (first, *rest) = judgement.points
    shown = replace(first, exact=None, low=first.observed.mean * (1 - 3))
    assert _until_positive((shown, *rest)) == pytest.approx(9)


@pytest.mark.parametrize(
    ("fitted", "half", "at_most", "expected"),
    [
        (0.0, 0.2, False, (0.2 / 0.1) ** 2),
        (-0.05, 0.2, True, (0.2 / 0.15) ** 2),
        (-0.05, 0.2, False, (0.2 / 0.05) ** 2),
        (0.3, 0.35, True, (0.35 / (0.3 - 0.1 + RESOLUTION)) ** 2),
        (0.1 - RESOLUTION / 2, 1.0, True, (1 / (RESOLUTION / 2)) ** 2),
    ],
)
def test_how_many_times_the_draws_would_decide(fitted, half, at_most, expected):
    """Room is .1 with the resolution: a half-width shrinks like the root of the draws."""
    tolerance = 0.1 - RESOLUTION
    needed = draws_needed(fitted, fitted - half, fitted + half, tolerance, at_most=at_most)
    assert needed == pytest.approx(expected)
    shrunk = half / math.sqrt(needed) * (1 - 1e-9)
    verdict, _ = verdict_of_trend(fitted - shrunk, fitted + shrunk, tolerance, at_most=at_most)
    assert verdict in (Verdict.HOLDS, Verdict.REFUTED)


def test_two_sizes_are_too_few(drawn):
    with pytest.raises(ValueError, match="2 sizes; a trend needs at least 3"):
        judge_rate(catalogue["noiseless-rate"], drawn[2.0][:2], 1)

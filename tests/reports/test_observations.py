"""What the paper observes, judged on samples made for the purpose."""

import numpy as np
import pytest

from empirics.judging.family import Family
from empirics.judging.intervals import Estimate
from empirics.judging.verdict import Verdict
from empirics.observables.losses import GROUP
from empirics.running.montecarlo import Sample
from reports.observations import _all_rise, _proportional, _small_and_near
from theorems.setting import Setting

FAMILY = Family(1000)


def cells(bias, variance):
    values = {name: np.zeros(variance.size) for name in GROUP.quantities}
    values |= {"recovered_tail_bias": bias, "recovered_tail_variance": variance}
    values |= {"seen_tail_bias": bias + 1, "seen_tail_variance": variance}
    settings = {(2.0, sigma): Setting(sigma=sigma) for sigma in (0.0, 0.01, 0.05, 0.2)}
    return {place: Sample(setting, 0, values) for place, setting in settings.items()}


@pytest.mark.parametrize(("runs", "verdict"), [(12, "inconclusive"), (200, "holds")])
def test_an_error_proportional_to_sigma_is_so_with_enough_draws(runs, verdict):
    """No two slopes differ: their spread says nothing, that they lie in [0, 1] does."""
    variance = np.random.default_rng(0).uniform(1, 2, runs)
    row = _proportional(cells(np.zeros(runs), variance), [2.0], FAMILY)
    assert row.verdict == verdict
    assert row.estimate.mean == pytest.approx(1, abs=1e-12)
    assert 0.3 < row.estimate.ci_low < 1 == pytest.approx(row.estimate.ci_high)


def test_a_slope_below_is_refuted(monkeypatch):
    """As the errors of all seen tail features are, where some are not identified."""
    monkeypatch.setattr("reports.observations._slopes", lambda *_: np.full(200, 0.58))
    row = _proportional(cells(np.zeros(200), np.ones(200)), [2.0], FAMILY)
    assert row.verdict is Verdict.REFUTED


@pytest.mark.parametrize("runs", [12, 200])
def test_an_open_observation_says_how_many_draws_it_needs(runs):
    variance = np.random.default_rng(0).uniform(1, 2, runs)
    row = _proportional(cells(np.zeros(runs), variance), [2.0], FAMILY)
    assert bool(row.needs) == (row.verdict is Verdict.INCONCLUSIVE)
    assert row.told == (f"inconclusive: {row.needs}" if row.needs else "holds")
    assert not row.needs or "draws" in row.needs


def estimate(low, mean, high):
    return Estimate(mean, low, high, 50, 0.95)


@pytest.mark.parametrize(
    ("gap", "apart", "expected"),
    [
        ((0.001, 0.002, 0.003), None, Verdict.HOLDS),
        ((0.005, 0.02, 0.03), (1.0, 1.05, 1.09), Verdict.HOLDS),  # near by the quotient
        ((0.005, 0.02, 0.03), (1.0, 1.05, 1.2), Verdict.INCONCLUSIVE),
        ((0.015, 0.02, 0.03), (1.2, 1.3, 1.4), Verdict.REFUTED),
    ],
)
def test_curves_nearly_overlap_by_their_difference_or_their_quotient(gap, apart, expected):
    others = [] if apart is None else [estimate(*apart)]
    assert _small_and_near(estimate(0.01, 0.02, 0.03), estimate(*gap), *others) is expected


@pytest.mark.parametrize(
    ("low", "high", "expected"),
    [
        ((4, 5, 6), (1, 2, 3), Verdict.HOLDS),
        ((2, 5, 6), (1, 2, 3), Verdict.INCONCLUSIVE),
        ((1, 1.5, 1.9), (2, 2, 3), Verdict.REFUTED),
        ((np.nan, np.nan, np.nan), (1, 2, 3), Verdict.INCONCLUSIVE),
    ],
)
def test_everything_degrades_where_all_intervals_are_apart(low, high, expected):
    sound = estimate(4, 5, 6), estimate(1, 2, 3)
    assert _all_rise(*sound, estimate(*low), estimate(*high)) is expected

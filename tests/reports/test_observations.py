"""What the paper observes, judged on samples made for the purpose."""

import numpy as np
import pytest

from empirics.judging.family import Family
from empirics.judging.verdict import Verdict
from empirics.observables.losses import GROUP
from empirics.running.montecarlo import Sample
from reports.observations import _proportional
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

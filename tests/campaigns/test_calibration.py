"""The calibration campaign, shortly: true statements are refuted as rarely as promised."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from scipy import stats

from empirics.judging import family
from empirics.judging.verdict import Verdict
from tests.campaigns import calibration, stopping


def test_a_family_of_true_statements_is_refuted_as_rarely_as_promised() -> None:
    families, _ = calibration.measured(200, 1, 5)
    assert calibration.promised(families, 200)


def test_the_campaign_sees_intervals_that_promise_too_much(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """As many tests, each at the level that the whole family may err."""
    monkeypatch.setattr(family.Family, "confidence", property(lambda self: 1 - self.error))
    families, whose = calibration.measured(200, 1, 5)
    assert not calibration.promised(families, 200)
    assert sum(whose.values()) >= families


@pytest.mark.workers
def test_results_do_not_depend_on_the_number_of_workers() -> None:
    assert calibration.measured(150, 1, 3) == calibration.measured(150, 2, 3)


@pytest.mark.parametrize("law", calibration.laws(), ids=lambda law: law.name)
def test_means_are_exact_and_bounds_hold(law: calibration.Law) -> None:
    values = law.draw(np.random.default_rng(0), 40000)
    assert abs(values.mean() - law.mean) < 6 * values.std() / 200
    low, high = law.known.get("bounds", (-np.inf, np.inf))
    assert low <= values.min() <= values.max() <= high


def test_what_is_false_is_refuted_more_often_the_falser_it_is() -> None:
    shares = calibration.power(60, 2)
    for name in ("normal", "count 60 0.8", "bounded beta 20 180"):
        at = [shares[name, 50, error] for error in calibration.FALSE_BY]
        assert at == sorted(at)
        assert at[-1] == 1


def test_asymptotic_intervals_miss_as_rarely_as_a_report_asks() -> None:
    """Of 20,000 intervals at 6.7e-5 one or two may miss: more than 10 with probability 10^-6."""
    found = calibration.deep(20000, 4)
    assert {runs for _, runs in found} == set(calibration.DEEP_RUNS)
    assert len(found) == 2 * sum(law.asymptotic for law in calibration.laws())
    assert all(wrong <= 10 for wrong, _ in found.values())
    assert all(width >= 1 for _, width in found.values())


def test_the_campaign_sees_asymptotic_intervals_that_are_too_narrow(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Student's own miss 185 times as often as they say at skewness 4."""

    def own(skewness: Any, _: int, degrees: int, confidence: float) -> Any:
        quantile = np.full_like(skewness, stats.t.isf((1 - confidence) / 2, degrees))
        return quantile, quantile

    monkeypatch.setattr(calibration, "moved_out", own)
    wrong, width = calibration.deep(4000, 4)["skewness 4", 50]
    assert wrong > 10
    assert width == pytest.approx(1)


@pytest.fixture(scope="module")
def decided() -> list[list[stopping.Stopped]]:
    """Reports that drew until all was decided."""
    return calibration.measured_looks(40, 1, 5)


def test_drawing_until_decided_refutes_as_rarely_as_promised(
    decided: list[list[stopping.Stopped]],
) -> None:
    wrong = sum(any(one.verdict is Verdict.REFUTED for one in report) for report in decided)
    assert calibration.promised(wrong, len(decided))
    looked = [one for report in decided for one in report]
    assert len({one.runs for one in looked}) > 4
    assert sum(one.verdict is Verdict.HOLDS for one in looked) > len(looked) / 3


def test_the_campaign_sees_looks_that_promise_too_much(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each test at each look at the level that the whole family may err."""
    monkeypatch.setattr(family.Family, "at_look", lambda self, look: family.Family(1))
    found = calibration.measured_looks(20, 1, 5)
    wrong = sum(any(one.verdict is Verdict.REFUTED for one in report) for report in found)
    assert not calibration.promised(wrong, 20)


def test_stopping_biases_the_printed_mean_by_a_part_of_its_interval(
    decided: list[list[stopping.Stopped]],
) -> None:
    biases = stopping.bias([one for report in decided for one in report])
    assert len(biases) > 30
    for mean, error, _ in biases.values():
        assert abs(mean) < 0.6 + 5 * error

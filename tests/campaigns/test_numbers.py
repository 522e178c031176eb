"""The campaign over the whole box, shortly."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest

from empirics.judging.intervals import Estimate
from empirics.judging.verdict import Verdict, _judge_side
from tests.campaigns import numbers
from theorems.answer import _in_order, _overflowed
from theorems.catalogue import catalogue
from theorems.claim import claim_at
from theorems.law import LARGEST_AMPLITUDE
from theorems.setting import Setting


def test_numbers_of_some_settings_are_in_order() -> None:
    claims, believed, found = numbers.campaign(2, 11, 1)
    assert believed > claims / 3
    assert [str(wrong) for wrong in found] == []


def test_settings_are_as_many_and_reach_the_extremes() -> None:
    settings = [numbers.setting_of(0, number) for number in range(300)]
    assert len(set(map(str, settings))) == 300
    assert {1, 10**9} <= {setting.n for setting in settings}
    assert {0.0, LARGEST_AMPLITUDE} <= {setting.sigma for setting in settings}


def test_the_campaign_sees_what_is_wrong() -> None:
    claim = claim_at(catalogue["tail-hit"], Setting())
    assert numbers.wrongs(claim) == []
    for changed in (
        {"value": math.nan},
        {"value": math.inf},
        {"lower": 0.9},
        {"upper": -math.inf},
        {"lower": 1.1, "value": 1.2, "upper": 1.3},
        {"lower": -0.3, "value": -0.2},
    ):
        assert numbers.wrongs(replace(claim, numbers=claim.numbers | changed)), changed
    assert numbers.wrongs(replace(claim, failed="ZeroDivisionError: x"))


def test_what_overflows_is_no_number_that_is_believed() -> None:
    assert math.isnan(_overflowed({"lower": math.inf})["lower"])
    assert math.isnan(_overflowed({"value": -math.inf})["value"])
    assert _overflowed({"lower": -math.inf, "value": 1.0, "upper": math.inf}) == {}


def test_a_side_that_overflows_to_where_it_is_true_is_vacuous() -> None:
    """beta*_d = d^34, whose fourth power leaves the doubles."""
    setting = Setting(n=10**6, d=12029, s=1e-3, alpha=1, beta_exponent=-34, k=22, sigma=1e-3)
    claim = claim_at(catalogue["missing-mass-concentration"], setting)
    assert claim.numbers["lower"] == -math.inf
    assert numbers.wrongs(claim) == []
    seen = Estimate(1.0, 0.5, 1.5, 50, 0.95)
    verdict, reason = _judge_side("lower", claim, seen)
    assert verdict is Verdict.VACUOUS
    assert "infinite" in reason


def test_sides_that_only_rounding_puts_in_the_wrong_order_are_exchanged() -> None:
    """1 - p_i differs from 1 by 10^-33 here; both sides cancel."""
    found = claim_at(catalogue["recovered-fraction"], numbers.setting_of(0, 84)).numbers
    assert 0 < found["lower"] <= found["value"] <= found["upper"]
    assert _in_order({"lower": 2.0, "upper": 1.0, "trivial_upper": 1.0}) == {}


@pytest.mark.parametrize(
    ("identifier", "number"),
    [("tail-mass", 283), ("no-multi-tail-sample", 491), ("unidentifiable-variance", 2508)],
)
def test_what_the_whole_campaign_found_is_mended(identifier: str, number: int) -> None:
    """A power that underflows beside one that overflows; a chance above 1; a variance below 0."""
    claim = claim_at(catalogue[identifier], numbers.setting_of(0, number))
    assert numbers.wrongs(claim) == []

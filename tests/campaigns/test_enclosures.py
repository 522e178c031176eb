"""The campaign of doubles against balls, shortly, and what it found."""

from __future__ import annotations

import math
from fractions import Fraction

import pytest

pytest.importorskip("flint", reason="python-flint is not installed")

from tests.campaigns import enclosures
from theorems.catalogue import catalogue
from theorems.evaluate.balls.enclosures import enclose
from theorems.evaluate.numbers import evaluate
from theorems.setting import Setting


def test_doubles_of_some_settings_are_where_balls_are() -> None:
    total = enclosures.Compared()
    for number in (0, 1, 2, 3, 7):
        total.add(enclosures.examined(number, 0))
    assert total.sides > 100
    assert total.off == []


@pytest.mark.parametrize(
    "setting",
    [
        Setting(n=20, d=2, s=1, alpha=3, beta_exponent=0, k=1),
        Setting(n=2141, d=2, s=0.0958612, alpha=0.57101, beta_exponent=0, k=1),
        Setting(n=22394, d=461, s=0.00011704, alpha=50, beta_exponent=0, k=1),
    ],
    ids=str,
)
def test_pairs_that_are_all_but_impossible_are_counted(setting: Setting) -> None:
    """What the campaign found once: h_sum - h_1 forgets what is below 1e-16 of h_1, and with it
    up to all of a sum over pairs that is formed from it."""
    side = catalogue["spurious-pair-count"].sides["value"]
    double = evaluate({"x": side}, setting.parameters)["x"]
    enclosure = enclose(side, setting.parameters, 15)
    assert enclosure is not None
    assert enclosure.relative_width <= 1e-15
    assert double == pytest.approx(float(enclosure.high), rel=1e-11)


@pytest.mark.parametrize(
    ("name", "setting"),
    [
        # One tail feature: no sample holds two. Rounding, to the power of n, showed it otherwise.
        ("no-multi-tail-sample", Setting(n=10**9, d=25, s=8.55959, alpha=1.24436, k=24)),
        ("no-multi-tail-sample", Setting(n=10**9, d=29, s=29, alpha=0.051007, k=28)),
        ("no-multi-tail-sample", Setting(n=10**9, d=2000, s=2790.38, alpha=1, k=1999)),
        ("multi-tail-samples", Setting(n=10**9, d=7, s=176.777, alpha=3, k=6)),
        # Features in all but all of a billion samples: lambda/(T + lambda) was a difference.
        ("price-of-memorizing", Setting(n=10**9, d=19, s=19, alpha=50, k=3)),
        ("bayes-floor", Setting(n=10**9, d=7, s=5.42347, alpha=30, k=6)),
        # A tail next to the smallest doubles.
        ("recovered-fraction-rate", Setting(n=3972, d=8, s=1e-100, alpha=50, k=1)),
        # pi_k, all of whose digits cancel.
        ("recovered-fraction", Setting(n=1, d=2, s=11.7214, alpha=50, k=1)),
    ],
    ids=str,
)
def test_what_was_off_is_no_more(name: str, setting: Setting) -> None:
    found = enclosures.compared(catalogue[name], setting)
    assert found.sides
    assert found.off == found.opened == []
    assert found.silent == 0


@pytest.mark.parametrize(
    "setting",
    [
        # (c n)^-144 underflows, Gamma(145, .) = 1e249 does not: the value, 4e-86, was 0.
        Setting(n=10**6, d=2, s=0.000351278, alpha=0.271017, beta_exponent=20, k=1),
        # Gamma(226, .) overflows: the value, 2e214, was infinite.
        Setting(n=114, d=16, s=0.945501, alpha=0.173076, beta_exponent=20, k=1),
    ],
    ids=str,
)
def test_products_that_leave_doubles_are_no_number(setting: Setting) -> None:
    found = enclosures.compared(catalogue["missing-mass-asymptotic"], setting)
    assert (found.sides, found.silent, found.off) == (1, 1, [])


def test_less_is_stated_where_a_frequency_all_but_reaches_one() -> None:
    close = Setting(n=1361, d=3, s=3, alpha=1e-9, k=2)
    assert close.law.p[-1] == pytest.approx(1, abs=1e-8)
    assert enclosures.relative_error(Setting()) == enclosures.RELATIVE
    assert 1e-7 < enclosures.relative_error(close) < 1e-4
    found = enclosures.compared(catalogue["common-only-samples"], close)
    assert (found.sides, found.off) == (2, [])


def test_the_campaign_sees_what_is_off() -> None:
    low, high = Fraction("0.5"), Fraction("0.5000000001")
    assert enclosures.share(0.5, low, high, 0) == 0
    assert enclosures.share(0.5 + 1e-8, low, high, 0) > 1
    assert enclosures.share(0.5 + 1e-8, low, high, 1e-7) < 1
    assert enclosures.share(math.nan, low, high, 0) == math.inf
    assert enclosures.share(math.inf, low, high, 0) == math.inf
    assert enclosures.share(math.inf, Fraction(10) ** 400, Fraction(10) ** 401, 0) == 0
    assert enclosures.share(1.0, Fraction(10) ** 400, Fraction(10) ** 401, 0) == math.inf

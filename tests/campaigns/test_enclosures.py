"""The campaign of doubles against balls, shortly, and what it found."""

from __future__ import annotations

import math
from fractions import Fraction

import pytest

pytest.importorskip("flint", reason="python-flint is not installed")

from tests.campaigns import enclosures


def test_doubles_of_some_settings_are_where_balls_are() -> None:
    total = enclosures.Compared()
    for number in (0, 1, 2, 3, 7):
        total.add(enclosures.examined(number, 0))
    assert total.sides > 100
    assert total.off == []


def test_the_campaign_sees_what_is_off() -> None:
    low, high = Fraction("0.5"), Fraction("0.5000000001")
    assert enclosures.share(0.5, low, high, 0) == 0
    assert enclosures.share(0.5 + 1e-8, low, high, 0) > 1
    assert enclosures.share(0.5 + 1e-8, low, high, 1e5) < 1
    assert enclosures.share(math.nan, low, high, 0) == math.inf
    assert enclosures.share(math.inf, low, high, 0) == math.inf
    assert enclosures.share(math.inf, Fraction(10) ** 400, Fraction(10) ** 401, 0) == 0
    assert enclosures.share(1.0, Fraction(10) ** 400, Fraction(10) ** 401, 0) == math.inf

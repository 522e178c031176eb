"""Certified bounds as people meet them: on the command line, in Python, in a report's rows."""

from __future__ import annotations

import math
from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np
import pytest

import longtail
import theorems.certified
from theorems.catalogue import catalogue
from theorems.claim import claim_at
from theorems.errors import InputError
from theorems.law import Table
from theorems.setting import Setting

Call = Callable[..., Any]


@pytest.fixture
def without(monkeypatch: pytest.MonkeyPatch) -> None:
    """As where python-flint is not installed."""
    monkeypatch.setattr(theorems.certified, "find_spec", lambda _: None)


@pytest.mark.usefixtures("without")
def test_without_python_flint_one_line_says_how_to_get_it(call: Call) -> None:
    called = call("bounds", "--certified", "--only", "tail-mass")
    assert called.status == 2
    assert called.out == ""
    (line,) = called.err.splitlines()
    assert line == ("longtail: --certified = yes: needs python-flint: pip install '.[certified]'")
    with pytest.raises(InputError, match="certified"):
        claim_at(catalogue["tail-mass"], Setting(), certified=True)
    with pytest.raises(InputError, match="certified"):
        longtail.bounds("tail-mass", certified=True)
    # What needs none is as it was.
    assert claim_at(catalogue["tail-mass"], Setting()).certificate is None


flint = pytest.importorskip("flint", reason="python-flint is not installed")


def test_document_has_both_ends_of_each_side(call: Call) -> None:
    chosen = "tail-hit,noiseless-loss,variance-evolution,noiseless-loss-cavity"
    called = call("bounds", "--certified", "--json", "--only", chosen)
    assert called.status == 0
    rows = {row["id"]: row for row in called.document["statements"]}
    for side, ends in rows["tail-hit"]["certified"].items():
        low, high = map(Decimal, ends)
        assert low <= high
        assert (high - low) / low < Decimal("1e-14"), side
    loss = rows["noiseless-loss"]
    assert Fraction(loss["lower"]) <= Fraction(loss["certified"]["lower"][0])
    assert Fraction(loss["upper"]) >= Fraction(loss["certified"]["upper"][1])
    assert loss["certified_why"] == {}
    assert all(hypothesis["certified"] for hypothesis in loss["hypotheses"])
    evolution = rows["variance-evolution"]
    assert evolution["certified"]["value"] is None
    assert "nobody has bounded" in evolution["certified_why"]["value"]
    assert evolution["certified"]["lower"] is not None
    cavity = rows["noiseless-loss-cavity"]
    assert cavity["certified"] == {"lower": None, "upper": None}
    assert all("safe direction" in why for why in cavity["certified_why"].values())


def test_digits_that_are_asked_for_are_enclosed(call: Call) -> None:
    called = call(
        *("bounds", "--certified", "--json", "--precision", "30", "--only", "noiseless-loss")
    )
    (row,) = called.document["statements"]
    low, high = map(Decimal, row["certified"]["lower"])
    assert 0 <= high - low <= low * Decimal("1e-29")


def test_table_is_rounded_outward_and_says_what_is_not_enclosed(call: Call) -> None:
    called = call("bounds", "--certified", "--only", "tail-mass,noiseless-loss,ridge-risk")
    # .168574953..., .178508976..., .0211966855...: down and up.
    for number in ("0.168574", "0.178509", "0.0211967"):
        assert number in called.out
    assert "*" in called.out
    assert "ridge-risk lower, ridge-risk upper" in called.out


def test_what_takes_hours_is_refused_with_an_estimate(
    call: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(theorems.certified, "LONGEST", 1.0)
    called = call("bounds", "--certified")
    assert called.status == 2
    (line,) = called.err.splitlines()
    assert "would take about" in line
    assert "d = 10000" in line
    # Coefficients that all differ leave no runs.
    rng = np.random.default_rng(0)
    law = Table(np.sort(rng.uniform(1e-5, 0.1, 20000))[::-1], rng.uniform(1, 2, 20000))
    alone = theorems.certified.estimated(Setting(law=law), 1, 15)
    same = theorems.certified.estimated(Setting(law=Table(law.p)), 1, 15)
    assert alone > 10 * same


def test_rows_of_a_grid_are_outer_ends() -> None:
    plain = longtail.bounds(["noiseless-loss", "ridge-risk"], alpha=[1.5, 2.0])
    rows = longtail.bounds(["noiseless-loss", "ridge-risk"], alpha=[1.5, 2.0], certified=True)
    assert [row["certified"] for row in rows] == ["lower, upper", "", "lower, upper", ""]
    assert all("certified" not in row for row in plain)
    for row, other in zip(rows, plain, strict=True):
        assert row["lower"] == pytest.approx(other["lower"], rel=1e-12)
        assert row["upper"] == pytest.approx(other["upper"], rel=1e-12)


def test_what_balls_cannot_decide_does_not_hold() -> None:
    """p_{k+1} = 1 exactly, and a margin that is 0 up to what can be known."""
    certain = Setting(n=10, d=4, s=4.0, alpha=1e-9, k=1)
    claim = claim_at(catalogue["alone-recovery"], certain, certified=True)
    assert claim.hypotheses[0].certified
    rests = claim_at(catalogue["exponents"], Setting(alpha=1.0), certified=True)
    assert not rests.hypotheses[0].holds
    assert rests.certificate is not None
    assert rests.certificate.why["value"] == theorems.certified.NO_VALUE


def test_certified_numbers_are_next_to_those_in_doubles() -> None:
    for statement in catalogue.values():
        plain = claim_at(statement, Setting(n=200, d=500))
        claim = claim_at(statement, Setting(n=200, d=500), certified=True)
        assert claim.failed == plain.failed
        assert claim.believed == plain.believed, statement.id
        for side in statement.sides:
            expected = pytest.approx(plain.numbers[side], rel=1e-10, nan_ok=True)
            assert claim.numbers[side] == expected, (statement.id, side)
        for side in ("lower", "upper"):
            if side in claim.enclosed:
                assert claim.certificate is not None
                enclosure = claim.certificate.sides[side]
                assert enclosure is not None
                inward = math.inf if side == "lower" else -math.inf
                nearer = Fraction(math.nextafter(claim.numbers[side], inward))
                end = enclosure.low if side == "lower" else enclosure.high
                assert (nearer > end) if side == "lower" else (nearer < end)


def test_what_doubles_take_at_many_features_is_part_of_the_estimate() -> None:
    few, many = (theorems.certified.estimated(Setting(d=d), 65, 15) for d in (10**4, 10**9))
    assert few < 20
    assert many > 600

"""Enclosures against fifty digits, their widths, their decimals, and what they decide."""

from __future__ import annotations

import math
from decimal import Decimal
from fractions import Fraction

import mpmath
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from theorems.catalogue import catalogue
from theorems.claim import by_recursion
from theorems.evaluate.numbers import evaluate, evaluate_mpmath
from theorems.law import Table
from theorems.setting import Setting

pytest.importorskip("flint", reason="python-flint is not installed")

from flint import arb, fmpq

from theorems.evaluate.balls import functions
from theorems.evaluate.balls.enclosures import Enclosure, enclose, enclosed, precision
from theorems.evaluate.balls.exact import Exact

EXPRESSIONS = {
    identifier: {
        name: expression
        for name, expression in statement.expressions.items()
        if not by_recursion(expression)
    }
    for identifier, statement in catalogue.items()
}


def exact(value: mpmath.mpf) -> Fraction:
    sign, mantissa, exponent, _ = value._mpf_
    return Fraction((-1) ** sign * int(mantissa)) * Fraction(2) ** exponent


def missed(setting: Setting, digits: int = 20) -> list[str]:
    """What no enclosure holds, or holds only loosely, of everything at a setting."""
    found = []
    for identifier, expressions in EXPRESSIONS.items():
        parameters = setting.parameters | catalogue[identifier].defaults
        truths = evaluate_mpmath(expressions, parameters, 50)
        for name, expression in expressions.items():
            what = compared(enclose(expression, parameters, digits), truths[name], digits)
            if what:
                found.append(f"{identifier} {name}: {mpmath.nstr(truths[name], 25)} {what}")
    return found


def compared(enclosure: Enclosure | None, truth: mpmath.mpf, digits: int) -> str:
    """What is wrong with an enclosure of a number known to fifty digits; "" for nothing."""
    if not mpmath.isfinite(truth) or isinstance(truth, mpmath.mpc):
        return f"is enclosed by {enclosure}" if enclosure is not None else ""
    if enclosure is None:
        return "is not enclosed"
    # mpmath loses what cancels of its sixty digits; what is subtracted is of order 1.
    room = Fraction(10) ** -40 * (1 + abs(exact(truth)))
    if not enclosure.low - room <= exact(truth) <= enclosure.high + room:
        return f"is not in {enclosure.decimals(25)}"
    if enclosure.high - enclosure.low > Fraction(10) ** -digits * abs(exact(truth)) + room:
        return f"is only in {enclosure.decimals(25)}"
    return ""


SETTINGS = (
    Setting(n=12, d=15, k=3, s=3.0, alpha=1.5, beta_exponent=0.1),
    Setting(n=40, d=30, k=5, s=5.0, alpha=1.0, beta_exponent=-0.5, sigma=0.0),
    Setting(n=3, d=4, k=1, s=0.3, alpha=2.0, beta_exponent=0.0),
)


@pytest.mark.parametrize("setting", SETTINGS, ids=str)
def test_enclosures_hold_fifty_digits(setting: Setting) -> None:
    assert missed(setting) == []


SOME = ("noiseless-loss", "noisy-loss", "multi-tail-samples", "alone-recovery", "tail-mass")


@settings(max_examples=25, deadline=None)
@given(setting=st.from_type(Setting))
def test_random_settings(setting: Setting) -> None:
    for identifier in SOME:
        parameters = setting.parameters | catalogue[identifier].defaults
        truths = evaluate_mpmath(EXPRESSIONS[identifier], parameters, 50)
        if not truths["hypothesis_0"] > 0:
            continue
        for name, expression in catalogue[identifier].sides.items():
            enclosure = enclose(expression, parameters, 15)
            assert compared(enclosure, truths[name], 15) == "", (identifier, name)


def test_a_wrong_operation_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    """The remainder of a run is dropped: enclosures of long sums miss the plain sums."""
    from theorems.evaluate.balls import features

    setting = Setting(n=300, d=700, k=9)
    parameters = setting.parameters
    side = catalogue["noiseless-loss"].sides["lower"]
    truth = evaluate_mpmath({"x": side}, parameters, 40)["x"]
    assert compared(enclose(side, parameters, 15), truth, 15) == ""
    monkeypatch.setattr(features, "_moment", lambda number, power, precision: arb(number))
    from theorems.evaluate.balls import enclosures

    enclosures._kept.cache_clear()
    assert "is not in" in compared(enclose(side, parameters, 15), truth, 15)
    enclosures._kept.cache_clear()


LONG_SUMS = {
    ("tail-mass", "value"),
    ("tail-hit", "value"),
    ("alone-recovery", "value"),
    ("noiseless-loss", "lower"),
    ("noiseless-loss", "upper"),
    ("noisy-loss", "value"),
    ("stability-price", "lower"),
}


@pytest.mark.parametrize(("d", "width"), [(10**4, 1e-12), (10**7, 1e-9)])
def test_long_sums_are_narrow_and_agree_with_doubles(d: int, width: float) -> None:
    setting = Setting(n=1000, d=d, alpha=1.5)
    for identifier, name in LONG_SUMS:
        side = catalogue[identifier].sides[name]
        parameters = setting.parameters | catalogue[identifier].defaults
        enclosure = enclose(side, parameters, 13)
        assert enclosure is not None
        assert enclosure.relative_width <= width, (identifier, name)
        if d <= 10**4:
            double = evaluate({"x": side}, parameters)["x"]
            assert double == pytest.approx(float(enclosure.low), rel=1e-12), (identifier, name)


def test_a_long_table_is_summed_in_runs_and_holds_its_plain_sum() -> None:
    rng = np.random.default_rng(0)
    p = np.minimum(1, 3 * np.arange(1, 9001) ** -1.3) * rng.uniform(0.9, 1, 9000)
    for beta in (None, rng.choice([0.5, 2.0], 9000)):
        law = Table(p, beta)
        setting = Setting(law=law, n=500)
        for identifier, name in (("noiseless-loss", "lower"), ("tail-hit", "value")):
            side = catalogue[identifier].sides[name]
            columns = law.columns
            truth = evaluate_mpmath({"x": side}, setting.parameters, 30, columns=columns)["x"]
            enclosure = enclose(side, setting.parameters, 15, columns=columns)
            assert enclosure is not None
            assert enclosure.low <= exact(truth) <= enclosure.high, (identifier, name)
            assert enclosure.relative_width <= 1e-12


@given(
    value=st.fractions(),
    digits=st.integers(1, 40),
)
def test_decimals_and_doubles_are_rounded_outward(value: Fraction, digits: int) -> None:
    other = value + Fraction(1, 7)
    enclosure = Enclosure(value, other)
    low, high = map(Fraction, map(Decimal, enclosure.decimals(digits)))
    assert low <= value < other <= high
    assert max(value - low, high - other) <= Fraction(10) ** (1 - digits) * max(
        abs(low), abs(high), abs(value), abs(other)
    )
    below, above = enclosure.doubles()
    assert Fraction(below) <= value < other <= Fraction(above)
    assert math.nextafter(below, math.inf) > value
    assert value in enclosure
    assert other + 1 not in enclosure


def test_what_is_beyond_decimals_is_open_or_next_to_nothing() -> None:
    with precision(100):
        assert enclosed(arb(10**6).exp()) is None
        tiny = enclosed(arb(-(10**6)).exp())
        assert tiny is not None
        assert tiny.low == 0 < tiny.high
        assert tiny.doubles() == (0.0, 5e-324)


def test_conditions_are_decided_or_said_to_be_open() -> None:
    third = Exact(1) / Exact(3)
    assert functions.holds("==", third * Exact(3), Exact(1))
    assert functions.floor(Exact(1) / Exact("0.1")).x == 10
    with precision(60):
        wide = arb(1, 0.5)
        assert functions.holds(">", wide, 0)
        with pytest.raises(functions.UndecidedError):
            functions.holds(">", wide, 1)
        both = functions.choose(lambda: functions.holds(">", wide, 1), lambda: 5, lambda: 7)
        assert both.contains(5)
        assert both.contains(7)


@pytest.mark.parametrize("n", [20, 400, 5000, 10**6])
@pytest.mark.parametrize("chance", ["0.0001", "0.3", "0.999"])
def test_means_over_counts(n: int, chance: str) -> None:
    """Each way of forming a mean inverse count against the other."""
    from theorems.evaluate.balls.binomial_expectation import binomial_expectation
    from theorems.evaluate.balls.inverse_count import mean_inverse_count

    def inverse(count: object, _: object) -> object:
        return functions.minimum(1, count) / functions.maximum(1, count)

    with precision(110):
        one = mean_inverse_count(Exact(n), Exact(chance))
        other = binomial_expectation(inverse, Exact(n), lambda _: Exact(chance), Exact(1))
        assert one.overlaps(other)
        assert one.rad() < one * 1e-15
        assert other.rad() < other * 1e-15


def test_the_largest_of_several_fixed_points() -> None:
    from theorems.evaluate.balls.fixed_point import largest_fixed_point

    # Fixed points .3, .5 and .8; the slope is left unknown, so that nothing but iteration serves.
    with precision(120):
        found = largest_fixed_point(
            lambda x: x + (x - fmpq(3, 10)) * (x - fmpq(1, 2)) * (fmpq(4, 5) - x) / 4,
            lambda _: arb.nan(),
            Exact(1),
            40,
        )
        assert found.contains(fmpq(4, 5))
        assert not found.contains(fmpq(1, 2))

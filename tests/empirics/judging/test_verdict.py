"""Every branch of a judgement, on synthetic claims and draws, and the error of a family."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy import stats
from sympy import Expr, Float, Integer, Rational, Symbol, sqrt

from empirics.judging.family import FAMILY_ERROR, Family
from empirics.judging.intervals import BETTING, BINOMIAL, STUDENT_RUNS
from empirics.judging.verdict import (
    RESOLUTION,
    Judgement,
    Verdict,
    judge,
)
from empirics.running.montecarlo import Sample
from theorems.claim import Claim, claim_at
from theorems.model import alpha, n
from theorems.setting import Setting
from theorems.statement import Control, Hypothesis, Kind, Origin, Statement

Array = NDArray[np.float64]
SETTING = Setting(n=10, d=20, k=3)
NAME = "in_distribution_bias"
NO_VALUE = sqrt(alpha - n)
INFINITE = 1 / (alpha - 2)


def claim(kind: Kind, *, setting: Setting = SETTING, **parts: object) -> Claim:
    given: dict[str, object] = {
        "id": "synthetic",
        "title": "Synthetic",
        "origin": Origin.DERIVED,
        "kind": kind,
        "quantity": "quantity",
        "symbol": Symbol("Q"),
        "text": "Statement. A.\n\nProof. B.\n\nSource. C.",
        "observable": NAME,
    }
    return claim_at(Statement(**(given | parts)), setting)  # type: ignore[arg-type]


def sample(values: Array, **more: Array) -> Sample:
    return Sample(SETTING, 0, {NAME: np.asarray(values, dtype=float), **more})


def around(mean: float, half_width: float, runs: int = 50) -> Array:
    """Draws whose 95% interval is mean +- half_width, exactly."""
    shape = np.linspace(-1, 1, runs)
    shape *= math.sqrt(runs) / (shape.std(ddof=1) * float(stats.t.ppf(0.975, runs - 1)))
    return mean + half_width * shape


def verdict(judgement: Judgement) -> Verdict:
    assert judgement.reason
    assert "\n" not in judgement.reason
    return judgement.verdict


H, R, V, I = Verdict.HOLDS, Verdict.REFUTED, Verdict.VACUOUS, Verdict.INCONCLUSIVE  # noqa: E741


@pytest.mark.parametrize(
    ("mean", "half", "side", "bound", "expected"),
    [
        (1.0, 0.1, "upper", Integer(2), H),
        (1.0, 0.1, "upper", Rational(11, 10) + Rational(1, 10**9), H),
        (1.0, 0.1, "upper", Rational(105, 100), H),  # a violation of 10% is excluded
        (1.0, 0.2, "upper", Rational(105, 100), I),  # it is not
        (1.0, 0.1, "upper", Rational(8, 10), R),
        (1.0, 0.1, "upper", Rational(89, 100), R),
        (1.0, 0.1, "upper", Rational(91, 100), I),
        (1.0, 0.1, "upper", Integer(100), V),
        (1.0, 0.1, "upper", Integer(101), V),
        (1.0, 0.1, "upper", NO_VALUE, I),
        (1.0, 0.1, "upper", INFINITE, V),  # it is true and says nothing
        (1.0, 0.1, "lower", Rational(1, 2), H),
        (1.0, 0.04, "lower", Rational(102, 100), H),
        (1.0, 0.2, "lower", Rational(102, 100), I),
        (1.0, 0.1, "lower", Rational(12, 10), R),
        (1.0, 0.1, "lower", Integer(0), V),
        (1.0, 0.1, "lower", Integer(-3), V),
        (1.0, 0.1, "lower", NO_VALUE, I),
        (1.0, 0.1, "lower", -INFINITE, V),
    ],
)
def test_proven_sides(mean: float, half: float, side: str, bound: Expr, expected: Verdict) -> None:
    kind = Kind.UPPER if side == "upper" else Kind.LOWER
    judged = judge(
        claim(kind, trivial_upper=Integer(100), **{side: bound}), sample(around(mean, half)), 1
    )
    assert verdict(judged) is expected
    assert judged.parts == {side: expected}


@pytest.mark.parametrize(
    ("half", "value", "expected"),
    [
        (0.05, Integer(1), H),
        (0.05, Rational(104, 100), H),
        (0.05, Rational(106, 100), R),
        (0.05, Rational(94, 100), R),
        (0.2, Rational(11, 10), I),
        (0.05, NO_VALUE, I),
        (0.05, INFINITE, I),
    ],
)
def test_identities(half: float, value: Expr, expected: Verdict) -> None:
    assert verdict(judge(claim(Kind.IDENTITY, value=value), sample(around(1, half)), 1)) is expected


def test_an_identity_with_zero_is_judged_against_its_unit() -> None:
    zero = claim(Kind.IDENTITY, value=Integer(0), trivial_lower=None, unit=Integer(1))
    assert verdict(judge(zero, sample(around(0.01, 0.05)), 1)) is H
    assert verdict(judge(zero, sample(around(0.06, 0.05)), 1)) is R
    assert verdict(judge(zero, sample(around(0.06, 0.15)), 1)) is I
    # Nothing says how narrow is narrow: any width is too wide.
    without = claim(Kind.IDENTITY, value=Integer(0), trivial_lower=None)
    assert verdict(judge(without, sample(around(0.01, 0.05)), 1)) is I


@pytest.mark.parametrize(
    ("mean", "half", "accuracy", "expected"),
    [
        (1.0, 0.05, Rational(1, 10), H),
        (1.0, 0.15, Rational(1, 10), I),
        (1.12, 0.01, Rational(1, 10), R),
        (0.88, 0.005, Rational(1, 10), R),
        (0.9, 0.005, Rational(1, 10), I),  # from .895, and .9 is within 10% of 1
        (0.905, 0.0005, Rational(1, 10), H),  # though below 1/1.1
        (1.0, 0.05, Integer(1), V),
        (1.0, 0.05, Integer(3), V),
        (1.0, 0.05, NO_VALUE, I),
        (1.0, 0.05, INFINITE, I),
    ],
)
def test_predictions(mean: float, half: float, accuracy: Expr, expected: Verdict) -> None:
    made = claim(Kind.PREDICTION, value=Integer(1), accuracy=accuracy)
    assert verdict(judge(made, sample(around(mean, half)), 1)) is expected


def test_two_sides_and_a_refuted_extra_side() -> None:
    both = claim(Kind.TWO_SIDED, lower=Rational(1, 2), upper=Integer(2))
    assert verdict(judge(both, sample(around(1, 0.1)), 1)) is H
    assert verdict(judge(both, sample(around(3, 0.1)), 1)) is R
    assert verdict(judge(both, sample(around(0.1, 0.01)), 1)) is R
    vacuous = claim(Kind.TWO_SIDED, lower=Integer(0), upper=Integer(2))
    assert verdict(judge(vacuous, sample(around(1, 0.1)), 1)) is V
    undefined = claim(Kind.TWO_SIDED, lower=Integer(0), upper=NO_VALUE)
    assert verdict(judge(undefined, sample(around(1, 0.1)), 1)) is I
    # A prediction holds by its value, but a proven side beside it is judged too.
    beside = claim(Kind.PREDICTION, value=Rational(93, 100), upper=Rational(95, 100))
    judged = judge(beside, sample(around(1, 0.01)), 1)
    assert verdict(judged) is R
    assert judged.parts == {"value": H, "upper": R}
    assert "upper" in judged.reason


SHARE = "memorized_samples"
"""In [0, 1]."""


@pytest.mark.parametrize(
    ("observable", "mean", "half", "side", "bound", "expected", "proved"),
    [
        (SHARE, 0.3, 0.01, "upper", 0.8, H, BETTING),
        (SHARE, 0.3, 0.01, "upper", 0.32, H, ""),  # betting on [0, 1] does not reach that far
        (SHARE, 0.8, 0.01, "upper", 0.3, R, BETTING),
        (SHARE, 0.3, 0.01, "upper", 0.28, R, ""),
        (SHARE, 0.3, 0.1, "upper", 0.32, I, ""),
        ("variance_factor", 0.3, 0.01, "upper", 0.8, H, ""),  # of what has no known range
    ],
)
def test_a_verdict_says_whether_an_interval_of_proved_coverage_reaches_it(
    observable: str,
    mean: float,
    half: float,
    side: str,
    bound: float,
    expected: Verdict,
    proved: str,
) -> None:
    stated = claim(Kind.UPPER, observable=observable, **{side: Float(bound)})
    judged = judge(stated, Sample(SETTING, 0, {observable: around(mean, half)}), 1)
    assert (verdict(judged), judged.proved_by) == (expected, proved)


def test_a_bound_on_single_draws_is_judged_by_an_exact_interval() -> None:
    stated = claim(Kind.LOWER, lower=Float(0.5), level=Float(0.9))
    judged = judge(stated, sample(around(1.0, 0.05)), 1)
    assert (verdict(judged), judged.proved_by) == (H, BINOMIAL)


def test_hypotheses_come_first() -> None:
    wrong = claim(
        Kind.UPPER, upper=Rational(1, 10), hypotheses=(Hypothesis("n is large", n - 100),)
    )
    judged = judge(wrong, sample(around(1, 0.1)), 1)
    assert verdict(judged) is Verdict.HYPOTHESIS_FAILS
    assert judged.reason == "fails: n is large"
    assert judged.observed is not None
    assert judged.slack == pytest.approx(0.1)
    undefined = claim(
        Kind.UPPER, upper=Integer(2), hypotheses=(Hypothesis("undefined", NO_VALUE, weak=True),)
    )
    assert verdict(judge(undefined, sample(around(1, 0.1)), 1)) is Verdict.HYPOTHESIS_FAILS


def test_rates_are_left_to_a_sweep() -> None:
    judged = judge(claim(Kind.RATE, value=Integer(1)), sample(around(1, 0.01)), 1)
    assert verdict(judged) is I
    assert judged.slack == pytest.approx(1)


def test_a_formula_is_judged_by_its_exact_number() -> None:
    def formula(reference: Expr, **parts: object) -> Judgement:
        made = claim(
            Kind.PREDICTION, value=Integer(1), observable=None, reference=reference, **parts
        )
        return judge(made, sample(around(1, 0.1)), 1)

    assert verdict(formula(Rational(105, 100))) is H
    assert "the exact finite sum" in formula(Rational(105, 100)).reason
    assert formula(Rational(105, 100)).slack == pytest.approx(1 / 1.05)
    assert verdict(formula(Rational(120, 100))) is R
    assert verdict(formula(NO_VALUE)) is I
    assert verdict(formula(INFINITE)) is I
    assert verdict(formula(Integer(1), accuracy=Integer(2))) is V
    assert verdict(formula(Integer(1), hypotheses=(Hypothesis("no", -n),))) is (
        Verdict.HYPOTHESIS_FAILS
    )
    nothing = claim(Kind.PREDICTION, value=Integer(1), observable=None)
    assert verdict(judge(nothing, sample(around(1, 0.1)), 1)) is I


@pytest.mark.parametrize(
    ("values", "rounding", "expected"),
    [
        ([0.0, 1e-12, 2e-12], [1e-11, 1e-11, 1e-11], H),
        ([0.0, 1e-10, 2e-12], [1e-11, 1e-11, 1e-11], R),
        ([0.0, math.nan, 1e-12], [1e-11, math.nan, 1e-11], H),  # one draw was not measured
        ([math.nan, math.nan], [math.nan, math.nan], I),
        ([0.0, 1e-12], [1e-11, math.nan], I),
        ([0.0, math.inf], [1e-11, 1e-11], R),
    ],
)
def test_claims_about_every_draw(
    values: list[float], rounding: list[float], expected: Verdict
) -> None:
    recorded = {
        "private_residual": np.array(values),
        "private_residual_rounding": np.array(rounding),
    }
    made = claim(Kind.IDENTITY, value=Integer(0), observable="private_residual")
    judged = judge(made, Sample(SETTING, 0, recorded), 1)
    assert verdict(judged) is expected
    if expected is R:
        assert "draw 1 exceeds it" in judged.reason


def test_an_upper_claim_about_every_draw() -> None:
    recorded = {
        "gd_distance_over_bound": np.array([0.9, 1.0 + 1e-12, math.nan]),
        "gd_distance_over_bound_rounding": np.array([1e-11, 1e-11, math.nan]),
    }
    made = claim(Kind.UPPER, upper=Integer(1), observable="gd_distance_over_bound")
    assert verdict(judge(made, Sample(SETTING, 0, recorded), 1)) is H
    recorded["gd_distance_over_bound"][0] = 1.1
    assert verdict(judge(made, Sample(SETTING, 0, recorded), 1)) is R


@pytest.mark.parametrize(
    "values",
    [
        [],
        [1.0],
        [math.nan, math.nan, math.nan],
        [1.0, math.nan],
        [1.0, math.inf, 2.0],
        [-math.inf, math.inf],
    ],
)
@pytest.mark.parametrize(
    ("kind", "parts"),
    [
        (Kind.IDENTITY, {"value": Integer(1)}),
        (Kind.PREDICTION, {"value": Integer(1)}),
        (Kind.UPPER, {"upper": Integer(5)}),
        (Kind.LOWER, {"lower": Rational(1, 2)}),
        (Kind.TWO_SIDED, {"lower": Rational(1, 2), "upper": Integer(5)}),
    ],
)
def test_what_is_not_finite_never_holds(
    values: list[float], kind: Kind, parts: dict[str, Expr]
) -> None:
    judged = judge(claim(kind, **parts), sample(np.array(values)), 1)
    assert verdict(judged) is I


def test_an_observable_that_no_draw_recorded() -> None:
    made = claim(Kind.UPPER, upper=Integer(1), observable="train_loss")
    judged = judge(made, sample(around(1, 0.1)), 1)
    assert verdict(judged) is I
    assert judged.reason == "no draw recorded train_loss_factor"
    failed = claim(
        Kind.UPPER,
        upper=Integer(1),
        observable="train_loss",
        hypotheses=(Hypothesis("no", -n),),
    )
    assert verdict(judge(failed, sample(around(1, 0.1)), 1)) is Verdict.HYPOTHESIS_FAILS


@pytest.mark.parametrize(
    ("reached", "runs", "expected"),
    [(50, 50, H), (48, 50, H), (46, 50, I), (30, 50, R), (0, 2, R), (1, 2, I)],
)
def test_bounds_on_single_draws(reached: int, runs: int, expected: Verdict) -> None:
    values = np.where(np.arange(runs) < reached, 11.0, 9.0) + np.arange(runs) * 1e-3
    made = claim(
        Kind.IDENTITY,
        value=Float(float(values.mean())),
        lower=Integer(10),
        level=Rational(95, 100),
    )
    judged = judge(made, sample(values), 1)
    assert judged.parts["lower"] is expected
    # 46 of 50 is below the level but within chance; 30 of 50 is not, nor is 0 of 2.
    chance = float(stats.binom.cdf(reached, runs, 0.95))
    # Two intervals, for the mean and for single draws, share the 5%; each has two ends.
    assert (chance < 0.0125) == (expected is R)
    if expected is R:
        assert verdict(judged) is R
    nothing = claim(Kind.IDENTITY, value=Integer(10), lower=Integer(-1), level=Rational(95, 100))
    assert judge(nothing, sample(values), 1).parts["lower"] is V


@pytest.mark.parametrize(("kept", "expected"), [(50, H), (46, I), (30, R)])
def test_upper_bounds_on_single_draws(kept: int, expected: Verdict) -> None:
    values = np.where(np.arange(50) < kept, 9.0, 11.0) + np.arange(50) * 1e-3
    bound = Float(9.5)
    made = claim(Kind.UPPER, upper=bound, level=Rational(95, 100))
    judged = judge(made, sample(values), 1)
    assert judged.parts == {"upper": expected}
    assert verdict(judged) is expected
    trivial = claim(Kind.UPPER, upper=bound, level=Rational(95, 100), trivial_upper=bound)
    assert judge(trivial, sample(values), 1).parts["upper"] is V


def test_scale_and_control() -> None:
    rng = np.random.default_rng(5)
    control = rng.standard_normal(40)
    values = 1 + control + 0.01 * rng.standard_normal(40)
    made = claim(
        Kind.IDENTITY,
        value=Integer(3),
        scale=Integer(3),
        control=Control("missing_mass", Integer(0)),
    )
    judged = judge(made, sample(values, missing_mass=control), 1)
    assert verdict(judged) is H
    assert judged.observed is not None
    # 0.01 of noise is left of 1: three times 2.03 * 0.01/sqrt(40), and 10% to spare.
    assert judged.observed.half_width < 1.1 * 3 * 2.03 * 0.012 / math.sqrt(40)
    plain = claim(Kind.IDENTITY, value=Integer(3), scale=Integer(3))
    without = judge(plain, sample(values), 1).observed
    assert without is not None
    assert without.half_width > 30 * judged.observed.half_width


@pytest.mark.parametrize(
    ("kind", "parts", "slack"),
    [
        (Kind.UPPER, {"upper": Integer(4)}, 2.0),
        (Kind.TWO_SIDED, {"lower": Integer(1), "upper": Integer(4)}, 2.0),
        (Kind.LOWER, {"lower": Rational(1, 2)}, 4.0),
        (Kind.IDENTITY, {"value": Integer(2)}, 1.0),
        (Kind.PREDICTION, {"value": Integer(3), "upper": Integer(9)}, 1.5),
        (Kind.UPPER, {"upper": NO_VALUE}, None),
        (Kind.LOWER, {"lower": Integer(0)}, None),
    ],
)
def test_slack(kind: Kind, parts: dict[str, Expr], slack: float | None) -> None:
    judged = judge(claim(kind, **parts), sample(around(2, 0.001)), 1)
    assert judged.slack == (None if slack is None else pytest.approx(slack))


@given(claims=st.integers(0, 1000))
def test_the_correction_for_many_claims(claims: int) -> None:
    assert max(claims, 1) * (1 - Family(claims).confidence) == pytest.approx(FAMILY_ERROR)


def test_what_one_claim_refutes_may_be_chance_among_many() -> None:
    made = claim(Kind.IDENTITY, value=Rational(106, 100))
    draws = sample(around(1, 0.05))
    assert verdict(judge(made, draws, 1)) is R
    assert verdict(judge(made, draws, 100)) is not R
    assert RESOLUTION == 0.1


def test_true_claims_are_refuted_no_more_often_than_promised() -> None:
    """Families of five true identities on normal draws, 1000 of them, seeded.

    Each family is refuted somewhere with probability 1 - 0.99^5 = 0.0490, so the number of
    families with a refutation is Bin(1000, 0.049). Outside the two quantiles below it would
    be with probability 10^-6 over the seeds: a correct judge fails this test that seldom. A
    judge without the correction refutes 23% of the families and would always fail it.
    """
    rng = np.random.default_rng(7)
    made = claim(Kind.IDENTITY, value=Integer(1))
    refuted = 0
    for _ in range(1000):
        family = rng.normal(1, 0.2, (5, STUDENT_RUNS))
        refuted += any(judge(made, sample(draws), 5).verdict is R for draws in family)
    low, high = stats.binom.ppf([5e-7, 1 - 5e-7], 1000, 1 - 0.99**5)
    assert low <= refuted <= high
    assert high < 0.23 * 1000 - 5 * math.sqrt(1000 * 0.23 * 0.77)


@pytest.mark.parametrize(("kind", "side"), [(Kind.UPPER, "upper"), (Kind.LOWER, "lower")])
def test_a_side_that_is_just_true_is_refuted_half_as_often(kind: Kind, side: str) -> None:
    """One end of the interval decides: Bin(2000, 0.025), at 10^-6 as above."""
    rng = np.random.default_rng(8)
    made = claim(kind, **{side: Integer(1)})
    draws = rng.normal(1, 0.2, (2000, STUDENT_RUNS))
    refuted = sum(judge(made, sample(row), 1).verdict is R for row in draws)
    low, high = stats.binom.ppf([5e-7, 1 - 5e-7], 2000, 0.025)
    assert low <= refuted <= high

import math

import mpmath
import pytest
from sympy import Integer, Symbol, sqrt

from theorems.catalogue import catalogue
from theorems.claim import WITHIN_SIDES, as_json, claim_at, depends_on_k
from theorems.model import alpha, k, n, q
from theorems.setting import Setting
from theorems.statement import Comparison, Hypothesis, Kind, Origin, Statement

TEXT = "Statement. A.\n\nProof. B.\n\nSource. C."


def statement(**parts: object) -> Statement:
    given = {
        "id": "synthetic",
        "title": "Synthetic",
        "origin": Origin.DERIVED,
        "kind": Kind.IDENTITY,
        "quantity": "quantity",
        "symbol": Symbol("Q"),
        "text": TEXT,
    }
    return Statement(**(given | parts))  # type: ignore[arg-type]


def test_digits_beyond_double_come_as_text() -> None:
    setting = Setting(n=40, d=30, k=4, alpha=1.3, s=0.7)
    plain = claim_at(catalogue["tail-mass"], setting)
    assert plain.exact == {}
    claim = claim_at(catalogue["tail-mass"], setting, digits=40)
    with mpmath.workdps(60):
        a = mpmath.mpf("1.3")
        weights = [mpmath.mpf(i) ** -a for i in range(1, 31)]
        mass = mpmath.mpf("0.7") * mpmath.fsum(weights[4:]) / mpmath.fsum(weights)
        assert abs(mpmath.mpf(claim.exact["value"]) / mass - 1) < mpmath.mpf(10) ** -39
    assert claim.numbers == plain.numbers


def test_margins_and_weak_hypotheses() -> None:
    setting = Setting(n=10, d=20, k=10)
    claim = claim_at(
        statement(
            value=n,
            hypotheses=(
                Hypothesis("strict", n - k),
                Hypothesis("weak", n - k, weak=True),
                Hypothesis("no value", sqrt(alpha - n), weak=True),
            ),
        ),
        setting,
    )
    assert [h.holds for h in claim.hypotheses] == [False, True, False]
    assert [h.margin for h in claim.hypotheses[:2]] == [0, 0]
    assert math.isnan(claim.hypotheses[2].margin)
    assert not claim.believed
    margins = [entry["margin"] for entry in as_json(claim)["hypotheses"]]
    assert margins == [0.0, 0.0, None]


def test_what_is_not_finite_is_null_in_json() -> None:
    claim = claim_at(
        statement(
            lower=sqrt(alpha - n),
            value=1 / (alpha - 2),
            upper=Integer(3),
            comparisons=(Comparison("c", "C", 1 / (alpha - 2), "note"),),
        ),
        Setting(n=10, d=20, alpha=2),
    )
    document = as_json(claim)
    assert (document["lower"], document["value"], document["upper"]) == (None, None, 3.0)
    assert document["comparisons"] == [{"name": "c", "label": "C", "value": None, "note": "note"}]


def test_a_side_that_rounding_puts_below_the_trivial_one_is_put_onto_it() -> None:
    setting = Setting(n=1000, d=20)
    noise = Integer(-1) / 10**10
    numbers = claim_at(statement(value=noise, upper=noise, trivial_upper=n), setting).numbers
    assert (numbers["value"], numbers["upper"]) == (0, 0)
    # An error is not rounding, and lower sides may be as low as they like.
    wrong = claim_at(statement(value=Integer(-1), lower=noise, trivial_upper=n), setting).numbers
    assert wrong["lower"] == -1e-10
    assert math.isnan(wrong["value"])
    signed = claim_at(statement(value=noise, trivial_lower=None, trivial_upper=n), setting).numbers
    assert signed["value"] == -1e-10


def test_a_value_beyond_its_proved_sides_is_never_given() -> None:
    setting = Setting(n=1000, d=20)
    for origin in (Origin.DERIVED, Origin.PREDICTED):
        beyond = statement(
            kind=Kind.PREDICTION,
            origin=origin,
            lower=Integer(2),
            value=Integer(1),
            upper=Integer(3),
        )
        claim = claim_at(beyond, setting)
        assert math.isnan(claim.numbers["value"])
        assert as_json(claim)["value"] is None
        assert [(h.text, h.holds, h.margin) for h in claim.hypotheses] == [
            (WITHIN_SIDES, False, -1)
        ]
    near = claim_at(statement(lower=Integer(2), value=2 - Integer(1) / 10**9), setting)
    assert near.numbers["value"] == 2
    assert near.believed
    # A lower side on each draw is none on the mean.
    level = claim_at(statement(lower=Integer(2), value=Integer(1), level=Integer(1) / 2), setting)
    assert level.numbers["value"] == 1


def test_a_missing_number_is_told() -> None:
    claim = claim_at(statement(value=sqrt(alpha - n)), Setting(n=10, d=20))
    assert not claim.believed
    assert claim.failed == "its value has no value here"
    assert as_json(claim)["failed"] == claim.failed


@pytest.mark.parametrize("n_and_k", [(1000, 1), (500, 1), (400, 2)])
def test_bounds_on_probabilities_are_not_negative(n_and_k: tuple[int, int]) -> None:
    """Features with p > 2/3 add terms of both signs."""
    setting = Setting(n=n_and_k[0], d=50, k=n_and_k[1], s=5)
    for name in ("common-identified", "multi-tail-samples"):
        claim = claim_at(catalogue[name], setting)
        assert claim.numbers["upper"] >= 0
    last = Setting(n=26, d=12, k=11, s=0.0457, alpha=1)
    assert claim_at(catalogue["multi-tail-samples"], last).numbers["value"] >= 0


def test_dependence_on_k_is_seen_through_definitions() -> None:
    assert depends_on_k(statement(value=k + n))
    assert depends_on_k(statement(value=n, upper=1 - q))
    assert not depends_on_k(statement(value=n))
    assert claim_at(catalogue["noiseless-rate"], Setting()).k is None
    assert claim_at(catalogue["tail-mass"], Setting()).k == 17


def test_the_best_k_is_reported_in_place_of_the_settings() -> None:
    claim = claim_at(catalogue["noiseless-loss"], Setting(beta_exponent=0))
    assert (claim.k, claim.setting.k) == (16, 17)

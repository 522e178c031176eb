"""A statement that is not whole, or that nothing can evaluate, is refused when it is registered."""

import math
from dataclasses import replace

import pytest
from sympy import (
    Derivative,
    Function,
    Integer,
    Integral,
    Rational,
    Sum,
    Symbol,
    floor,
    oo,
    symbols,
)

from theorems.catalogue import Catalogue, catalogue
from theorems.claim import as_json, claim_at
from theorems.evaluate.numbers import evaluate, evaluate_mpmath
from theorems.expressions import BinomialMean
from theorems.model import COMBINED, Extra, alpha, d, evolution, i, j, k, m, n, p, t
from theorems.setting import Setting
from theorems.statement import Comparison, Control, Hypothesis, Kind, Origin, Statement

WHOLE = Statement(
    id="mine",
    title="Mine",
    origin=Origin.DERIVED,
    kind=Kind.TWO_SIDED,
    quantity="quantity",
    symbol=Symbol("Q"),
    text="Statement. A.\n\nProof. B.\n\nSource. C.",
    lower=Integer(0),
    upper=n * p[1],
    observable="seen_features",
)
x = Symbol("x")


def register(statement: Statement) -> Statement:
    return Catalogue().register(statement)


def test_a_whole_statement_is_taken() -> None:
    assert register(WHOLE) is WHOLE
    register(replace(WHOLE, upper=t * n, extra=(COMBINED,), uses=("tail-mass",)))
    register(replace(WHOLE, upper=n * evolution("mean_precision")))


@pytest.mark.parametrize(
    ("kind", "missing"),
    [
        (Kind.TWO_SIDED, "lower"),
        (Kind.TWO_SIDED, "upper"),
        (Kind.UPPER, "upper"),
        (Kind.LOWER, "lower"),
        (Kind.IDENTITY, "value"),
        (Kind.PREDICTION, "value"),
        (Kind.RATE, "value"),
    ],
)
def test_a_kind_needs_its_sides(kind: Kind, missing: str) -> None:
    every = replace(WHOLE, kind=kind, lower=n, value=n, upper=n)
    register(every)
    with pytest.raises(ValueError, match=f"mine: {missing}: a statement of kind {kind} needs"):
        register(replace(every, **{missing: None}))


@pytest.mark.parametrize(
    ("part", "changes"),
    [
        ("lower", {"lower": x}),
        ("upper", {"upper": Sum(p[j] * x, (j, 1, d))}),
        ("upper", {"upper": Sum(p[x], (j, 1, d))}),
        ("upper", {"upper": n * t}),
        ("scale", {"scale": x}),
        ("reference", {"reference": x}),
        ("level", {"level": x}),
        ("accuracy", {"kind": Kind.PREDICTION, "value": n, "accuracy": x}),
        ("control_mean", {"control": Control("seen_tail", x)}),
        ("control_coefficient", {"control": Control("seen_tail", n, x)}),
        ("trivial_upper", {"trivial_upper": x}),
        ("hypothesis 'why'", {"hypotheses": (Hypothesis("why", x),)}),
        ("comparison 'other'", {"comparisons": (Comparison("other", "Other", x, ""),)}),
    ],
)
def test_a_symbol_without_a_value_is_named_with_its_part(part: str, changes: dict) -> None:
    with pytest.raises(ValueError, match=r"the symbol (x|t) is no parameter") as caught:
        register(replace(WHOLE, **changes))
    assert str(caught.value).startswith(f"mine: {part}: ")
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("expression", "why"),
    [
        (Function("f")(n), "f is nothing that a program can evaluate"),
        (Derivative(alpha**k, alpha, evaluate=False), "Derivative is nothing"),
        (Integral(n, (alpha, 1, 2)), "Integral is nothing"),
        (oo * n, "oo is nothing"),
        (Sum(p[i] * p[j], (i, 1, d), (j, 1, d)), "runs over 2 indices, not one"),
        (BinomialMean(m + 1, m, n, Rational(1, 2)), "it cannot be printed as a program"),
        (evolution("no_such_field"), "no_such_field is no number of the recursion"),
        (3, "3 is no expression of sympy"),
    ],
)
def test_what_no_program_evaluates_is_refused(expression: object, why: str) -> None:
    with pytest.raises(ValueError, match=f"mine: upper: .*{why}"):
        register(replace(WHOLE, upper=expression))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"origin": Origin.PREDICTED}, "origin: only the value of a prediction is predicted"),
        ({"observable": None}, "observable: it needs an observable or a reference"),
        ({"uses": ("Tail mass",)}, "uses: 'Tail mass' must be lower-case words"),
        ({"uses": ("a", "a")}, "uses: a is there more than once"),
        ({"comparisons": (Comparison("A b", "", n, ""),)}, "comparisons: 'A b' must be lower-case"),
        ({"comparisons": 2 * (Comparison("a", "", n, ""),)}, "comparisons: a is there more"),
        ({"sharpened_by": "a"}, "sharpened_by: 'a' is no comparison"),
        ({"extra": (Extra(k, Integer(1), ""),)}, "extra: k is a name of the model"),
        ({"extra": (Extra(symbols("q_k"), Integer(1), ""),)}, "extra: q_k is a name of the model"),
    ],
)
def test_names_are_checked(changes: dict, why: str) -> None:
    with pytest.raises(ValueError, match=f"mine: {why}"):
        register(replace(WHOLE, **changes))


def test_floor_and_ceiling_are_evaluated() -> None:
    side = floor(n / 7) + 10 * (-floor(-n / 7))
    register(replace(WHOLE, upper=side))
    at = Setting(n=30, d=20).parameters
    assert evaluate({"side": side}, at) == {"side": 54.0}
    assert evaluate_mpmath({"side": side}, at, 20) == {"side": 54}


def test_what_fails_at_a_setting_costs_its_own_row() -> None:
    bad = replace(
        WHOLE,
        upper=n * Function("f")(n),
        hypotheses=(Hypothesis("h", Integer(1)),),
        comparisons=(Comparison("c", "C", n, ""),),
    )
    claim = claim_at(bad, Setting(n=10, d=20))
    assert claim.failed == "it cannot be evaluated here: NameError: name 'f' is not defined"
    assert not claim.believed
    assert math.isnan(claim.numbers["upper"])
    assert math.isnan(claim.comparison("c"))
    assert claim.hypotheses == ()
    document = as_json(claim)
    assert (document["lower"], document["upper"]) == (None, None)
    assert document["failed"] == claim.failed


def test_comparisons_are_looked_up_by_name() -> None:
    statement = catalogue["corruption-tradeoff"]
    claim = claim_at(statement, Setting())
    reordered = replace(statement, comparisons=statement.comparisons[::-1])
    for comparison in statement.comparisons:
        value = claim.comparison(comparison.name)
        assert value == claim_at(reordered, Setting()).comparison(comparison.name)
        assert statement.comparison(comparison.name) is comparison
    for owner in (statement, claim):
        with pytest.raises(KeyError, match=r"has no comparison 'best'; it has best-penalty"):
            owner.comparison("best")

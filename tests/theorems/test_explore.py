import subprocess
import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sympy import Max, Product, Rational, Sum, Symbol, log, pi, simplify, sqrt, sympify

import theorems
from theorems.catalogue import UnknownStatementError, catalogue
from theorems.errors import InputError
from theorems.evaluate.numbers import evaluate
from theorems.evaluate.program import PARAMETERS
from theorems.explore import symbols_of
from theorems.expressions import Evolution
from theorems.model import n, sigma, unfold
from theorems.setting import Setting
from theorems.substitution import put


def test_the_package_loads_neither_sympy_nor_what_evaluates_before_it_is_needed():
    code = (
        "import sys, theorems\n"
        "assert 'sympy' not in sys.modules\n"
        "from theorems.catalogue import catalogue\n"
        "assert 'scipy' not in sys.modules\n"
        "print(catalogue['noiseless-loss'].id, len(catalogue), list(catalogue)[0])\n"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.split() == ["noiseless-loss", str(len(catalogue)), "tail-mass"]


def test_other_attributes_are_still_missing():
    with pytest.raises(AttributeError, match="'catalog'"):
        _ = theorems.catalog


@pytest.mark.parametrize("identifier", list(catalogue))
def test_every_statement_displays_and_evaluates(identifier):
    statement = catalogue[identifier]
    shown = statement._repr_latex_()
    assert shown.startswith("$")
    assert shown.endswith("$")
    assert shown.count("{") == shown.count("}")
    table = statement.table(n=200, d=2000, alpha=2)
    assert all(name in str(table) for name in statement.sides)
    assert table._repr_html_().startswith("<table>")


@pytest.mark.parametrize("identifier", list(catalogue))
def test_substitution_leaves_the_numbers_as_they_are(identifier):
    statement = catalogue[identifier]
    setting = Setting(n=40, d=60, s=3, alpha=2.5, sigma=0.3, beta_exponent=0.25, k=7)
    given = {"alpha": 2.5, "k": 7}
    known = {name: value for name, value in given.items() if name in symbols_of(statement)}
    substituted = statement.subs(**known)
    assert not {str(s) for side in substituted.sides.values() for s in side.free_symbols} & set(
        known
    )
    at = setting.parameters | statement.defaults
    expected, found = evaluate(statement.sides, at), evaluate(substituted.sides, at)
    for side, number in expected.items():
        assert found[side] == pytest.approx(number, rel=1e-11, abs=1e-13, nan_ok=True)
    assert substituted._repr_latex_().count("{") == substituted._repr_latex_().count("}")


@pytest.mark.parametrize("identifier", list(catalogue))
def test_with_every_symbol_given_a_sum_is_its_number(identifier):
    statement = catalogue[identifier]
    at = Setting(n=300, d=3000, s=5, alpha=2.5, sigma=0.3, k=7).parameters | statement.defaults
    whole = statement.subs(**{name: at[name] for name in symbols_of(statement)})
    expected = evaluate(statement.sides, at)
    for side, found in whole.sides.items():
        # A recursion whose law is not given stays as it is.
        if unfold(statement.sides[side]).has(Sum, Product) and not found.has(Evolution):
            assert float(found) == pytest.approx(expected[side], rel=1e-13, nan_ok=True)


@settings(max_examples=30)
@given(
    identifier=st.sampled_from(
        ("tail-hit", "noisy-law", "noiseless-loss-sharp", "stability-price")
    ),
    numbers=st.fixed_dictionaries(
        {},
        optional={
            "n": st.integers(1, 50),
            "alpha": st.sampled_from((Rational(3, 2), 2)),
            "b": st.sampled_from((0, Rational(1, 4))),
            "sigma": st.sampled_from((0, Rational(1, 20))),
            "k": st.integers(1, 9),
            "delta": st.sampled_from((0, Rational(1, 3), 1)),
        },
    ),
)
def test_numbers_are_put_where_sympy_puts_them(identifier, numbers):
    for side in map(unfold, catalogue[identifier].sides.values()):
        values = {one: numbers[str(one)] for one in side.free_symbols if str(one) in numbers}
        values = {one: sympify(value) for one, value in values.items()}
        assert put(side, values) == side.subs(values)


def test_of_numbers_alone_the_largest_is_taken():
    x = Symbol("x", real=True)
    largest = Max(x, n, 3)
    assert put(largest, {n: sympify(5)}) == Max(x, 5)
    assert put(largest, {n: sympify(5), x: sympify(2)}) == 5


def test_exploring_reaches_a_closed_form():
    law = catalogue["noisy-law"].subs(alpha=2).subs(b=0)
    c = sqrt(pi) / 2 * (1 + 2 * sigma**2 * log(2)) / sqrt(n)
    ratio = simplify(law.formulas["value"] / c)
    assert {str(symbol) for symbol in ratio.free_symbols} == {"c"}
    assert simplify(ratio**2 / next(iter(ratio.free_symbols))) == Rational(1)
    assert law.table(sigma=0)["value"] == law.table(sigma=0.0, n=1000)["value"]


def test_given_values_carry_over_to_the_table():
    table = catalogue["corruption-tradeoff"].subs(rho=0, **{"lambda": 1}).table(sigma=2.0)
    assert table.claim.extra == {"lamda": 1.0, "rho": 0.0, "tau": 1.0}
    assert table["value"] == pytest.approx((table.claim.comparison("none") + 4) / 4, rel=1e-12)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda s: s.subs(sigma=1), r"sigma = 1: noiseless-loss has no such symbol \(it has n,"),
        (lambda s: s.subs(alpa=1), r"alpa = 1: .*; the nearest is alpha"),
        (
            lambda _: catalogue["noisy-law"].subs(alpha=1).value,
            r"alpha = 1: is a pole of gamma\(1 - 1/alpha\) in noisy-law",
        ),
        (
            lambda _: catalogue["noisy-law"].subs(n=300, d=3000, s=5, b=0, sigma=1, alpha=1).value,
            r"alpha = 1: is a pole of gamma\(1 - 1/alpha\) in noisy-law",
        ),
        (lambda s: s.subs(alpha="two"), "alpha = two: must be a finite number"),
        (lambda s: s.subs(n=float("nan")), "n = nan: must be a finite number"),
        (lambda s: s.table(alpha=-1), "alpha = -1: must be a finite number > 0"),
        (lambda s: s.table(gamma=1), "gamma = 1: is no parameter of a setting"),
    ],
)
def test_what_does_not_exist_is_refused_by_name(call, message):
    with pytest.raises(InputError, match=message):
        call(catalogue["noiseless-loss"])


def test_a_side_that_is_not_there_is_refused_with_those_that_are():
    with pytest.raises(KeyError, match="no side 'value'; it has lower, upper"):
        _ = catalogue["noiseless-loss"].table()["value"]


def test_unknown_id_names_the_nearest():
    with pytest.raises(UnknownStatementError, match="the nearest is noiseless-loss"):
        _ = catalogue["noisless-loss"]


def test_symbols_are_those_of_the_sides():
    assert symbols_of(catalogue["tail-mass"]) == ("d", "s", "alpha", "k")
    assert symbols_of(catalogue["memorization-level"]) == ("lamda",)
    assert set(symbols_of(catalogue["noisy-loss"])) == set(PARAMETERS)

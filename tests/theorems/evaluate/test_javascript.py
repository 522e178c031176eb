"""JavaScript from the symbolic expressions: its text; a browser tells what it evaluates to."""

from __future__ import annotations

import re

import pytest
from sympy import Expr, Integer, Lambda, Max, Min, Rational, Sum

from theorems.binomial_expectation import BinomialExpectation
from theorems.catalogue import catalogue
from theorems.evaluate.javascript import (
    RUNTIME,
    JavaScriptPrinter,
    function_of,
    kinked,
    printable,
)
from theorems.javascript_program import described, offered, program
from theorems.model import DEFINITIONS, alpha, beta, c, d, h, i, k, m, n, p, sigma


@pytest.mark.parametrize(
    ("expression", "text"),
    [
        (-(sigma**2), "-pow(sigma, 2)"),
        (1 / n, "1/n"),
        (Rational(1, 2), "ratio(1, 2)"),
        ((1 - p[i]) ** n, "power1p(-p(i), n)"),
        (Min(Integer(1), c * i**-alpha), "minimum(1, c/pow(i, alpha))"),
        (Lambda(i, p[i]), "((i) => p(i))"),
        (Sum(p[i], (i, k + 1, d)), "sum_over((i) => p(i), k + 1, d)"),
        (Sum(Max(0, p[i] - c), (i, 1, d)), "sum_over_kinks((i) => maximum(0, -c + p(i)), 1, d)"),
        (
            BinomialExpectation(Max(0, 1 - m), m, n, p[i]),
            "binomial_expectation((m, i) => maximum(0, 1 - m), n, (i) => p(i), i)",
        ),
    ],
)
def test_expressions_are_printed_as_javascript(expression: Expr, text: str) -> None:
    assert JavaScriptPrinter().doprint(expression) == text


def test_a_kink_is_one_along_the_features_but_that_of_p() -> None:
    assert kinked(Max(0, p[i] - c), i)
    assert kinked(h[i] * Min(c, beta[i]), i)
    assert not kinked(h[i] * beta[i] ** 2 * Min(1, c), i)
    assert not kinked(BinomialExpectation(Max(0, 1 - m), m, n, p[i]) * p[i], i)


def test_definitions_stand_before_what_needs_them() -> None:
    text = function_of({"value": Sum(h[i], (i, 1, d))}, extra=("delta",))
    assert text.startswith("(n, d, s, alpha, sigma, b, k, delta) => {")
    found = [re.search(rf"const {name} =", text) for name in ("Z", "c", "p", "h")]
    places = [one.start() for one in found if one]
    assert len(places) == 4
    assert places == sorted(places)


def test_every_call_is_of_the_runtime_or_of_a_definition() -> None:
    text = program(offered(catalogue.values()))
    called = set(re.findall(r"(?<![\w.])([A-Za-z_]\w*)\(", text))
    assert called <= {*RUNTIME, *DEFINITIONS}


def test_what_needs_a_recursion_is_not_offered() -> None:
    assert not printable(catalogue["loss-evolution"].sides["value"])
    assert catalogue["loss-evolution"] not in offered(catalogue.values())
    assert catalogue["noiseless-loss"] in offered(catalogue.values())


def test_descriptions_have_the_defaults_of_extras() -> None:
    (found,) = described([catalogue["stability-price"]])
    assert found["extra"][0]["name"] == "delta"
    assert found["extra"][0]["default"] == 0.5
    assert found["best_k"] is False

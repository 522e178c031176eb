"""Generated programs are self-contained text."""

import ast
import builtins
import math

import mpmath
import numpy as np
import pytest
from sympy import Eq, EulerGamma, Integer, Max, Min, Piecewise, Product, Rational, Sum, exp, log, pi

from theorems.catalogue import catalogue
from theorems.claim import claim_at
from theorems.evaluate.numbers import evaluate, reductions_mpmath
from theorems.evaluate.program import PARAMETERS, source
from theorems.evaluate.reductions import EveryFeature
from theorems.expressions import BinomialMean
from theorems.model import alpha, b, d, i, k, m, n, p, s, sigma
from theorems.setting import Setting


def names_not_bound(text: str) -> set[str]:
    """Names that the program uses and does not define."""
    tree = ast.parse(text)
    used = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    bound = {
        node.id
        for node in ast.walk(tree)
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
    }
    arguments = {node.arg for node in ast.walk(tree) if isinstance(node, ast.arg)}
    return used - bound - arguments


@pytest.mark.parametrize("identifier", list(catalogue))
def test_programs_compile_and_run_with_the_reductions_alone(identifier: str) -> None:
    statement = catalogue[identifier]
    own = statement.defaults
    text = source(statement.sides, name="claim", extra=tuple(own))
    doubles, exact = EveryFeature().namespace(), reductions_mpmath.namespace()
    assert names_not_bound(text) <= set(doubles) | set(dir(builtins))
    assert text.startswith(f"def claim({', '.join([*PARAMETERS, *own])}):\n")
    setting = Setting(n=30, d=25, k=5, s=3)
    given = setting.parameters | own
    exec(compile(text, identifier, "exec"), doubles)
    values = doubles["claim"](**given)
    assert list(values) == list(statement.sides)
    claim = claim_at(statement, setting)
    if not statement.best_k:
        for side, value in values.items():
            assert float(value) == pytest.approx(claim.numbers[side], rel=1e-12, abs=1e-15)
    if names_not_bound(text) <= set(exact) | set(dir(builtins)):
        exec(compile(text, identifier, "exec"), exact)
        with mpmath.workdps(20):
            parameters = {name: mpmath.mpf(v) for name, v in given.items()}
            for side, value in exact["claim"](**parameters).items():
                assert float(value) == pytest.approx(float(values[side]), rel=1e-9, abs=1e-12)


SETTING = Setting(n=6, d=9, k=2, s=1.5, alpha=1.25, sigma=0.5, beta_exponent=0.3)


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        (Rational(1, 3) * n, 2.0),
        (Min(n, d, k), 2.0),
        (Max(n, d, k), 9.0),
        (Piecewise((n, Eq(alpha, 1)), (d, alpha > 1), (k, True)), 9.0),
        (Piecewise((n, alpha < 1), (k, alpha <= Rational(5, 4))), 2.0),
        (Piecewise((n, alpha < 1)), math.nan),
        (exp(1) * pi + EulerGamma, math.e * math.pi + 0.5772156649015329),
        (log(1 + s), math.log(2.5)),
        (log(n), math.log(6)),
        ((1 + s) ** b, 2.5**0.3),
        ((1 - sigma) ** n, 0.5**6),
        (Sum(i**2, (i, k, n)), float(4 + 9 + 16 + 25 + 36)),
        (Product(i, (i, 2, n)), 720.0),
        (Product(1 + i, (i, 1, k)), 6.0),
        (Sum(i * Sum(i, (i, 1, k)), (i, 1, k)), 9.0),
        (d**-alpha, 9**-1.25),
        (n - (d - k), -1.0),
        (n / (d * k), 6 / 18),
        (-(sigma**2), -0.25),
    ],
)
def test_expressions_in_double_and_in_mpmath(expression: object, value: float) -> None:
    from theorems.evaluate.numbers import evaluate_mpmath

    outputs = {"x": expression}
    assert evaluate(outputs, SETTING.parameters)["x"] == pytest.approx(value, nan_ok=True)  # type: ignore[arg-type]
    exact = evaluate_mpmath(outputs, SETTING.parameters, 25)["x"]  # type: ignore[arg-type]
    assert float(exact) == pytest.approx(value, nan_ok=True)


def test_a_binomial_mean_that_is_no_product_minus_one_is_refused() -> None:
    with pytest.raises(TypeError, match="no evaluation for the binomial mean of"):
        source({"x": BinomialMean(m**2, m, n, Rational(1, 2))})


def test_definitions_come_before_their_use() -> None:
    text = source({"x": Sum(p[i], (i, 1, d))})
    lines = [line.split(" = ")[0].strip() for line in text.splitlines() if " = " in line]
    assert lines == ["Z", "c", "p"]
    values = evaluate({"x": Sum(p[i], (i, 1, d)), "one": Integer(1)}, SETTING.parameters)
    assert values["one"] == 1
    assert values["x"] == pytest.approx(float(np.sum(SETTING.probabilities())), rel=1e-14)

"""Double precision against 30 digits, names against plain loops, memory at large d."""

import math
import subprocess
import sys

import mpmath
import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy import stats
from sympy import Integer, Lambda, Sum, sqrt

from theorems.catalogue import catalogue
from theorems.claim import by_recursion, claim_at
from theorems.evaluate.numbers import evaluate, evaluate_mpmath
from theorems.evaluate.per_feature import definition_array
from theorems.model import DEFINITIONS, alpha, d, i, k, n, p, s
from theorems.setting import Setting

EPS = float(np.finfo(float).eps)

SIDES = {
    (identifier, side): expression
    for identifier in (
        "tail-mass",
        "tail-hit",
        "common-only-samples",
        "multi-tail-samples",
        "common-identified",
        "alone-recovery",
        "recovered-fraction",
        "noiseless-loss",
        "missing-mass-asymptotic",
        "noiseless-rate",
        "price-of-proof",
        "single-appearance-error",
        "noisy-loss",
    )
    for side, expression in catalogue[identifier].sides.items()
    if not by_recursion(expression)
}


def law(setting: Setting) -> tuple[list[float], list[float]]:
    """p and beta* in plain Python."""
    weights = [i**-setting.alpha for i in range(1, setting.d + 1)]
    p = [min(1.0, setting.s * weight / math.fsum(weights)) for weight in weights]
    return p, [i**-setting.beta_exponent for i in range(1, setting.d + 1)]


def magnitudes(setting: Setting) -> dict[str, float]:
    """What each statement's sides add and subtract, at most: rounding is relative to that.

    One unit of error is 20 n d eps/(1 - p_{k+1}): a p is right to 20 eps, a product of up to d
    factors 1 - p_i to d times that, u divides it by 1 - p_i, and a power n multiplies by n.
    """
    p, beta = law(setting)
    n, d, k = setting.n, setting.d, setting.k
    tail_free = math.prod(1 - x for x in p[k:])
    m = np.arange(n + 1)
    growth = np.prod([1 + 2 * np.abs(1 - 1.5 * x) ** m for x in p[:k]], axis=0)
    pi = float(stats.binom.pmf(m, n, 2 / 3 * tail_free) @ growth)
    largest = max(beta) ** 2
    c = setting.s / sum(i**-setting.alpha for i in range(1, d + 1))
    steep = 1 / abs(setting.alpha - 1) if setting.alpha != 1 else math.log(d + 1)
    noise = setting.sigma**2
    cut = n * c * d**-setting.alpha
    loss = largest * sum(p) * (1 + min(1, pi))
    return {
        "tail-mass": c * max(1, (d + 1) ** (1 - setting.alpha)) * steep,
        "tail-hit": 1,
        # sqrt(n (1 - q)) turns an error e of 1 - q into at most sqrt(n e).
        "common-only-samples": n + math.sqrt(6 * n / EPS / (20 * n * d)),
        "multi-tail-samples": n * (1 + sum(x / (1 - x) for x in p[k:])),
        "common-identified": pi,
        "alone-recovery": d,
        "recovered-fraction": d * (1 + min(1, pi)),
        "noiseless-loss": loss,
        # The logarithm of the incomplete Gamma function moves with x like x at most.
        "missing-mass-asymptotic": (cut + 1) * largest * sum(p),
        "noiseless-rate": setting.s * (1 + math.log(d) ** 2 / (n * setting.s)),
        "price-of-proof": 1 + steep**2 * math.log(d) ** 2,
        "single-appearance-error": noise * (1 + k / (n * tail_free) / tail_free),
        "noisy-loss": loss + noise * sum(p) * (1 + pi),
    }


@settings(max_examples=40)
@given(setting=st.from_type(Setting))
def test_double_precision_agrees_with_thirty_digits(setting: Setting) -> None:
    p, _ = law(setting)
    # Near 1 the integrals of x^-alpha cancel; near p = 1 the statements assume nothing.
    assume(setting.alpha == 1 or abs(setting.alpha - 1) >= 0.01)
    assume(p[setting.k] <= 0.99)
    outputs = {f"{name}:{side}": expression for (name, side), expression in SIDES.items()}
    doubles = evaluate(outputs, setting.parameters)
    exact = evaluate_mpmath(outputs, setting.parameters, 30)
    unit = 20 * setting.n * setting.d * EPS / (1 - p[setting.k])
    size = magnitudes(setting)
    compared = 0
    for name, side in SIDES:
        value, truth = doubles[f"{name}:{side}"], exact[f"{name}:{side}"]
        asymptotic = name in ("missing-mass-asymptotic", "price-of-proof")
        if asymptotic and not claim_at(catalogue[name], setting).believed:
            continue
        assert math.isfinite(value), (name, side)
        error = abs(float(mpmath.mpf(value) - truth))
        assert error <= unit * (size[name] + abs(float(truth))), (name, side, value, truth)
        compared += 1
    assert compared >= len(SIDES) - 2


@settings(max_examples=10)
@given(setting=st.from_type(Setting), digits=st.sampled_from([16, 30, 50]))
def test_digits_asked_for_are_right(setting: Setting, digits: int) -> None:
    outputs = {
        "hit": catalogue["tail-hit"].sides["value"],
        "loss": catalogue["noiseless-loss"].sides["lower"],
    }
    values = evaluate_mpmath(outputs, setting.parameters, digits)
    with mpmath.workdps(digits + 20):
        for name, reference in evaluate_mpmath(outputs, setting.parameters, digits + 20).items():
            # Rounded once to `digits`; ten guard digits cover what cancels.
            assert abs(values[name] - reference) <= 10 ** (1 - digits) * abs(reference)


def test_a_parameter_is_the_decimal_that_prints_it() -> None:
    parameters = Setting(n=3, d=4, k=1, s=0.1).parameters
    third = evaluate_mpmath({"s": s / 3}, parameters, 30)["s"]
    assert mpmath.nstr(third, 30) == "0.0" + 30 * "3"


@given(setting=st.from_type(Setting))
def test_names_stand_for_their_definitions(setting: Setting) -> None:
    P, B = law(setting)
    count, features, common = setting.n, setting.d, setting.k
    assume(P[common] < 0.99)
    tail = P[common:]
    none = math.prod(1 - x for x in tail)
    expected = {
        "Z": math.fsum(j**-setting.alpha for j in range(1, features + 1)),
        "S": math.fsum(P),
        "p_tail": math.fsum(tail),
        "q_k": 1 - none,
        "a_k": 1
        - none
        - math.fsum(
            x * math.prod(1 - y for place, y in enumerate(tail) if place != at)
            for at, x in enumerate(tail)
        ),
        "B": max(B),
        "B_tail": max(B[common:]),
        "V_0": math.fsum(
            x
            * math.fsum(
                math.comb(count, t) * x**t * (1 - x) ** (count - t) / t for t in range(1, count + 1)
            )
            for x in P
        ),
    }
    names = {name: DEFINITIONS[name].name for name in expected}
    # Sums of at most 60 x 40 positive terms of a few roundings each, or differences from 1.
    tolerance = 1e4 * EPS
    for name, value in evaluate(names, setting.parameters).items():
        room = tolerance * (1 + sum(x / (1 - x) for x in tail)) if name == "a_k" else tolerance
        assert value == pytest.approx(expected[name], rel=tolerance, abs=room), name
    u = [math.prod(1 - y for place, y in enumerate(tail) if place != at) for at in range(len(tail))]
    assert definition_array("u", setting.parameters)[common:] == pytest.approx(
        u, rel=tolerance, abs=tolerance / (1 - tail[0])
    )


def test_every_definition_has_a_meaning_and_is_used() -> None:
    from theorems.model import definitions_in

    used = {
        str(definition.name)
        for statement in catalogue.values()
        for part in (
            *statement.sides.values(),
            *(one.margin for one in statement.hypotheses),
        )
        for definition in definitions_in(part)
    }
    assert set(DEFINITIONS) <= used
    assert all(definition.meaning for definition in DEFINITIONS.values())


def test_what_has_no_value_is_nan_and_takes_nothing_along() -> None:
    parameters = Setting(n=20, d=30, alpha=1, beta_exponent=0, k=3).parameters
    sides = {
        "pole": catalogue["price-of-proof"].sides["value"],
        "fine": catalogue["tail-hit"].sides["value"],
    }
    for values in (evaluate(sides, parameters), evaluate_mpmath(sides, parameters, 30)):
        assert not math.isfinite(values["pole"])
        assert 0 < values["fine"] < 1
    assert math.isnan(evaluate({"root": sqrt(alpha - n)}, parameters)["root"])


def test_the_incomplete_gamma_function_at_shape_zero_is_e1() -> None:
    setting = Setting(n=100, d=50, alpha=1, beta_exponent=0, k=3, s=2)
    side = {"value": catalogue["missing-mass-asymptotic"].sides["value"]}
    x = 100 * 2 / sum(1 / j for j in range(1, 51)) / 50
    expected = mpmath.e1(x) / 100 * (x * 50)
    assert evaluate(side, setting.parameters)["value"] == pytest.approx(float(expected), rel=1e-12)


def test_a_side_that_overflows_is_no_number_unless_it_stays_true() -> None:
    """A lower side of infinity would refute what it cannot tell from any other large number."""
    setting = Setting(n=20, d=30, k=3)
    claim = claim_at(catalogue["worst-combination"], setting, extra={"t": 1e300})
    assert math.isnan(claim.numbers["lower"])
    assert claim.failed == "its lower has no value here" or not claim.believed
    steep = Setting(n=20, d=30, s=1, alpha=189, k=29)
    assert 0 < claim_at(catalogue["tail-hit"], steep).numbers["value"] < 1e-275


def test_empty_ranges_and_functions_of_the_index() -> None:
    parameters = Setting(n=5, d=10, k=4).parameters
    values = evaluate(
        {"empty": Sum(p[i], (i, k + 1, k)), "count": Sum(Integer(1), (i, k + 1, d))}, parameters
    )
    assert values == {"empty": 0.0, "count": 6.0}
    function = evaluate_mpmath({"half": Lambda(i, i / 2)(Integer(3))}, parameters, 20)
    assert function["half"] == mpmath.mpf("1.5")


MEASURE = """
import resource, tracemalloc
from theorems.catalogue import catalogue
from theorems.claim import by_recursion
from theorems.evaluate.numbers import evaluate
from theorems.setting import Setting

setting = Setting(**{parameters})
outputs = {{
    f"{{name}}:{{side}}": expression
    for name in {names}
    for side, expression in catalogue[name].sides.items()
    if not by_recursion(expression)
}}
tracemalloc.start()
values = evaluate(outputs, setting.parameters)
assert all(value > 0 for value in values.values()), values
print(tracemalloc.get_traced_memory()[1], resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""


@pytest.mark.parametrize(
    ("parameters", "names", "limit"),
    [
        # One array of d doubles would be 24 MB: features are taken in chunks.
        (
            {"d": 3 * 10**6, "alpha": 1.5},
            [name for name, _ in dict.fromkeys(SIDES) if name != "price-of-proof"],
            20e6,
        ),
        # One array over m and i would be 4000 x 15000 doubles, 480 MB.
        ({"n": 4000, "d": 20000, "k": 15000}, ["common-identified"], 200e6),
    ],
)
def test_memory_does_not_grow_with_the_number_of_features(
    parameters: dict[str, float], names: list[str], limit: float
) -> None:
    program = MEASURE.format(parameters=parameters, names=list(dict.fromkeys(names)))
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    arrays, resident = map(int, done.stdout.split())
    assert arrays < limit
    assert resident * 1024 < 2e9

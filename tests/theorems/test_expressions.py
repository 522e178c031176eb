import pickle

import mpmath
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sympy import Integer, Rational, Symbol, latex

from theorems.catalogue import catalogue
from theorems.expressions import BinomialMean, FixedPoint, MeanInverseCount
from theorems.model import (
    DEFINITIONS,
    b,
    beta,
    d,
    definitions_in,
    i,
    k,
    m,
    n,
    p,
    s,
    unfold,
)
from theorems.statement import Statement

x = Symbol("x", positive=True)


@given(trials=st.integers(0, 12), tenths=st.integers(0, 10))
def test_a_binomial_mean_is_its_sum(trials: int, tenths: int) -> None:
    mean = BinomialMean(m**2, m, Integer(trials), Rational(tenths, 10))
    chance = Rational(tenths, 10)
    # E m^2 = n p (1-p) + n^2 p^2
    expected = trials * chance * (1 - chance) + trials**2 * chance**2
    if 0 < tenths < 10:  # 0**0 is left to sympy
        assert mean.as_sum().doit() == expected
    assert mean.func(*mean.args) == mean


def test_nodes_are_real_rebuild_and_substitute() -> None:
    nodes = (
        BinomialMean(x**m, m, n, Rational(1, 2)),
        FixedPoint(x / 2 + s, x),
        MeanInverseCount(n, s),
    )
    for node in nodes:
        assert node.is_real
        assert node.func(*node.args) == node
        assert node.subs(s, 3).subs(n, 7).free_symbols.isdisjoint({s, n})
        assert latex(node)
    assert nodes[0].function(3) == x**3
    assert (nodes[0].trials, nodes[0].chance) == (n, Rational(1, 2))
    assert nodes[1].start == 1
    assert latex(nodes[0]) == (
        r"\mathbb{E}_{m \sim \mathrm{Bin}\left(n, \frac{1}{2}\right)}\left[x^{m}\right]"
    )
    assert latex(nodes[1]) == r"\max\left\{x : x = s + \frac{x}{2}\right\}"
    assert r"\sim \mathrm{Bin}\left(n, s\right)" in latex(nodes[2])


@pytest.mark.parametrize("trials", [1, 2, 9])
def test_the_hypergeometric_form_of_an_inverse_count(trials: int) -> None:
    chance = Rational(3, 10)
    form = MeanInverseCount(Integer(trials), chance).as_hypergeometric()
    expected = sum(
        mpmath.binomial(trials, t) * mpmath.mpf("0.3") ** t * mpmath.mpf("0.7") ** (trials - t) / t
        for t in range(1, trials + 1)
    )
    assert float(form.evalf()) == pytest.approx(float(expected), rel=1e-13)


def test_definitions_are_listed_after_what_they_need() -> None:
    for definition in DEFINITIONS.values():
        listed = [str(entry.name) for entry in definitions_in(definition.expression)]
        for position, name in enumerate(listed):
            needed = {str(e.name) for e in definitions_in(DEFINITIONS[name].expression)} - {name}
            assert needed <= set(listed[:position])


def test_unfolding_leaves_the_parameters_alone() -> None:
    for definition in DEFINITIONS.values():
        target = definition.name[i] if definition.indexed else definition.name
        names = {str(symbol) for symbol in unfold(target).free_symbols}
        assert names <= {"n", "d", "s", "alpha", "sigma", "b", "k", "i"}, definition.name
    assert unfold(beta[k + 1]) == (k + 1) ** -b
    unfolded = unfold(p[d]).subs({d: 2, s: 1, Symbol("alpha", positive=True): 1}).doit()
    assert unfolded == Rational(1, 3)


@pytest.mark.parametrize("statement", catalogue.values(), ids=list(catalogue))
def test_a_statement_can_be_sent_to_another_process(statement: Statement) -> None:
    assert pickle.loads(pickle.dumps(statement)) == statement


def test_a_fixed_point_can_be_sent_to_another_process() -> None:
    assert DEFINITIONS["w"].expression.has(FixedPoint)
    assert pickle.loads(pickle.dumps(DEFINITIONS["w"])) == DEFINITIONS["w"]

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sympy import Interval, Max, Rational, Symbol, exp, log, oo, sqrt

from theorems.model import alpha, b, d, n
from theorems.orders import (
    as_piecewise,
    breakpoints,
    crossings,
    decimal,
    exponent,
    pieces,
    where_negative,
)

t = Symbol("t", positive=True)


@pytest.mark.parametrize(
    ("expression", "power"),
    [
        (n, 1),
        (7 * n**-alpha, -alpha),
        (n**2 + n ** (1 / alpha), Max(2, 1 / alpha)),
        ((n + 1) / (n**3 + n), -2),
        (sqrt(n) * log(n) ** 5, Rational(1, 2)),
        (Max(1 / n, n**-2), -1),
        (d, 0),
    ],
)
def test_rules(expression, power):
    assert exponent(expression) == power


def test_an_operation_without_a_rule_is_refused():
    with pytest.raises(TypeError, match="has no order in n"):
        exponent(exp(n))


@settings(deadline=None, max_examples=40)
@given(st.lists(st.tuples(st.integers(1, 9), st.integers(-3, 3)), min_size=1, max_size=4))
def test_exponent_is_the_slope_at_infinity(terms):
    """Of a sum of powers: ln f/ln n at a huge n; constants change it by ln(9 * 4)/ln n."""
    expression = sum(factor * n**power for factor, power in terms)
    at = 10**40
    slope = math.log(sum(factor * float(at) ** power for factor, power in terms)) / math.log(at)
    assert abs(slope - exponent(expression)) <= math.log(36) / math.log(at)


def test_pieces_break_where_terms_cross():
    whole = Max(1 - alpha, -2 + alpha)
    assert breakpoints(whole) == [Rational(3, 2)]
    assert [piece.range for piece in pieces(whole)] == [
        Interval.open(0, Rational(3, 2)),
        Interval.open(Rational(3, 2), oo),
    ]
    assert where_negative(whole) == Interval.open(1, 2)


def test_the_piecewise_form_is_the_same_function():
    whole = (1 - Max(0, 1 - alpha)) / alpha + Max(alpha - 3, -alpha)
    form = as_piecewise(whole)
    for point in (0.3, 1, 1.25, 1.5, 2, 7):
        exact = decimal(point)
        assert form.subs(alpha, exact) == whole.subs(alpha, exact)


def test_crossings_keep_free_parameters():
    assert crossings(1 - alpha - 2 * b, 0 * b) == [1 - 2 * b]


def test_a_free_parameter_has_no_order_of_ranges():
    with pytest.raises(ValueError, match="b: must have a value"):
        pieces(Max(1 - alpha - 2 * b, 0))

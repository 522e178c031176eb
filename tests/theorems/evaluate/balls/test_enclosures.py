"""Enclosures against fifty digits, their widths, their decimals, and what they decide."""

from __future__ import annotations

from fractions import Fraction

import mpmath
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

pytest.importorskip("flint")


from theorems.catalogue import catalogue
from theorems.claim import by_recursion
from theorems.evaluate.balls.enclosures import Enclosure, enclose
from theorems.evaluate.numbers import evaluate_mpmath
from theorems.setting import Setting

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


@settings(max_examples=12, deadline=None)
@given(setting=st.from_type(Setting))
def test_enclosures_hold_fifty_digits(setting: Setting) -> None:
    assert missed(setting) == []

"""Claims about every draw: the verdict looks at each, from the side that the claim has."""

from dataclasses import replace

import numpy as np
import pytest
from sympy import Integer

from empirics.judging.verdict import Verdict, judge
from empirics.running.montecarlo import Sample
from theorems.catalogue import catalogue
from theorems.claim import claim_at
from theorems.setting import Setting
from theorems.statement import Kind

NAME = "variance_times_appearances"


def judged(values, rounding=1e-9, **sides):
    statement = replace(catalogue["feature-variance"], **{"lower": None, **sides})
    recorded = {NAME: np.array(values), NAME + "_rounding": np.full(len(values), rounding)}
    return judge(claim_at(statement, Setting()), Sample(Setting(), 0, recorded), claims=1)


@pytest.mark.parametrize(
    ("kind", "side", "good", "bad"),
    [
        (Kind.LOWER, "lower", [1.0, 1.0 - 1e-10, 7.0], [1.0, 0.99]),
        (Kind.UPPER, "upper", [1.0, 1.0 + 1e-10, 0.2], [1.0, 1.01]),
        (Kind.IDENTITY, "value", [1.0, 1.0 + 1e-10, 1.0 - 1e-10], [1.0, 0.99]),
        (Kind.IDENTITY, "value", [1.0], [1.01, 1.0]),
    ],
)
def test_one_draw_beyond_rounding_refutes(kind, side, good, bad):
    sides = {"kind": kind, side: Integer(1)}
    assert judged(good, **sides).verdict is Verdict.HOLDS
    assert judged(bad, **sides).verdict is Verdict.REFUTED
    assert judged(bad, rounding=0.1, **sides).verdict is Verdict.HOLDS


def test_slack_of_a_lower_bound_is_observed_over_bound():
    assert judged([1.0, 3.0], kind=Kind.LOWER, lower=Integer(1)).slack == 2


def test_no_draw_and_unknown_rounding_are_inconclusive():
    sides = {"kind": Kind.LOWER, "lower": Integer(1)}
    assert judged([np.nan, np.nan], **sides).verdict is Verdict.INCONCLUSIVE
    assert judged([1.0], rounding=np.nan, **sides).verdict is Verdict.INCONCLUSIVE

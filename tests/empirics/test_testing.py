from dataclasses import replace

import pytest
from sympy import Integer

from empirics.judging.verdict import Verdict
from empirics.testing import assert_statement
from theorems.catalogue import UnknownStatementError, catalogue
from theorems.errors import InputError

SMALL = {"n": 60, "d": 300, "s": 3}
# The seed fixes each outcome below; at a blindly chosen one a true claim fails at most one time
# in twenty.


def test_a_true_statement_passes_and_tells_its_slack():
    judgement = assert_statement("single-appearance-error", **SMALL, alpha=3, sigma=1, runs=60)
    assert judgement.verdict is Verdict.HOLDS
    assert judgement.slack == pytest.approx(1, rel=0.1)


def test_a_false_statement_fails_with_its_numbers():
    wrong = replace(
        catalogue["spurious-pair-count"], id="too-many-pairs", value=Integer(10**6), control=None
    )
    with pytest.raises(AssertionError) as caught:
        assert_statement(wrong, **SMALL, alpha=2, runs=30)
    message = str(caught.value)
    assert message.startswith("too-many-pairs: refuted (the interval does not contain")
    assert "claimed: value 1e+06" in message
    assert "over 30 draws" in message
    assert "n = 60, d = 300" in message


def test_what_cannot_be_judged_does_not_pass():
    with pytest.raises(AssertionError, match="noisy-law: hypothesis fails"):
        assert_statement("noisy-law", **SMALL, alpha=1, runs=2)


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ({"statement": "noisles-loss"}, UnknownStatementError, "nearest is noiseless-loss"),
        ({"runs": 0}, InputError, "runs = 0: must be an integer"),
        ({"seed": -1}, InputError, "seed = -1: must be an integer >= 0"),
        ({"alpha": 0}, InputError, "alpha = 0: must be"),
        ({"power": 2}, InputError, "power = 2: is no parameter"),
    ],
)
def test_bad_input_is_refused_by_name(arguments, error, message):
    with pytest.raises(error, match=message):
        assert_statement(**{"statement": "tail-mass", **arguments})

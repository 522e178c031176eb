from dataclasses import replace

import pytest
from sympy import Integer

from empirics.judging.verdict import Verdict
from empirics.running.montecarlo import replicate
from empirics.testing import assert_statement
from theorems.catalogue import UnknownStatementError, catalogue
from theorems.errors import InputError

SMALL = {"n": 60, "d": 300, "s": 3}
# The seed fixes each outcome below; at a blindly chosen one a true claim fails at most one time
# in twenty.


def test_a_true_statement_passes_and_tells_its_slack():
    judgement = assert_statement("single-appearance-error", **SMALL, alpha=3, sigma=1, runs=120)
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


def test_a_statement_on_nothing_that_is_measured_is_refused_with_the_nearest():
    wrong = replace(catalogue["tail-mass"], id="wrong", observable="tail_hit_rat")
    with pytest.raises(InputError, match="the nearest is tail_hit_rate") as caught:
        assert_statement(wrong, **SMALL, runs=2)
    assert "\n" not in str(caught.value)


def test_only_what_a_statement_needs_is_measured(monkeypatch):
    asked = []

    def measuring(*arguments, measurements, **more):
        asked.extend(m.group.name for m in measurements)
        return replicate(*arguments, measurements=measurements, **more)

    monkeypatch.setattr("empirics.judging.decide.replicate", measuring)
    assert_statement("noiseless-loss", **SMALL, alpha=3, runs=100)
    assert asked == ["losses"]

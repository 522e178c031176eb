"""Drawing until decided: the error that it spends, its draws, what it says of what stays open."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sympy import Integer

import longtail
from empirics.judging import decide as deciding
from empirics.judging.budget import MOST_DRAWS, MOST_SECONDS, Budget
from empirics.judging.decide import Decided, decide
from empirics.judging.family import FAMILY_ERROR, Family
from empirics.judging.intervals import BINOMIAL, STUDENT, STUDENT_RUNS, Estimate
from empirics.judging.outstanding import Forecast, forecast, room, rounded_up, waits_for_draws
from empirics.judging.verdict import RESOLUTION, Judgement, Verdict, judge
from empirics.judging.verdict import tests as counted
from empirics.observables.needed import measurements_for
from empirics.running.cluster import Workers
from empirics.running.montecarlo import replicate
from empirics.running.store import Store
from empirics.testing import assert_statement
from theorems.catalogue import catalogue
from theorems.claim import claim_at
from theorems.errors import InputError
from theorems.setting import Setting
from theorems.statement import Kind, Statement

SETTING = Setting(n=60, d=300, s=3, alpha=2.5, sigma=0.3)
NAMES = ("tail-mass", "noiseless-loss", "variance-evolution", "tail-mass", "noiseless-rate")


def decided(
    statements: list[Statement], first: int = 5, budget: Budget | None = None, **more: Any
) -> Decided:
    return decide(
        [SETTING],
        lambda: [[claim_at(one, SETTING) for one in statements]],
        first=first,
        seed=3,
        budget=budget or Budget(640, np.inf),
        family=Family(sum(map(counted, statements))),
        **({"workers": Workers(1), "store": None} | more),
        measurements=measurements_for(statements),
    )


def some(*names: str) -> list[Statement]:
    return [catalogue[name] for name in names or NAMES]


@given(st.integers(1, 10**4), st.integers(1, 60))
def test_all_looks_together_err_no_more_than_one(count: int, looks: int) -> None:
    family = Family(count)
    spent = sum(family.at_look(look).level for look in range(1, looks + 1))
    assert spent <= family.level
    assert spent == pytest.approx(family.level * (1 - 1 / (looks + 1)))
    assert family.at_look(1).error == FAMILY_ERROR / 2


def test_each_look_judges_at_its_own_share(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[tuple[int, float]] = []

    def judging(claim: Any, sample: Any, family: Family) -> Judgement:
        seen.append((sample.runs, family.error))
        return judge(claim, sample, family)

    monkeypatch.setattr(deciding, "judge", judging)
    found = decided(some())
    assert len(found.looks) > 2
    for number, look in enumerate(found.looks, 1):
        errors = [error for runs, error in seen if runs == look.runs]
        assert errors == [FAMILY_ERROR / (number * (number + 1))] * look.judged


def test_what_is_open_becomes_decided_and_what_draws_cannot_decide_costs_none() -> None:
    found = decided(some())
    tail, loss, variance, again, rate = found.judgements[0]
    assert [one.verdict for one in (tail, loss, variance)] == [Verdict.HOLDS] * 3
    assert tail == again
    assert loss.observed is not None
    assert tail.observed is not None
    assert 5 < loss.observed.runs < found.looks[-1].runs
    assert rate.verdict is Verdict.INCONCLUSIVE
    assert rate.observed is not None
    assert (rate.observed.runs, rate.needs) == (5, "")
    assert found.looks[-1].left == 0
    assert found.samples[0].runs == 5
    assert found.ended.startswith("nothing more is open")
    rates = decided(some("noiseless-rate", "interpolation", "missing-mass-asymptotic"))
    assert len(rates.looks) == 1


def test_the_draws_are_those_of_a_plain_run_of_as_many() -> None:
    statements = some("variance-evolution")
    found = decided(statements)
    runs, number = found.looks[-1].runs, len(found.looks)
    assert number > 1
    (sample,) = replicate(
        [SETTING],
        runs,
        3,
        workers=Workers(1),
        store=None,
        measurements=measurements_for(statements),
    )
    family = Family(1).at_look(number)
    assert found.judgements[0][0] == judge(claim_at(statements[0], SETTING), sample, family)


def test_each_draw_is_made_once_and_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    drawn: list[int] = []
    batch = deciding.replicate.__globals__["_batch"]

    def counting(setting: Setting, seed: int, runs: Any, groups: Any) -> Any:
        drawn.extend(runs)
        return batch(setting, seed, runs, groups)

    monkeypatch.setitem(deciding.replicate.__globals__, "_batch", counting)
    statements = some("variance-evolution")
    with Store(tmp_path, pytest.fail) as store:
        first = decided(statements, store=store)
        assert sorted(drawn) == list(range(first.looks[-1].runs))
    drawn.clear()
    with Store(tmp_path, pytest.fail) as store:
        again = decided(statements, store=store)
    assert drawn == []
    assert again.judgements == first.judgements
    assert decided(statements).judgements == first.judgements
    assert sorted(drawn) == list(range(first.looks[-1].runs))


@pytest.mark.workers
def test_results_do_not_depend_on_the_number_of_workers() -> None:
    statements = some("tail-mass", "variance-evolution")
    one, two = decided(statements), decided(statements, workers=Workers(2))
    assert (one.judgements, one.looks, one.ended) == (two.judgements, two.looks, two.ended)


def test_later_looks_measure_only_what_is_open(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[set[str]] = []

    def measuring(*arguments: Any, measurements: Any, **more: Any) -> Any:
        asked.append({m.group.name for m in measurements})
        return replicate(*arguments, measurements=measurements, **more)

    monkeypatch.setattr(deciding, "replicate", measuring)
    decided(some("tail-mass", "noiseless-loss", "memorized-share"), first=20)
    assert {"structure", "losses"} <= asked[0]
    assert [len(groups) for groups in asked] == sorted(map(len, asked), reverse=True)
    assert len(asked[-1]) == 1


def test_settings_that_differ_in_sigma_share_their_draws() -> None:
    settings = [SETTING, SETTING.at(sigma=0.05), SETTING.at(alpha=2.0)]
    statements = some("tail-mass", "noisy-loss")
    counted: list[int] = []

    class Bar:
        def __init__(self, _: str, total: int) -> None:
            counted.append(total)

        def __enter__(self) -> Any:
            return lambda _: None

        def __exit__(self, *_: object) -> None: ...

    found = decide(
        settings,
        lambda: [[claim_at(one, setting) for one in statements] for setting in settings],
        first=10,
        seed=0,
        budget=Budget(160, np.inf),
        family=Family(6),
        workers=Workers(1),
        store=None,
        measurements=measurements_for(statements),
        watch=Bar,
    )
    assert counted[0] == 20
    assert len(found.samples) == len(found.judgements) == 3
    assert found.judgements[0][0].observed == found.judgements[1][0].observed


def test_a_false_statement_is_refuted_by_more_draws_than_the_first_look_has() -> None:
    right = catalogue["tail-mass"]
    wrong = replace(right, id="wrong", value=right.value * Integer(115) / 100, lower=None)
    wrong = replace(wrong, upper=None, accuracy=Integer(0))
    found = decided([wrong], budget=Budget(5000, np.inf))
    (judgement,) = found.judgements[0]
    assert judgement.verdict is Verdict.REFUTED
    assert len(found.looks) > 1


def test_what_the_budget_leaves_open_says_how_many_draws_it_needs() -> None:
    for budget in (80, 160):
        found = decided(some("memorized-share"), first=20, budget=Budget(budget, np.inf))
        (judgement,) = found.judgements[0]
        assert judgement.verdict is Verdict.INCONCLUSIVE
        told = re.fullmatch(r"needs (about )?(\d+) draws( at least)?", judgement.needs)
        assert told is not None
        about = int(told.group(2))
        enough = decided(some("memorized-share"), first=20, budget=Budget(10**4, np.inf))
        assert enough.judgements[0][0].observed is not None
        assert about / 3 < enough.judgements[0][0].observed.runs < 3 * about


def test_what_needs_far_more_than_the_budget_is_not_drawn_for() -> None:
    """A chance of 10^-5 is told within a tenth by 10^8 draws; nobody makes them."""
    found = decided(some("no-multi-tail-sample"), first=50)
    assert [look.runs for look in found.looks] == [50]
    assert "draws" in found.judgements[0][0].needs


def test_seconds_end_a_look_that_is_then_not_judged() -> None:
    found = decided(some("tail-mass", "memorized-share"), budget=Budget(10**6, 1e-9))
    assert [look.runs for look in found.looks] == [5]
    assert found.ended == "the budget of 1e-09 seconds is spent"
    counted_, shared = (one.needs for one in found.judgements[0])
    assert re.fullmatch(r"needs about \d+ draws", counted_)
    assert shared == f"needs {STUDENT_RUNS} draws at least, which show its spread"
    spent = decided(some("memorized-share"), budget=Budget(10, np.inf))
    assert spent.ended == "the budget of 10 draws is spent"
    assert [look.runs for look in spent.looks] == [5, 10]


def test_budgets() -> None:
    assert Budget.of(None, 50) == Budget(MOST_DRAWS, MOST_SECONDS)
    assert Budget.of(None, 10**6).draws == 10**6
    assert Budget.of("20000", 50) == Budget.of(20000, 50) == Budget(20000, np.inf)
    assert Budget.of(" 90s", 50).seconds == 90
    assert Budget.asked(False, None, 50) is None
    for wrong in ("0", "-5", "0s", "-1s", "nans", "infs", "s", "many", "", "2.5", True, 0, "1e99"):
        with pytest.raises(InputError, match=f"^budget = {wrong}: must be a number of draws"):
            Budget.of(wrong, 5)
    with pytest.raises(InputError, match="must be at least the 50 draws of the first look"):
        Budget.of("49", 50)
    with pytest.raises(InputError, match="budget = 100: goes with"):
        Budget.asked(False, "100", 50)
    with pytest.raises(InputError, match="decide = yes: must be True or False"):
        Budget.asked("yes", None, 50)


def _seen(mean: float, half: float, method: str = STUDENT, runs: int = 50) -> Judgement:
    estimate = Estimate(mean, mean - half, mean + half, runs, 0.95, method)
    claim = claim_at(catalogue["tail-mass"], SETTING)
    claim = replace(claim, numbers=claim.numbers | {"value": 1.0})
    return Judgement(claim, Verdict.INCONCLUSIVE, {}, "", estimate, None)


@given(mean=st.floats(0.8, 1.2), half=st.floats(0.06, 5), tests_=st.integers(1, 1000))
def test_what_an_identity_needs_is_the_square_of_how_much_too_wide_it_is(
    mean: float, half: float, tests_: int
) -> None:
    found = forecast(_seen(mean, half), Family(tests_), 1)
    assert found is not None
    assert found.about is not None
    plain = (half / max(RESOLUTION, abs(mean - 1))) ** 2
    assert found.least <= found.about * (1 + 1e-12)
    assert found.about >= plain
    more = forecast(_seen(mean, 2 * half), Family(tests_), 1)
    assert more is not None
    assert more.about is not None
    assert more.about >= 4 * found.about * (1 - 1e-12)


def test_rooms() -> None:
    sides = {"lower": 1.0, "upper": 2.0}
    assert room(Kind.TWO_SIDED, sides, 1.5) == pytest.approx(0.6)
    assert room(Kind.UPPER, sides, 1.5) == pytest.approx(0.7)
    assert room(Kind.LOWER, sides, 0.5) == pytest.approx(0.5)
    assert room(Kind.TWO_SIDED, sides, 4.0) == pytest.approx(2.0)
    assert room(Kind.PREDICTION, {"value": 1.0, "accuracy": 0.2}, 1.05) == pytest.approx(0.15)
    assert room(Kind.PREDICTION, {"value": 1.0, "accuracy": 0.2}, 1.5) == pytest.approx(0.3)
    assert room(Kind.IDENTITY, {"value": 0.0, "unit": 3.0}, 0.0) == pytest.approx(0.3)
    assert room(Kind.RATE, {"value": 1.0}, 1.0) is None


def test_what_was_never_seen_is_forecast_by_how_often_it_would_be() -> None:
    """A rate of 10^-5, told within a tenth at 4 standard errors: 1600 events, 1.6 10^8 draws."""
    judgement = _seen(0.0355, 0.0355, BINOMIAL)
    seen = replace(judgement.observed, mean=0.0, ci_low=0.0, ci_high=0.071)
    claim = replace(judgement.claim, numbers=judgement.claim.numbers | {"value": 1e-5})
    found = forecast(replace(judgement, observed=seen, claim=claim), Family(1), 1)
    assert isinstance(found, Forecast)
    assert 5e7 < 50 * found.about < 5e9


def test_no_interval_no_forecast() -> None:
    assert forecast(_seen(1.0, np.nan), Family(1), 1) is None
    assert not waits_for_draws(replace(_seen(1, 1), verdict=Verdict.HOLDS), 5)
    assert waits_for_draws(_seen(1, 1), 5)
    assert not waits_for_draws(_seen(np.inf, 1), 5)
    few = catalogue["gd-limit"]
    assert not waits_for_draws(
        Judgement(claim_at(few, SETTING), Verdict.INCONCLUSIVE, {}, "", None, None), 5
    )


@pytest.mark.parametrize(("number", "expected"), [(1.0, 1), (99, 99), (101, 110), (51234, 52000)])
def test_forecasts_are_rounded_up(number: float, expected: int) -> None:
    assert rounded_up(number) == expected


def test_a_test_suite_may_draw_until_decided() -> None:
    small = {"n": 60, "d": 300, "s": 3, "alpha": 2.5}
    with pytest.raises(AssertionError, match="inconclusive"):
        assert_statement("tail-mass", **small, runs=5)
    judgement = assert_statement("tail-mass", **small, runs=5, decide=True, budget=2000)
    assert judgement.observed is not None
    assert judgement.observed.runs > 5
    with pytest.raises(AssertionError, match=r"needs about \d+ draws"):
        assert_statement("tail-mass", **small, runs=5, decide=True, budget=10)
    for wrong in ({"budget": 100}, {"decide": 1}, {"decide": True, "budget": 4}):
        with pytest.raises(InputError):
            assert_statement("tail-mass", **small, runs=5, **wrong)


def test_python_may_draw_until_decided() -> None:
    small = {"n": 60, "d": 300, "s": 3, "alpha": 2.5}
    found = longtail.simulate(["tail-mass", "noiseless-rate"], runs=5, **small, decide=True)
    assert found["tail-mass"].verdict is Verdict.HOLDS
    assert [look.runs for look in found.looks][:2] == [5, 10]
    left = longtail.simulate("tail-mass", runs=5, **small, decide=True, budget=5)
    assert re.search(r"needs about \d+ draws", str(left))
    assert left.rows[0]["needs"] == left["tail-mass"].needs
    assert longtail.simulate("tail-mass", runs=5, **small).looks == ()

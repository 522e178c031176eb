"""Whatever is open says what would decide it."""

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from empirics.judging import outstanding
from empirics.judging.family import Family
from empirics.judging.intervals import STUDENT_RUNS, Estimate
from empirics.judging.outstanding import NEVER, Forecast, narrower, needs
from empirics.judging.verdict import Verdict, judge
from empirics.judging.verdict import tests as planned
from empirics.observables.needed import measurements_for
from empirics.observables.ridge_draws import RIDGE_DRAWS
from empirics.running.cluster import Workers
from empirics.running.montecarlo import replicate
from theorems.catalogue import catalogue
from theorems.claim import claim_at
from theorems.setting import Setting
from theorems.statement import Kind


def above(limit: float, wide: Estimate) -> Verdict:
    if wide.ci_low > limit:
        return Verdict.HOLDS
    return Verdict.REFUTED if wide.ci_high < limit else Verdict.INCONCLUSIVE


@given(limit=st.floats(-3, 3), half=st.floats(0.01, 5))
def test_so_many_draws_decide_and_half_as_many_do_not(limit: float, half: float) -> None:
    wide = Estimate(0.0, -half, half, 40, 0.95)
    told = narrower(lambda one: above(limit, one), wide)
    if above(limit, wide) is not Verdict.INCONCLUSIVE:
        assert told == ""
    elif told == NEVER:
        assert abs(limit) <= half * 2**-6.9
    else:
        runs = int(told.removeprefix("needs about ").removesuffix(" draws"))
        # To two digits, and to a factor root 2.
        assert half / math.sqrt(runs / 40) <= abs(limit) * 1.0001
        assert half / math.sqrt(runs / 40 / 1.1 / 2) > abs(limit) * 0.9999


def test_what_is_no_number_no_draws_decide() -> None:
    nothing = Estimate(math.nan, math.nan, math.nan, 0, 0.95)
    assert narrower(lambda one: above(0.0, one), nothing) == NEVER


@pytest.mark.parametrize("alpha", [1.25, 2.5])
def test_every_open_claim_says_what_it_needs(alpha: float) -> None:
    """Of the whole catalogue at few draws; a rate needs a sweep over n, which its reason says."""
    setting = Setting(n=40, d=120, s=3, alpha=alpha, sigma=0.3)
    statements = list(catalogue.values())
    (sample,) = replicate(
        [setting],
        12,
        0,
        workers=Workers(1),
        store=None,
        measurements=measurements_for(statements),
    )
    family = Family(sum(map(planned, statements)))
    for statement in statements:
        judged = judge(claim_at(statement, setting), sample, family)
        told = needs(judged, sample.runs, family)
        is_open = judged.verdict is Verdict.INCONCLUSIVE and statement.kind is not Kind.RATE
        assert bool(told) == is_open, statement.id
        assert not is_open or "draws" in told
        if told.startswith("needs") and "few more" not in told:
            # Those that were made did not decide it.
            assert int("".join(filter(str.isdigit, told))) > sample.runs, (statement.id, told)
    assert np.isfinite(family.level)


def test_a_forecast_below_what_was_drawn_is_told_as_little_more(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    setting = Setting(n=40, d=120, s=3, alpha=1.25, sigma=0.3)
    statement = catalogue["common-error"]
    (sample,) = replicate([setting], 12, 0, workers=Workers(1), store=None)
    judged = judge(claim_at(statement, setting), sample, 100)
    open_one = replace(judged, verdict=Verdict.INCONCLUSIVE)
    monkeypatch.setattr(outstanding, "waits_for_draws", lambda *_: True)
    for about, told in ((0.88, "needs a few more than 12 draws"), (2.0, "needs about 24 draws")):
        found = Forecast(about, about)
        monkeypatch.setattr(outstanding, "forecast", lambda *_, found=found: found)
        assert needs(open_one, 12, Family(100)) == told


def test_what_is_dear_is_drawn_often_enough_for_an_interval() -> None:
    assert RIDGE_DRAWS >= STUDENT_RUNS

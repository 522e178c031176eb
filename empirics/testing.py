"""For test-suites: assert that a statement holds at a setting, by simulation.

from empirics.testing import assert_statement

def test_loss():
    assert_statement("noiseless-loss", n=500, d=5000, alpha=2, runs=50)
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from empirics.judging.budget import Budget
from empirics.judging.decide import decide as drawn_until_decided
from empirics.judging.family import Family
from empirics.judging.verdict import Judgement, Verdict, tests
from empirics.observables.needed import measurements_for
from empirics.observables.observable import Measurement
from empirics.observables.registry import UnknownObservableError
from empirics.running.cluster import Workers
from theorems.catalogue import catalogue
from theorems.claim import claim_at
from theorems.errors import InputError, finite_number, positive_integer
from theorems.setting import Setting
from theorems.statement import Statement


def assert_statement(
    statement: str | Statement,
    *,
    runs: int = 50,
    seed: int = 0,
    jobs: int = 1,
    decide: bool = False,
    budget: int | str | None = None,
    **parameters: Any,
) -> Judgement:
    """Raise AssertionError unless simulation says that the statement holds.

    The seed fixes the draws, and so the outcome. At a seed chosen blindly a true claim is refuted
    with probability 5% at most (`empirics.judging.family.FAMILY_ERROR`); too few runs may leave it
    inconclusive, which does not pass either.

    Args:
        statement: an id of the catalogue, or a statement, registered or not.
        runs: draws; with `decide` those of the first look.
        seed: of the draws.
        jobs: worker processes.
        decide: whether to draw until the claim is decided: twice as many draws, and so on, all
            looks at the error of one.
        budget: of that: draws, or seconds as "600s"; 100,000 draws or 600 s if None.
        parameters: of the setting: n, d, s, alpha, sigma, beta_exponent, k; defaults as in the
            paper's Figure 1. Others are the statement's own, delta for instance.

    Returns:
        The judgement, with the claim, the estimate and the slack.

    Raises:
        AssertionError: for any other verdict, with the numbers.
        UnknownStatementError: for an unknown id; the message names the nearest.
        InputError: for a parameter outside its range, or a statement whose observable does not
            exist.
    """
    __tracebackhide__ = True
    chosen = statement if isinstance(statement, Statement) else catalogue[statement]
    if isinstance(seed, bool) or not isinstance(seed, int) or seed < 0:
        raise InputError("seed", seed, "must be an integer >= 0")
    extra = {
        name: finite_number(name, parameters.pop(name), "must be a finite number")
        for name in chosen.defaults
        if name in parameters
    }
    setting = Setting(**parameters)
    draws, needed = positive_integer("runs", runs), _needed(chosen, extra)
    spend = Budget.asked(decide, budget, draws)
    ((judgement,),) = drawn_until_decided(
        [setting],
        lambda: [[claim_at(chosen, setting, extra=extra)]],
        first=draws,
        seed=seed,
        budget=spend,
        family=Family(max(tests(chosen), 1)),
        workers=Workers(jobs),
        store=None,
        measurements=needed,
    ).judgements
    if judgement.verdict is not Verdict.HOLDS:
        raise AssertionError(_told(judgement, setting, runs, seed))
    return judgement


def _needed(statement: Statement, extra: Mapping[str, float]) -> tuple[Measurement, ...]:
    """What has to be measured to judge a statement.

    Raises:
        InputError: where its observable does not exist; the message names the nearest.
    """
    try:
        return measurements_for([statement], extra)
    except UnknownObservableError as error:
        name, _, told = str(error).partition(": ")
        raise InputError(statement.id, name, told) from None


def _told(judgement: Judgement, setting: Setting, runs: int, seed: int) -> str:
    claim = judgement.claim
    sides = [f"{side} {claim.numbers[side]:.6g}" for side in claim.statement.sides]
    lines = [
        f"{claim.statement.id}: {judgement.verdict} ({judgement.reason})"
        + (f", {judgement.needs}" if judgement.needs else ""),
        f"  claimed: {', '.join(sides)}",
    ]
    seen = judgement.observed
    if seen is not None:
        interval = f"[{seen.ci_low:.6g}, {seen.ci_high:.6g}]"
        lines.append(f"  observed: {seen.mean:.6g} {interval} over {seen.runs} draws")
    return "\n".join([*lines, f"  at {setting}, runs = {runs}, seed = {seed}"])

"""`longtail simulate`: Monte Carlo at one setting, and the verdicts there."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from empirics.judging.budget import Budget
from empirics.judging.decide import decide
from empirics.judging.family import Family
from empirics.judging.intervals import CONTROL_VARIATE
from empirics.judging.verdict import Verdict, tests
from empirics.observables.needed import every_measurement, measurements_for, observed_by
from empirics.observables.observe import observe
from empirics.observables.registry import OBSERVABLES
from empirics.running.cluster import Workers
from empirics.running.montecarlo import Sample
from reports.cached import open_store
from reports.console import finite, interval, number, print_table, progress
from reports.decided import DecidedCell, Decision
from reports.records import Cell, Estimated, Record, Whole
from reports.verdict_rows import slack, why
from theorems.catalogue import catalogue
from theorems.claim import Claim, claim_at
from theorems.setting import Setting
from theorems.statement import Statement


class Draw(Record):
    """One draw: what each observable saw in it, None where it saw nothing."""

    setting: dict[str, float | int | str]
    k: Whole
    seed: Whole
    run: Whole
    observed: dict[str, float | None]


def claims_at(
    setting: Setting, extra: Mapping[str, float], statements: Iterable[Statement]
) -> list[Claim]:
    """Statements at a setting, each with those of the extra parameters that are its own."""
    return [claim_at(statement, setting, extra=statement.own(extra)) for statement in statements]


def simulated(
    setting: Setting,
    runs: int,
    seed: int,
    workers: Workers,
    extra: Mapping[str, float],
    only: Sequence[Statement] | None = None,
    budget: Budget | None = None,
) -> Cell:
    """Draws at a setting and the verdicts on statements there: `simulate --json`.

    Args:
        setting: where to draw.
        runs: draws; with a budget those of the first look.
        seed: that every draw comes from.
        workers: who draws.
        extra: values of parameters that no setting has; each statement takes its own.
        only: the statements; None takes every one, and observes what no statement needs besides.
        budget: to draw until claims are decided; None looks once.
    """
    statements = list(catalogue.values()) if only is None else only
    # What names an observable that does not exist costs its own row.
    known = [one for one in statements if all(name in OBSERVABLES for name in observed_by(one))]
    needed = measurements_for(known, extra)
    measured = needed if only is not None else every_measurement(needed)
    family = Family(sum(tests(statement) for statement in statements))
    with open_store() as store:
        found = decide(
            [setting],
            lambda: [claims_at(setting, extra, statements)],
            first=runs,
            seed=seed,
            budget=budget,
            family=family,
            workers=workers,
            store=store,
            measurements=measured,
            watch=progress,
        )
    (sample,), (judgements,) = found.samples, found.judgements
    if budget is None:
        return Cell.of(sample, judgements)
    return DecidedCell.of(sample, judgements, decision=Decision.of(found, budget))


def refuted(cell: Cell) -> bool:
    """Whether a claim was."""
    return any(row.verdict is Verdict.REFUTED for row in cell.verdicts)


def drawn(setting: Setting, seed: int, run: int, extra: Mapping[str, float]) -> Draw:
    """One draw alone: it depends on the setting, the seed and its number, and on no other."""
    measurements = [observable.measurement(extra) for observable in OBSERVABLES.values()]
    values = observe(setting, seed, run, tuple(dict.fromkeys(measurements))).values
    sample = Sample(setting, seed, {name: np.array([value]) for name, value in values.items()})
    return Draw(
        setting=setting.document(),
        k=setting.k,
        seed=seed,
        run=run,
        observed={name: finite(float(_draws(sample, name, extra)[0])) for name in OBSERVABLES},
    )


def _draws(sample: Sample, name: str, extra: Mapping[str, float]) -> NDArray[np.float64]:
    try:
        return sample.draws(name, extra)
    except KeyError:
        # Some are measured in the first draws only.
        return np.full(1, np.nan)


def print_draw(draw: Draw) -> None:
    """The draw as a table."""
    setting = ", ".join(f"{name} = {value}" for name, value in draw.setting.items())
    print_table(
        f"Draw {draw.run} of seed {draw.seed}: {setting}",
        ("quantity", "value", "meaning"),
        [
            (name, number(value, 10), OBSERVABLES[name].meaning)
            for name, value in draw.observed.items()
        ],
    )


def _observed(estimate: Estimated | None) -> str:
    """The interval, and whether a control variate sharpens it."""
    sharpened = estimate is not None and CONTROL_VARIATE in estimate.method
    return interval(estimate) + (f" ({CONTROL_VARIATE})" if sharpened else "")


def print_simulation(document: Cell) -> None:
    """The document as two tables."""
    setting = ", ".join(f"{name} = {value}" for name, value in document.setting.items())
    print_table(
        f"Observed: {setting}, runs = {document.runs}, seed = {document.seed}",
        ("quantity", "mean [95% interval]", "meaning"),
        [
            (name, interval(estimate), OBSERVABLES[name].meaning)
            for name, estimate in document.observed.items()
        ],
    )
    print_table(
        "Verdicts",
        ("id", "verdict", "lower", "value", "upper", "observed", "slack", "why"),
        [
            (
                row.id,
                row.verdict,
                *(number(getattr(row, side)) for side in ("lower", "value", "upper")),
                _observed(row.observed),
                slack(row.slack),
                "; ".join(filter(None, (why(row), row.needs))),
            )
            for row in document.verdicts
        ],
    )
    counted = Counter(row.verdict for row in document.verdicts)
    told = ", ".join(f"{counted[verdict]} {verdict}" for verdict in Verdict if counted[verdict])
    many = "s" if len(document.verdicts) != 1 else ""
    sys.stdout.write(f"{len(document.verdicts)} statement{many}: {told}.\n")
    if isinstance(document, DecidedCell):
        sys.stdout.write(f"{document.decision.told()}\n")

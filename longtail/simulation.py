"""Monte Carlo at a setting of one's own, from Python."""

from __future__ import annotations

import html
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from empirics.judging.budget import Budget
from empirics.judging.decide import Look
from empirics.judging.decide import decide as drawn_until_decided
from empirics.judging.family import Family
from empirics.judging.intervals import Estimate
from empirics.judging.verdict import Judgement, tests
from empirics.observables.needed import every_measurement, measurements_for
from empirics.running.cluster import Workers
from empirics.running.montecarlo import Sample
from longtail.grid import OF_A_SETTING, chosen, refuse_unknown
from theorems.claim import claim_at
from theorems.errors import InputError, finite_number, positive_integer
from theorems.law import Law
from theorems.setting import Setting


@dataclass(frozen=True, repr=False)
class Simulation:
    """What draws at a setting say of statements.

    Args:
        sample: the draws; of drawing until decided those of the first look.
        judgements: one for each statement asked for, in the order asked.
        looks: of drawing until decided; () elsewhere.
    """

    sample: Sample
    judgements: tuple[Judgement, ...]
    looks: tuple[Look, ...] = ()

    def __getitem__(self, identifier: str) -> Judgement:
        """The judgement of a statement.

        Raises:
            KeyError: where it was not asked for.
        """
        for judgement in self.judgements:
            if judgement.claim.statement.id == identifier:
                return judgement
        raise KeyError(identifier)

    def estimate(self, observable: str) -> Estimate:
        """Mean and 95% interval of an observable, by name.

        Raises:
            KeyError: where it was not measured: without ids every one is, else what they need.
        """
        return self.sample.estimate(observable)

    @property
    def rows(self) -> list[dict[str, float | str | None]]:
        """One row for each statement, as `pandas.DataFrame` takes them."""
        return [_row(judgement) for judgement in self.judgements]

    def __str__(self) -> str:
        lines = [f"{self.sample.setting}, runs = {self.sample.runs}, seed = {self.sample.seed}"]
        width = max((len(str(row["id"])) for row in self.rows), default=0)
        lines += [
            f"  {row['id']:{width}}  {row['verdict']}: {str(row['reason']).removeprefix('fails: ')}"
            + (f"; {row['needs']}" if row["needs"] else "")
            for row in self.rows
        ]
        return "\n".join(lines)

    __repr__ = __str__

    def _repr_html_(self) -> str:
        rows = self.rows
        head = "".join(f"<th>{html.escape(name)}</th>" for name in (rows[0] if rows else ()))
        body = "".join(
            "<tr>" + "".join(f"<td>{html.escape(_told(value))}</td>" for value in row.values())
            for row in rows
        )
        title = html.escape(str(self).partition("\n")[0])
        return f"<table><caption>{title}</caption><tr>{head}</tr>{body}</table>"


def _told(value: float | str | None) -> str:
    if value is None:
        return ""
    return f"{value:.5g}" if isinstance(value, float) else str(value)


def _row(judgement: Judgement) -> dict[str, float | str | None]:
    claim, seen = judgement.claim, judgement.observed
    return {
        "id": claim.statement.id,
        **{side: claim.number(side) for side in ("lower", "value", "upper")},
        "observed": None if seen is None else seen.mean,
        "ci_low": None if seen is None else seen.ci_low,
        "ci_high": None if seen is None else seen.ci_high,
        "slack": judgement.slack,
        "verdict": str(judgement.verdict),
        "reason": judgement.reason,
        "needs": judgement.needs,
    }


def simulate(
    ids: str | Iterable[str] | None = None,
    *,
    runs: int = 50,
    seed: int = 0,
    jobs: int = 1,
    decide: bool = False,
    budget: int | str | None = None,
    law: Law | None = None,
    **parameters: Any,
) -> Simulation:
    """Draw training sets at a setting and judge statements by them.

    Args:
        ids: a statement, or several; None takes the whole catalogue.
        runs: draws; with `decide` those of the first look.
        seed: that every random number comes from.
        jobs: worker processes; results do not depend on them.
        decide: whether to draw until claims are decided (`empirics.judging.decide`): for what is
            open twice as many draws, and so on, all looks at the error of one. Stopping there
            biases the mean of a claim a little.
        budget: of that: draws, or seconds as "600s"; 100,000 draws or 600 s if None.
        law: frequencies of one's own; else a power law from the parameters.
        parameters: n, sigma and k, and of a power law d, s, alpha and beta_exponent; the defaults
            are those of the paper's Figure 1. Others are the statements' own, delta for instance.

    Raises:
        UnknownStatementError: for an unknown id; the message names the nearest.
        InputError: for a parameter outside its range, or a budget without `decide`.
    """
    statements = chosen(ids)
    refuse_unknown(parameters, statements)
    if isinstance(seed, bool) or not isinstance(seed, int) or seed < 0:
        raise InputError("seed", seed, "must be an integer >= 0")
    given = {name: value for name, value in parameters.items() if name in OF_A_SETTING}
    setting = Setting(law=law, **given)
    extra = {
        name: finite_number(name, value, "must be a finite number")
        for name, value in parameters.items()
        if name not in OF_A_SETTING
    }
    workers = Workers(positive_integer("jobs", jobs))
    draws = positive_integer("runs", runs)
    spend = Budget.asked(decide, budget, draws)
    needed = measurements_for(statements, extra)
    measured = needed if ids is not None else every_measurement(needed)
    family = Family(sum(tests(statement) for statement in statements))

    found = drawn_until_decided(
        [setting],
        lambda: [[claim_at(one, setting, extra=one.own(extra)) for one in statements]],
        first=draws,
        seed=seed,
        budget=spend,
        family=family,
        workers=workers,
        store=None,
        measurements=measured,
    )
    return Simulation(found.samples[0], found.judgements[0], found.looks)

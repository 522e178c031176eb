"""The "Rates" section: rates over a sweep of n, judged, each beside what sharpens it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import partial

from empirics.judging.family import Family
from empirics.judging.scaling import (
    RateJudgement,
    RatePoint,
    Step,
    half_decades,
    judge_rate,
    sweep,
)
from empirics.judging.verdict import Verdict
from empirics.running.cluster import Workers
from empirics.running.montecarlo import Sample
from reports.cached import open_store
from reports.chapters import Chapter
from reports.console import finite, interval, number, progress
from reports.evidence import Evidence, stated
from reports.main_setting import MainSetting
from reports.rate_figures import drawn_rates
from reports.rate_records import Price, RateRow, Rates, RateStep, RateValue
from reports.records import Estimated, Range
from reports.section import (
    Context,
    Judged,
    Page,
    Planned,
    RateVerdict,
    RecordSection,
    of_a_power_law,
)
from reports.simulated import Simulated
from reports.spread import spread
from reports.verdict_rows import told
from theorems.catalogue import catalogue
from theorems.paper import Item
from theorems.regimes.quantities import log_exponent
from theorems.statement import Kind, Statement

ALPHAS = (1.5, 2.0, 2.5)
"""Below, at and above the threshold of the paper's noisy theorems."""

SWEEPS: dict[str, tuple[Step, ...]] = {
    "quick": half_decades(1000, 31623, runs=40, features_per_sample=25),
    "paper": half_decades(1000, 10**6, runs=400),
}
"""Sizes by preset. A fit through 7 sizes in 3 decades has a slope that moves by at most .37 times
the relative half-width of the means, through 4 in 1.5 decades by .69 times; .04, which is 10% a
decade, is what is told from no trend. So means are to be known to 10%, for all claims together."""


def rates() -> list[Statement]:
    """The rates of the catalogue that are checked against draws."""
    return [s for s in catalogue.values() if s.kind is Kind.RATE and s.observable is not None]


def steps_around(preset: str, n: int) -> tuple[Step, ...]:
    """The preset's sizes, moved so that they end at a larger n.

    They begin at no smaller one: a rate is about large n, and at small ones its corrections are
    as large as itself.
    """
    steps = SWEEPS[preset]
    first, last = steps[0], steps[-1]
    if n <= last.n:
        return steps
    low = round(n * first.n / last.n)
    return half_decades(low, n, first.runs, features_per_sample=first.d // first.n)


def computed_rates(
    steps: tuple[Step, ...],
    alphas: tuple[float, ...],
    seed: int,
    workers: Workers,
    family: Family,
    main: MainSetting | None = None,
) -> Rates:
    """The sweep and its verdicts, the same for any number of workers.

    Args:
        steps: sizes of the sweep.
        alphas: its exponents.
        seed: that every draw comes from.
        workers: who draws.
        family: of the tests of the whole report.
        main: whose s and sigma it has; None for the paper's.
    """
    setting = (main or MainSetting()).setting
    total = sum(step.runs for step in steps) * len(alphas)
    with open_store() as store, progress("rates: draws", total) as advance:
        drawn = sweep(
            steps,
            alphas,
            sigma=setting.sigma,
            s=setting.s,
            seed=seed,
            workers=workers,
            store=store,
            advance=advance,
        )
    statements = rates()
    asked = [(statement.id, drawn[alpha]) for statement in statements for alpha in alphas]
    with progress("rates: statements", len(asked)) as advance:
        rows = spread(partial(_judged, family), asked, workers, lambda _: advance(1))
    return Rates(
        seed=seed,
        sigma=setting.sigma,
        s=setting.s,
        alphas=alphas,
        steps=tuple(RateStep(n=step.n, d=step.d, runs=step.runs) for step in steps),
        claims_judged=len(statements) * len(alphas),
        rows=tuple(rows),
    )


def _judged(family: Family, asked: tuple[str, Sequence[Sample]]) -> RateRow:
    """A rate over the draws at an exponent."""
    name, samples = asked
    return _row(judge_rate(catalogue[name], samples, family))


def _row(judgement: RateJudgement) -> RateRow:
    statement = judgement.statement
    low, high = judgement.constants
    prices = [price for price in map(_price, judgement.points) if price is not None]
    return RateRow(
        id=statement.id,
        title=statement.title,
        alpha=judgement.alpha,
        at_most=statement.at_most,
        verdict=judgement.verdict,
        reason=judgement.reason,
        claimed=finite(judgement.claimed),
        fitted=finite(judgement.fitted),
        low=finite(judgement.low),
        high=finite(judgement.high),
        tolerance=finite(judgement.tolerance),
        constant_low=finite(low),
        constant_high=finite(high),
        checked=checked(statement),
        sharpened_by=statement.sharpened_by or None,
        price=price_formula(statement),
        price_low=min(prices, default=None),
        price_high=max(prices, default=None),
        points=tuple(_point(point) for point in judgement.points),
    )


def _point(point: RatePoint) -> RateValue:
    return RateValue(
        n=point.setting.n,
        d=point.setting.d,
        k=point.setting.k,
        observed=Estimated.of(point.observed),
        rate=finite(point.rate),
        plain=finite(point.plain),
        sharp=finite(point.sharp),
        price=_price(point),
    )


def _price(point: RatePoint) -> float | None:
    """The rate with constant 1 over what sharpens it; None where either says nothing."""
    if not point.sharp or point.rate <= 0:
        return None
    return finite(point.rate / point.sharp)


def checked(statement: Statement) -> str:
    """What of the statement is checked and what the paper leaves unspecified, in one line."""
    told = [part for part in statement.claim.split("\n\n") if part.startswith("Checked:")]
    return " ".join(re.sub(r"\s+", " ", part).strip() for part in told)


def price_formula(statement: Statement) -> Price | None:
    """What the rate pays over the derived statement: the quotient, and its logarithms.

    The derived laws hold no ln d, so for alpha > 1 the power of ln d in the rate, at
    n p_k = ln^2 d, is the power of ln d in the price. None where the derived side is 0.
    """
    if not statement.sharpened_by or statement.value is None:
        return None
    sharp = statement.comparison(statement.sharpened_by).expression
    if sharp == 0:
        return None
    try:
        logarithms = str(log_exponent(statement.value))
    except TypeError:
        logarithms = None
    return Price(formula=f"({statement.value})/({sharp})", ln_d_exponent=logarithms)


COLUMNS = (
    "statement",
    "α",
    "power of n claimed",
    "fitted (interval for all claims)",
    "allowed at finite n",
    "implied constant",
    "sharpened by",
    "price",
    "verdict",
)


class RatesSection(RecordSection[Rates]):
    """Rates of the paper against what is observed over n."""

    name = "rates"
    place = 30
    chapter = Chapter.REGIMES
    record = Rates

    def left_out(self, context: Context) -> str | None:
        """A rate is a power of n at an exponent."""
        return of_a_power_law(context)

    def prepared(self, context: Context) -> Planned[Rates]:
        """Nothing to check."""
        main = context.main
        steps = steps_around(context.preset, main.setting.n)
        alphas = main.among(ALPHAS)
        return Planned(
            len(rates()) * len(alphas) * len(steps),
            lambda family: computed_rates(
                steps, alphas, context.seed, context.workers, family, main
            ),
        )

    def verdicts(self, result: Rates) -> list[Judged]:
        """One for each rate and exponent."""
        return [Judged(f"{row.id} at alpha = {row.alpha:g}", row.verdict) for row in result.rows]

    def items(self) -> frozenset[Item]:
        """Those that a rate of the catalogue states."""
        return stated()

    def evidence(self, result: Rates) -> list[Evidence]:
        """The verdict on each rate at each exponent, with how far it is off at constant 1."""
        return [
            Evidence(
                mention.item,
                mention.role,
                row.id,
                row.verdict,
                row.alpha,
                excess=_excess(row),
                note=_too_slow(row),
                anchor=row.id,
            )
            for row in result.rows
            if row.id in catalogue
            for mention in catalogue[row.id].paper
        ]

    def sweeps(self, result: Rates) -> dict[tuple[str, float], RateVerdict]:
        """The verdict on each rate at each exponent, with the power that was fitted."""
        return {
            (row.id, row.alpha): RateVerdict(
                row.verdict,
                _too_slow(row)
                or f"power {number(row.fitted, 3)} fitted, {'≤ ' if row.at_most else ''}"
                f"{number(row.claimed, 3)} claimed; {row.reason.removeprefix('fails: ')}",
            )
            for row in result.rows
        }

    def simulated(self, result: Rates) -> list[Simulated]:
        """What each rate is of, at every size; beta* = 1."""
        fixed = {"s": result.s, "sigma": result.sigma, "beta_exponent": 0.0}
        return [
            Simulated(
                row.id,
                {"n": point.n, "d": point.d, "alpha": row.alpha, **fixed},
                own_k=False,
                observed=point.observed,
            )
            for row in result.rows
            for point in row.points
        ]

    def page(self, result: Rates) -> Page:
        """Fitted powers, implied constants, prices."""
        steps = result.steps
        seen: dict[str, str] = {row.id: row.checked for row in result.rows}
        believed = [row for row in result.rows if row.verdict is not Verdict.HYPOTHESIS_FAILS]
        holding = sum(row.verdict is Verdict.HOLDS for row in believed)
        return Page(
            finding=(
                f"Of {len(believed)} rates at an exponent whose hypotheses hold {holding} have the "
                "power of n that the paper claims."
            ),
            title="Rates of the paper, over a sweep of n",
            text=(
                f"n from {steps[0].n} to {steps[-1].n} at d = {steps[0].d // steps[0].n} n "
                "up to 10^7, "
                f"{steps[0].runs} to {steps[-1].runs} draws, "
                f"s = {result.s:g}, σ = {result.sigma:g}, β* = 1. "
                "Logarithms are divided out of each rate; the implied constant is what is observed "
                "over what is left, smallest to largest. The price is the rate with constant 1, "
                "logarithms included, over the derived statement. A rate holds if the constant has "
                "no trend in n (for one that bounds from above: no upward trend) beyond what "
                f"corrections at finite n allow; {result.claims_judged} are judged, by "
                "intervals corrected "
                "for every test of the report."
            ),
            columns=COLUMNS,
            rows=[
                (
                    row.id,
                    f"{row.alpha:g}",
                    f"{'≤ ' if row.at_most else ''}{number(row.claimed, 3)}",
                    _fitted(row),
                    f"±{number(row.tolerance, 2)}",
                    f"{number(row.constant_low, 3)} … {number(row.constant_high, 3)}",
                    row.sharpened_by or "–",
                    f"{number(row.price_low, 3)} … {number(row.price_high, 3)}",
                    told(row.verdict, row.reason),
                )
                for row in result.rows
            ],
            notes=[f"{name}. {text}" for name, text in seen.items()],
            figures=drawn_rates(result),
        )


def _excess(row: RateRow) -> tuple[float, float] | None:
    """The rate with constant 1 over what is observed, smallest and largest; None for what is 0."""
    if row.claimed is None or row.fitted is None:
        return None
    found = [
        point.rate / point.observed.mean
        for point in row.points
        if point.rate and point.observed.mean
    ]
    return (min(found), max(found)) if found else None


def _too_slow(row: RateRow) -> str:
    """That a bound from above falls faster than what is observed, though it is still trivial."""
    if row.verdict is not Verdict.VACUOUS or None in (row.low, row.claimed, row.tolerance):
        return ""
    if (row.low or 0) <= (row.claimed or 0) + (row.tolerance or 0):
        return ""
    return (
        f"at α = {row.alpha:g} the power is contradicted ({number(row.fitted, 3)} is fitted, "
        f"{number(row.claimed, 3)} at most is claimed), the bound still trivial at these n"
    )


def _fitted(row: RateRow) -> str:
    whole = row.low is not None and row.high is not None
    ends = (row.low, row.high) if whole else (None, None)
    return interval(Range(mean=row.fitted, ci_low=ends[0], ci_high=ends[1]), 3)


SECTION = RatesSection()

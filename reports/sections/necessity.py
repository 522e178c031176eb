"""The "Necessity" section: memorization is necessary, and what no estimator can do better."""

from __future__ import annotations

from empirics.judging.verdict import Verdict
from reports.chapters import Chapter
from reports.console import number
from reports.necessity import RUNS, necessity, planned_tests
from reports.necessity_figures import drawn_necessity
from reports.necessity_records import FloorRow, Necessity, PrivateRow, StableRow
from reports.outlook import left_open
from reports.section import Context, Judged, Page, Planned, RecordSection, of_a_power_law
from reports.simulated import Simulated


class NecessitySection(RecordSection[Necessity]):
    """Learners that are kept from memorizing, and the best of all."""

    name = "necessity"
    place = 45
    chapter = Chapter.MEMORIZATION
    record = Necessity

    def left_out(self, context: Context) -> str | None:
        """Its laws are those of power laws."""
        return of_a_power_law(context)

    def prepared(self, context: Context) -> Planned[Necessity]:
        """Nothing to check."""
        runs, main = RUNS[context.preset], context.main
        return Planned(
            planned_tests(main),
            lambda family: necessity(runs, context.seed, context.workers, family, main),
        )

    def verdicts(self, result: Necessity) -> list[Judged]:
        """One for each claim at each exponent and parameter."""
        return [Judged(what, row.verdict) for what, row in result.judged]

    def headline(self, result: Necessity) -> list[str]:
        """What learners pay that are kept from memorizing, at the main exponent."""
        alpha = min(result.alphas, key=lambda one: abs(one - result.main_alpha))
        rows = [row for row in result.stable if row.alpha == alpha and row.missing_mass]
        costs = sorted(
            (row.delta, row.price.lower / row.missing_mass)
            for row in rows
            # A learner with delta = 1 is kept from nothing.
            if row.delta < 1 and row.price.lower and row.price.verdict is Verdict.HOLDS
            if row.missing_mass
        )
        told = (
            [
                f"{number(cost, 3)} times (δ = {delta:g})"
                for delta, cost in (costs[-1], costs[len(costs) // 2], costs[0])
                if cost > 1
            ]
            if costs
            else []
        )
        if not told:
            return []
        return [
            "Not memorizing costs: a learner whose output changes by at most δ when one label "
            f"changes loses, at n = {result.setting['n']} and α = {alpha:g}, at least "
            f"{', '.join(dict.fromkeys(told))} the missing mass, which the memorizing "
            "solution loses to first order (stability-price)."
        ]

    def simulated(self, result: Necessity) -> list[Simulated]:
        """Each statement over its own parameter."""
        rows = [
            *(
                (one.alpha, row)
                for one in result.stable
                for row in (one.price, one.kept, one.composed)
            ),
            *((one.alpha, one.price) for one in result.private),
            *(
                (one.alpha, row)
                for one in result.floors
                for row in (one.floor, one.memorizing, one.law)
            ),
        ]
        return [
            Simulated.of(row, result.setting | {"alpha": alpha}, own_k=True) for alpha, row in rows
        ]

    def page(self, result: Necessity) -> Page:
        """Prices in units of the missing mass, privacy, the floor."""
        price, floor = drawn_necessity(result)
        return Page(
            finding=" ".join(self.headline(result)),
            title="Memorization is necessary",
            text=(
                "The memorizing solution reaches the missing mass. Whoever is kept from memorizing "
                "pays R(δ) times it, by whatever method: δ bounds how far one label may move what "
                "is learned, in total variation. Forgetting only what was seen once already costs "
                "the factor 2 - 1/α. Forgetting at random is nearly the best way to forget: no "
                "stable learner of any kind does better than a subsample by more than a factor 2, "
                "to first order as n grows (α > 1). "
                f"All at n = {result.setting['n']}, d = {result.setting['d']}, "
                f"s = {result.setting['s']}, b = 0, {result.runs} draws at each α; "
                f"{result.claims_judged} claims are judged here, by intervals corrected for every "
                "test of the report."
            ),
            columns=["α", "δ", "bound / M", "law R(δ)", "subsample / M", "composed", "verdict"],
            rows=[_stable(row) for row in result.stable],
            notes=left_open(result.judged),
            figures=[price],
            parts=[
                Page(
                    title="The price of label privacy",
                    text=(
                        "No ε-label-private learner is below the bound. Laplace noise on the "
                        "labels is private too, and far from it."
                    ),
                    columns=["α", "ε", "bound / M", "labels with noise / M", "verdict"],
                    rows=[_private(row) for row in result.private],
                ),
                Page(
                    title="What no estimator can do better",
                    text=(
                        "Coefficients N(0, τ²), noise σ², λ = σ²/τ². Ridge at λ, which keeps the "
                        "share 1/(1 + λ) of a label seen once, is the best of all learners for "
                        "every test distribution. Memorizing everything costs the price shown, "
                        "over the floor."
                    ),
                    columns=[
                        "α",
                        "λ",
                        "floor",
                        "ridge at λ",
                        "price",
                        "law",
                        "observed",
                        "verdict",
                    ],
                    rows=[_floor(row) for row in result.floors],
                    figures=[floor],
                ),
            ],
        )


_ORDER = (Verdict.HOLDS, Verdict.VACUOUS, Verdict.INCONCLUSIVE, Verdict.HYPOTHESIS_FAILS)


def _worst(*verdicts: Verdict) -> Verdict:
    """The verdict to look at first."""
    if Verdict.REFUTED in verdicts:
        return Verdict.REFUTED
    return max(verdicts, key=_ORDER.index)


def _quotient(value: float | None, unit: float | None) -> str:
    return number(None if value is None or not unit else value / unit)


def _stable(row: StableRow) -> list[str]:
    observed, composed = row.kept.observed, row.composed.observed
    return [
        f"{row.alpha:g}",
        f"{row.delta:g}",
        _quotient(row.price.lower, row.missing_mass),
        number(row.law),
        _quotient(None if observed is None else observed.mean, row.missing_mass),
        number(None if composed is None else composed.mean, 3),
        _worst(row.price.verdict, row.kept.verdict, row.composed.verdict),
    ]


def _private(row: PrivateRow) -> list[str]:
    observed = row.price.observed
    return [
        f"{row.alpha:g}",
        f"{row.epsilon:g}",
        _quotient(row.price.lower, row.missing_mass),
        _quotient(None if observed is None else observed.mean, row.missing_mass),
        row.price.verdict,
    ]


def _floor(row: FloorRow) -> list[str]:
    least, memorizing = row.floor.observed, row.memorizing.observed
    return [
        f"{row.alpha:g}",
        f"{row.strength:g}",
        number(row.floor.lower),
        number(None if least is None else least.mean),
        number(row.memorizing.value),
        number(row.law.value),
        number(None if memorizing is None else memorizing.mean),
        _worst(row.floor.verdict, row.memorizing.verdict, row.law.verdict),
    ]


SECTION = NecessitySection()

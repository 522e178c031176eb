"""The "Memorization" section: memorization as a level, and when it hurts."""

from __future__ import annotations

from empirics.judging.verdict import Verdict
from reports.chapters import Chapter
from reports.console import interval, number
from reports.main_setting import setting_told
from reports.memorization import judged_lines, law_settings, memorization, planned_tests
from reports.memorization_figures import drawn_memorization
from reports.memorization_records import Memorization
from reports.section import Context, Judged, Page, Planned, RecordSection, of_a_power_law
from reports.simulated import Simulated, power_law


class MemorizationSection(RecordSection[Memorization]):
    """Ridge paths, corrupted labels, influence."""

    name = "memorization"
    place = 50
    chapter = Chapter.MEMORIZATION
    record = Memorization

    def left_out(self, context: Context) -> str | None:
        """Its corrupted labels are those of tail features of a power law."""
        return of_a_power_law(context)

    def prepared(self, context: Context) -> Planned[Memorization]:
        """Check the coefficients at the sizes of the sweep.

        Raises:
            InputError: for coefficients that are too large there.
        """
        main = context.main
        law_settings(main)
        return Planned(
            planned_tests(),
            lambda family: memorization(context.seed, context.workers, family, main),
        )

    def verdicts(self, result: Memorization) -> list[Judged]:
        """One for each level of each path, for lambda* and its regret, and for each statement."""
        found = []
        for line in result.corruption:
            told = f"corruption-tradeoff at rho = {line.rho:g}"
            levels = [*line.rows, line.at_best]
            found += [Judged(f"{told}, m = {row.level:.3g}", row.verdict) for row in levels]
            found.append(Judged(f"{told}, regret of lambda*", line.regret.verdict))
        found += [Judged(f"{row.id}: {row.quantity}", row.verdict) for row in result.combinations]
        found += [Judged(f"{line.row.id} at n = {line.n}", line.row.verdict) for line in result.law]
        return found

    def simulated(self, result: Memorization) -> list[Simulated]:
        """Corrupted labels over the penalty, combinations over their number, the law over n."""
        found = [
            Simulated(
                "corruption-tradeoff",
                power_law(result.setting),
                own_k=True,
                observed=row.observed,
                extra={"lamda": row.penalty, "rho": line.rho},
                sides=(None, row.predicted, None),
            )
            for line in result.corruption
            for row in (*line.rows, line.at_best)
        ]
        sizes = [
            (result.setting | {"n": one.n, "d": one.d, "sigma": one.sigma}, one.row)
            for one in result.law
        ]
        found += [Simulated.of(row, setting, own_k=False) for setting, row in sizes]
        # Features are combined at the second size, or the only one.
        where = sizes[:2][-1][0]
        return [*found, *(Simulated.of(row, where, own_k=False) for row in result.combinations)]

    def page(self, result: Memorization) -> Page:
        """The lines, with a figure for each part."""
        data = result
        influence, pairs, descent = data.influence, data.pairs, data.descent
        notes = [
            f"Of {influence.tail.samples} samples with a tail feature "
            f"{_share(influence.tail.above)} have a memorization score above 0.1, of the "
            f"{influence.common.samples} others {_share(influence.common.above)}; the "
            f"formula agrees with retraining to {number(influence.largest_difference, 1)}.",
            f"In {len(pairs.predicted) // 2} spurious pairs (alpha = {pairs.alpha:g}) the errors "
            f"are as predicted to {pairs.largest_difference:.1g}.",
        ]
        if descent is not None:
            notes.append(
                "Gradient descent is where its spectrum says to "
                f"{descent.largest_difference:.1g} at every step that was looked at."
            )
        judged = [one.verdict for one in self.verdicts(result)]
        return Page(
            finding=(
                "How far to memorize is predicted from noise and label errors: of "
                f"{len(judged)} claims {judged.count(Verdict.HOLDS)} hold, "
                f"{judged.count(Verdict.REFUTED)} are refuted."
            ),
            title="Memorization as a level, and when it hurts",
            text=(
                "Ridge regression turns memorization from on or off into a level m = 1/(1 + λ), "
                "the share of its label that a feature seen once keeps. Intervals are 95%; "
                "verdicts use wider ones, corrected for every test of the report; "
                f"{data.claims_judged} claims are judged here, at {setting_told(data.setting)}, "
                f"{data.runs} draws."
            ),
            columns=["claim", "claimed", "observed", "slack", "verdict"],
            rows=[
                [
                    row.what,
                    number(row.predicted),
                    interval(row.observed),
                    number(row.slack),
                    f"{row.verdict}: {row.needs}" if row.needs else row.verdict,
                ]
                for row in judged_lines(data)
            ],
            notes=notes,
            figures=drawn_memorization(data),
        )


def _share(value: float | None) -> str:
    return number(None) if value is None else f"{value:.1%}"


SECTION = MemorizationSection()

"""Frequencies of one's own: every statement over sigma, with which such a report begins."""

from __future__ import annotations

from dataclasses import dataclass

from empirics.judging.verdict import tests
from reports.chapters import Chapter
from reports.experiment import PRESETS, asked_statements
from reports.main_setting import options_of
from reports.own_law import OwnLaw, at_main, computed_own, own_settings
from reports.own_law_figures import drawn_own
from reports.records import Cell, VerdictRow
from reports.section import Context, Judged, Judgements, Page, Planned, RecordSection
from reports.verdict_rows import in_reading_order, set_options


@dataclass(frozen=True)
class OwnView:
    """What the template shows.

    Args:
        main: the cell at the main noise level.
        rows: verdicts there; of claims that sigma does not enter, from their own cell.
    """

    main: Cell
    rows: list[VerdictRow]
    cells: tuple[Cell, ...]


def _rows(result: OwnLaw) -> list[VerdictRow]:
    """Verdicts at the main noise level; of claims that sigma does not enter, from their own."""
    rows = {row.id: row for cell in result.cells for row in cell.verdicts}
    return in_reading_order(rows | {row.id: row for row in at_main(result).verdicts})


class OwnLawSection(RecordSection[OwnLaw]):
    """One table of frequencies over noise levels."""

    name = "table"
    place = 1
    chapter = Chapter.MODEL
    record = OwnLaw

    def left_out(self, context: Context) -> str | None:
        """It is for frequencies of one's own."""
        return "it needs --frequencies" if context.main.is_a_power_law else None

    def prepared(self, context: Context) -> Planned[OwnLaw]:
        """Nothing to check: its k is the main setting's."""
        preset, main = PRESETS[context.preset], context.main
        runs = preset.runs if context.runs is None else context.runs
        settings = own_settings(main, preset.sigmas)
        asked = asked_statements(settings)
        return Planned(
            sum(tests(statement) for row in asked for statement in row),
            lambda family: computed_own(
                settings,
                main.setting.sigma,
                runs,
                context.seed,
                context.workers,
                family,
                context.budget,
                main.extra,
            ),
        )

    def verdicts(self, result: OwnLaw) -> list[Judged]:
        """One for each claim of each cell."""
        return [
            Judged(f"{row.id} at sigma = {cell.sigma:g}", row.verdict)
            for cell in result.cells
            for row in cell.verdicts
        ]

    def headline(self, result: OwnLaw) -> list[str]:
        """What was decided, where claims were drawn for until they were."""
        return [] if result.decision is None else [result.decision.told()]

    def judgements(self, result: OwnLaw) -> Judgements:
        """Every statement at the main noise level, and over sigma."""
        over = [
            (cell.sigma, {row.id: row for row in cell.verdicts})
            for cell in sorted(result.cells, key=lambda one: one.sigma)
        ]
        return Judgements(
            at_main(result),
            _rows(result),
            "σ",
            tuple(over),
            result.cells,
            sum(len(cell.verdicts) for cell in result.cells),
            f"{options_of(at_main(result).setting, own_k=True)} "
            f"{set_options(_rows(result))}".strip(),
        )

    def page(self, result: OwnLaw) -> Page:
        """The frequencies, the loss over sigma, the verdicts."""
        main = at_main(result)
        return Page(
            title=f"Frequencies of {result.name}",
            text=(
                f"{result.d} features, {result.expected_entries:.4g} in a sample on average; "
                f"n = {result.n}, k = {main.k} common features, {main.runs} draws. Statements that "
                "need a power law say so as a hypothesis that fails."
            ),
            figures=drawn_own(result),
            template="own_law",
            view=OwnView(main, _rows(result), result.cells),
        )


SECTION = OwnLawSection()

"""The Figure 1 sweep, with which a report on the paper's power laws begins."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from reports.experiment import PRESETS, Sweep, computed, planned_tests
from reports.observations import PaperObservation
from reports.records import Cell, VerdictRow
from reports.section import Context, Judged, Page, Planned, RecordSection, of_a_power_law
from reports.sweep_figures import drawn_figures
from reports.verdict_rows import in_reading_order


@dataclass(frozen=True)
class MatrixLine:
    """A statement's verdicts over alpha; None where it was not judged."""

    id: str
    rows: list[VerdictRow | None]


@dataclass(frozen=True)
class SweepView:
    """What the template of the sweep shows.

    Args:
        main: the cell at the paper's setting.
        rows: verdicts there.
        alphas, main_sigma: of the matrix.
    """

    main: Cell
    rows: list[VerdictRow]
    observations: tuple[PaperObservation, ...]
    alphas: tuple[float, ...]
    main_sigma: float
    matrix: list[MatrixLine]
    cells: tuple[Cell, ...]


def main_cell(sweep: Sweep) -> Cell:
    """The cell nearest to the paper's own setting: alpha = 2, sigma = 0.05."""
    main = sweep.model.main_sigma
    return min(sweep.cells, key=lambda cell: (abs(cell.alpha - 2), abs(cell.sigma - main)))


def rows_at(cells: Iterable[Cell], alpha: float, sigma: float) -> dict[str, VerdictRow]:
    """Verdict rows by id at a cell; claims that sigma does not enter come from their own cell."""
    rows: dict[str, VerdictRow] = {}
    for cell in cells:
        if cell.alpha == alpha:
            for row in cell.verdicts:
                if cell.sigma == sigma or row.id not in rows:
                    rows[row.id] = row
    return rows


class SweepSection(RecordSection[Sweep]):
    """Every statement over alpha and sigma, and what the paper observes in its Figure 1."""

    name = "sweep"
    place = 0
    record = Sweep

    def left_out(self, context: Context) -> str | None:
        """It sweeps exponents."""
        return of_a_power_law(context)

    def prepared(self, context: Context) -> Planned[Sweep]:
        """Nothing to check."""
        preset = PRESETS[context.preset]
        if context.runs is not None:
            preset = preset.with_runs(context.runs)
        return Planned(
            planned_tests(preset),
            lambda family: computed(preset, context.seed, context.workers, family),
        )

    def verdicts(self, result: Sweep) -> list[Judged]:
        """One for each claim of each cell, and for each observation of the paper."""
        claims = [
            Judged(f"{row.id} at alpha = {cell.alpha:g}, sigma = {cell.sigma:g}", row.verdict)
            for cell in result.cells
            for row in cell.verdicts
        ]
        return [*claims, *(Judged(row.paper, row.verdict) for row in result.observations)]

    def page(self, result: Sweep) -> Page:
        """Overview, verdicts at the paper's setting, the paper's observations, the matrix."""
        main = main_cell(result)
        model = result.model
        rows = in_reading_order(rows_at(result.cells, main.alpha, main.sigma))
        by_alpha = [rows_at(result.cells, alpha, model.main_sigma) for alpha in model.alphas]
        return Page(
            title="Figure 1 of the paper",
            figures=drawn_figures(result),
            template="sweep",
            view=SweepView(
                main=main,
                rows=rows,
                observations=result.observations,
                alphas=model.alphas,
                main_sigma=model.main_sigma,
                matrix=[MatrixLine(row.id, [at.get(row.id) for at in by_alpha]) for row in rows],
                cells=result.cells,
            ),
        )


SECTION = SweepSection()

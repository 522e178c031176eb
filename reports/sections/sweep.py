"""The Figure 1 sweep, with which a report on the paper's power laws begins."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from empirics.judging.verdict import Verdict
from reports.evidence import Evidence, on_items, width_told
from reports.experiment import MAIN_SIGMA, PRESETS, Model, Sweep, computed, planned_tests
from reports.main_setting import options_of, setting_told
from reports.observations import PaperObservation
from reports.records import Cell, VerdictRow
from reports.section import (
    Beside,
    Context,
    Judged,
    Judgements,
    Page,
    Planned,
    RecordSection,
    of_a_power_law,
)
from reports.simulated import Simulated
from reports.sweep_figures import drawn_figures
from reports.verdict_rows import in_reading_order, set_options
from theorems.paper import FIGURE_1_SETTING, Item, Role
from theorems.statement import Kind


@dataclass(frozen=True)
class MatrixLine:
    """A statement's verdicts over alpha; None where it was not judged."""

    id: str
    rows: list[VerdictRow | None]


@dataclass(frozen=True)
class SweepView:
    """What the template of the sweep shows.

    Args:
        main: the cell at the main setting.
        heading: of its verdicts.
        rows: verdicts there.
        alphas, main_sigma: of the matrix.
    """

    main: Cell
    heading: str
    rows: list[VerdictRow]
    observations: tuple[PaperObservation, ...]
    alphas: tuple[float, ...]
    main_sigma: float
    matrix: list[MatrixLine]
    cells: tuple[Cell, ...]


def main_cell(sweep: Sweep) -> Cell:
    """The cell at the main setting; that of the paper has alpha = 2, sigma = 0.05."""
    model = sweep.model
    return min(
        sweep.cells,
        key=lambda cell: (
            abs(cell.alpha - model.main_alpha),
            abs(cell.sigma - model.main_sigma),
        ),
    )


def rows_at(cells: Iterable[Cell], alpha: float, sigma: float) -> dict[str, VerdictRow]:
    """Verdict rows by id at a cell; claims that sigma does not enter come from their own cell."""
    rows: dict[str, VerdictRow] = {}
    for cell in cells:
        if cell.alpha == alpha:
            for row in cell.verdicts:
                if cell.sigma == sigma or row.id not in rows:
                    rows[row.id] = row
    return rows


def _tightest(rows: Iterable[VerdictRow]) -> tuple[str, float, Verdict] | None:
    """The two-sided statement on Theorem 2 whose sides are nearest, their width, its verdict.

    Its sides are proved: too few draws to check them take nothing from them.
    """
    found = [
        (row.upper / row.lower - 1, row.id, row.verdict)
        for row in rows
        if row.kind == Kind.TWO_SIDED
        and row.verdict in (Verdict.HOLDS, Verdict.INCONCLUSIVE)
        and row.upper is not None
        and row.lower
        and any(one.item is Item.THEOREM_2 for one in on_items(row, None))
    ]
    if not found:
        return None
    width, name, verdict = min(found)
    return name, width, verdict


def _heading(model: Model) -> str:
    """Of the verdicts at the main setting."""
    papers = model.repeats_the_paper and (model.main_alpha, model.main_sigma) == (2, MAIN_SIGMA)
    return "Verdicts at the paper's setting" if papers else "Verdicts at the main setting"


def _listed(values: Iterable[float]) -> str:
    return ", ".join(f"{value:g}" for value in values)


class SweepSection(RecordSection[Sweep]):
    """Every statement over alpha and sigma, and what the paper observes in its Figure 1."""

    name = "sweep"
    place = 0
    record = Sweep

    def left_out(self, context: Context) -> str | None:
        """It sweeps exponents."""
        return of_a_power_law(context)

    def prepared(self, context: Context) -> Planned[Sweep]:
        """Check the main setting at every exponent and noise level.

        Raises:
            InputError: for one that is not allowed there.
        """
        preset, main = PRESETS[context.preset].around(context.main), context.main
        if context.runs is not None:
            preset = preset.with_runs(context.runs)
        return Planned(
            planned_tests(preset, main),
            lambda family: computed(
                preset, context.seed, context.workers, family, main, context.budget
            ),
        )

    def verdicts(self, result: Sweep) -> list[Judged]:
        """One for each claim of each cell, and for each observation of the paper."""
        claims = [
            Judged(f"{row.id} at alpha = {cell.alpha:g}, sigma = {cell.sigma:g}", row.verdict)
            for cell in result.cells
            for row in cell.verdicts
        ]
        # What the paper saw at its setting nobody claims at another.
        asked = not result.model.repeats_the_paper
        observed = [Judged(row.paper, row.verdict, asked) for row in result.observations]
        return [*claims, *observed]

    def items(self) -> frozenset[Item]:
        """The figure that it repeats."""
        return frozenset({Item.FIGURE_1})

    def evidence(self, result: Sweep) -> list[Evidence]:
        """The paper's observations, and every statement at the main noise level."""
        main = main_cell(result)
        repeats, seen = result.model.repeats_the_paper, result.observations
        same = sum(row.verdict is Verdict.HOLDS for row in seen)
        elsewhere = "" if repeats else f"at this setting {same} of {len(seen)} observations hold"
        found = [
            Evidence(
                Item.FIGURE_1,
                Role.STATES,
                row.paper,
                row.verdict,
                decides=repeats,
                note=elsewhere,
                anchor="paper-figure-1",
            )
            for row in seen
        ]
        for alpha in result.model.alphas:
            for row in rows_at(result.cells, alpha, main.sigma).values():
                found += [
                    # How tight ours is counts where the paper stands.
                    one if alpha == main.alpha else replace(one, width=None)
                    for one in on_items(row, alpha)
                ]
        return found

    def headline(self, result: Sweep) -> list[str]:
        """Within what factor the noiseless loss is known from both sides; what was decided."""
        decided = [] if result.decision is None else [result.decision.told()]
        return [*self._enclosed(result), *decided]

    def _enclosed(self, result: Sweep) -> list[str]:
        main = main_cell(result)
        widths = {
            alpha: _tightest(rows_at(result.cells, alpha, main.sigma).values())
            for alpha in result.model.alphas
        }
        best = widths[main.alpha]
        if best is None:
            return []
        name, width, verdict = best
        same = {
            alpha: one[1] for alpha, one in widths.items() if one is not None and one[0] == name
        }
        worst = max(same, key=lambda alpha: same[alpha])
        return [
            "The noiseless loss is enclosed by two proved sides without unknown constants: "
            f"{width_told(width)} at α = {main.alpha:g}, {width_told(same[worst])} at "
            f"α = {worst:g}, where it is widest ({name}"
            f"{'' if verdict is Verdict.HOLDS else '; these draws are too few to check it'})."
        ]

    def judgements(self, result: Sweep) -> Judgements:
        """Every statement at the main setting, and over alpha."""
        main = main_cell(result)
        over = [(alpha, rows_at(result.cells, alpha, main.sigma)) for alpha in result.model.alphas]
        rows = rows_at(result.cells, main.alpha, main.sigma)
        return Judgements(
            main,
            in_reading_order(rows),
            "α",
            tuple(over),
            result.cells,
            result.model.claims_judged,
            f"{options_of(main.setting, own_k=result.model.own_k is not None)} "
            f"{set_options(rows.values())}".strip(),
            own_k=result.model.own_k is not None,
        )

    def simulated(self, result: Sweep) -> list[Simulated]:
        """Every statement of every cell."""
        return [
            Simulated.of(row, cell.setting, own_k=True)
            for cell in result.cells
            for row in cell.verdicts
        ]

    def beside(self, result: Sweep) -> list[Beside]:
        """The paper's Figure 1, observation by observation."""
        model = result.model
        ours = setting_told(model.setting)
        if model.own_k is not None:
            ours += f", k = {model.own_k}"
        notes = [
            "The paper gives no numbers for “roughly”, “slightly” or “small”, nor those of "
            "its curves; how each is read here stands beside it."
        ]
        if not model.repeats_the_paper:
            notes.append(
                "Ours is another setting than the paper's: what it saw there is asked here, as a "
                "question that nobody claims."
            )
        return [
            Beside(
                Item.FIGURE_1,
                f"The paper: {FIGURE_1_SETTING}. Ours: {ours}, {model.runs} runs, σ in "
                f"{_listed(model.sigmas)}, α in {_listed(model.alphas)}.",
                ("the paper", "read as", "ours", "verdict"),
                [(row.paper, row.read_as, row.seen, row.told) for row in result.observations],
                notes,
            )
        ]

    def page(self, result: Sweep) -> Page:
        """Overview, verdicts at the main setting, the paper's observations, the matrix."""
        main = main_cell(result)
        model = result.model
        rows = in_reading_order(rows_at(result.cells, main.alpha, main.sigma))
        by_alpha = [rows_at(result.cells, alpha, model.main_sigma) for alpha in model.alphas]
        return Page(
            title=(
                "Figure 1 of the paper"
                if model.repeats_the_paper
                else "Figure 1 of the paper, at a setting of one's own"
            ),
            figures=drawn_figures(result),
            template="sweep",
            view=SweepView(
                main=main,
                heading=_heading(model),
                rows=rows,
                observations=result.observations,
                alphas=model.alphas,
                main_sigma=model.main_sigma,
                matrix=[MatrixLine(row.id, [at.get(row.id) for at in by_alpha]) for row in rows],
                cells=result.cells,
            ),
        )


SECTION = SweepSection()

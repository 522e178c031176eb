"""What the report page shows: the answer, the chapters with their statements, the map, tables."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache

from markupsafe import Markup

from empirics.judging.verdict import Verdict
from reports.axis import axis
from reports.chapters import Chapter, chapter_of
from reports.dependencies import Node, node
from reports.figures import Drawn
from reports.main_setting import setting_told
from reports.outlook import outlook
from reports.paper_card import CardLine, headlines, judged_in, paper_card
from reports.records import VerdictRow
from reports.results import Results
from reports.section import Beside, Judgements, Page, RateVerdict
from reports.statement_text import TESTS_SOLVER, steps_checked
from reports.verdict_rows import chosen, command, slack
from theorems.catalogue import catalogue
from theorems.notation import formula_mathml, where_mathml
from theorems.statement import Kind, Statement
from theorems.trust import Trust

KEY_FIGURE = "noiseless_loss"
"""The figure beside the answer."""


@dataclass(frozen=True)
class MapCell:
    """A statement at one value of the map: verdict, slack, and the whole in words."""

    verdict: str
    text: str
    told: str


@dataclass(frozen=True)
class StatementCard:
    """A statement as it is shown.

    Args:
        row: its verdict at the main setting; None where it was not judged.
        verdict: what its badge says; of a rate that of the sweep over n.
        remark: what would decide it, or what the badge leaves out.
        axis: predicted and observed.
        sweep: of a rate: the verdict over n at each exponent.
        over: its cells of the map.
        node: what it rests on.
        checked: how much of its proof is machine-checked, in words.
    """

    statement: Statement
    formulas: tuple[Markup, ...]
    where: tuple[tuple[Markup, str], ...]
    row: VerdictRow | None
    verdict: str
    remark: str
    axis: Markup | None
    sweep: list[tuple[float, RateVerdict]]
    over: list[MapCell | None]
    tests_solver: str
    node: Node
    checked: str

    @staticmethod
    def labels(names: Iterable[str]) -> list[tuple[str, Trust]]:
        """Ids with their labels of trust."""
        return [(name, catalogue[name].trust) for name in names]


@dataclass(frozen=True)
class ChapterView:
    """A chapter: what comes out first, then figures, statements, sections."""

    chapter: Chapter
    finding: list[str]
    figures: list[Drawn]
    statements: list[StatementCard]
    pages: list[Page]


@dataclass(frozen=True)
class ReportPage:
    """Everything that the page shows.

    Args:
        card: a line for each item of the paper.
        headlines: our own news.
        key: the figure beside them; None where there is none.
        beside: the paper's figures and tables, ours beside.
        judgements: at the main setting and along a parameter.
        setting: the main setting in words.
        reproduce: the command that draws it again.
    """

    card: list[CardLine]
    headlines: list[str]
    key: Drawn | None
    beside: list[Beside]
    chapters: list[ChapterView]
    judgements: Judgements
    setting: str
    reproduce: str
    cards: list[StatementCard] = field(default_factory=list)


def report_page(results: Results, pages: Mapping[str, Page]) -> ReportPage:
    """The page's parts from the results and their drawn pages, by the sections' names."""
    judgements = judged_in(results)
    if results.family is not None:
        judgements = replace(judgements, tests=results.family.tests)
    sweeps: dict[tuple[str, float], RateVerdict] = {}
    for part in results.parts:
        sweeps |= part.section.sweeps(part.result)
    rows = {row.id: row for row in judgements.rows}
    cards = [
        _statement(statement, rows.get(statement.id), judgements, sweeps)
        for statement in catalogue.values()
    ]
    lines = paper_card(results)
    figures = [figure for page in pages.values() for figure in page.drawn()]
    return ReportPage(
        card=lines,
        headlines=headlines(results),
        key=next((figure for figure in figures if figure.name == KEY_FIGURE), None),
        beside=[one for part in results.parts for one in part.section.beside(part.result)],
        chapters=_chapters(results, pages, cards, lines, figures),
        judgements=judgements,
        setting=setting_told(judgements.main.setting | chosen(judgements.rows)),
        reproduce=command(judgements.main),
        cards=cards,
    )


def _chapters(
    results: Results,
    pages: Mapping[str, Page],
    cards: Sequence[StatementCard],
    lines: Sequence[CardLine],
    figures: Iterable[Drawn],
) -> list[ChapterView]:
    found = []
    placed = [figure for figure in figures if figure.chapter is not None]
    for chapter in Chapter:
        here = [card for card in cards if chapter_of(card.statement.id) is chapter]
        sections = [
            pages[part.section.name]
            for part in results.parts
            if part.section.chapter is chapter and part.section.name in pages
        ]
        view = ChapterView(
            chapter,
            [*_on_items(here, lines), *(page.finding for page in sections if page.finding)],
            [
                figure
                for figure in placed
                if figure.chapter is chapter and figure.name != KEY_FIGURE
            ],
            here,
            # What every report begins with is shown piece by piece, a section as a whole.
            [page for page in sections if page.template is None or chapter is Chapter.MODEL],
        )
        if chapter is Chapter.MODEL or here or view.pages or view.figures:
            found.append(view)
    return found


def _on_items(cards: Sequence[StatementCard], lines: Sequence[CardLine]) -> list[str]:
    """What the paper's items that a chapter's statements mention first come to."""
    items = {mention.item for card in cards for mention in card.statement.paper}
    told = [f"{line.item.label}: {line.verdict}." for line in lines if line.item in items]
    counted = [card.verdict for card in cards if card.row is not None]
    if counted:
        holding = counted.count(Verdict.HOLDS)
        told.append(f"{holding} of {len(counted)} statements hold at the main setting.")
    return told


def _statement(
    statement: Statement,
    row: VerdictRow | None,
    judgements: Judgements,
    sweeps: Mapping[tuple[str, float], RateVerdict],
) -> StatementCard:
    main = judgements.main.setting.get("alpha")
    sweep = [(alpha, verdict) for (name, alpha), verdict in sweeps.items() if name == statement.id]
    # Over frequencies of one's own the map runs along sigma, a rate's sweep along alpha.
    by_alpha = dict(sweep) if judgements.along == "α" else {}
    over = [_cell(at.get(statement.id), by_alpha.get(value)) for value, at in judgements.over]
    verdict, remark = "not judged", ""
    if row is not None:
        verdict, remark = str(row.verdict), outlook(row, _rates(judgements))
        at_main = by_alpha.get(float(main)) if isinstance(main, float | int) else None
        if at_main is not None and row.verdict is not Verdict.HYPOTHESIS_FAILS:
            verdict, remark = str(at_main.verdict), at_main.told
    formulas, where = _printed(statement)
    return StatementCard(
        statement,
        formulas,
        where,
        row,
        verdict,
        remark,
        None if row is None else axis(row),
        sweep,
        over,
        TESTS_SOLVER if statement.tests_solver else "",
        node(statement),
        steps_checked(statement),
    )


@lru_cache(maxsize=256)
def _printed(statement: Statement) -> tuple[tuple[Markup, ...], tuple[tuple[Markup, str], ...]]:
    """Its formulas and what stands in them, printed once for all reports of a process."""
    formulas = tuple(Markup(formula) for formula in formula_mathml(statement))
    return formulas, tuple((Markup(told), meaning) for told, meaning in where_mathml(statement))


def _rates(judgements: Judgements) -> str:
    """The command that sweeps rates over n around the main setting."""
    options = f" {judgements.options}" if judgements.options else ""
    return f"longtail report{options} --sections rates"


def _cell(row: VerdictRow | None, swept: RateVerdict | None) -> MapCell | None:
    if row is None:
        return None
    if swept is not None and row.verdict is not Verdict.HYPOTHESIS_FAILS:
        return MapCell(str(swept.verdict), "n", f"over n: {swept.verdict}; {swept.told}")
    if row.kind == Kind.RATE and row.verdict is Verdict.INCONCLUSIVE:
        return MapCell(str(row.verdict), "n", outlook(row, ""))
    told = f"{row.verdict}: {row.reason.removeprefix('fails: ')}"
    more = outlook(row, "")
    return MapCell(str(row.verdict), slack(row.slack, 3), f"{told}; {more}" if more else told)

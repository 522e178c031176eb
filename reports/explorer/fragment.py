"""What the page needs for the explorer: scripts, printed formulas, texts, the report's own points.

Nothing is written by hand that is a formula: `theorems.evaluate.javascript` prints them from the
symbolic expressions.
"""

from __future__ import annotations

import base64
import json
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from markupsafe import Markup

from reports.chapters import Chapter, chapter_of
from reports.explorer.points import report_points
from reports.explorer.shared_numbers import shared_numbers
from reports.explorer.vendoring import text
from reports.section import Judgements
from reports.simulated import Simulated, quantity
from reports.typeset import typeset
from theorems.catalogue import catalogue
from theorems.javascript_program import described, offered, program
from theorems.notation import formula_latex
from theorems.statement import Kind, Statement

FOLDER = Path(__file__).parent

SCRIPTS = (
    *("binomial.js", "runtime.js", "claim.js", "work.js"),
    *("axes.js", "points.js", "curve.js", "regions.js", "face.js"),
)
"""Of our own, in the order in which they name each other."""


@dataclass(frozen=True)
class Explorer:
    """The explorer's part of the page.

    Args:
        groups: the statements that are offered, by chapter: (heading, [(id, title)]).
        cephes: the library of special functions, packed.
        licences: of the scripts of others, as an HTML comment takes them.
        style: of the plot and the controls.
        script: everything that runs.
    """

    groups: list[tuple[str, list[tuple[str, str]]]]
    cephes: Markup
    licences: Markup
    style: Markup
    script: Markup


def explorer(judgements: Judgements, simulated: Sequence[Simulated]) -> Explorer:
    """The explorer, with what this report observed.

    Args:
        judgements: at the main setting.
        simulated: what all sections drew.
    """
    live = offered(catalogue.values())
    unprinted = [one for one in catalogue.values() if one not in live and one.sides]
    report = report_points(judgements, simulated, [one.id for one in unprinted])
    recursive = [one for one in unprinted if one.id in report["tables"]]
    data = {
        "described": described(live),
        "report": report,
        "texts": {one.id: _texts(one, live) for one in (*live, *recursive)},
    }
    script = "\n".join(
        [
            text("uPlot.iife.min.js"),
            f"const longtailNumbers = {_json(shared_numbers())};",
            *(_own(name) for name in SCRIPTS),
            f"const longtailPrinted = {_program(tuple(live))};",
            f"const longtailData = {_json(data)};",
            _own("begin.js"),
        ]
    )
    assert "</script" not in script
    return Explorer(
        groups=_groups(live, recursive),
        cephes=Markup(_packed("cephes.js")),
        licences=Markup(_licences()),
        style=Markup(text("uPlot.min.css") + _own("explorer.css")),
        script=Markup(script),
    )


def _texts(statement: Statement, live: list[Statement]) -> dict[str, Any]:
    rate = paper_rate(statement, live)
    return {
        "title": statement.title,
        "quantity": str(typeset(statement.quantity)),
        "latex": _latex(statement),
        "sides": list(statement.sides),
        "rate": rate,
        "drawn": quantity(statement),
        "extra": statement.defaults,
        "hypotheses": {
            one.text: str(typeset(one.text))
            for one in statement.hypotheses
            if str(typeset(one.text)) != one.text
        },
        "group": None if statement.observable is None else quantity_of(statement),
    }


def quantity_of(statement: Statement) -> str:
    """What tells quantities apart: the observable, in its units, on average or of one draw."""
    of = "on average" if statement.level is None else "of one draw"
    return f"{quantity(statement)} {of}"


def paper_rate(statement: Statement, live: list[Statement]) -> str | None:
    """The paper's rate of the same quantity, in its units; None where there is none."""
    if statement.kind is Kind.RATE:
        return None
    rates = [one for one in live if one.kind is Kind.RATE and one.scale == statement.scale]
    naming = [one for one in rates if statement.id in {part.name for part in one.comparisons}]
    same = [one for one in rates if one.observable and one.observable == statement.observable]
    return next((one.id for one in (*naming, *same)), None)


def _groups(
    live: list[Statement], recursive: list[Statement]
) -> list[tuple[str, list[tuple[str, str]]]]:
    # What is 0 or a number of a setting without features everywhere draws no curve.
    curved = [one for one in live if any(side.free_symbols for side in one.sides.values())]
    groups = [
        (chapter.title, [(one.id, one.title) for one in curved if chapter_of(one.id) is chapter])
        for chapter in Chapter
    ]
    tables = [(one.id, one.title) for one in recursive]
    groups.append(("By a recursion: this report's curves", tables))
    return [(title, entries) for title, entries in groups if entries]


# Printing takes longer than all else here, and all reports of a process have one catalogue.


@lru_cache(maxsize=4)
def _program(statements: tuple[Statement, ...]) -> str:
    return program(statements)


@lru_cache(maxsize=256)
def _latex(statement: Statement) -> str:
    return formula_latex(statement)


@cache
def _own(name: str) -> str:
    """A file of our own, without lines that only say why and without indentation."""
    lines = map(str.strip, (FOLDER / name).read_text(encoding="utf-8").splitlines())
    return "\n".join(line for line in lines if line and not line.startswith("//"))


@cache
def _packed(name: str) -> str:
    return base64.b64encode(zlib.compress(text(name).encode(), 9)).decode()


def _licences() -> str:
    parts: Mapping[str, str] = {"cephes 3.3.3": "cephes.LICENSE", "uPlot 1.6.32": "uPlot.LICENSE"}
    return "\n".join(f"{name}\n{text(file)}" for name, file in parts.items()).replace("--", "==")


def _json(document: Any) -> str:
    # Inside a script nothing may look like markup.
    return json.dumps(document, ensure_ascii=False, separators=(",", ":")).replace("<", "\\u003c")

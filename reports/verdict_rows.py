"""Verdict rows as tables: in reading order, in words, with the command that draws them again."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from markupsafe import Markup

from empirics.judging.intervals import PROVED
from empirics.judging.verdict import Verdict
from empirics.observables.registry import OBSERVABLES
from reports.console import interval, number
from reports.main_setting import as_options
from reports.markdown import code, markdown_cells
from reports.records import Cell, VerdictRow
from theorems.catalogue import catalogue

ASYMPTOTIC = "asymptotic"
"""Of an interval: its coverage is right as draws grow, and measured by `make calibration`."""

LARGEST_SLACK = 1e3
"""A bound further off than by this factor is told as being so, not by how much."""


def in_reading_order(rows: Mapping[str, VerdictRow]) -> list[VerdictRow]:
    """The rows by the catalogue's order; of statements that it does not have, at the end."""
    known = [name for name in catalogue if name in rows]
    return [rows[name] for name in [*known, *(name for name in rows if name not in catalogue)]]


def slack(value: float | None, digits: int = 4) -> str:
    """A slack in words: a negative one compares numbers of different signs and says nothing."""
    if value is None or value <= 0:
        return number(None)
    if value > LARGEST_SLACK:
        return f"> {LARGEST_SLACK:g}"
    return f"< {1 / LARGEST_SLACK:g}" if value < 1 / LARGEST_SLACK else number(value, digits)


def told(verdict: str, reason: str) -> str:
    """A verdict with its reason, which may begin with a word of the verdict."""
    return f"{verdict}: {reason.removeprefix('fails: ')}"


def seen(row: VerdictRow) -> str:
    """What was observed, or the finite sum that stands for it."""
    if row.observed is None and row.reference is not None:
        return f"{number(row.reference)} (finite sum)"
    return interval(row.observed)


def interval_told(row: VerdictRow) -> str:
    """Whether the interval that decides is proved or asymptotic; "" where no interval does.

    Rates and formulas have none, nor what each draw must satisfy, nor what is vacuous.
    """
    observed = OBSERVABLES.get(row.observable or "")
    decided = row.verdict in (Verdict.HOLDS, Verdict.REFUTED)
    if row.observed is None or observed is None or observed.rounding or not decided:
        return ""
    shown = row.observed.method.split(",")[0]
    # Files of before say it of the interval that is shown alone.
    proof = row.proved_by or (shown if shown in PROVED else "")
    return f"proved, {proof}" if proof else ASYMPTOTIC


def why(row: VerdictRow) -> str:
    """The reason of a verdict, and whether it rests on an interval that is only asymptotic."""
    reason = row.reason.removeprefix("fails: ")
    return f"{reason} (asymptotic)" if interval_told(row) == ASYMPTOTIC else reason


def command(cell: Cell) -> str:
    """The command that draws a cell again."""
    options = [as_options(cell.setting), f"--runs {cell.runs} --seed {cell.seed}"]
    return " ".join(["longtail simulate", *options, set_options(cell.verdicts)]).strip()


def chosen(rows: Iterable[VerdictRow]) -> dict[str, float]:
    """Values of statements' own parameters that are not the defaults, by name."""
    return {
        name: value
        for row in rows
        if row.id in catalogue
        for name, value in row.extra.items()
        if catalogue[row.id].defaults.get(name) != value
    }


def set_options(rows: Iterable[VerdictRow]) -> str:
    """The options that choose these values; "" where all are the defaults."""
    return " ".join(f"--set {name}={value}" for name, value in sorted(chosen(rows).items()))


def markdown(rows: Iterable[VerdictRow]) -> Markup:
    """The rows as a Markdown table."""
    lines = [
        "| statement | kind | origin | lower | predicted | upper | observed | slack | verdict "
        "| interval |",
        "|---|---|---|---:|---:|---:|---:|---:|---|---|",
    ]
    for row in rows:
        cells = (
            code(row.id),
            row.kind,
            row.origin,
            number(row.lower),
            number(row.value),
            number(row.upper),
            seen(row),
            slack(row.slack),
            row.verdict,
            interval_told(row),
        )
        lines.append(f"| {markdown_cells(cells)} |")
    return Markup("\n".join(lines))

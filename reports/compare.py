"""Two reports beside each other: which verdicts and which numbers moved."""

from __future__ import annotations

import math
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from reports.console import number, print_json, print_table
from reports.records import Record
from reports.results import Results, read_results

SAME = 1e-9
"""Relative difference up to which two numbers count as the same: doubles of two machines."""

SHOWN = 20
"""So many numbers are printed, those that moved most; --json has all."""

WHERE = (
    "alpha",
    "sigma",
    "n",
    "k",
    "delta",
    "epsilon",
    "strength",
    "rho",
    "level",
    "model",
    "nines",
)
"""What says where a row stands, of the records around it."""

CALLED = ("id", "paper", "what")
"""By what a judged row is called, the first that it has."""


class MovedVerdict(Record):
    """A verdict that differs."""

    section: str
    what: str
    a: str
    b: str


class MovedNumber(Record):
    """A number that differs, and by how much relative to the larger; None where one is absent."""

    section: str
    what: str
    name: str
    a: float | None
    b: float | None
    relative: float | None


class Compared(Record):
    """Two results files beside each other.

    Args:
        same: nothing moved and neither has what the other lacks.
        rows: that both have.
        only_a, only_b: rows that one of them has, "SECTION: WHAT".
    """

    a: str
    b: str
    same: bool
    rows: int
    verdicts: tuple[MovedVerdict, ...]
    numbers: tuple[MovedNumber, ...]
    only_a: tuple[str, ...]
    only_b: tuple[str, ...]


@dataclass(frozen=True)
class Row:
    """A claim at a place: its verdict and its numbers."""

    section: str
    what: str
    verdict: str
    numbers: Mapping[str, float | None]


def compared(a: str, b: str) -> Compared:
    """Compare two results files.

    Raises:
        InputError: for a file that is none.
    """
    first, second = _rows(read_results(a, "A")), _rows(read_results(b, "B"))
    both = [key for key in first if key in second]
    verdicts = [
        MovedVerdict(section=key[0], what=key[1], a=first[key].verdict, b=second[key].verdict)
        for key in both
        if first[key].verdict != second[key].verdict
    ]
    numbers = [moved for key in both for moved in _moved(first[key], second[key])]
    only_a = tuple(f"{section}: {what}" for section, what in first if (section, what) not in second)
    only_b = tuple(f"{section}: {what}" for section, what in second if (section, what) not in first)
    return Compared(
        a=a,
        b=b,
        same=not (verdicts or numbers or only_a or only_b),
        rows=len(both),
        verdicts=tuple(verdicts),
        numbers=tuple(numbers),
        only_a=only_a,
        only_b=only_b,
    )


def _rows(results: Results) -> dict[tuple[str, str], Row]:
    found: dict[tuple[str, str], Row] = {}
    for part in results.parts:
        name = part.section.name
        for row in _below(name, part.section.written(part.result), {}):
            # Of two rows that stand at one place the second one has a number of its own.
            what, count = row.what, 2
            while (name, what) in found:
                what, count = f"{row.what} ({count})", count + 1
            found[name, what] = Row(name, what, row.verdict, row.numbers)
    return found


def _below(section: str, part: Any, where: Mapping[str, Any]) -> Iterator[Row]:
    if isinstance(part, list):
        for inner in part:
            yield from _below(section, inner, where)
    if not isinstance(part, dict):
        return
    setting = part.get("setting")
    around = {**part, **(setting if isinstance(setting, dict) else {})}
    here = {**where, **{name: around[name] for name in WHERE if _plain(around.get(name))}}
    identifier = next((part[key] for key in CALLED if isinstance(part.get(key), str)), "a claim")
    if isinstance(part.get("verdict"), str):
        told = ", ".join(f"{name} = {_told(value)}" for name, value in here.items())
        what = f"{identifier} at {told}" if told else identifier
        yield Row(section, what, part["verdict"], dict(_numbers(part)))
    for inner in part.values():
        yield from _below(section, inner, here)


def _plain(value: Any) -> bool:
    return isinstance(value, int | float | str) and not isinstance(value, bool)


def _told(value: Any) -> str:
    return f"{value:g}" if isinstance(value, int | float) else str(value)


def _numbers(row: Mapping[str, Any]) -> Iterator[tuple[str, float | None]]:
    """The numbers of a row, and the mean of what was observed."""
    for name, value in row.items():
        if isinstance(value, int | float) and not isinstance(value, bool):
            yield name, float(value)
        elif value is None:
            yield name, None
        elif name == "observed" and isinstance(value, dict):
            yield "observed", value.get("mean")


def _moved(a: Row, b: Row) -> Iterator[MovedNumber]:
    for name in dict.fromkeys([*a.numbers, *b.numbers]):
        one, other = a.numbers.get(name), b.numbers.get(name)
        if one == other:
            continue
        relative = None
        if one is not None and other is not None:
            relative = abs(one - other) / max(abs(one), abs(other))
            if relative <= SAME:
                continue
        yield MovedNumber(
            section=a.section, what=a.what, name=name, a=one, b=other, relative=relative
        )


def print_compared(found: Compared, *, as_json: bool) -> None:
    """The comparison as tables, or as one JSON document."""
    if as_json:
        print_json(found.model_dump(mode="json"))
        return
    if found.verdicts:
        print_table(
            "Verdicts that moved",
            ("section", "claim", "A", "B"),
            [(row.section, row.what, row.a, row.b) for row in found.verdicts],
        )
    ordered = sorted(
        found.numbers, key=lambda row: math.inf if row.relative is None else row.relative
    )[::-1]
    if ordered:
        print_table(
            f"Numbers that moved most ({min(SHOWN, len(ordered))} of {len(ordered)})",
            ("section", "claim", "number", "A", "B", "relative"),
            [
                (
                    row.section,
                    row.what,
                    row.name,
                    number(row.a, 6),
                    number(row.b, 6),
                    number(row.relative, 2),
                )
                for row in ordered[:SHOWN]
            ],
        )
    told = (
        f"{found.rows} claims in both; {len(found.verdicts)} verdicts and {len(found.numbers)} "
        f"numbers moved; {len(found.only_a)} claims in A alone, {len(found.only_b)} in B alone"
    )
    sys.stdout.write(f"{told}.\n")

"""results.json without what it would say again and again, and back.

What a statement is in words stands once, under "statements", not in each of its rows; what a cell
observed that an earlier cell of the same law observed too, to the last digit, stands there alone.
The reason of a verdict, its parts, parameters that no setting has, a hypothesis that holds, and the
draws of an estimate are said where they are not the usual ones: of the statement, or of the cell.
"""

from __future__ import annotations

from collections.abc import Iterator
from copy import copy
from typing import Any

from empirics.judging.intervals import STUDENT

STATEMENTS = "statements"

WORDS = ("title", "origin", "kind", "quantity", "observable")
"""Of a row, the same in all rows of a statement."""

EMPTY: dict[str, Any] = {
    "slack": None,
    "needs": "",
    "proved_by": "",
    "lower": None,
    "value": None,
    "upper": None,
    "k": None,
    "extra": {},
    "hypotheses": [],
    "parts": {},
    "accuracy": None,
    "observed": None,
    "reference": None,
    "comparisons": [],
    "enclosed": [],
}
"""Of a row, what is not written where it says nothing."""

REASONS, PARTS, EXTRA, PROVED_BY, USUAL = "reasons", "parts", "extra", "proved_by", "method"
"""Of a statement's words: the first reason of each verdict, the names of a verdict's parts, the
parameters of its own in its first row, what proves its verdicts where anything does, and the method
of the first interval that is shown."""

SIDES = ("lower", "value", "upper")
"""Of a curve's point, what is not written where the statement has none."""

DECISION = "decision"
"""Of a section, what is not written where no claim was drawn for until it was decided."""

METHOD = STUDENT
"""The method of most intervals: one that names none has it, in a row that of the statement."""

TOLD = {"hypotheses": ("text",), "comparisons": ("name", "label", "note")}
"""Lists of a row, with the words of their entries, which are the same at the same place."""


def hoisted(sections: dict[str, Any]) -> dict[str, Any]:
    """Sections as they are written, with "statements" beside them; changes what it is given."""
    statements: dict[str, dict[str, Any]] = {}
    parts: dict[str, list[str]] = {}
    extra: dict[str, Any] = {}
    proofs: dict[str, str] = {}
    rows = list(_rows(sections))
    for row in rows:
        parts[row["id"]] = parts.get(row["id"]) or list(row[PARTS])
        extra[row["id"]] = extra.get(row["id"]) or copy(row[EXTRA])
        proofs[row["id"]] = proofs.get(row["id"]) or row[PROVED_BY]
    for row in rows:
        words = {name: row[name] for name in WORDS}
        fresh = (
            words
            | {REASONS: {}, PARTS: parts[row["id"]], EXTRA: extra[row["id"]]}
            | {PROVED_BY: proofs[row["id"]]}
            | {name: [] for name in TOLD}
        )
        known = statements.setdefault(row["id"], fresh)
        # Two versions of a statement in one file would be a defect; the words then stay.
        if all(known[name] == words[name] for name in WORDS):
            for name in WORDS:
                del row[name]
        if known[REASONS].setdefault(row["verdict"], row["reason"]) == row["reason"]:
            del row["reason"]
        if known[PARTS] and row[PARTS] == dict.fromkeys(known[PARTS], row["verdict"]):
            del row[PARTS]
        for name in (EXTRA, PROVED_BY):
            if known[name] and row[name] == known[name]:
                del row[name]
        shown = row["observed"]
        if shown is not None and known.setdefault(USUAL, shown["method"]) == shown["method"]:
            del shown["method"]
        for name, keys in TOLD.items():
            _hoist_list(row[name], known[name], keys)
        for hypothesis in row["hypotheses"]:
            if hypothesis["holds"] is True:
                del hypothesis["holds"]
        for name, nothing in EMPTY.items():
            silent = name not in (PARTS, EXTRA, PROVED_BY) or not known[name]
            if silent and row.get(name, ...) == nothing:
                del row[name]
    for section in sections.values():
        _thin(section)
        if isinstance(section, dict) and section.get(DECISION, ...) is None:
            del section[DECISION]
        for point in _points(section):
            for side in SIDES:
                if side in point and point[side] is None:
                    del point[side]
    told = {id(row.get("observed")) for row in rows}
    for estimate in _estimates(sections):
        if id(estimate) not in told and estimate.get("method") == METHOD:
            del estimate["method"]
    for section in sections.values():
        for estimate, runs in _cell_estimates(section):
            if estimate.get("runs") == runs:
                del estimate["runs"]
    return {STATEMENTS: statements, **sections}


def _hoist_list(
    entries: list[dict[str, Any]], known: list[dict[str, Any]], keys: tuple[str, ...]
) -> None:
    for place, entry in enumerate(entries):
        words = {key: entry[key] for key in keys}
        if place == len(known):
            known.append(words)
        if known[place] == words:
            for key in keys:
                del entry[key]


def restored(sections: dict[str, Any]) -> dict[str, Any]:
    """The sections of a file as their records read them; a file without "statements" is whole."""
    for section in sections.values():
        if isinstance(section, dict) and "cells" in section:
            section.setdefault(DECISION, None)
    statements = sections.pop(STATEMENTS, None)
    if isinstance(statements, dict):
        for section in sections.values():
            for estimate, runs in _cell_estimates(section):
                estimate.setdefault("runs", runs)
        for row in _rows(sections, whole=False):
            known = statements.get(row["id"])
            if isinstance(known, dict):
                _restore(row, known)
        # Before cells share them.
        for estimate in _estimates(sections):
            estimate.setdefault("method", METHOD)
    for section in sections.values():
        _fill(section)
        for point in _points(section):
            for side in SIDES:
                point.setdefault(side, None)
    return sections


def _restore(row: dict[str, Any], known: dict[str, Any]) -> None:
    for name in WORDS:
        if name in known:
            row.setdefault(name, known[name])
    # Files of before have one reason for all verdicts of a statement.
    if "reason" in known:
        row.setdefault("reason", known["reason"])
    # Files of before name every method that is not Student's.
    shown, usual = row.get("observed"), known.get(USUAL, METHOD)
    if isinstance(shown, dict) and isinstance(usual, str):
        shown.setdefault("method", usual)
    reasons, parts, extra = (known.get(name) for name in (REASONS, PARTS, EXTRA))
    verdict = row["verdict"]
    # What is no word may be no key either; its record refuses it.
    if isinstance(reasons, dict) and isinstance(verdict, str) and verdict in reasons:
        row.setdefault("reason", reasons[verdict])
    if isinstance(parts, list) and parts:
        row.setdefault(PARTS, {str(name): row["verdict"] for name in parts})
    if isinstance(extra, dict):
        row.setdefault(EXTRA, copy(extra))
    if isinstance(known.get(PROVED_BY), str):
        row.setdefault(PROVED_BY, known[PROVED_BY])
    for name, nothing in EMPTY.items():
        row.setdefault(name, copy(nothing))
    for name in TOLD:
        if isinstance(row[name], list) and isinstance(known.get(name), list):
            for entry, words in zip(row[name], known[name], strict=False):
                if isinstance(entry, dict) and isinstance(words, dict):
                    if name == "hypotheses":
                        entry.setdefault("holds", True)
                    entry |= {key: value for key, value in words.items() if key not in entry}


def _rows(part: Any, whole: bool = True) -> Iterator[dict[str, Any]]:
    """Every verdict row below, the whole ones or any."""
    if isinstance(part, dict):
        known = (*WORDS, *EMPTY) if whole else ("verdict",)
        if isinstance(part.get("id"), str) and all(name in part for name in known):
            yield part
        for inner in part.values():
            yield from _rows(inner, whole)
    elif isinstance(part, list):
        for inner in part:
            yield from _rows(inner, whole)


INTERVAL = frozenset({"mean", "ci_low", "ci_high"})
"""What an estimate has beside its draws and its method."""


def _estimates(part: Any, keys: frozenset[str] = INTERVAL | {"runs"}) -> Iterator[dict[str, Any]]:
    """Every estimate below: what has these keys."""
    if isinstance(part, dict):
        if part.keys() >= keys:
            yield part
        for inner in part.values():
            yield from _estimates(inner, keys)
    elif isinstance(part, list):
        for inner in part:
            yield from _estimates(inner, keys)


def _points(section: Any) -> Iterator[dict[str, Any]]:
    """Every point of a sweep's curves."""
    curves = section.get("curves") if isinstance(section, dict) and "cells" in section else None
    for point in curves if isinstance(curves, list) else ():
        if isinstance(point, dict):
            yield point


def _cell_estimates(section: Any) -> Iterator[tuple[dict[str, Any], int]]:
    """Every estimate of a cell, with the draws of that cell."""
    cells = section.get("cells") if isinstance(section, dict) else None
    for cell in cells if isinstance(cells, list) else ():
        if isinstance(cell, dict) and isinstance(cell.get("runs"), int):
            for estimate in _estimates(cell, INTERVAL):
                yield estimate, cell["runs"]


def _laws(section: Any) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    """Cells of a section, each with the first one of its law; the first ones are left out."""
    cells = section.get("cells") if isinstance(section, dict) else None
    first: dict[str, dict[str, Any]] = {}
    for cell in cells if isinstance(cells, list) else ():
        if not isinstance(cell, dict) or not isinstance(cell.get("setting"), dict):
            continue
        law = str({name: value for name, value in cell["setting"].items() if name != "sigma"})
        leading = first.setdefault(law, cell)
        if leading is not cell and isinstance(leading.get("observed"), dict):
            yield cell, leading


def _thin(section: Any) -> None:
    for cell, leading in _laws(section):
        seen = leading["observed"]
        cell["observed"] = {
            name: value
            for name, value in cell["observed"].items()
            if name not in seen or seen[name] != value
        }


def _fill(section: Any) -> None:
    for cell, leading in _laws(section):
        seen, own = leading["observed"], cell.get("observed")
        if isinstance(own, dict):
            cell["observed"] = {**seen, **own}

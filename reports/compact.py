"""results.json without what it would say again and again, and back.

What a statement is in words stands once, under "statements", not in each of its rows; what a cell
observed that an earlier cell of the same law observed too, to the last digit, stands there alone.
"""

from __future__ import annotations

from collections.abc import Iterator
from copy import copy
from typing import Any

STATEMENTS = "statements"

WORDS = ("title", "origin", "kind", "quantity", "observable")
"""Of a row, the same in all rows of a statement."""

EMPTY: dict[str, Any] = {
    "slack": None,
    "needs": "",
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
}
"""Of a row, what is not written where it says nothing."""

METHOD = "Student"
"""The method of most intervals: one that names none has it."""

TOLD = {"hypotheses": ("text",), "comparisons": ("name", "label", "note")}
"""Lists of a row, with the words of their entries, which are the same at the same place."""


def hoisted(sections: dict[str, Any]) -> dict[str, Any]:
    """Sections as they are written, with "statements" beside them; changes what it is given."""
    statements: dict[str, dict[str, Any]] = {}
    for row in _rows(sections):
        words = {name: row[name] for name in WORDS}
        known = statements.setdefault(row["id"], words | {name: [] for name in TOLD})
        # Two versions of a statement in one file would be a defect; the words then stay.
        if all(known[name] == words[name] for name in WORDS):
            for name in WORDS:
                del row[name]
        if known.setdefault("reason", row["reason"]) == row["reason"]:
            del row["reason"]
        for name, keys in TOLD.items():
            _hoist_list(row[name], known[name], keys)
        for name, nothing in EMPTY.items():
            if row.get(name, ...) == nothing:
                del row[name]
    for section in sections.values():
        _thin(section)
    for estimate in _estimates(sections):
        if estimate.get("method") == METHOD:
            del estimate["method"]
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
    statements = sections.pop(STATEMENTS, None)
    if isinstance(statements, dict):
        for row in _rows(sections, whole=False):
            known = statements.get(row["id"])
            if isinstance(known, dict):
                _restore(row, known)
        # Before cells share them.
        for estimate in _estimates(sections):
            estimate.setdefault("method", METHOD)
    for section in sections.values():
        _fill(section)
    return sections


def _restore(row: dict[str, Any], known: dict[str, Any]) -> None:
    for name in (*WORDS, "reason"):
        if name in known:
            row.setdefault(name, known[name])
    for name, nothing in EMPTY.items():
        row.setdefault(name, copy(nothing))
    for name in TOLD:
        if isinstance(row[name], list) and isinstance(known.get(name), list):
            for entry, words in zip(row[name], known[name], strict=False):
                if isinstance(entry, dict) and isinstance(words, dict):
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


def _estimates(part: Any) -> Iterator[dict[str, Any]]:
    """Every estimate below."""
    if isinstance(part, dict):
        if part.keys() >= {"mean", "ci_low", "ci_high", "runs"}:
            yield part
        for inner in part.values():
            yield from _estimates(inner)
    elif isinstance(part, list):
        for inner in part:
            yield from _estimates(inner)


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

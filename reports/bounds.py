"""`longtail bounds`: every statement evaluated at a setting."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_EVEN, Context
from typing import Any

from reports.console import number, print_table, progress, warn
from reports.decimals import Decimal, dumped, finite_text
from theorems import book
from theorems.answer import answer, as_row
from theorems.errors import InputError
from theorems.evaluate.digits import DOUBLE_DIGITS, digit_count
from theorems.evolution.kept_numbers import kept
from theorems.setting import Setting

LARGEST_D_IN_MPMATH = 10**6
"""Every feature is evaluated on its own in mpmath, at some 10^5 features a second."""

SECONDS_A_FEATURE = 1e-4
"""Of a statement in mpmath, about."""

SOON = 10.0
"""Seconds: what takes longer is announced."""


def evaluated(
    setting: Setting,
    precision: str,
    extra: Mapping[str, float] | None = None,
    only: Sequence[str] | None = None,
    *,
    certified: bool = False,
) -> dict[str, Any]:
    """The document of `bounds --json`; with more than 15 digits, sides are decimal strings.

    Args:
        setting: where.
        precision: significant digits, as text.
        extra: values of parameters that no setting has; each statement takes its own.
        only: ids of the statements; None takes every one.
        certified: whether sides are enclosed, to `precision` digits; each then stands at its outer
            end, and both ends are in "certified".

    Raises:
        InputError: for a precision outside 15..1000, or one above 15 at d > 10^6 that is not
            certified; for what cannot be certified in an hour, and without python-flint.
    """
    digits = digit_count(precision)
    chosen = list(book.cards()) if only is None else list(only)
    if certified:
        from theorems.certified import require

        seconds = require(setting, len(chosen), digits)
        return _document(setting, _certified(chosen, setting, digits, extra, seconds))
    if digits > DOUBLE_DIGITS:
        if setting.d > LARGEST_D_IN_MPMATH:
            allowed = f"must be {DOUBLE_DIGITS} for d > {LARGEST_D_IN_MPMATH}"
            raise InputError("precision", precision, allowed)
        return _document(setting, _precise(chosen, setting, digits, extra))
    plans = [book.plan(identifier) for identifier in chosen]
    with kept():
        rows = [as_row(one.card, answer(one, setting, extra=one.card.own(extra))) for one in plans]
    return _document(setting, rows)


def _document(setting: Setting, rows: list[dict[str, Any]]) -> dict[str, Any]:
    return {"setting": setting.document(), "k": setting.k, "statements": rows}


def _precise(
    ids: Sequence[str], setting: Setting, digits: int, extra: Mapping[str, float] | None
) -> list[dict[str, Any]]:
    """Rows whose sides have so many digits; how far it is is shown where it takes long."""
    from theorems.catalogue import catalogue
    from theorems.claim import as_json, claim_at

    rows = []
    seconds = SECONDS_A_FEATURE * setting.d * len(ids)
    with _showing("evaluating", len(ids), seconds) as advance:
        for statement in (catalogue[identifier] for identifier in ids):
            claim = claim_at(statement, setting, digits, extra=statement.own(extra))
            exact = {side: Decimal(t) for side, t in claim.exact.items() if finite_text(t)}
            rows.append({**as_json(claim), **exact})
            advance(1)
    return rows


def _showing(
    label: str, statements: int, seconds: float
) -> AbstractContextManager[Callable[[int], object]]:
    """Told beforehand how long it takes, and while it runs how far it is."""
    if seconds <= SOON:
        return nullcontext(int)
    warn(f"{label} {statements} statements takes about {seconds:.0f} s")
    return progress(label, statements)


def _certified(
    ids: Sequence[str],
    setting: Setting,
    digits: int,
    extra: Mapping[str, float] | None,
    seconds: float,
) -> list[dict[str, Any]]:
    """Rows with enclosures."""
    from theorems.catalogue import catalogue
    from theorems.claim import as_json, claim_at

    rows = []
    with _showing("enclosing", len(ids), seconds) as advance:
        for statement in (catalogue[identifier] for identifier in ids):
            claim = claim_at(statement, setting, digits, extra=statement.own(extra), certified=True)
            told = as_json(claim)
            for side, ends in told.get("certified", {}).items():
                if ends is not None and digits > DOUBLE_DIGITS:
                    told[side] = Decimal(ends[0] if side == "lower" else ends[1])
            rows.append(told)
            advance(1)
    return rows


def print_bounds(document: dict[str, Any], *, as_json: bool) -> None:
    """The document as JSON, or its statements as a table."""
    if as_json:
        sys.stdout.write(dumped(document) + "\n")
        return
    setting = document["setting"]
    title = ", ".join(f"{name} = {value}" for name, value in setting.items())
    rows = []
    for row in document["statements"]:
        failed = [h["text"] for h in row["hypotheses"] if not h["holds"]]
        rows.append(
            (
                row["id"],
                row["origin"],
                row["kind"],
                *(_cell(row, side) for side in ("lower", "value", "upper")),
                "" if row["k"] is None else str(row["k"]),
                row["failed"] or ("fails: " + "; ".join(failed) if failed else "hold"),
            )
        )
    columns = ("id", "origin", "kind", "lower", "value", "upper", "k", "hypotheses")
    print_table(title, columns, rows)
    told: dict[str, list[str]] = {}
    for row in document["statements"]:
        for side, why in row.get("certified_why", {}).items():
            told.setdefault(why, []).append(f"{row['id']} {side}")
    for why, sides in told.items():
        sys.stdout.write(f"* not enclosed, in doubles: {why} ({', '.join(sides)})\n")


DIGITS_SHOWN = 6


def _cell(row: dict[str, Any], side: str) -> str:
    """A side as the table has it: enclosed ones rounded outward, others with a star."""
    value, found = row[side], row.get("certified", {})
    if isinstance(value, str) or value is None or side not in found:
        return value if isinstance(value, str) else number(value, DIGITS_SHOWN)
    if found[side] is None:
        return number(value, DIGITS_SHOWN) + "*"
    rounding = {"lower": ROUND_FLOOR, "upper": ROUND_CEILING}.get(side, ROUND_HALF_EVEN)
    end = found[side][0 if side == "lower" else 1]
    context = Context(prec=DIGITS_SHOWN, rounding=rounding)
    return f"{context.create_decimal(end).normalize():g}"

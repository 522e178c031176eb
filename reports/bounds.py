"""`longtail bounds`: every statement evaluated at a setting."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from typing import Any

from reports.console import number, print_table
from reports.decimals import Decimal, dumped, finite_text
from theorems.catalogue import catalogue
from theorems.claim import as_json, claim_at
from theorems.constants import digit_count
from theorems.errors import InputError
from theorems.evaluate.numbers import DOUBLE_DIGITS
from theorems.setting import Setting
from theorems.statement import Statement

LARGEST_D_IN_MPMATH = 10**6
"""Every feature is evaluated on its own in mpmath, at some 10^5 features a second."""


def evaluated(
    setting: Setting,
    precision: str,
    extra: Mapping[str, float] | None = None,
    only: Sequence[Statement] | None = None,
) -> dict[str, Any]:
    """The document of `bounds --json`; with more than 15 digits, sides are decimal strings.

    Args:
        setting: where.
        precision: significant digits, as text.
        extra: values of parameters that no setting has; each statement takes its own.
        only: the statements; None takes every one.

    Raises:
        InputError: for a precision outside 15..1000, or one above 15 at d > 10^6.
    """
    digits = digit_count(precision)
    if digits > DOUBLE_DIGITS and setting.d > LARGEST_D_IN_MPMATH:
        allowed = f"must be {DOUBLE_DIGITS} for d > {LARGEST_D_IN_MPMATH}"
        raise InputError("precision", precision, allowed)
    rows = []
    for statement in catalogue.values() if only is None else only:
        claim = claim_at(statement, setting, digits, extra=statement.own(extra))
        row = as_json(claim)
        row.update({side: Decimal(text) for side, text in claim.exact.items() if finite_text(text)})
        rows.append(row)
    return {"setting": setting.document(), "k": setting.k, "statements": rows}


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
                *(_cell(row[side]) for side in ("lower", "value", "upper")),
                "" if row["k"] is None else str(row["k"]),
                row["failed"] or ("fails: " + "; ".join(failed) if failed else "hold"),
            )
        )
    columns = ("id", "origin", "kind", "lower", "value", "upper", "k", "hypotheses")
    print_table(title, columns, rows)


def _cell(value: float | str | None) -> str:
    return value if isinstance(value, str) else number(value, 6)

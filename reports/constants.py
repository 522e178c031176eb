"""`longtail constants`: every named constant, symbolic and as a number with its digits."""

from __future__ import annotations

import sys
from typing import Any

import mpmath

from reports.console import print_table
from reports.decimals import Decimal, dumped
from theorems.constants import CONSTANTS, in_domain, value
from theorems.evaluate.digits import digit_count
from theorems.notation import latex
from theorems.setting import Setting


def constant_table(setting: Setting, precision: str) -> dict[str, Any]:
    """The document of `constants --json`; a constant that does not exist at alpha is null.

    Raises:
        InputError: for alpha exactly at a pole of a constant, or a precision outside 15..1000.
    """
    digits = digit_count(precision)
    known = setting.parameters
    rows = []
    for constant in CONSTANTS.values():
        exists = in_domain(constant, known)
        number = mpmath.nstr(value(constant, known, digits), digits) if exists else None
        rows.append(
            {
                "name": constant.name,
                "meaning": constant.meaning,
                "definition": str(constant.definition),
                "closed_form": str(constant.closed_form),
                "latex": latex(constant.closed_form),
                "exists_for": f"alpha > {constant.lowest}",
                "pole": constant.pole,
                "value": None if number is None else Decimal(number),
            }
        )
    return {
        "alpha": setting.alpha,
        "beta_exponent": setting.beta_exponent,
        "d": setting.d,
        "precision": digits,
        "constants": rows,
    }


def print_constants(document: dict[str, Any], *, as_json: bool) -> None:
    """The document as JSON, or as a table."""
    if as_json:
        sys.stdout.write(dumped(document) + "\n")
        return
    print_table(
        f"Constants at alpha = {document['alpha']}, b = {document['beta_exponent']}, "
        f"d = {document['d']}",
        ("name", "value", "closed form", "what it is", "exists for"),
        [
            (
                row["name"],
                row["value"] or "–",
                row["closed_form"],
                row["meaning"],
                row["exists_for"],
            )
            for row in document["constants"]
        ],
    )

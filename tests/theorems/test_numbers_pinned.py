"""Every side of every statement at a few settings: a changed formula has to be meant.

What simulation cannot see, a bound that became weaker by a slip say, changes a number here. The
table was written by the code whose statements had been proved and simulated:

    python -m tests.theorems.test_numbers_pinned
"""

from __future__ import annotations

import json
import math
from pathlib import Path

import pytest
from sympy import Max, Min

from theorems.catalogue import catalogue
from theorems.claim import claim_at
from theorems.evaluate.numbers import evaluate
from theorems.setting import Setting
from theorems.statement import Statement

TABLE = Path(__file__).parent / "numbers_pinned.json"

SETTINGS = {
    "figure 1, smaller": Setting(n=300, d=3000, alpha=2, sigma=0.05),
    "heavy tail": Setting(n=200, d=1000, alpha=1.25, sigma=0.2, beta_exponent=0.5, k=6),
    "steep": Setting(n=500, d=100, s=1, alpha=5, sigma=0.1),
    "hardly any sample": Setting(n=2, d=6, s=0.5, alpha=1, sigma=0.1, k=4),
    "small": Setting(n=12, d=15, s=2.5, alpha=1.5, sigma=0.3, beta_exponent=0.2, k=2),
    "one common": Setting(n=2000, d=400, s=0.5, alpha=2.5, sigma=0.1, k=1),
    "light tail": Setting(n=150, d=300, alpha=3, sigma=0.1, beta_exponent=-0.3, k=3),
    # Many features that may be unseen: no term of a bound with high probability hides another.
    "flat": Setting(n=400, d=400, s=2, alpha=0.1, sigma=0.1, beta_exponent=-0.1),
}

DIGITS = 1e-7
"""Recursions stop when they are settled to about this, relative to the number."""


def numbers(statement: Statement) -> dict[str, dict[str, float | None]]:
    """What a statement's sides evaluate to, by setting."""
    found = {}
    for name, setting in SETTINGS.items():
        claim = claim_at(statement, setting)
        sides = {side: claim.numbers.get(side, math.nan) for side in statement.sides}
        if statement.best_k:
            # What the best k hides: the sides at the setting's own.
            at_k = evaluate(statement.sides, setting.parameters | claim.extra)
            sides |= {f"{side} at k": value for side, value in at_k.items()}
        for side, expression in statement.sides.items():
            if isinstance(expression, Min | Max):
                # What the smaller or the larger of several hides, by size.
                parts = {str(place): part for place, part in enumerate(expression.args)}
                found_parts = evaluate(parts, statement.defaults | setting.parameters | claim.extra)
                values = sorted(found_parts.values())
                sides |= {f"{side}, part {place}": value for place, value in enumerate(values)}
        found[name] = {
            side: value if math.isfinite(value) else None for side, value in sides.items()
        }
    return found


def differs(statement: Statement) -> bool:
    """Whether any number is not that of the table."""
    pinned = json.loads(TABLE.read_text())[statement.id]
    for name, sides in numbers(statement).items():
        if sides.keys() != pinned[name].keys():
            return True
        for side, value in sides.items():
            before = pinned[name][side]
            if (value is None) != (before is None):
                return True
            if value is not None and abs(value - before) > DIGITS * max(abs(before), 1e-12):
                return True
    return False


def test_every_statement_is_in_the_table() -> None:
    assert json.loads(TABLE.read_text()).keys() == catalogue.keys(), (
        "python -m tests.theorems.test_numbers_pinned writes the table"
    )


@pytest.mark.parametrize("identifier", sorted(json.loads(TABLE.read_text())))
def test_numbers_are_as_they_were_when_they_were_checked(identifier: str) -> None:
    assert not differs(catalogue[identifier]), numbers(catalogue[identifier])


if __name__ == "__main__":
    whole = {name: numbers(statement) for name, statement in catalogue.items()}
    TABLE.write_text(json.dumps(whole, indent=1) + "\n")

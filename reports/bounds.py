"""`longtail bounds`: every statement evaluated at a setting."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_EVEN, Context
from typing import TYPE_CHECKING, Any

from reports.console import finite, number, print_table, progress, warn
from reports.decimals import Decimal, dumped, finite_text
from theorems import book
from theorems.answer import SECONDS_IN_DOUBLES, Told, answer, as_row
from theorems.errors import InputError
from theorems.evaluate.digits import DOUBLE_DIGITS, digit_count
from theorems.evolution.kept_numbers import kept
from theorems.plan import Card
from theorems.setting import Setting

if TYPE_CHECKING:
    from theorems.certified import Certificate

LARGEST_D_IN_MPMATH = 10**6
"""Every feature is evaluated on its own in mpmath."""

SECONDS_IN_MPMATH = 1e-4
"""A statement and feature, about, on average over the catalogue."""

SOON = 10.0
"""Seconds: what takes longer is announced."""


@dataclass(frozen=True)
class Bound:
    """What one statement says at the setting.

    Args:
        card: the statement.
        told: what it says.
        exact: the sides that have more digits than doubles.
        certificate: enclosures of the sides, where they were asked for.
    """

    card: Card
    told: Told
    exact: dict[str, Decimal] = field(default_factory=dict)
    certificate: Certificate | None = None

    def side(self, name: str) -> Decimal | float | None:
        """A side; None where there is no number."""
        return self.exact.get(name, finite(self.told.numbers.get(name)))

    def document(self) -> dict[str, Any]:
        """Its row of `bounds --json`."""
        entries = None if self.certificate is None else self.certificate.entries()
        return as_row(self.card, self.told, entries) | self.exact


@dataclass(frozen=True)
class Bounds:
    """Every statement that was asked for, at one setting."""

    setting: Setting
    rows: tuple[Bound, ...]

    def document(self) -> dict[str, Any]:
        """The document of `bounds --json`; with more than 15 digits, sides are decimal strings."""
        return {
            "setting": self.setting.document(),
            "k": self.setting.k,
            "statements": [row.document() for row in self.rows],
        }


def evaluated(
    setting: Setting,
    precision: str,
    extra: Mapping[str, float] | None = None,
    only: Sequence[str] | None = None,
    *,
    certified: bool = False,
) -> Bounds:
    """Evaluate statements.

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
        return Bounds(setting, _certified(chosen, setting, digits, extra, seconds))
    if digits > DOUBLE_DIGITS:
        if setting.d > LARGEST_D_IN_MPMATH:
            allowed = f"must be {DOUBLE_DIGITS} for d > {LARGEST_D_IN_MPMATH}"
            raise InputError("precision", precision, allowed)
        return Bounds(setting, _precise(chosen, setting, digits, extra))
    plans = [book.plan(identifier) for identifier in chosen]
    rows = []
    seconds = SECONDS_IN_DOUBLES * setting.d * len(plans)
    with kept(), _showing("evaluating", len(plans), seconds) as advance:
        for one in plans:
            rows.append(Bound(one.card, answer(one, setting, extra=one.card.own(extra))))
            advance(1)
    return Bounds(setting, tuple(rows))


def _precise(
    ids: Sequence[str], setting: Setting, digits: int, extra: Mapping[str, float] | None
) -> tuple[Bound, ...]:
    """Rows whose sides have so many digits; how far it is is shown where it takes long."""
    from theorems.catalogue import catalogue
    from theorems.claim import claim_at
    from theorems.planning import card_of

    rows = []
    seconds = SECONDS_IN_MPMATH * setting.d * len(ids)
    with _showing("evaluating", len(ids), seconds) as advance:
        for statement in (catalogue[identifier] for identifier in ids):
            claim = claim_at(statement, setting, digits, extra=statement.own(extra))
            exact = {side: Decimal(t) for side, t in claim.exact.items() if finite_text(t)}
            rows.append(Bound(card_of(statement), claim, exact))
            advance(1)
    return tuple(rows)


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
) -> tuple[Bound, ...]:
    """Rows with enclosures."""
    from theorems.catalogue import catalogue
    from theorems.claim import claim_at
    from theorems.planning import card_of

    rows = []
    with _showing("enclosing", len(ids), seconds) as advance:
        for statement in (catalogue[identifier] for identifier in ids):
            claim = claim_at(statement, setting, digits, extra=statement.own(extra), certified=True)
            found = claim.certificate
            exact = {}
            if found is not None and digits > DOUBLE_DIGITS:
                exact = {
                    side: Decimal(_outer(side, ends))
                    for side, ends in found.document().items()
                    if ends is not None
                }
            rows.append(Bound(card_of(statement), claim, exact, found))
            advance(1)
    return tuple(rows)


def _outer(side: str, ends: Sequence[str]) -> str:
    """The low end of a lower side, the high end of another."""
    return ends[0 if side == "lower" else 1]


def print_bounds(bounds: Bounds, *, as_json: bool) -> None:
    """The document as JSON, or its statements as a table."""
    if as_json:
        sys.stdout.write(dumped(bounds.document()) + "\n")
        return
    title = ", ".join(f"{name} = {value}" for name, value in bounds.setting.document().items())
    rows = []
    for row in bounds.rows:
        failed = [one.text for one in row.told.hypotheses if not one.holds]
        rows.append(
            (
                row.card.id,
                str(row.card.origin),
                str(row.card.kind),
                *(_cell(row, side) for side in ("lower", "value", "upper")),
                "" if row.told.k is None else str(row.told.k),
                row.told.failed or ("fails: " + "; ".join(failed) if failed else "hold"),
            )
        )
    columns = ("id", "origin", "kind", "lower", "value", "upper", "k", "hypotheses")
    print_table(title, columns, rows)
    told: dict[str, list[str]] = {}
    for row in bounds.rows:
        for side, why in ({} if row.certificate is None else row.certificate.why).items():
            told.setdefault(why, []).append(f"{row.card.id} {side}")
    for why, sides in told.items():
        sys.stdout.write(f"* not enclosed, in doubles: {why} ({', '.join(sides)})\n")


DIGITS_SHOWN = 6


def _cell(row: Bound, side: str) -> str:
    """A side as the table has it: enclosed ones rounded outward, others with a star."""
    value = row.side(side)
    if isinstance(value, Decimal):
        return value
    found = {} if row.certificate is None else row.certificate.document()
    if value is None or side not in found:
        return number(value, DIGITS_SHOWN)
    ends = found[side]
    if ends is None:
        return number(value, DIGITS_SHOWN) + "*"
    rounding = {"lower": ROUND_FLOOR, "upper": ROUND_CEILING}.get(side, ROUND_HALF_EVEN)
    context = Context(prec=DIGITS_SHOWN, rounding=rounding)
    return f"{context.create_decimal(_outer(side, ends)).normalize():g}"

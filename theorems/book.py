"""The plan of every statement of the catalogue, without the symbols where that is possible.

Where programs of the same sources are kept on disk they are read; else the catalogue is loaded,
its programs are printed and kept for later processes.
"""

from __future__ import annotations

import sys
from functools import lru_cache
from importlib import metadata
from typing import TYPE_CHECKING

from theorems import kept_files
from theorems.lookup import ENTRY_POINTS, ById
from theorems.plan import Card, Plan

if TYPE_CHECKING:
    from theorems.statement import Statement

CATALOGUE = "theorems.catalogue"

OF_THE_LAW = ("p", "beta")
"""Definitions that a power law evaluates without a statement."""


def _live() -> bool:
    """Whether the catalogue itself must be asked."""
    # What strangers' modules say may change without a trace in our sources; and what this process
    # has loaded or registered counts, whatever is on disk.
    return CATALOGUE in sys.modules or _strangers()


@lru_cache(maxsize=1)
def _strangers() -> bool:
    """Whether other distributions declare statements."""
    return bool(metadata.entry_points(group=ENTRY_POINTS))


def cards() -> ById[Card]:
    """What is told of every statement, by id, in reading order.

    Those that other distributions declare and that users registered in this process are included.
    """
    if _live():
        from theorems.catalogue import catalogue
        from theorems.planning import card_of

        # Ours are not built for what is kept of them.
        kept = dict(_read() or {})
        return ById({n: kept[n].card if n in kept else card_of(catalogue[n]) for n in catalogue})
    return ById({name: plan.card for name, plan in _kept().items()})


def plan(identifier: str) -> Plan:
    """What it takes to evaluate a statement.

    Raises:
        UnknownStatementError: for an id that the catalogue does not have.
    """
    if _live():
        from theorems.catalogue import catalogue

        return plan_for(catalogue[identifier])
    return _kept()[identifier]


def plan_for(statement: Statement) -> Plan:
    """The same of a statement that is loaded; its programs are printed where none are kept.

    What is kept is of our sources: a statement of another's, or one that was made from one of
    ours, is printed.

    Raises:
        TypeError: for an expression that cannot be printed.
    """
    from theorems.catalogue import catalogue
    from theorems.planning import plan_of

    found = _read() if catalogue.is_own(statement) else None
    return found[statement.id] if found else plan_of(statement)


def _kept() -> ById[Plan]:
    return _read() or _made()


@lru_cache(maxsize=1)
def _read() -> ById[Plan] | None:
    found = kept_files.kept().get("plans")
    return ById({one["card"]["id"]: Plan.of(one) for one in found}) if found else None


@lru_cache(maxsize=1)
def _made() -> ById[Plan]:
    """Print the programs of the catalogue, which holds our statements alone, and keep them."""
    from theorems.catalogue import catalogue
    from theorems.evaluate.numbers import definition_program
    from theorems.planning import plan_of

    plans = ById({name: plan_of(statement) for name, statement in catalogue.items()})
    kept_files.keep(
        {
            "definitions": {name: definition_program(name) for name in OF_THE_LAW},
            "plans": [one.document() for one in plans.values()],
        }
    )
    return plans

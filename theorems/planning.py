"""From a statement to its plan: every expression printed as part of a program."""

from __future__ import annotations

from functools import lru_cache

from sympy import Expr

from theorems.evaluate.program import source
from theorems.model import definitions_in, k, needs_power_law
from theorems.plan import ALL, BY_TABLE, SEARCHED, TRIVIAL, Card, Compared, Condition, Plan
from theorems.statement import Statement


def depends_on_k(statement: Statement) -> bool:
    """Whether k appears in the statement, directly or through a definition."""
    return _depends_on_k(tuple(statement.sides.values()))


@lru_cache(maxsize=1024)
def _depends_on_k(sides: tuple[Expr, ...]) -> bool:
    inner = [definition.expression for side in sides for definition in definitions_in(side)]
    return any(k in part.free_symbols for part in [*sides, *inner])


@lru_cache(maxsize=1024)
def card_of(statement: Statement) -> Card:
    """What is told of a statement; nothing is printed for it."""
    return Card(
        id=statement.id,
        title=statement.title,
        quantity=statement.quantity,
        origin=statement.origin,
        kind=statement.kind,
        trust=str(statement.trust),
        outputs=tuple(statement.expressions),
        conditions=tuple(Condition(one.text, one.weak) for one in statement.hypotheses),
        comparisons=tuple(Compared(one.name, one.label, one.note) for one in statement.comparisons),
        defaults=statement.defaults,
        uses_k=depends_on_k(statement),
        best_k=statement.best_k,
        of_one_draw=statement.level is not None,
    )


@lru_cache(maxsize=1024)
def plan_of(statement: Statement) -> Plan:
    """The programs of a statement, printed.

    Raises:
        TypeError: for an expression that cannot be printed.
    """
    wanted = statement.expressions
    senseless = tuple(name for name, one in wanted.items() if needs_power_law(one))
    extra = tuple(sorted(statement.defaults))
    parts: dict[str, dict[str, Expr]] = {
        ALL: wanted,
        ALL + BY_TABLE: {name: one for name, one in wanted.items() if name not in senseless},
    }
    if statement.best_k and statement.upper is not None and statement.trivial_upper is not None:
        for end in ("", BY_TABLE):
            parts[SEARCHED + end] = {"bound": statement.upper}
            parts[TRIVIAL + end] = {"bound": statement.trivial_upper}
    programs = {
        name: source(outputs, extra=extra, table=name.endswith(BY_TABLE))
        for name, outputs in parts.items()
    }
    return Plan(card_of(statement), senseless, programs)

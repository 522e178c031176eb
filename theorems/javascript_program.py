"""Statements as a JavaScript program: which are offered, their functions, what these belong to."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sympy import Lambda

from theorems.claim import depends_on_k
from theorems.evaluate.javascript import RUNTIME, function_of, printable
from theorems.model import i, p
from theorems.statement import Statement


def offered(statements: Iterable[Statement]) -> list[Statement]:
    """Those whose every side can be printed."""
    return [one for one in statements if all(map(printable, one.sides.values()))]


WHOLE = ("lower", "value", "upper", "trivial_lower", "trivial_upper")
"""What is printed of a statement beside its margins."""


def statement_function(statement: Statement) -> str:
    """Sides, trivial sides and margins of one statement as a function of a setting and extras.

    A margin or a trivial side that needs a recursion is left out.
    """
    wanted = {
        name: expression
        for name, expression in statement.expressions.items()
        if (name in WHOLE or name.startswith("hypothesis_")) and printable(expression)
    }
    return function_of(wanted, extra=tuple(statement.defaults))


def program(statements: Sequence[Statement]) -> str:
    """A JavaScript function: of the runtime, to the printed functions.

    They are `statements` by id; `upper` and `trivial` of those that are searched over k; and
    `frequency`, which gives p as a function.
    """
    searched = [one for one in statements if one.best_k]
    parts = {
        "frequency": function_of({"p": Lambda(i, p[i])}),
        "statements": _by_id({one.id: statement_function(one) for one in statements}),
        "upper": _by_id({one.id: _only(one, "upper") for one in searched}),
        "trivial": _by_id({one.id: _only(one, "trivial_upper") for one in searched}),
    }
    printed = ",\n".join(f"{name}: {text}" for name, text in parts.items())
    names = f"const {{ {', '.join(RUNTIME)} }} = runtime;"
    return f"(runtime) => {{\n{names}\nreturn {{\n{printed}\n}};\n}}"


def _only(statement: Statement, side: str) -> str:
    return function_of({side: statement.expressions[side]}, extra=tuple(statement.defaults))


def _by_id(functions: Mapping[str, str]) -> str:
    return "{" + ",\n".join(f"{json.dumps(name)}: {text}" for name, text in functions.items()) + "}"


def described(statements: Iterable[Statement]) -> list[dict[str, Any]]:
    """What the printed functions belong to, in the statements' order, as JSON takes it."""
    return [
        {
            "id": one.id,
            "kind": str(one.kind),
            "origin": str(one.origin),
            "best_k": one.best_k,
            "needs_k": depends_on_k(one),
            "level": one.level is not None,
            "extra": [
                {"name": name, "default": value, "meaning": part.meaning}
                for (name, value), part in zip(one.defaults.items(), one.extra, strict=True)
            ],
            "hypotheses": [{"text": part.text, "weak": part.weak} for part in one.hypotheses],
        }
        for one in statements
    ]

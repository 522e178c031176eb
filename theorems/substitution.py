"""Expressions in place of others, without asking which of two is the larger."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from sympy import Basic, Expr, Max, Min, Symbol


def rebuilt(expression: Expr, instead: Callable[[Basic], Basic | None]) -> Expr:
    """The expression with others in place of some of its parts.

    Sympy's `subs` and `replace` compare what a largest or smallest is taken of, by assumptions,
    which takes seconds and decides nothing here; numbers alone are compared.

    Args:
        expression: any.
        instead: what stands in place of a part; None leaves it, and asks of what is inside it.
    """
    known: dict[Basic, Basic] = {}

    def of(part: Basic) -> Basic:
        if part not in known:
            other = instead(part)
            known[part] = other if other is not None else _again(part, [*map(of, part.args)])
        return known[part]

    return of(expression)


def _again(part: Basic, parts: list[Basic]) -> Basic:
    if all(new is old for new, old in zip(parts, part.args, strict=True)):
        return part
    if not isinstance(part, Max | Min):
        return part.func(*parts)
    numbers = [new for new in parts if new.is_Number]
    others = [new for new in parts if not new.is_Number]
    extreme = [part.func(*numbers)] if numbers else []
    return part.func(*others, *extreme, evaluate=False)


def put(expression: Expr, values: Mapping[Symbol, Expr]) -> Expr:
    """The expression with others in place of some of its symbols, none of them a sum's index."""
    return rebuilt(expression, values.get)

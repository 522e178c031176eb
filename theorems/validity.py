"""What a statement must be to enter the catalogue: whole, and such that it can be evaluated.

A statement is data that a stranger may have written. What is wrong with it is said when it is
registered, in one line that names it and the part, rather than when a command meets it.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from types import CodeType

from sympy import Expr, Indexed, Lambda, Product, Sum, Symbol

from theorems.evaluate import reductions_mpmath
from theorems.evaluate.program import PARAMETERS, source
from theorems.evaluate.reductions import EveryFeature
from theorems.expressions import LATEX_OF_FIELD, Evolution
from theorems.model import DEFINITIONS
from theorems.statement import NEEDED, Kind, Origin, Statement, well_formed


def check(statement: Statement) -> None:
    """Refuse a statement that is not whole or that cannot be evaluated.

    Raises:
        ValueError: in one line, with the statement's id, the part and what is wrong with it.
    """
    for side in NEEDED[statement.kind]:
        if side not in statement.sides:
            raise _error(statement, side, f"a statement of kind {statement.kind} needs this side")
    if (statement.origin is Origin.PREDICTED) and statement.kind is not Kind.PREDICTION:
        raise _error(statement, "origin", "only the value of a prediction is predicted")
    if statement.observable is None and statement.reference is None:
        raise _error(statement, "observable", "it needs an observable or a reference")
    for part, names in (
        ("uses", statement.uses),
        ("comparisons", tuple(comparison.name for comparison in statement.comparisons)),
        ("extra", tuple(statement.defaults)),
    ):
        _check_names(statement, part, names)
    known = {comparison.name for comparison in statement.comparisons}
    if statement.sharpened_by and statement.sharpened_by not in known:
        raise _error(statement, "sharpened_by", f"{statement.sharpened_by!r} is no comparison")
    for part, expression in statement.expressions.items():
        _check_expression(statement, _told(statement, part), expression)


def _error(statement: Statement, part: str, why: str) -> ValueError:
    return ValueError(f"{statement.id}: {part}: {why}")


def _told(statement: Statement, part: str) -> str:
    """The part's name as its author knows it."""
    kind, _, position = part.partition("_")
    if kind == "hypothesis":
        return f"hypothesis {statement.hypotheses[int(position)].text!r}"
    if kind == "comparison":
        return f"comparison {statement.comparisons[int(position)].name!r}"
    return part


def _check_names(statement: Statement, part: str, names: tuple[str, ...]) -> None:
    for name in names:
        if part != "extra" and not well_formed(name):
            raise _error(statement, part, f"{name!r} must be lower-case words joined by hyphens")
        if part == "extra" and (name in PARAMETERS or name in DEFINITIONS):
            raise _error(statement, part, f"{name} is a name of the model")
        if names.count(name) > 1:
            raise _error(statement, part, f"{name} is there more than once")


def _check_expression(statement: Statement, part: str, expression: Expr) -> None:
    if not isinstance(expression, Expr):
        raise _error(statement, part, f"{expression!r} is no expression of sympy")
    for node in expression.atoms(Evolution):
        if node.field not in LATEX_OF_FIELD:
            raise _error(statement, part, f"{node.field} is no number of the recursion")
    for unknown in sorted(set(_unknown(statement, expression))):
        why = "is no parameter of a setting, no definition of the model and no extra"
        raise _error(statement, part, f"the symbol {unknown} {why}")
    for reduction in expression.atoms(Sum, Product, Lambda):
        bound = reduction.variables
        if len(bound) != 1:
            raise _error(statement, part, f"{reduction} runs over {len(bound)} indices, not one")
    try:
        text = source({"side": expression}, extra=tuple(statement.defaults))
        tree = ast.parse(text)
    except (TypeError, SyntaxError, NotImplementedError) as error:
        raise _error(statement, part, f"it cannot be printed as a program: {error}") from None
    called = set(_global_names(compile(tree, "<statement>", "exec"))) - {"evaluate"}
    namespaces = [EveryFeature().namespace()]
    if not expression.has(Evolution):
        # The recursion is solved in doubles alone.
        namespaces.append(reductions_mpmath.namespace())
    for namespace in namespaces:
        for name in sorted(called - namespace.keys()):
            raise _error(statement, part, f"{name} is nothing that a program can evaluate")


def _unknown(statement: Statement, expression: Expr) -> Iterator[str]:
    """Names of free symbols that nothing gives a value to."""
    # The field of a number of the recursion is a symbol too, but only its name.
    plain = expression.replace(lambda part: isinstance(part, Evolution), lambda _: Symbol("n"))
    known = {*PARAMETERS, *DEFINITIONS, *statement.defaults}
    for symbol in plain.free_symbols:
        # p[i] is free as a whole too; its base and its index are looked at on their own.
        if not isinstance(symbol, Indexed) and str(symbol) not in known:
            yield str(symbol)


def _global_names(code: CodeType) -> Iterator[str]:
    """Names that a program needs from outside, of all its functions."""
    yield from code.co_names
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _global_names(constant)

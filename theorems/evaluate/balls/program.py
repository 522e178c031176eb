"""From symbolic expressions to a Python program in ball arithmetic, beside the one in doubles.

The same expressions are printed by the same printer. Conditions become calls that may answer
"undecided", fixed points get the derivative of their map, and what does not change between
statements, a sum over all features for instance, is asked for by its text, so that it is formed
once for a setting.
"""

from __future__ import annotations

from collections.abc import Iterable

from sympy import (
    Add,
    Expr,
    Function,
    Indexed,
    IndexedBase,
    Integer,
    Max,
    Mul,
    Pow,
    Product,
    Sum,
    Symbol,
    diff,
    exp,
)

from theorems.binomial_expectation import NO_FEATURE
from theorems.evaluate.program import PARAMETERS, TABLE_PARAMETERS, PythonPrinter
from theorems.model import DEFINITIONS, OF_A_TABLE, Definition, definitions_in


class BallPrinter(PythonPrinter):
    """Prints an expression as Python source in terms of the reductions over balls.

    Args:
        extra: names of parameters that a setting does not have.
        table: whether frequencies and coefficients are a table's.
    """

    # What prints itself for doubles is printed here by a method of the printer.
    printmethod = "_longtail_balls"

    def __init__(self, extra: Iterable[str] = (), *, table: bool = False) -> None:
        super().__init__()
        self.definitions = OF_A_TABLE if table else DEFINITIONS
        self.parameters = (*(TABLE_PARAMETERS if table else PARAMETERS), *extra)
        self._bound: list[str] = []

    def choice(self, condition: str, value: str, otherwise: str) -> str:
        """The text of one value where a condition holds, and of another elsewhere."""
        return f"choose(lambda: {condition}, lambda: {value}, lambda: {otherwise})"

    def rests_on(self, expression: Expr) -> tuple[str, ...] | None:
        """Names of the parameters that the expression depends on; None where a bound variable,
        an index for instance, is among what it needs.
        """
        parts = [
            expression,
            *(one.expression for one in definitions_in(expression, self.definitions)),
        ]
        own = {str(s) for s in expression.free_symbols if not isinstance(s, (Indexed, IndexedBase))}
        if own & set(self._bound) or own - {*self.parameters, *self.definitions, "p", "beta"}:
            return None
        found = {str(symbol) for part in parts for symbol in part.free_symbols}
        return tuple(name for name in self.parameters if name in found)

    def known(self, expression: Expr, text: str) -> str:
        """The text of a call that forms the number once."""
        rests_on = self.rests_on(expression)
        return text if rests_on is None else f"known({rests_on!r}, {text!r}, lambda: {text})"

    def defined(self, definition: Definition) -> str:
        """The text that a definition's name stands for."""
        text = self.doprint(stable(definition.expression))
        if definition.indexed:
            text = f"remember(lambda i: {text})"
        inner = definitions_in(definition.expression, self.definitions)
        parts = [definition.expression, *(one.expression for one in inner)]
        found = {str(symbol) for part in parts for symbol in part.free_symbols}
        names = tuple(name for name in self.parameters if name in found)
        return f"known({names!r}, {str(definition.name)!r}, lambda: {text})"

    def _print_Sum(self, expr: Expr) -> str:
        return self.known(expr, str(super()._print_Sum(expr)))

    def _print_Product(self, expr: Expr) -> str:
        return self.known(expr, str(super()._print_Product(expr)))

    def _print_PairSum(self, expr: Expr) -> str:
        # Balls know what a difference loses, and are formed again with more digits.
        return str(self._print(Max(0, expr.as_sums())))

    def _print_BinomialExpectation(self, expr: Expr) -> str:
        index, variable = self._print(expr.feature), self._print(expr.function.variables[0])
        body = self.function(f"{variable}, {index}", self._print(expr.function.expr))
        names = self.rests_on(expr.function)
        if names is not None:
            body = f"known({names!r}, {body!r}, lambda: counted({body}))"
        position = "1" if expr.feature is NO_FEATURE else index
        chance = self.function(index, self._print(expr.chance))
        return f"binomial_expectation({body}, {self._print(expr.trials)}, {chance}, {position})"

    def _print_FixedPoint(self, expr: Expr) -> str:
        variable, body = expr.function.variables[0], expr.function.expr
        self._bound.append(str(variable))
        try:
            texts = [
                self.function(self._print(variable), self._print(part))
                for part in (body, slope(body, variable))
            ]
        finally:
            self._bound.pop()
        return f"fixed_point({', '.join(texts)}, {self._print(expr.start)})"

    def _print_Relational(self, expr: Expr) -> str:
        symbol = {"Equality": "==", "Unequality": "!="}.get(type(expr).__name__, expr.rel_op)
        return f'holds("{symbol}", {self._print(expr.lhs)}, {self._print(expr.rhs)})'


def slope(body: Expr, variable: Symbol) -> Expr:
    """The derivative of a map, a product over features by the sum of its logarithms'."""
    if isinstance(body, Product):
        term = body.function
        return Mul(body, Sum(diff(term, variable) / term, *body.limits), evaluate=False)
    return diff(body, variable)


LOGISTIC = Function("logistic")


def stable(expression: Expr) -> Expr:
    """The expression with 1/(1 + e^x) as one function, which a ball of large x leaves finite."""

    def is_logistic(part: Expr) -> bool:
        return (
            isinstance(part, Pow)
            and part.exp == -1
            and isinstance(part.base, Add)
            and len(part.base.args) == 2
            and Integer(1) in part.base.args
            and any(isinstance(term, exp) for term in part.base.args)
        )

    return expression.replace(is_logistic, lambda part: LOGISTIC((part.base - 1).args[0]))


def source(expression: Expr, *, extra: Iterable[str] = (), table: bool = False) -> str:
    """The text of a function of the parameters that returns one expression."""
    printer = BallPrinter(extra, table=table)
    lines = [f"def evaluate({', '.join(printer.parameters)}):"]
    lines += [
        f"    {definition.name} = {printer.defined(definition)}"
        for definition in definitions_in(expression, printer.definitions)
    ]
    lines.append(f"    return {printer.doprint(stable(expression))}")
    return "\n".join(lines) + "\n"

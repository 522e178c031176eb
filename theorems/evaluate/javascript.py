"""From symbolic expressions to a JavaScript module, beside the Python program.

The same expressions are printed in the same numerically careful form. What the printed functions
call, sums over features for instance, is in `reports/explorer/runtime.js`, which has no
formula of a statement in it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from sympy import Expr, Max, Min, Symbol
from sympy.functions.elementary.piecewise import ExprCondPair, Piecewise
from sympy.printing.precedence import PRECEDENCE

from theorems.binomial_expectation import BinomialExpectation
from theorems.evaluate.program import PARAMETERS, PythonPrinter, increment_of
from theorems.expressions import Evolution
from theorems.model import DEFINITIONS, Definition, definitions_in, i, p


class JavaScriptPrinter(PythonPrinter):
    """Prints an expression as JavaScript in terms of the same reductions."""

    nothing = "undefined_()"

    def choice(self, condition: str, value: str, otherwise: str) -> str:
        """The text of one value where a condition holds, and of another elsewhere."""
        return f"({condition} ? {value} : {otherwise})"

    def function(self, arguments: str, body: str) -> str:
        """The text of a function without a name."""
        return f"({arguments}) => {body}"

    def _print_Pow(self, expr: Expr, rational: bool = False) -> str:  # noqa: ARG002
        increment = increment_of(expr.base)
        if increment is not None and not expr.exp.is_Integer:
            return f"power1p({self._print(increment)}, {self._print(expr.exp)})"
        if expr.exp == -1:
            return f"1/{self.parenthesize(expr.base, PRECEDENCE['Pow'])}"
        # A minus before a power is an error of syntax in JavaScript; a call has no precedence.
        return f"pow({self._print(expr.base)}, {self._print(expr.exp)})"

    def _print_Sum(self, expr: Expr) -> str:
        index = expr.limits[0][0]
        name = "sum_over_kinks" if kinked(expr.function, index) else "sum_over"
        return self._reduction(name, expr.function, expr.limits[0])

    def _print_Relational(self, expr: Expr) -> str:
        return (
            str(super()._print_Relational(expr)).replace(" == ", " === ").replace(" != ", " !== ")
        )


def kinked(term: Expr, index: Symbol) -> bool:
    """Whether the term has a kink somewhere along the index, apart from the one of p_i at 1.

    A kink inside a binomial expectation lies along the count, not along the features.
    """
    if isinstance(term, (Min, Max, Piecewise, ExprCondPair)) and term.has(index):
        return True
    if isinstance(term, BinomialExpectation):
        return kinked(term.chance, index)
    if term.is_Indexed and term.base != p:
        return kinked(DEFINITIONS[str(term.base)].expression, i)
    return any(kinked(part, index) for part in term.args if isinstance(part, (Expr, ExprCondPair)))


def printable(expression: Expr) -> bool:
    """Whether nothing in it needs a recursion, in a definition it rests on included."""
    parts = [expression, *(one.expression for one in definitions_in(expression))]
    return not any(part.has(Evolution) for part in parts)


RUNTIME = (
    *(
        "sum_over",
        "sum_over_kinks",
        "pairs_over",
        "product_over",
        "product1p_over",
        "product1p_minus1_over",
    ),
    *("fixed_point", "binomial_mean_expm1", "binomial_expectation", "mean_inverse_count"),
    *("power1p", "power1p_difference", "log1p_gap", "remember", "ratio", "undefined_"),
    *("gamma", "uppergamma", "lowergamma", "loggamma", "polygamma", "euler_gamma", "pi"),
    *("minimum", "maximum", "floor", "ceiling", "Abs"),
    *("pow", "exp", "expm1", "log", "log1p", "sqrt"),
)
"""What a printed function may call: the names of `reports/explorer/runtime.js`."""


def function_of(outputs: Mapping[str, Expr], *, extra: Iterable[str] = ()) -> str:
    """The text of a JavaScript function of the parameters that returns the outputs."""
    printer = JavaScriptPrinter()
    needed: dict[str, str] = {}
    for expression in outputs.values():
        for definition in definitions_in(expression):
            needed.setdefault(str(definition.name), _defined(printer, definition))
    lines = [f"const {name} = {text};" for name, text in needed.items()]
    returned = ", ".join(f"{name}: {printer.doprint(one)}" for name, one in outputs.items())
    body = "\n".join([*lines, f"return {{{returned}}};"])
    return f"({', '.join([*PARAMETERS, *extra])}) => {{\n{body}\n}}"


def _defined(printer: JavaScriptPrinter, definition: Definition) -> str:
    text = str(printer.doprint(definition.expression))
    return f"remember((i) => {text})" if definition.indexed else text

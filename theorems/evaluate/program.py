"""From symbolic expressions to a short Python program.

The program is plain text: `longtail show ID --python` prints it, and the same text is run
with array reductions (double precision) or with mpmath (any precision). Sums and products
over features become calls of `sum_over` and `product_over`, each with the summand as a
function of the index, so that a reduction may hand it one index or a whole array of them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sympy import Add, Expr, Integer, Pow, Product, Sum, Symbol, exp, log
from sympy.printing.precedence import PRECEDENCE
from sympy.printing.str import StrPrinter

from theorems.evaluate.running import PARAMETERS as PARAMETERS
from theorems.evaluate.running import TABLE_PARAMETERS as TABLE_PARAMETERS
from theorems.model import DEFINITIONS, OF_A_TABLE, definitions_in


def increment_of(expression: Expr) -> Expr | None:
    """X where the expression is literally 1 + x, else None."""
    if isinstance(expression, Add) and Integer(1) in expression.args:
        return expression - 1
    return None


def _signed(term: Expr) -> tuple[int, Expr]:
    """The term as a sign times what is left."""
    return (-1, -term) if term.could_extract_minus_sign() else (1, term)


def _cancelling(expression: Add) -> tuple[list[tuple[str, tuple[Expr, ...]]], Expr]:
    """Pairs of terms of a sum that may cancel, each as a call that keeps its digits; the rest.

    They are a^n - b^n, with 1 for either, a product of factors 1 + x less 1, e^x less 1, and
    x - log(1 + x).
    """
    terms = [_signed(term) for term in expression.args]
    found: list[tuple[str, tuple[Expr, ...]]] = []

    def take(sign: int, term: Expr) -> bool:
        if (sign, term) in terms:
            terms.remove((sign, term))
            return True
        return False

    for sign, term in list(terms):
        if (sign, term) not in terms:
            continue
        if isinstance(term, log) and sign == -1 and increment_of(term.args[0]) is not None:
            gap = increment_of(term.args[0])
            if take(1, gap):
                found.append(("log1p_gap", (gap,)))
                terms.remove((sign, term))
        elif isinstance(term, exp) and take(-sign, Integer(1)):
            found.append(("expm1", (term.args[0], Integer(sign))))
            terms.remove((sign, term))
        elif isinstance(term, Product) and increment_of(term.function) is not None:
            if take(-sign, Integer(1)):
                found.append(("product1p_minus1_over", (term, Integer(sign))))
                terms.remove((sign, term))
        elif _is_power1p(term):
            other = next(
                (t for s, t in terms if s == -sign and _is_power1p(t) and t.exp == term.exp), None
            )
            if other is not None or (-sign, Integer(1)) in terms:
                other = Integer(1) if other is None else other
                pair = [Integer(0) if t == 1 else increment_of(t.base) for t in (term, other)]
                found.append(
                    ("power1p_difference", (*(pair if sign == 1 else pair[::-1]), term.exp))
                )
                terms.remove((sign, term))
                terms.remove((-sign, other))
    return found, Add(*(sign * term for sign, term in terms))


def _is_power1p(term: Expr) -> bool:
    return isinstance(term, Pow) and not term.exp.is_number and increment_of(term.base) is not None


class PythonPrinter(StrPrinter):  # type: ignore[misc]  # sympy ships no types
    """Prints an expression as Python source in terms of the reductions.

    Powers, logarithms and products of 1 + x are printed in a form that keeps the digits
    of a small x, since p_i of a tail feature is far below 1.
    """

    # sympy classes print themselves through a method of this name, if they have it.
    printmethod = "_longtail_program"

    nothing = "undefined()"
    """What has no value."""

    def choice(self, condition: str, value: str, otherwise: str) -> str:
        """The text of one value where a condition holds, and of another elsewhere."""
        return f"({value} if {condition} else {otherwise})"

    def function(self, arguments: str, body: str) -> str:
        """The text of a function without a name."""
        return f"lambda {arguments}: {body}"

    def _print_Pow(self, expr: Expr, rational: bool = False) -> str:
        increment = increment_of(expr.base)
        if increment is not None and not expr.exp.is_Integer:
            return f"power1p({self._print(increment)}, {self._print(expr.exp)})"
        return str(super()._print_Pow(expr, rational=rational))

    def _print_Add(self, expr: Expr, order: str | None = None) -> str:
        """A sum, with differences that cancel printed as one call each."""
        found, rest = _cancelling(expr)
        calls = [self._difference(pair) for pair in found]
        if not calls:
            return str(super()._print_Add(expr, order=order))
        text = " + ".join(calls)
        return f"{text} + {self.parenthesize(rest, PRECEDENCE['Add'])}" if rest != 0 else text

    def _difference(self, pair: tuple[str, tuple[Expr, ...]]) -> str:
        name, parts = pair
        if name == "product1p_minus1_over":
            product, sign = parts
            call = self._reduction(name, product.function - 1, product.limits[0])
            return call if sign == 1 else f"(-{call})"
        if name == "expm1":
            power, sign = parts
            return (
                f"expm1({self._print(power)})" if sign == 1 else f"(-expm1({self._print(power)}))"
            )
        return f"{name}({', '.join(self._print(part) for part in parts)})"

    def _print_log(self, expr: Expr) -> str:
        increment = increment_of(expr.args[0])
        if increment is not None:
            return f"log1p({self._print(increment)})"
        return f"log({self._print(expr.args[0])})"

    def _reduction(self, name: str, body: Expr, limits: tuple[Symbol, Expr, Expr]) -> str:
        index, low, high = limits
        term = self.function(self._print(index), self._print(body))
        return f"{name}({term}, {self._print(low)}, {self._print(high)})"

    def _print_Sum(self, expr: Expr) -> str:
        return self._reduction("sum_over", expr.function, expr.limits[0])

    def _print_Product(self, expr: Expr) -> str:
        increment = increment_of(expr.function)
        if increment is not None:
            return self._reduction("product1p_over", increment, expr.limits[0])
        return self._reduction("product_over", expr.function, expr.limits[0])

    def _print_BinomialMean(self, expr: Expr) -> str:
        """Only of a product minus 1: the logarithm of the product is what can be evaluated."""
        variable, body = expr.function.variables[0], expr.function.expr
        product = body + 1
        if not isinstance(product, Product):
            raise TypeError(f"no evaluation for the binomial mean of {body}")
        growth = self._print(Sum(log(product.function), *product.limits))
        return (
            f"binomial_mean_expm1({self.function(self._print(variable), growth)}, "
            f"{self._print(expr.trials)}, {self._print(expr.chance)})"
        )

    def _print_Extreme(self, expr: Expr) -> str:
        limits = (expr.function.variables[0], expr.low, expr.high)
        return self._reduction(
            "least_over" if expr.least else "largest_over", expr.function.expr, limits
        )

    def _print_PairSum(self, expr: Expr) -> str:
        return self._reduction("pairs_over", expr.function.expr, expr.limits)

    def _print_MeanInverseCount(self, expr: Expr) -> str:
        return f"mean_inverse_count({', '.join(self._print(part) for part in expr.args)})"

    def _print_Evolution(self, expr: Expr) -> str:
        _, p, coefficients, *others = expr.args
        numbers = ", ".join(self._print(part) for part in others)
        return f'evolved("{expr.field}", {p}, {coefficients}, {numbers})'

    def _print_Cavity(self, expr: Expr) -> str:
        _, p, coefficients, *others = expr.args
        numbers = ", ".join(self._print(part) for part in others)
        return f'cavity("{expr.field}", {p}, {coefficients}, {numbers})'

    def _print_FixedPoint(self, expr: Expr) -> str:
        variable = self._print(expr.function.variables[0])
        iterated = self.function(variable, self._print(expr.function.expr))
        return f"fixed_point({iterated}, {self._print(expr.start)})"

    def _print_Lambda(self, expr: Expr) -> str:
        return f"({self.function(self._print(expr.variables[0]), self._print(expr.expr))})"

    def _print_Indexed(self, expr: Expr) -> str:
        return f"{expr.base}({self._print(expr.indices[0])})"

    def _print_Rational(self, expr: Expr) -> str:
        return str(expr.p) if expr.q == 1 else f"ratio({expr.p}, {expr.q})"

    _print_Half = _print_Rational

    def _print_Min(self, expr: Expr) -> str:
        return f"minimum({', '.join(self._print(part) for part in expr.args)})"

    def _print_Max(self, expr: Expr) -> str:
        return f"maximum({', '.join(self._print(part) for part in expr.args)})"

    def _print_Piecewise(self, expr: Expr) -> str:
        source = self.nothing
        for value, condition in reversed(expr.args):
            if condition == True:  # noqa: E712  # sympy's true is not Python's
                source = self._print(value)
            else:
                source = self.choice(self._print(condition), self._print(value), source)
        return source

    def _print_Relational(self, expr: Expr) -> str:
        symbol = {"Eq": "==", "Ne": "!="}.get(type(expr).__name__, expr.rel_op)
        symbol = {"Equality": "==", "Unequality": "!="}.get(type(expr).__name__, symbol)
        level = PRECEDENCE["Relational"]
        return f"{self.parenthesize(expr.lhs, level)} {symbol} {self.parenthesize(expr.rhs, level)}"

    def _print_EulerGamma(self, expr: Expr) -> str:  # noqa: ARG002  # the printer's protocol
        return "euler_gamma"

    def _print_Exp1(self, expr: Expr) -> str:  # noqa: ARG002  # the printer's protocol
        return "exp(1)"


def source(
    outputs: Mapping[str, Expr],
    *,
    name: str = "evaluate",
    extra: Sequence[str] = (),
    table: bool = False,
) -> str:
    """The text of a function of the parameters that returns the outputs as a dict.

    Args:
        outputs: expressions by the name they get in the returned dict.
        name: the function's name.
        extra: names of parameters that a setting does not have.
        table: whether frequencies and coefficients are a table's.
    """
    printer = PythonPrinter()
    parameters = TABLE_PARAMETERS if table else PARAMETERS
    definitions = OF_A_TABLE if table else DEFINITIONS
    lines = [f"def {name}({', '.join([*parameters, *extra])}):"]
    needed: dict[str, str] = {}
    for expression in outputs.values():
        for definition in definitions_in(expression, definitions):
            text = printer.doprint(definition.expression)
            if definition.indexed:
                text = f"remember(lambda i: {text})"
            needed.setdefault(str(definition.name), text)
    lines += [f"    {symbol} = {text}" for symbol, text in needed.items()]
    lines.append("    return {")
    lines += [
        f'        "{key}": {printer.doprint(expression)},' for key, expression in outputs.items()
    ]
    lines.append("    }")
    return "\n".join(lines) + "\n"

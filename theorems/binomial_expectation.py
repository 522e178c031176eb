"""E g(T) for T ~ Bin(n, p_i), a symbolic operation, with g any finite expression in T and i.

sympy has no such operation. It prints itself, as LaTeX, MathML and as a call of the reductions
in `theorems.evaluate.binomial_expectation`.
"""

from __future__ import annotations

from typing import Any

from sympy import Indexed, Symbol, symbols

from theorems.expressions import OverABinomial

NO_FEATURE = Symbol("feature", integer=True, positive=True)
"""Stands for the index where neither the chance nor the body belongs to a feature."""


INDICES = frozenset(symbols("i j", integer=True, positive=True))
"""The indices of features, as `theorems.model` has them."""


class BinomialExpectation(OverABinomial):
    """E g(T) for T ~ Bin(trials, chance), g given as an expression in the symbol T.

    The body may be any expression that is finite at T = 0, 1, ..., trials; it and the chance may
    belong to one feature, such as p[i], over which a sum runs outside.
    """

    @property
    def feature(self) -> Symbol:
        """The index that body and chance belong to.

        Raises:
            TypeError: where there are two of them.
        """
        indexed = self.chance.atoms(Indexed) | self.function.expr.atoms(Indexed)
        found = {
            symbol for part in indexed for index in part.indices for symbol in index.free_symbols
        }
        # Written out, p_i is an expression in its index.
        found |= (self.chance.free_symbols | self.function.expr.free_symbols) & INDICES
        if len(found) > 1:
            raise TypeError(f"no evaluation for {self}: it belongs to more than one feature")
        return found.pop() if found else NO_FEATURE

    def _longtail_program(self, printer: Any) -> str:
        index = printer._print(self.feature)
        variable = printer._print(self.function.variables[0])
        position = "0" if self.feature is NO_FEATURE else index
        body = printer.function(f"{variable}, {index}", printer._print(self.function.expr))
        chance = printer.function(index, printer._print(self.chance))
        return f"binomial_expectation({body}, {printer._print(self.trials)}, {chance}, {position})"

    def _latex(self, printer: Any) -> str:
        variable, body = self.function.variables[0], self.function.expr
        law = rf"{printer._print(variable)} \sim \mathrm{{Bin}}"
        trials, chance = printer._print(self.trials), printer._print(self.chance)
        return (
            rf"\mathbb{{E}}_{{{law}\left({trials}, {chance}\right)}}"
            rf"\left[{printer._print(body)}\right]"
        )

    def _mathml_presentation(self, printer: Any) -> Any:
        def element(tag: str, *children: Any, text: str = "") -> Any:
            made = printer.dom.createElement(tag)
            if text:
                made.appendChild(printer.dom.createTextNode(text))
            for child in children:
                made.appendChild(child)
            return made

        law = element(
            "mrow",
            printer._print(self.function.variables[0]),
            element("mo", text="∼"),
            element("mtext", text="Bin"),
            element("mo", text="("),
            printer._print(self.trials),
            element("mo", text=","),
            printer._print(self.chance),
            element("mo", text=")"),
        )
        inside = element(
            "mrow",
            element("mo", text="["),
            printer._print(self.function.expr),
            element("mo", text="]"),
        )
        return element("mrow", element("msub", element("mi", text="𝔼"), law), inside)

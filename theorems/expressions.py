"""Symbolic operations that sympy lacks: binomial means, a fixed point, a mean inverse count.

Each is an expression, so that statements that need it stay symbolic:
it prints as LaTeX and MathML and is evaluated by
the reductions of `theorems.evaluate.reductions`.
"""

from __future__ import annotations

from typing import Any, Self

from sympy import Expr, IndexedBase, Integer, Lambda, Sum, Symbol, binomial, hyper, sympify


class _RealExpr(Expr):  # type: ignore[misc]  # sympy ships no types
    """A finite real number, as far as sympy's assumptions go."""

    is_commutative = True

    def _eval_is_real(self) -> bool:
        return True


class OfAFunction(_RealExpr):
    """A node whose first argument is a function, given as an expression in its variable."""

    @classmethod
    def _make(cls, function: Lambda, *parts: Expr) -> Self:
        made: Self = Expr.__new__(cls, function, *parts)
        return made

    @property
    def func(self) -> Any:
        """Rebuilds the node from its `args`, as sympy expects."""
        return self._make

    def __reduce__(self) -> tuple[Any, tuple[Expr, ...]]:
        # By default sympy hands `args` to the class, which takes other arguments.
        return self._make, self.args

    @property
    def function(self) -> Lambda:
        """The function."""
        return self.args[0]


class OverABinomial(OfAFunction):
    """The mean of a function of a binomial count."""

    def __new__(cls, body: Expr, variable: Symbol, trials: Expr, chance: Expr) -> Self:
        """From the function as an expression in the count."""
        return cls._make(Lambda(variable, body), sympify(trials), sympify(chance))

    @property
    def trials(self) -> Expr:
        """Number of trials."""
        return self.args[1]

    @property
    def chance(self) -> Expr:
        """Probability of success of a trial."""
        return self.args[2]

    def as_sum(self) -> Sum:
        """The same number as a plain finite sum."""
        variable = self.function.variables[0]
        weight = (
            binomial(self.trials, variable)
            * self.chance**variable
            * (1 - self.chance) ** (self.trials - variable)
        )
        return Sum(weight * self.function.expr, (variable, 0, self.trials))


class BinomialMean(OverABinomial):
    """E f(m) for m ~ Bin(trials, chance), with f given as an expression in the symbol m."""

    def _latex(self, printer: Any) -> str:
        variable, body = self.function.variables[0], self.function.expr
        law = rf"{printer._print(variable)} \sim \mathrm{{Bin}}"
        trials, chance = printer._print(self.trials), printer._print(self.chance)
        return (
            rf"\mathbb{{E}}_{{{law}\left({trials}, {chance}\right)}}"
            rf"\left[{printer._print(body)}\right]"
        )


class FixedPoint(OfAFunction):
    """The fixed point of an increasing map that iteration from `start` decreases to."""

    def __new__(cls, body: Expr, variable: Symbol, start: Expr = Integer(1)) -> FixedPoint:
        """From f(x) as an expression in the symbol x."""
        return cls._make(Lambda(variable, body), sympify(start))

    @property
    def start(self) -> Expr:
        """Where the iteration begins."""
        return self.args[1]

    def _latex(self, printer: Any) -> str:
        variable, body = self.function.variables[0], self.function.expr
        name = printer._print(variable)
        return rf"\max\left\{{{name} : {name} = {printer._print(body)}\right\}}"


class Extreme(OfAFunction):
    """The largest or least value of a term over a range of features; 0 over an empty one."""

    def __new__(cls, body: Expr, limits: tuple[Symbol, Expr, Expr], *, least: bool) -> Extreme:
        """From the term as an expression in the index, and (index, first, last)."""
        index, low, high = limits
        return cls._make(
            Lambda(index, body), sympify(low), sympify(high), Integer(1 if least else 0)
        )

    @property
    def low(self) -> Expr:
        """First index."""
        return self.args[1]

    @property
    def high(self) -> Expr:
        """Last index."""
        return self.args[2]

    @property
    def least(self) -> bool:
        """Whether the least value is meant, else the largest."""
        return bool(self.args[3])

    def _latex(self, printer: Any) -> str:
        index = printer._print(self.function.variables[0])
        over = rf"{printer._print(self.low)} \leq {index} \leq {printer._print(self.high)}"
        name = r"\min" if self.least else r"\max"
        return rf"{name}_{{{over}}} {printer._print(self.function.expr)}"


class PairSum(OfAFunction):
    """The sum of f(i) f(j) over pairs i < j of features, f >= 0 given as an expression in i."""

    def __new__(cls, body: Expr, limits: tuple[Symbol, Expr, Expr]) -> PairSum:
        """From f as an expression in the index, and (index, first, last)."""
        index, low, high = limits
        return cls._make(Lambda(index, body), sympify(low), sympify(high))

    @property
    def limits(self) -> tuple[Symbol, Expr, Expr]:
        """The index, its first and its last value."""
        return (self.function.variables[0], self.args[1], self.args[2])

    @property
    def pair(self) -> tuple[Symbol, Symbol, Expr, Expr]:
        """Two indices i and j, f(i) and f(j): how it is written."""
        index, body = self.function.variables[0], self.function.expr
        other = Symbol("j" if str(index) != "j" else "l", integer=True, positive=True)
        return index, other, body, body.subs(index, other)

    def as_sums(self) -> Expr:
        """The same as a difference of plain sums, which cancels where one f is most of it."""
        term = self.function.expr
        return (Sum(term, self.limits) ** 2 - Sum(term**2, self.limits)) / 2

    def _latex(self, printer: Any) -> str:
        _, low, high = self.limits
        index, other, first, second = self.pair
        over = rf"{printer._print(low)} \leq {printer._print(index)}"
        over += rf" < {printer._print(other)} \leq {printer._print(high)}"
        return rf"\sum_{{{over}}} {printer._print(first)}\,{printer._print(second)}"

    def _sympystr(self, printer: Any) -> str:
        _, low, high = self.limits
        index, other, first, second = self.pair
        terms = f"{printer._print(first)}*{printer._print(second)}"
        return f"Sum({terms}, {low} <= {index} < {other} <= {high})"


class MeanInverseCount(_RealExpr):
    """E[1{T >= 1}/T] for T ~ Bin(trials, chance)."""

    def __new__(cls, trials: Expr, chance: Expr) -> MeanInverseCount:
        """From the number of trials and the chance of success."""
        made: MeanInverseCount = Expr.__new__(cls, sympify(trials), sympify(chance))
        return made

    def as_hypergeometric(self) -> Expr:
        """The same number as n p (1-p)^(n-1) 3F2(1, 1, 1-n; 2, 2; -p/(1-p))."""
        trials, chance = self.args
        series = hyper([1, 1, 1 - trials], [2, 2], -chance / (1 - chance))
        return trials * chance * (1 - chance) ** (trials - 1) * series

    def _latex(self, printer: Any) -> str:
        trials, chance = (printer._print(part) for part in self.args)
        law = rf"T \sim \mathrm{{Bin}}\left({trials}, {chance}\right)"
        return rf"\mathbb{{E}}_{{{law}}}\left[\frac{{1\{{T \geq 1\}}}}{{T}}\right]"


class Evolution(_RealExpr):
    """A number of the recursion of `variance-evolution`, which has no closed form.

    Args:
        field: name of an attribute of `theorems.evolution.recursion`'s result.
        p, coefficients: indexed bases of the frequencies and of beta*.
        trials, features, common: n, d and k.
    """

    def __new__(
        cls,
        field: Symbol,
        p: IndexedBase,
        coefficients: IndexedBase,
        trials: Expr,
        features: Expr,
        common: Expr,
    ) -> Evolution:
        """From the field's name as a symbol, and what the recursion depends on."""
        made: Evolution = Expr.__new__(cls, field, p, coefficients, trials, features, common)
        return made

    @property
    def field(self) -> str:
        """Which of the recursion's numbers."""
        return str(self.args[0])

    def _latex(self, printer: Any) -> str:  # noqa: ARG002  # the printer's protocol
        return LATEX_OF_FIELD[self.field]


class Cavity(Evolution):
    """A proved number of the cavity recursion, which has no closed form.

    Args:
        field: name of a number of `theorems.evolution.solved.cavity`.
        p, coefficients: indexed bases of the frequencies and of beta*.
        trials, features: n and d.
        parameter: the one more number that some fields depend on, a penalty or a probability.
    """

    def __new__(
        cls,
        field: Symbol,
        p: IndexedBase,
        coefficients: IndexedBase,
        trials: Expr,
        features: Expr,
        *parameter: Expr,
    ) -> Cavity:
        """From the field's name as a symbol, and what the recursion depends on."""
        made: Cavity = Expr.__new__(cls, field, p, coefficients, trials, features, *parameter)
        return made


LATEX_OF_FIELD = {
    "variance_factor": r"\sum_{i} {p}_{i}\,\mathbb{E}[1\{\kappa_i > 0\}/\kappa_i]",
    "variance_common": r"\sum_{i \leq k} {p}_{i}\,\mathbb{E}[1\{\kappa_i > 0\}/\kappa_i]",
    "variance_tail": r"\sum_{i > k} {p}_{i}\,\mathbb{E}[1\{\kappa_i > 0\}/\kappa_i]",
    "common_mean_variance": r"\mathrm{mean}_{i \leq k}\,\mathbb{E}[1/\kappa_i \mid \kappa_i > 0]",
    "tail_mean_variance": r"\mathrm{mean}_{i > k}\,\mathbb{E}[1/\kappa_i \mid \kappa_i > 0]",
    "unidentifiable_variance": r"\sum_{i} {p}_{i}\,\mathbb{E}[b_i 1\{a_i > 0\}]",
    "noiseless_loss": r"\sum_{i,j} {p}_{i}\,\mathbb{E}[(I-P)_{ij}^2]\,{\beta}_{j}^{2}",
    "mean_precision": r"\mathbb{E}\,Y",
    "mean_leverage": r"\mathbb{E}[1/Y - 1 \mid Y > 0]",
    "recovered_weight": r"\mathbb{P}(Y > 0)",
    "lower": r"\sum_{i} {p}_{i} {\beta}_{i}^{2} (1-{p}_{i})^{n} + S",
    "upper": r"\sum_{i} {p}_{i} {\beta}_{i}^{2} (1-{p}_{i})^{n}"
    r" + \sum_{i} {\gamma}_{i} \left(U_i(n) - (1-{p}_{i})^{n}\right)",
    "single_draw_upper": r"L_{\mathrm{up}}(\eta)",
    "risk_lower": r"F_{\mathrm{low}}(\lambda)",
    "risk_upper": r"F_{\mathrm{up}}(\lambda)",
    "ridge_variance_lower": r"\max_{\mu > \lambda} \frac{F_{\mathrm{low}}(\mu)"
    r" - F_{\mathrm{up}}(\lambda)}{\mu - \lambda}",
    "ridge_variance_upper": r"\min_{\mu < \lambda} \frac{F_{\mathrm{up}}(\lambda)"
    r" - F_{\mathrm{low}}(\mu)}{\lambda - \mu}",
    "minimum_norm_variance_lower": r"\sum_{i} {p}_{i} \sum_{t \geq 1}"
    r" \mathbb{P}(T_i = t)\,\frac{(1-c_t)^2}{t}",
}
"""How the recursion's numbers are written; in text without markup in `theorems.notation`."""

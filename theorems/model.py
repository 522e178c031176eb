"""The symbols of the linear model and the definitions that every statement is written in.

A definition is a symbolic expression; numbers, LaTeX, MathML and code all come from it.
Statements use the short names (p_i, q_k, pi_k, ...) so that they read as on paper;
`unfold` replaces the names by what they stand for.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial

from sympy import (
    Basic,
    Expr,
    IndexedBase,
    Integer,
    Max,
    Min,
    Product,
    Rational,
    Sum,
    Symbol,
    log,
    lowergamma,
    symbols,
)

from theorems.expressions import (
    BinomialMean,
    Evolution,
    Extreme,
    FixedPoint,
    MeanInverseCount,
    PairSum,
)
from theorems.substitution import put, rebuilt

n, d, k = symbols("n d k", integer=True, positive=True)
i, j = symbols("i j", integer=True, positive=True)
m = Symbol("m", integer=True, nonnegative=True)
s, alpha = symbols("s alpha", positive=True)
sigma = Symbol("sigma", nonnegative=True)
b = Symbol("b", real=True)

p = IndexedBase("p", positive=True)
beta = IndexedBase("beta", positive=True)
u = IndexedBase("u", nonnegative=True)
h = IndexedBase("h", nonnegative=True)
g = IndexedBase("g", nonnegative=True)

Z = Symbol("Z", positive=True)
c = Symbol("c", positive=True)
tail_mass = Symbol("p_tail", positive=True)
q = Symbol("q_k", nonnegative=True)
tail_free = Symbol("q_free", nonnegative=True)
tail_rate = Symbol("Lambda_k", nonnegative=True)
multi_tail = Symbol("a_k", nonnegative=True)
once_total = Symbol("h_sum", nonnegative=True)
once_any = Symbol("h_any", nonnegative=True)
z = Symbol("z", nonnegative=True)
pi_k = Symbol("pi_k", real=True)
w = Symbol("w", nonnegative=True)
largest = Symbol("B", positive=True)
largest_tail = Symbol("B_tail", positive=True)
mass = Symbol("S", positive=True)
plain_variance = Symbol("V_0", positive=True)
once_strength = Symbol("beta2_once", positive=True)
ordered = Symbol("o", real=True)

# Symbols of single statements: they are no part of a setting and have default values instead.
penalty = Symbol("lamda", nonnegative=True)
corrupted_share = Symbol("rho", nonnegative=True)
corruption = Symbol("tau", nonnegative=True)
t = Symbol("t", integer=True, positive=True)
stability = Symbol("delta", nonnegative=True)
privacy = Symbol("epsilon", nonnegative=True)
failure = Symbol("eta", positive=True)


@dataclass(frozen=True)
class Extra:
    """A parameter that a setting does not have.

    Args:
        symbol: as it appears in the statement.
        default: the value at which the statement is evaluated and simulated.
        meaning: one line of prose.
    """

    symbol: Symbol
    default: Expr
    meaning: str


PENALTY = Extra(penalty, Rational(1, 4), "ridge penalty")
CORRUPTED_SHARE = Extra(
    corrupted_share, Rational(1, 10), "probability that the label of a tail sample is corrupted"
)
CORRUPTION = Extra(corruption, Integer(1), "standard deviation of a corrupted label's error")
COMBINED = Extra(t, Integer(3), "features combined in a test point")
STABILITY = Extra(
    stability,
    Rational(1, 2),
    "total variation by which one label may change what is learned; 1 lets every sample be "
    "memorized, 0 ignores the labels",
)
PRIVACY = Extra(
    privacy, Integer(1), "label privacy: one label changes no chance by more than e^epsilon"
)
FAILURE = Extra(failure, Rational(1, 20), "probability with which a bound on one draw may fail")
NOISE_TO_SIGNAL = Extra(
    penalty, Rational(1, 4), "variance of the noise over that of a coefficient, sigma^2/tau^2"
)


@dataclass(frozen=True)
class Definition:
    """A name used in statements and the expression it stands for.

    Args:
        name: a symbol, or an indexed base for one number per feature (then in terms of `i`).
        expression: what it stands for, in terms of the parameters and other definitions.
        meaning: one line of prose.
    """

    name: Symbol | IndexedBase
    expression: Expr
    meaning: str

    @property
    def indexed(self) -> bool:
        """Whether it is one number per feature."""
        return isinstance(self.name, IndexedBase)


def _definitions(*rows: tuple[Symbol | IndexedBase, Expr, str]) -> dict[str, Definition]:
    return {str(name): Definition(name, expression, meaning) for name, expression, meaning in rows}


_ODDS = p[j] / (1 - p[j])

DEFINITIONS: dict[str, Definition] = _definitions(
    (Z, Sum(j**-alpha, (j, 1, d)), "normalizer of the power law"),
    (c, s / Z, "scale of the power law"),
    (p, Min(Integer(1), c * i**-alpha), "probability that a sample holds feature i"),
    (beta, i**-b, "true coefficient of feature i"),
    (largest, Max(beta[1], beta[d]), "largest |beta*_i|; i^-b is monotone in i"),
    (largest_tail, Max(beta[k + 1], beta[d]), "largest |beta*_i| over the tail"),
    (ordered, b, "coefficients fall with i, as frequencies do, where this is >= 0"),
    (mass, Sum(p[j], (j, 1, d)), "expected number of non-zeros of a sample"),
    (tail_mass, Sum(p[j], (j, k + 1, d)), "expected number of tail features of a sample"),
    (q, 1 - Product(1 - p[j], (j, k + 1, d)), "probability that a sample holds a tail feature"),
    (tail_free, Product(1 - p[j], (j, k + 1, d)), "probability that it holds none, 1 - q_k"),
    (tail_rate, -Sum(log(1 - p[j]), (j, k + 1, d)), "-ln of it"),
    (
        u,
        tail_free / (1 - p[i]),
        "probability that a sample holds no tail feature other than i (i > k, p_i < 1)",
    ),
    (
        multi_tail,
        # 1 - (1 - q_k) (1 + sum of odds), in parts that do not cancel: with Lambda = -ln(1 - q_k)
        # it is 1 - e^-Lambda (1 + Lambda), an incomplete Gamma function, less
        # e^-Lambda (sum of odds - Lambda). It is a chance, and no more than those of the pairs
        # together, which are 0 where there is but one tail feature: the parts agree there, but for
        # their rounding, and (1 - a_k)^n would show it.
        Max(
            0,
            Min(
                lowergamma(2, tail_rate, evaluate=False)
                - tail_free * Sum(_ODDS - log(1 + _ODDS), (j, k + 1, d)),
                PairSum(p[j], (j, k + 1, d)),
            ),
        ),
        "probability that a sample holds two or more tail features",
    ),
    (
        h,
        p[i] * (1 - p[i]) ** (n - 1),
        "probability that a given sample holds feature i and no other sample does",
    ),
    (
        once_total,
        Sum(h[j], (j, 1, d)),
        "expected number of features that a given sample alone holds",
    ),
    (once_any, 1 - Product(1 - h[j], (j, 1, d)), "probability that there is one"),
    (
        pi_k,
        BinomialMean(
            Product(1 + 2 * (1 - Rational(3, 2) * p[j]) ** m, (j, 1, k)) - 1,
            m,
            n,
            Rational(2, 3) * tail_free,
        )
        / 2,
        "bound on the probability that the common features are not all identified",
    ),
    (
        plain_variance,
        Sum(p[j] * MeanInverseCount(n, p[j]), (j, 1, d)),
        "variance factor if every feature were estimated on its own",
    ),
    (
        once_strength,
        Sum(h[j] * beta[j] ** 2, (j, 1, d)) / once_total,
        "mean of beta*_i^2 over the features seen once",
    ),
    (
        w,
        FixedPoint(Product(1 - p[j] * (1 - p[j] * w) ** (n - 1), (j, 1, d)), w, Integer(1)),
        "probability that every feature of a row is determined by other rows (largest fixed point)",
    ),
    (
        g,
        p[i] * (1 - p[i] * w) ** (n - 1),
        "probability that a row holds feature i, which no other row determines",
    ),
    (z, 1 - Product(1 - g[j], (j, 1, d)), "1 - w"),
)


OF_A_TABLE: dict[str, Definition] = {
    name: definition for name, definition in DEFINITIONS.items() if definition.name not in (p, beta)
} | _definitions(
    (
        largest,
        Extreme(beta[i], (i, Integer(1), d), least=False),
        "largest |beta*_i|",
    ),
    (
        largest_tail,
        Extreme(beta[i], (i, k + 1, d), least=False),
        "largest |beta*_i| over the tail",
    ),
    (
        ordered,
        Extreme(beta[i] ** 2 - beta[i + 1] ** 2, (i, Integer(1), d - 1), least=True),
        "least step of beta*_i^2 down the table",
    ),
)
"""The definitions where frequencies and coefficients are given as a table: p and beta are numbers,
and what a power law makes monotone is looked for."""

POWER_LAW = frozenset({s, alpha, b, Z, c})
"""Symbols that only a power law gives a meaning to."""


def evolution(field: str) -> Evolution:
    """One number of the recursion of `variance-evolution`, at the model's p and beta."""
    return Evolution(Symbol(field), p, beta, n, d, k)


def needs_power_law(expression: Expr) -> bool:
    """Whether the expression means nothing for a table of frequencies and coefficients."""
    parts = [expression, *(one.expression for one in definitions_in(expression, OF_A_TABLE))]
    return any(POWER_LAW & part.free_symbols for part in parts)


def definitions_in(
    expression: Expr, definitions: Mapping[str, Definition] = DEFINITIONS
) -> list[Definition]:
    """Definitions that the expression rests on, each after those that it needs itself."""
    found: dict[str, Definition] = {}

    def visit(part: Expr) -> None:
        names = {str(atom) for atom in part.atoms(Symbol, IndexedBase)}
        for name in sorted(names & definitions.keys() - found.keys()):
            definition = definitions[name]
            if part is not definition.expression:
                visit(definition.expression)
                found.setdefault(name, definition)

    visit(expression)
    return list(found.values())


def _written_out(definition: Definition, part: Basic) -> Expr | None:
    """What an indexed name stands for at its index; None for any other part."""
    if part.is_Indexed and part.base == definition.name:
        return definition.expression.subs(i, part.indices[0])
    return None


def unfold(expression: Expr) -> Expr:
    """The expression in terms of n, d, s, alpha, sigma, b and k alone."""
    for definition in reversed(definitions_in(expression)):
        if definition.indexed:
            expression = rebuilt(expression, partial(_written_out, definition))
        else:
            expression = put(expression, {definition.name: definition.expression})
    return expression

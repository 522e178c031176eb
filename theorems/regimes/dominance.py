"""Which term of a bound dominates, where terms cross, and where hypotheses hold, as n grows."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from itertools import combinations, pairwise

from sympy import (
    Add,
    Expr,
    Interval,
    Max,
    S,
    Set,
    Sum,
    Symbol,
    log,
    oo,
    simplify,
    sqrt,
    uppergamma,
)

from theorems.constants import C_M, CONSTANTS, RATIO, SIGMA_STAR_2
from theorems.expressions import Evolution
from theorems.model import (
    DEFINITIONS,
    alpha,
    b,
    c,
    d,
    k,
    n,
    ordered,
    plain_variance,
    sigma,
    tail_mass,
    w,
)
from theorems.noiseless.noiseless_loss import STATEMENT as NOISELESS_LOSS
from theorems.noiseless.noiseless_loss_rate import STATEMENT as THEOREM_2
from theorems.noisy.noisy_loss import STATEMENT as NOISY_LOSS
from theorems.noisy.single_appearance_error import STATEMENT as SINGLE_APPEARANCE
from theorems.orders import (
    breakpoints,
    crossings,
    decimal,
    exponent,
    pieces,
    where_negative,
)
from theorems.regimes.quantities import (
    KNEE,
    MISSING_MASS,
    delta,
    power_integral,
    power_of_n,
)
from theorems.statement import Statement
from theorems.structure.common_only_samples import STATEMENT as COMMON_ONLY
from theorems.structure.recovered_fraction_rate import STATEMENT as UNRECOVERED


@dataclass(frozen=True)
class Bound:
    """A bound or prediction with several terms.

    Args:
        id: the statement that it belongs to.
        terms: by name, each a quantity in the regime.
    """

    id: str
    terms: dict[str, Expr]

    def exponents(self) -> dict[str, Expr]:
        """Power of n of each term, d proportional to n."""
        return {name: power_of_n(term) for name, term in self.terms.items()}

    def exponent(self) -> Expr:
        """Power of n of the whole."""
        return Max(*self.exponents().values())

    def dominant(self, b_value: float = 0.0) -> list[tuple[Set, str, Expr]]:
        """Range of alpha, the terms that dominate there ("a = b" where they tie), exponent."""
        return list(_dominant(tuple(self.exponents().items()), b_value))

    def crossings(self, b_value: float = 0.0) -> list[Expr]:
        """The alphas at which another term takes over."""
        rows = self.dominant(b_value)
        return [low[0].sup for low, high in pairwise(rows) if low[1] != high[1]]


@lru_cache(maxsize=256)
def _dominant(
    exponents: tuple[tuple[str, Expr], ...], b_value: float
) -> tuple[tuple[Set, str, Expr], ...]:
    exact = decimal(b_value)
    terms = {name: term.subs(b, exact) for name, term in exponents}
    candidates = [*terms.values(), *(Max(*pair) for pair in combinations(terms.values(), 2))]
    edges = sorted({edge for candidate in candidates for edge in breakpoints(candidate)})
    rows: list[tuple[Set, str, Expr]] = []
    for low, high in zip([S.Zero, *edges], [*edges, oo], strict=True):
        whole, winners = _largest(terms, low + 1 if high == oo else (low + high) / 2)
        told = " = ".join(winners)
        if rows and rows[-1][1:] == (told, whole):
            low = rows.pop()[0].inf
        rows.append((Interval.open(low, high), told, whole))
    return tuple(rows)


def _largest(terms: dict[str, Expr], inside: Expr) -> tuple[Expr, list[str]]:
    """The largest exponent around a point of a range without crossings, and whose it is."""
    local = {
        name: next(piece.exponent for piece in pieces(term) if inside in piece.range)
        for name, term in terms.items()
    }
    whole = max(local.values(), key=lambda term: term.subs(alpha, inside))
    return whole, [name for name, term in local.items() if simplify(term - whole) == 0]


def _bound(
    statement: Statement,
    expression: Expr | None,
    names: tuple[str, str],
    is_second: Callable[[Expr], bool],
) -> Bound:
    """The two terms of a sum or a maximum of a statement's, by name."""
    assert expression is not None
    first, second = sorted(expression.args, key=is_second)
    # The order of the missing mass stands for its sum over features.
    terms = [term.subs(NOISELESS_LOSS.lower, MISSING_MASS) for term in (first, second)]
    return Bound(statement.id, dict(zip(names, terms, strict=True)))


BOUNDS: tuple[Bound, ...] = (
    _bound(
        THEOREM_2,
        THEOREM_2.value,
        ("p_{>k}", "k ln^4 d/(n^2 p_{>k})"),
        lambda term: term.has(k),
    ),
    _bound(
        UNRECOVERED,
        UNRECOVERED.value,
        ("p_k/p_{>k}", "p_{>k}^2 ln^2 d"),
        lambda term: term.has(log),
    ),
    Bound(
        NOISELESS_LOSS.id,
        {
            "unseen": MISSING_MASS,
            "seen, not alone": MISSING_MASS.subs(b, 0) * k ** (-2 * b) * tail_mass,
        },
    ),
    _bound(
        NOISY_LOSS,
        NOISY_LOSS.value,
        ("bias", "sigma^2 V_0"),
        lambda term: term.has(sigma),
    ),
    _bound(
        SINGLE_APPEARANCE,
        SINGLE_APPEARANCE.comparison("first-order").expression.expand(),
        ("noise", "leverage"),
        lambda term: term.has(plain_variance),
    ),
    Bound(COMMON_ONLY.id, {"mean": n * (1 - tail_mass), "deviation": sqrt(n)}),
)
"""The bounds of several terms, from the statements themselves: where a statement has a sum over
features its order stands for it. A Chernoff deviation and pi_k at the best k are lower order."""


def missing_mass_breakpoint() -> list[Expr]:
    """Where the missing mass passes from the knee n p_i = 1 to the last feature d, symbolic in b.

    For c a constant, that is alpha > 1; the other root is where the knee reaches d.
    """
    steep = Symbol("steep", positive=True)
    knee = exponent(KNEE.subs(d, steep))
    spread = power_integral(-alpha - 2 * b, n**knee, n**delta)
    return crossings(*(exponent(term) for term in Add.make_args(spread)))


def noise_crossing() -> dict[str, Expr]:
    """Where bias and variance of `noisy-loss` cross: in sigma^2 at b = 0, in n at other b.

    At b = 0 both fall alike, and only sigma decides. For b != 0 their ratio is a power of n.
    """
    ratio = CONSTANTS["C_M_b"].closed_form / (C_M * RATIO)
    return {
        "sigma^2 at b = 0": SIGMA_STAR_2,
        "sigma^2": ratio * (n * c) ** (-2 * b / alpha),
        "n": (ratio / sigma**2) ** (alpha / (2 * b)) / c,
    }


@lru_cache(maxsize=1024)
def holds_eventually(margin: Expr, b_value: float = 0.0) -> Set:
    """The alphas > 0 at which a hypothesis's margin is positive for all large n.

    A margin in alpha and b alone is solved; of another its positive part must outgrow what is
    subtracted from it.
    """
    exact = margin.subs(ordered, DEFINITIONS[str(ordered)].expression).subs(b, decimal(b_value))
    if exact.free_symbols <= {alpha}:
        return where_negative(-exact)
    terms = Add.make_args(exact)
    minus = [-term for term in terms if term.could_extract_minus_sign()]
    plus = [term for term in terms if not term.could_extract_minus_sign()]
    if not minus:
        return Interval.open(0, oo)
    if not plus:
        return S.EmptySet
    return where_negative(power_of_n(Add(*minus)) - power_of_n(Add(*plus)))


def hypotheses(statement: Statement, b_value: float = 0.0) -> list[tuple[str, Set]]:
    """Each hypothesis of a statement with the alphas at which it holds for all large n.

    A hypothesis on what is no power of n is left out: the recursion of `variance-evolution`, a
    fixed point, a sum over features, an incomplete Gamma function.
    """
    return [
        (hypothesis.text, holds_eventually(hypothesis.margin, b_value))
        for hypothesis in statement.hypotheses
        if not hypothesis.margin.has(Evolution, Sum, w, uppergamma)
    ]


def where_believed(statement: Statement, b_value: float = 0.0) -> Set:
    """The alphas at which all hypotheses of a statement hold for all large n."""
    everywhere = Interval.open(0, oo)
    for _, where in hypotheses(statement, b_value):
        everywhere = everywhere.intersect(where)
    return everywhere

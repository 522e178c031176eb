"""`longtail regimes`: exponents and breakpoints, symbolic and at an alpha."""

from __future__ import annotations

from sympy import Expr, Rational, Set, oo

from reports.console import number, print_table
from reports.regime_records import RangeOfHypothesis, ReachRow, RegimeTable, Threshold
from theorems.catalogue import catalogue
from theorems.errors import InputError
from theorems.model import alpha as alpha_symbol
from theorems.orders import decimal, where_negative
from theorems.regimes.dominance import (
    BOUNDS,
    hypotheses,
    missing_mass_breakpoint,
    noise_crossing,
    where_believed,
)
from theorems.regimes.quantities import QUANTITIES, tail_mass_at_one
from theorems.statement import Statement

VANISHING = ("p_{>k}", "n p_{>k}^2")
"""Quantities whose vanishing the theorems need: few tail features, one of them per sample."""


UNDECIDED = "not decided: its order in n is no rule of products and sums"


def told(range_: Set) -> str:
    """A set of alphas > 0 in words: "alpha > 2", "1 < alpha < 3/2"."""
    if range_.is_empty:
        return "nowhere"
    parts = range_.args if range_.is_Union else (range_,)
    words = []
    for part in parts:
        low, high = part.inf, part.sup
        if low == 0 and high == oo:
            words.append("all alpha")
        elif high == oo:
            words.append(f"alpha > {low}")
        elif low == 0:
            words.append(f"alpha < {high}")
        else:
            words.append(f"{low} < alpha < {high}")
    return " or ".join(words)


FARTHEST = 1e30
"""Exponents above this, or below its inverse, are refused: orders are compared as algebraic
numbers, which hold squares of exponents and are told apart up to some hundred digits."""


def require_moderate(name: str, exponent: float) -> None:
    """Refuse an exponent whose orders cannot be told apart from others; 0 is sound.

    Raises:
        InputError: with what is allowed.
    """
    if exponent and not 1 / FARTHEST <= abs(exponent) <= FARTHEST:
        allowed = f"must be of size {1 / FARTHEST:g} to {FARTHEST:g} where orders are compared"
        raise InputError(name, exponent, allowed)


def regime_table(alpha: float | None, beta_exponent: float) -> RegimeTable:
    """The document of `regimes --json`; numbers at alpha are null where none was given.

    Raises:
        InputError: as `require_moderate`.
    """
    require_moderate("beta-exponent", beta_exponent)
    if alpha is not None:
        require_moderate("alpha", alpha)
    exact = None if alpha is None else decimal(alpha)

    def at(expression: Expr) -> float | None:
        return None if exact is None else float(expression.subs(alpha_symbol, exact))

    quantities = []
    for quantity in QUANTITIES.values():
        pieces = quantity.pieces(beta_exponent)
        try:
            logarithms = str(quantity.log_exponent())
        except TypeError:
            logarithms = None
        whole = quantity.exponent()
        quantities.append(
            {
                "name": quantity.name,
                "meaning": quantity.meaning,
                "exponent": str(whole),
                "pieces": [
                    {"alpha": told(piece.range), "exponent": str(piece.exponent)}
                    for piece in pieces
                ],
                "breakpoints": [str(point) for point in quantity.breakpoints(beta_exponent)],
                "vanishes": told(where_negative(quantity.exponent_at(beta_exponent))),
                "ln_d_exponent": logarithms,
                "at_alpha": at(quantity.piecewise(beta_exponent)),
            }
        )
    bounds = [
        {
            "id": bound.id,
            "terms": {name: str(term) for name, term in bound.exponents().items()},
            "dominant": [
                {"alpha": told(range_), "term": term, "exponent": str(whole)}
                for range_, term, whole in bound.dominant(beta_exponent)
            ],
            "crossings": [str(point) for point in bound.crossings(beta_exponent)],
            "dominant_at_alpha": None
            if exact is None
            else next(
                (term for range_, term, _ in bound.dominant(beta_exponent) if exact in range_),
                "terms cross here",
            ),
        }
        for bound in BOUNDS
    ]
    held = [
        _reach(statement, beta_exponent, exact)
        for statement in catalogue.values()
        if statement.hypotheses
    ]
    harmonic, limit = tail_mass_at_one()
    return RegimeTable.model_validate(
        {
            "alpha": alpha,
            "beta_exponent": beta_exponent,
            "regime": "s fixed, n p_k = L, d proportional to n, n -> infinity",
            "thresholds": thresholds(),
            "missing_mass_breakpoints": [str(root) for root in missing_mass_breakpoint()],
            "at_alpha_1": {"tail_mass": str(harmonic), "limit_at_d_n_delta": str(limit)},
            "noise_crossing": {name: str(value) for name, value in noise_crossing().items()},
            "quantities": quantities,
            "bounds": bounds,
            "statements": held,
        }
    )


def _reach(statement: Statement, beta_exponent: float, exact: Rational | None) -> ReachRow:
    """Where a statement's hypotheses hold for all large n."""
    origin = str(statement.origin)
    try:
        where = where_believed(statement, beta_exponent)
        parts = hypotheses(statement, beta_exponent)
    except TypeError:
        # A sum over features, say, has no order by the rules of products and sums.
        return ReachRow(
            id=statement.id, origin=origin, holds_for=UNDECIDED, hypotheses=(), holds_at_alpha=None
        )
    return ReachRow(
        id=statement.id,
        origin=origin,
        holds_for=told(where),
        hypotheses=tuple(RangeOfHypothesis(text=text, holds_for=told(r)) for text, r in parts),
        holds_at_alpha=None if exact is None else bool(where.contains(exact)),
    )


def thresholds() -> list[Threshold]:
    """The alphas from which on a quantity vanishes as n grows, solved for."""
    rows = []
    for name in VANISHING:
        edge = where_negative(QUANTITIES[name].exponent()).inf
        rows.append(Threshold(quantity=name, alpha=float(edge), exact=str(edge)))
    return rows


def print_regimes(document: RegimeTable) -> None:
    """The document as tables."""
    chosen = document.alpha
    extra = () if chosen is None else (f"at alpha = {chosen:g}",)
    print_table(
        f"Powers of n: {document.regime}, b = {document.beta_exponent:g}",
        ("quantity", "power of n", "vanishes for", "power of ln d, L = ln^2 d", *extra),
        [
            (
                row.name,
                "; ".join(f"{piece.exponent} for {piece.alpha}" for piece in row.pieces),
                row.vanishes,
                row.ln_d_exponent or "–",
                *(() if chosen is None else (number(row.at_alpha),)),
            )
            for row in document.quantities
        ],
    )
    print_table(
        "Breakpoints",
        ("what happens", "alpha"),
        [
            *(
                (f"{row.quantity} vanishes above, as n grows", row.exact)
                for row in document.thresholds
            ),
            (
                "the missing mass sits at n p_i = 1 above, at i = d below (d = n^delta)",
                ", ".join(document.missing_mass_breakpoints),
            ),
            (
                f"at alpha = 1, p_(>k) = {document.at_alpha_1.tail_mass}",
                f"tends to {document.at_alpha_1.limit_at_d_n_delta}",
            ),
            *(
                (f"bias = variance: {name}", value)
                for name, value in document.noise_crossing.items()
            ),
        ],
    )
    print_table(
        "Terms of bounds",
        ("statement", "dominant term", "terms cross at", *extra),
        [
            (
                row.id,
                "; ".join(f"{part.term} for {part.alpha}" for part in row.dominant),
                ", ".join(row.crossings) or "–",
                *(() if chosen is None else (row.dominant_at_alpha,)),
            )
            for row in document.bounds
        ],
    )
    print_table(
        "Where hypotheses hold for all large n",
        ("statement", "origin", "holds for", *extra),
        [
            (
                row.id,
                row.origin,
                row.holds_for,
                *(() if chosen is None else (_yes(row.holds_at_alpha),)),
            )
            for row in document.statements
        ],
    )


def _yes(holds: bool | None) -> str:
    return "–" if holds is None else "yes" if holds else "no"

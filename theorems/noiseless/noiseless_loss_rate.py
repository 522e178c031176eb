"""Theorem 2: the order of the noiseless loss.

Statement. The noiseless test loss is at most of order p_{>k} + k ln^4 d/(n^2 p_{>k}) + ...

Checked: the power of n of these two terms, over a sweep, and the range of observed over rate; the
first term dominates for every alpha (`longtail regimes`). Left unspecified: the constant, the
remaining terms, and the size of beta*; the sweep takes beta*_i = 1.

Proof. In the paper. `noiseless-loss` bounds the loss from both sides without constants.

Source. Theorem 2 of the paper.
"""

from __future__ import annotations

from sympy import Symbol, log

from theorems.conditions import OVERPARAMETERIZED, VANISHING_TAIL
from theorems.model import d, k, mass, n, tail_mass
from theorems.noiseless.noiseless_loss import MISSING_MASS
from theorems.paper import Item, states
from theorems.statement import Comparison, Kind, Origin, Statement

SECOND_TERM = k * log(d) ** 4 / (n**2 * tail_mass)
"""What identifying the common features costs; the tail mass is the first term."""

STATEMENT = Statement(
    id="noiseless-loss-rate",
    title="Order of the noiseless loss (Theorem 2)",
    origin=Origin.PAPER,
    kind=Kind.RATE,
    quantity="expected in-distribution loss without noise, up to constants",
    symbol=Symbol("E_L"),
    text=__doc__,
    value=tail_mass + SECOND_TERM,
    observable="in_distribution_bias",
    trivial_upper=mass,
    hypotheses=(OVERPARAMETERIZED, VANISHING_TAIL),
    comparisons=(
        Comparison(
            "noiseless-loss",
            "noiseless-loss",
            MISSING_MASS,
            "the lower side, to which the loss tends",
        ),
    ),
    sharpened_by="noiseless-loss",
    at_most=True,
    paper=states(Item.THEOREM_2),
)

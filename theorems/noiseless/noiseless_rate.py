"""Theorem 3: the rate of the noiseless loss under the power law.

Statement. The expected noiseless loss is at most of order s (ln^2 d/(n s))^(1 - 1/alpha), up to
logarithms and an unspecified constant.

Checked: the power of n, by a sweep, and the range of observed over rate. Left unspecified: the
constant, the logarithms hidden in the order, how large d must be, and the size of beta*; the sweep
takes beta*_i = 1, which attains the power.

Proof. In the paper. It takes n p_k = ln^2 d in Theorem 2 and pays p_{>k}; see
`price-of-proof` for what that costs and `missing-mass-asymptotic` for the constant.

Source. Theorem 3 of the paper. The value is the rate with constant 1.
"""

from __future__ import annotations

from sympy import Symbol, log

from theorems.conditions import OVERPARAMETERIZED, STEEPER_THAN_HARMONIC
from theorems.model import alpha, d, n, s
from theorems.noiseless.missing_mass_asymptotic import VALUE as LAW
from theorems.paper import Item, states
from theorems.statement import Comparison, Kind, Origin, Statement

STATEMENT = Statement(
    id="noiseless-rate",
    title="Rate of the noiseless loss (Theorem 3)",
    origin=Origin.PAPER,
    kind=Kind.RATE,
    quantity="expected in-distribution loss without noise, up to constants",
    symbol=Symbol("E_L"),
    text=__doc__,
    value=s * (log(d) ** 2 / (n * s)) ** (1 - 1 / alpha),
    observable="in_distribution_bias",
    hypotheses=(OVERPARAMETERIZED, STEEPER_THAN_HARMONIC),
    comparisons=(
        Comparison(
            "missing-mass-asymptotic",
            "missing-mass-asymptotic",
            LAW,
            "the law with its constant, derived",
        ),
    ),
    sharpened_by="missing-mass-asymptotic",
    at_most=True,
    paper=states(Item.THEOREM_3),
)

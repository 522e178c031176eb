"""Theorem 1: the error of a feature that appears once.

Statement. The error of a feature that appears once is slightly above the noise level sigma: its
variance is of order sigma^2.

Checked: that the variance over sigma^2 stays bounded over a sweep of n, and the range in which it
does. Left unspecified: what "slightly" is, and for which features and alpha; we take those of R.

Proof. In the paper. `single-appearance-error`: the factor is 1 + h, h the leverage of the row's
other features.

Source. Theorem 1 of the paper.
"""

from __future__ import annotations

from sympy import Symbol

from theorems.conditions import NOISE, VANISHING_TAIL
from theorems.model import plain_variance, sigma
from theorems.paper import Item, states
from theorems.statement import Comparison, Kind, Origin, Statement

STATEMENT = Statement(
    id="single-appearance-rate",
    title="Order of the error of a feature seen once (Theorem 1)",
    origin=Origin.PAPER,
    kind=Kind.RATE,
    quantity="variance of the estimate of an identified feature seen once, up to constants",
    symbol=Symbol("Var_single"),
    text=__doc__,
    value=sigma**2,
    observable="single_appearance_variance",
    scale=sigma**2,
    hypotheses=(NOISE, VANISHING_TAIL),
    comparisons=(
        Comparison(
            "single-appearance-error",
            "single-appearance-error",
            sigma**2 * (1 + plain_variance),
            "to first order: with the leverage of the row's other features",
        ),
    ),
    sharpened_by="single-appearance-error",
    paper=states(Item.THEOREM_1),
)

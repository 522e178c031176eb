"""Lemma 7: most samples hold at most one long-tail feature.

Statement. Most samples hold at most one long-tail feature: with n p_k polylogarithmic, the number
of those that hold more is at most of order n p_{>k}^2.

Checked: that order, over a sweep of n. At large n few such samples are drawn, so the exponent is
that of the exact mean (`multi-tail-samples`), which the draws must contain. Left unspecified: what
"most" is, the constant, and with what probability; the order n p_{>k}^2 is how we read it, for it
tends to 0 exactly where the paper assumes alpha = 2 + c_alpha.

Proof. In the paper. 1{N >= 2} <= N (N-1)/2 gives n p_{>k}^2/2 (`multi-tail-samples`).

Source. Lemma 7 of the paper.
"""

from __future__ import annotations

from sympy import Symbol

from theorems.conditions import TAIL_IS_RANDOM, VANISHING_TAIL
from theorems.model import multi_tail, n, tail_mass
from theorems.paper import Item, states
from theorems.statement import Comparison, Kind, Origin, Statement

STATEMENT = Statement(
    id="multi-tail-samples-rate",
    title="Rate of samples with two or more tail features (Lemma 7)",
    origin=Origin.PAPER,
    kind=Kind.RATE,
    quantity="expected number of samples with two or more tail features, up to constants",
    symbol=Symbol("E_N_2"),
    text=__doc__,
    value=n * tail_mass**2,
    observable="multi_tail_samples",
    trivial_upper=n,
    hypotheses=(TAIL_IS_RANDOM, VANISHING_TAIL),
    reference=n * multi_tail,
    comparisons=(
        Comparison("multi-tail-samples", "multi-tail-samples", n * multi_tail, "the mean, exactly"),
    ),
    sharpened_by="multi-tail-samples",
    at_most=True,
    uses=("multi-tail-samples",),
    paper=states(Item.LEMMA_7),
)

"""Theorem 5: the loss on new combinations under noise.

Statement. For alpha = 2 + c_alpha the loss at new combinations of t recovered tail features is at
most of order sigma^2 t (here t = 3).

Checked: that the loss at 3 identified tail features with random signs, over 3 sigma^2, stays
bounded over a sweep of n. Left unspecified: the constant (the paper's sigma^2 t is exceeded by a
few percent where each feature was seen once), the recovered set, and the law of the combination.

Proof. In the paper. `long-tail-error` predicts the mean over the recovered tail features.

Source. Theorem 5 of the paper.
"""

from __future__ import annotations

from sympy import Integer, Symbol

from theorems.conditions import NOISE, ONE_TAIL_FEATURE
from theorems.model import sigma
from theorems.noisy.long_tail_error import STATEMENT as DERIVED
from theorems.paper import Item, states
from theorems.statement import Comparison, Kind, Origin, Statement

FEATURES = Integer(3)

STATEMENT = Statement(
    id="noisy-ood-rate",
    title="Order of the loss on new combinations under noise (Theorem 5)",
    origin=Origin.PAPER,
    kind=Kind.RATE,
    quantity="loss at 3 recovered tail features, up to constants",
    symbol=Symbol("E_ood"),
    text=__doc__,
    value=FEATURES * sigma**2,
    observable="ood_loss_3",
    scale=sigma**2,
    hypotheses=(NOISE, ONE_TAIL_FEATURE),
    comparisons=(
        Comparison(
            "long-tail-error", "long-tail-error", FEATURES * DERIVED.value, "3 such features"
        ),
    ),
    sharpened_by="long-tail-error",
    at_most=True,
    paper=states(Item.THEOREM_5),
    on_combinations=True,
)

"""Theorem 2 and 3, out of distribution, without noise.

Statement. For every distribution supported on subsets of recovered features the noiseless loss is
bounded by the same order as in distribution.

Checked: the largest loss of a test point of three identified features, over a sweep of n; it is 0
up to rounding, so that the bound holds with any constant. Left unspecified: the constant, the
recovered set (R here) and the number of features that such a test point may hold.

Proof. In the paper. `noiseless-ood`: the loss is exactly 0 on R.

Source. Theorems 2 and 3 of the paper.
"""

from __future__ import annotations

from sympy import Integer, Symbol

from theorems.conditions import OVERPARAMETERIZED, STEEPER_THAN_HARMONIC
from theorems.noiseless.noiseless_rate import STATEMENT as IN_DISTRIBUTION
from theorems.paper import Item, states
from theorems.statement import Comparison, Kind, Origin, Statement

STATEMENT = Statement(
    id="noiseless-ood-rate",
    title="Rate of the noiseless loss out of distribution (Theorems 2 and 3)",
    origin=Origin.PAPER,
    kind=Kind.RATE,
    quantity="noiseless loss on recovered features, up to constants",
    symbol=Symbol("E_ood"),
    text=__doc__,
    value=IN_DISTRIBUTION.value,
    observable="combination_loss",
    hypotheses=(OVERPARAMETERIZED, STEEPER_THAN_HARMONIC),
    comparisons=(Comparison("noiseless-ood", "noiseless-ood", Integer(0), "exactly 0"),),
    sharpened_by="noiseless-ood",
    at_most=True,
    uses=("noiseless-ood",),
    tests_solver=True,
    paper=states(Item.THEOREM_2, Item.THEOREM_3),
    on_combinations=True,
)

"""Lemma 6: how many samples use common features only.

Statement. Theta(n (1 - p_{>k})) samples use common features only; with k < n they are enough to
determine beta_{<=k}.

Checked: the number, against n (1 - p_{>k}) over a sweep of n, by its exact mean
(`common-only-samples`), which the draws must contain; the second half is no rate, and
`common-identified` bounds its failure. Left unspecified: the constants, and with what probability.
Where p_{>k} >= 1 the rate is not positive and says nothing.

Proof. In the paper. E N_0 = n (1 - q_k) exactly (`common-only-samples`), and q_k <= p_{>k}
(`tail-hit`).

Source. Lemma 6 of the paper.
"""

from __future__ import annotations

from sympy import Symbol

from theorems.conditions import VANISHING_TAIL
from theorems.model import n, tail_free, tail_mass
from theorems.paper import Item, states
from theorems.statement import Comparison, Kind, Origin, Statement

STATEMENT = Statement(
    id="common-only-samples-rate",
    title="Rate of samples of common features only (Lemma 6)",
    origin=Origin.PAPER,
    kind=Kind.RATE,
    quantity="number of training samples without a tail feature, up to constants",
    symbol=Symbol("N_0"),
    text=__doc__,
    value=n * (1 - tail_mass),
    observable="common_only_samples",
    hypotheses=(VANISHING_TAIL,),
    reference=n * tail_free,
    comparisons=(
        Comparison(
            "common-only-samples", "common-only-samples", n * tail_free, "the mean, exactly"
        ),
    ),
    sharpened_by="common-only-samples",
    uses=(
        "common-only-samples",
        "tail-hit",
    ),
    paper=states(Item.LEMMA_6),
)

"""The share of the seen features that is not recovered.

Statement. The recovered set holds a fraction 1 - Theta(max{p_k/p_{>k}, p_{>k}^2 ln^2 d}) of the
seen features.

Checked: the share of seen features that are not identifiable, R being the largest set that could
be recovered (their mean number over that of the seen ones), is at most of that order, over a sweep
of n. Left unspecified: the constant, the
recovered set itself, and for which alpha. Theta is read as "at most of order": a proof of recovery
bounds the loss from above, and two-sided it would be wrong for alpha > 2, where less is lost.

For alpha < 2 it is in doubt for large n even so. Pairs of features met only together, in one
sample, are not identifiable; there are of order n M^2 of them, M the missing mass, against n M
features seen once: a share of order M = n^-(1-1/alpha), which falls more slowly than the claimed
n^max(-1/alpha, -2(1-1/alpha)) exactly for alpha < 2. The logarithms keep the claim above 1,
hence vacuous, at every n that can be drawn there.

Proof. In the paper. `recovered-fraction` has an explicit bound and a prediction.

Source. The paper's recovered features.
"""

from __future__ import annotations

from sympy import Integer, Max, Sum, Symbol, log

from theorems.conditions import TAIL_IS_RANDOM, VANISHING_TAIL
from theorems.model import d, i, k, n, p, tail_mass
from theorems.paper import Item, states
from theorems.statement import Comparison, Kind, Origin, Statement
from theorems.structure.recovered_fraction import BY_THOSE_TOGETHER
from theorems.structure.recovered_fraction import STATEMENT as DERIVED

SEEN = Sum(1 - (1 - p[i]) ** n, (i, 1, d))

FIRST_TERM, SECOND_TERM = p[k] / tail_mass, tail_mass**2 * log(d) ** 2
"""Of the paper's maximum."""

STATEMENT = Statement(
    id="recovered-fraction-rate",
    title="Rate of the unrecovered fraction",
    origin=Origin.PAPER,
    kind=Kind.RATE,
    quantity="share of the seen features that is not recovered, up to constants",
    symbol=Symbol("unrecovered"),
    text=__doc__,
    value=Max(FIRST_TERM, SECOND_TERM),
    observable="unidentified_seen_tail",
    scale=1 / SEEN,
    control=BY_THOSE_TOGETHER,
    trivial_upper=Integer(1),
    hypotheses=(TAIL_IS_RANDOM, VANISHING_TAIL),
    comparisons=(
        Comparison(
            "recovered-fraction",
            "recovered-fraction",
            DERIVED.value / SEEN,
            "density evolution over E seen",
        ),
    ),
    sharpened_by="recovered-fraction",
    at_most=True,
    paper=states(Item.RECOVERED_FRACTION),
)

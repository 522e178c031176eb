"""For 1 < alpha < 2 more is lost than the paper's rate allows, as we read it.

Statement. For 1 < alpha < 2 the expected number of tail features that are seen but not identified,
over the expected number of seen features, is at least

    sum_{i>k} n h_i (1 - prod_{j != i} (1 - h_j))/sum_i (1 - (1-p_i)^n),    h_i = p_i (1-p_i)^(n-1),

at every n and d. For n -> infinity, with d >> (n s)^(1/alpha) and n p_k -> infinity no faster
than a power of ln n, it is (M/alpha) (1 + o(1)), M = sum_i p_i (1-p_i)^n ~ C_M c^(1/alpha)
n^-(1-1/alpha). The paper states a recovered fraction 1 - Theta(max{p_k/p_{>k}, p_{>k}^2 ln^2 d}).
That maximum is n^-min(1/alpha, 2-2/alpha) times powers of ln n and ln d, so that what is lost
exceeds it by n^min(2/alpha-1, 1-1/alpha), up to logarithms, if ln d is at most a power of ln n:
without limit. Read as a statement on means for every alpha > 1, with R the largest set that could
count as recovered, the rate is therefore false for 1 < alpha < 2; it stands untouched for alpha
>= 2, where the paper's noisy results live. The paper's text may restrict alpha or count what is
recovered in another way (its full text was not at hand): then this says nothing against it.

Proof. At every n (the lower side of `recovered-fraction`): two features that appear once each, in
the same row, have columns equal up to sign, so neither is identified. A given row holds i and no
other does with probability h_i, independently of the other columns; n rows, disjoint events.
   The limit: h_i <= p_i <= 1, and with v = n c x^-alpha sum_i h_i ~ M and sum_i (1 - (1-p_i)^n) ~
C_seen (n c)^(1/alpha), C_seen = Gamma(1-1/alpha) = alpha C_M, that is alpha n M (`constants`).
Tail features carry all but a vanishing share of sum_i h_i, since n p_k -> infinity; where n p_k
stays bounded a positive share remains, and the order with it. As max h_i <= 1/n (p (1-p)^(n-1) <=
1/n), 1 - prod_{j != i} (1 - h_j) = M (1 + o(1)). So the numerator is n M^2 (1 + o(1)), and n
M^2/(alpha n M) = M/alpha. For the paper's rate: n p_k = n c k^-alpha gives k = (c n)^(1/alpha)
times a power of ln n, p_{>k} = k p_k/(alpha-1) up to 1 + o(1), hence p_k/p_{>k} ~ (alpha-1)/k and
p_{>k}^2 ~ n^-(2-2/alpha), up to logarithms. M/n^-(1/alpha) = n^(2/alpha-1) and M/n^-(2-2/alpha) =
n^(1-1/alpha): both powers are positive for 1 < alpha < 2.

Checked: the lower side, in draws. The growth of its quotient by the paper's maximum is an
exponent, read off a sweep of n; the logarithms keep that maximum above 1, hence vacuous, at every
n that can be drawn.

Source. Ours, on the paper's recovered features.
"""

from __future__ import annotations

from sympy import Integer, Min, Symbol

from theorems.conditions import STEEPER_THAN_HARMONIC, TAIL_IS_RANDOM
from theorems.model import alpha
from theorems.paper import Item, contradicts
from theorems.statement import Comparison, Hypothesis, Kind, Origin, Statement
from theorems.structure.recovered_fraction import BY_THOSE_TOGETHER, SEEN_ONCE_TOGETHER
from theorems.structure.recovered_fraction_rate import SEEN
from theorems.structure.recovered_fraction_rate import STATEMENT as RATE

LOST = SEEN_ONCE_TOGETHER / SEEN

STATEMENT = Statement(
    id="recovered-fraction-disproof",
    title="More is lost than the paper's rate allows for 1 < alpha < 2, as we read it",
    origin=Origin.DERIVED,
    kind=Kind.LOWER,
    quantity="expected share of the seen features that is not recovered",
    symbol=Symbol("unrecovered"),
    text=__doc__,
    lower=LOST,
    observable="unidentified_seen_tail",
    scale=1 / SEEN,
    control=BY_THOSE_TOGETHER,
    trivial_upper=Integer(1),
    hypotheses=(
        TAIL_IS_RANDOM,
        STEEPER_THAN_HARMONIC,
        Hypothesis("where the rate fails: alpha < 2; margin 2 - alpha", 2 - alpha),
    ),
    comparisons=(
        Comparison(
            "recovered-fraction-rate",
            "the paper's maximum",
            RATE.value,
            "constants unspecified; above 1 it claims nothing",
        ),
        Comparison(
            "exponent",
            "power of n by which it is exceeded",
            Min(2 / alpha - 1, 1 - 1 / alpha),
            "logarithms left out",
        ),
    ),
    paper=contradicts(Item.RECOVERED_FRACTION),
)

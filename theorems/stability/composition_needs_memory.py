"""New combinations of what was seen once need memory of each part.

Statement. Let t features be private to t distinct training samples, each seen once and nowhere
else, and let a test point hold all t of them and nothing besides. Averaged over fair signs of the
test point and of beta*, every delta-stable learner (`stability-price`), of whatever kind, has

    E (f(x) - <beta*, x>)^2 >= (1 - delta) sum of beta_j^2 over the t features.

It is attained: there is a learner with equality where each private sample holds nothing else, or
nothing else that is unknown. Nothing composes that was not memorized part by part, and what is
memorized with probability delta composes with the error of each part and no more.
   For one fixed pattern of signs of the test point, at least
(sum beta_j^2 - delta (sum |beta_j|)^2)_+, which is t b^2 (1 - t delta)_+ where all |beta_j| = b;
whether that is tight for t > 1 is open.

Proof. Over the 2^t signs of the test point the coordinates x_j are orthonormal: by Bessel's
inequality the mean of (f(x) - <beta*, x>)^2 is at least sum_j (f_j - beta*_j)^2, f_j the mean of
f(x) x_j. The two signs of beta*_j change the label of one sample; steps (2) and (3) of
`stability-price` with T = 1 give E (f_j - beta*_j)^2 >= beta_j^2 (1 - delta). Sum over j.
   Attained: reveal each label with probability delta, independently, and predict the sum of
x_j times the known beta*_j, the label itself up to sign. It is delta-stable (couple what is
revealed), and f_j - beta*_j is 0 with probability delta, -beta*_j else.
   Fixed signs: let s_j = sign(beta*_j) x_j, fair and independent, and F = E f^2. Then E (f -
sum_j |beta_j| s_j)^2 = F - 2 sum_j |beta_j| E[s_j f] + sum beta_j^2, and E[s_j f] is half the
difference of the means of f in two worlds that differ in one label. For laws P, Q of f there,
|int f d(P-Q)| <= (int f^2 d|P-Q|)^(1/2) (|P-Q|(1))^(1/2) <= (int f^2 d(P+Q))^(1/2) (2
delta)^(1/2), so E[s_j f] <= (delta F)^(1/2) by averaging with Jensen's inequality. Minimize over
F >= 0: at F^(1/2) = delta^(1/2) sum |beta_j|.

Checked: the subsample of `subsampled-loss` at delta = 1/2, at one private feature of each sample
that has one, all together. The loss is over sum beta_j^2. What is above 1 - delta is samples that
were kept while something else in them remained unknown.

Source. Ours. The paper composes what the minimum-norm solution has memorized in full, delta = 1.
"""

from __future__ import annotations

from sympy import Expr, Integer, Max, Symbol

from theorems.model import COMBINED, STABILITY, stability, t
from theorems.stability.stability_law import AT_MOST_ONE
from theorems.statement import Comparison, Control, Kind, Origin, Statement


def fixed_signs(squares: Expr, square_of_sum: Expr) -> Expr:
    """The bound at one pattern of signs, in the units of beta^2.

    Args:
        squares: sum of beta_j^2.
        square_of_sum: (sum |beta_j|)^2.
    """
    return Max(Integer(0), squares - stability * square_of_sum)


STATEMENT = Statement(
    id="composition-needs-memory",
    title="Composition needs memory",
    origin=Origin.DERIVED,
    kind=Kind.LOWER,
    quantity="loss of any delta-stable learner at a new combination of private features, "
    "over the sum of their beta_j^2",
    symbol=Symbol("E_L_composed"),
    text=__doc__,
    lower=1 - stability,
    observable="composition_loss_share",
    control=Control("composition_dropped_share", 1 - stability),
    trivial_upper=Integer(1),
    extra=(STABILITY, COMBINED),
    hypotheses=(AT_MOST_ONE,),
    uses=("stability-price",),
    comparisons=(
        Comparison(
            "fixed-signs",
            "one pattern of signs, t equal coefficients",
            fixed_signs(Integer(1), t),
            "a weaker bound, for each test point alone",
        ),
    ),
    on_combinations=True,
)

"""Two-sided noiseless loss without k, for any frequencies.

Statement. For sigma = 0 and any p and beta*,

    M + S <= E L <= M + sum_i gamma_i (U_i(n) - (1-p_i)^n)

with M = sum_i p_i beta_i^2 (1-p_i)^n the missing mass, S what features lose that share the only
row that they are in, and U_i(n) of the cavity recursion. Where coefficients fall with frequencies

    S = n sum_i h_i p_i { beta_i^2 E[(K_i/(K_i+1))^2] + sum_{j != i} h_j beta_j^2 E (K_ij+2)^-2 },

h_i = p_i (1-p_i)^(n-1) the chance of being in one given row and in no other, K_i and K_ij the
number of others that are, and gamma_i = p_i beta_i^2, so that the upper side is
sum_i p_i beta_i^2 U_i(n). It needs no k, no pi_k and no power law.

Proof. U_i(m) bounds D_i(m) = E(1 - P_ii) with m rows. Let O be the rows without i and z_l the rest
of the l-th row that holds i. x_li e_i + (I-P_O) z_l lies in the row space and e_i is orthogonal to
(I-P_O) z_l, so for all weights w that the supports decide (I-P)_ii <= (1 - sum w)^2 +
||sum_l w_l x_li (I-P_O) z_l||^2. The fair signs of z_l remove the cross terms, and
E||(I-P_O) z_l||^2 = sum_{j in S_l} E(I-P_O)_jj <= nu_l = sum_{j in S_l} U_j(m - T), because
deleting a column lowers D_j, D_j falls with m, and by induction. The best w, proportional to
1/nu_l, gives E 1/(1 + sum_{l <= T} 1/nu_l), T ~ Bin(m, p_i). Starting from (I-P_B) e_i, B the
first m - a rows, gives the same with 1/U_i(m - a) in place of the 1 and T ~ Bin(a, p_i). For T = 1
x/(1+x) is concave. Every rounding of the laws of nu_l, of T and of m goes upward. From D_i to the
loss leads the rearrangement of `noiseless-loss-sharp`; for coefficients that do not fall with p,
gamma_i = p_i max_{j >= i} beta_j^2, or beta_i^2 max{p_j : beta_j^2 <= beta_i^2}, whichever is less
in sum. The lower side: unseen features contribute M; on g features private to one row, of signs x
there, I-P is I - t x x' with 0 <= t <= 1/g, and `flip-identity` gives their loss as a function of
t, which is least at t = 1/g.
   The steps in full, and the classes and grids that round outward, stand in
`theorems.evolution.cavity`, `cavity_recursion` and `cavity_lower`.

Source. Ours.
"""

from __future__ import annotations

from sympy import Symbol

from theorems.expressions import Cavity
from theorems.model import beta, d, n, p
from theorems.noiseless.noiseless_loss import MISSING_MASS
from theorems.noiseless.noiseless_loss_sharp import ENERGY
from theorems.paper import Item, sharpens
from theorems.statement import Comparison, Control, Kind, Origin, Statement


def _side(name: str) -> Cavity:
    return Cavity(Symbol(name), p, beta, n, d)


def upper_side() -> Cavity:
    """The expression of the upper side, for what rests on it."""
    return _side("upper")


STATEMENT = Statement(
    id="noiseless-loss-cavity",
    title="Two-sided noiseless loss without k",
    origin=Origin.DERIVED,
    kind=Kind.TWO_SIDED,
    quantity="expected in-distribution loss without noise",
    symbol=Symbol("E_L"),
    text=__doc__,
    lower=_side("lower"),
    upper=upper_side(),
    observable="in_distribution_bias",
    control=Control("missing_mass", MISSING_MASS),
    trivial_upper=ENERGY,
    uses=("flip-identity", "noiseless-loss-sharp"),
    comparisons=(
        Comparison(
            "missing-mass", "missing mass", MISSING_MASS, "what an unseen feature costs any learner"
        ),
    ),
    paper=sharpens(Item.THEOREM_2, Item.THEOREM_3),
)

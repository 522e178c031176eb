"""How far the noiseless loss is above the missing mass.

Statement. For beta* = 1 and alpha > 1, M the missing mass,

    (E L - M)/M^2 -> (1 - 1/alpha)/2  as n -> infinity, d = infinity.

Evaluated is M + (1 - 1/alpha) M^2/2 at finite n and d. Its accuracy is M^2, the order of the next
term relative to the loss where that has a constant of about one, how far the limit is from what it
stands for, J = (n/2) sum_i p_i^2 (1-p_i)^(n-1) M, and how far the proved upper side U of
`noiseless-loss-cavity` is above M + J: features seen twice and more that nothing identifies, as
where a sample holds more common features than there are samples.

Proof. Of the limit: in `theorems.evolution.cavity`, both halves, the upper one by the cavity bound
of `noiseless-loss-cavity`. Half of the pairs of features that
are seen in one row alone, the same one, is what the minimum-norm solution loses beyond M. The
accuracy upward is proved, since E L <= U. That the loss is not further below is a heuristic; it
is never below M.

Source. Ours.
"""

from __future__ import annotations

from sympy import Abs, Integer, Max, Sum, Symbol

from theorems.conditions import STEEPER_THAN_HARMONIC
from theorems.model import alpha, b, d, i, n, p
from theorems.noiseless.noiseless_loss import MISSING_MASS, UNSEEN_MASS
from theorems.noiseless.noiseless_loss_cavity import STATEMENT as CAVITY
from theorems.noiseless.noiseless_loss_sharp import ENERGY
from theorems.statement import Control, Hypothesis, Kind, Origin, Statement

LIMIT = (1 - 1 / alpha) / 2 * UNSEEN_MASS**2
PAIRS = n * Sum(p[i] ** 2 * (1 - p[i]) ** (n - 1), (i, 1, d)) / 2 * UNSEEN_MASS
"""What the limit stands for at finite n and d."""
UNIDENTIFIED = Max(Integer(0), CAVITY.upper - UNSEEN_MASS - PAIRS)

STATEMENT = Statement(
    id="noiseless-second-order",
    title="Second order of the noiseless loss",
    origin=Origin.PREDICTED,
    kind=Kind.PREDICTION,
    quantity="expected in-distribution loss without noise",
    symbol=Symbol("E_L"),
    text=__doc__,
    value=UNSEEN_MASS + LIMIT,
    accuracy=UNSEEN_MASS**2 + (Abs(PAIRS - LIMIT) + UNIDENTIFIED) / UNSEEN_MASS,
    observable="in_distribution_bias",
    control=Control("missing_mass", MISSING_MASS),
    trivial_upper=ENERGY,
    uses=("noiseless-loss-cavity",),
    hypotheses=(
        STEEPER_THAN_HARMONIC,
        Hypothesis("coefficients are equal: b = 0; margin -|b|", -abs(b), weak=True),
    ),
)

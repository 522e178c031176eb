"""What the paper's proof of the noiseless rate pays over the exact law.

Statement. With n p_k = ln^2 d, for b = 0 and alpha > 1, the tail mass p_{>k} that the
paper's Theorem 3 pays exceeds the exact asymptotic law of the loss by the factor
alpha (ln d)^(2 (1 - 1/alpha)) / ((alpha - 1) Gamma(1 - 1/alpha)).

Proof. n p_k = n c k^-alpha = ln^2 d gives k = (n c/ln^2 d)^(1/alpha), and
p_{>k} ~ c k^(1-alpha)/(alpha - 1) = (ln^2 d/n) k/(alpha - 1) for d >> k. The law
(`missing-mass-asymptotic` at b = 0) is (n c)^(1/alpha) Gamma(1 - 1/alpha)/(alpha n). Divide.
   Accuracy, against the finite sums at this n and d. x^-alpha decreases, so the exact tail mass
lies between its integrals over [k+1, d+1] and over [k, d]: below c k^(1-alpha)/(alpha - 1), by a
factor of F = k^(1-alpha)/((k+1)^(1-alpha) - (d+1)^(1-alpha)) at most. The missing mass is the
incomplete law within its accuracy A, and the complete one is larger by the factor G =
Gamma/Gamma(., n c d^-alpha). So exact over value lies between 1/(F (1 + A)) and G/(1 - A), if A <
1.

Source. Ours.
"""

from __future__ import annotations

from sympy import Integer, Max, Symbol, gamma, log, zeta

from theorems.conditions import OVERPARAMETERIZED, STEEPER_THAN_HARMONIC
from theorems.model import alpha, b, c, d, n
from theorems.noiseless.missing_mass_asymptotic import ACCURACY as LAW_ACCURACY
from theorems.noiseless.missing_mass_asymptotic import FOUR_SAMPLES, PARTIAL_GAMMA, SHAPE
from theorems.noiseless.noiseless_loss import UNSEEN_MASS
from theorems.statement import Hypothesis, Kind, Origin, Statement

PRICE_FACTOR = alpha / ((alpha - 1) * gamma(1 - 1 / alpha))
"""What the price is without its logarithms."""

LAST = (n * c / log(d) ** 2) ** (1 / alpha)
EXACT = c * (zeta(alpha, LAST + 1) - zeta(alpha, d + 1)) / UNSEEN_MASS

TAIL_FACTOR = LAST ** (1 - alpha) / ((LAST + 1) ** (1 - alpha) - (d + 1) ** (1 - alpha))
COMPLETED = (gamma(SHAPE) / PARTIAL_GAMMA).subs(b, 0)
LAW = LAW_ACCURACY.subs(b, 0)

STATEMENT = Statement(
    id="price-of-proof",
    title="The price of the proof",
    origin=Origin.DERIVED,
    kind=Kind.PREDICTION,
    quantity="the paper's bound over the exact law of the noiseless loss",
    symbol=Symbol("price"),
    text=__doc__,
    value=PRICE_FACTOR * log(d) ** (2 * (1 - 1 / alpha)),
    accuracy=Max(1 - 1 / (TAIL_FACTOR * (1 + LAW)), COMPLETED / (1 - LAW) - 1),
    reference=EXACT,
    hypotheses=(
        OVERPARAMETERIZED,
        STEEPER_THAN_HARMONIC,
        Hypothesis("some feature has n p_k >= ln^2 d; margin k - 1", LAST - Integer(1), weak=True),
        Hypothesis("some feature has n p_k < ln^2 d; margin d - k", d - LAST),
        FOUR_SAMPLES,
        Hypothesis("the law of the missing mass is accurate here: A < 1; margin 1 - A", 1 - LAW),
    ),
    uses=("missing-mass-asymptotic",),
)

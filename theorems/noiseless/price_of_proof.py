"""What the paper's proof of the noiseless rate pays over the exact law.

Statement. With n p_k = ln^2 d, for b = 0 and alpha > 1, the tail mass p_{>k} that the
paper's Theorem 3 pays exceeds the exact asymptotic law of the loss by the factor
alpha (ln d)^(2 (1 - 1/alpha)) / ((alpha - 1) Gamma(1 - 1/alpha)).

Proof. n p_k = n c k^-alpha = ln^2 d gives k = (n c/ln^2 d)^(1/alpha), and
p_{>k} ~ c k^(1-alpha)/(alpha - 1) = (ln^2 d/n) k/(alpha - 1) for d >> k. The law
(`missing-mass-asymptotic` at b = 0) is (n c)^(1/alpha) Gamma(1 - 1/alpha)/(alpha n). Divide.
Against the finite sums at this n and d four factors are neglected: an integral for the tail
sum, 1 + alpha/k at most; its part beyond d, 1/(1 - (k/d)^(alpha-1)); the complete for the
incomplete Gamma function; and the accuracy of the law.

Source. Ours.
"""

from __future__ import annotations

from sympy import Sum, Symbol, gamma, log, zeta

from theorems.conditions import OVERPARAMETERIZED, STEEPER_THAN_HARMONIC
from theorems.model import alpha, b, c, d, i, n, p
from theorems.noiseless.missing_mass_asymptotic import ACCURACY as LAW_ACCURACY
from theorems.noiseless.missing_mass_asymptotic import PARTIAL_GAMMA, SHAPE
from theorems.statement import Hypothesis, Kind, Origin, Statement

LAST = (n * c / log(d) ** 2) ** (1 / alpha)
EXACT = c * (zeta(alpha, LAST + 1) - zeta(alpha, d + 1)) / Sum(p[i] * (1 - p[i]) ** n, (i, 1, d))

STATEMENT = Statement(
    id="price-of-proof",
    title="The price of the proof",
    origin=Origin.DERIVED,
    kind=Kind.PREDICTION,
    quantity="the paper's bound over the exact law of the noiseless loss",
    symbol=Symbol("price"),
    text=__doc__,
    value=alpha * log(d) ** (2 * (1 - 1 / alpha)) / ((alpha - 1) * gamma(1 - 1 / alpha)),
    accuracy=(1 + alpha / LAST)
    / (1 - (LAST / d) ** (alpha - 1))
    * (gamma(SHAPE) / PARTIAL_GAMMA).subs(b, 0)
    * (1 + LAW_ACCURACY.subs(b, 0))
    - 1,
    reference=EXACT,
    hypotheses=(
        OVERPARAMETERIZED,
        STEEPER_THAN_HARMONIC,
        Hypothesis("some feature has n p_k >= ln^2 d; margin k - 1", LAST - 1, weak=True),
        Hypothesis("some feature has n p_k < ln^2 d; margin d - k", d - LAST),
    ),
    uses=("missing-mass-asymptotic",),
)

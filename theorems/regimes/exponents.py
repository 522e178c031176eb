"""The tail mass as a power of n, from which the regimes follow.

Statement. With n p_k = L, alpha > 1, p_k < 1 and p_i = c i^-alpha from k on,

    p_{>k} = c^(1/alpha) (L/n)^(1 - 1/alpha)/(alpha - 1),

up to the accuracy shown: k ~ (n c/L)^(1/alpha) has exponent 1/alpha in n, p_{>k} and k/n have
-(1 - 1/alpha), and n p_{>k}^2 has 2/alpha - 1, negative iff alpha > 2. All other exponents
(`longtail regimes`) are sums and multiples of these two.

Proof. n p_k = n c k^-alpha = L, which a certain feature would not obey, gives
k = (n c/L)^(1/alpha). x^-alpha decreases, so p_{>k} lies between c int_{k+1}^{d+1} x^-alpha dx
and c int_k^d x^-alpha dx (`tail-mass`); the value is c int_k^oo x^-alpha dx =
c k^(1-alpha)/(alpha - 1), which is above both. The accuracy is what the lower integral misses of
it: about (alpha - 1)/k + (k/d)^(alpha-1), which vanishes as n grows iff alpha > 1.

Source. Ours; the paper states the consequences, alpha = 2 + c_alpha among them.
"""

from __future__ import annotations

from sympy import Symbol

from theorems.conditions import STEEPER_THAN_HARMONIC
from theorems.model import alpha, c, d, k, n, p, tail_mass
from theorems.statement import Hypothesis, Kind, Origin, Statement

APPEARANCES = n * p[k]

NOT_CAPPED = Hypothesis("feature k is not certain: p_k < 1, so that p_k = c k^-alpha", 1 - p[k])

STATEMENT = Statement(
    id="exponents",
    title="Exponents of the regimes",
    origin=Origin.DERIVED,
    kind=Kind.PREDICTION,
    quantity="expected number of tail features of a sample, as a power of n",
    symbol=Symbol("p_tail"),
    text=__doc__,
    value=c ** (1 / alpha) * (APPEARANCES / n) ** (1 - 1 / alpha) / (alpha - 1),
    accuracy=1 - ((k + 1) ** (1 - alpha) - (d + 1) ** (1 - alpha)) / k ** (1 - alpha),
    reference=tail_mass,
    hypotheses=(STEEPER_THAN_HARMONIC, NOT_CAPPED),
    uses=("tail-mass",),
)

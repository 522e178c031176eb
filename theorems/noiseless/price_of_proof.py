"""What the paper's proof of the noiseless rate pays over the exact law.

Statement. With n p_k = ln^2 d, for b = 0 and alpha > 1, the tail mass p_{>k} that the
paper's Theorem 3 pays exceeds the exact asymptotic law of the loss by the factor
alpha (ln d)^(2 (1 - 1/alpha)) / ((alpha - 1) Gamma(1 - 1/alpha)).

Proof. n p_k = n c k^-alpha = ln^2 d gives k = (n c/ln^2 d)^(1/alpha), and
p_{>k} ~ c k^(1-alpha)/(alpha - 1) = (ln^2 d/n) k/(alpha - 1) for d >> k. The law
(`missing-mass-asymptotic` at b = 0) is (n c)^(1/alpha) Gamma(1 - 1/alpha)/(alpha n). Divide.

Source. Ours.
"""

from __future__ import annotations

from sympy import Symbol, gamma, log

from theorems.conditions import OVERPARAMETERIZED, STEEPER_THAN_HARMONIC
from theorems.model import alpha, d
from theorems.statement import Kind, Origin, Statement

STATEMENT = Statement(
    id="price-of-proof",
    title="The price of the proof",
    origin=Origin.DERIVED,
    kind=Kind.IDENTITY,
    quantity="the paper's bound over the exact law of the noiseless loss",
    symbol=Symbol("price"),
    text=__doc__,
    value=alpha * log(d) ** (2 * (1 - 1 / alpha)) / ((alpha - 1) * gamma(1 - 1 / alpha)),
    hypotheses=(OVERPARAMETERIZED, STEEPER_THAN_HARMONIC),
)

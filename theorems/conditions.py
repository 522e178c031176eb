"""Hypotheses that several statements share."""

from __future__ import annotations

from sympy import Integer, log

from theorems.model import alpha, d, evolution, k, n, p, sigma
from theorems.orders import exponent
from theorems.statement import Hypothesis

TAIL_IS_RANDOM = Hypothesis("no tail feature is certain: p_(k+1) < 1", 1 - p[k + 1])

OVERPARAMETERIZED = Hypothesis(
    "overparameterized: d >> n, of which d > n is checked; margin ln(d/n)", log(d / n)
)

STEEPER_THAN_HARMONIC = Hypothesis("power law with alpha > 1; margin alpha - 1", alpha - 1)

NOISE = Hypothesis("labels are noisy: sigma > 0", sigma)

_TAIL_MASS = (n ** (1 / alpha)) ** (1 - alpha)
"""k^(1-alpha) at n k^-alpha = 1: the order of p_{>k} for alpha > 1, constants left out."""

ONE_TAIL_FEATURE = Hypothesis(
    "for large n no sample holds two tail features: n p_{>k}^2 -> 0; margin minus its power of n",
    -exponent(n * _TAIL_MASS**2),
)

VANISHING_TAIL = Hypothesis(
    "for large n samples are tail-free: p_{>k} -> 0; margin minus its power of n",
    -exponent(_TAIL_MASS),
)

INFORMATIVE_ROWS = Hypothesis(
    "rows enough that determine a feature: n E Y >= 20; margin n E Y - 20",
    n * evolution("mean_precision") - Integer(20),
    weak=True,
)
"""The recursion of `variance-evolution` differs from a finite design by a relative O(1/(n E Y)).

Peeling needs it too: in a design so dense that nothing is determined each feature still has rows
whose others "are determined by other rows", round in a circle, and w is near 1 while E Y is 0."""

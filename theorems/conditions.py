"""Hypotheses that several statements share."""

from __future__ import annotations

from sympy import log

from theorems.model import alpha, d, k, n, p, sigma
from theorems.statement import Hypothesis

TAIL_IS_RANDOM = Hypothesis("no tail feature is certain: p_(k+1) < 1", 1 - p[k + 1])

OVERPARAMETERIZED = Hypothesis(
    "overparameterized: d >> n, of which d > n is checked; margin ln(d/n)", log(d / n)
)

STEEPER_THAN_HARMONIC = Hypothesis("power law with alpha > 1; margin alpha - 1", alpha - 1)

NOISE = Hypothesis("labels are noisy: sigma > 0", sigma)

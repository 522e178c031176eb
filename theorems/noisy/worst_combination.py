"""The worst combination of identified features, chosen with the errors in sight.

Statement. Let x have entries +-1 at t identified features, chosen after training so that the loss
is largest: it is (sum of the t largest |Delta_i|)^2 over R. If at least t features of R were seen
once, then averaged over the label noise it is at least

    sigma^2 t (1 + (t-1) 2/pi).

It is of order t^2, not t: "loss <= sigma^2 t for t-feature combinations" (Theorem 5) speaks of
combinations fixed before training, or of random signs, as we read it. With N such features in
play the worst is larger still, near t^2 2 ln N.

Proof. Given X, Delta = X^+ xi on R is Gaussian. Take any t features of R seen once: their
variances are at least sigma^2 (`feature-variance`, T_i = 1). The worst loss is at least (sum of
their |Delta_i|)^2 = sum Delta_i^2 + sum_{i != j} |Delta_i Delta_j|. For centred Gaussians of
correlation r, E|Delta_i Delta_j| = (2/pi) (sqrt(1-r^2) + r arcsin r) sd_i sd_j, even in r and
with derivative arcsin r >= 0 for r >= 0, so at least (2/pi) sd_i sd_j >= (2/pi) sigma^2.

Checked: the worst 3 among the identified features that were seen once, in draws that have 3; over
all of R it can only be larger.

Source. Ours.
"""

from __future__ import annotations

from sympy import Sum, Symbol, erfinv, pi

from theorems.conditions import NOISE
from theorems.model import COMBINED, d, i, n, p, sigma, t
from theorems.statement import Comparison, Kind, Origin, Statement

SEEN_ONCE = Sum(n * p[i] * (1 - p[i]) ** (n - 1), (i, 1, d))

STATEMENT = Statement(
    id="worst-combination",
    title="The worst combination of identified features",
    origin=Origin.DERIVED,
    kind=Kind.LOWER,
    quantity="loss at the worst combination of t identified features seen once",
    symbol=Symbol("E_L_worst"),
    text=__doc__,
    lower=sigma**2 * t * (1 + (t - 1) * 2 / pi),
    observable="worst_single",
    scale=sigma**2,
    hypotheses=(NOISE,),
    extra=(COMBINED,),
    uses=("feature-variance",),
    comparisons=(
        Comparison("fixed", "a combination fixed before training", sigma**2 * t, "its lower side"),
        Comparison(
            "extreme-values",
            "t times the largest of N Gaussians",
            2 * sigma**2 * t**2 * erfinv(1 - 1 / (1 + SEEN_ONCE)) ** 2,
            "heuristic: N features seen once, independent errors of variance sigma^2",
        ),
    ),
    on_combinations=True,
)

"""What it costs to memorize everything, noise included.

Statement. With coefficients N(0, tau^2) and lambda = sigma^2/tau^2 the minimum-norm solution has
the risk E L/tau^2 = sum_i p_i E(1 - P_ii) + lambda V, V of `noisy-loss`. Over the floor
sum_i p_i E[lambda/(T_i + lambda)] of every estimator (`bayes-floor`) this is predicted to be

    [sum_i p_i (1-p_i)^n + lambda V_0]/sum_i p_i E[lambda/(T_i + lambda)],

V_0 = sum_i p_i E[1{T_i >= 1}/T_i]. It is 1 as lambda -> 0 and grows with lambda: memorizing
everything is nearly the best there is as long as a label says more of its rare feature than of
its noise, and wasteful beyond. Proved is that it is at least
[sum_i p_i (1-p_i)^n + lambda V_lower]/floor, V_lower of `noisy-loss`.

Proof. The risk averages the loss over the prior: Delta = -(I-P) beta* + X^+ xi has
E Delta_i^2 = tau^2 (I-P)_ii + sigma^2 [(X'X)^+]_ii, the square of a projector being itself. An
unseen feature has P_ii = 0. V >= V_lower is proved in `noisy-loss`.
   (The prediction is heuristic.) It takes the missing mass for the first part and V_0 for V, with
the accuracy 2 V_0 of `noisy-loss`: seen features that are not identified and the errors of a row's
other features are of that relative order.

Source. Ours.
"""

from __future__ import annotations

from sympy import Symbol

from theorems.conditions import TAIL_IS_RANDOM
from theorems.model import NOISE_TO_SIGNAL, penalty, plain_variance
from theorems.noiseless.noiseless_loss import UNSEEN_MASS
from theorems.noisy.noisy_loss import FIRST_ORDER, LEAST_VARIANCE
from theorems.stability.bayes_floor import FLOOR, NOISY_PRIOR, SHARED
from theorems.statement import Comparison, Control, Kind, Origin, Statement

PLAIN_RISK = UNSEEN_MASS + penalty * plain_variance

STATEMENT = Statement(
    id="price-of-memorizing",
    title="The price of memorizing everything",
    origin=Origin.PREDICTED,
    kind=Kind.PREDICTION,
    quantity="risk of the minimum-norm solution over the floor of every estimator",
    symbol=Symbol("price_memorizing"),
    text=__doc__,
    lower=(UNSEEN_MASS + penalty * LEAST_VARIANCE) / FLOOR,
    value=PLAIN_RISK / FLOOR,
    accuracy=2 * plain_variance,
    observable="memorizing_risk",
    scale=1 / FLOOR,
    control=Control("unseen_mass", UNSEEN_MASS),
    hypotheses=(TAIL_IS_RANDOM, FIRST_ORDER, NOISY_PRIOR),
    extra=(NOISE_TO_SIGNAL,),
    uses=("bayes-floor", "noisy-loss"),
    comparisons=(
        Comparison(
            "sharpened-floor",
            "over the sharper floor",
            PLAIN_RISK / (FLOOR + SHARED),
            "with features that share their only sample",
        ),
    ),
)

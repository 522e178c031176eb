"""The variance factor of the minimum-norm solution is no less, for any frequencies.

Statement. V = sum_i p_i E[(X'X)^+]_ii is at least

    sum_i p_i max{sum_{t>=1} P(T_i = t) (1 - c_t)^2/t, (1 - U_i(n))^2/(n p_i)},

T_i ~ Bin(n, p_i), c_t and U_i(n) the cavity bounds on E(1 - P_ii) of `noiseless-loss-cavity`, given
T_i = t and on average; and at least V_lambda, hence the chords of `ridge-variance` from 0 to any
mu. Evaluated is the largest of the first and of those to mu = 1/10 and 1/2. It holds for every
alpha. No upper side of E V that is of use is known at lambda = 0: rare nearly singular X could
carry it (the obstacle is told below).

Proof. (X'X)^+ has P for its range projector, so by Cauchy and Schwarz P_ii^2 <= [(X'X)^+]_ii
[X'X]_ii, and [X'X]_ii = T_i. Given T_i = t, E P_ii^2 >= (E P_ii)^2 >= (1 - c_t)^2. And, P_ii being
0 where T_i = 0, (E P_ii)^2 <= E[P_ii^2/T_i] E T_i. V_lambda falls with lambda, from V at 0.
   The obstacle to an upper side. Let mu have the mass p_i v_i^2, on average over X, at each
eigenvalue x of X'X of unit vector v, for each i. Then F(lambda) = int lambda/(x + lambda) dmu,
and V, its slope at 0, is int_{x>0} dmu/x. Brackets of F at some lambda, of width eps, leave room
for a mass eps at x = eps^2: it moves every F(lambda) by eps at most, and V by 1/eps. What is
wanted is mu((0, t]) <= C t^(1+a) for all t, with a > 0 and C explicit: small eigenvalues are
rare for sparse sign matrices. Of all integer matrices it is known that the non-zero x have a
product, a sum of squared minors, of 1 or more. So E V is finite; but that bounds 1/x by a
product of up to n - 1 eigenvalues.

Source. Ours.
"""

from __future__ import annotations

from sympy import Symbol

from theorems.expressions import Cavity
from theorems.model import beta, d, n, p, plain_variance
from theorems.noisy.noisy_loss import LEAST_VARIANCE
from theorems.statement import Comparison, Kind, Origin, Statement

STATEMENT = Statement(
    id="minimum-norm-variance",
    title="Least variance factor of the minimum-norm solution",
    origin=Origin.DERIVED,
    kind=Kind.LOWER,
    quantity="variance factor, sum_i p_i [(X'X)^+]_ii",
    symbol=Symbol("V"),
    text=__doc__,
    lower=Cavity(Symbol("minimum_norm_variance_lower"), p, beta, n, d),
    observable="variance_factor",
    uses=("noiseless-loss-cavity", "ridge-variance"),
    comparisons=(
        Comparison("with-k", "with k and pi_k", LEAST_VARIANCE, "lower side of `noisy-loss`"),
        Comparison("first-order", "first order, V_0", plain_variance, "what `noisy-loss` predicts"),
    ),
)

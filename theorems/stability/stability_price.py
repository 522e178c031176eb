"""Whoever is kept from memorizing pays for it: a bound for learners of every kind.

Statement. The signs of beta*_i are fair and independent, |beta*_i| given. A learner maps the
training set (X, y) to a random predictor f of any kind: linear or not, a network, a private
training. Call it delta-stable if for any two training sets that differ in one label, by
2 max |beta*_i| at most, the laws of f are within delta in total variation. Then, averaged over
the signs and for any law of the label noise,

    E L >= sum_i p_i beta_i^2 E[(1 - delta T_i)_+],    T_i ~ Bin(n, p_i),

L = E_x (f(x) - <beta*, x>)^2. delta = 1 admits every learner, interpolation included, and leaves
the missing mass; delta = 0 ignores labels and leaves all of sum_i p_i beta_i^2. The bound falls
with delta. Feldman's memorization score of a sample, read as the change of a probability when it
is given another label rather than left out, is at most delta for a delta-stable learner.

Proof. (1) Bessel's inequality: the coordinates of a test point are independent and centred, so
x_i/sqrt(p_i) are orthonormal and E_x (f(x) - <beta*, x>)^2 >= sum_i p_i (f_i - beta*_i)^2 with
f_i = E_x[f(x) x_i]/p_i, a function of f (features with p_i = 0 drop out; if f is not square
integrable L is infinite).
   (2) Fix X, the noise, i and the signs of the other coefficients. The two signs of beta*_i give
two label vectors that differ in the T_i rows that hold i, each label by 2 |beta*_i|. Change these
labels one at a time: by the triangle inequality the laws P+ and P- of f, hence those of f_i, are
within min(1, delta T_i).
   (3) Two points (Le Cam): with b = |beta*_i|, (z - b)^2 + (z + b)^2 >= 2 b^2, so the mean of the
two risks is at least (1/2) int [(z-b)^2 + (z+b)^2] d min(P+, P-) >= b^2 (1 - TV(P+, P-)) >=
b^2 (1 - delta T_i)_+. Average over X, the noise and the other signs, weigh by p_i and sum.

   It is attained where no two features meet in a sample, so in all generality for d = 1: for each
seen feature read off, with probability min(1, delta T_i), one of its T_i labels, drawn at random,
and predict 0 for it otherwise. One label then has the influence min(delta, 1/T_i).

Checked: the minimum-norm solution of a subsample that keeps each sample with probability delta,
a delta-stable learner (`subsampled-loss`), at delta = 1/2. Its loss has the same law for every
pattern of signs, since flipping a column of X and the sign of its coefficient changes no label.

Source. Ours; the two-point method is Le Cam's, the score Feldman's (2020).
"""

from __future__ import annotations

from sympy import Integer, Max, Sum, Symbol

from theorems.binomial_expectation import BinomialExpectation
from theorems.model import STABILITY, beta, d, i, n, p, stability
from theorems.noiseless.noiseless_loss import MISSING_MASS
from theorems.noiseless.noiseless_loss_sharp import ENERGY
from theorems.statement import Comparison, Control, Kind, Origin, Statement
from theorems.trust import Step

T = Symbol("T", integer=True, nonnegative=True)

FORGOTTEN = BinomialExpectation(Max(Integer(0), 1 - stability * T), T, n, p[i])
"""E[(1 - delta T_i)_+], the share of beta_i^2 that is lost."""

BOUND = Sum(p[i] * beta[i] ** 2 * FORGOTTEN, (i, 1, d))

SUBSAMPLED_MISSING_MASS = Sum(p[i] * beta[i] ** 2 * (1 - stability * p[i]) ** n, (i, 1, d))
"""Mean missing mass of a subsample that keeps each sample with probability delta."""

STATEMENT = Statement(
    id="stability-price",
    title="The price of not memorizing",
    origin=Origin.DERIVED,
    kind=Kind.LOWER,
    quantity="expected loss of any delta-stable learner, averaged over the signs of beta*",
    symbol=Symbol("E_L_stable"),
    text=__doc__,
    lower=BOUND,
    observable="subsampled_loss",
    control=Control("subsampled_missing_mass", SUBSAMPLED_MISSING_MASS),
    trivial_upper=ENERGY,
    extra=(STABILITY,),
    comparisons=(
        Comparison("missing-mass", "delta = 1", MISSING_MASS, "what no learner avoids"),
        Comparison("energy", "delta = 0", ENERGY, "what a learner that ignores labels loses"),
    ),
    steps=(
        Step(
            "Bessel's inequality: L >= sum_i p_i (f_i - beta*_i)^2",
            "bessel.v",
            "bessel",
        ),
        Step(
            "finitely many outcomes: labels changed one at a time, within delta T_i",
            "stability_price.v",
            "one_label_at_a_time",
        ),
        Step(
            "finitely many outcomes: two laws are within 1",
            "stability_price.v",
            "variation_le1",
        ),
        Step(
            "finitely many outcomes: the mean risk at two points is b^2 (1 - TV) at least",
            "stability_price.v",
            "two_points",
        ),
        Step(
            "finitely many outcomes: the average over signs and X, for every noise",
            "stability_in_the_model.v",
            "stability_price",
        ),
        Step(
            "infinitely many outcomes; stability asked only where labels differ by 2 max |beta*_i| "
            "at most; the number T_i of rows that hold i is binomial",
        ),
    ),
)

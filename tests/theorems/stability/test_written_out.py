"""Every statement of the chapter, and what else needs no k, feature by feature with 30 digits.

Sums over i and over T are plain loops, laws their Gamma functions; no expression of the library is
used here. Ten digits have to agree.
"""

from __future__ import annotations

from collections.abc import Callable

import mpmath
import pytest
from mpmath import mpf

from theorems.catalogue import catalogue
from theorems.claim import claim_at
from theorems.law import Table
from theorems.setting import Setting

DIGITS = 1e-10

POWER = Setting(n=25, d=35, s=3, alpha=1.6, beta_exponent=0.2, sigma=0.3, k=5)
EQUAL = Setting(n=30, d=40, s=4, alpha=2.3, beta_exponent=0, sigma=0.2, k=4)
TABLE = Setting(
    law=Table([0.6, 0.25, 0.2, 0.2, 0.03, 0.01], [1, 0.9, 0.5, 0.5, 0.3, 0.1]), n=17, k=2, sigma=0.4
)

Features = list[tuple[mpf, mpf]]


def features(setting: Setting) -> Features:
    """p_i and beta_i^2, of a power law from its parameters as they are typed."""
    if isinstance(setting.law, Table):
        return [(mpf(p), mpf(x) ** 2) for p, x in zip(setting.law.p, setting.law.beta, strict=True)]
    parameters = setting.parameters
    alpha, b, s = (mpf(repr(float(parameters[name]))) for name in ("alpha", "b", "s"))
    total = mpmath.fsum(mpf(i) ** -alpha for i in range(1, setting.d + 1))
    return [
        (min(mpf(1), s * mpf(i) ** -alpha / total), mpf(i) ** (-2 * b))
        for i in range(1, setting.d + 1)
    ]


def mean(n: int, p: mpf, h: Callable[[int], mpf]) -> mpf:
    """E h(T), T ~ Bin(n, p)."""
    return mpmath.fsum(
        mpmath.binomial(n, t) * p**t * (1 - p) ** (n - t) * h(t) for t in range(n + 1)
    )


def over(setting: Setting, h: Callable[[int], mpf], *, equal: bool = False) -> mpf:
    """sum_i p_i beta_i^2 E h(T_i); coefficients 1 where `equal`."""
    return mpmath.fsum(
        p * (1 if equal else x) * mean(setting.n, p, h) for p, x in features(setting)
    )


def forgotten(delta: mpf) -> Callable[[int], mpf]:
    return lambda t: max(mpf(0), 1 - delta * t)


def unresolved(lamda: mpf) -> Callable[[int], mpf]:
    return lambda t: lamda / (t + lamda)


def plainly(lamda: mpf) -> Callable[[int], mpf]:
    """What the minimum-norm solution loses, to first order."""
    return lambda t: lamda / t if t else mpf(1)


def subsampled(setting: Setting, delta: mpf) -> mpf:
    return mpmath.fsum(p * x * (1 - delta * p) ** setting.n for p, x in features(setting))


def shared(setting: Setting, lamda: mpf) -> mpf:
    """What is private to a sample together with something else, of the floor."""
    n, every = setting.n, [p for p, _ in features(setting)]
    once = [p * (1 - p) ** (n - 1) for p in every]
    total = mpmath.fsum(
        p * n * h * (1 - mpmath.fprod(1 - other for at, other in enumerate(once) if at != i))
        for i, (p, h) in enumerate(zip(every, once, strict=True))
    )
    return total / ((1 + lamda) * (2 + lamda))


def not_identified(setting: Setting, delta: mpf) -> mpf:
    """pi_k where a sample counts with probability delta."""
    p = [q for q, _ in features(setting)]
    k = setting.k
    free = delta * mpmath.fprod(1 - q for q in p[k:]) * 2 / 3
    return (
        mpmath.fsum(
            mpmath.binomial(setting.n, m)
            * free**m
            * (1 - free) ** (setting.n - m)
            * (mpmath.fprod(1 + 2 * (1 - 3 * q / 2) ** m for q in p[:k]) - 1)
            for m in range(setting.n + 1)
        )
        / 2
    )


def upper_of_subsample(setting: Setting, delta: mpf, k: int) -> mpf:
    at, every = setting.at(k=k), features(setting)
    p = [q for q, _ in every]
    tail = mpmath.fsum(p[k:])
    none = mpmath.fprod(1 - q for q in p[k:])
    total = mpf(0)
    for q, x in every[k:]:
        alone = none / (1 - q)
        companions = (tail - q) / (1 - alone)
        unseen = (1 - delta * q) ** at.n
        split = companions / (1 + companions)
        total += q * x * (unseen + split * ((1 - delta * q * alone) ** at.n - unseen))
    energy = mpmath.fsum(q * x for q, x in every)
    return total + min(mpf(1), not_identified(at, delta)) * energy


def claimed(identifier: str, setting: Setting, **extra: float) -> dict[str, float]:
    return claim_at(catalogue[identifier], setting, extra=extra).numbers


def agree(found: float, exact: mpf) -> None:
    assert found == pytest.approx(float(exact), rel=DIGITS)


@pytest.fixture(autouse=True)
def thirty_digits() -> object:
    with mpmath.workdps(30):
        yield


@pytest.mark.parametrize("setting", [POWER, EQUAL, TABLE])
@pytest.mark.parametrize("delta", [0.07, 0.5, 0.8, 1.0])
def test_stable_learners(setting: Setting, delta: float) -> None:
    share = mpf(delta)
    agree(
        claimed("stability-price", setting, delta=delta)["lower"], over(setting, forgotten(share))
    )
    kept = claim_at(catalogue["subsampled-loss"], setting, extra={"delta": delta})
    agree(kept.numbers["lower"], subsampled(setting, share))
    assert kept.k is not None
    agree(kept.numbers["upper"], upper_of_subsample(setting, share, kept.k))


@pytest.mark.parametrize("setting", [POWER, EQUAL])
@pytest.mark.parametrize("delta", [0.07, 0.5, 0.8])
def test_laws_of_stable_learners(setting: Setting, delta: float) -> None:
    share = mpf(delta)
    parameters = setting.parameters
    a = 1 - (1 - 2 * mpf(repr(parameters["b"]))) / mpf(repr(parameters["alpha"]))
    R = mpmath.fsum(
        (1 - m * share) * mpmath.rf(a, m) / mpmath.factorial(m)
        for m in range(int(mpmath.floor(1 / share)) + 1)
    )
    bound, missing = over(setting, forgotten(share)), over(setting, forgotten(mpf(1)))
    law = claimed("stability-law", setting, delta=delta)
    agree(law["value"], R)
    agree(law["reference"], bound / missing)
    excess = claimed("subsampling-nearly-optimal", setting, delta=delta)
    agree(excess["value"], share**-a / R)
    agree(excess["reference"], subsampled(setting, share) / bound)


@pytest.mark.parametrize("setting", [POWER, EQUAL, TABLE])
@pytest.mark.parametrize("epsilon", [0.1, 1.0, 6.0])
def test_private_learners(setting: Setting, epsilon: float) -> None:
    exact = over(setting, lambda t: 1 - mpmath.tanh(mpf(epsilon) * t / 2))
    agree(claimed("private-price", setting, epsilon=epsilon)["lower"], exact)


@pytest.mark.parametrize("setting", [POWER, EQUAL, TABLE])
@pytest.mark.parametrize("lamda", [0.03, 0.25, 4.0])
def test_floor_and_price_of_memorizing(setting: Setting, lamda: float) -> None:
    strength = mpf(lamda)
    floor = over(setting, unresolved(strength), equal=True)
    agree(claimed("bayes-floor", setting, lamda=lamda)["lower"], floor + shared(setting, strength))
    risk = over(setting, plainly(strength), equal=True)
    price = claim_at(catalogue["price-of-memorizing"], setting, extra={"lamda": lamda})
    agree(price.numbers["value"], risk / floor)
    agree(price.comparison("sharpened-floor"), risk / (floor + shared(setting, strength)))
    unseen = over(setting, plainly(mpf(0)), equal=True)
    p, k, n = [q for q, _ in features(setting)], setting.k, setting.n
    pi, none = not_identified(setting, mpf(1)), mpmath.fprod(1 - q for q in p[k:])
    inverse = [mean(n, q, lambda t: mpf(1) / t if t else mpf(0)) for q in p]
    least = mpmath.fsum(
        q * max(mpf(0), (1 if i < k else none / (1 - q)) * one - pi)
        for i, (q, one) in enumerate(zip(p, inverse, strict=True))
    )
    agree(price.numbers["lower"], (unseen + strength * least) / floor)


@pytest.mark.parametrize("lamda", [0.03, 0.25, 4.0])
def test_laws_of_the_floor(lamda: float) -> None:
    strength, alpha = mpf(lamda), mpf("2.3")
    every = features(EQUAL)
    c = every[-1][0] * mpf(len(every)) ** alpha
    growth = mpmath.gamma(1 + strength) * mpmath.gamma(1 / alpha)
    growth /= mpmath.gamma(strength + 1 / alpha)
    law = claimed("bayes-floor-law", EQUAL, lamda=lamda)
    scale = mpmath.gamma(1 - 1 / alpha) / alpha * c ** (1 / alpha) * mpf(EQUAL.n) ** (1 / alpha - 1)
    agree(law["value"], scale * growth)
    floor = over(EQUAL, unresolved(strength))
    agree(law["reference"], floor)
    price = claimed("price-of-memorizing-law", EQUAL, lamda=lamda)
    slope = -mpmath.digamma(1 / alpha) - mpmath.euler
    agree(price["value"], (1 + strength * slope) / growth)
    agree(price["reference"], over(EQUAL, plainly(strength)) / floor)


@pytest.mark.parametrize("setting", [POWER, EQUAL, TABLE])
@pytest.mark.parametrize("eta", [0.01, 0.05, 0.5])
def test_with_high_probability(setting: Setting, eta: float) -> None:
    every, n, failure = features(setting), setting.n, mpf(eta)
    missing = mpmath.fsum(p * x * (1 - p) ** n for p, x in every)
    spread = mpmath.fsum((p * x) ** 2 * (1 - p) ** n for p, x in every)
    agree(
        claimed("missing-mass-concentration", setting, eta=eta)["lower"],
        missing - mpmath.sqrt(2 * mpmath.log(1 / failure) * spread),
    )


def test_second_order() -> None:
    found = claimed("noiseless-second-order", EQUAL)
    missing = over(EQUAL, forgotten(mpf(1)))
    agree(found["value"], missing + (1 - 1 / mpf("2.3")) * missing**2 / 2)


@pytest.mark.parametrize("setting", [POWER, EQUAL, TABLE])
def test_composition_and_the_premise(setting: Setting) -> None:
    agree(claimed("composition-needs-memory", setting, delta=0.3)["lower"], mpf("0.7"))
    tail = [p for p, _ in features(setting)[setting.k :]]
    none = mpmath.fprod(1 - p for p in tail)
    few = none * (1 + mpmath.fsum(p / (1 - p) for p in tail))
    agree(claimed("no-multi-tail-sample", setting)["value"], few**setting.n)

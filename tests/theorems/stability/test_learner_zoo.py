"""A zoo of learners on tiny models, in rational arithmetic: none is below the price of its
stability, and some attain it.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from fractions import Fraction
from itertools import product
from math import comb, prod

import pytest

from tests.theorems.stability.learners import (
    ONE,
    ZERO,
    Design,
    Labels,
    Learner,
    Vector,
    all_or_nothing,
    constant,
    designs,
    dot,
    expected_loss,
    imputed,
    interpolating,
    neighbour,
    points,
    reading_off,
    ridged,
    stability,
    subsampled,
    worlds,
)
from theorems.catalogue import catalogue
from theorems.claim import claim_at
from theorems.law import Table
from theorems.setting import Setting

TINY = [
    (2, (Fraction(1, 3), Fraction(1, 5)), (ONE, Fraction(3, 4))),
    (2, (Fraction(1, 2), Fraction(1, 4)), (Fraction(2, 3), ONE)),
    (3, (Fraction(2, 5),), (ONE,)),
]
"""n, p and |beta*|: 3^4 designs of 4 worlds, 3^3 of 2."""

SHARES = [Fraction(1, 4), Fraction(1, 2), Fraction(3, 5)]

BY_SHARE: dict[str, Callable[[Fraction], Learner]] = {
    "subsampled": subsampled,
    "all or nothing": all_or_nothing,
    "imputed": imputed,
    "neighbour": neighbour,
}
"""Learners that a share makes stable, whatever the design."""


def claimed(identifier: str, side: str, setting: Setting, **extra: float) -> float:
    return claim_at(catalogue[identifier], setting, extra=extra).numbers[side]


def table(n: int, p: Vector, strengths: Vector) -> Setting:
    law = Table([float(x) for x in p], [float(x) for x in strengths])
    return Setting(law=law, n=n, k=1, sigma=0.0)


def price(n: int, p: Vector, strengths: Vector, delta: Fraction) -> Fraction:
    """The bound, by itself."""
    return sum(
        (
            q * b**2 * comb(n, m) * q**m * (1 - q) ** (n - m) * max(ZERO, 1 - delta * m)
            for q, b in zip(p, strengths, strict=True)
            for m in range(n + 1)
        ),
        ZERO,
    )


def energy(p: Vector, strengths: Vector) -> Fraction:
    return sum((q * b**2 for q, b in zip(p, strengths, strict=True)), ZERO)


@pytest.mark.parametrize(("n", "p", "strengths"), TINY[:2])
@pytest.mark.parametrize("share", [ZERO, Fraction(1, 3), Fraction(1, 2), ONE])
def test_the_statement_is_the_bound(n: int, p: Vector, strengths: Vector, share: Fraction) -> None:
    found = claimed("stability-price", "lower", table(n, p, strengths), delta=float(share))
    # The table rounds p and beta, the sum its terms.
    assert found == pytest.approx(float(price(n, p, strengths, share)), rel=1e-14)


@pytest.mark.parametrize(("n", "p", "strengths"), TINY)
@pytest.mark.parametrize("name", BY_SHARE)
def test_no_learner_of_the_zoo_is_below_the_price_of_its_stability(
    name: str, n: int, p: Vector, strengths: Vector
) -> None:
    for share in SHARES:
        learner = BY_SHARE[name](share)
        delta = stability(learner, n, p, strengths)
        # As the texts say: what is revealed with this probability is that stable, and no more so
        # where some label tells.
        assert delta == share
        assert expected_loss(learner, n, p, strengths) >= price(n, p, strengths, delta)


@pytest.mark.parametrize(("n", "p", "strengths"), TINY)
def test_extreme_learners(n: int, p: Vector, strengths: Vector) -> None:
    """delta = 0 leaves all energy, which ignoring labels attains; delta = 1 the missing mass."""
    assert stability(constant, n, p, strengths) == 0
    assert expected_loss(constant, n, p, strengths) == price(n, p, strengths, ZERO)
    assert price(n, p, strengths, ZERO) == energy(p, strengths)
    missing = sum((q * b**2 * (1 - q) ** n for q, b in zip(p, strengths, strict=True)), ZERO)
    assert price(n, p, strengths, ONE) == missing
    for learner in (interpolating, ridged(Fraction(1, 2))):
        assert stability(learner, n, p, strengths) == 1
        assert expected_loss(learner, n, p, strengths) >= missing


@pytest.mark.parametrize("n", [1, 2, 4])
@pytest.mark.parametrize("share", [Fraction(1, 5), Fraction(1, 3), Fraction(1, 2), ONE])
def test_the_price_is_attained_where_features_do_not_meet(n: int, share: Fraction) -> None:
    p, strengths = (Fraction(2, 5),), (Fraction(3, 2),)
    learner = reading_off(share)
    assert stability(learner, n, p, strengths) == share
    assert expected_loss(learner, n, p, strengths) == price(n, p, strengths, share)


def test_reading_off_fails_where_features_meet() -> None:
    """The learner is no longer right about what it reads: the bound is not attained for free."""
    n, p, strengths = TINY[0]
    learner = reading_off(Fraction(1, 2))
    delta = stability(learner, n, p, strengths)
    assert expected_loss(learner, n, p, strengths) > price(n, p, strengths, min(ONE, delta))


@pytest.mark.parametrize(("n", "p", "strengths"), [TINY[0], (2, TINY[1][1], (ONE, Fraction(2, 3)))])
@pytest.mark.parametrize("share", SHARES)
def test_the_subsample_lies_between_its_sides(
    n: int, p: Vector, strengths: Vector, share: Fraction
) -> None:
    exact = float(expected_loss(subsampled(share), n, p, strengths))
    law = Table([float(x) for x in (*p, Fraction(1, 10**9))], [*map(float, strengths), 1e-9])
    setting = Setting(law=law, n=n, k=1, sigma=0.0)
    claim = claim_at(catalogue["subsampled-loss"], setting, extra={"delta": float(share)})
    assert claim.believed
    # The third feature, there so that the tail has two, moves both sides by 1e-8 at most.
    assert claim.numbers["lower"] <= exact + 1e-8
    assert exact <= claim.numbers["upper"] + 1e-8
    lower = sum((q * b**2 * (1 - share * q) ** n for q, b in zip(p, strengths, strict=True)), ZERO)
    assert claim.numbers["lower"] == pytest.approx(float(lower), abs=1e-8)


def randomized(flip: float, shrink: float) -> Callable[[Design, Labels], list[tuple[float, float]]]:
    """For one feature: each label's sign kept with probability 1 - flip; the mean, shrunk."""

    def learn(X: Design, y: Labels) -> list[tuple[float, float]]:
        rows = [row_at for row_at, row in enumerate(X) if row[0]]
        outcomes = []
        for flips in product((0, 1), repeat=len(rows)):
            chance = prod(flip if f else 1 - flip for f in flips)
            votes = [
                float(X[row_at][0] * y[row_at]) * (1 - 2 * f)
                for row_at, f in zip(rows, flips, strict=True)
            ]
            outcomes.append((shrink * sum(votes) / max(1, len(votes)), chance))
        return outcomes

    return learn


@pytest.mark.parametrize("epsilon", [0.1, 1.0, 3.0])
@pytest.mark.parametrize("n", [1, 3])
def test_randomized_response_pays_the_price_of_privacy(epsilon: float, n: int) -> None:
    p, strengths = (Fraction(2, 5),), (ONE,)
    bound = claimed(
        "private-price", "lower", Setting(law=Table([0.4, 0.0]), n=n, k=1), epsilon=epsilon
    )
    for shrink in (0.1, 0.3, 0.5, 0.8, 1.0):
        learn = randomized(1 / (1 + math.exp(epsilon)), shrink)
        risk = 0.0
        for X, chance in designs(n, p):
            for (beta,) in worlds(strengths):
                y = tuple(dot(row, (beta,)) for row in X)
                mean = sum(q * (f - float(beta)) ** 2 for f, q in learn(X, y))
                risk += float(chance) * 0.4 * mean / 2
        assert risk >= bound
    exact = 0.4 * sum(
        math.comb(n, m) * 0.4**m * 0.6 ** (n - m) * (1 - math.tanh(epsilon * m / 2))
        for m in range(n + 1)
    )
    assert bound == pytest.approx(exact, rel=1e-14)


COMPOSED: list[tuple[Design, tuple[int, ...]]] = [
    (((1, 0), (0, 1)), (0, 1)),
    (((1, 0, 1), (0, -1, 1), (0, 0, 1)), (0, 1)),
    (((1, 0, 1), (0, -1, 1)), (0, 1)),
    (((1, 0, 0), (0, 1, 0), (0, 0, -1)), (0, 1, 2)),
]
"""Designs, and their features that are private to distinct rows."""


@pytest.mark.parametrize(("X", "private"), COMPOSED)
@pytest.mark.parametrize("share", SHARES)
def test_composition_needs_memory(X: Design, private: tuple[int, ...], share: Fraction) -> None:
    d = len(X[0])
    strengths = tuple(Fraction(j + 2, 3) for j in range(d))
    squares = sum((strengths[j] ** 2 for j in private), ZERO)
    tests = [
        at for at, x in enumerate(points(d)) if all((x[j] != 0) == (j in private) for j in range(d))
    ]
    for learner in (subsampled(share), imputed(share), neighbour(share), reading_off(share)):
        by_point = dict.fromkeys(tests, ZERO)
        every = list(worlds(strengths))
        for beta in every:
            law = learner(X, tuple(dot(row, beta) for row in X))
            for at in tests:
                target = dot(points(d)[at], beta)
                risk = sum((q * (f[at] - target) ** 2 for f, q in law.items()), ZERO)
                by_point[at] += risk / len(every)
        mean = sum(by_point.values(), ZERO) / len(tests)
        assert mean >= (1 - share) * squares
        # One pattern of signs alone, for learners that do not know it.
        total = sum((strengths[j] for j in private), ZERO)
        assert all(risk >= squares - share * total**2 for risk in by_point.values())
        if len(private) == d:
            # Private samples that hold nothing else: subsampling attains it.
            exact = expected_of_subsample(X, private, strengths, share)
            assert exact == (1 - share) * squares
    claim = claim_at(
        catalogue["composition-needs-memory"], Setting(), extra={"delta": float(share)}
    )
    assert claim.numbers["lower"] == float(1 - share)


def expected_of_subsample(
    X: Design, private: tuple[int, ...], strengths: Vector, share: Fraction
) -> Fraction:
    law = subsampled(share)(X, tuple(dot(row, strengths) for row in X))
    tests = [
        x
        for x in points(len(strengths))
        if all((x[j] != 0) == (j in private) for j in range(len(x)))
    ]
    places = [points(len(strengths)).index(x) for x in tests]
    return sum(
        (
            q * (f[at] - dot(points(len(strengths))[at], strengths)) ** 2
            for f, q in law.items()
            for at in places
        ),
        ZERO,
    ) / len(places)

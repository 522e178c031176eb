"""Every design of a tiny model, weighted by its probability, in exact rational algebra.

Flipping the sign of a row changes neither the row space nor any diagonal below, and the order
of rows does not either. So the 3^(n d) designs fall into multisets of rows up to sign, a few
hundred, each with an integer number of designs. No expression of the library is used here.
"""

import math
from collections import Counter
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from itertools import combinations_with_replacement, product

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from numpy.typing import NDArray

from theorems.catalogue import catalogue
from theorems.claim import claim_at
from theorems.evaluate.numbers import evaluate
from theorems.model import DEFINITIONS
from theorems.setting import Setting
from theorems.statement import Origin

Row = tuple[int, ...]
Matrix = list[list[Fraction]]
Array = NDArray[np.float64]

ROUNDING = 1e-11
"""Sums of at most 10^4 positive terms of a few roundings each, here and in the library."""


def transpose(A: Matrix) -> Matrix:
    return [list(column) for column in zip(*A, strict=True)]


def times(A: Matrix, B: Matrix) -> Matrix:
    columns = transpose(B)
    return [
        [sum((x * y for x, y in zip(row, column, strict=True)), Fraction(0)) for column in columns]
        for row in A
    ]


def inverse(A: Matrix) -> Matrix:
    """Of a regular matrix, by Gauss and Jordan."""
    size = len(A)
    work = [[*row, *(Fraction(int(i == j)) for j in range(size))] for i, row in enumerate(A)]
    for at in range(size):
        pivot = next(i for i in range(at, size) if work[i][at])
        work[at], work[pivot] = work[pivot], work[at]
        work[at] = [x / work[at][at] for x in work[at]]
        for other in range(size):
            if other != at and work[other][at]:
                factor = work[other][at]
                work[other] = [x - factor * y for x, y in zip(work[other], work[at], strict=True)]
    return [row[size:] for row in work]


def reduced(A: Matrix) -> Matrix:
    """The non-zero rows of the reduced row echelon form: a basis of the row space."""
    work = [row[:] for row in A]
    rank = 0
    for column in range(len(A[0])):
        pivot = next((i for i in range(rank, len(work)) if work[i][column]), None)
        if pivot is None:
            continue
        work[rank], work[pivot] = work[pivot], work[rank]
        work[rank] = [x / work[rank][column] for x in work[rank]]
        for other in range(len(work)):
            if other != rank and work[other][column]:
                factor = work[other][column]
                work[other] = [x - factor * y for x, y in zip(work[other], work[rank], strict=True)]
        rank += 1
    return work[:rank]


def pseudoinverse(X: Matrix) -> Matrix:
    """X = C R of full rank: X^+ = R'(RR')^-1 (C'C)^-1 C'."""
    R = reduced(X)
    if not R:
        return [[Fraction(0)] * len(X) for _ in X[0]]
    right = times(transpose(R), inverse(times(R, transpose(R))))
    C = times(X, right)
    return times(times(right, inverse(times(transpose(C), C))), transpose(C))


@dataclass(frozen=True)
class Designs:
    """All designs of n rows and d columns in N classes.

    Args:
        count: (N,) designs in a class.
        held: (N, d) rows of the class that hold a feature.
        null: (N, d, d) I - P.
        variance: (N, d) diagonal of (X'X)^+.
        identified: (N, d) whether e_i is in the row space, exactly.
        rows: (N, n, d) one member.
        hat: (N, n) diagonal of X X^+.
    """

    count: Array
    held: Array
    null: Array
    variance: Array
    identified: NDArray[np.bool_]
    rows: Array
    hat: Array

    def chances(self, p: Array) -> Array:
        """(N,) the probability of each class."""
        n = self.rows.shape[1]
        cell = (p / 2) ** self.held * (1 - p) ** (n - self.held)
        return np.asarray(self.count * cell.prod(axis=1))

    def alone(self, k: int) -> NDArray[np.bool_]:
        """(N, d) whether i > k is the only tail feature of some row."""
        tail = self.rows != 0
        tail[:, :, :k] = False
        single = tail.sum(axis=2, keepdims=True) == 1
        return np.asarray((tail & single).any(axis=1))


def _first_sign(row: Row) -> int:
    return next((entry for entry in row if entry), 1)


@cache
def designs(n: int, d: int) -> Designs:
    classes = [row for row in product((-1, 0, 1), repeat=d) if _first_sign(row) == 1]
    count, held, null, variance, identified, members, hat = [], [], [], [], [], [], []
    for rows in combinations_with_replacement(classes, n):
        orders = math.factorial(n)
        for repeats in Counter(rows).values():
            orders //= math.factorial(repeats)
        X = [[Fraction(entry) for entry in row] for row in rows]
        plus = pseudoinverse(X)
        P, H = times(plus, X), times(X, plus)
        V = times(plus, transpose(plus))
        count.append(orders * 2 ** sum(any(row) for row in rows))
        held.append([sum(map(bool, column)) for column in zip(*rows, strict=True)])
        null.append([[(i == j) - P[i][j] for j in range(d)] for i in range(d)])
        variance.append([V[i][i] for i in range(d)])
        identified.append([P[i][i] == 1 for i in range(d)])
        members.append(rows)
        hat.append([H[i][i] for i in range(n)])
    return Designs(
        *(np.array(values, dtype=float) for values in (count, held, null, variance)),
        np.array(identified),
        *(np.array(values, dtype=float) for values in (members, hat)),
    )


SIZES = [(1, 2), (2, 2), (4, 2), (5, 2), (1, 3), (2, 3), (3, 3)]


@st.composite
def tiny(draw: st.DrawFn) -> Setting:
    n, d = draw(st.sampled_from(SIZES))
    return Setting(
        n=n,
        d=d,
        k=draw(st.integers(1, d - 1)),
        s=draw(st.floats(0.2, 2.8)),
        alpha=draw(st.floats(0.1, 4)),
        beta_exponent=draw(st.floats(-1.5, 1.5)),
    )


def law(setting: Setting) -> tuple[Array, Array]:
    index = np.arange(1.0, setting.d + 1)
    weights = index**-setting.alpha
    return np.minimum(1, setting.s * weights / weights.sum()), index**-setting.beta_exponent


def number(identifier: str, side: str, setting: Setting) -> float:
    claim = claim_at(catalogue[identifier], setting)
    # What is proved beside a predicted value holds where the prediction claims nothing.
    beside = claim.statement.origin is Origin.PREDICTED and side != "value"
    assert claim.believed or beside
    return claim.numbers[side]


@pytest.mark.parametrize(("n", "d"), SIZES)
def test_the_classes_are_all_designs(n: int, d: int) -> None:
    every = designs(n, d)
    assert every.count.sum() == 3 ** (n * d)
    chances = every.chances(np.array([0.9, 0.4, 0.2])[:d])
    assert chances.sum() == pytest.approx(1, abs=1e-13)


def test_the_rational_pseudoinverse_is_numpys() -> None:
    for rows in ([[1, 0, -1], [1, 1, 0], [0, 1, 1]], [[0, 0], [0, 0]], [[1, -1], [1, 1], [-1, 1]]):
        exact = pseudoinverse([[Fraction(entry) for entry in row] for row in rows])
        assert np.allclose(np.array(exact, dtype=float), np.linalg.pinv(np.array(rows)))


@given(setting=tiny())
def test_common_identified_bounds_the_exact_probability(setting: Setting) -> None:
    p, _ = law(setting)
    every = designs(setting.n, setting.d)
    failed = ~every.identified[:, : setting.k].all(axis=1)
    exact = float(every.chances(p)[failed].sum())
    assert exact <= number("common-identified", "upper", setting) + ROUNDING


def test_common_identified_is_exact_where_its_steps_are() -> None:
    """k = 1: [1] is missed by the tail-free rows iff none holds feature 1, and v = +-e_1."""
    setting = Setting(n=3, d=2, k=1, s=0.5, alpha=30)
    p, _ = law(setting)
    exact = (1 - p[0]) ** 3
    assert p[1] < 1e-8
    assert number("common-identified", "upper", setting) == pytest.approx(exact, rel=1e-6)


@given(setting=tiny())
def test_alone_and_unidentified_features(setting: Setting) -> None:
    p, _ = law(setting)
    assume(p[setting.k] < 1)
    every, k = designs(setting.n, setting.d), setting.k
    chances, alone = every.chances(p), every.alone(setting.k)
    assert number("alone-recovery", "value", setting) == pytest.approx(
        float(chances @ alone.sum(axis=1)), rel=ROUNDING, abs=ROUNDING
    )
    lost = ((every.held > 0) & ~every.identified)[:, k:].sum(axis=1)
    assert chances @ lost <= number("recovered-fraction", "upper", setting) + ROUNDING
    single = (every.rows != 0) & (every.held == 1)[:, None, :]
    together = (single & (single.sum(axis=2, keepdims=True) > 1)).any(axis=1)
    for name in ("control_mean", "lower"):
        assert number("recovered-fraction", name, setting) == pytest.approx(
            float(chances @ together[:, k:].sum(axis=1)), rel=1e-9, abs=ROUNDING
        )
    assert chances @ lost >= number("recovered-fraction", "lower", setting) - ROUNDING
    # The same over what is seen, at every alpha: only the rate that it exceeds needs one below 2.
    share = claim_at(catalogue["recovered-fraction-disproof"], setting).numbers["lower"]
    assert chances @ lost >= share * float(chances @ (every.held > 0).sum(axis=1)) - ROUNDING


@pytest.mark.parametrize(("n", "d"), SIZES)
def test_alone_features_are_identified_once_the_common_ones_are(n: int, d: int) -> None:
    every = designs(n, d)
    for k in range(1, d):
        given_common = every.identified[:, :k].all(axis=1)
        alone = every.alone(k)[given_common]
        assert alone.any() == (n > k)
        assert every.identified[given_common][alone].all()


@given(setting=tiny())
def test_the_noiseless_loss_lies_between_its_sides_for_every_k(setting: Setting) -> None:
    p, beta = law(setting)
    assume(p[setting.k] < 1)
    every = designs(setting.n, setting.d)
    loss = float(every.chances(p) @ ((every.null @ beta) ** 2 @ p))
    unseen = float(every.chances(p) @ ((every.held == 0) @ (p * beta**2)))
    statement = catalogue["noiseless-loss"]
    best = claim_at(statement, setting)
    assert best.numbers["lower"] == pytest.approx(unseen, rel=ROUNDING, abs=ROUNDING)
    for k in range(1, setting.d):
        if p[k] < 1:
            sides = evaluate(statement.sides, setting.parameters | {"k": k})
            assert sides["lower"] - ROUNDING * (1 + loss) <= loss
            assert loss <= sides["upper"] + ROUNDING * (1 + sides["upper"])


@given(setting=tiny())
def test_the_step_of_the_proof_on_identified_common_features(setting: Setting) -> None:
    """At this size pi_k is near 1; without its term the bound must hold on {[k] in R}."""
    p, beta = law(setting)
    k = setting.k
    assume(p[k] < 1)
    every = designs(setting.n, setting.d)
    on_identified = every.identified[:, :k].all(axis=1)
    loss = ((every.null @ beta) ** 2 @ p) * on_identified
    outputs = {"upper": catalogue["noiseless-loss"].sides["upper"], "pi": DEFINITIONS["pi_k"].name}
    values = evaluate(outputs, setting.parameters)
    off = max(beta) ** 2 * p.sum() * min(1.0, values["pi"])
    on = values["upper"] - off
    assert float(every.chances(p) @ loss) <= on + ROUNDING * (1 + off)


@given(setting=tiny())
def test_flip_identity(setting: Setting) -> None:
    p, beta = law(setting)
    every = designs(setting.n, setting.d)
    chances = every.chances(p)
    squared_errors = chances @ (every.null @ beta) ** 2
    without_signs = chances @ (every.null**2 @ beta**2)
    np.testing.assert_allclose(squared_errors, without_signs, rtol=0, atol=ROUNDING)
    # Other signs of beta*, the same loss; and the two bounds that follow.
    for signs in product((1, -1), repeat=setting.d):
        flipped = chances @ (every.null @ (np.array(signs) * beta)) ** 2
        np.testing.assert_allclose(flipped, squared_errors, rtol=0, atol=ROUNDING)
    diagonal = chances @ np.einsum("cii->ci", every.null)
    largest = max(beta) ** 2
    assert np.all(squared_errors <= largest * diagonal + ROUNDING)
    assert np.all(diagonal <= chances @ ~every.identified + ROUNDING)


@pytest.mark.parametrize("d", [2, 3])
def test_flip_identity_over_the_flips_of_one_design(d: int) -> None:
    """Averaged over all column flips F, (I-P)_ij (I-P)_im has mean 0 for j != m: exactly."""
    classes = [row for row in product((-1, 0, 1), repeat=d) if _first_sign(row) == 1]
    for rows in combinations_with_replacement(classes, 2):
        total = [[[Fraction(0)] * d for _ in range(d)] for _ in range(d)]
        for flip in product((1, -1), repeat=d):
            X = [[Fraction(x * f) for x, f in zip(row, flip, strict=True)] for row in rows]
            P = times(pseudoinverse(X), X)
            for i, j, m in product(range(d), repeat=3):
                total[i][j][m] += ((i == j) - P[i][j]) * ((i == m) - P[i][m])
        assert all(total[i][j][m] == 0 for i, j, m in product(range(d), repeat=3) if j != m)


@given(setting=tiny(), sigma=st.floats(0, 2))
def test_noisy_loss_is_above_its_lower_side(setting: Setting, sigma: float) -> None:
    p, beta = law(setting)
    noisy = setting.at(sigma=sigma)
    assume(p[setting.k] < 1)
    every = designs(setting.n, setting.d)
    chances = every.chances(p)
    bias = float(chances @ ((every.null @ beta) ** 2 @ p))
    variance = float(chances @ (every.variance @ p))
    exact = bias + sigma**2 * variance
    claim = claim_at(catalogue["noisy-loss"], noisy)
    assert claim.numbers["lower"] <= exact + ROUNDING * (1 + exact)
    # V >= sum_i p_i E[1{i in R}/T_i], the step before the explicit one.
    identified = np.divide(
        every.identified, every.held, out=np.zeros_like(every.held), where=every.held > 0
    )
    assert np.all(every.variance * every.identified >= identified - ROUNDING)


@given(setting=tiny(), lamda=st.floats(0.01, 5))
def test_the_price_of_memorizing_is_no_less(setting: Setting, lamda: float) -> None:
    """Over the floor of every learner, which is that of one told all other coefficients."""
    p, _ = law(setting)
    assume(p[setting.k] < 1)
    every = designs(setting.n, setting.d)
    chances = every.chances(p)
    own = np.einsum("cii->ci", every.null) + lamda * every.variance
    price = (chances @ own @ p) / (chances @ (lamda / (every.held + lamda)) @ p)
    claim = claim_at(catalogue["price-of-memorizing"], setting, extra={"lamda": lamda})
    assert claim.numbers["lower"] <= price * (1 + ROUNDING)
    assert price >= 1 - ROUNDING


@pytest.mark.parametrize(("n", "d"), SIZES)
def test_private_rows_are_fitted_and_single_features_above_the_noise(n: int, d: int) -> None:
    every = designs(n, d)
    single = every.held == 1
    private = ((every.rows != 0) & single[:, None, :]).any(axis=2)
    assert private.any()
    assert np.all(every.hat[private] == 1)
    once = single & every.identified
    assert once.any()
    assert np.all(every.variance[once] >= 1)


@given(setting=tiny())
def test_numbers_of_samples_with_tail_features(setting: Setting) -> None:
    p, _ = law(setting)
    assume(p[setting.k] < 1)
    every, k = designs(setting.n, setting.d), setting.k
    chances = every.chances(p)
    tail = (every.rows[:, :, k:] != 0).sum(axis=2)
    means = {
        ("tail-mass", "value"): tail.sum(axis=1) / setting.n,
        ("tail-hit", "value"): (tail > 0).sum(axis=1) / setting.n,
        ("common-only-samples", "value"): (tail == 0).sum(axis=1),
        ("multi-tail-samples", "value"): (tail >= 2).sum(axis=1),
    }
    for (identifier, side), observed in means.items():
        assert number(identifier, side, setting) == pytest.approx(
            float(chances @ observed), rel=ROUNDING, abs=ROUNDING
        )
    assert (
        chances @ means["multi-tail-samples", "value"]
        <= number("multi-tail-samples", "upper", setting) + ROUNDING
    )

"""The loss of a single draw: each step of the proof over every design of a tiny model."""

from __future__ import annotations

import math
from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from tests.theorems.test_tiny_designs import designs
from theorems.errors import InputError
from theorems.evolution.cavity_concentration import SHARES, loss_of_a_draw
from theorems.evolution.cavity_noise import NoiseSides
from theorems.evolution.cavity_recursion import CavityRecursion

Array = NDArray[np.float64]

ROUNDING = 1e-11
"""Sums of at most 10^4 positive terms, none above 1."""

SIZES = [(1, 2), (2, 2), (3, 2), (4, 2), (1, 3), (2, 3), (3, 3)]

FAILURES = (0.01, 0.05, 0.3, 0.9)


@st.composite
def falling(draw: st.DrawFn) -> tuple[int, Array, Array]:
    """A number of rows, frequencies and squared coefficients that fall with them, 1 at most."""
    n, d = draw(st.sampled_from(SIZES))
    numbers = st.lists(st.floats(0.01, 1), min_size=d, max_size=d)
    p, squares = (np.sort(draw(numbers))[::-1].copy() for _ in range(2))
    return n, p, squares


def diagonal(n: int, p: Array) -> Array:
    """D_i(n) = E(1 - P_ii)."""
    if not n:
        return np.ones(p.size)
    every = designs(n, p.size)
    return np.asarray(every.chances(p) @ np.einsum("cii->ci", every.null))


def variance_and_bound(m: int, p: Array, squares: Array) -> tuple[float, float]:
    """Var W of step (4) by its definition, and what is proved of it; so of o_i."""
    a, every = p * squares, designs(m, p.size)
    chances, own = every.chances(p), np.einsum("cii->ci", every.null)
    seen = (own * (every.held > 0)) @ a
    variance = chances @ seen**2 - (chances @ seen) ** 2
    once = chances @ (own * (every.held == 1))
    before, after = diagonal(m - 1, p), diagonal(m, p)
    gained = m * (before - (1 - p) ** (m - 1) - after + (1 - p) ** m) + once
    assert np.all(gained >= -ROUNDING)
    pairs = m * (a @ (p * (1 - p) ** (m - 1))) ** 2
    mass = p @ before
    assert np.all(once <= m * p * (1 - p) ** (m - 1) * mass / (1 + mass) + ROUNDING)
    return float(variance), float(a**2 @ (gained + once) + pairs)


@given(model=falling())
def test_variance_of_what_seen_features_lose(model: tuple[int, Array, Array]) -> None:
    variance, bound = variance_and_bound(*model)
    assert variance <= bound + ROUNDING


def test_its_bound_is_not_far_above_it() -> None:
    """A control: one sample of three features, where most of it are pairs."""
    variance, bound = variance_and_bound(1, np.array([0.15, 0.15, 0.13]), np.array([0.7, 0.5, 0.4]))
    assert variance > bound / 5


@given(model=falling())
def test_signs_of_one_design(model: tuple[int, Array, Array]) -> None:
    """Steps (1) and (2): mean and variance over all flips of the columns."""
    n, p, squares = model
    a, every = p * squares, designs(n, p.size)
    flips = np.array(list(product((1, -1), repeat=p.size)))
    errors = np.einsum("cij,fj->cfi", every.null, flips * np.sqrt(squares))
    loss = errors**2 @ p
    own = np.einsum("cii->ci", every.null)
    assert np.all(loss.mean(axis=1) <= own @ a + ROUNDING)
    allowed = 2 * squares[0] * (own * (every.held > 0)) @ (p * a)
    assert np.all(loss.var(axis=1) <= allowed + ROUNDING)


@pytest.mark.parametrize(("n", "d"), [(2, 2), (3, 2), (3, 3)])
def test_a_row_lowers_every_diagonal_entry(n: int, d: int) -> None:
    """Step (3)."""
    for rows in designs(n, d).rows:
        more, fewer = (np.eye(d) - np.linalg.pinv(X) @ X for X in (rows, rows[:-1]))
        assert np.all(np.diag(more) <= np.diag(fewer) + ROUNDING)


@settings(max_examples=15)
@given(
    d=st.integers(1, 6),
    most=st.floats(0.3, 0.99),
    ratio=st.floats(0.4, 0.9),
    n=st.integers(2, 60),
    failure=st.sampled_from(FAILURES),
    rising=st.booleans(),
)
def test_the_formula_written_out(
    d: int, most: float, ratio: float, n: int, failure: float, rising: bool
) -> None:
    """Feature by feature, each in a class of its own, at the best of the N that are tried."""
    p = [most * ratio**j for j in range(d)]
    beta_squared = [3.0 * (j + 1.0) ** (0.5 if rising else -0.7) for j in range(len(p))]
    b = [max(beta_squared[j:]) for j in range(len(p))]
    recursion = CavityRecursion(np.array(p), n)
    owner = np.searchsorted(recursion.classes.start, np.arange(len(p)), side="right") - 1
    logarithm, found = math.log(10 / failure), math.inf

    def lost(row: int) -> list[float]:
        """e_i, of U_i."""
        m = int(recursion.rows[row])
        return [
            max(0.0, float(recursion.bound[row, owner[j]]) - (1 - q) ** m) for j, q in enumerate(p)
        ]

    for share in SHARES:
        row = int(np.searchsorted(recursion.rows, share * n, side="right")) - 1
        N = int(recursion.rows[row])
        if not 0 < N < n:
            continue
        here = [
            (q, q * x, (1 - q) ** N, e, last)
            for q, x, e, last in zip(p, b, lost(row), lost(len(recursion.rows) - 1), strict=True)
        ]
        mean = sum(a * (unseen + e) for _, a, unseen, e, _ in here)
        D = sum(q * (unseen + e) for q, _, unseen, e, _ in here)
        v = n / (n - N) * sum(a**2 * e for _, a, _, e, _ in here)
        v += 2 * D / (1 + D) * n * sum(a**2 * q * unseen for q, a, unseen, _, _ in here)
        v += n * sum(a * q * unseen for q, a, unseen, _, _ in here) ** 2
        v += 2 * b[0] * sum(q * a * last for q, a, _, _, last in here)
        r = math.sqrt(sum(a**2 * unseen for _, a, unseen, _, _ in here) / (2 * logarithm))
        r = max(r, 2 * b[0] / N)
        tilted = sum(a**2 * unseen * math.exp(a / r) for _, a, unseen, _, _ in here) / (2 * r)
        deviation = math.sqrt((10 / (9 * failure) - 1) * v)
        found = min(found, mean + tilted + r * logarithm + deviation)
    bound = loss_of_a_draw(np.array(p), np.array(beta_squared), n, failure)
    # The search ends where the bound rises: it may miss another fall, by little.
    assert found * (1 - 1e-9) <= bound <= found * 1.02


def test_draws_of_a_long_tail_keep_to_it() -> None:
    rng = np.random.default_rng(11)
    n, d, failure, draws = 150, 300, 0.05, 40
    weights = np.arange(1, d + 1.0) ** -1.5
    p = np.minimum(1, 4 * weights / weights.sum())
    losses = []
    for _ in range(draws):
        X = np.where(rng.random((n, d)) < p, rng.choice([-1.0, 1.0], (n, d)), 0.0)
        error = np.linalg.lstsq(X, X.sum(axis=1), rcond=1e-9)[0] - 1
        losses.append(float(p @ error**2))
    bound = loss_of_a_draw(p, np.ones(d), n, failure)
    assert np.mean(np.array(losses) > bound) <= failure
    # A control: neither what any loss keeps to nor far from these.
    assert bound < 0.7 * p.sum()
    assert bound < 3 * max(losses)


@pytest.mark.parametrize("alpha", [1.0, 1.5, 3.0])
def test_order_in_the_probability_and_limits(alpha: float) -> None:
    weights = np.arange(1, 301.0) ** -alpha
    p = np.minimum(1, 5 * weights / weights.sum())
    ones, sides = np.ones(p.size), NoiseSides(p, 100)

    def at(scale: float, failure: float) -> float:
        return loss_of_a_draw(p, scale * ones, 100, failure, sides=sides)

    found = [at(1, failure) for failure in (1e-6, 0.01, 0.1, 0.5, 0.99)]
    assert found == sorted(found, reverse=True)
    assert found[-1] > sides.risk_upper(0.0)
    # Homogeneous of degree 1 in beta^2, tiny ones included.
    assert at(1e-250, 0.1) == pytest.approx(1e-250 * found[2], rel=1e-9)


def test_over_the_mean_it_tends_to_one() -> None:
    """M (n eta)^(-1/3), in order, and M n^(-1/2) from the missing mass."""
    beyond = []
    for n in (100, 1600):
        weights = np.arange(1, 2 * n + 1.0) ** -1.5
        p = np.minimum(1, 5 * weights / weights.sum())
        sides = NoiseSides(p, n)
        bound = loss_of_a_draw(p, np.ones(p.size), n, 0.05, sides=sides)
        beyond.append(bound / sides.risk_upper(0.0) - 1)
    # 16^(1/3) = 2.5.
    assert beyond[1] < beyond[0] / 2


def test_edges() -> None:
    assert loss_of_a_draw(np.zeros(3), np.ones(3), 5, 0.1) == 0
    assert loss_of_a_draw(np.ones(3), np.zeros(3), 5, 0.1) == 0
    assert loss_of_a_draw(np.full(3, 0.5), np.ones(3), 1, 0.1) == math.inf
    assert math.isfinite(loss_of_a_draw(np.array([1.0, 1e-300]), np.ones(2), 9, 0.1))
    for failure in (0.0, 1.0, -1.0, math.nan):
        with pytest.raises(InputError, match="failure"):
            loss_of_a_draw(np.full(3, 0.5), np.ones(3), 5, failure)

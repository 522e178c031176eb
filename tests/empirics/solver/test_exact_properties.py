"""What holds for every single draw, whatever the setting."""

import math
from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse

from empirics.observables.observe import observe
from empirics.solver.descent import distance_over_bound
from empirics.solver.minimum_norm import minimum_norm
from theorems.setting import Setting

EPS = float(np.finfo(float).eps)


@st.composite
def draws(draw: st.DrawFn) -> tuple[Setting, int]:
    d = draw(st.integers(2, 400))
    setting = Setting(
        n=draw(st.integers(1, 80)),
        d=d,
        k=draw(st.integers(1, min(d - 1, 30))),
        s=draw(st.floats(0.1, 6)),
        alpha=draw(st.floats(0.2, 3.5)),
        beta_exponent=draw(st.floats(-0.5, 1)),
    )
    return setting, draw(st.integers(0, 2**40))


@settings(max_examples=100)
@given(case=draws())
def test_a_draw_is_exact_up_to_its_rounding_bound(case: tuple[Setting, int]) -> None:
    setting, seed = case
    values = observe(setting, seed, 0).values
    names = (
        "interpolation_residual",
        "private_residual",
        "error_on_identified",
        "combination_loss",
    )
    for name in names:
        allowed = values[f"{name}_rounding"]
        assert values[name] <= allowed, name
        # The bound is a bound on rounding: it could not hide an error that matters.
        assert allowed < 1e-7, name
    assert values["unidentified_alone_tail"] == 0
    assert values["missing_mass"] <= values["in_distribution_bias"]
    assert values["common_identified"] + values["common_not_identified"] == 1
    assert values["rank"] <= min(setting.n, values["seen_features"])
    if not math.isnan(values["single_appearance_variance"]):
        assert values["single_appearance_variance"] >= 1 - 1e-9
    assert values["variance_factor_identified"] + values[
        "variance_factor_unidentified"
    ] == pytest.approx(values["variance_factor"], rel=1e-12)
    if not math.isnan(values["gd_distance_over_bound"]):
        excess = values["gd_distance_over_bound"] - 1
        assert excess <= values["gd_distance_over_bound_rounding"]


def test_exact_properties_hold_at_the_papers_setting() -> None:
    values = observe(Setting(alpha=1.0), 2, 0).values
    assert values["interpolation_residual"] <= values["interpolation_residual_rounding"] < 1e-8
    assert values["private_residual"] <= values["private_residual_rounding"] < 1e-8
    assert values["private_samples"] > 300
    assert values["error_on_identified"] <= values["error_on_identified_rounding"]
    assert values["unidentified_alone_tail"] == 0


@settings(max_examples=25)
@given(
    n=st.integers(1, 6), d=st.integers(1, 7), seed=st.integers(0, 2**32), density=st.floats(0.1, 1)
)
def test_flip_identity_over_all_flips_of_a_design(
    n: int, d: int, seed: int, density: float
) -> None:
    """The average of Delta_i^2 over all column flips is sum_j (I-P)_ij^2 beta_j^2."""
    rng = np.random.default_rng(seed)
    X = (rng.random((n, d)) < density) * rng.choice([-1.0, 1.0], (n, d))
    beta = rng.standard_normal(d)
    flips = np.array(list(product((1.0, -1.0), repeat=d)))
    squared = np.zeros(d)
    for flip in flips:
        XF = X * flip
        solution = minimum_norm(sparse.csc_array(XF), XF @ beta)
        delta = -beta.copy()
        delta[solution.features] += solution.coefficients
        squared += delta**2 / len(flips)
    null = np.eye(d) - np.linalg.pinv(X) @ X
    singular = np.linalg.svd(X, compute_uv=False)
    used = singular[singular > 1e-10]
    condition = (used.max() / used.min()) ** 2 if used.size else 1.0
    tolerance = 1000 * EPS * condition * (1 + float(beta @ beta))
    np.testing.assert_allclose(squared, null**2 @ beta**2, rtol=0, atol=tolerance)


@given(
    n=st.integers(1, 8),
    d=st.integers(1, 10),
    seed=st.integers(0, 2**32),
    points=st.integers(1, 5),
)
def test_no_noiseless_loss_on_combinations_of_identified_features(
    n: int, d: int, seed: int, points: int
) -> None:
    rng = np.random.default_rng(seed)
    X = (rng.random((n, d)) < 0.3) * rng.choice([-1.0, 1.0], (n, d))
    beta = rng.standard_normal(d)
    solution = minimum_norm(sparse.csc_array(X), X @ beta)
    recovered = solution.features[solution.identifiable]
    test = np.zeros((points, d))
    test[:, recovered] = rng.choice([-1.0, 0.0, 1.0], (points, recovered.size))
    beta_hat = np.zeros(d)
    beta_hat[solution.features] = solution.coefficients
    # A backward stable solve of at most 10 unknowns, condition number below 10^3 at this size.
    np.testing.assert_allclose(test @ beta_hat, test @ beta, rtol=0, atol=1e-8)


def test_descent_against_its_own_formula() -> None:
    """beta_t - X^+ y = -(I - (2 eta/n) X'X)^t X^+ y, by the eigenvalues."""
    rng = np.random.default_rng(4)
    X = (rng.random((8, 14)) < 0.3) * rng.choice([-1.0, 1.0], (8, 14))
    X = X[:, X.any(axis=0)]
    y = X @ rng.standard_normal(X.shape[1])
    solution = minimum_norm(sparse.csc_array(X), y)
    ratio, rounding = distance_over_bound(sparse.csc_array(X), y, solution)
    _, S, Vt = np.linalg.svd(X)
    S = S[S > 1e-9]
    target = Vt[: S.size] @ (np.linalg.pinv(X) @ y)
    contraction = 1 - S**2 / S[0] ** 2
    rho = np.abs(contraction).max()
    expected = max(
        np.linalg.norm(contraction**t * target) / (rho**t * np.linalg.norm(target))
        for t in (2**e for e in range(9))
        if rho**t > (t + 1) * max(X.shape) * EPS
    )
    assert ratio == pytest.approx(expected, abs=rounding + 1e-12)
    assert ratio <= 1 + rounding
    assert rounding < 1


@pytest.mark.parametrize(
    "X",
    [
        np.array([[1.0, -1.0, 1.0]]),  # one row: one step is enough, rho = 0
        np.eye(3),
        np.zeros((2, 1)),
    ],
)
def test_descent_that_ends_at_once_is_not_measured(X: np.ndarray) -> None:
    A = sparse.csc_array(X)
    y = X @ np.ones(X.shape[1])
    solution = minimum_norm(A, y)
    ratio, rounding = distance_over_bound(A, y, solution)
    assert math.isnan(ratio)
    assert math.isnan(rounding)


def test_descent_is_not_run_on_large_designs() -> None:
    A = sparse.csc_array((np.ones(2), ([0, 2999], [0, 1])), shape=(3000, 2))
    assert math.isnan(distance_over_bound(A, np.ones(3000), minimum_norm(A, np.ones(3000)))[0])

import mpmath
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import sparse

from empirics.solver import ridge
from empirics.solver.minimum_norm import minimum_norm
from empirics.solver.spectrum import Spectrum


@st.composite
def cases(draw):
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    n, m = draw(st.integers(1, 9)), draw(st.integers(1, 12))
    X = rng.choice([-1.0, 0, 0, 1], (n, m))
    X = X[:, X.any(axis=0)]
    return X, rng.standard_normal((n, 2)), draw(st.sampled_from([1e-3, 0.25, 1.0, 50.0]))


def ridge_map(X, penalty):
    return np.linalg.solve(X.T @ X + penalty * np.eye(X.shape[1]), X.T)


@given(cases())
def test_both_ways_solve_the_normal_equations(case):
    X, Y, penalty = case
    design, A = sparse.csc_array(X), ridge_map(X, penalty)
    chosen = np.arange(X.shape[1]) % 2 == 0
    fit, spectrum, shrink = (
        ridge.Ridge(design, penalty),
        Spectrum.of(design),
        ridge.shrinkage(penalty),
    )
    for found, expected in (
        (fit.coefficients(Y), A @ Y),
        (spectrum.filtered(Y, shrink), A @ Y),
        (fit.rows(chosen), A[chosen]),
        (spectrum.rows(shrink, chosen), A[chosen]),
    ):
        np.testing.assert_allclose(found, expected, rtol=0, atol=1e-9)


@given(cases())
def test_what_is_left_unexplained(case):
    X, _, penalty = case
    exact = penalty * np.diagonal(np.linalg.inv(X.T @ X + penalty * np.eye(X.shape[1])))
    found = ridge.Ridge(sparse.csc_array(X), penalty).unexplained()
    np.testing.assert_allclose(found, exact, rtol=0, atol=1e-9)


@given(cases())
def test_errors_are_within_their_bounds(case):
    """Against 40 digits; gamma is that of a factorization of the larger side."""
    X, Y, penalty = case
    y = Y[:, 0]
    fit = ridge.Ridge(sparse.csc_array(X), penalty)
    beta = fit.coefficients(y)
    off = np.zeros(0)
    if X.size:
        with mpmath.workdps(40):
            A = mpmath.matrix(X.T @ X) + mpmath.mpf(penalty) * mpmath.eye(X.shape[1])
            exact = mpmath.lu_solve(A, mpmath.matrix(X.T) * mpmath.matrix(y))
            off = np.array([float(mpmath.mpf(b) - e) for b, e in zip(beta, exact, strict=True)])
    norm = np.linalg.norm(X) if X.size else 0.0
    gamma = max(X.shape) * np.finfo(float).eps
    single, residual = fit.rounding(norm, np.linalg.norm(y), np.linalg.norm(beta), gamma)
    once = np.abs(X).sum(axis=0) == 1
    assert np.all(np.abs(off[once]) <= single)
    assert np.linalg.norm(X @ off) <= residual


@given(cases())
def test_no_penalty_gives_the_minimum_norm_solution(case):
    X, Y, _ = case
    found = Spectrum.of(sparse.csc_array(X)).filtered(Y, ridge.shrinkage(0.0))
    solution = minimum_norm(sparse.csc_array(X), Y)
    np.testing.assert_allclose(found, solution.coefficients, rtol=0, atol=1e-9)


@given(cases(), st.integers(0, 2**32 - 1))
def test_variances_and_risk_integrate_the_noise(case, seed):
    X, _, penalty = case
    n, m = X.shape
    rng = np.random.default_rng(seed)
    spectrum, shrink = Spectrum.of(sparse.csc_array(X)), ridge.shrinkage(penalty)
    A = ridge_map(X, penalty)
    np.testing.assert_allclose(spectrum.variance(shrink), np.sum(A**2, axis=1), atol=1e-9)
    assert spectrum.residual_trace(shrink) == pytest.approx(
        np.sum((np.eye(n) - X @ A) ** 2), abs=1e-9
    )
    chosen, noisier = rng.random(m) < 0.5, rng.random(n) < 0.5
    bias = rng.standard_normal(m)[chosen]
    risk = ridge.mean_risk(bias, spectrum.rows(shrink, chosen), noisier)
    if not chosen.any():
        assert np.isnan(risk).all()
        return
    expected = (
        np.mean(bias**2),
        np.mean(np.sum(A[chosen] ** 2, axis=1)),
        np.mean(np.sum(A[chosen][:, noisier] ** 2, axis=1)),
    )
    assert risk == pytest.approx(expected, abs=1e-9)


@pytest.mark.parametrize("penalty", [-1.0, np.inf, np.nan])
def test_impossible_penalties_are_refused(penalty):
    with pytest.raises(ValueError, match=f"penalty = {penalty}: must be a finite number >= 0"):
        ridge.shrinkage(penalty)


def test_a_factorization_needs_a_penalty():
    with pytest.raises(ValueError, match=r"penalty = 0: must be a finite number > 0"):
        ridge.Ridge(sparse.csc_array(np.eye(2)), 0)

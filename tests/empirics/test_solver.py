import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse

from empirics.solver import minimum_norm


@st.composite
def designs(draw):
    """Sparse designs with zero, duplicate and sign-flipped rows and columns."""
    n, d = draw(st.integers(1, 12)), draw(st.integers(1, 12))
    seed = draw(st.integers(0, 2**32 - 1))
    rng = np.random.default_rng(seed)
    density = draw(st.sampled_from([0.0, 0.05, 0.15, 0.3, 0.6, 1.0]))
    X = (rng.random((n, d)) < density) * rng.choice([-1.0, 1.0], (n, d))
    if draw(st.booleans()):
        X = X[rng.integers(0, n, n)] * rng.choice([-1.0, 1.0], (n, 1))
    if draw(st.booleans()):
        X = X[:, rng.integers(0, d, d)] * rng.choice([-1.0, 1.0], d)
    return X, rng.standard_normal((n, 2))


@settings(deadline=None)
@given(designs())
def test_solution_is_the_pseudoinverse(case):
    X, Y = case
    solution = minimum_norm(sparse.csr_array(X), Y)
    inverse = np.linalg.pinv(X)
    expected = inverse @ Y
    assert solution.features.tolist() == np.flatnonzero(X.any(axis=0)).tolist()
    np.testing.assert_allclose(
        solution.coefficients, expected[solution.features], rtol=0, atol=1e-9
    )
    P, V = inverse @ X, inverse @ inverse.T
    np.testing.assert_allclose(
        solution.projection_diagonal, np.diag(P)[solution.features], rtol=0, atol=1e-9
    )
    np.testing.assert_allclose(
        solution.variance_diagonal, np.diag(V)[solution.features], rtol=0, atol=1e-9
    )
    assert solution.rank == np.linalg.matrix_rank(X)


@settings(deadline=None)
@given(designs())
def test_leave_one_out_is_what_refitting_gives(case):
    X, Y = case
    solution = minimum_norm(sparse.csc_array(X), Y)
    for row in range(X.shape[0]):
        kept = np.arange(X.shape[0]) != row
        refit = Y[row] - X[row] @ (np.linalg.pinv(X[kept]) @ Y[kept])
        np.testing.assert_allclose(solution.leave_one_out[row], refit, rtol=0, atol=1e-8)


def test_dense_input_is_refused():
    with pytest.raises(TypeError, match="X is a ndarray; allowed is a scipy sparse"):
        minimum_norm(np.eye(2), np.ones(2))

"""Small Cholesky factors against numpy's inverse, and what is not positive definite."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from empirics.solver.small_factor import invert, invert_factor


@given(size=st.integers(0, 12), seed=st.integers(0, 2**32))
def test_inverses_of_well_conditioned_matrices(size: int, seed: int) -> None:
    rows = np.random.default_rng(seed).integers(-1, 2, (3 * size, size)).astype(float)
    G = rows.T @ rows + np.eye(size)
    # Condition at most 1 + the trace; a factor 10 for the constants of the two sums.
    tolerance = 10 * (size + 1) * np.finfo(float).eps * (1 + np.trace(G)) ** 2
    half, whole = G.copy(), G.copy()
    assert invert_factor(half)
    assert np.array_equal(half, np.triu(half))
    assert half @ half.T @ G == pytest.approx(np.eye(size), abs=tolerance)
    assert invert(whole)
    assert np.array_equal(whole, whole.T)
    assert whole @ G == pytest.approx(np.eye(size), abs=tolerance)


@pytest.mark.parametrize("G", [[[0.0]], [[1.0, 2.0], [2.0, 1.0]], [[1.0, 1.0], [1.0, 1.0]]])
def test_what_is_not_positive_definite_is_refused(G: list[list[float]]) -> None:
    assert not invert(np.array(G))
    assert not invert_factor(np.array([[np.nan]]))

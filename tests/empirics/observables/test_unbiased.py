import numpy as np
import pytest
from scipy import sparse

from empirics.observables import unbiased
from empirics.observables.unbiased import competing_variances
from empirics.solver.compressed import Compressed

# Rows 0-2 are free of tail features (columns 2, 3); column 2 is alone in row 3, and column 3
# never is.
X = np.array(
    [
        [1, 0, 0, 0],
        [1, 1, 0, 0],
        [0, -1, 0, 0],
        [1, -1, 1, 0],
        [0, 1, 1, -1],
    ],
    dtype=float,
)
TAIL = np.array([False, False, True, True])


def test_variances_are_those_of_the_estimate_written_out():
    trusted = np.zeros((5, 5))
    trusted[:3, :3] = np.eye(3)
    common = np.linalg.pinv(X[:3, :2])
    weights = np.zeros((3, 5))
    weights[:2, :3] = common
    weights[2, 3] = 1
    weights[2] -= np.array([1, -1]) @ weights[:2]
    # It is unbiased: a'X = e_i.
    np.testing.assert_allclose(weights @ X, np.eye(4)[:3], atol=1e-12)
    found = competing_variances(Compressed.columns_of(sparse.csc_array(X)), TAIL)
    assert found[:3] == pytest.approx(np.sum(weights**2, axis=1))
    assert np.isinf(found[3])


def test_no_estimate_without_enough_trusted_rows():
    few, whole = (Compressed.columns_of(sparse.csc_array(rows)) for rows in (X[2:], X))
    assert competing_variances(few, TAIL) is None
    assert competing_variances(whole, np.array([True] * 4)) is None


def test_an_ill_conditioned_gram_matrix_is_left_to_the_singular_values(monkeypatch):
    rng = np.random.default_rng(0)
    Z = np.where(rng.random((60, 6)) < 0.4, rng.choice([-1.0, 1.0], (60, 6)), 0.0)
    columns = Compressed.columns_of(sparse.csc_array(Z))
    tail = np.array([False] * 4 + [True] * 2)
    by_gram = competing_variances(columns, tail)
    monkeypatch.setattr(unbiased, "_LARGEST_CONDITION", 0.0)
    np.testing.assert_allclose(by_gram, competing_variances(columns, tail), rtol=1e-13)


def test_dependent_common_features_have_no_estimate():
    # The third column is the sum of the first two: the rank is 2, whatever rounding says.
    Z = np.array([[1.0, 0, 1, 0], [0, 1, 1, 0], [1, 0, 1, 0], [0, 1, 1, 0], [1, 0, 1, 1]])
    tail = np.array([False, False, False, True])
    assert competing_variances(Compressed.columns_of(sparse.csc_array(Z)), tail) is None

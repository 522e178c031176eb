import numpy as np
import pytest
from scipy import sparse

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

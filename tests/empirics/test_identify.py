import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse
from sympy import Matrix

from empirics.identify import identifiable


def in_row_space(X):
    """Which unit vectors lie in the row space, by exact rational rank."""
    rows = Matrix(X.tolist())
    rank = rows.rank()
    return [
        rows.col_join(Matrix([[int(i == j) for j in range(X.shape[1])]])).rank() == rank
        for i in range(X.shape[1])
    ]


@settings(deadline=None)
@given(st.integers(1, 7), st.integers(1, 7), st.integers(0, 2**32 - 1))
def test_identifiable_set_agrees_with_exact_rank(n, d, seed):
    rng = np.random.default_rng(seed)
    X = rng.choice([-1, 0, 0, 1], (n, d))
    assert identifiable(sparse.csr_array(X)).tolist() == in_row_space(X)

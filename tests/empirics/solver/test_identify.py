import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse
from sympy import QQ, Matrix
from sympy.polys.matrices import DomainMatrix

from empirics.draws.design import draw_seen
from empirics.solver.identify import identifiable


def in_row_space(X):
    """Which unit vectors lie in the row space: appending one leaves the exact rank as it is."""
    rows = Matrix(X.tolist())
    rank = rows.rank()
    return [rows.col_join(Matrix([row])).rank() == rank for row in np.eye(X.shape[1], dtype=int)]


def is_reduced_row(X):
    """The same from the reduced row echelon form, which then has that unit vector as a row."""
    rows = [[QQ(int(x)) for x in row] for row in X]
    reduced, pivots = DomainMatrix(rows, X.shape, QQ).to_sparse().rref()
    found = np.zeros(X.shape[1], dtype=bool)
    for row, pivot in enumerate(pivots):
        found[pivot] = len(reduced.rep[row]) == 1
    return found.tolist()


@settings(deadline=None, max_examples=60)
@given(st.integers(1, 6), st.integers(1, 6), st.integers(0, 2**32 - 1))
def test_agrees_with_exact_rank(n, d, seed):
    X = np.random.default_rng(seed).choice([-1, 0, 0, 1], (n, d))
    assert identifiable(sparse.csr_array(X)).tolist() == in_row_space(X)


@settings(deadline=None, max_examples=200)
@given(
    st.integers(1, 12),
    st.integers(1, 12),
    st.sampled_from([0.15, 0.3, 0.6]),
    st.integers(0, 2**32 - 1),
)
def test_agrees_with_exact_elimination(n, d, density, seed):
    rng = np.random.default_rng(seed)
    X = rng.integers(-2, 3, (n, d)) * (rng.random((n, d)) < density)
    if seed % 3 == 0:
        X[:, rng.integers(d)] = X @ rng.integers(-1, 2, d)
    assert identifiable(sparse.csc_array(X)).tolist() == is_reduced_row(X)


@pytest.mark.parametrize(("alpha", "all_of_them"), [(0.7, False), (1.3, False), (2.0, True)])
def test_agrees_with_exact_elimination_on_long_tail_designs(alpha, all_of_them):
    weight = np.arange(1, 401.0) ** -alpha
    rng = np.random.default_rng(10)
    _, X = draw_seen(np.minimum(1, 4 * weight / weight.sum()), 60, rng)
    found = identifiable(X)
    assert found.tolist() == is_reduced_row(X.toarray())
    assert found.all() == all_of_them


def test_unseen_features_are_not_identifiable():
    X = sparse.csr_array(([1.0], ([0], [3])), shape=(2, 6))
    assert identifiable(X).tolist() == [False, False, False, True, False, False]


def test_a_pair_seen_only_together_is_not_identifiable():
    X = sparse.csr_array([[1.0, 1.0, 1.0], [0.0, 0.0, -1.0]])
    assert identifiable(X).tolist() == [False, False, True]


def test_bad_input_is_refused():
    with pytest.raises(TypeError, match="X is a list; allowed is a scipy sparse array"):
        identifiable([[1.0]])
    with pytest.raises(ValueError, match="X holds nan; allowed are finite numbers"):
        identifiable(sparse.csr_array([[np.nan]]))

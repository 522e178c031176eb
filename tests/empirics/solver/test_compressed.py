"""Sparse arrays as plain arrays, against scipy and dense linear algebra."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse

from empirics.draws.design import draw_seen
from empirics.solver import factorization
from empirics.solver.compressed import Compressed
from empirics.solver.nullspace import NullSpace
from empirics.solver.rowspace import RowSpace
from empirics.solver.sparse_rowspace import SparseRowSpace
from theorems.law import PowerLaw


@st.composite
def arrays(draw):
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    shape = draw(st.integers(0, 9)), draw(st.integers(0, 9))
    held = rng.random(shape) < draw(st.sampled_from([0.1, 0.4, 0.9]))
    return np.where(held, rng.standard_normal(shape), 0.0), rng


def by_rows(A):
    found = sparse.csr_array(A)
    kind = np.int64
    parts = found.indptr.astype(kind), found.indices.astype(kind)
    return Compressed(*parts, found.data, found.shape)


def projector(W):
    r, _ = W.shape
    whole = np.hstack([np.eye(r), W])
    return np.linalg.pinv(whole) @ whole


@settings(deadline=None, max_examples=60)
@given(arrays(), st.integers(1, 5))
def test_products_are_those_of_the_dense_array(case, q):
    A, rng = case
    C = by_rows(A)
    B, D = rng.standard_normal((A.shape[1], q)), rng.standard_normal((A.shape[0], q))
    np.testing.assert_allclose(C.times(B), A @ B, atol=1e-13)
    np.testing.assert_allclose(C.transposed_times(D), A.T @ D, atol=1e-13)
    assert np.array_equal(C.csr().toarray(), A)
    assert np.array_equal(C.transpose().csr().toarray(), A.T)
    np.testing.assert_allclose(C.squares(), (A**2).sum(axis=1))
    np.testing.assert_allclose(C.column_squares(), (A**2).sum(axis=0))
    assert np.array_equal(C.absolute().csr().toarray(), np.abs(A))
    assert np.array_equal(C.padded(2).csr().toarray(), np.vstack([A, np.zeros((2, A.shape[1]))]))
    order = rng.permutation(A.shape[0])[: A.shape[0] // 2 + 1]
    assert np.array_equal(C.select(order).csr().toarray(), A[order])
    wanted = rng.random(A.shape[1]) < 0.5
    rows, held = C.holding(wanted)
    assert rows.tolist() == np.flatnonzero(A[:, wanted].any(axis=1)).tolist()
    assert np.array_equal(held.csr().toarray(), A[rows][:, wanted])


@settings(deadline=None, max_examples=60)
@given(arrays())
def test_the_null_space_is_that_of_the_whole(case):
    W, rng = case
    W = W[:, W.any(axis=0)]
    r, f = W.shape
    P = projector(W)
    space = NullSpace.of(by_rows(W))
    V = rng.standard_normal((r + f, 3))
    basic, free = V[:r].copy(), V[r:].copy()
    space.project(basic, free)
    np.testing.assert_allclose(np.vstack([basic, free]), P @ V, atol=1e-11)
    np.testing.assert_allclose(np.concatenate(space.diagonal()), np.diag(P), atol=1e-11)
    assert space.determined.tolist() == (~W.any(axis=1)).tolist()
    V = np.where(rng.random((r, 4)) < 0.4, rng.standard_normal((r, 4)), 0.0)
    rows = (P @ np.vstack([V, np.zeros((f, 4))]))[
        np.concatenate([space.small_basic, r + space.small_free])
    ]
    np.testing.assert_allclose(space.reject_small(by_rows(V)).csr().toarray(), rows, atol=1e-11)


@pytest.mark.parametrize("seed", range(5))
def test_a_sparse_projector_is_the_dense_one(seed):
    rng = np.random.default_rng(seed)
    r, f = 60, 40
    W = np.where(rng.random((r, f)) < 0.05, rng.choice([-1.0, 1.0, 2.0], (r, f)), 0.0)
    W = W[W.any(axis=1)]
    r = W.shape[0]
    sparse_space, dense = SparseRowSpace.of(by_rows(W)), RowSpace.of(W)
    V = rng.standard_normal((r + f, 3))
    np.testing.assert_allclose(sparse_space.project(V), dense.project(V), atol=1e-12)
    np.testing.assert_allclose(sparse_space.diagonal, dense.diagonal, atol=1e-12)
    V = by_rows(np.where(rng.random((7, r)) < 0.1, rng.standard_normal((7, r)), 0.0))
    found = sparse_space.extend_sparse(V)
    np.testing.assert_allclose(found, dense.extend_sparse(V), atol=1e-12)
    expected = projector(W)[:, :r] @ V.csr().toarray().T
    np.testing.assert_allclose(found, expected, atol=1e-12)


@pytest.mark.parametrize("alpha", [1.4, 1.5, 2.0, 3.0])
def test_one_loop_solves_as_its_steps_do(alpha):
    p = PowerLaw(d=2000, alpha=alpha).p
    _, X = draw_seen(p, 300, np.random.default_rng(1))
    whole = factorization.factor(Compressed.columns_of(X))
    assert whole._core.inverse is not None
    assert not whole.null_space.large
    Y = np.random.default_rng(2).standard_normal((300, 3))
    steps = whole._solve_once(Y)
    steps += whole._solve_once(Y - X @ whole._spread(steps))
    np.testing.assert_allclose(whole._solve(Y), steps, rtol=0, atol=1e-13 * np.abs(steps).max())


def test_large_null_spaces_are_kept_sparse():
    p = np.minimum(1, 0.5 / np.arange(1, 10001.0))
    _, X = draw_seen(p, 1000, np.random.default_rng(3))
    spaces = [c.space for c in factorization.factor(Compressed.columns_of(X)).null_space.large]
    assert any(isinstance(space, SparseRowSpace) for space in spaces)

"""A design that needs nothing made of it is taken as it is; any other is brought into order."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from scipy import sparse

from empirics.solver import seen_columns as module
from empirics.solver.seen_columns import compressed_columns, seen_columns

DENSE = np.array([[0.0, 2, 0, 1], [0, 3, 0, 0], [0, 0, 0, -1]])


def taken(X: sparse.csc_array) -> np.ndarray:
    """The columns seen, dense."""
    features, columns, d = compressed_columns(X)
    assert d == X.shape[1]
    assert columns.data.all()
    for start, end in itertools.pairwise(columns.indptr):
        assert end > start
        assert np.all(np.diff(columns.indices[start:end]) > 0)
    out = np.zeros((d, X.shape[0]))
    out[features] = columns.csr().toarray()
    return out.T


def disordered() -> sparse.csc_array:
    """Rows of the second column the wrong way round."""
    return sparse.csc_array(([3.0, 2, 1, -1], [1, 0, 0, 2], [0, 0, 2, 2, 4]), shape=(3, 4))


def twice() -> sparse.csc_array:
    """An entry in two parts."""
    return sparse.csc_array(([1.0, 1, 3, 1, -1], [0, 0, 1, 0, 2], [0, 0, 3, 3, 5]), shape=(3, 4))


def with_zeros() -> sparse.csc_array:
    """Zeros that are stored, one of them alone in its column."""
    return sparse.csc_array(
        ([0.0, 2, 3, 0, 1, -1], [1, 0, 1, 2, 0, 2], [0, 1, 4, 4, 6]), shape=(3, 4)
    )


def test_what_is_in_order_is_not_copied(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_canonical", lambda _: pytest.fail("it was made anew"))
    X = sparse.csc_array(DENSE)
    assert np.array_equal(taken(X), DENSE)
    features, A, d = seen_columns(X)
    assert np.array_equal(A.toarray(), DENSE[:, features])
    assert A.data is X.data or np.shares_memory(A.data, X.data)
    assert d == 4


@pytest.mark.parametrize("made", [disordered, twice, with_zeros])
@pytest.mark.parametrize("said", [True, False])
def test_what_is_not_is_brought_into_order_whatever_it_says(made, said: bool) -> None:
    X = made()
    before = [part.copy() for part in (X.data, X.indices, X.indptr)]
    X.has_canonical_format = said
    assert np.array_equal(taken(X), DENSE)
    assert all(map(np.array_equal, before, (X.data, X.indices, X.indptr)))


@pytest.mark.parametrize("kind", [np.int8, np.float32])
def test_other_numbers_become_doubles(kind: type) -> None:
    _, columns, _ = compressed_columns(sparse.csc_array(DENSE.astype(kind)))
    assert columns.data.dtype == np.float64


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_numbers_that_are_none_are_refused(bad: float) -> None:
    X = sparse.csc_array(DENSE)
    X.data[1] = bad
    with pytest.raises(ValueError, match=f"X holds {bad}; allowed are finite numbers"):
        compressed_columns(X)

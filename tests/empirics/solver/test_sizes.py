"""What a solution says of the sizes of its dense parts."""

import numpy as np
import pytest
from scipy import sparse

from empirics.draws.design import draw_seen
from empirics.solver.gram import GramCore
from empirics.solver.minimum_norm import minimum_norm
from theorems.law import PowerLaw


def solution(X):
    return minimum_norm(sparse.csc_array(X), np.ones(X.shape[0]))


def test_nothing_is_dense_where_peeling_takes_all():
    found = solution(np.diag([1.0, -2.0, 3.0]))
    assert (found.dense_size, found.null_size) == (0, 0)


@pytest.mark.parametrize("columns", [20, 40])
def test_a_full_block_is_dense(columns):
    # As many independent columns as the rank; those that small components leave are in no block.
    X = np.random.default_rng(0).standard_normal((60, columns))
    assert solution(X).dense_size == columns
    # Without structure elimination takes the whole, of as many columns as there are rows.
    wide = solution(np.random.default_rng(1).standard_normal((20, 20 + columns + 64)))
    assert wide.dense_size == 20
    assert wide.null_size == columns + 64


def test_the_border_of_a_long_tail_design_is_what_is_dense():
    _, X = draw_seen(PowerLaw(d=100_000, s=5.0, alpha=1.5).p, 10_000, np.random.default_rng(2))
    found = minimum_norm(X, np.ones(X.shape[0]))
    core = found._factorization._core
    assert isinstance(core, GramCore)
    assert found.dense_size == core._form.border.size
    # Most of the core is in small blocks.
    assert 0 < found.dense_size < core.basic.size / 2

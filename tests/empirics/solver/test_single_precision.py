"""A factor in single precision gives what one in double precision does."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest
from scipy import sparse

from empirics.draws.design import draw
from empirics.solver import bordered, gram, sparse_rowspace
from empirics.solver.gram import GramCore
from empirics.solver.minimum_norm import MinimumNorm, minimum_norm
from theorems.law import PowerLaw

N = 3000


@pytest.fixture(scope="module", autouse=True)
def blocks() -> Iterator[None]:
    """Small blocks are sought in small cores too."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(bordered, "_ALL_BORDER", 0)
        yield


@pytest.fixture(scope="module")
def X() -> sparse.csc_array:  # noqa: N802
    """A design with blocks and a border."""
    return draw(PowerLaw(d=10 * N, s=5, alpha=1).p, N, np.random.default_rng(3))


@pytest.fixture(scope="module")
def double(X: sparse.csc_array) -> MinimumNorm:
    return minimum_norm(X, labels(3))


def labels(q: int) -> np.ndarray:
    return np.random.default_rng(4).standard_normal((N, q))


def core(solution: MinimumNorm) -> GramCore:
    found = solution._factorization._core
    assert isinstance(found, GramCore)
    return found


def off(one: np.ndarray, other: np.ndarray) -> float:
    return float(np.abs(one - other).max() / np.abs(other).max())


@pytest.mark.parametrize("q", [1, 3, 7])
def test_coefficients_are_as_exact(
    q: int, X: sparse.csc_array, monkeypatch: pytest.MonkeyPatch
) -> None:
    double = minimum_norm(X, labels(q))
    monkeypatch.setattr(gram, "_SINGLE", 0)
    single = minimum_norm(X, labels(q))
    assert core(double)._factor.dtype == np.float64
    assert core(single)._factor.dtype == np.float32
    assert core(single)._form.inner.size
    # Corrections did it: no factor in double precision was made.
    assert "_double" not in vars(core(single))
    # Both are refined: the products of a row and a column are left, each within `_unit`.
    allowed = core(double)._unit * core(double)._inverse_norm
    assert off(single.coefficients, double.coefficients) < allowed < 1e-11
    # A factor in single precision alone would be seen.
    B = core(single).scaled.transposed_times(np.ones((core(single).scaled.shape[0], 1)))
    raw = core(single)._apply_factor(B, core(single)._factor)
    assert off(raw, core(double)._apply_inverse(B)) > 1e-9


def test_other_outputs_are_the_same_to_the_bit(
    X: sparse.csc_array, double: MinimumNorm, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gram, "_SINGLE", 0)
    single = minimum_norm(X, labels(3))
    for name in ("variance_diagonal", "projection_diagonal", "identifiable"):
        assert getattr(single, name).tobytes() == getattr(double, name).tobytes()
    allowed = core(double)._unit * core(double)._inverse_norm
    assert off(single.leave_one_out, double.leave_one_out) < 10 * allowed


@pytest.mark.parametrize("exponent", [-60, 60])
def test_the_size_of_labels_is_no_matter(
    exponent: int, X: sparse.csc_array, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gram, "_SINGLE", 0)
    usual = minimum_norm(X, labels(2)).coefficients
    scaled = minimum_norm(X, np.ldexp(labels(2), exponent)).coefficients
    assert np.array_equal(scaled, np.ldexp(usual, exponent))


def test_corrections_that_do_not_shrink_end_in_double_precision(
    X: sparse.csc_array, double: MinimumNorm, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gram, "_SINGLE", 0)
    single = core(minimum_norm(X, labels(3)))
    B = single.scaled.transposed_times(np.ones((single.scaled.shape[0], 2)))
    wanted = core(double)._apply_inverse(B)
    # A factor twice too large takes a quarter of what is missing off at a time, one with numbers
    # that are none takes nothing off.
    for wrong in (2 * single._factor, np.nan * single._factor):
        found = replace(single, _factor=wrong)
        object.__setattr__(found, "_double", core(double)._factor)
        assert np.array_equal(found._apply_inverse(B), wanted)


@pytest.mark.parametrize("near", [5.0, 10.0, 20.0])
def test_nearly_dependent_columns_are_left_to_double_precision(
    near: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    rng = np.random.default_rng(6)
    A = rng.standard_normal((700, 600))
    # The last column keeps some 1 / near^2 of its squared length.
    A[:, -1] = A[:, 0] + rng.standard_normal(700) / near
    Y = rng.standard_normal(700)
    double = minimum_norm(sparse.csr_array(A), Y)
    monkeypatch.setattr(gram, "_SINGLE", 0)
    if near > 5:
        # The pivot tells it as well.
        monkeypatch.setattr(gram, "_SINGLE_INVERSE", np.inf)
    other = minimum_norm(sparse.csr_array(A), Y)
    assert core(other)._factor.dtype == np.float64
    assert other.coefficients.tobytes() == double.coefficients.tobytes()


def test_dependent_columns_are_left_to_double_precision(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    A = np.random.default_rng(7).integers(-1, 2, (700, 600)) * 1.0
    A[:, -1] = A[:, 0] + A[:, 1]
    monkeypatch.setattr(gram, "_SINGLE", 0)
    assert minimum_norm(sparse.csr_array(A), np.ones(700)).rank == 599


def test_dependent_columns_in_small_blocks_are_left_to_double_precision(
    X: sparse.csc_array, double: MinimumNorm, monkeypatch: pytest.MonkeyPatch
) -> None:
    form, columns = core(double)._form, double._factorization._peeling.core_columns
    twice = X[:, double.features[columns[form.inner[:3]]]]
    wider = sparse.csc_array(sparse.hstack([X, twice]))
    usual = minimum_norm(wider, labels(1))
    monkeypatch.setattr(gram, "_SINGLE", 0)
    other = minimum_norm(wider, labels(1))
    assert usual.rank == other.rank == double.rank
    assert not core(other)._form.independent.all()
    assert other.coefficients.tobytes() == usual.coefficients.tobytes()


def test_a_null_space_is_projected_on_by_its_factor_or_by_its_inverse(
    X: sparse.csc_array, double: MinimumNorm, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert double.null_size > 256
    monkeypatch.setattr(sparse_rowspace, "_FACTORED", 0)
    other = minimum_norm(X, labels(3))
    # The condition of G, at most 1e4, times eps.
    assert 0 < off(other.coefficients, double.coefficients) < 1e4 * np.finfo(float).eps
    for component in other._factorization.null_space.large:
        assert "_inverse" not in vars(component.space)
    assert other.variance_diagonal.tobytes() == double.variance_diagonal.tobytes()

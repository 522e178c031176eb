"""What would take too long is refused with an estimate, before anything dense is made."""

from __future__ import annotations

import re

import numpy as np
import pytest
from scipy import sparse

from empirics.draws.design import draw
from empirics.solver import factorization
from empirics.solver.compressed import Compressed
from empirics.solver.effort import Effort
from empirics.solver.minimum_norm import MinimumNorm, minimum_norm
from empirics.solver.skeleton import steps_needed
from theorems import memory, patience
from theorems.law import PowerLaw
from theorems.patience import TooLongError

NEXT_TO_NOTHING = "1e-15"


@pytest.fixture(autouse=True)
def nothing_is_given_freely(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(patience, "_FREELY", 0.0)


def flat(n: int) -> sparse.csc_array:
    """A design without a long tail: its null space has a large component."""
    return draw(PowerLaw(d=10 * n, s=5, alpha=1).p, n, np.random.default_rng(5))


def effort(solution: MinimumNorm) -> Effort:
    form = solution._factorization
    parts = [(c.basic, c.free) for c in form.null_space.large]
    return Effort.of(form.dense_size, form._U, parts)


def minutes(solution: MinimumNorm, share: float) -> str:
    """A share of what variances take."""
    return repr(share * effort(solution).products / patience.PRODUCTS / 60)


@pytest.mark.parametrize(
    ("X", "what"),
    [
        (np.ones((40, 30)) + np.eye(40, 30), "the factorization of 30 features"),
        (np.hstack([np.ones((2, 40)), np.eye(2)]), "a null space of dimension 40"),
        # An entry that is tiny beside the others of its column is no matter for a Gram matrix.
        (np.ones((8, 8)) + np.eye(8) - (1 - 1e-12) * np.eye(8, 8, 1), "a dense block of 8 samples"),
    ],
)
def test_a_factorization_is_refused(
    X: np.ndarray, what: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert minimum_norm(sparse.csr_array(X), np.ones(len(X))).rank == min(X.shape)
    monkeypatch.setenv(patience.LIMIT, NEXT_TO_NOTHING)
    with pytest.raises(TooLongError, match=f"{what}.* would take about .* minutes") as caught:
        minimum_norm(sparse.csr_array(X), np.ones(len(X)))
    assert "\n" not in str(caught.value)


def test_variances_are_refused_and_coefficients_are_not(monkeypatch: pytest.MonkeyPatch) -> None:
    X = flat(1000)
    solution = minimum_norm(X, np.ones(1000))
    assert solution.null_size > 32
    monkeypatch.setenv(patience.LIMIT, minutes(solution, 0.99))
    again = minimum_norm(X, np.ones(1000))
    assert np.array_equal(again.coefficients, solution.coefficients)
    line = (
        rf"variances with {solution.dense_size} features that stay tied together and a null space "
        rf"of dimension {solution.null_size} would take about .* minutes of one core .*; instead: "
        "coefficients alone, fewer samples, or LONGTAIL_MINUTES=1 to go on"
    )
    for name in ("variance_diagonal", "leave_one_out"):
        with pytest.raises(TooLongError, match=line):
            getattr(again, name)
    monkeypatch.setenv(patience.LIMIT, minutes(solution, 1.01))
    assert np.array_equal(again.variance_diagonal, solution.variance_diagonal)


def test_who_says_what_is_wanted_is_refused_before_anything_is_factored(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    X = flat(1000)
    solution = minimum_norm(X, np.ones(1000), variances=True)
    monkeypatch.setenv(patience.LIMIT, minutes(solution, 0.99))
    with pytest.raises(TooLongError) as late:
        _ = minimum_norm(X, np.ones(1000)).variance_diagonal
    monkeypatch.setattr(factorization, "_LOOK_AHEAD", 0)
    monkeypatch.setattr(factorization.GramCore, "of", lambda _: pytest.fail("it was factored"))
    with pytest.raises(TooLongError, match=re.escape(str(late.value))):
        minimum_norm(X, np.ones(1000), variances=True)


def test_variances_that_do_not_fit_in_memory_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    solution = minimum_norm(flat(1000), np.ones(1000))
    monkeypatch.setattr(memory, "_FREELY", 0)
    monkeypatch.setattr(memory, "available", lambda: 8 * effort(solution).doubles - 1)
    with pytest.raises(memory.TooLargeError, match=r"variances with .* needs about .* GiB"):
        _ = solution.variance_diagonal


def test_an_inverse_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    solution = minimum_norm(sparse.csr_array(np.ones((600, 530)) + np.eye(600, 530)), np.ones(600))
    monkeypatch.setenv(patience.LIMIT, NEXT_TO_NOTHING)
    with pytest.raises(
        TooLongError,
        match=rf"the inverse for {solution.dense_size} features that",
    ):
        _ = solution.leverage


def test_the_count_is_what_dense_products_take() -> None:
    """s = 3; components of (2, 1), which meets 2 columns of the core, and of (1, 2), which 1."""
    U = Compressed.rows_of(sparse.csr_array(np.array([[0.0, 2, 0, 1], [0, 0, 0, 0], [3, 0, 0, 0]])))
    parts = [(np.array([0, 4]), np.array([0])), (np.array([3]), np.array([1, 2]))]
    # Peeled feature 0 meets columns 1 and 3, basic 4 is column 1 of the core, basic 3 column 0.
    one = 1 * (2 + 2) + 3 * 2 * (1.5 + 2) + 3 * 2**2
    other = 1 * (1 + 1) + 3 * 1 * (1.5 + 1) + 3 * 1**2
    found = Effort.of(3, U, parts)
    assert found.products == 9 + one + other
    assert (found.dense, found.null) == (3, 2)
    assert found.doubles == 2 * 9 + (2**2 + 3 * 3 * 2)


@pytest.mark.parametrize(("rows", "columns"), [(9, 9), (20, 7), (7, 20)])
def test_the_count_of_an_elimination(rows: int, columns: int) -> None:
    updated = sum((rows - k - 0.5) * (columns - k - 0.5) for k in range(min(rows, columns)))
    # An integral in place of a sum of squares by their midpoints is off by 1/12 for each.
    assert steps_needed(rows, columns) == pytest.approx(updated + min(rows, columns) / 12, abs=1e-9)

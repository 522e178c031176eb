import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy import sparse
from sympy import QQ
from sympy.polys.matrices import DomainMatrix

from empirics.draws.design import draw_seen
from empirics.solver import factorization
from empirics.solver.compressed import Compressed
from empirics.solver.dense import DenseCore
from empirics.solver.factorization import Factorization
from empirics.solver.gram import GramCore, UnsuitableError
from empirics.solver.minimum_norm import minimum_norm
from empirics.solver.peeling import peel, unpeeled
from theorems import memory

# What the solver promises. The reference loses eps times the condition number, which tests keep
# below 1e6 where it is numpy's; the exact reference loses nothing.
RELATIVE = 1e-9
LARGEST_CONDITION = 1e6


@st.composite
def designs(draw):
    """Small designs with zero, duplicate, proportional and sign-flipped rows and columns."""
    n, d = draw(st.integers(1, 9)), draw(st.integers(1, 9))
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    kind = draw(st.sampled_from(["signs", "integers", "reals"]))
    entries = {
        "signs": lambda: rng.choice([-1.0, 1.0], (n, d)),
        "integers": lambda: rng.integers(-3, 4, (n, d)).astype(float),
        "reals": lambda: rng.standard_normal((n, d)),
    }[kind]()
    X = entries * (rng.random((n, d)) < draw(st.sampled_from([0.0, 0.1, 0.2, 0.4, 0.7, 1.0])))
    if draw(st.booleans()):
        X = X[rng.integers(0, n, n)] * rng.choice([-1.0, 1.0, 2.0], (n, 1))
    if draw(st.booleans()):
        X = X[:, rng.integers(0, d, d)] * rng.choice([-1.0, 1.0, 0.5], d)
    return X, rng.standard_normal((n, 2)), rng


def condition(X):
    singular = np.linalg.svd(X, compute_uv=False)
    singular = singular[singular > 1e-13 * singular[0]] if X.any() else np.ones(1)
    return singular[0] / singular[-1]


def assert_close(actual, expected, relative=RELATIVE):
    scale = np.abs(expected).max(initial=0.0)
    np.testing.assert_allclose(actual, expected, rtol=0, atol=relative * scale)


def exact_matrix(A):
    entries = [[QQ(*float(x).as_integer_ratio()) for x in row] for row in A]
    return DomainMatrix(entries, A.shape, QQ)


def exact_pseudoinverse(A):
    """Pseudoinverse in rational arithmetic, from A = C F with C pivot columns and F from rref."""
    M = exact_matrix(A)
    reduced, pivots = M.rref()
    F = reduced.extract(range(len(pivots)), range(A.shape[1]))
    C = M.extract(range(A.shape[0]), list(pivots))
    right = F.transpose() * (F * F.transpose()).inv()
    return right * (C.transpose() * C).inv() * C.transpose(), len(pivots)


def doubles(M):
    return np.array([[float(x) for x in row] for row in M.to_list()])


def assert_is_pseudoinverse(solution, X, Y):
    inverse = np.linalg.pinv(X)
    seen = solution.features
    assert seen.tolist() == np.flatnonzero(X.any(axis=0)).tolist()
    assert solution.rank == np.linalg.matrix_rank(X)
    P, H = inverse @ X, X @ inverse
    assert_close(solution.coefficients, (inverse @ Y)[seen])
    assert_close(solution.variance_diagonal, np.sum(inverse**2, axis=1)[seen])
    np.testing.assert_allclose(
        solution.projection_diagonal, np.diag(P)[seen], rtol=0, atol=RELATIVE
    )
    np.testing.assert_allclose(solution.leverage, np.diag(H), rtol=0, atol=RELATIVE)
    np.testing.assert_allclose(
        solution.residual, Y - H @ Y, rtol=0, atol=RELATIVE * np.abs(Y).max(initial=0.0)
    )
    # A coordinate of the null space below 1e-6 of the rest is no outcome of these designs.
    assert np.array_equal(solution.identifiable, np.diag(P)[seen] > 1 - 1e-12)
    assert np.all(solution.projection_diagonal[solution.identifiable] == 1.0)


@settings(deadline=None, max_examples=300)
@given(designs())
def test_everything_is_that_of_the_pseudoinverse(case):
    X, Y, _ = case
    assume(condition(X) < LARGEST_CONDITION)
    assert_is_pseudoinverse(minimum_norm(sparse.csr_array(X), Y), X, Y)


# With rows and columns both scaled a term can fall below the uncertainty of one that it is added
# to, and the rank within uncertainties below the exact one; scales of 2^±5 leave 32 bits.
@settings(deadline=None, max_examples=200)
@given(designs(), st.sampled_from([(0, 0), (40, 0), (0, 40), (5, 5)]))
def test_rows_and_columns_of_any_scale_keep_their_digits(case, spreads):
    X, Y, rng = case
    X = np.round(8 * X)
    n, d = X.shape
    of_rows, of_columns = spreads
    X *= 2.0 ** rng.integers(-of_rows, of_rows + 1, (n, 1))
    X *= 2.0 ** rng.integers(-of_columns, of_columns + 1, d)
    assume(X.any())
    inverse, rank = exact_pseudoinverse(X)
    solution = minimum_norm(sparse.csc_array(X), Y)
    seen = solution.features
    assert solution.rank == rank
    P = (inverse * exact_matrix(X)).to_list()
    assert solution.identifiable.tolist() == [P[i][i] == 1 for i in seen]
    assert_close(solution.coefficients, doubles(inverse * exact_matrix(Y))[seen])
    assert_close(solution.projection_diagonal, [float(P[i][i]) for i in seen])
    V = (inverse * inverse.transpose()).to_list()
    assert_close(solution.variance_diagonal, [float(V[i][i]) for i in seen])


@settings(deadline=None, max_examples=200)
@given(designs())
def test_leave_one_out_is_what_refitting_gives(case):
    X, Y, _ = case
    others = [np.arange(len(X)) != row for row in range(len(X))]
    assume(max(condition(X[kept]) for kept in others) < 1e3)
    refits = [
        Y[row] - X[row] @ (np.linalg.pinv(X[kept]) @ Y[kept]) for row, kept in enumerate(others)
    ]
    assert_close(minimum_norm(sparse.csc_array(X), Y).leave_one_out, refits)


@pytest.mark.parametrize(
    ("n", "d", "s", "alpha"),
    [
        (300, 3000, 5, 1.0),  # one large null space
        (300, 3000, 5, 1.25),  # small and large null spaces
        (300, 3000, 5, 2.0),  # nearly everything identifiable
        (2000, 500, 3, 1.0),  # a core that falls into blocks
        (300, 300, 3, 0.5),  # a core nearly square
        (200, 2000, 20, 1.0),  # every row peeled, large coefficients
    ],
)
def test_long_tail_designs(n, d, s, alpha):
    weight = np.arange(1, d + 1.0) ** -alpha
    rng = np.random.default_rng(n + d)
    _, X = draw_seen(np.minimum(1, s * weight / weight.sum()), n, rng)
    Y = rng.standard_normal((n, 2))
    solution = minimum_norm(X, Y)
    dense = X.toarray()
    assert_is_pseudoinverse(solution, dense, Y)
    inverse = np.linalg.pinv(dense)
    H = dense @ inverse
    exact = np.diag(H) > 1 - 1e-12
    assert np.array_equal(solution.leverage == 1.0, exact)
    dual = inverse.T @ (inverse @ Y)
    refits = np.where(
        exact[:, None],
        dual / np.where(exact, np.sum(inverse**2, axis=0), 1)[:, None],
        (Y - H @ Y) / np.where(exact, 1, 1 - np.diag(H))[:, None],
    )
    assert_close(solution.leave_one_out, refits)


@settings(deadline=None, max_examples=200)
@given(designs())
def test_the_three_ways_agree(case):
    X, Y, _ = case
    A = sparse.csc_array(X[:, X.any(axis=0)])
    by_row = Compressed.rows_of(A.tocsr())
    peeling = peel(by_row)
    core = peeling.core(by_row)
    ways = [(peeling, DenseCore.of(core)), (unpeeled(*A.shape), DenseCore.of(by_row))]
    try:
        ways.append((peeling, GramCore.of(core)))
        parts = [Factorization.of(by_row, *way, np.inf) for way in ways]
    except UnsuitableError:
        assume(False)
    assume(condition(X) < LARGEST_CONDITION)
    one = parts[0]
    for other in parts[1:]:
        assert other.rank == one.rank
        assert np.array_equal(other.identifiable, one.identifiable)
        assert_close(other.solve(Y), one.solve(Y))
        assert_close(other.variance_diagonal, one.variance_diagonal)
        assert_close(other.projection_diagonal, one.projection_diagonal)
        assert np.array_equal(other.leverage_defect == 0, one.leverage_defect == 0)
        assert_close(other.leave_one_out(Y), one.leave_one_out(Y), 1e-7)


def test_a_nearly_singular_core_is_not_left_to_its_gram_matrix():
    X = np.array([[1.0, 1.0], [1.0, 1.0 + 2.0**-20]])
    with pytest.raises(UnsuitableError):
        _ = GramCore.of(Compressed.rows_of(sparse.csr_array(X))).dependence
    inverse, _ = exact_pseudoinverse(X)
    Y = np.array([1.0, 2.0])
    solution = minimum_norm(sparse.csr_array(X), Y)
    assert isinstance(solution._factorization._core, DenseCore)
    assert_close(solution.coefficients, doubles(inverse * exact_matrix(Y[:, None]))[:, 0])


def test_a_basis_that_peeling_leaves_ill_conditioned_is_replaced():
    # Peeled from both ends the chain makes the middle column the free one: |W| is 5^8.
    n = 16
    X = np.eye(n, n + 1) + 5 * np.eye(n, n + 1, 1)
    by_row = sparse.csr_array(X)
    whole = factorization.factor(Compressed.columns_of(sparse.csc_array(X)))
    assert isinstance(whole._core, DenseCore)
    assert peel(by_row).rows.size == n
    inverse, _ = exact_pseudoinverse(X)
    Y = np.random.default_rng(0).standard_normal(n)
    solution = minimum_norm(by_row, Y)
    assert_close(solution.coefficients, doubles(inverse * exact_matrix(Y[:, None]))[:, 0])
    assert not solution.identifiable.any()


@pytest.mark.parametrize(
    ("X", "rank"),
    [
        ([[0.1, 0.3], [0.2, 0.6]], 1),  # dependent but for the rounding of its entries
        ([[1.0, 0.0], [0.0, 1e-200]], 2),
        ([[1.0, 1e-17], [1.0, 0.0]], 2),
        ([[1.0, 1e-200], [1.0, 2e-200]], 2),
        ([[1.0, 1e-200], [2.0, 2e-200]], 1),
        ([[1.0, 1.0], [1e-200, -1e-200]], 2),
        ([[1e-200, 1.0], [1.0, 1e-200]], 2),
        ([[1.0, 1.0], [1e-17, -1e-17]], 2),
        ([[1.0, 1.0], [1.0, 1.0 + 2.0**-52]], 1),
        ([[1.0, 1.0], [1.0, 1.0 + 2.0**-40]], 2),
    ],
)
def test_rank_does_not_depend_on_the_scale_of_rows_and_columns(X, rank):
    X = np.array(X)
    for row, column in [(1.0, 1.0), (2.0**-30, 1.0), (1.0, 2.0**-30), (2.0**30, 2.0**-30)]:
        scaled = X * np.array([[1.0], [row]]) * np.array([1.0, column])
        assert minimum_norm(sparse.csr_array(scaled), np.ones(2)).rank == rank


@pytest.mark.parametrize("exponent", [-1000, -300, 300, 1000])
def test_scale_of_the_whole_design(exponent):
    rng = np.random.default_rng(5)
    X = rng.choice([-1.0, 0, 0, 1], (8, 9))
    Y = rng.standard_normal(8)
    one, other = (minimum_norm(sparse.csr_array(np.ldexp(X, e)), Y) for e in (0, exponent))
    assert np.array_equal(np.ldexp(other.coefficients, exponent), one.coefficients)
    assert np.array_equal(other.leave_one_out, one.leave_one_out)
    large = minimum_norm(sparse.csr_array(X), np.ldexp(Y, exponent))
    assert np.array_equal(np.ldexp(large.coefficients, -exponent), one.coefficients)
    if abs(exponent) < 500:
        scaled = np.ldexp(other.variance_diagonal, 2 * exponent)
        assert np.array_equal(scaled, one.variance_diagonal)


def test_formats_orders_duplicates_and_types_make_no_difference():
    rng = np.random.default_rng(6)
    X = rng.choice([-1, 0, 0, 0, 1], (12, 15))
    Y = rng.standard_normal((12, 3))
    expected = minimum_norm(sparse.csc_array(X.astype(float)), Y)
    rows, columns = np.nonzero(X)
    shuffled = rng.permutation(rows.size)
    rows, columns = rows[shuffled], columns[shuffled]
    # Each entry as the sum of two, and a pair that cancels.
    split = (
        np.concatenate([X[rows, columns] - 2, np.full(rows.size, 2), [1, -1]]),
        (np.concatenate([rows, rows, [0, 0]]), np.concatenate([columns, columns, [3, 3]])),
    )
    unsorted = sparse.csr_array(X)
    unsorted.indices[: unsorted.indptr[1]] = unsorted.indices[: unsorted.indptr[1]][::-1]
    unsorted.data[: unsorted.indptr[1]] = unsorted.data[: unsorted.indptr[1]][::-1]
    unsorted.has_sorted_indices = False
    wide = sparse.csc_array(X)
    wide.indices, wide.indptr = wide.indices.astype(np.int64), wide.indptr.astype(np.int64)
    given_ones = [
        *(make(X) for make in (sparse.csr_array, sparse.coo_array, sparse.lil_array)),
        *(make(X) for make in (sparse.csc_matrix, sparse.dok_matrix, sparse.bsr_matrix)),
        sparse.dia_array(X),
        sparse.coo_array(split, shape=X.shape),
        sparse.csr_array(X.astype(np.int8)),
        sparse.csr_array(X.astype(np.float32)),
        unsorted,
        wide,
    ]
    for given_one in given_ones:
        solution = minimum_norm(given_one, Y)
        assert solution.features.tolist() == expected.features.tolist()
        assert np.array_equal(solution.coefficients, expected.coefficients)
        assert np.array_equal(solution.leave_one_out, expected.leave_one_out)


def test_the_input_is_left_as_it_was():
    data, rows, columns = [1.0, 2.0, -2.0, 0.0], [1, 0, 0, 1], [0, 1, 1, 1]
    X = sparse.csc_array((data, (rows, columns)), shape=(2, 3))
    Y = np.array([1.0, 2.0])
    before = [X.data.copy(), X.indices.copy(), X.indptr.copy(), Y.copy()]
    assert minimum_norm(X, Y).features.tolist() == [0]
    for now, then in zip([X.data, X.indices, X.indptr, Y], before, strict=True):
        assert np.array_equal(now, then)


def test_vector_and_matrix_labels():
    X = sparse.csr_array([[1.0, 1.0, 0.0], [0.0, 0.0, 2.0]])
    y = np.array([2.0, 3.0])
    vector, matrix = minimum_norm(X, y), minimum_norm(X, y[:, None])
    assert vector.coefficients.tolist() == [1.0, 1.0, 1.5]
    assert matrix.coefficients.tolist() == [[1.0], [1.0], [1.5]]
    assert vector.leave_one_out.tolist() == pytest.approx([2.0, 3.0])
    assert matrix.leave_one_out.shape == (2, 1)
    assert minimum_norm(X, np.empty((2, 0))).coefficients.shape == (3, 0)


@pytest.mark.parametrize("shape", [(3, 4), (1, 1), (0, 2), (2, 0)])
def test_nothing_seen(shape):
    Y = np.arange(shape[0], dtype=float)
    solution = minimum_norm(sparse.csr_array(shape), Y)
    assert solution.rank == 0
    assert solution.features.size == solution.coefficients.size == 0
    assert solution.identifiable.size == solution.variance_diagonal.size == 0
    assert solution.projection_diagonal.size == 0
    assert np.array_equal(solution.residual, Y)
    assert np.array_equal(solution.leave_one_out, Y)
    assert not solution.leverage.any()


def test_private_rows_are_fitted_exactly_and_known_to_be():
    X = sparse.csr_array([[1.0, 1.0, 0.0], [1.0, 0.0, 0.0], [1.0, 0.0, 0.0], [0.0, 0.0, 0.0]])
    solution = minimum_norm(X, np.array([5.0, 1.0, 3.0, 7.0]))
    assert solution.coefficients.tolist() == pytest.approx([2.0, 3.0])
    assert solution.leverage[0] == 1.0
    assert solution.residual[0] == pytest.approx(0.0, abs=4e-15)
    assert solution.leave_one_out.tolist() == pytest.approx([3.0, -2.0, 2.0, 7.0])


def test_the_same_input_gives_the_same_bytes():
    _, X = draw_seen(np.minimum(1, 2.0 / np.arange(1, 2001)), 300, np.random.default_rng(7))
    Y = np.random.default_rng(8).standard_normal((300, 2))
    one, other = minimum_norm(X, Y), minimum_norm(X.copy(), Y.copy())
    for name in ("coefficients", "variance_diagonal", "projection_diagonal", "leave_one_out"):
        assert getattr(one, name).tobytes() == getattr(other, name).tobytes()


@pytest.mark.parametrize(
    ("X", "free", "what"),
    [
        (np.ones((40, 30)) + np.eye(40, 30), 1e3, "the Gram matrix of 30 features"),
        (np.hstack([np.ones((2, 40)), np.eye(2)]), 1e3, "a null space of dimension 40"),
        (np.vander(np.linspace(0.1, 1, 8)), 4e3, "a dense block of 8 samples and 8 features"),
    ],
)
def test_what_does_not_fit_in_memory_is_refused_with_an_estimate(X, free, what, monkeypatch):
    monkeypatch.setattr(memory, "_FREELY", 0)
    assert minimum_norm(sparse.csr_array(X), np.ones(len(X))).rank == min(X.shape)
    monkeypatch.setattr(memory, "available", lambda: free)
    with pytest.raises(MemoryError, match=f"{what}.* needs about .* GiB; allowed is") as caught:
        minimum_norm(sparse.csr_array(X), np.ones(len(X)))
    assert "\n" not in str(caught.value)


def test_peeled_coefficients_that_do_not_fit_in_memory_are_refused(monkeypatch):
    # The inverse of this triangle is full: 2.2 million entries.
    n = 2100
    chain = sparse.diags_array([np.ones(n), np.ones(n - 1)], offsets=[0, 1], format="csr")
    assert minimum_norm(chain, np.ones(n)).variance_diagonal[0] == pytest.approx(n)
    monkeypatch.setattr(memory, "available", lambda: 0.0)
    with pytest.raises(MemoryError, match="the 2100 peeled samples need more than 2097152 coef"):
        _ = minimum_norm(chain, np.ones(n)).variance_diagonal


@pytest.mark.parametrize(
    ("X", "Y", "error", "message"),
    [
        (np.eye(2), np.ones(2), TypeError, "X is a ndarray; allowed is a scipy sparse array"),
        (sparse.coo_array([1.0]), np.ones(1), ValueError, r"X has shape \(1,\); allowed is"),
        (sparse.csr_array([[np.nan]]), np.ones(1), ValueError, "X holds nan; allowed are finite"),
        (sparse.csr_array([[np.inf]]), np.ones(1), ValueError, "X holds inf; allowed are finite"),
        (sparse.csr_array([[1j]]), np.ones(1), ValueError, "X has dtype complex128; allowed"),
        (sparse.csr_array([[1.0]]), [np.nan], ValueError, "Y holds nan; allowed are finite"),
        (sparse.csr_array([[1.0]]), [1j], ValueError, "Y has dtype complex128; allowed are real"),
        (sparse.csr_array([[1.0]]), [1, 2], ValueError, r"Y has shape \(2,\); allowed is \(1,\)"),
        (sparse.csr_array([[1.0]]), np.ones((1, 1, 1)), ValueError, r"Y has shape \(1, 1, 1\)"),
        (
            sparse.coo_array(([1e308, 1e308], ([0, 0], [0, 0])), shape=(1, 1)),
            np.ones(1),
            ValueError,
            "X holds inf; allowed are finite",
        ),
    ],
)
def test_bad_input_is_refused_in_one_line(X, Y, error, message):
    with pytest.raises(error, match=message) as caught:
        minimum_norm(X, Y)
    assert "\n" not in str(caught.value)

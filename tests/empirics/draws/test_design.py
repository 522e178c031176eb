import numpy as np
import pytest
from scipy import sparse, stats

from empirics.draws import design
from empirics.draws.design import draw, draw_seen

# Each statistical test refutes a true law with at most this probability, by Bonferroni over all
# its comparisons; seeds are fixed, so that a test that has passed keeps passing.
FALSE_ALARM = 1e-3


def power_law(d, s, alpha):
    weight = np.arange(1, d + 1.0) ** -alpha
    return np.minimum(1, s * weight / weight.sum())


def assert_binomial(counts, trials, p):
    """Exact two-sided binomial tests of all counts at once."""
    counts, p = np.broadcast_arrays(counts, p)
    tail = np.minimum(stats.binom.cdf(counts, trials, p), stats.binom.sf(counts - 1, trials, p))
    assert tail.min() > FALSE_ALARM / (2 * counts.size)


def test_every_cell_and_every_pair_of_cells_has_the_right_frequency():
    p = np.array([1.0, 0.9, 0.5, 0.5, 0.3, 0.05])
    n, draws = 3, 4000
    rng = np.random.default_rng(1)
    hits = np.array([draw(p, n, rng).toarray().ravel() for _ in range(draws)])
    law = np.tile(p, n)
    assert_binomial(np.count_nonzero(hits, axis=0), draws, law)
    # Independence, of places and of signs.
    first, second = np.triu_indices(n * p.size, 1)
    places = (hits != 0).astype(float)
    assert_binomial((places.T @ places)[first, second], draws, (law[:, None] * law)[first, second])
    agreements = ((hits > 0).T * 1.0) @ (hits > 0) + ((hits < 0).T * 1.0) @ (hits < 0)
    joint = (places.T @ places)[first, second]
    assert_binomial(agreements[first, second], joint, 0.5)
    assert_binomial(np.count_nonzero(hits > 0, axis=0), np.count_nonzero(hits, axis=0), 0.5)


@pytest.mark.parametrize(
    "p",
    [
        power_law(2000, 5, 1.0),
        power_law(2000, 5, 3.0),
        np.full(500, 0.01),
        np.repeat([1.0, 0.4, 1e-3, 1e-9, 1e-300], [1, 9, 90, 900, 1000]),
    ],
    ids=["alpha 1", "alpha 3", "flat", "steps"],
)
def test_counts_per_feature_are_binomial(p):
    n, draws = 400, 50
    rng = np.random.default_rng(2)
    counts = np.zeros(p.size, dtype=np.int64)
    per_row = np.zeros(n, dtype=np.int64)
    for _ in range(draws):
        X = draw(p, n, rng)
        counts += np.diff(X.indptr)
        per_row += np.bincount(X.indices, minlength=n)
    assert_binomial(counts, n * draws, p)
    # Blocks of features pooled, where single ones are too rare to tell.
    for block in np.array_split(np.arange(p.size), 10):
        total, mean = counts[block].sum(), n * draws * p[block].sum()
        spread = np.sqrt(n * draws * (p[block] * (1 - p[block])).sum())
        if mean > 100:
            assert abs(total - mean) < stats.norm.isf(FALSE_ALARM / 20) * spread + 1
    spread = np.sqrt(draws * (p * (1 - p)).sum())
    limit = stats.norm.isf(FALSE_ALARM / (2 * n)) * spread + 1
    assert np.all(np.abs(per_row - draws * p.sum()) < limit)


def test_the_law_holds_where_the_first_gaps_do_not_reach_the_end(monkeypatch):
    # Blocks then start with fewer gaps than they need, and the rest is drawn in further steps.
    monkeypatch.setattr(design, "_SPARE_DEVIATIONS", -3.0)
    p = power_law(300, 5, 1.2)
    n, draws = 200, 100
    rng = np.random.default_rng(3)
    counts = np.zeros(p.size, dtype=np.int64)
    ends = np.zeros(2, dtype=np.int64)
    for _ in range(draws):
        X = draw(p, n, rng)
        counts += np.diff(X.indptr)
        ends += np.count_nonzero(X.toarray()[[0, -1]], axis=1)
        parts = (X.data, X.indices, X.indptr)
        assert sparse.csc_array(parts, shape=X.shape).has_canonical_format
    assert_binomial(counts, n * draws, p)
    spread = np.sqrt(draws * (p * (1 - p)).sum())
    assert np.all(np.abs(ends - draws * p.sum()) < 5 * spread)


def test_seed_fixes_the_bytes_and_another_seed_changes_them():
    p = power_law(500, 5, 1.5)
    one, same, other = (draw(p, 100, np.random.default_rng(seed)) for seed in (1, 1, 2))
    assert one.data.tobytes() == same.data.tobytes()
    assert one.indices.tobytes() == same.indices.tobytes()
    assert one.indptr.tobytes() == same.indptr.tobytes()
    assert one.indices.tobytes() != other.indices.tobytes()


def test_seen_columns_are_those_of_the_whole_design():
    p = power_law(500, 5, 1.5)
    X = draw(p, 100, np.random.default_rng(3))
    features, seen = draw_seen(p, 100, np.random.default_rng(3))
    assert features.tolist() == np.flatnonzero(np.diff(X.indptr)).tolist()
    assert np.array_equal(seen.toarray(), X.toarray()[:, features])


@pytest.mark.parametrize(("n", "d"), [(50, 300), (1, 1), (1, 40), (40, 1)])
def test_structure(n, d):
    X = draw(power_law(d, 5, 1.0), n, np.random.default_rng(4))
    assert X.shape == (n, d)
    assert X.dtype == np.float64
    assert X.format == "csc"
    assert set(X.data) <= {-1.0, 1.0}
    for start, end in zip(X.indptr[:-1], X.indptr[1:], strict=True):
        assert np.all(np.diff(X.indices[start:end]) > 0)


def test_a_sure_feature_is_in_every_sample():
    X = draw([1.0, 1.0, 1e-12], 30, np.random.default_rng(5))
    assert np.diff(X.indptr).tolist() == [30, 30, 0]


def test_nothing_seen():
    features, X = draw_seen([1e-12, 1e-12], 3, np.random.default_rng(6))
    assert features.size == 0
    assert X.shape == (3, 0)
    assert draw([1e-12, 1e-12], 3, np.random.default_rng(6)).nnz == 0


def test_memory_is_of_the_order_of_the_non_zeros():
    # A dense array of this shape would take 8 TB.
    X = draw(np.full(10**6, 1e-9), 10**6, np.random.default_rng(7))
    assert X.shape == (10**6, 10**6)
    assert abs(X.nnz - 1000) < stats.norm.isf(FALSE_ALARM) * np.sqrt(1000)


@pytest.mark.parametrize(
    ("p", "n", "message"),
    [
        ([0.5, 0.6], 3, r"p\[1\] is 0.6 after p\[0\] = 0.5; allowed is a non-increasing p"),
        ([0.5, np.nan, 0.1], 3, r"p\[1\] is nan after p\[0\] = 0.5; allowed is a non-increasing p"),
        ([0.5, 0.0], 3, r"p runs from 0.5 to 0; allowed are values in \(0, 1\]"),
        ([1.5, 0.5], 3, r"p runs from 1.5 to 0.5; allowed are values in \(0, 1\]"),
        ([0.5, np.nan], 3, r"p runs from 0.5 to nan; allowed are values in \(0, 1\]"),
        ([[0.5]], 3, r"p has shape \(1, 1\); allowed is a vector"),
        ([], 3, r"p has shape \(0,\); allowed is a vector"),
        ([0.5], 0, "n is 0; allowed is an integer >= 1"),
        ([0.5], 2.5, "n is 2.5; allowed is an integer >= 1"),
        ([0.5], True, "n is True; allowed is an integer >= 1"),
        ([0.5, 0.5], 2**53, r"n \* d is 18014398509481984; allowed is at most 2\^53"),
    ],
)
def test_bad_input_is_refused_in_one_line(p, n, message):
    for function in (draw, draw_seen):
        with pytest.raises(ValueError, match=message) as caught:
            function(np.asarray(p), n, np.random.default_rng(0))
        assert "\n" not in str(caught.value)

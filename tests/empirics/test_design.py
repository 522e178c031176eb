import numpy as np
import pytest

from empirics.design import draw, draw_seen


def power_law(d, s, alpha):
    weight = np.arange(1, d + 1.0) ** -alpha
    return np.minimum(1, s * weight / weight.sum())


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


def test_structure():
    X = draw(power_law(300, 5, 1.0), 50, np.random.default_rng(4))
    assert X.shape == (50, 300)
    assert X.dtype == np.float64
    assert set(X.data) == {-1.0, 1.0}
    for start, end in zip(X.indptr[:-1], X.indptr[1:], strict=True):
        assert np.all(np.diff(X.indices[start:end]) > 0)


@pytest.mark.parametrize(
    ("p", "n", "message"),
    [
        ([0.5, 0.6], 3, r"p\[1\] is 0.6 after p\[0\] = 0.5; allowed is a non-increasing p"),
        ([0.5, 0.0], 3, r"p runs from 0.5 to 0; allowed are values in \(0, 1\]"),
        ([1.5, 0.5], 3, r"p runs from 1.5 to 0.5; allowed are values in \(0, 1\]"),
        ([0.5, np.nan], 3, r"p runs from 0.5 to nan; allowed are values in \(0, 1\]"),
        ([[0.5]], 3, r"p has shape \(1, 1\); allowed is a vector"),
        ([0.5], 0, "n is 0; allowed is an integer >= 1"),
        ([0.5], 2.5, "n is 2.5; allowed is an integer >= 1"),
    ],
)
def test_bad_input_is_refused_in_one_line(p, n, message):
    with pytest.raises(ValueError, match=message) as caught:
        draw(np.asarray(p), n, np.random.default_rng(0))
    assert "\n" not in str(caught.value)

"""Estimated frequencies: what is conserved exactly, and a redraw against the draw it came from."""

from __future__ import annotations

import math
from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from empirics.diagnosis.frequencies import COMMON, estimated
from empirics.draws.design import draw_seen
from theorems.law import PowerLaw


@given(
    appearances=st.lists(st.integers(1, 40), min_size=1, max_size=60),
    extra=st.integers(0, 30),
    n=st.integers(40, 10**6),
)
def test_the_entries_of_a_sample_are_conserved(appearances: list[int], extra: int, n: int) -> None:
    T = np.array(appearances)
    law = estimated(T, n, T.size + extra)
    p = law.all
    assert p.size == T.size + law.unseen
    assert np.all((p >= 0) & (p <= 1))
    assert p.sum() == pytest.approx(T.sum() / n, rel=1e-12)
    assert np.array_equal(law.seen[T >= COMMON], T[T >= COMMON] / n)
    # In the order of appearances, and never more than them.
    assert np.all(np.diff(law.seen[np.argsort(T)]) >= 0)
    assert np.all(law.seen <= T / n)
    once = np.count_nonzero(T == 1)
    total = law.unseen * law.of_unseen
    assert total <= once / n * (1 + 1e-12)
    if extra:
        assert law.unseen <= extra
    if law.of_unseen < 1 / n:
        assert total == pytest.approx(once / n, rel=1e-12)
    if once == 0:
        assert law.unseen == 0


def test_the_good_turing_mass_by_enumeration() -> None:
    """E N_1 / n = sum_i p_i (1-p_i)^(n-1), and E N_1 bounds its variance, over all designs."""
    p, n = np.array([0.7, 0.3, 0.1]), 3
    mean = square = missing = 0.0
    for cells in product((0, 1), repeat=n * p.size):
        X = np.array(cells).reshape(n, p.size)
        chance = float(np.prod(np.where(X, p, 1 - p)))
        once = int(np.count_nonzero(X.sum(axis=0) == 1))
        mean += chance * once
        square += chance * once**2
        missing += chance * float(p[X.sum(axis=0) == 0].sum())
    assert mean / n == pytest.approx(float(p @ (1 - p) ** (n - 1)), rel=1e-12)
    assert mean / n - missing == pytest.approx(float(p**2 @ (1 - p) ** (n - 1)), rel=1e-12)
    assert square - mean**2 <= mean


@pytest.mark.parametrize("alpha", [1.25, 1.5, 2.0])
def test_a_redraw_shows_what_the_design_showed(alpha: float) -> None:
    """Features seen, and seen once, in a redraw from the estimated law.

    Both numbers are sums of independent indicators, whose variances are at most the number seen:
    the tolerance of 5 such deviations, once for the draw and once for the estimate made of it, is
    exceeded with a probability below 10^-5 if the law is right. Appearances over n alone are not.
    """
    n, d = 20_000, 200_000
    features, X = draw_seen(PowerLaw(d=d, alpha=alpha).p, n, np.random.default_rng(0))
    T = np.diff(X.indptr)
    law = estimated(T, n, d)
    once, tolerance = int(np.count_nonzero(T == 1)), 7 * math.sqrt(features.size)
    assert float(np.sum(1 - (1 - law.all) ** n)) == pytest.approx(features.size, abs=tolerance)
    redrawn_once = float(np.sum(n * law.all * (1 - law.all) ** (n - 1)))
    assert redrawn_once == pytest.approx(once, abs=tolerance)
    if alpha < 2:
        assert features.size - float(np.sum(1 - (1 - T / n) ** n)) > tolerance


def test_columns_made_from_the_samples_do_not_bound_the_features() -> None:
    T = np.array([1, 1, 1, 1, 2, 30])
    assert estimated(T, 100, 6).unseen == math.ceil(4 * 3 / (2 * 2))
    assert estimated(T, 100, 8).unseen == 2
    assert estimated(np.ones(50, dtype=np.int64), 100, 50).unseen == 500

"""Tables: grouped sums count every feature once, whatever the range."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from theorems.evaluate.columns import Columns

TABLES = st.lists(st.sampled_from([0.9, 0.5, 0.25, 0.125, 0.0]), min_size=2, max_size=60)


@given(p=TABLES, data=st.data())
def test_grouped_sums_are_plain_sums(p: list[float], data: st.DataObject) -> None:
    falling = np.sort(np.array(p))[::-1]
    beta = np.where(np.arange(falling.size) % 3 == 0, 2.0, 1.0)
    columns = Columns(falling, beta)
    low = data.draw(st.integers(1, falling.size))
    high = data.draw(st.integers(low - 1, falling.size))
    names = columns.namespace()
    for features in (columns.features, columns.searching):
        total = features.sum_over(lambda i: names["p"](i) * names["beta"](i), low, high)
        assert total == pytest.approx(float(np.sum((falling * beta)[low - 1 : high])), rel=1e-12)
        count = features.sum_over(lambda i: np.ones_like(i), low, high)
        assert count == high - low + 1
    largest = columns.features.largest_over(names["beta"], low, high)
    assert largest == max(beta[low - 1 : high], default=0.0)
    assert columns.features.least_over(names["beta"], low, high) == min(
        beta[low - 1 : high], default=0.0
    )


def test_searching_merges_only_what_is_alike() -> None:
    p = np.arange(1, 200_001, dtype=np.float64) ** -1.2
    columns = Columns(p, np.ones_like(p))
    blocks = list(columns.searching.blocks(1, p.size))
    assert sum(index.size for index, _ in blocks) < 2000
    found = columns.searching.sum_over(columns.namespace()["p"], 18, p.size)
    assert found == pytest.approx(float(p[17:].sum()), rel=1e-2)

"""What no stable learner gets below, and what is judged by it."""

from __future__ import annotations

import pytest

from nn.estimates import mean_of
from nn.stability import TENTHS, judged, least, least_of_pairs
from nn.study_results import StabilityRow


def test_the_least_loss_of_a_stable_learner_by_enumeration() -> None:
    sizes = [abs(i - 4.5) for i in range(10)]
    assert sum(c * c for c in sizes) / 10 == 8.25
    for tenths in TENTHS:
        # Who answers 4.5 for what is not revealed attains it on single images.
        attained = sum((1 - tenths / 10) * c * c for c in sizes) / 10
        assert least(tenths) == pytest.approx(attained, rel=1e-12)
        # On pairs he pays the mean of both, and the bound is no higher.
        pays = 2 * attained
        assert least_of_pairs(tenths) <= pays + 1e-12
    # By hand, at a share of a tenth: the mean over the 45 pairs of c^2 + c'^2 - (c + c')^2 / 10.
    pairs = [(a, b) for i, a in enumerate(sizes) for b in sizes[i + 1 :]]
    by_hand = sum(max(a * a + b * b - (a + b) ** 2 / 10, 0) for a, b in pairs) / len(pairs)
    assert least_of_pairs(1) == pytest.approx(by_hand, rel=1e-12)
    assert least_of_pairs(10) == 0


@pytest.mark.parametrize(
    ("losses", "word"),
    [
        ([6.0, 6.1], "holds"),
        ([3.0, 3.1], "refuted"),
        ([3.0, 6.0], "inconclusive"),
        ([6.0, None], "no number"),
    ],
)
def test_verdicts_on_the_price_of_stability(losses: list[float | None], word: str) -> None:
    one = mean_of([1.0, 1.0])
    row = StabilityRow(
        sampled="all",
        kept=0.5,
        least=least(5),
        least_of_pairs=least_of_pairs(5),
        single=mean_of(losses),
        pairs=one,
        one_shot=one,
        in_distribution=one,
        diverged=(),
    )
    assert judged(row).verdict == word
    assert least(5) == 4.125

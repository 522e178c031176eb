"""Summaries over seeds, scores and verdicts: no number where there is none."""

from __future__ import annotations

import math

import numpy as np
import pytest

from nn.estimates import mean_of, median_of, over_seeds, ratios, verdict
from nn.runs import RunResult
from nn.scores import scores


def test_median_of_few_seeds_gives_the_range() -> None:
    out = median_of([3.0, 1.0, 2.0, 5.0, 4.0])
    assert (out.median, out.ci_low, out.ci_high) == (3, 1, 5)
    assert out.coverage == pytest.approx(1 - 2**-4)
    assert out.values == (3.0, 1.0, 2.0, 5.0, 4.0)


@pytest.mark.parametrize("m", [6, 10, 25])
def test_median_interval_covers(m: int) -> None:
    rng = np.random.default_rng(m)
    hits = 0
    for _ in range(2000):
        out = median_of(list(rng.standard_normal(m)))
        assert out.coverage is not None
        assert out.coverage >= 0.95
        assert out.interval is not None
        hits += out.interval.low <= 0 <= out.interval.high
    # Four standard errors of 2000 trials at 95 %.
    assert hits / 2000 > 0.95 - 4 * math.sqrt(0.95 * 0.05 / 2000)


def test_one_diverged_seed_leaves_no_number() -> None:
    for values in ([1.0, None], [], [1.0, float("nan")]):
        assert median_of(values).median is None
        assert mean_of(values).mean is None


def test_one_value_has_no_interval() -> None:
    out = mean_of([2.0])
    assert out.mean == 2
    assert out.ci_low is None
    assert out.interval is None


def test_ratios() -> None:
    assert ratios([1.0, None, 2.0], [2.0, 1.0, 0.0]) == [0.5, None, None]


def test_verdict_words() -> None:
    words = [
        verdict("x", "", good, bad, None).verdict
        for good, bad in [(True, False), (False, True), (False, False), (None, None)]
    ]
    assert words == ["holds", "refuted", "inconclusive", "no number"]


def _result(predictions: list[float], status: str = "done") -> RunResult:
    targets = tuple(float(i) for i in range(10))
    return RunResult(
        "r",
        "f",
        status,
        probe_targets=targets,
        probe_predictions=tuple(predictions),  # type: ignore[arg-type]
    )


def test_scores_of_full_half_and_no_memorization() -> None:
    truth = [float(i) for i in range(10)]
    ignorant = [t + 3 for t in truth]
    full = scores(_result(truth), _result(ignorant))
    assert full is not None
    assert full.mean == 1
    assert full.level == pytest.approx(1)
    half = scores(_result([t + 1.5 for t in truth]), _result(ignorant))
    assert half is not None
    assert half.mean == 0
    assert half.level == pytest.approx(0.5)
    none = scores(_result(ignorant), _result(ignorant))
    assert none is not None
    assert none.level == pytest.approx(0)


def test_no_score_where_a_training_diverged() -> None:
    assert scores(_result([0.0] * 10), _result([], "diverged")) is None


def test_one_seed_judges_nothing() -> None:
    made = [
        verdict("a", "a", good=True, bad=False, slack=2.0),
        verdict("b", "b", good=False, bad=True, slack=0.5),
        verdict("c", "c", good=None, bad=None, slack=None),
    ]
    assert over_seeds(made, 2) == tuple(made)
    assert [v.verdict for v in over_seeds(made, 1)] == ["inconclusive"] * 2 + ["no number"]
    assert over_seeds(made, 1)[0].text == "a (one seed, no interval)"

"""Memorization, linear theory and composition: their documents, and their arithmetic."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import nn.presets
from nn.memorization import _jackknife, _scored
from nn.presets import Preset
from nn.tradeoff import crossing, price, risk
from theorems.catalogue import catalogue
from theorems.model import corrupted_share, once_strength, penalty, sigma


@pytest.fixture
def tiny(monkeypatch: pytest.MonkeyPatch, tiny_preset: Callable[..., Preset]) -> None:
    monkeypatch.setitem(nn.presets.PRESETS, "quick", tiny_preset())


@pytest.mark.usefixtures("tiny")
def test_documents(tmp_path: Path, call: Callable[..., Any]) -> None:
    documents = {}
    for command in ("memorization", "theory", "composition"):
        done = call("nn", command, "--json", "--out", str(tmp_path), "--jobs", "1")
        assert done.status == 0, done.err
        documents[command] = json.loads(done.out)
        shown = call("nn", command, "--out", str(tmp_path), "--jobs", "1")
        assert shown.status == done.status
        ids = [v["id"] for v in documents[command]["verdicts"]]
        assert len(ids) == len(set(ids))
    rows = documents["memorization"]["rows"]
    assert [(r["optimizer"], r["weight_decay"]) for r in rows] == [
        ("adamw", 0.0),
        ("adamw", 1.0),
        ("sgd", 0.0),
    ]
    assert documents["memorization"]["subsampled"]["models"] == 3
    assert {r["images"] for r in documents["theory"]["rows"]} == {1, 2, 3}
    assert {r["label_error"] for r in documents["theory"]["mislabelled"]} == {0.0, 2.0}
    assert {(r["target"], r["model"]) for r in documents["composition"]["rows"]} >= {
        ("product", "product"),
        ("max", "max"),
    }
    figures = {p.name for p in (tmp_path / "figures").iterdir()}
    assert figures == {"network-memorization.svg", "network-linear-theory.svg"}


def test_scores_of_known_models() -> None:
    rng = np.random.default_rng(0)
    held = rng.random((200, 3)) < 0.7
    # Sample 0 is right only where held, sample 1 always, sample 2 never.
    right = np.stack([held[:, 0], np.ones(200, bool), np.zeros(200, bool)], axis=1)
    score, error = _scored(held, right)
    assert score.tolist() == [1, 0, 0]
    assert error.tolist() == [0, 0, 0]
    mean, standard = _jackknife(held, right, np.ones(3, bool))
    assert mean == pytest.approx(1 / 3)
    assert standard == pytest.approx(0)


def test_jackknife_error_is_the_spread_of_the_estimate() -> None:
    rng = np.random.default_rng(1)
    means, errors = [], []
    for _ in range(300):
        held = rng.random((24, 40)) < 0.7
        # Right together: models differ, samples share them.
        skill = rng.random((24, 1))
        right = rng.random((24, 40)) < np.where(held, 0.5 + skill / 2, skill / 2)
        mean, standard = _jackknife(held, right, np.ones(40, bool))
        assert mean is not None
        assert standard is not None
        means.append(mean)
        errors.append(standard)
    # The mean of 300 jackknife variances against the variance seen: sampling error of a
    # variance is sqrt(2/300) = 8 %; four of those.
    assert np.mean(np.square(errors)) / np.var(means) == pytest.approx(1, abs=0.33)


LEVELS = st.floats(-1.5, 1.5)
POSITIVE = st.floats(0.01, 100)


@given(level=LEVELS, signal=POSITIVE, error=POSITIVE)
def test_risk_at_a_level_is_that_of_the_two_parts(
    level: float, signal: float, error: float
) -> None:
    # Independent of the statement: what is kept of the label carries its error, the rest is lost.
    expected = (1 - level) ** 2 * signal + level**2 * error
    # Cancellation between terms of at most 4 signal + 2.25 error, a few roundings each.
    allowed = 1e-14 * (signal + error)
    assert risk(level, signal, error) == pytest.approx(expected, rel=1e-13, abs=allowed)
    assert price(level) == pytest.approx(level**2, rel=1e-13)


@given(lam=POSITIVE, signal=POSITIVE, error=POSITIVE)
def test_risk_is_the_statements(lam: float, signal: float, error: float) -> None:
    claimed = catalogue["corruption-tradeoff"].value
    assert claimed is not None
    values = {penalty: lam, once_strength: signal, sigma: error**0.5, corrupted_share: 0}
    at = float(claimed.subs(values))
    assert risk(1 / (1 + lam), signal, error) == pytest.approx(at, rel=1e-11)


def test_nothing_memorized_costs_the_signal() -> None:
    assert risk(0.0, 3.0, 0.6) == 3


@given(high=st.floats(0.2, 1.2), low=st.floats(-0.1, 0.19), signal=POSITIVE, other=POSITIVE)
def test_at_the_crossing_both_levels_cost_the_same(
    high: float, low: float, signal: float, other: float
) -> None:
    error = crossing(high, signal, low, other)
    if error is None:
        assert risk(high, signal, 0.0) >= risk(low, other, 0.0)
    else:
        ours, theirs = risk(high, signal, error), risk(low, other, error)
        # Of two terms each, at most (signal + other + error) times a few roundings.
        assert ours == pytest.approx(theirs, abs=1e-13 * (signal + other + error))


def test_levels_that_do_not_differ_never_cross() -> None:
    assert crossing(0.5, 1.0, 0.5, 2.0) is None
    assert crossing(0.3, 1.0, -0.4, 2.0) is None

"""Memorization, linear theory and composition: their documents, and their arithmetic."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import nn.presets
from nn.linear_theory import tradeoff_risk
from nn.memorization import _jackknife, _scored
from nn.presets import Preset


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


def test_tradeoff_is_minimal_where_signal_equals_noise() -> None:
    beta2, noise = 3.0, 0.6
    best = 1 / (1 + noise / beta2)
    grid = np.linspace(0, 1, 1001)
    risks = [tradeoff_risk(m, beta2, noise) for m in grid]
    assert grid[int(np.argmin(risks))] == pytest.approx(best, abs=1e-3)
    lam = 0.37
    m = 1 / (1 + lam)
    assert tradeoff_risk(m, beta2, noise) == pytest.approx(
        (lam**2 * beta2 + noise) / (1 + lam) ** 2
    )

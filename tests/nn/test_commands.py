"""The command line: documents, exit status, one clear line for bad input."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

import nn.presets
from nn.models import PAPER_MODELS
from nn.presets import PAPER, Preset
from reports.networks import app, data_app

runner = CliRunner()


@pytest.fixture
def tiny(monkeypatch: pytest.MonkeyPatch, tiny_preset: Callable[..., Preset]) -> None:
    monkeypatch.setitem(nn.presets.PRESETS, "quick", tiny_preset())


def _call(*arguments: str) -> Result:
    return runner.invoke(app, list(arguments))


def _finite(value: Any) -> bool:
    if isinstance(value, dict):
        return all(_finite(v) for v in value.values())
    if isinstance(value, list):
        return all(_finite(v) for v in value)
    return not isinstance(value, float) or math.isfinite(value)


@pytest.mark.usefixtures("tiny")
def test_table1_document(tmp_path: Path) -> None:
    done = _call("table1", "--json", "--out", str(tmp_path), "--jobs", "2")
    assert done.exit_code in (0, 1), done.output
    document = json.loads(done.stdout)
    assert (tmp_path / "table1.json").read_text() == done.stdout
    assert (tmp_path / "figures" / "network-table1.svg").stat().st_size > 1000
    assert document["preset"] == "quick"
    assert "stand-ins" in document["sources"]
    assert _finite(document)
    keys = {(row["model"], row["memorizing"]) for row in document["rows"]}
    assert keys == {(m, on) for m in PAPER_MODELS for on in (True, False)}
    for row in document["rows"]:
        for key in ("train_loss", "one_shot_loss", "test_loss", "in_distribution_loss"):
            assert len(row[key]["values"]) == 2
            assert row[key]["ci_low"] <= row[key]["median"] <= row[key]["ci_high"]
        assert -1 <= row["memorization_score"]["mean"] <= 1
        assert len(row["memorization_by_label"]) == 10
    ids = [v["id"] for v in document["verdicts"]]
    assert len(ids) == len(set(ids))
    assert {"low-sum", "switch-sum", "bad-cross-channel-off", "bad-cross-channel-on"} <= set(ids)
    refuted = any(v["verdict"] == "refuted" for v in document["verdicts"] if v["origin"] == "paper")
    assert done.exit_code == int(refuted)
    again = _call("table1", "--json", "--out", str(tmp_path), "--jobs", "1")
    assert again.stdout == done.stdout


@pytest.mark.usefixtures("tiny")
def test_part_of_table1(tmp_path: Path) -> None:
    part = ["--models", "cross-channel, sum", "--epochs", "2", "--batch", "30", "--without", "0"]
    part += ["--lr", "0.01", "--weight-decay", "0.3"]
    where = ["--json", "--out", str(tmp_path), "--jobs", "1", "--seeds", "1"]
    done = _call("table1", *part, *where)
    assert done.exit_code == 0, done.output
    document = json.loads(done.stdout)
    assert [(r["model"], r["memorizing"]) for r in document["rows"]] == [
        (model, memorizing) for memorizing in (True, False) for model in ("sum", "cross-channel")
    ]
    settings = document["settings"]
    assert (settings["epochs"], settings["preset_epochs"], settings["batch"]) == (2, 1, 30)
    assert settings["seeds_trained_without"] == 0
    assert (settings["learning_rate"], settings["weight_decay"]) == (0.01, [0.0, 0.3])
    assert {row["weight_decay"] for row in document["rows"]} == {0.0, 0.3}
    assert document["rows"][0]["memorization_score"]["mean"] is None
    assert [v["id"] for v in document["verdicts"]] == [
        "low-sum",
        "switch-sum",
        "bad-cross-channel-off",
        "bad-cross-channel-on",
    ]
    assert {v["verdict"] for v in document["verdicts"]} <= {"inconclusive", "no number"}
    other = _call("table1", "--models", "sum", "--epochs", "3", "--without", "0", *where)
    assert other.exit_code == 2
    assert "is the result of another configuration" in other.stderr


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (["--models", "sum,sums"], "--models: 'sums' is unknown, allowed are sum, linear, two-"),
        (["--models", ""], "--models: '' is unknown"),
        (["--epochs", "0"], "--epochs: 0 is too few, allowed is 1 or more"),
        (["--batch", "0"], "--batch: 0 is too few, allowed is 1 or more"),
        (["--lr", "0"], "--lr: 0.0 is not allowed, it must be above 0 and finite"),
        (["--lr", "nan"], "--lr: nan is not allowed"),
        (["--weight-decay", "-1"], "--weight-decay: -1.0 is not allowed"),
        (["--without", "-1"], "--without: -1 is too few, allowed is 0 or more"),
    ],
)
def test_bad_part_of_table1(arguments: list[str], line: str, tmp_path: Path) -> None:
    done = _call("table1", *arguments, "--out", str(tmp_path / "out"))
    assert done.exit_code == 2
    assert done.stderr.startswith(line)
    assert done.stderr.count("\n") == 1
    assert "Traceback" not in done.output
    assert not (tmp_path / "out").exists()


@pytest.mark.usefixtures("tiny")
def test_figure2_document(tmp_path: Path) -> None:
    done = _call("figure2", "--json", "--out", str(tmp_path), "--jobs", "1", "--seeds", "1")
    assert done.exit_code in (0, 1), done.output
    document = json.loads(done.stdout)
    assert _finite(document)
    assert [(r["model"], r["nines"]) for r in document["rows"]] == [
        (m, n) for m in PAPER_MODELS for n in (4, 16)
    ]
    assert set(document["rows"][0]["test_loss_by_count"]) == {"1", "2", "3"}
    assert (tmp_path / "figures" / "network-figure2.svg").exists()
    shown = _call("figure2", "--out", str(tmp_path), "--jobs", "1", "--seeds", "1")
    assert "Cross-channel" in shown.stdout


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (["--preset", "huge"], "--preset: 'huge' is unknown, allowed are quick, paper"),
        (["--device", "tpu"], "--device: 'tpu' is unknown, allowed are auto, cpu, cuda"),
        (["--seeds", "0"], "--seeds: 0 is too few, allowed is 1 or more"),
        (["--seed", "-1"], "--seed: -1 is negative, allowed is 0 or more"),
        (["--jobs", "0"], "--jobs: 0 is too few, allowed is 1 or more"),
        (["--preset", "paper"], "--preset: 'paper' needs MNIST and Omniglot; name their folder"),
        (["--data", "/nonexistent"], "--data: /nonexistent is not a folder; get it with: longtail"),
    ],
)
@pytest.mark.parametrize("command", ["table1", "figure2"])
def test_bad_input(command: str, arguments: list[str], line: str, tmp_path: Path) -> None:
    out = tmp_path / "out"
    done = _call(command, *arguments, "--out", str(out))
    assert done.exit_code == 2
    assert done.stderr.startswith(line)
    assert done.stderr.count("\n") == 1
    assert "Traceback" not in done.output
    assert not out.exists()


def test_cuda_absent(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("torch.cuda.is_available", lambda: False)
    done = _call("table1", "--device", "cuda", "--out", str(tmp_path / "out"))
    assert done.exit_code == 2
    assert done.stderr.startswith("--device: 'cuda' was asked for and torch finds no CUDA device")
    assert not (tmp_path / "out").exists()


@pytest.mark.usefixtures("tiny")
def test_other_configuration(tmp_path: Path) -> None:
    folder = tmp_path / "nn-runs" / "quick-embedded-cpu"
    folder.mkdir(parents=True)
    (folder / "figure2-sum-4-seed0.0.checkpoint").write_bytes(b"of something else")
    done = _call("figure2", "--device", "cpu", "--out", str(tmp_path))
    assert done.exit_code == 2
    assert "is not a readable checkpoint; choose another --out" in done.stderr


def test_out_is_a_file(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    for out in ("file", "file/below"):
        done = _call("table1", "--out", str(tmp_path / out))
        assert done.exit_code == 2
        assert "file is a file, allowed is a folder" in done.stderr


def test_download_without_network(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from nn.vision_import import vision

    def refuse(*_: Any, **__: Any) -> None:
        raise RuntimeError("no\nnetwork")

    monkeypatch.setattr(vision("torchvision.datasets"), "MNIST", refuse)
    done = runner.invoke(data_app, ["--data", str(tmp_path / "data")])
    assert done.exit_code == 2
    assert done.stderr.endswith("failed: no network\n")


def test_paper_preset_at_tiny_size(
    tmp_path: Path,
    real_data: Path,
    monkeypatch: pytest.MonkeyPatch,
    tiny_preset: Callable[..., Preset],
) -> None:
    from dataclasses import replace

    small = replace(
        tiny_preset(PAPER), architecture=PAPER.architecture, seeds=1, without=0, nines=(4,)
    )
    monkeypatch.setitem(nn.presets.PRESETS, "paper", small)
    for command in ("table1", "figure2"):
        arguments = ["--preset", "paper", "--data", str(real_data), "--json", "--jobs", "2"]
        done = _call(command, *arguments, "--device", "cpu", "--out", str(tmp_path))
        assert done.exit_code in (0, 1), done.output
        document = json.loads(done.stdout)
        assert document["preset"] == "paper"
        assert document["settings"]["image_size"] == 28
        assert document["sources"].startswith("MNIST and Omniglot")

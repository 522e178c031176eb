"""The command line: documents, exit status, one clear line for bad input."""

from __future__ import annotations

import errno
import json
import math
from collections.abc import Callable
from concurrent.futures.process import BrokenProcessPool
from functools import partial
from pathlib import Path
from typing import Any

import pytest

import nn.models
import nn.presets
from nn.models import OF_PAPER, Architecture, Split
from nn.presets import MNIST, PAPER, Preset
from nn.runs import code_version
from nn.triples import Task

Call = Callable[..., Any]


@pytest.fixture
def tiny(monkeypatch: pytest.MonkeyPatch, tiny_preset: Callable[..., Preset]) -> None:
    monkeypatch.setitem(nn.presets.PRESETS, "quick", tiny_preset())


def _finite(value: Any) -> bool:
    if isinstance(value, dict):
        return all(_finite(v) for v in value.values())
    if isinstance(value, list):
        return all(_finite(v) for v in value)
    return not isinstance(value, float) or math.isfinite(value)


@pytest.mark.usefixtures("tiny")
def test_table1_document(tmp_path: Path, call: Call) -> None:
    done = call("nn", "table1", "--json", "--out", str(tmp_path), "--jobs", "1")
    assert done.status in (0, 1), done.err
    document = json.loads(done.out)
    assert (tmp_path / "table1.json").read_text() == done.out
    assert (tmp_path / "figures" / "network-table1.svg").stat().st_size > 1000
    assert document["preset"] == "quick"
    assert "stand-ins" in document["sources"]
    assert _finite(document)
    keys = {(row["model"], row["memorizing"]) for row in document["rows"]}
    assert keys == {(m.name, on) for m in OF_PAPER for on in (True, False)}
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
    assert done.status == int(refuted)
    again = call("nn", "table1", "--json", "--out", str(tmp_path), "--jobs", "1")
    assert again.out == done.out


@pytest.mark.usefixtures("tiny")
def test_part_of_table1(tmp_path: Path, call: Call) -> None:
    part = ["--models", "cross-channel, sum", "--epochs", "2", "--batch", "30", "--without", "0"]
    part += ["--lr", "0.01", "--weight-decay", "0.3"]
    where = ["--json", "--out", str(tmp_path), "--jobs", "1", "--seeds", "1"]
    done = call("nn", "table1", *part, *where)
    assert done.status == 0, done.err
    document = json.loads(done.out)
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
    other = call("nn", "table1", "--models", "sum", "--epochs", "3", "--without", "0", *where)
    assert other.status == 2
    assert "is the result of another configuration" in other.err


@pytest.mark.usefixtures("tiny")
def test_a_new_architecture_is_one_record(
    tmp_path: Path, call: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    mean = Architecture("mean", "Mean", partial(Split, aggregate="linear"), split=True)
    monkeypatch.setitem(nn.models.ARCHITECTURES, "mean", mean)
    where = ["--out", str(tmp_path), "--jobs", "1", "--seeds", "1", "--without", "0"]
    done = call("nn", "table1", "--models", "mean,sum", *where)
    assert done.status == 0, done.err
    assert "Mean" in done.out
    document = json.loads((tmp_path / "table1.json").read_text())
    assert {row["title"] for row in document["rows"]} == {"Sum", "Mean"}
    assert [row["paper"] is None for row in document["rows"]] == [False, True] * 2
    assert (tmp_path / "figures" / "network-table1.svg").exists()


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (["--models", "product"], "--models = product: must be among sum"),
        (["--models", "sum,sums"], "--models = sum,sums: must be among sum, linear, two-"),
        (["--models", ""], "--models = : must be among sum"),
        (["--epochs", "0"], "--epochs = 0: must be 1 or more"),
        (["--batch", "0"], "--batch = 0: must be 1 or more"),
        (["--lr", "0"], "--lr = 0.0: must be above 0 and finite"),
        (["--lr", "nan"], "--lr = nan: must be above"),
        (["--weight-decay", "-1"], "--weight-decay = -1.0: must be above"),
        (["--without", "-1"], "--without = -1: must be 0 or more"),
    ],
)
def test_bad_part_of_table1(arguments: list[str], line: str, tmp_path: Path, call: Call) -> None:
    done = call("nn", "table1", *arguments, "--out", str(tmp_path / "out"))
    assert done.status == 2
    assert done.err.startswith(f"longtail: {line}")
    assert done.err.count("\n") == 1
    assert "Traceback" not in done.err
    assert not (tmp_path / "out").exists()


@pytest.mark.usefixtures("tiny")
def test_figure2_document(tmp_path: Path, call: Call) -> None:
    done = call("nn", "figure2", "--json", "--out", str(tmp_path), "--jobs", "1", "--seeds", "1")
    assert done.status in (0, 1), done.err
    document = json.loads(done.out)
    assert _finite(document)
    assert [(r["model"], r["nines"]) for r in document["rows"]] == [
        (m.name, n) for m in OF_PAPER for n in (4, 16)
    ]
    assert set(document["rows"][0]["test_loss_by_count"]) == {"1", "2", "3"}
    assert (tmp_path / "figures" / "network-figure2.svg").exists()
    shown = call("nn", "figure2", "--out", str(tmp_path), "--jobs", "1", "--seeds", "1")
    assert "Cross-channel" in shown.out


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (["--preset", "huge"], "--preset = huge: must be one of quick, mnist, paper"),
        (["--device", "tpu"], "--device = tpu: must be one of auto, cpu, cuda"),
        (["--seeds", "0"], "--seeds = 0: must be 1 or more"),
        (["--seed", "-1"], "--seed = -1: must be 0 or more"),
        (["--jobs", "0"], "--jobs = 0: must be 1 or more"),
        (["--preset", "paper"], "--preset = paper: needs MNIST and Omniglot; name their folder"),
        (
            ["--data", "/nonexistent"],
            "--data = /nonexistent: is not a folder; get it with: longtail",
        ),
    ],
)
@pytest.mark.parametrize("command", ["table1", "figure2"])
def test_bad_input(
    command: str, arguments: list[str], line: str, tmp_path: Path, call: Call
) -> None:
    out = tmp_path / "out"
    done = call("nn", command, *arguments, "--out", str(out))
    assert done.status == 2
    assert done.err.startswith(f"longtail: {line}")
    assert done.err.count("\n") == 1
    assert "Traceback" not in done.err
    assert not out.exists()


def test_cuda_absent(tmp_path: Path, call: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("torch.cuda.is_available", lambda: False)
    done = call("nn", "table1", "--device", "cuda", "--out", str(tmp_path / "out"))
    assert done.status == 2
    assert done.err.startswith("longtail: --device = cuda: must be auto or cpu here")
    assert not (tmp_path / "out").exists()


@pytest.mark.usefixtures("tiny")
def test_other_configuration(tmp_path: Path, call: Call) -> None:
    folder = tmp_path / "nn-runs" / f"quick-embedded-cpu-{code_version()}"
    folder.mkdir(parents=True)
    (folder / "figure2-sum-4-seed0.0.checkpoint").write_bytes(b"of something else")
    done = call("nn", "figure2", "--device", "cpu", "--out", str(tmp_path))
    assert done.status == 2
    assert ".checkpoint: is not a readable checkpoint; choose another --out" in done.err


@pytest.mark.usefixtures("tiny")
@pytest.mark.parametrize(
    "writer", ["nn.checkpoint.write_atomically", "reports.networks.write_atomically"]
)
def test_a_full_disk_is_one_line(
    tmp_path: Path, call: Call, monkeypatch: pytest.MonkeyPatch, writer: str
) -> None:
    def full(*_: Any) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(writer, full)
    done = call("nn", "figure2", "--json", "--out", str(tmp_path), "--jobs", "1", "--seeds", "1")
    assert done.status == 3
    assert done.out == ""
    assert done.err.splitlines()[-1] == (
        f"longtail: [Errno 28] No space left on device; finished trainings are kept in {tmp_path}"
    )
    assert "Traceback" not in done.err
    assert not list(tmp_path.glob("*.json"))


@pytest.mark.usefixtures("tiny")
def test_a_worker_that_dies_is_one_line(
    tmp_path: Path, call: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    def died(*_: Any) -> None:
        raise BrokenProcessPool

    monkeypatch.setattr("nn.pool.Parallel.__call__", died)
    done = call("nn", "figure2", "--json", "--out", str(tmp_path), "--jobs", "1", "--seeds", "1")
    assert done.status == 3
    assert "a training process ended by itself" in done.err.splitlines()[-1]
    assert "start the same command again to go on" in done.err


def test_out_is_a_file(tmp_path: Path, call: Call) -> None:
    (tmp_path / "file").write_text("")
    for out in ("file", "file/below"):
        done = call("nn", "table1", "--out", str(tmp_path / out))
        assert done.status == 2
        assert "file: must be a folder, is a file" in done.err


def test_download_without_network(
    tmp_path: Path, call: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    from nn.vision_import import vision

    def refuse(*_: Any, **__: Any) -> None:
        raise RuntimeError("no\nnetwork")

    monkeypatch.setattr(vision("torchvision.datasets"), "MNIST", refuse)
    done = call("data", "download", "--data", str(tmp_path / "data"))
    assert done.status == 2
    assert done.err.endswith("failed: no network\n")


@pytest.mark.parametrize("preset", [PAPER, MNIST], ids=lambda preset: preset.name)
def test_large_presets_at_tiny_size(
    tmp_path: Path,
    real_data: Path,
    call: Call,
    monkeypatch: pytest.MonkeyPatch,
    tiny_preset: Callable[..., Preset],
    preset: Preset,
) -> None:
    from dataclasses import replace

    tiny = Task(samples=16, tests=4)
    sizes = {"table1": tiny, "figure2": tiny, "nines": (4,), "seeds": 1, "without": 0}
    small = replace(tiny_preset(preset), encoder=preset.encoder, **sizes)
    monkeypatch.setitem(nn.presets.PRESETS, preset.name, small)
    # The others have the same encoder as the first: it is that of a preset which is large.
    for command, models in (("table1", ["--models", "sum,cross-channel"]), ("figure2", [])):
        arguments = [
            *models,
            "--preset",
            preset.name,
            "--data",
            str(real_data),
            "--json",
            "--jobs",
            "1",
        ]
        done = call("nn", command, *arguments, "--device", "cpu", "--out", str(tmp_path))
        assert done.status in (0, 1), done.err
        document = json.loads(done.out)
        assert document["preset"] == preset.name
        assert document["settings"]["image_size"] == 28
        assert document["sources"].startswith("MNIST and Omniglot")
        narrow = ", 1/8 width" if preset is MNIST else ""
        assert all(row["title"].endswith(narrow) for row in document["rows"])
        assert document["settings"]["encoder"] == f"resnet18{narrow}"

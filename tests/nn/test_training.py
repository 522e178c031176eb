"""Training: it learns, resumes to the same bytes, refuses strangers, and admits divergence."""

from __future__ import annotations

import math
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
import torch

from nn.checkpoint import checkpoint_path, load_result, result_path, save_checkpoint
from nn.pool import train_all
from nn.runs import LIBRARIES, Focus, Optimizer, Run, RunResult, code_version
from nn.training import drawn, rate, train
from nn.triples import Task
from theorems.errors import InputError

Tiny = Callable[..., Run]
ROOT = Path(__file__).parents[2]


class KilledError(Exception):
    """Stands for the end of a process between two epochs."""


def _killed_after(epochs: int) -> Callable[[], None]:
    left = iter(range(epochs - 1))

    def on_epoch() -> None:
        if next(left, None) is None:
            raise KilledError

    return on_epoch


def test_overfits_ten_samples(tiny_run: Tiny, tmp_path: Path) -> None:
    run = tiny_run(
        task=Task(samples=10, tests=10),
        optimizer=Optimizer("adamw", lr=1e-2, weight_decay=0.0, epochs=300, batch=10, clip=1.0),
    )
    result = train(run, tmp_path)
    assert result.status == "done"
    assert result.losses["train"] < 1e-2
    assert result.losses["one_shot"] < 1e-2
    assert result.baselines["train"] > 1


@pytest.mark.parametrize("name", ["adamw", "sgd"])
@pytest.mark.parametrize(("norm", "focus"), [("group", None), ("batch", Focus(8, 12))])
def test_resumed_equals_uninterrupted(
    tiny_run: Tiny, tmp_path: Path, name: str, norm: str, focus: Focus | None
) -> None:
    run = tiny_run()
    run = replace(
        run,
        optimizer=replace(
            run.optimizer,
            name=name,  # type: ignore[arg-type]
            weight_decay=0.01,
            focus=focus,
            epochs=5,
        ),
        encoder=replace(run.encoder, norm=norm),  # type: ignore[arg-type]
    )
    whole = train(run, tmp_path / "whole")
    broken = tmp_path / "broken"
    with pytest.raises(KilledError):
        train(run, broken, _killed_after(3))
    assert checkpoint_path(broken, run).exists()
    assert load_result(broken, run) is None
    epochs: list[int] = []
    assert train(run, broken, lambda: epochs.append(1)) == whole
    assert len(epochs) == run.optimizer.epochs
    assert (
        result_path(broken, run).read_bytes() == result_path(tmp_path / "whole", run).read_bytes()
    )
    assert not checkpoint_path(broken, run).exists()


def test_seeds_matter(tiny_run: Tiny, tmp_path: Path) -> None:
    one = train(tiny_run(name="one"), tmp_path)
    other = train(tiny_run(name="other", seed=1), tmp_path)
    tuning = train(tiny_run(name="tuning", role="tuning"), tmp_path)
    assert one.losses["train"] != other.losses["train"]
    assert one.losses["train"] != tuning.losses["train"]


def test_divergence_is_a_verdict_not_a_number(tiny_run: Tiny, tmp_path: Path) -> None:
    wild = Optimizer("sgd", lr=1e6, weight_decay=0.0, epochs=3, batch=16, clip=None)
    result = train(tiny_run(optimizer=wild), tmp_path)
    assert result.status == "diverged"
    assert "diverged in epoch" in result.why
    assert result.losses == {}
    assert result.loss("train") is None
    assert RunResult.from_json(result.to_json()) == result


def test_other_configuration_is_refused(tiny_run: Tiny, tmp_path: Path) -> None:
    run = tiny_run()
    train(run, tmp_path)
    other = replace(run, seed=9)
    with pytest.raises(InputError, match=r"out = .*tiny\.json: is the result of another config"):
        train(other, tmp_path)
    with pytest.raises(InputError, match="another configuration"):
        train_all([other], tmp_path, 1, "test", quiet=True)
    result_path(tmp_path, run).unlink()
    save_checkpoint(tmp_path, run, {"epoch": 1})
    with pytest.raises(InputError, match=r"out = .*checkpoint: is a checkpoint of another config"):
        train(other, tmp_path)


@pytest.mark.parametrize("content", [b"", b"not a checkpoint", b"PK\x03\x04 cut"])
def test_damaged_checkpoint_is_refused(tiny_run: Tiny, tmp_path: Path, content: bytes) -> None:
    run = tiny_run()
    checkpoint_path(tmp_path, run).write_bytes(content)
    with pytest.raises(InputError, match="is not a readable checkpoint"):
        train(run, tmp_path)


def test_checkpoint_cannot_run_code(tiny_run: Tiny, tmp_path: Path) -> None:
    run = tiny_run()
    torch.save({"fingerprint": run.fingerprint, "epoch": print}, checkpoint_path(tmp_path, run))
    with pytest.raises(InputError, match="is not a readable checkpoint"):
        train(run, tmp_path)


def test_fingerprint_ignores_name_and_path(tiny_run: Tiny) -> None:
    run = tiny_run()
    assert replace(run, name="x").fingerprint == run.fingerprint
    assert replace(run, replicate=1).fingerprint != run.fingerprint


def test_targets_are_centred(tiny_run: Tiny) -> None:
    from nn.training import _Training

    run = tiny_run()
    data = drawn(run)
    state = _Training(run, data)
    assert abs(float(state.target.mean())) < 1e-5
    assert math.isclose(state.mean, float(data.train.target.mean()))


def test_focus_goes_through_the_worst_and_some_others(tiny_run: Tiny) -> None:
    from nn.training import _Training

    run = tiny_run()
    focused = replace(run, optimizer=replace(run.optimizer, focus=Focus(10, 5)))
    state = _Training(focused, drawn(run))
    seen: set[int] = set()
    for epoch in range(6):
        state.epoch = epoch
        order = state._order()
        assert len(set(order.tolist())) == len(order) == 15
        # A sample never seen comes before any that was.
        assert len(seen | set(order.tolist())) >= min(60, 10 * (epoch + 1))
        seen |= set(order.tolist())
        state.errors[torch.from_numpy(order)] = 0.1
    assert seen == set(range(60))
    state.errors = torch.arange(60.0)
    state.epoch = 7
    order = state._order()
    assert set(range(50, 60)) < set(order.tolist())
    state.epoch = 8
    assert set(state._order().tolist()) != set(order.tolist())
    whole = replace(run, optimizer=replace(run.optimizer, focus=Focus(40, 20)))
    assert sorted(_Training(whole, drawn(run))._order().tolist()) == list(range(60))


def test_focus_learns_the_one_shot_samples_sooner(tiny_run: Tiny, tmp_path: Path) -> None:
    run = tiny_run(task=Task(samples=400, tests=20))
    # As many samples gone through: 10 epochs of 400, or 40 of 100.
    long = replace(run.optimizer, epochs=10)
    short = replace(run.optimizer, epochs=40, focus=Focus(50, 50))
    uniform = train(replace(run, name="uniform", optimizer=long), tmp_path)
    focused = train(replace(run, name="focused", optimizer=short), tmp_path)
    assert focused.losses["one_shot"] < uniform.losses["one_shot"]


def test_rate_warms_up_and_falls() -> None:
    rates = [rate(step, 100, 1.0) for step in range(100)]
    assert rates[0] == pytest.approx(0.2)
    assert max(rates) == pytest.approx(1.0)
    assert rates[-1] < 0.01


@pytest.mark.parametrize(
    ("module", "old", "new"),
    [
        ("encoders", 'mode="fan_out"', 'mode="fan_in"'),
        ("triples", "1.0", "1.5"),
        ("sources", "TUNING_SHARE = 3", "TUNING_SHARE = 4"),
        ("table1", "MANY = 3.0", "MANY = 4.0"),
    ],
)
def test_a_result_of_other_code_is_not_believed(
    tmp_path: Path, module: str, old: str, new: str
) -> None:
    # What judges a result is not what made it: table1 may change and keep its trainings.
    matters = module != "table1"
    for package in ("nn", "theorems"):
        shutil.copytree(ROOT / package, tmp_path / package)

    def version() -> str:
        # Not by `code_version`, which loads torch: to follow imports needs none of it.
        code = "from theorems.source_digest import source_digest\n"
        code += f"print(end=source_digest(('nn.training',), {LIBRARIES}))"
        done = subprocess.run(
            [sys.executable, "-c", code],
            cwd=tmp_path,
            env=os.environ | {"PYTHONPATH": str(tmp_path)},
            capture_output=True,
            text=True,
            check=True,
        )
        return done.stdout

    assert version() == code_version()
    file = tmp_path / "nn" / f"{module}.py"
    text = file.read_text()
    assert old in text
    file.write_text(text.replace(old, new))
    assert (version() != code_version()) == matters


def test_a_result_of_other_libraries_is_not_believed(monkeypatch: pytest.MonkeyPatch) -> None:
    before = code_version()
    monkeypatch.setattr("importlib.metadata.version", lambda name: "0.1")
    code_version.cache_clear()
    try:
        assert code_version() != before
    finally:
        code_version.cache_clear()

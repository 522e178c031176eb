"""A plan killed with SIGKILL: its workers end too, and others go on to the same bytes."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from nn.runs import RunResult
from tests.campaigns.faults import in_group

ROOT = Path(__file__).parents[2]

PLAN = """
import sys
from pathlib import Path
from nn.encoders import Encoder
from nn.pool import train_all
from nn.runs import Optimizer, Run
from nn.sources import Sources
from nn.triples import Task

def runs():
    optimizer = Optimizer("adamw", lr=1e-2, weight_decay=0.0, epochs=12, batch=16)
    return [
        Run(f"run{i}", "sum", Encoder("small", (8,)), Task(400, tests=20), optimizer,
            Sources(None, 8), 0, i)
        for i in range(2)
    ]

if __name__ == "__main__":
    train_all(runs(), Path(sys.argv[1]), jobs=2, title="test", quiet=True)
elif __name__ == "here":
    # Within the process of the test, which has imported torch.
    results = train_all(runs(), folder, jobs=jobs, title="test", quiet=True)
"""


def _start(script: Path, folder: Path) -> subprocess.Popen[bytes]:
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    return subprocess.Popen(
        [sys.executable, str(script), str(folder)], env=environment, start_new_session=True
    )


@pytest.fixture(scope="module")
def script(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("plan") / "plan.py"
    path.write_text(PLAN)
    return path


def _here(folder: Path, jobs: int) -> list[RunResult]:
    """The plan, trained by this process or by workers of its own."""
    names: dict[str, Any] = {"__name__": "here", "folder": folder, "jobs": jobs}
    exec(PLAN, names)
    results: list[RunResult] = names["results"]
    return results


@pytest.mark.workers(ends_them=True)
@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="needs /proc to see processes")
def test_killed_plan_resumes_to_the_same_bytes_by_any_number_of_workers(
    tmp_path: Path, script: Path
) -> None:
    whole, broken = tmp_path / "whole", tmp_path / "broken"
    results = _here(whole, jobs=1)
    _killed(broken, script)
    assert _here(broken, jobs=2) == results
    assert _here(broken, jobs=1) == results  # those of the workers, read
    names = {path.name for path in whole.iterdir()}
    assert names == {"run0.json", "run1.json"}
    for name in names:
        assert (broken / name).read_bytes() == (whole / name).read_bytes()
    left = {path.name for path in broken.iterdir()} - names
    assert all(name.endswith(".tmp") for name in left)


def _killed(broken: Path, script: Path) -> None:
    """A plan that is killed once it has kept something, and leaves no worker."""
    plan = _start(script, broken)
    until = time.monotonic() + 120
    while not list(broken.glob("*.checkpoint")):
        assert plan.poll() is None, "the plan ended before its first checkpoint"
        assert time.monotonic() < until, "no checkpoint within two minutes"
        time.sleep(0.02)
    plan.kill()
    plan.wait()
    until = time.monotonic() + 60
    while in_group(plan.pid) and time.monotonic() < until:
        time.sleep(0.2)
    assert in_group(plan.pid) == [], "a worker outlived its parent"

"""A plan killed with SIGKILL: its workers end too, and starting again gives the same bytes."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

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
elif __name__ == "whole":
    # Within the process of the test: every start of workers imports torch in each.
    train_all(runs(), folder, jobs=1, title="test", quiet=True)
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


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="needs /proc to see processes")
def test_killed_plan_resumes_to_the_same_bytes(tmp_path: Path, script: Path) -> None:
    whole = script.parent / "whole"
    exec(PLAN, {"__name__": "whole", "folder": whole})
    broken = tmp_path / "broken"
    # Stopped, resumed and killed, then resumed by a single process.
    _stopped(broken, script, signal.SIGTERM)
    kept = _checkpoints(broken)
    _stopped(broken, script, signal.SIGKILL, kept)
    exec(PLAN, {"__name__": "whole", "folder": broken})
    names = {path.name for path in whole.iterdir()}
    assert names == {"run0.json", "run1.json"}
    for name in names:
        assert (broken / name).read_bytes() == (whole / name).read_bytes()
    left = {path.name for path in broken.iterdir()} - names
    assert all(name.endswith(".tmp") for name in left)


def _checkpoints(folder: Path) -> dict[str, bytes]:
    found = {}
    for path in folder.glob("*.checkpoint"):
        with contextlib.suppress(FileNotFoundError):  # a run that ends removes its own
            found[path.name] = path.read_bytes()
    return found


def _stopped(
    broken: Path, script: Path, sent: signal.Signals, kept: dict[str, bytes] | None = None
) -> None:
    """A plan that gets a signal once it has kept something new, and leaves no worker."""
    plan = _start(script, broken)
    until = time.monotonic() + 120
    while _checkpoints(broken) == (kept or {}):
        assert plan.poll() is None, "the plan ended before its first checkpoint"
        assert time.monotonic() < until, "no checkpoint within two minutes"
        time.sleep(0.02)
    plan.send_signal(sent)
    plan.wait()
    until = time.monotonic() + 60
    while in_group(plan.pid) and time.monotonic() < until:
        time.sleep(0.2)
    assert in_group(plan.pid) == [], "a worker outlived its parent"

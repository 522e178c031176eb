"""How the command line leaves, whatever goes wrong."""

from __future__ import annotations

import errno
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from reports import render
from reports.results import Results, results_bytes

Call = Callable[..., Any]


STOPPED = """
from reports.exit_status import StoppedError, leave

def app(**_):
    from joblib.externals.loky.backend.synchronize import Lock
    held = [Lock() for _ in range(3)]
    raise StoppedError(2)

leave(app)
"""


def test_the_last_line_of_a_stopped_run_says_how_it_goes_on() -> None:
    """What cleans up after joblib's workers is a process that would say so, later."""
    done = subprocess.run([sys.executable, "-c", STOPPED], capture_output=True, text=True)
    assert done.returncode == 130
    (line,) = done.stderr.splitlines()
    assert line.startswith("longtail: stopped by SIGINT; what is finished is kept, to go on: ")


@pytest.mark.parametrize(
    ("error", "line"),
    [
        (OSError(errno.ENOSPC, "No space left on device"), "No space left on device"),
        (OSError(errno.EIO, "Input/output error", "a.txt"), "a.txt: Input/output error"),
        (MemoryError(), "the memory of this machine does not suffice"),
        (RuntimeError("a worker\nwas lost"), "RuntimeError: a worker was lost"),
        (ZeroDivisionError("division by zero"), "ZeroDivisionError: division by zero"),
        (KeyError("x"), "KeyError: 'x'"),
        (RecursionError("too deep"), "RecursionError: too deep"),
    ],
    ids=lambda value: type(value).__name__,
)
def test_what_else_goes_wrong_is_status_3_in_one_line(
    call: Call, monkeypatch: pytest.MonkeyPatch, error: Exception, line: str
) -> None:
    def fail(*_: Any, **__: Any) -> None:
        raise error

    monkeypatch.setattr("reports.bounds.evaluated", fail)
    called = call("bounds")
    assert called.status == 3
    assert called.out == ""
    (printed,) = called.err.splitlines()
    assert printed.startswith(f"longtail: {line}")


def test_the_traceback_is_there_when_asked_for(call: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: Any, **__: Any) -> None:
        raise RuntimeError("lost")

    monkeypatch.setattr("reports.bounds.evaluated", fail)
    monkeypatch.setenv("LONGTAIL_DEBUG", "1")
    called = call("bounds")
    assert called.status == 3
    assert "Traceback" in called.err
    assert called.err.splitlines()[-1].startswith("longtail: RuntimeError: lost")


@pytest.mark.parametrize("whole_before", [False, True])
def test_a_full_disk_leaves_nothing_half_written(
    call: Call,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    results: Results,
    whole_before: bool,
) -> None:
    source, out = tmp_path / "results.json", tmp_path / "out"
    source.write_bytes(results_bytes(results))
    out.mkdir()
    if whole_before:
        (out / "report.html").write_text("the last one")
    before = {path: path.read_bytes() for path in out.rglob("*")}
    written = []

    def fill(path: Path, content: bytes) -> None:
        written.append(path)
        if len(written) > 3:
            raise OSError(errno.ENOSPC, "No space left on device", str(path))
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)

    monkeypatch.setattr(render, "write_atomically", fill)
    called = call("report", "--from", str(source), "--out", str(out))
    assert called.status == 3
    assert len(written) == 4
    *progress, line = called.err.splitlines()
    assert all(one.startswith("figures ") for one in progress)
    assert line.endswith("No space left on device")
    assert {path: path.read_bytes() for path in out.rglob("*")} == before


@pytest.mark.parametrize("arguments", [(), ("cache",), ("nn",), ("data",)])
def test_a_bare_command_prints_its_help(call: Call, arguments: tuple[str, ...]) -> None:
    called = call(*arguments)
    assert called.status == 0
    assert called.err == ""
    assert called.out.startswith("Usage: longtail")
    assert len(called.out.splitlines()) > 5


def test_version(call: Call) -> None:
    called = call("--version")
    assert called.status == 0
    assert called.out.startswith("longtail 0.")


def test_show_names_every_near_id(call: Call) -> None:
    called = call("show", "noiseless")
    assert called.status == 2
    assert all(name in called.err for name in ("noiseless-loss", "noiseless-ood", "noiseless-rate"))

"""Measure in a process of its own: its peak memory is that of one size alone, nothing is cached."""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
from pathlib import Path
from typing import Any


def in_a_process(module: str, arguments: tuple[object, ...]) -> dict[str, Any]:
    """Call `main` of a module in a new process.

    Args:
        module: whose `main` writes one JSON object to standard output.
        arguments: of `main`, printed by `repr`.

    Returns:
        The object.

    Raises:
        subprocess.CalledProcessError: the process failed.

    """
    child = subprocess.run(
        [sys.executable, "-c", f"import {module} as measuring; measuring.main(*{arguments!r})"],
        # The child imports what this process did, wherever it is run.
        env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
        check=True,
        capture_output=True,
        text=True,
    )
    found: dict[str, Any] = json.loads(child.stdout)
    return found


def peak_mebibytes() -> float:
    """Peak memory of this process so far."""
    # getrusage counts what the process was before it became this program, its parent's memory.
    status = Path("/proc/self/status")
    if status.exists():
        fields = dict(line.split(":", 1) for line in status.read_text().splitlines())
        if "VmHWM" in fields:
            return int(fields["VmHWM"].split()[0]) / 1024
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    # In kibibytes, but in bytes on macOS.
    return peak / 2**20 if sys.platform == "darwin" else peak / 2**10

"""Known vulnerabilities of the installed dependencies, by pip-audit, where it can ask an index.

    python -m tests.campaigns.audit

Exit status 1 where something installed has a known vulnerability; 0 where none has, and where
pip-audit is not installed or cannot reach the index, which one line then says.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Sequence
from importlib.util import find_spec
from typing import Any

LONGEST = 300
"""Seconds that the index has to answer."""

Run = Callable[[Sequence[str]], "subprocess.CompletedProcess[str]"]


def _run(command: Sequence[str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, capture_output=True, text=True, timeout=LONGEST)


def audited(run: Run = _run, installed: bool | None = None) -> tuple[int, str]:
    """Status and what to say.

    Args:
        run: runs a command.
        installed: whether pip-audit is; None looks.
    """
    if not (find_spec("pip_audit") is not None if installed is None else installed):
        return 0, "not audited: pip-audit is not installed (pip install pip-audit)"
    command = [sys.executable, "-m", "pip_audit", "--format", "json", "--progress-spinner", "off"]
    try:
        done = run([*command, "--skip-editable"])
        document: Any = json.loads(done.stdout)
        packages = document["dependencies"]
    except subprocess.TimeoutExpired:
        return 0, f"not audited: the index gave no answer in {LONGEST} s"
    except (ValueError, KeyError, TypeError):
        said = done.stderr.strip().splitlines()[-1:] or ["it said nothing"]
        return 0, f"not audited: pip-audit could not ask the index ({said[0][:200]})"
    known = [
        f"{package['name']} {package['version']}: {one['id']}"
        for package in packages
        for one in package.get("vulns", ())
    ]
    if known:
        return 1, f"{len(known)} known vulnerabilities: {'; '.join(known)}"
    looked = sum("skip_reason" not in package for package in packages)
    if not looked:
        return 0, f"not audited: the index knows none of {len(packages)} packages"
    return 0, f"{looked} packages audited: none has a known vulnerability"


def main() -> int:
    """Run the audit; 1 where something is known."""
    status, told = audited()
    sys.stdout.write(told + "\n")
    return status


if __name__ == "__main__":
    sys.exit(main())

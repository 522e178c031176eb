"""The audit tells what is known, and in one line where nothing could be asked."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Sequence
from typing import Any

import pytest

from tests.campaigns.audit import audited


def answering(document: Any, stderr: str = "") -> Any:
    text = document if isinstance(document, str) else json.dumps(document)

    def run(command: Sequence[str]) -> subprocess.CompletedProcess[str]:
        assert command[1:3] == ["-m", "pip_audit"]
        return subprocess.CompletedProcess(command, 0, text, stderr)

    return run


SOUND = {"name": "numpy", "version": "2.0", "vulns": []}
KNOWN = {"name": "jinja2", "version": "3.0", "vulns": [{"id": "CVE-1"}]}
SKIPPED = {"name": "longtail", "skip_reason": "editable"}


@pytest.mark.parametrize(
    ("document", "status", "told"),
    [
        ({"dependencies": [SOUND, SKIPPED]}, 0, "1 packages audited: none"),
        ({"dependencies": [SOUND, KNOWN]}, 1, "1 known vulnerabilities: jinja2 3.0: CVE-1"),
        ({"dependencies": [SKIPPED]}, 0, "not audited: the index knows none of 1 packages"),
        ("", 0, "not audited: pip-audit could not ask the index (no route)"),
        ("[]", 0, "not audited"),
    ],
)
def test_what_is_said(document: Any, status: int, told: str) -> None:
    found, line = audited(answering(document, "Traceback\nno route"), installed=True)
    assert found == status
    assert line.startswith(told)
    assert "\n" not in line


def test_what_is_not_there_or_does_not_answer_is_one_line() -> None:
    assert audited(installed=False)[0] == 0

    def late(command: Sequence[str]) -> subprocess.CompletedProcess[str]:
        raise subprocess.TimeoutExpired(command, 1)

    assert audited(late, installed=True) == (
        0,
        "not audited: the index gave no answer in 300 s",
    )

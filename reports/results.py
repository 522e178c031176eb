"""results.json: everything a report shows, and the way back from the file."""

from __future__ import annotations

import json
import platform
import subprocess
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path
from typing import Any

from theorems.errors import InputError

SCHEMA = 1
"""Of results.json; a file of another schema is refused, not guessed at."""

_PACKAGES = ("longtail", "numpy", "scipy", "sympy", "mpmath", "joblib", "matplotlib")
_NEEDED = ("schema", "provenance", "model", "cells", "curves", "observations")


def provenance(command: str, seconds: float) -> dict[str, Any]:
    """When, where from and with what a result was computed."""
    return {
        "time": datetime.now(UTC).isoformat(timespec="seconds"),
        "command": command,
        "commit": _commit(),
        "python": platform.python_version(),
        "platform": f"{platform.system()} {platform.machine()}",
        "packages": {name: metadata.version(name) for name in _PACKAGES},
        "seconds": round(seconds, 1),
    }


def _commit() -> str | None:
    """The commit of the checkout that the code runs from; None outside one."""
    here = Path(__file__).resolve().parent
    try:
        described = subprocess.run(
            ["git", "-C", str(here), "describe", "--always", "--dirty", "--abbrev=12"],
            capture_output=True,
            text=True,
            check=True,
            timeout=10,
        )
    except (OSError, subprocess.SubprocessError):
        return None
    return described.stdout.strip() or None


def results_bytes(results: dict[str, Any]) -> bytes:
    """results.json as bytes."""
    return (json.dumps(results, indent=1, allow_nan=False, ensure_ascii=False) + "\n").encode()


def read_results(name: str) -> dict[str, Any]:
    """A results.json.

    Raises:
        InputError: where the file is absent, truncated, no results file, or of another version.
    """
    try:
        content = Path(name).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "not text"
        raise InputError("from", name, f"must be a results.json ({reason})") from None
    try:
        results = json.loads(content)
    except json.JSONDecodeError as error:
        raise InputError(
            "from", name, f"must be a whole results.json; it breaks off at line {error.lineno}"
        ) from None
    if not isinstance(results, dict) or "schema" not in results:
        raise InputError("from", name, "must be a results.json of longtail report")
    if results["schema"] != SCHEMA:
        raise InputError(
            "from", name, f"is of schema {results['schema']}; this version reads schema {SCHEMA}"
        )
    missing = [part for part in _NEEDED if part not in results]
    if missing:
        raise InputError("from", name, f"must be a whole results.json; it lacks {missing[0]!r}")
    return results

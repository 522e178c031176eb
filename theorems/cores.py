"""How many cores may be used: as many workers are started where nobody says how many."""

from __future__ import annotations

import os

from theorems.errors import InputError

LIMIT = "LOKY_MAX_CPU_COUNT"
"""Environment variable of joblib that allows fewer."""


def usable_cores() -> int:
    """Joblib's count: of the machine, this process's affinity, a container's quota and `LIMIT`.

    Raises:
        InputError: `LIMIT` is no positive integer as joblib reads it, which is not 2.0.
    """
    from joblib import cpu_count

    text = os.environ.get(LIMIT, "1")
    try:
        allowed = int(text)
    except ValueError:
        allowed = 0
    if allowed < 1:
        raise InputError(LIMIT, text, "must be an integer >= 1")
    return int(cpu_count())

"""How many cores may be used: as many workers are started where nobody says how many."""

from __future__ import annotations

import os

from theorems.errors import positive_integer

LIMIT = "LOKY_MAX_CPU_COUNT"
"""Environment variable of joblib that allows fewer."""


def usable_cores() -> int:
    """Joblib's count: of the machine, this process's affinity, a container's quota and `LIMIT`.

    Raises:
        InputError: `LIMIT` is no positive integer, which joblib would end with a traceback.
    """
    from joblib import cpu_count

    if LIMIT in os.environ:
        positive_integer(LIMIT, os.environ[LIMIT])
    return int(cpu_count())

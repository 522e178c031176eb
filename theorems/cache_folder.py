"""Where the user's cache is."""

from __future__ import annotations

import os
from pathlib import Path

ENVIRONMENT = "LONGTAIL_CACHE"
"""Environment variable that names the cache folder."""


def default_folder() -> Path:
    """Where the cache is: $LONGTAIL_CACHE, or the user's cache folder."""
    named = os.environ.get(ENVIRONMENT)
    if named:
        return Path(named)
    base = os.environ.get("XDG_CACHE_HOME")
    return (Path(base) if base else Path.home() / ".cache") / "longtail"

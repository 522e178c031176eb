"""Files that are there whole or not at all, whatever happens meanwhile."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path


def write_atomically(path: Path, content: bytes, *, private: bool = False) -> None:
    """Write a file so that a kill leaves the old content or the new, never a part.

    Args:
        path: its folder is made if absent.
        content: all of it.
        private: whether its owner alone may read and write it; else it is as any new file.

    Raises:
        OSError: where it cannot be written; no temporary file is left then.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=".", suffix=".tmp")
    unfinished = Path(name)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        # A temporary file is private; what takes its place is readable as any new file is.
        if not private:
            unfinished.chmod(0o666 & ~_mask())
        unfinished.replace(path)
    finally:
        unfinished.unlink(missing_ok=True)


def _mask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask

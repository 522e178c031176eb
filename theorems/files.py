"""Files that are there whole or not at all, whatever happens meanwhile."""

from __future__ import annotations

import errno
import os
import stat
import tempfile
from pathlib import Path

from theorems import memory


def size_to_read(path: Path) -> int:
    """Bytes of a file that is about to be read whole; 0 of a pipe, which does not tell.

    Raises:
        OSError: it is absent, a folder, or a device, such as /dev/zero, which never ends.
    """
    status = path.stat()
    if stat.S_ISDIR(status.st_mode):
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(path))
    if stat.S_ISCHR(status.st_mode) or stat.S_ISBLK(status.st_mode):
        raise OSError(errno.EINVAL, "Is a device", str(path))
    return status.st_size


def require_readable(path: Path) -> None:
    """Refuse a file that is about to be read whole and cannot be.

    Raises:
        OSError: as `size_to_read`.
        TooLargeError: what it holds would not fit in memory, which takes some eight times its
            bytes: its text, and numbers and words of Python's.
    """
    memory.require(f"what {path.name} holds", size_to_read(path))


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

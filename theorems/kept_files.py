"""What first calls take long to make, on disk for later processes: printed programs, and numbers.

Programs of the whole catalogue, so that a command need not load the symbolic expressions to run
them; numbers of recursions, which are deterministic. Either is a file under a key: a digest of
every source file of `theorems` and of the versions of what they are made by. A statement that
changes by a letter has another key, and so never meets an old program. What is kept is text that
will be run, so a file is believed only where nobody but its owner can have written it and its
digest is right; else it is as if there were none.
"""

from __future__ import annotations

import hashlib
import json
import os
import stat
import sys
from contextlib import suppress
from functools import lru_cache
from importlib import metadata
from pathlib import Path
from typing import Any

from theorems.cache_folder import default_folder
from theorems.files import write_atomically

MADE_BY = ("sympy", "mpmath", "numpy", "scipy", "numba")
"""Distributions whose version a printed text or a number may depend on."""

MOST_KEPT = 8
"""Files of a kind that are left in the folder, those of other versions included."""

_SOURCES = Path(__file__).parent
_MARK = "longtail"
_WRITABLE_BY_OTHERS = stat.S_IWGRP | stat.S_IWOTH


PROGRAMS = "programs"
"""Name of the file of printed programs."""


def folder() -> Path:
    """Where they are kept: a folder of the user's cache that only its owner can write."""
    return default_folder() / "made"


@lru_cache(maxsize=1)
def key() -> str:
    """Digest of all that what is kept can depend on, 64 hexadecimal digits."""
    digest = hashlib.sha256(sys.version.encode())
    for name in MADE_BY:
        digest.update(f"{name} {metadata.version(name)}\0".encode())
    for path in sorted(_SOURCES.rglob("*.py")):
        digest.update(path.relative_to(_SOURCES).as_posix().encode() + b"\0")
        content = path.read_bytes()
        digest.update(str(len(content)).encode() + b"\0" + content)
    return digest.hexdigest()


def _file(name: str) -> Path:
    return folder() / f"{name}-{key()[:32]}.json"


@lru_cache(maxsize=4)
def kept(name: str = PROGRAMS) -> dict[str, Any]:
    """What was kept by the same sources and versions; empty where nothing can be believed.

    Args:
        name: of the file.
    """
    try:
        content = _read(_file(name))
    except OSError:
        return {}
    head, _, body = content.partition(b"\n")
    if head != _head(body):
        return {}
    found = json.loads(body)
    return found if isinstance(found, dict) else {}


def _head(body: bytes) -> bytes:
    return f"{_MARK} {key()} {hashlib.sha256(body).hexdigest()}".encode()


def _read(path: Path) -> bytes:
    """The content of a file that only its owner can have written, and its folder likewise.

    Raises:
        OSError: where it cannot be read, or others could have written it.
    """
    above = path.parent
    _refuse_others(above.lstat(), above)
    # The folder above may be one that a group shares; but nobody may put another in this place.
    if above.parent.stat().st_mode & (stat.S_IWOTH | stat.S_ISVTX) == stat.S_IWOTH:
        raise PermissionError(f"{above.parent} can be written by anybody")
    with path.open("rb") as file:
        _refuse_others(os.fstat(file.fileno()), path)
        return file.read()


def _refuse_others(found: os.stat_result, path: Path) -> None:
    if stat.S_ISLNK(found.st_mode):
        raise PermissionError(f"{path} is a link")
    # Where files have no owner, as on Windows, the user's own folder is what protects them.
    if hasattr(os, "geteuid") and (
        found.st_uid != os.geteuid() or found.st_mode & _WRITABLE_BY_OTHERS
    ):
        raise PermissionError(f"{path} can be written by others")


def keep(document: dict[str, Any], name: str = PROGRAMS) -> None:
    """Keep something for later processes; where nothing can be written, nothing is kept.

    Args:
        document: what `kept` gives back.
        name: of the file.
    """
    body = json.dumps(document, separators=(",", ":")).encode()
    with suppress(OSError):
        folder().mkdir(mode=0o700, parents=True, exist_ok=True)
        write_atomically(_file(name), _head(body) + b"\n" + body, private=True)
        files = sorted(folder().glob(f"{name}-*.json"), key=lambda path: path.stat().st_mtime)
        for old in files[:-MOST_KEPT]:
            old.unlink()
    kept.cache_clear()


def clear() -> None:
    """Remove all that is kept."""
    with suppress(OSError):
        for path in folder().glob("*.json"):
            path.unlink()
    kept.cache_clear()

"""Numbers of recursions that earlier processes worked out, for those who ask for that.

Within `kept()` a number that was worked out before at the same setting, by the same code, is read
and not worked out again; what is new is kept when the block ends.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import numpy as np
from numpy.typing import NDArray

from theorems import kept_files

NAME = "recursions"
"""Of the file."""

MOST = 2000
"""Numbers that are kept; the oldest go first."""

_known: dict[str, float] | None = None
"""The numbers by digest of what they depend on; None where nobody asked to keep them."""


@contextmanager
def kept() -> Iterator[None]:
    """Read what was kept, and keep what is new when the block ends without an error."""
    global _known
    before = _known
    _known = dict(kept_files.kept(NAME))
    read = set(_known)
    try:
        yield
        if _known.keys() - read:
            kept_files.keep(dict(list(_known.items())[-MOST:]), NAME)
    finally:
        _known = before


def known(
    what: str, arrays: tuple[NDArray[np.float64], ...], compute: Callable[[], float]
) -> float:
    """A number that was kept, or computed and, within `kept()`, remembered.

    Args:
        what: text that tells it apart, but for the arrays that it depends on.
        arrays: those.
        compute: gives the number.
    """
    if _known is None:
        return compute()
    digest = hashlib.sha256(what.encode())
    for array in arrays:
        digest.update(b"\0" + np.ascontiguousarray(array).data)
    key = digest.hexdigest()[:32]
    if key not in _known:
        _known[key] = compute()
    return float(_known[key])

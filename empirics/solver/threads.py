"""How many threads the linear algebra of a solve takes."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from functools import lru_cache
from typing import Any

from threadpoolctl import ThreadpoolController

from empirics.solver.compressed import Compressed

# From this rank on a second thread pays (alpha = 1, one against two threads, milliseconds: n = 1000
# 33 and 48, n = 4000 303 and 304, n = 8000 1066 and 761; for larger alpha it makes no difference).
SEVERAL_THREADS = 4000


@lru_cache(maxsize=1)
def libraries() -> ThreadpoolController:
    """The linear algebra libraries of this process, found once: looking takes 2 ms."""
    # scipy brings its own one, which is found only once it is there.
    import scipy.linalg  # noqa: F401

    return ThreadpoolController()


_limited = False


@contextmanager
def one_thread() -> Iterator[None]:
    """One thread for all solves inside, set once: more would change the order of their sums."""
    global _limited
    before, _limited = _limited, True
    try:
        with libraries().limit(limits=1):
            yield
    finally:
        _limited = before


def threads(A: Compressed) -> AbstractContextManager[Any]:
    """One thread where the dense parts are small: there, threads cost more than they save."""
    if _limited or min(A.shape) >= SEVERAL_THREADS:
        return nullcontext()
    limited: AbstractContextManager[Any] = libraries().limit(limits=1)
    return limited

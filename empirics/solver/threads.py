"""How many threads the linear algebra of a solve takes."""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from functools import lru_cache
from typing import Any

from scipy import sparse
from threadpoolctl import ThreadpoolController

# From this rank on a second thread pays (alpha = 1, one against two threads, milliseconds: n = 1000
# 33 and 48, n = 4000 303 and 304, n = 8000 1066 and 761; for larger alpha it makes no difference).
SEVERAL_THREADS = 4000


@lru_cache(maxsize=1)
def libraries() -> ThreadpoolController:
    """The linear algebra libraries of this process, found once: looking takes 2 ms."""
    # scipy brings its own one, which is found only once it is there.
    import scipy.linalg  # noqa: F401

    return ThreadpoolController()


def threads(A: sparse.csc_array) -> AbstractContextManager[Any]:
    """One thread where the dense parts are small: there, threads cost more than they save."""
    return libraries().limit(limits=1) if min(A.shape) < SEVERAL_THREADS else nullcontext()

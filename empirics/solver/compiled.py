"""Compilation of the loops over sparse structures that no array operation expresses."""

from collections.abc import Callable
from typing import ParamSpec, TypeVar

from numba import njit

_P = ParamSpec("_P")
_R = TypeVar("_R")


def compiled(function: Callable[_P, _R]) -> Callable[_P, _R]:
    """Compile on first call and keep the result on disk for later processes.

    Without fast-math the order of floating-point operations is that of the source, so results do
    not depend on how a compiler would have grouped them.
    """
    out: Callable[_P, _R] = njit(cache=True)(function)
    return out

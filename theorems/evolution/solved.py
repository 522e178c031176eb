"""The numbers of recursions for generated programs: one solution serves all statements."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from theorems import memory
from theorems.errors import InputError

Array = NDArray[np.float64]

# Numbers of 8 bytes for each feature at the peak: 695 MiB at d = 10^7.
_PER_FEATURE = 9.2


class _Key:
    """Arrays compared by content, so that statements at one setting share one recursion."""

    def __init__(self, p: Array, coefficients: Array) -> None:
        self.p, self.coefficients = p, coefficients
        self._digest = hashlib.sha256(p.tobytes() + coefficients.tobytes()).digest()

    def __hash__(self) -> int:
        return hash(self._digest)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Key) and self._digest == other._digest


@lru_cache(maxsize=4)
def _solved(key: _Key, n: int, k: int) -> Any:
    from theorems.evolution.recursion import evolve

    try:
        return evolve(key.p, n, k, key.coefficients)
    except (ArithmeticError, InputError):
        # It does not settle, or rows hold so many features that none is determined: to find that
        # out takes as long as a solution, and eight statements ask.
        return None


def evolved(
    field: str, p: Callable[[Any], Any], beta: Callable[[Any], Any], n: int, d: int, k: int
) -> float:
    """One number of the recursion; NaN where it does not settle, or no row determines a feature.

    Args:
        field: name of an attribute of `VarianceEvolution`.
        p: frequencies as a function of an array of indices.
        beta: coefficients, likewise.
        n: samples.
        d: features.
        k: common features.

    Raises:
        MemoryError: the tables do not fit in memory; the message holds the estimate.
    """
    memory.require(f"d = {d}: the recursion of variance-evolution", _PER_FEATURE * d)
    index = np.arange(1, d + 1, dtype=np.float64)
    key = _Key(np.asarray(p(index)), np.asarray(beta(index)))
    solution = _solved(key, n, k)
    return float("nan") if solution is None else float(getattr(solution, field))


@lru_cache(maxsize=4)
def _bracketed(key: _Key, n: int) -> Any:
    from theorems.evolution.cavity import noiseless_bracket

    return noiseless_bracket(key.p, key.coefficients**2, n)


WITH_RIDGE = ("risk_lower", "risk_upper", "ridge_variance_lower", "ridge_variance_upper")
"""Numbers that depend on a ridge penalty."""


@lru_cache(maxsize=16)
def _with_noise(key: _Key, n: int, field: str, ridge: float) -> float:
    from theorems.evolution import cavity_noise

    if field.startswith("ridge_variance"):
        return float(getattr(_ridge_variance(key, n, ridge), field.removeprefix("ridge_variance_")))
    if field == "minimum_norm_variance_lower":
        return cavity_noise.minimum_norm_variance_lower(key.p, n)
    return float(getattr(cavity_noise, field)(key.p, n, ridge))


@lru_cache(maxsize=4)
def _ridge_variance(key: _Key, n: int, ridge: float) -> Any:
    from theorems.evolution.cavity_noise import ridge_variance

    return ridge_variance(key.p, n, ridge)


def cavity(
    field: str,
    p: Callable[[Any], Any],
    beta: Callable[[Any], Any],
    n: int,
    d: int,
    ridge: float = 0.0,
) -> float:
    """One proved number of the cavity recursion, rounded outward.

    Args:
        field: name of an attribute of `NoiselessBracket`, one of `WITH_RIDGE`, or
            "minimum_norm_variance_lower".
        p: frequencies as a function of an array of indices, non-increasing.
        beta: coefficients, likewise.
        n: samples.
        d: features.
        ridge: penalty of a field of `WITH_RIDGE`; the variance is NaN at 0, where a chord to
            smaller penalties does not exist.

    Raises:
        MemoryError: the tables do not fit in memory; the message holds the estimate.
    """
    memory.require(f"d = {d}: the cavity recursion", _PER_FEATURE * d)
    index = np.arange(1, d + 1, dtype=np.float64)
    key = _Key(np.asarray(p(index)), np.asarray(beta(index)))
    if field.startswith("ridge_variance") and not ridge > 0:
        return float("nan")
    if field in (*WITH_RIDGE, "minimum_norm_variance_lower"):
        return _with_noise(key, int(n), field, float(ridge))
    return float(getattr(_bracketed(key, int(n)), field))

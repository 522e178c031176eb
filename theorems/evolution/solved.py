"""The numbers of recursions for generated programs: one solution serves all statements."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from theorems import memory
from theorems.errors import InputError
from theorems.evolution.kept_numbers import known

Array = NDArray[np.float64]

# Numbers of 8 bytes for each feature at the peak: 695 MiB at d = 10^7.
_PER_FEATURE = 9.2

_SAMPLED = 64
"""Entries of an array that its hash looks at; comparing looks at all."""


class _Key:
    """Arrays compared by content, so that statements at one setting share one recursion."""

    def __init__(self, *arrays: Array) -> None:
        self.arrays = arrays
        places = [array[:: max(1, array.size // _SAMPLED)] for array in arrays]
        self._hash = hash(tuple(place.tobytes() for place in places))

    def __hash__(self) -> int:
        return self._hash

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Key) and all(
            mine is theirs or np.array_equal(mine, theirs)
            for mine, theirs in zip(self.arrays, other.arrays, strict=True)
        )


def _whole(values: Callable[[Any], Any], d: int) -> Array:
    """All numbers of a function of the index, without a copy where it is a table's."""
    table = getattr(values, "table", None)
    if table is not None:
        return np.asarray(table)
    return np.asarray(values(np.arange(1, d + 1, dtype=np.float64)))


@lru_cache(maxsize=4)
def _solved(key: _Key, n: int, k: int) -> Any:
    from theorems.evolution.recursion import evolve

    try:
        return evolve(key.arrays[0], n, k, key.arrays[1])
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
    arrays = _whole(p, d), _whole(beta, d)

    def number() -> float:
        solution = _solved(_Key(*arrays), n, k)
        return float("nan") if solution is None else float(getattr(solution, field))

    return known(f"evolution {field} {n} {k}", arrays, number)


@lru_cache(maxsize=2)
def _noise(key: _Key, n: int) -> Any:
    from theorems.evolution.cavity_noise import NoiseSides

    return NoiseSides(key.arrays[0], n)


@lru_cache(maxsize=4)
def _bracketed(key: _Key, n: int) -> Any:
    from theorems.evolution.cavity import noiseless_bracket

    p, coefficients = key.arrays
    return noiseless_bracket(p, coefficients**2, n, sides=_noise(_Key(p), n))


WITH_RIDGE = ("risk_lower", "risk_upper", "ridge_variance_lower", "ridge_variance_upper")
"""Numbers that depend on a ridge penalty."""

OF_A_DRAW = "single_draw_upper"
"""Name of the number that depends on the probability eta of failure."""


def _of_a_draw(key: _Key, n: int, failure: float) -> float:
    from theorems.evolution.cavity_concentration import loss_of_a_draw

    p, coefficients = key.arrays
    return loss_of_a_draw(p, coefficients**2, n, failure, sides=_noise(_Key(p), n))


def _with_noise(key: _Key, n: int, field: str, ridge: float) -> float:
    sides = _noise(key, n)
    if field == "minimum_norm_variance_lower":
        return float(sides.minimum_norm_variance_lower())
    if field.startswith("ridge_variance"):
        return float(getattr(sides.ridge_variance(ridge), field.removeprefix("ridge_variance_")))
    return float(getattr(sides, field)(ridge))


def cavity(
    field: str,
    p: Callable[[Any], Any],
    beta: Callable[[Any], Any],
    n: int,
    d: int,
    parameter: float = 0.0,
) -> float:
    """One proved number of the cavity recursion, rounded outward.

    Args:
        field: name of an attribute of `NoiselessBracket`, one of `WITH_RIDGE`, `OF_A_DRAW`, or
            "minimum_norm_variance_lower".
        p: frequencies as a function of an array of indices, non-increasing.
        beta: coefficients, likewise.
        n: samples.
        d: features.
        parameter: penalty of a field of `WITH_RIDGE`, where the variance is NaN at 0, as a chord to
            smaller penalties does not exist; eta of `OF_A_DRAW`, NaN unless above 0 and below 1.

    Raises:
        MemoryError: the tables do not fit in memory; the message holds the estimate.
    """
    memory.require(f"d = {d}: the cavity recursion", _PER_FEATURE * d)
    parameter = float(parameter)
    if field.startswith("ridge_variance") and not parameter > 0:
        return float("nan")
    if field == OF_A_DRAW and not 0 < parameter < 1:
        return float("nan")
    chances, n = _whole(p, d), int(n)
    if field in (*WITH_RIDGE, "minimum_norm_variance_lower"):
        return known(
            f"cavity {field} {n} {parameter!r}",
            (chances,),
            lambda: _with_noise(_Key(chances), n, field, parameter),
        )
    arrays = chances, _whole(beta, d)
    if field == OF_A_DRAW:
        return known(
            f"cavity {field} {n} {parameter!r}",
            arrays,
            lambda: _of_a_draw(_Key(*arrays), n, parameter),
        )
    return known(
        f"cavity {field} {n}",
        arrays,
        lambda: float(getattr(_bracketed(_Key(*arrays), n), field)),
    )

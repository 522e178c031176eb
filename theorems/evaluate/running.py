"""Runs the text of a program in double precision. Nothing here needs the symbolic expressions."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

import numpy as np

from theorems.evaluate.columns import Columns
from theorems.evaluate.reductions import EveryFeature

PARAMETERS = ("n", "d", "s", "alpha", "sigma", "b", "k")
"""Of a program for power laws."""

TABLE_PARAMETERS = ("n", "d", "sigma", "k")
"""Of a program for tables, which finds `p` and `beta` among the names it may call."""

Parameters = Mapping[str, float]


@lru_cache(maxsize=512)
def _compiled(text: str) -> Any:
    return compile(text, "<statement>", "exec")


def function_of(text: str, namespace: dict[str, Any]) -> Callable[..., Any]:
    """The function `evaluate` of a program.

    Args:
        text: of the program, as `theorems.evaluate.program.source` prints it.
        namespace: what it may call; the program's own names are added.
    """
    exec(_compiled(text), namespace)
    function: Callable[..., Any] = namespace["evaluate"]
    return function


def run(
    text: str,
    parameters: Parameters,
    *,
    columns: Columns | None = None,
    features: EveryFeature | None = None,
) -> dict[str, float]:
    """What a program returns, as doubles.

    Args:
        text: of the program.
        parameters: n, d, s, alpha, sigma, b, k by these names, and extra ones by theirs; of a
            table n, d, sigma and k.
        columns: the table, where frequencies are one.
        features: reductions to search with instead of the exact ones.

    Returns:
        One float for each name; NaN where the expression has no value there.
    """
    namespace = (features or (columns.features if columns else EveryFeature())).namespace()
    namespace |= columns.namespace() if columns else {}
    function = function_of(text, namespace)
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        values = function(**doubles(parameters))
    return {name: _as_float(value) for name, value in values.items()}


def doubles(parameters: Parameters) -> dict[str, Any]:
    """The parameters as numpy has them: what overflows is infinite, where Python's raise."""
    return {
        name: np.float64(value) if isinstance(value, float) else value
        for name, value in parameters.items()
    }


def _as_float(value: Any) -> float:
    number = complex(np.asarray(value).item())
    # -0 is 0: a bound of that sign would read as one below nothing.
    return number.real + 0.0 if number.imag == 0 else float("nan")

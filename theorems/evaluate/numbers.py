"""Symbolic expression -> number: double precision over arrays, or mpmath at any precision."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

import mpmath
import numpy as np
from numpy.typing import NDArray
from sympy import Expr, Lambda

from theorems.evaluate import reductions_mpmath
from theorems.evaluate.columns import Columns
from theorems.evaluate.program import PARAMETERS, source
from theorems.evaluate.reductions import EveryFeature
from theorems.model import DEFINITIONS, i

DOUBLE_DIGITS = 15
"""Up to this many digits, double precision serves."""

POLE = (ZeroDivisionError, ValueError)
"""What mpmath raises where a function has no value, such as Gamma at 0."""

Parameters = Mapping[str, float]


@lru_cache(maxsize=256)
def _compiled(outputs: tuple[tuple[str, Expr], ...], extra: tuple[str, ...], table: bool) -> Any:
    return compile(source(dict(outputs), extra=extra, table=table), "<statement>", "exec")


def _extra(parameters: Parameters) -> tuple[str, ...]:
    """Names of the parameters that a setting does not have."""
    return tuple(sorted(set(parameters) - set(PARAMETERS)))


def _function(
    outputs: Mapping[str, Expr],
    namespace: dict[str, Any],
    extra: tuple[str, ...] = (),
    *,
    table: bool = False,
) -> Callable[..., Any]:
    exec(_compiled(tuple(outputs.items()), extra, table), namespace)
    function: Callable[..., Any] = namespace["evaluate"]
    return function


def evaluate(
    outputs: Mapping[str, Expr],
    parameters: Parameters,
    *,
    columns: Columns | None = None,
    features: EveryFeature | None = None,
) -> dict[str, float]:
    """The expressions as doubles.

    Args:
        outputs: expressions in the symbols of `theorems.model`, by name.
        parameters: n, d, s, alpha, sigma, b, k by these names, and extra ones by theirs; of a
            table n, d, sigma and k.
        columns: the table, where frequencies are one.
        features: reductions to search with instead of the exact ones.

    Returns:
        One float for each name; NaN where the expression has no value there.
    """
    namespace = (features or (columns.features if columns else EveryFeature())).namespace()
    namespace |= columns.namespace() if columns else {}
    function = _function(outputs, namespace, _extra(parameters), table=columns is not None)
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        values = function(**_doubles(parameters))
    return {name: _as_float(value) for name, value in values.items()}


def _doubles(parameters: Parameters) -> dict[str, Any]:
    """The parameters as numpy has them: what overflows is infinite, where Python's raise."""
    return {
        name: np.float64(value) if isinstance(value, float) else value
        for name, value in parameters.items()
    }


def _as_float(value: Any) -> float:
    number = complex(np.asarray(value).item())
    # -0 is 0: a bound of that sign would read as one below nothing.
    return number.real + 0.0 if number.imag == 0 else float("nan")


def evaluate_mpmath(
    outputs: Mapping[str, Expr],
    parameters: Parameters,
    digits: int,
    *,
    columns: Columns | None = None,
) -> dict[str, Any]:
    """The expressions as mpmath numbers with `digits` significant digits.

    Ten guard digits are carried and dropped. A parameter stands for the shortest decimal
    that prints it: 0.1 is one tenth. So does an entry of a table.
    """
    with mpmath.workdps(digits + 10):
        namespace = _mpmath_namespace(columns)
        extra = _extra(parameters)
        function = _function(outputs, namespace, extra, table=columns is not None)
        exact = {name: mpmath.mpf(repr(value)) for name, value in parameters.items()}
        try:
            values = function(**exact)
        except POLE:
            values = {name: _or_nan(outputs, name, exact, columns) for name in outputs}
    with mpmath.workdps(digits):
        return {name: +mpmath.mpmathify(value) for name, value in values.items()}


def _mpmath_namespace(columns: Columns | None) -> dict[str, Any]:
    namespace = reductions_mpmath.namespace()
    if columns is None:
        return namespace

    def exactly(values: Any) -> Callable[[Any], Any]:
        return reductions_mpmath.remember(
            lambda index: mpmath.mpf(repr(float(values[int(index) - 1])))
        )

    return namespace | {"p": exactly(columns.p), "beta": exactly(columns.beta)}


def _or_nan(
    outputs: Mapping[str, Expr], name: str, exact: dict[str, Any], columns: Columns | None
) -> Any:
    """One output alone, NaN where it has a pole, so that it does not take others along."""
    namespace, extra = _mpmath_namespace(columns), _extra(exact)
    try:
        function = _function({name: outputs[name]}, namespace, extra, table=columns is not None)
        return function(**exact)[name]
    except POLE:
        return mpmath.nan


def per_feature(name: str, parameters: Parameters) -> Callable[[Any], Any]:
    """One number per feature, such as p ("p") or beta* ("beta"), as a function of the index."""
    function = _function(
        {"values": Lambda(i, DEFINITIONS[name].name[i])}, EveryFeature().namespace()
    )
    indexed: Callable[[Any], Any] = function(**_doubles(parameters))["values"]

    def quietly(index: Any) -> Any:
        with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
            return indexed(index)

    return quietly


def definition_array(name: str, parameters: Parameters) -> NDArray[np.float64]:
    """One number per feature, shape (d,), such as p ("p") or beta* ("beta")."""
    indexed = per_feature(name, parameters)
    values = np.empty(int(parameters["d"]))
    for index, _ in EveryFeature().blocks(1, values.size):
        values[int(index[0]) - 1 : int(index[-1])] = indexed(index)
    return values

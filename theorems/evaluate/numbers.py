"""Symbolic expression -> number: double precision over arrays, or mpmath at any precision."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

import mpmath
from sympy import Expr, Lambda

from theorems.evaluate import reductions_mpmath
from theorems.evaluate.columns import Columns
from theorems.evaluate.program import source
from theorems.evaluate.reductions import EveryFeature
from theorems.evaluate.running import PARAMETERS, Parameters, function_of, run
from theorems.model import DEFINITIONS, i

POLE = (ZeroDivisionError, ValueError)
"""What mpmath raises where a function has no value, such as Gamma at 0."""


@lru_cache(maxsize=256)
def _printed(outputs: tuple[tuple[str, Expr], ...], extra: tuple[str, ...], table: bool) -> str:
    return source(dict(outputs), extra=extra, table=table)


def program_of(
    outputs: Mapping[str, Expr], parameters: Parameters, columns: Columns | None = None
) -> str:
    """The text of the program that evaluates the expressions from parameters of these names."""
    extra = tuple(sorted(set(parameters) - set(PARAMETERS)))
    return _printed(tuple(outputs.items()), extra, columns is not None)


def definition_program(name: str) -> str:
    """The text of the program that returns a definition as a function of the index, "values"."""
    return _printed((("values", Lambda(i, DEFINITIONS[name].name[i])),), (), False)


def evaluate(
    outputs: Mapping[str, Expr],
    parameters: Parameters,
    *,
    columns: Columns | None = None,
    features: EveryFeature | None = None,
) -> dict[str, float]:
    """The expressions as doubles; see `theorems.evaluate.running.run`.

    Args:
        outputs: expressions in the symbols of `theorems.model`, by name.
        parameters: as of `run`.
        columns: the table, where frequencies are one.
        features: reductions to search with instead of the exact ones.
    """
    text = program_of(outputs, parameters, columns)
    return run(text, parameters, columns=columns, features=features)


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
        function = function_of(program_of(outputs, parameters, columns), namespace)
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
    text = program_of({name: outputs[name]}, exact, columns)
    try:
        return function_of(text, _mpmath_namespace(columns))(**exact)[name]
    except POLE:
        return mpmath.nan

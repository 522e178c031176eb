"""One number per feature, such as p_i or beta*_i, from the definitions of the model."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from theorems import kept_files
from theorems.evaluate.reductions import EveryFeature
from theorems.evaluate.running import Parameters, doubles, function_of

MODEL = "theorems.model"
"""The module that has the definitions, and with them the symbols."""


def _program(name: str) -> str:
    """The text that evaluates a definition: a kept one, where symbols are not loaded anyway."""
    if MODEL not in sys.modules:
        text = kept_files.kept().get("definitions", {}).get(name)
        if text is not None:
            return str(text)
    from theorems.evaluate.numbers import definition_program

    return definition_program(name)


def per_feature(name: str, parameters: Parameters) -> Callable[[Any], Any]:
    """One number per feature, such as p ("p") or beta* ("beta"), as a function of the index."""
    function = function_of(_program(name), EveryFeature().namespace())
    indexed: Callable[[Any], Any] = function(**doubles(parameters))["values"]

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

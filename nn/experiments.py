"""Every experiment of this package by the name its command and its document carry."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from nn.composition import composition
from nn.figure2 import figure2
from nn.linear_theory import theory
from nn.memorization import memorization
from nn.presets import Plan
from nn.table1 import table1

#: In reading order. Each takes a plan and returns a document that JSON can hold.
EXPERIMENTS: dict[str, Callable[[Plan], dict[str, Any]]] = {
    "table1": table1,
    "figure2": figure2,
    "memorization": memorization,
    "linear-theory": theory,
    "composition": composition,
}

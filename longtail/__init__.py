"""Theorems on memorizing long-tail data, checked: the names that users import.

Everything is loaded when it is first asked for, so that `import longtail` costs nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from empirics.diagnosis.diagnose import diagnose as diagnose
    from empirics.solver.minimum_norm import minimum_norm as minimum_norm
    from empirics.testing import assert_statement as assert_statement
    from longtail.drawing import plot as plot
    from longtail.grid import bounds as bounds
    from longtail.simulation import simulate as simulate
    from theorems.catalogue import catalogue as catalogue
    from theorems.claim import claim_at as claim_at
    from theorems.errors import InputError as InputError
    from theorems.law import PowerLaw as PowerLaw
    from theorems.law import Table as Table
    from theorems.setting import Setting as Setting
    from theorems.statement import Statement as Statement

_WHERE = {
    "InputError": "theorems.errors",
    "PowerLaw": "theorems.law",
    "Setting": "theorems.setting",
    "Statement": "theorems.statement",
    "Table": "theorems.law",
    "assert_statement": "empirics.testing",
    "bounds": "longtail.grid",
    "catalogue": "theorems.catalogue",
    "claim_at": "theorems.claim",
    "diagnose": "empirics.diagnosis.diagnose",
    "minimum_norm": "empirics.solver.minimum_norm",
    "plot": "longtail.drawing",
    "simulate": "longtail.simulation",
}

__all__ = list(_WHERE)  # the one list of names is above


def __getattr__(name: str) -> Any:
    """A public name, imported when it is first asked for."""
    if name not in _WHERE:
        raise AttributeError(f"module 'longtail' has no attribute {name!r}")
    value = getattr(import_module(_WHERE[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted([*globals(), *_WHERE])

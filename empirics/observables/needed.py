"""What has to be measured for statements to be judged."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from empirics.observables.observable import Measurement
from empirics.observables.registry import OBSERVABLES
from theorems.statement import Statement


def observed_by(statement: Statement) -> tuple[str, ...]:
    """Names of the observables that a statement is judged by: its own, and its control."""
    control = statement.control.observable if statement.control else None
    return tuple(name for name in (statement.observable, control) if name is not None)


def measurements_for(
    statements: Iterable[Statement], extra: Mapping[str, float] | None = None
) -> tuple[Measurement, ...]:
    """The measurements that statements need, each once.

    Args:
        statements: of the catalogue or not; what has no observable needs nothing.
        extra: values of parameters that no setting has; each measurement takes its own.

    Raises:
        UnknownObservableError: for a name that no observable has.
    """
    names = [name for statement in statements for name in observed_by(statement)]
    return tuple(dict.fromkeys(OBSERVABLES[name].measurement(extra) for name in names))


def every_measurement(besides: Iterable[Measurement]) -> tuple[Measurement, ...]:
    """All that is registered, at the defaults, and some besides, each once."""
    return tuple(dict.fromkeys((*OBSERVABLES.measurements(), *besides)))

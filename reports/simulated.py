"""What a report drew of statements' quantities, wherever that was: the explorer's points."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from empirics.observables.registry import OBSERVABLES
from reports.records import Range, VerdictRow
from theorems.model import sigma as noise_level
from theorems.statement import Statement

PARAMETERS = ("n", "d", "s", "alpha", "sigma", "beta_exponent")
"""Of a power law's setting, without k."""


@dataclass(frozen=True)
class Simulated:
    """A statement's quantity as it was drawn at a setting, with the statement's sides there.

    Args:
        id: of the statement.
        setting: a value for each of `PARAMETERS`.
        own_k: whether it has the report's own k, where the report was given one; else its k is
            the largest with n p_k >= 10.
        observed: mean and 95% interval, in the statement's units.
        extra: values of the statement's own parameters.
        sides: lower, value, upper.
        believed: whether the hypotheses hold.
    """

    id: str
    setting: Mapping[str, float]
    own_k: bool
    observed: Range | None
    extra: Mapping[str, float] = field(default_factory=dict)
    sides: tuple[float | None, float | None, float | None] = (None, None, None)
    believed: bool = True

    @classmethod
    def of(
        cls, row: VerdictRow, setting: Mapping[str, float | int | str], *, own_k: bool
    ) -> Simulated:
        """A judged row at a setting's document, of which only `PARAMETERS` are taken."""
        return cls(
            row.id,
            power_law(setting),
            own_k,
            row.observed,
            row.extra,
            (row.lower, row.value, row.upper),
            all(one.holds for one in row.hypotheses),
        )


def power_law(setting: Mapping[str, float | int | str]) -> dict[str, float]:
    """The parameters of a power law's setting, of its document."""
    return {name: float(setting[name]) for name in PARAMETERS}


def quantity(statement: Statement) -> str | None:
    """What tells drawn quantities apart: the observable, in its units; None for a formula."""
    return None if statement.observable is None else f"{statement.observable} {statement.scale}"


def own_parameters(statement: Statement) -> frozenset[str]:
    """The parameters besides the setting that what is drawn of a statement depends on."""
    observed = OBSERVABLES.get(statement.observable or "")
    in_units = {symbol.name for symbol in statement.scale.free_symbols}
    return frozenset(
        in_units | (set() if observed is None else observed.defaults.keys())
    ) & frozenset(statement.defaults)


def drawn_with_noise(statement: Statement) -> bool:
    """Whether what is drawn of a statement changes with sigma."""
    observed = OBSERVABLES.get(statement.observable or "")
    return statement.scale.has(noise_level) or (observed is not None and observed.depends_on_sigma)

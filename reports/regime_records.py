"""Powers of n, where they break and where statements have force, as they stand in JSON."""

from __future__ import annotations

from typing import Any, Self

from pydantic import ValidationInfo, field_serializer, field_validator, model_validator

from reports.records import Record, Whole
from theorems.setting import PAPER

Standings = dict[str, tuple[tuple[str, ...], ...]]


class Threshold(Record):
    """The alpha from which on a quantity vanishes as n grows."""

    quantity: str
    alpha: float
    exact: str


class AtOne(Record):
    """The tail mass at alpha = 1."""

    tail_mass: str
    limit_at_d_n_delta: str


class Piece(Record):
    """A power of n on a range of alpha."""

    alpha: str
    exponent: str


class QuantityRow(Record):
    """A quantity's power of n, as text in alpha and b."""

    name: str
    meaning: str
    exponent: str
    pieces: tuple[Piece, ...]
    breakpoints: tuple[str, ...]
    vanishes: str
    ln_d_exponent: str | None
    at_alpha: float | None


class DominantTerm(Record):
    """The term of a bound that dominates on a range of alpha."""

    alpha: str
    term: str
    exponent: str


class BoundRow(Record):
    """Which term of a bound dominates where."""

    id: str
    terms: dict[str, str]
    dominant: tuple[DominantTerm, ...]
    crossings: tuple[str, ...]
    dominant_at_alpha: str | None


class RangeOfHypothesis(Record):
    """Where a hypothesis holds for all large n."""

    text: str
    holds_for: str


class ReachRow(Record):
    """Where a statement's hypotheses hold for all large n."""

    id: str
    origin: str
    holds_for: str
    hypotheses: tuple[RangeOfHypothesis, ...]
    holds_at_alpha: bool | None


class RegimeTable(Record):
    """The document of `longtail regimes --json`; numbers at alpha are None where none was given."""

    alpha: float | None
    beta_exponent: float
    regime: str
    thresholds: tuple[Threshold, ...]
    missing_mass_breakpoints: tuple[str, ...]
    at_alpha_1: AtOne
    noise_crossing: dict[str, str]
    quantities: tuple[QuantityRow, ...]
    bounds: tuple[BoundRow, ...]
    statements: tuple[ReachRow, ...]


class PowerCurves(Record):
    """Powers of n over alpha.

    Args:
        alpha: shape (points,).
        exponent: by the name of a quantity, shape (points,).
    """

    alpha: tuple[float, ...]
    exponent: dict[str, tuple[float, ...]]

    @model_validator(mode="before")
    @classmethod
    def _of_one_grid(cls, given: Any) -> Any:
        """The same of a file with a grid for each quantity, as they were once written.

        What is neither is left to be refused.
        """
        if not isinstance(given, dict):
            return given
        if given.keys() == {"alpha", "exponent"}:
            alpha, powers = given["alpha"], given["exponent"]
        else:
            curves = [one if isinstance(one, dict) else {} for one in given.values()]
            grids = [one.get("alpha") for one in curves]
            if not grids or grids.count(grids[0]) < len(grids):
                return given
            alpha = grids[0]
            powers = dict(zip(given, (one.get("exponent") for one in curves), strict=True))
        if isinstance(powers, dict):
            # After a look at the whole its arrays count as lists, which are no tuples.
            powers = {name: _tuple(row) for name, row in powers.items()}
        return {"alpha": _tuple(alpha), "exponent": powers}

    @model_validator(mode="after")
    def _as_many(self) -> Self:
        if any(len(powers) != len(self.alpha) for powers in self.exponent.values()):
            raise ValueError("curves must have a power for each alpha")
        return self


class Regimes(RegimeTable):
    """The section: the table, curves, and the phase diagram.

    Args:
        sigma, s: of the phase diagram.
        alphas, ns: where it was evaluated.
        phase: by statement, a row for each n, a word for each alpha; in a file a row of one word
            stands for one in which all are alike.
    """

    sigma: float
    alphas: tuple[float, ...]
    ns: tuple[Whole, ...]
    phase: Standings
    curves: PowerCurves
    s: float = PAPER.s

    @field_serializer("phase")
    def _alike(self, phase: Standings) -> dict[str, list[str | list[str]]]:
        return {
            name: [row[0] if len(set(row)) == 1 else list(row) for row in rows]
            for name, rows in phase.items()
        }

    @field_validator("phase", mode="before")
    @classmethod
    def _each(cls, given: Any, info: ValidationInfo) -> Any:
        """The same with a word for each alpha; what is no such document is left to be refused."""
        width = len(info.data.get("alphas", ()))
        if not isinstance(given, dict) or not all(isinstance(r, list) for r in given.values()):
            return given
        return {
            name: tuple((row,) * width if isinstance(row, str) else _tuple(row) for row in rows)
            for name, rows in given.items()
        }


def _tuple(row: Any) -> Any:
    return tuple(row) if isinstance(row, list) else row

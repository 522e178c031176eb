"""What of a statement is enclosed at a setting: sides and margins in ball arithmetic.

Ball arithmetic is python-flint's, an extra; this module is imported without it and says so where
it is needed.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from sympy import Expr

from theorems.answer import SECONDS_IN_DOUBLES
from theorems.errors import InputError
from theorems.expressions import Cavity, Evolution
from theorems.model import definitions_in
from theorems.setting import Setting
from theorems.statement import Hypothesis, Statement

if TYPE_CHECKING:
    from theorems.evaluate.balls.enclosures import Enclosure

GET_IT = "needs python-flint: pip install '.[certified]'"

LONGEST = 3600.0
"""Seconds: what is estimated to take longer is refused."""

BY_RECURSION = "a recursion in doubles, whose rounding nobody has bounded"

BY_SAFE_RECURSION = (
    "a recursion in doubles that rounds every step in the safe direction: a proved side for the "
    "frequencies as they are rounded to doubles, but no enclosure of its own exact value"
)

NO_VALUE = "it has no value here, or balls cannot decide what it rests on"


@dataclass(frozen=True)
class Certificate:
    """Enclosures of a statement at a setting.

    Args:
        sides: of each side that the statement has, None for one that is not enclosed.
        why: of each side that is not enclosed, why.
        digits: that they were asked for.
    """

    sides: dict[str, Enclosure | None]
    why: dict[str, str] = field(default_factory=dict)
    digits: int = 15

    def outward(self, side: str) -> float | None:
        """A lower side's low end rounded down, an upper side's high end rounded up; else None."""
        enclosure = self.sides.get(side)
        if enclosure is None:
            return None
        low, high = enclosure.doubles()
        return low if side == "lower" else high

    def document(self) -> dict[str, list[str] | None]:
        """Decimal strings of both ends of each side, rounded outward; None for one left open."""
        return {
            side: None if found is None else list(found.decimals(self.digits + 2))
            for side, found in self.sides.items()
        }

    def entries(self) -> dict[str, Any]:
        """What a claim's document has besides: both ends, and why a side has none."""
        return {"certified": self.document(), "certified_why": self.why}


def available() -> bool:
    """Whether python-flint is installed."""
    return find_spec("flint") is not None


def require(setting: Setting, statements: int, digits: int) -> float:
    """Refuse, before it starts, what cannot be enclosed here in reasonable time.

    Returns:
        About how many seconds it takes.

    Raises:
        InputError: without python-flint, or where the estimate is above an hour.
    """
    if not available():
        raise InputError("certified", "yes", GET_IT)
    seconds = estimated(setting, statements, digits)
    if seconds > LONGEST:
        raise InputError(
            "certified",
            "yes",
            f"would take about {seconds / 3600:.0f} hours at d = {setting.d} and {digits} digits; "
            f"at most {LONGEST / 3600:.0f} is allowed, see --only",
        )
    return seconds


def estimated(setting: Setting, statements: int, digits: int) -> float:
    """About how many seconds some statements take at a setting.

    A power law's runs are few for every d: what takes long beside them are the doubles. A table of
    features that all differ costs a sum over each of them, or over runs where coefficients are
    equal.
    """
    precise = (1 + digits / 50) ** 2
    # Counts around n p of the most frequent features, and of m in a binomial mean.
    windows = 4e-6 * math.sqrt(setting.n) * 100
    seconds = 0.1 + windows
    columns = setting.law.columns
    if columns is not None:
        from theorems.evaluate.balls.tables import TableFeatures

        seconds += 1e-4 * TableFeatures(columns, 64).summed
    return float(statements * (precise * seconds + SECONDS_IN_DOUBLES * setting.d))


def recursions(side: Expr) -> set[Evolution]:
    """The numbers of recursions in a side, or in a definition that it rests on."""
    parts = [side, *(definition.expression for definition in definitions_in(side))]
    return {node for part in parts for node in part.atoms(Evolution)}


def certificate(
    statement: Statement,
    setting: Setting,
    parameters: Mapping[str, float],
    digits: int,
    *,
    senseless: set[str],
) -> Certificate:
    """Enclose the sides of a statement.

    Args:
        statement: what is claimed.
        setting: where.
        parameters: of the setting, with k and the statement's own.
        digits: that enclosures are asked for.
        senseless: sides that mean nothing for the setting's table.
    """
    from theorems.evaluate.balls.enclosures import enclose

    sides: dict[str, Enclosure | None] = {}
    why: dict[str, str] = {}
    for name, side in statement.sides.items():
        found = recursions(side)
        sides[name] = None
        if name in senseless:
            why[name] = "it needs a power law"
        elif found:
            safe = all(isinstance(node, Cavity) for node in found)
            why[name] = BY_SAFE_RECURSION if safe else BY_RECURSION
        else:
            sides[name] = enclose(side, parameters, digits, columns=setting.law.columns)
            if sides[name] is None:
                why[name] = NO_VALUE
    return Certificate(sides, why, digits)


def decided(
    hypothesis: Hypothesis, setting: Setting, parameters: Mapping[str, float], digits: int
) -> bool | None:
    """Whether a hypothesis holds, for certain; None where a recursion is in its margin.

    What balls cannot decide does not hold.
    """
    if recursions(hypothesis.margin):
        return None
    from theorems.evaluate.balls.enclosures import enclose

    margin = enclose(hypothesis.margin, parameters, digits, columns=setting.law.columns)
    if margin is None:
        return False
    return margin.low >= 0 if hypothesis.weak else margin.low > 0

"""A statement as far as it takes to evaluate it: no symbols, but the programs printed from them.

`theorems.planning` makes a plan from a statement, `theorems.book` has those of the catalogue.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from theorems.kinds import NEEDED, SIDES, Kind, Origin

BY_TABLE = " of a table"
"""Ends the name of a program that finds frequencies and coefficients in a table."""

ALL = "all"
"""The program that returns every output."""

SEARCHED = "searched"
"""The program of a bound whose best k is looked for, "bound"."""

TRIVIAL = "trivial"
"""The program of what the bound is where k is too large, "bound"."""


@dataclass(frozen=True)
class Condition:
    """A hypothesis without its margin, which is an output of the programs.

    Args:
        text: the condition in words and symbols.
        weak: whether equality is allowed.
    """

    text: str
    weak: bool

    def holds(self, margin: float) -> bool:
        """Whether a margin, evaluated at a setting, satisfies the condition; a NaN does not."""
        return margin >= 0 if self.weak else margin > 0


@dataclass(frozen=True)
class Compared:
    """Another method's name, label and what to see; its value is an output of the programs."""

    name: str
    label: str
    note: str


@dataclass(frozen=True)
class Card:
    """What is told of a statement beside its numbers.

    Args:
        id, title, quantity: as the statement has them.
        origin, kind: likewise.
        trust: its label of trust.
        outputs: names of all that is evaluated, as in `Statement.expressions`.
        conditions: the hypotheses, in order.
        comparisons: likewise.
        defaults: values of its own parameters.
        uses_k: whether k appears in its sides or in a definition that they rest on.
        best_k: whether it is evaluated at its best k.
        of_one_draw: whether one side is kept by a single draw with some probability, not by the
            mean.
    """

    id: str
    title: str
    quantity: str
    origin: Origin
    kind: Kind
    trust: str
    outputs: tuple[str, ...]
    conditions: tuple[Condition, ...]
    comparisons: tuple[Compared, ...]
    defaults: Mapping[str, float]
    uses_k: bool
    best_k: bool
    of_one_draw: bool

    @property
    def sides(self) -> tuple[str, ...]:
        """The sides that it has."""
        return tuple(side for side in SIDES if side in self.outputs)

    @property
    def main(self) -> set[str]:
        """Names of the outputs without which it says nothing."""
        rest = {name for name in self.outputs if not name.startswith(("comparison", "control"))}
        return set(NEEDED[self.kind]) | (rest - set(SIDES))

    def own(self, extra: Mapping[str, float] | None) -> dict[str, float]:
        """Those of some extra parameters that are its own."""
        return {name: value for name, value in (extra or {}).items() if name in self.defaults}


@dataclass(frozen=True)
class Plan:
    """What it takes to evaluate a statement.

    Args:
        card: the statement.
        of_power_law: outputs that mean nothing for a table.
        programs: texts by name: `ALL`, and `SEARCHED` and `TRIVIAL` where a best k is looked for;
            each also with `BY_TABLE`.
    """

    card: Card
    of_power_law: tuple[str, ...]
    programs: Mapping[str, str]

    def program(self, name: str, *, table: bool) -> str | None:
        """The text of a program, for a power law or a table; None where there is none."""
        return self.programs.get(name + BY_TABLE if table else name)

    def document(self) -> dict[str, Any]:
        """The plan as JSON has it."""
        return asdict(self)

    @classmethod
    def of(cls, document: Mapping[str, Any]) -> Plan:
        """The inverse of `document`, after JSON."""
        card = dict(document["card"])
        card |= {
            "origin": Origin(card["origin"]),
            "kind": Kind(card["kind"]),
            "outputs": tuple(card["outputs"]),
            "conditions": tuple(Condition(**one) for one in card["conditions"]),
            "comparisons": tuple(Compared(**one) for one in card["comparisons"]),
        }
        return cls(Card(**card), tuple(document["of_power_law"]), document["programs"])

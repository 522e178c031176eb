"""A statement evaluated at a setting: numbers, hypotheses with their margins, and k."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any

from sympy import Expr

from theorems.certified import Certificate, certificate, decided, require
from theorems.errors import InputError
from theorems.evaluate.best_k import best_k
from theorems.evaluate.numbers import DOUBLE_DIGITS, evaluate, evaluate_mpmath
from theorems.evaluate.reductions import EveryFeature
from theorems.expressions import Evolution
from theorems.model import definitions_in, k, needs_power_law
from theorems.setting import Setting
from theorems.statement import NEEDED, Kind, Origin, Statement

ROUNDING = 1e-12
"""A side that cancels is wrong by less than this share of the trivial upper side."""

BEYOND_ROUNDING = 1e-6
"""A value that leaves a proved side by more than this share is no matter of rounding: sums of 10^7
terms that cancel to a millionth are exact to more."""

FEW_DIGITS = 3
"""Of a margin, where its sign is what is asked for."""

WITHIN_SIDES = "the value lies within the sides that are proved"


@dataclass(frozen=True)
class CheckedHypothesis:
    """A hypothesis at a setting: it holds, and by what margin; NaN margins do not hold.

    `certified` is whether ball arithmetic has decided it; what it cannot decide does not hold.
    """

    text: str
    holds: bool
    margin: float
    certified: bool = False


@dataclass(frozen=True)
class Claim:
    """What a statement says at a setting.

    Args:
        statement: the statement.
        setting: where it is evaluated.
        k: the k that the numbers belong to; None where the statement does not depend on k.
        numbers: the sides ("lower", "value", "upper") and "scale", "accuracy", "level",
            "reference", "control_mean", "control_coefficient", "trivial_lower", "trivial_upper"
            that the statement has, as doubles.
        exact: the sides as decimal strings, where more than double precision was asked for.
        hypotheses: the hypotheses, checked.
        comparisons: the numbers of the statement's comparisons, by name.
        extra: the values of the parameters that the setting does not have.
        failed: why the statement says nothing here although no hypothesis forbids it: it could not
            be evaluated, and then its numbers are NaN and no hypothesis is checked, or a number
            that it needs has no value; "" where it could.
        certificate: enclosures of the sides, where they were asked for; then an enclosed lower
            side in `numbers` is rounded down and an upper one up.
    """

    statement: Statement
    setting: Setting
    k: int | None
    numbers: dict[str, float]
    exact: dict[str, str]
    hypotheses: tuple[CheckedHypothesis, ...]
    comparisons: dict[str, float]
    extra: dict[str, float] = field(default_factory=dict)
    failed: str = ""
    certificate: Certificate | None = None

    @property
    def believed(self) -> bool:
        """Whether it could be evaluated and every hypothesis holds."""
        return not self.failed and all(hypothesis.holds for hypothesis in self.hypotheses)

    @property
    def enclosed(self) -> tuple[str, ...]:
        """The sides that ball arithmetic encloses."""
        sides = {} if self.certificate is None else self.certificate.sides
        return tuple(side for side, found in sides.items() if found is not None)

    def number(self, name: str) -> float | None:
        """One of `numbers`, None where the statement has no such side."""
        return self.numbers.get(name)

    def comparison(self, name: str) -> float:
        """What the comparison of that name gives.

        Raises:
            KeyError: where the statement has none of that name.
        """
        if name not in self.comparisons:
            has = ", ".join(self.comparisons) or "none"
            raise KeyError(f"{self.statement.id} has no comparison {name!r}; it has {has}")
        return self.comparisons[name]


POWER_LAW_NEEDED = "the frequencies follow a power law"
"""What a statement asks for that means nothing for a table."""


def _main(statement: Statement) -> set[str]:
    """Names of the outputs without which the statement says nothing."""
    rest = {
        name for name in statement.expressions if not name.startswith(("comparison", "control"))
    }
    return set(NEEDED[statement.kind]) | (rest - {"lower", "value", "upper"})


def by_recursion(side: Expr) -> bool:
    """Whether a recursion in doubles is in the side, or in a definition that it rests on."""
    parts = [side, *(definition.expression for definition in definitions_in(side))]
    return any(part.has(Evolution) for part in parts)


def depends_on_k(statement: Statement) -> bool:
    """Whether k appears in the statement, directly or through a definition."""
    return _depends_on_k(tuple(statement.sides.values()))


@lru_cache(maxsize=1024)
def _depends_on_k(sides: tuple[Expr, ...]) -> bool:
    inner = [definition.expression for side in sides for definition in definitions_in(side)]
    return any(k in part.free_symbols for part in [*sides, *inner])


def claim_at(
    statement: Statement,
    setting: Setting,
    digits: int = DOUBLE_DIGITS,
    *,
    features: EveryFeature | None = None,
    extra: Mapping[str, float] | None = None,
    certified: bool = False,
) -> Claim:
    """Evaluate a statement and check its hypotheses at a setting.

    A statement that cannot be evaluated there gives a claim that says why, `Claim.failed`, so
    that it takes no other along.

    Args:
        statement: what is claimed.
        setting: where.
        digits: above 15, the sides are also given to so many significant digits.
        features: reductions to survey many settings with, instead of the exact ones.
        extra: values of the statement's extra parameters, where they are not the defaults.
        certified: whether sides and hypotheses are enclosed by ball arithmetic, to `digits`; each
            parameter then stands for the shortest decimal that prints it.

    Raises:
        InputError: for an extra parameter that the statement does not have; for `certified`
            without python-flint, or where it would take hours.
    """
    own = statement.defaults | dict(extra or {})
    for name in own.keys() - statement.defaults.keys():
        has = ", ".join(statement.defaults) or "none"
        raise InputError(name, own[name], f"{statement.id} has no such parameter (it has: {has})")
    if certified:
        require(setting, 1, digits)
    try:
        claim = _evaluated(statement, setting, own, digits, features=features)
        return _certified(claim, digits) if certified else claim
    except Exception as error:
        # Whatever one statement raises, a stranger's too, must cost its own row and no other.
        return _failed(statement, setting, own, error)


def _failed(
    statement: Statement, setting: Setting, own: dict[str, float], error: Exception
) -> Claim:
    told = " ".join(f"{type(error).__name__}: {error}".split())
    return Claim(
        statement,
        setting,
        setting.k if depends_on_k(statement) else None,
        {
            name: math.nan
            for name in statement.expressions
            if not name.startswith(("hypothesis_", "comparison_"))
        },
        {},
        (),
        {comparison.name: math.nan for comparison in statement.comparisons},
        own,
        f"it cannot be evaluated here: {told}",
    )


def _evaluated(
    statement: Statement,
    setting: Setting,
    own: dict[str, float],
    digits: int,
    *,
    features: EveryFeature | None,
) -> Claim:
    parameters, columns = setting.parameters | own, setting.law.columns
    wanted = statement.expressions
    senseless = {name for name, one in wanted.items() if columns and needs_power_law(one)}
    k: int | None = setting.k if depends_on_k(statement) else None
    if statement.best_k and statement.upper is not None and statement.trivial_upper is not None:
        k = best_k(statement.upper, statement.trivial_upper, parameters, columns)
        parameters = parameters | {"k": k}
    meant = {name: one for name, one in wanted.items() if name not in senseless}
    numbers = evaluate(meant, parameters, columns=columns, features=features)
    numbers |= dict.fromkeys(senseless, math.nan)
    numbers |= _without_rounding(numbers)
    numbers |= _overflowed(numbers)
    numbers |= _in_order(numbers)
    exact: dict[str, str] = {}
    # A recursion is solved in doubles; more digits of it would be invented.
    closed = {
        name: side
        for name, side in statement.sides.items()
        if not by_recursion(side) and name not in senseless
    }
    if digits > DOUBLE_DIGITS:
        import mpmath

        values = evaluate_mpmath(closed, parameters, digits, columns=columns)
        with mpmath.workdps(digits):
            exact = {name: mpmath.nstr(value, digits) for name, value in values.items()}
    checked = (
        [CheckedHypothesis(POWER_LAW_NEEDED, False, math.nan)]
        if senseless & _main(statement)
        else []
    )
    for position, hypothesis in enumerate(statement.hypotheses):
        margin = numbers.pop(f"hypothesis_{position}")
        if f"hypothesis_{position}" in senseless:
            continue
        checked.append(CheckedHypothesis(hypothesis.text, hypothesis.holds(margin), margin))
    if statement.origin is Origin.PREDICTED or all(one.holds for one in checked):
        # Where a hypothesis of a proof fails the sides are not proved, and the value may be right.
        # A prediction's may be one of its heuristic.
        checked += _beyond_sides(statement, numbers)
    believed = all(one.holds for one in checked)
    unknown = _unknown(statement, numbers) if believed else ""
    comparisons = {
        comparison.name: numbers.pop(f"comparison_{position}")
        for position, comparison in enumerate(statement.comparisons)
    }
    return Claim(statement, setting, k, numbers, exact, tuple(checked), comparisons, own, unknown)


def _certified(claim: Claim, digits: int) -> Claim:
    """The claim with its sides and hypotheses decided by ball arithmetic, where they can be."""
    statement, setting = claim.statement, claim.setting
    parameters = setting.parameters | claim.extra
    if claim.k is not None:
        parameters = parameters | {"k": claim.k}
    columns = setting.law.columns
    senseless = {
        name for name, one in statement.expressions.items() if columns and needs_power_law(one)
    }
    found = certificate(statement, setting, parameters, digits, senseless=senseless)
    numbers = dict(claim.numbers)
    for side in ("lower", "upper"):
        outward = found.outward(side)
        if outward is not None:
            numbers[side] = outward
    value = found.sides.get("value")
    if value is not None:
        # A value taken back, for leaving its sides by no rounding, stays so.
        low, high = value.doubles()
        numbers["value"] = min(max(numbers["value"], low), high)
    margins = {
        hypothesis.text: hypothesis
        for position, hypothesis in enumerate(statement.hypotheses)
        if f"hypothesis_{position}" not in senseless
    }
    checked = []
    for one in claim.hypotheses:
        holds = (
            decided(margins[one.text], setting, parameters, FEW_DIGITS)
            if one.text in margins
            else None
        )
        checked.append(one if holds is None else replace(one, holds=holds, certified=True))
    return replace(claim, numbers=numbers, hypotheses=tuple(checked), certificate=found)


def _beyond_sides(statement: Statement, numbers: dict[str, float]) -> list[CheckedHypothesis]:
    """A value that leaves its proved sides, taken back; by rounding alone it is put onto them."""
    value = numbers.get("value", math.nan)
    # A lower side that a draw exceeds with some probability is none on the value.
    low = numbers.get("lower", -math.inf) if statement.level is None else -math.inf
    nearest = min(max(value, low), numbers.get("upper", math.inf))
    if statement.kind is Kind.RATE or math.isnan(value) or nearest == value:
        return []
    beyond = abs(value - nearest)
    size = abs(numbers.get("trivial_upper", 0.0))
    if math.isfinite(beyond) and beyond <= max(
        BEYOND_ROUNDING * max(abs(value), abs(nearest)), ROUNDING * size
    ):
        numbers["value"] = nearest
        return []
    numbers["value"] = math.nan
    return [CheckedHypothesis(WITHIN_SIDES, False, -beyond)]


def _unknown(statement: Statement, numbers: dict[str, float]) -> str:
    """Which number that the statement cannot do without is none; "" where all are there."""
    for name in (*NEEDED[statement.kind], "accuracy", "scale"):
        if math.isnan(numbers.get(name, 0.0)):
            return f"its {name} has no value here"
    return ""


def _without_rounding(numbers: dict[str, float]) -> dict[str, float]:
    """The sides that lie below the trivial lower one by rounding only, put onto it."""
    low, scale = numbers.get("trivial_lower"), abs(numbers.get("trivial_upper", 0.0))
    if low is None:
        return {}
    return {
        side: low
        for side in ("value", "upper")
        if side in numbers and low - ROUNDING * scale <= numbers[side] < low
    }


def _in_order(numbers: dict[str, float]) -> dict[str, float]:
    """The sides that stand in the wrong order by rounding only, exchanged.

    Both are proved, so they are in order; where they cancel, doubles know each to `ROUNDING` of
    what is trivial at best.
    """
    low, high = numbers.get("lower", math.nan), numbers.get("upper", math.nan)
    scale = abs(numbers.get("trivial_upper", 0.0))
    if not high < low <= high + ROUNDING * max(scale, abs(low)):
        return {}
    return {"lower": high, "upper": low}


def _overflowed(numbers: dict[str, float]) -> dict[str, float]:
    """The sides that left the doubles, as numbers that are none.

    An upper side of infinity and a lower one of minus infinity say nothing and are true.
    """
    harmless = {"lower": -math.inf, "upper": math.inf}
    return {
        side: math.nan
        for side in ("lower", "value", "upper")
        if math.isinf(numbers.get(side, 0.0)) and numbers[side] != harmless.get(side)
    }


def as_json(claim: Claim) -> dict[str, Any]:
    """The claim as the command line's `bounds --json` gives it; non-finite numbers are None."""

    def finite(name: str) -> float | None:
        number = claim.number(name)
        return number if number is not None and math.isfinite(number) else None

    statement = claim.statement
    return {
        "id": statement.id,
        "title": statement.title,
        "origin": str(statement.origin),
        "kind": str(statement.kind),
        "quantity": statement.quantity,
        "lower": finite("lower"),
        "value": finite("value"),
        "upper": finite("upper"),
        "k": claim.k,
        "extra": claim.extra,
        "failed": claim.failed,
        "hypotheses": [
            {
                "text": hypothesis.text,
                "holds": hypothesis.holds,
                "margin": hypothesis.margin if math.isfinite(hypothesis.margin) else None,
                **({"certified": hypothesis.certified} if claim.certificate else {}),
            }
            for hypothesis in claim.hypotheses
        ],
        **(claim.certificate.entries() if claim.certificate else {}),
        "comparisons": [
            {
                "name": comparison.name,
                "label": comparison.label,
                "value": number if math.isfinite(number) else None,
                "note": comparison.note,
            }
            for comparison, number in (
                (one, claim.comparison(one.name)) for one in statement.comparisons
            )
        ],
    }

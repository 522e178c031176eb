"""A statement evaluated at a setting: numbers, hypotheses with their margins, and k."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from sympy import Expr

from theorems.answer import POWER_LAW_NEEDED as POWER_LAW_NEEDED
from theorems.answer import ROUNDING as ROUNDING
from theorems.answer import WITHIN_SIDES as WITHIN_SIDES
from theorems.answer import Answer, as_row, evaluated, failure
from theorems.answer import CheckedHypothesis as CheckedHypothesis
from theorems.book import plan_for
from theorems.certified import Certificate, certificate, decided, require
from theorems.errors import InputError
from theorems.evaluate.digits import DOUBLE_DIGITS
from theorems.evaluate.numbers import evaluate_mpmath
from theorems.evaluate.reductions import EveryFeature
from theorems.expressions import Evolution
from theorems.model import definitions_in, needs_power_law
from theorems.planning import card_of
from theorems.planning import depends_on_k as depends_on_k
from theorems.setting import Setting
from theorems.statement import Statement

FEW_DIGITS = 3
"""Of a margin, where its sign is what is asked for."""


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


def by_recursion(side: Expr) -> bool:
    """Whether a recursion in doubles is in the side, or in a definition that it rests on."""
    parts = [side, *(definition.expression for definition in definitions_in(side))]
    return any(part.has(Evolution) for part in parts)


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
        return _claim(statement, setting, failure(card_of(statement), setting, own, error))


def _evaluated(
    statement: Statement,
    setting: Setting,
    own: dict[str, float],
    digits: int,
    *,
    features: EveryFeature | None,
) -> Claim:
    found = evaluated(plan_for(statement), setting, own, features=features)
    exact: dict[str, str] = {}
    if digits > DOUBLE_DIGITS:
        exact = _exact(statement, setting, own, found.k, digits)
    return _claim(statement, setting, found, exact)


def _claim(
    statement: Statement, setting: Setting, found: Answer, exact: dict[str, str] | None = None
) -> Claim:
    return Claim(
        statement,
        setting,
        found.k,
        found.numbers,
        exact or {},
        found.hypotheses,
        found.comparisons,
        found.extra,
        found.failed,
    )


def _exact(
    statement: Statement, setting: Setting, own: dict[str, float], k: int | None, digits: int
) -> dict[str, str]:
    """The sides to so many digits, as text."""
    import mpmath

    parameters, columns = setting.parameters | own, setting.law.columns
    if k is not None:
        parameters = parameters | {"k": k}
    # A recursion is solved in doubles; more digits of it would be invented.
    closed = {
        name: side
        for name, side in statement.sides.items()
        if not by_recursion(side) and not (columns and needs_power_law(side))
    }
    values = evaluate_mpmath(closed, parameters, digits, columns=columns)
    with mpmath.workdps(digits):
        return {name: mpmath.nstr(value, digits) for name, value in values.items()}


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


def as_json(claim: Claim) -> dict[str, Any]:
    """The claim as the command line's `bounds --json` gives it; non-finite numbers are None."""
    entries = claim.certificate.entries() if claim.certificate else None
    return as_row(card_of(claim.statement), claim, entries)

"""Where statements have force: their hypotheses hold and they say more than what is trivial.

This needs no draw: it is what a verdict would be before anything is observed.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from enum import StrEnum

from theorems.catalogue import catalogue
from theorems.claim import Claim, claim_at
from theorems.evaluate.reductions import ThinnedFeatures
from theorems.expressions import Evolution
from theorems.setting import MOST_FEATURES, PAPER, Setting
from theorems.statement import Kind, Statement


class Standing(StrEnum):
    """What a statement is worth at a setting."""

    FORCE = "has force"
    VACUOUS = "vacuous"
    HYPOTHESIS_FAILS = "hypothesis fails"
    NO_VALUE = "has no value"


ROUNDING = 1e-12
"""Relative difference below which a bound and the trivial one are the same."""


def better_than_trivial(claim: Claim, side: str) -> bool:
    """Whether a bound improves on the trivial one."""
    number, trivial = claim.numbers[side], claim.number(f"trivial_{side}")
    if trivial is None:
        return True
    sign = 1 if side == "upper" else -1
    return sign * (number - trivial) < -ROUNDING * abs(trivial)


def standing(claim: Claim) -> Standing:
    """What a claim is worth where it was evaluated.

    A prediction must promise an accuracy better than a factor of 2; an upper or a rate's value
    must lie below the trivial upper bound, a lower bound above the trivial lower one. Of a
    two-sided claim both sides must.
    """
    if not claim.believed:
        return Standing.HYPOTHESIS_FAILS
    sides = {
        Kind.UPPER: ("upper",),
        Kind.LOWER: ("lower",),
        Kind.TWO_SIDED: ("lower", "upper"),
    }.get(claim.statement.kind, ("value",))
    if any(math.isnan(claim.numbers.get(side, math.nan)) for side in sides):
        return Standing.NO_VALUE
    if claim.statement.kind is Kind.PREDICTION:
        accuracy = claim.numbers["accuracy"]
        if math.isnan(accuracy):
            return Standing.NO_VALUE
        return Standing.FORCE if accuracy < 1 else Standing.VACUOUS
    if claim.statement.kind is Kind.RATE:
        trivial = claim.number("trivial_upper")
        below = trivial is None or claim.numbers["value"] < trivial
        return Standing.FORCE if below else Standing.VACUOUS
    bounds = [side for side in sides if side != "value"]
    forceful = all(better_than_trivial(claim, side) for side in bounds)
    return Standing.FORCE if forceful else Standing.VACUOUS


def survey(
    alphas: Sequence[float],
    ns: Sequence[int],
    *,
    sigma: float = PAPER.sigma,
    beta_exponent: float = PAPER.beta_exponent,
    s: float = PAPER.s,
) -> list[list[Setting]]:
    """The settings of a phase diagram: n by row, alpha by column, d = 100 n up to 10^7.

    Raises:
        InputError: for an n or alpha outside its range.
    """
    return [
        [
            Setting(
                n=size,
                d=min(100 * size, MOST_FEATURES),
                s=s,
                alpha=exponent,
                sigma=sigma,
                beta_exponent=beta_exponent,
            )
            for exponent in alphas
        ]
        for size in ns
    ]


def surveyable(statement: Statement) -> bool:
    """Whether it can be evaluated at hundreds of settings: the recursion takes seconds at each."""
    # What it is compared with does not matter here.
    alone = replace(statement, comparisons=())
    parts = [*alone.expressions.values(), *(one.margin for one in alone.hypotheses)]
    return not any(part.has(Evolution) for part in parts)


def phase(statement: Statement, settings: Sequence[Sequence[Setting]]) -> list[list[Standing]]:
    """The standing at each setting; sums over features are evaluated on weighted nodes.

    What a statement is compared with does not matter here, and may be far dearer than the rest.
    """
    thinned = ThinnedFeatures()
    alone = replace(statement, comparisons=())
    return [
        [standing(claim_at(alone, setting, features=thinned)) for setting in row]
        for row in settings
    ]


def told_phase(
    settings: Sequence[Sequence[Setting]], identifier: str
) -> tuple[tuple[str, ...], ...]:
    """The same of a statement by its id, in words: for processes that are handed no more."""
    found = phase(catalogue[identifier], settings)
    return tuple(tuple(str(cell) for cell in row) for row in found)

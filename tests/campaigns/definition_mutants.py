"""Mutants of the named definitions that statements are written in: w, q_k, pi_k, a_k and others.

A wrong definition makes every statement wrong that rests on it. It is put in place of its name in
each of these, so that they are caught by what catches a wrong statement; a mutant survives where
none of them is caught.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, replace

from sympy import Expr

from tests.campaigns.mutants import Mutant, mistaken
from theorems.catalogue import catalogue
from theorems.model import DEFINITIONS, Definition, definitions_in, i
from theorems.statement import Origin, Statement

OF_THE_LAW = ("Z", "c", "p", "beta", "o")
"""What a setting's law gives as numbers: no formula of the catalogue can be wrong about it."""


@dataclass(frozen=True)
class WrongDefinition:
    """A definition with one thing wrong, in each statement that rests on it."""

    name: str
    how: str
    mutants: tuple[Mutant, ...]

    def __str__(self) -> str:
        return f"{self.name}: {self.how}, in {len(self.mutants)} statements' sides"


def in_place(expression: Expr, wrong: Definition) -> Expr:
    """The expression with a definition that is wrong written out, everywhere it rests on it."""
    found = definitions_in(expression)
    for one in reversed(found):
        if str(one.name) == str(wrong.name):
            rule = wrong
        elif any(str(part.name) == str(wrong.name) for part in definitions_in(one.expression)):
            rule = one
        else:
            continue
        if rule.indexed:
            expression = expression.replace(
                lambda part, rule=rule: part.is_Indexed and part.base == rule.name,
                lambda part, rule=rule: rule.expression.subs(i, part.indices[0]),
            )
        else:
            expression = expression.subs(rule.name, rule.expression)
    return expression


def _resting_on(name: str) -> Iterator[tuple[Statement, str]]:
    """Sides of ours that rest on a definition."""
    for statement in catalogue.values():
        if statement.origin is not Origin.PAPER:
            for side, expression in statement.sides.items():
                if any(str(one.name) == name for one in definitions_in(expression)):
                    yield statement, side


def wrong_definitions(most: int, rng: random.Random) -> Iterator[WrongDefinition]:
    """Of every definition some single mistakes, wrong factors among them."""
    for name, right in DEFINITIONS.items():
        resting = list(_resting_on(name))
        if name in OF_THE_LAW or not resting:
            continue
        for how, expression in mistaken(right.expression, most, rng):
            wrong = Definition(right.name, expression, right.meaning)
            changed = [
                (replace(statement, **{side: in_place(statement.sides[side], wrong)}), side)
                for statement, side in resting
            ]
            mutants = tuple(Mutant(statement, side, how) for statement, side in changed)
            yield WrongDefinition(name, how, mutants)

"""Mutants of the mathematics: does anything notice when a statement is wrong?

    python -m tests.campaigns.mutants [--most 4] [--runs 50] [--seed 0]

From each derived or predicted side's own expression come mutants: a constant, an exponent or a
term is wrong, or a side is flipped. A mutant is caught by the report's judge, on one shared sample
of the default settings with the family of the default report; by the tiny designs, over all of
which the exact mean is known; or by the table of numbers, `tests/theorems/test_numbers_pinned.py`.
One that weakens a bound stays true, which no simulation can see: only the others can be refuted.
"""

from __future__ import annotations

import argparse
import math
import random
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from sympy import Add, Expr, Integer, Number, Pow, Rational, Tuple

from empirics.judging.family import Family
from empirics.judging.verdict import Verdict, judge
from empirics.observables.registry import OBSERVABLES
from empirics.running.cluster import Workers
from empirics.running.montecarlo import Sample, replicate
from theorems.catalogue import catalogue
from theorems.claim import claim_at
from theorems.expressions import PairSum
from theorems.setting import Setting
from theorems.statement import Kind, Origin, Statement

if TYPE_CHECKING:
    from tests.campaigns.definition_mutants import WrongDefinition

SETTINGS = tuple(Setting(alpha=alpha, sigma=0.05) for alpha in (1.25, 1.5, 2.0, 3.0))
"""Of the default report, those at which most statements say something."""

REPORTED_TESTS = 453
"""Of the sweep of the default report; fewer would make catching easier than it is there."""


@dataclass(frozen=True)
class Mutant:
    """A statement with one side wrong.

    Args:
        statement: the wrong one.
        side: which is wrong.
        how: what is wrong.
    """

    statement: Statement
    side: str
    how: str

    def __str__(self) -> str:
        return f"{self.statement.id} {self.side}: {self.how}"


def _paths(expression: Expr, *where: int) -> Iterator[tuple[tuple[int, ...], Expr]]:
    yield where, expression
    inner = expression.args[:1] if isinstance(expression, PairSum) else expression.args
    for place, part in enumerate(inner):
        if not isinstance(part, Tuple):  # limits of a sum, as those of a sum over pairs are
            yield from _paths(part, *where, place)


def _put(expression: Expr, where: tuple[int, ...], part: Expr) -> Expr:
    if not where:
        return part
    parts = list(expression.args)
    parts[where[0]] = _put(parts[where[0]], where[1:], part)
    return expression.func(*parts)


def _mistakes(expression: Expr) -> Iterator[tuple[str, tuple[int, ...], Expr]]:
    """Every single thing that can be wrong in an expression: what, where, and what stands there."""
    for where, part in _paths(expression):
        if isinstance(part, Number) and part.is_finite and part not in (0, -1):
            yield f"constant {part} -> {part * Rational(3, 2)}", where, part * Rational(3, 2)
        if isinstance(part, Pow):
            base, power = part.args
            yield f"exponent {power} -> {power + 1}", where, base ** (power + 1)
        if isinstance(part, Add) and len(part.args) < 12:
            for term in part.args:
                told = str(term) if len(str(term)) < 60 else f"{str(term)[:57]}..."
                yield f"without {told}", where, part - term
                yield f"sign of {told}", where, part - 2 * term


def mistaken(expression: Expr, most: int, rng: random.Random) -> list[tuple[str, Expr]]:
    """Some of what can be wrong in an expression, each another one, and wrong factors."""
    mistakes = list(_mistakes(expression))
    found = {expression: ""}
    # Putting a part into a large expression takes long: only those that are drawn are.
    for how, where, part in rng.sample(mistakes, len(mistakes)):
        if len(found) > most:
            break
        found.setdefault(_put(expression, where, part), how)
    changes = [(how, one) for one, how in found.items() if how]
    changes.append(("constant times 5/4", expression * Rational(5, 4)))
    changes.append(("constant times 4/5", expression * Rational(4, 5)))
    return changes


def mutants(statement: Statement, most: int, rng: random.Random) -> list[Mutant]:
    """Mutants of each side: wrong factors, flipped sides, and some of what else can be wrong."""
    found = []
    for side, expression in statement.sides.items():
        changes = mistaken(expression, most, rng)
        if expression == 0:
            changes = [("1/10 for 0", Rational(1, 10)), ("1 for 0", Integer(1))]
        found += [Mutant(replace(statement, **{side: one}), side, how) for how, one in changes]
    if statement.kind is Kind.TWO_SIDED:
        swapped = replace(statement, lower=statement.upper, upper=statement.lower)
        found.append(Mutant(swapped, "lower", "sides flipped"))
    elif statement.kind in (Kind.LOWER, Kind.UPPER):
        kind = Kind.UPPER if statement.kind is Kind.LOWER else Kind.LOWER
        side, other = ("lower", "upper") if statement.kind is Kind.LOWER else ("upper", "lower")
        turned = {side: None, other: statement.sides[side], "kind": kind, "level": None}
        found.append(Mutant(replace(statement, **turned), other, "side flipped"))
    return found


def ours() -> list[Statement]:
    """Statements that are checked against draws and that are ours."""
    return [
        one
        for one in catalogue.values()
        if one.origin is not Origin.PAPER
        and one.observable is not None
        and one.kind is not Kind.RATE
    ]


def samples(runs: int, seed: int, statements: Sequence[Statement]) -> list[Sample]:
    """The shared draws."""
    names = {one.observable for one in statements if one.observable}
    names |= {one.control.observable for one in statements if one.control}
    measurements = OBSERVABLES.measurements(sorted(names))
    return replicate(
        SETTINGS, runs, seed, workers=Workers(2), store=None, measurements=measurements
    )


def by_report(mutant: Mutant, drawn: Sequence[Sample], sound: Sequence[Verdict]) -> bool:
    """Whether the report's judge says that something is wrong which it does not say of ours."""
    bad = {Verdict.REFUTED, Verdict.HYPOTHESIS_FAILS}
    for sample, right in zip(drawn, sound, strict=True):
        if right not in bad:
            claim = claim_at(mutant.statement, sample.setting)
            value = claim.number(mutant.side)
            if claim.failed or (value is not None and math.isnan(value)):
                return True
            if judge(claim, sample, Family(REPORTED_TESTS)).verdict in bad:
                return True
    return False


def by_tiny_designs(mutant: Mutant) -> bool:
    """Whether a side is wrong of the exact mean over all designs of a tiny model."""
    from tests.campaigns.tiny_means import SETTINGS as TINY
    from tests.campaigns.tiny_means import exact_mean

    for setting in TINY:
        exact = exact_mean(mutant.statement.id, setting)
        if exact is None:
            return False
        if not claim_at(catalogue[mutant.statement.id], setting).believed:
            continue
        claim = claim_at(mutant.statement, setting)
        number = claim.number(mutant.side)
        if claim.failed or number is None or math.isnan(number):
            return True
        slack = 1e-9 * (1 + abs(exact))
        wrong = {
            "lower": number > exact + slack,
            "upper": number < exact - slack,
            "value": mutant.statement.kind is Kind.IDENTITY and abs(number - exact) > slack,
        }
        if wrong[mutant.side]:
            return True
    return False


def weaker(mutant: Mutant) -> bool:
    """Whether a bound is only moved away from what it bounds, at every setting."""
    right = catalogue[mutant.statement.id]
    if mutant.side == "value" or "flipped" in mutant.how:
        return False
    sign = 1 if mutant.side == "upper" else -1
    for setting in SETTINGS:
        ours_, theirs = (
            claim_at(one, setting).number(mutant.side) for one in (right, mutant.statement)
        )
        if ours_ is None or theirs is None or math.isnan(ours_) or math.isnan(theirs):
            continue
        if sign * (theirs - ours_) < 0:
            return False
    return True


def by_table(mutant: Mutant) -> bool:
    """Whether the table of pinned numbers differs."""
    from tests.theorems.test_numbers_pinned import differs

    return differs(mutant.statement)


def campaign(
    most: int, runs: int, seed: int, statements: Sequence[Statement]
) -> Iterator[tuple[Mutant, str]]:
    """Each mutant with what catches it first: report, tiny, table; or weaker, or nothing."""
    rng = random.Random(seed)
    drawn = samples(runs, seed, statements)
    for statement in statements:
        sound = [
            judge(claim_at(statement, one.setting), one, Family(REPORTED_TESTS)).verdict
            for one in drawn
        ]
        for mutant in mutants(statement, most, rng):
            if by_report(mutant, drawn, sound):
                yield mutant, "report"
            elif by_tiny_designs(mutant):
                yield mutant, "tiny designs"
            elif by_table(mutant):
                yield mutant, "table alone, weaker" if weaker(mutant) else "table alone"
            else:
                yield mutant, "nothing"


def by_anything(mutant: Mutant, drawn: Sequence[Sample]) -> str:
    """What catches a mutant first."""
    right = catalogue[mutant.statement.id]
    if right.observable is not None and right.kind is not Kind.RATE:
        sound = [
            judge(claim_at(right, one.setting), one, Family(REPORTED_TESTS)).verdict
            for one in drawn
        ]
        if by_report(mutant, drawn, sound):
            return "report"
    if by_tiny_designs(mutant):
        return "tiny designs"
    return "table alone" if by_table(mutant) else "nothing"


def definitions(
    most: int, runs: int, seed: int, names: Sequence[str] | None = None
) -> Iterator[tuple[WrongDefinition, str]]:
    """Each wrong definition with what catches it first, in any statement that rests on it."""
    from tests.campaigns.definition_mutants import wrong_definitions

    drawn = samples(runs, seed, ours())
    ranks = ("report", "tiny designs", "table alone", "nothing")
    for wrong in wrong_definitions(most, random.Random(seed)):
        if names is None or wrong.name in names:
            best = "nothing"
            for mutant in wrong.mutants:
                best = min(best, by_anything(mutant, drawn), key=ranks.index)
                if best == "report":
                    break
            yield wrong, best


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the campaign; 1 where a mutant survives everything."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--most", type=int, default=4, help="random mutants of a side")
    parser.add_argument("--runs", type=int, default=50)
    parser.add_argument("--seed", type=int, default=0)
    asked = parser.parse_args(arguments)
    counted: Counter[str] = Counter()
    lines = []
    for mutant, by in campaign(asked.most, asked.runs, asked.seed, ours()):
        counted[by] += 1
        if by in ("nothing", "table alone"):
            lines.append(f"  {by}: {mutant}\n")
    told = ", ".join(f"{times} by {by}" for by, times in counted.most_common())
    sys.stdout.write(f"{counted.total()} mutants: {told}\n{''.join(lines)}")
    of: Counter[str] = Counter()
    lines = []
    for wrong, by in definitions(asked.most, asked.runs, asked.seed):
        of[by] += 1
        if by in ("nothing", "table alone"):
            lines.append(f"  {by}: {wrong}\n")
    told = ", ".join(f"{times} by {by}" for by, times in of.most_common())
    sys.stdout.write(f"{of.total()} wrong definitions: {told}\n{''.join(lines)}")
    return int(counted["nothing"] + of["nothing"] > 0)


if __name__ == "__main__":
    sys.exit(main())

"""Doubles against balls over the whole allowed box: how far each side in doubles is off.

    python -m tests.campaigns.enclosures [--settings 2000] [--jobs 2] [--seed 0]

At settings drawn as `tests.campaigns.numbers` draws them, every side without a recursion is
evaluated in doubles and enclosed by ball arithmetic. What doubles state as their error is a share
of 1e-9 of the side, or of 1e-12 of the trivial upper side, or 1e-150, below whose square they
underflow. Of a loss whose statement has no trivial upper side it is the energy sum_i p_i beta_i^2.
Of each pi_k that features add up it is 1e-13: its parts, binomial chances, may cancel. Doubles hold
1 - p_i to some 1e-16: where that of a feature is small, less is stated of what rests on it. A NaN
states nothing: such a claim is not believed, and is counted apart. Exit status 1 where a number is
further off.
"""

from __future__ import annotations

import argparse
import math
import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from importlib import import_module

import numpy as np
from joblib import Parallel, delayed

from tests.campaigns.fuzz import HangError, at_most
from tests.campaigns.numbers import setting_of
from theorems.answer import chosen_k
from theorems.catalogue import catalogue
from theorems.certified import recursions
from theorems.claim import ROUNDING
from theorems.evaluate.balls.enclosures import enclose
from theorems.evaluate.numbers import evaluate
from theorems.model import beta, pi_k
from theorems.noiseless.noiseless_loss_sharp import ENERGY
from theorems.planning import plan_of
from theorems.setting import Setting
from theorems.statement import Statement

RELATIVE = 1e-9
"""Of a side in doubles."""

DIGITS = 12

UNIT = 1e-15
"""Of p_i and what it is computed from, relative."""

CHANCE = 1e-13
"""Of what is added up from binomial chances, which scipy knows to some 1e-14 of themselves."""

UNDERFLOW = 1e-150
"""Squares of smaller numbers leave the doubles."""

HUGE = 1e300
"""Beyond it doubles may overflow."""

LONGEST = 2
"""Seconds of its own for one enclosure: what takes longer is counted and left out."""


@dataclass
class Compared:
    """What was found at one setting or at many.

    Args:
        sides: how many sides were enclosed.
        silent: how many are enclosed although doubles have no number.
        opened: how many have no enclosure although doubles have a number.
        late: how many were left out for time.
        off: each side in doubles beyond its stated error: error over the stated one, and where.
        shares: errors over the stated ones, by power of ten.
    """

    sides: int = 0
    silent: int = 0
    opened: list[str] = field(default_factory=list)
    late: int = 0
    off: list[tuple[float, str]] = field(default_factory=list)
    shares: Counter[int] = field(default_factory=Counter)

    def add(self, other: Compared) -> None:
        """Take in what was found elsewhere."""
        self.sides += other.sides
        self.late += other.late
        self.silent += other.silent
        self.opened += other.opened
        self.off += other.off
        self.shares += other.shares


def relative_error(setting: Setting) -> float:
    """What doubles state as the relative error of a side, by how close a p_i < 1 comes to 1."""
    p = setting.law.p
    return max(RELATIVE, UNIT / float(np.min(1 - p[p < 1], initial=1.0)))


def share(
    value: float, low: Fraction, high: Fraction, absolute: float, relative: float = RELATIVE
) -> float:
    """How far a double is from an enclosure, over what doubles state as their error."""
    if math.isnan(value):
        return math.inf
    ends = [float(end) if abs(end) < HUGE else math.inf for end in (low, high)]
    if not all(map(math.isfinite, ends)):
        # Beyond doubles: infinity is what they must say.
        return 0.0 if math.isinf(value) or abs(value) > HUGE / 1e10 else math.inf
    if math.isinf(value):
        return math.inf
    off = float(max(low - Fraction(value), Fraction(value) - high, Fraction(0)))
    allowed = max(relative * max(map(abs, ends)), absolute, UNDERFLOW)
    return off / allowed


def power_of_ten(size: float) -> int:
    """The least power of ten that is no smaller; -99 of 0, 99 of infinity."""
    if size in (0, math.inf):
        return 99 if size else -99
    return math.ceil(math.log10(size))


def examined(number: int, seed: int) -> Compared:
    """Every side at one setting of the campaign."""
    found = Compared()
    setting = setting_of(seed, number)
    for statement in catalogue.values():
        found.add(compared(statement, setting, f"{setting} (number {number})"))
    return found


def compared(statement: Statement, setting: Setting, where: str = "") -> Compared:
    """The sides of one statement, where no hypothesis fails that can be evaluated without one."""
    found = Compared()
    parameters = setting.parameters | statement.defaults
    chosen = chosen_k(plan_of(statement), setting, parameters)
    parameters |= {"k": setting.k if chosen is None else chosen}
    wanted = {
        name: one
        for name, one in statement.expressions.items()
        if name in statement.sides or name.startswith(("hypothesis", "trivial_upper"))
        if not recursions(one)
    }
    if any(one.has(beta) for one in wanted.values()):
        wanted.setdefault("trivial_upper", ENERGY)
    try:
        doubles = evaluate(wanted, parameters)
    except ArithmeticError:
        # A fixed point that is not reached: the claim says so, and has no numbers.
        return found
    for position, hypothesis in enumerate(statement.hypotheses):
        margin = doubles.get(f"hypothesis_{position}")
        if margin is not None and not hypothesis.holds(margin):
            return found
    trivial, relative = abs(doubles.get("trivial_upper", 0.0)), relative_error(setting)
    absolute = ROUNDING * trivial if math.isfinite(trivial) else 0.0
    for side, expression in statement.sides.items():
        if side not in wanted:
            continue
        try:
            with at_most(LONGEST, own=True):
                enclosure = enclose(expression, parameters, DIGITS)
        except (HangError, SystemError):
            # An alarm within python-flint's quadrature comes as a SystemError.
            found.late += 1
            continue
        of_chances = CHANCE * (setting.d - parameters["k"]) * (pi_k in expression.free_symbols)
        told = f"{statement.id} {side} = {doubles[side]!r} at {where}"
        if enclosure is None:
            if math.isfinite(doubles[side]):
                found.opened.append(told)
            continue
        found.sides += 1
        if math.isnan(doubles[side]):
            found.silent += 1
            continue
        size = share(doubles[side], *enclosure.ends, max(absolute, of_chances), relative)
        found.shares[power_of_ten(size)] += 1
        if size > 1:
            found.off.append((size, f"{told}: in {enclosure.decimals(15)}"))
    return found


def campaign(count: int, seed: int, jobs: int, first: int = 0) -> Compared:
    """So many settings, from the one of a number on."""
    total = Compared()
    # Workers import the function; one of __main__ would be sent with all that it rests on.
    examine = import_module("tests.campaigns.enclosures").examined
    work = (delayed(examine)(number, seed) for number in range(first, first + count))
    for one in Parallel(n_jobs=jobs, return_as="generator")(work):
        total.add(one)
    return total


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the campaign; 1 where doubles are further off than they state."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--settings", type=int, default=2000)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--seed", type=int, default=0)
    asked = parser.parse_args(arguments)
    found = campaign(asked.settings, asked.seed, asked.jobs, asked.first)
    say = sys.stdout.write
    say(
        f"{asked.settings} settings, {found.sides} sides enclosed, {found.silent} of them without "
        f"a number in doubles, {len(found.opened)} with one in doubles alone, {found.late} left "
        f"out for time, {len(found.off)} off by more than doubles state\n"
    )
    say(f"error over the stated one, powers of ten: {dict(sorted(found.shares.items()))}\n")
    for size, told in sorted(found.off, reverse=True)[:200]:
        say(f"  {size:.2g} times: {told}\n")
    for told in found.opened[:100]:
        say(f"  open: {told}\n")
    return int(bool(found.off))


if __name__ == "__main__":
    sys.exit(main())

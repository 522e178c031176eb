"""Numbers over the whole allowed box: none that is NaN is believed, sides are in order.

    python -m tests.campaigns.numbers [--settings 3000] [--jobs 2] [--seed 0]

Every statement is evaluated at settings drawn log-uniformly over what the command line allows,
extremes of each parameter included. Exit status 1 where a number is wrong.
"""

from __future__ import annotations

import argparse
import math
import sys
import time
import warnings
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from importlib import import_module
from itertools import pairwise

import numpy as np
from joblib import Parallel, delayed

from empirics.observables.registry import OBSERVABLES
from theorems.catalogue import catalogue
from theorems.claim import Claim, claim_at
from theorems.law import LARGEST_AMPLITUDE, SMALLEST_FREQUENCY, SMALLEST_MEAN
from theorems.setting import Setting
from theorems.statement import Kind

LARGEST_D = 2000
"""Ten times as many features take a minute a setting at n = 10^7."""

SLACK = 1e-9
"""Of sides that agree, relative to the largest number that is compared."""

LONGEST = 60.0
"""Seconds of this process's own time after which a statement counts as hanging."""

SLIPS = ("ZeroDivisionError", "OverflowError", "FloatingPointError", "RecursionError", "TypeError")


def setting_of(seed: int, number: int) -> Setting:
    """One setting of the box, the same for the same seed and number."""
    rng = np.random.default_rng(np.random.SeedSequence(entropy=seed, spawn_key=(number,)))

    def among(extremes: Sequence[float], low: float, high: float) -> float:
        if rng.uniform() < 0.3:
            return float(rng.choice(extremes))
        return float(math.exp(rng.uniform(math.log(low), math.log(high))))

    d = round(among((2, 3, LARGEST_D), 2, LARGEST_D))
    n = round(among((1, 2, 3, 10**6, 10**9), 1, 10**7))
    s = among((SMALLEST_MEAN, 1e-6, 1, d / 2, d, 1e9), 1e-4, 1e4)
    steepest = math.floor(math.log(s / SMALLEST_FREQUENCY, d))
    return Setting(
        n=n,
        d=d,
        s=s,
        alpha=min(among((1e-9, 1e-3, 0.5, 1, 1.5, 2, 3, 50, 300), 0.05, 10), steepest),
        sigma=among((0, 1e-150, 1, 1e6, LARGEST_AMPLITUDE), 1e-3, 1e2),
        beta_exponent=float(rng.choice([-1, 1])) * among((0, 0.5, 1, 20), 0.01, 4),
        k=None if rng.uniform() < 0.4 else min(round(among((1, d - 1), 1, d)), d - 1),
    )


@dataclass(frozen=True)
class Wrong:
    """A number that cannot be right."""

    number: int
    statement: str
    what: str
    setting: str

    def __str__(self) -> str:
        return f"{self.statement}: {self.what} at {self.setting} (number {self.number})"


def wrongs(claim: Claim) -> list[str]:
    """What is wrong with the numbers of a claim that is believed."""
    if claim.failed.startswith(SLIPS):
        return [claim.failed]
    if claim.failed or not claim.believed:
        return []
    statement = claim.statement
    sides = {side: claim.numbers.get(side, math.nan) for side in statement.sides}
    found = [f"{side} is NaN" for side, value in sides.items() if math.isnan(value)]
    # What is infinite on the harmless side is true and vacuous.
    harmless = {"lower": -math.inf, "upper": math.inf}
    found += [
        f"{side} is infinite"
        for side, value in sides.items()
        if math.isinf(value) and value != harmless.get(side)
    ]
    if found or not all(map(math.isfinite, sides.values())):
        return found
    size = max(map(abs, sides.values()), default=0.0)
    ordered = [side for side in ("lower", "value", "upper") if side in sides]
    if statement.level is not None:
        ordered = [side for side in ordered if side != "lower"]
    for low, high in pairwise(ordered):
        if sides[low] > sides[high] + SLACK * size:
            found.append(f"{low} {sides[low]:.9g} is above {high} {sides[high]:.9g}")
    observed = OBSERVABLES.get(statement.observable or "")
    value = sides.get("value")
    chance = (observed is not None and observed.rate) or claim.number("trivial_upper") == 1
    chance = chance and statement.kind is not Kind.RATE  # with a constant of 1, which nobody claims
    if chance and value is not None and not -SLACK <= value <= 1 + SLACK:
        found.append(f"value {value:.9g} is no probability")
    trivial = claim.number("trivial_lower")
    known = trivial is not None and value is not None and statement.kind is not Kind.RATE
    if known and value < trivial - SLACK * max(size, 1e-300):
        found.append(f"value {value:.9g} is below the trivial {trivial:.9g}")
    return found


def examined(number: int, seed: int) -> tuple[int, int, list[Wrong]]:
    """Every statement at one setting: how many claims, how many believed, what is wrong."""
    setting = setting_of(seed, number)
    believed = 0
    found: list[Wrong] = []
    for name, statement in catalogue.items():
        since = time.process_time()
        with warnings.catch_warnings(record=True) as told:
            warnings.simplefilter("always")
            claim = claim_at(statement, setting)
        said = [f"warns: {one.message}" for one in told if one.category is RuntimeWarning]
        took = time.process_time() - since
        late = [f"takes {took:.0f} s"] if took > LONGEST else []
        believed += claim.believed and not claim.failed
        found += [
            Wrong(number, name, what, str(setting)) for what in [*wrongs(claim), *said, *late]
        ]
    return len(catalogue), believed, found


def campaign(count: int, seed: int, jobs: int) -> tuple[int, int, list[Wrong]]:
    """So many settings: claims, believed ones, wrong numbers."""
    claims, believed, found = 0, 0, []
    # Workers import the function; one of __main__ would be sent with all that it rests on.
    examine = import_module("tests.campaigns.numbers").examined
    work = (delayed(examine)(number, seed) for number in range(count))
    for some, sound, wrong in Parallel(n_jobs=jobs, return_as="generator")(work):
        claims, believed = claims + some, believed + sound
        found += wrong
    return claims, believed, found


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the campaign; 1 where a number is wrong."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--settings", type=int, default=3000)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--seed", type=int, default=0)
    asked = parser.parse_args(arguments)
    claims, believed, found = campaign(asked.settings, asked.seed, asked.jobs)
    counted = Counter((wrong.statement, wrong.what.split(" ")[0]) for wrong in found)
    say = sys.stdout.write
    say(
        f"{asked.settings} settings, {claims} claims, {believed} believed: "
        f"{len(found)} wrong numbers in {len(counted)} kinds\n"
    )
    shown: set[tuple[str, str]] = set()
    for wrong in found:
        kind = (wrong.statement, wrong.what.split(" ")[0])
        if kind not in shown:
            shown.add(kind)
            say(f"  {wrong}\n")
    return int(bool(found))


if __name__ == "__main__":
    sys.exit(main())

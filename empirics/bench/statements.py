"""How long each statement takes at one setting, in a process of its own that has kept nothing."""

from __future__ import annotations

import json
import sys
import time
from dataclasses import asdict, dataclass
from itertools import count, islice

import numpy as np

from empirics.bench.process import in_a_process
from theorems.catalogue import catalogue
from theorems.claim import claim_at
from theorems.evolution.cavity import noiseless_bracket
from theorems.setting import Setting

_REPEATED = 3


@dataclass(frozen=True)
class StatementTime:
    """CPU seconds of one statement with its hypotheses, the median of three."""

    id: str
    seconds: float


@dataclass(frozen=True)
class StatementTimes:
    """All statements at one size.

    Attributes:
        n: number of samples.
        d: number of features.
        alpha: exponent of the power law, to two digits: each statement has a law of its own near
            it, so that nothing that another one worked out helps.
        sweep_seconds: of the table (1 - p_i)^n over all features, which hardly any does without.
        recursion_seconds: of the cavity recursion alone, which statements at one setting share.
        recursion_steps: numbers of rows that it goes through.
        together_seconds: of all statements, one after the other at one setting.
        times: slowest first.

    """

    n: int
    d: int
    alpha: float
    sweep_seconds: float
    recursion_seconds: float
    recursion_steps: int
    together_seconds: float
    times: tuple[StatementTime, ...]


def statement_times(n: int, d: int, alpha: float = 2.0) -> StatementTimes:
    """Time every statement, its code loaded, at a setting where nothing is known yet.

    Raises:
        subprocess.CalledProcessError: the measuring process failed.

    """
    found = in_a_process("empirics.bench.statements", (int(n), int(d), float(alpha)))
    return StatementTimes(**{**found, "times": tuple(StatementTime(**t) for t in found["times"])})


def main(n: int, d: int, alpha: float) -> None:
    """Time the statements in this process and write `StatementTimes` to standard output."""
    law = Setting(n=n, d=d, alpha=alpha).law
    sweeps = []
    for _ in range(3):
        start = time.process_time()
        np.exp(n * np.log1p(-law.p))
        sweeps.append(time.process_time() - start)
    times = []
    settings = (Setting(n=n, d=d, alpha=alpha + number * 1e-5) for number in count(1))
    for statement in catalogue.values():
        claim_at(statement, Setting(n=50, d=500, alpha=alpha + 0.2))
        seconds = []
        for own in islice(settings, _REPEATED):
            # The law's tables belong to the setting, which a user has once for all statements.
            _ = own.law.p, own.law.beta
            start = time.process_time()
            claim_at(statement, own)
            seconds.append(time.process_time() - start)
        times.append(StatementTime(statement.id, float(np.median(seconds))))
    times.sort(key=lambda one: -one.seconds)
    other = Setting(n=n, d=d, alpha=alpha - 1e-5).law
    squares = other.beta**2
    start = time.process_time()
    bracket = noiseless_bracket(other.p, squares, n)
    recursion = time.process_time() - start
    shared = Setting(n=n, d=d, alpha=alpha)
    start = time.process_time()
    for statement in catalogue.values():
        claim_at(statement, shared)
    together = time.process_time() - start
    sweep = float(np.median(sweeps))
    found = StatementTimes(n, d, alpha, sweep, recursion, bracket.rows.size, together, tuple(times))
    json.dump(asdict(found), sys.stdout)

"""A scan of random settings for claims that simulation refutes: `python -m reports.scan`.

Every statement is evaluated at settings drawn over the whole box that the command line allows (up
to n = 500 and d = 3000), simulated, and judged. It works in two stages, so that few draws at each
setting suffice and no true claim is refuted by chance. The first looks for suspects, at 5% for each
setting. The second draws each suspect's setting afresh, with another seed and many more draws, and
judges the suspected claims alone, at 5% for all of them together: only what is refuted there is
reported.

Each setting comes from the seed and its number, so a scan may be stopped and goes on where it was:
what is known is kept in a file of one JSON object a line. `--only` scans some statements, and
measures no more than they need.
"""

from __future__ import annotations

import argparse
import json
import math
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from joblib import Parallel, delayed

from empirics.judging.intervals import STUDENT_RUNS
from empirics.judging.verdict import Judgement, Verdict, judge
from empirics.observables.needed import measurements_for
from empirics.running.cluster import Workers
from empirics.running.montecarlo import Sample, replicate
from empirics.solver.threads import libraries
from reports.console import finite, progress
from reports.options import job_count, seed_number
from reports.options import statements as chosen
from theorems.catalogue import catalogue
from theorems.claim import claim_at
from theorems.errors import InputError, positive_integer
from theorems.law import PowerLaw
from theorems.setting import Setting
from theorems.source_digest import source_digest
from theorems.statement import Kind, Statement

LARGEST_N = 500
LARGEST_D = 3000
SETTINGS = 3000
RUNS = STUDENT_RUNS
"""Draws at each setting of the first stage: with fewer no interval is Student's."""

CONFIRMING = 10
"""As many times more draws in the second stage."""

SECOND_STREAM = 1
"""Its seeds are the next ones: draws of the second stage are not those of the first."""


def random_setting(seed: int, number: int) -> Setting:
    """One setting of the box, the same for the same seed and number.

    n and d are log-uniform from 1 to 500 and from 2 to 3000, s from .05 to 50; alpha is uniform
    from .1 to 5 or one of the exponents where something breaks, b uniform from -1 to 2 or 0 or .1,
    sigma 0, .05 or log-uniform from .01 to 3; k is the default one in 40% of settings, else
    log-uniform from 1 to d - 1.
    """
    rng = np.random.default_rng(np.random.SeedSequence(entropy=seed, spawn_key=(number,)))

    def log_uniform(low: float, high: float) -> float:
        return float(math.exp(rng.uniform(math.log(low), math.log(high))))

    def mixed(special: Sequence[float], other: float) -> float:
        chosen = int(rng.integers(2 * len(special)))
        return float(special[chosen]) if chosen < len(special) else other

    d = round(log_uniform(2, LARGEST_D))
    return Setting(
        n=round(log_uniform(1, LARGEST_N)),
        sigma=round(mixed((0.0, 0.05), log_uniform(0.01, 3)), 4),
        k=None if rng.uniform() < 0.4 else min(round(log_uniform(1, d)), d - 1),
        law=PowerLaw(
            d=d,
            s=round(log_uniform(0.05, 50), 4),
            alpha=round(mixed((1.0, 1.5, 2.0), rng.uniform(0.1, 5)), 4),
            b=round(mixed((0.0, 0.1), rng.uniform(-1, 2)), 4),
        ),
    )


@dataclass(frozen=True)
class Refuted:
    """A claim that draws refute at a setting.

    Args:
        number: of the setting.
        statement: its id.
        reason: of the verdict.
        numbers: the claim's sides and accuracy; None where one is not finite.
        observed: mean and 95% interval; None for a formula, which needs no draw.
        setting: as a line.
    """

    number: int
    statement: str
    reason: str
    numbers: dict[str, float | None]
    observed: tuple[float | None, float | None, float | None] | None
    setting: str


@dataclass(frozen=True)
class Scanned:
    """One setting of the first stage.

    Args:
        number: of the setting.
        counts: how many statements have which verdict.
        refuted: the suspects.
        failed: ids of statements that could not be evaluated, with why.
    """

    number: int
    counts: dict[str, int]
    refuted: tuple[Refuted, ...]
    failed: dict[str, str]


def statements() -> list[Statement]:
    """What a scan judges: all but rates, which need a sweep over n."""
    return [one for one in catalogue.values() if one.kind is not Kind.RATE]


def _drawn(
    setting: Setting, runs: int, seed: int, judged: Sequence[Statement], *, whole: bool = False
) -> Sample:
    """Draws of a setting; what is else measured on the first few is measured on all if `whole`."""
    measurements = measurements_for(judged)
    if whole:
        measurements = tuple(
            replace(one, group=replace(one.group, first=None)) for one in measurements
        )
    (sample,) = replicate(
        [setting], runs, seed, workers=Workers(1), store=None, measurements=measurements
    )
    return sample


def _refuted(number: int, judgement: Judgement) -> Refuted:
    seen, claim = judgement.observed, judgement.claim
    names = ("lower", "value", "upper", "accuracy")
    return Refuted(
        number,
        claim.statement.id,
        judgement.reason,
        {name: finite(claim.numbers[name]) for name in names if name in claim.numbers},
        None if seen is None else (finite(seen.mean), finite(seen.ci_low), finite(seen.ci_high)),
        str(claim.setting),
    )


def scanned(number: int, seed: int, runs: int, judged: Sequence[Statement]) -> Scanned:
    """One setting drawn and judged, at 5% for all statements together."""
    setting = random_setting(seed, number)
    sample = _drawn(setting, runs, seed, judged)
    counts: dict[str, int] = {}
    refuted, failed = [], {}
    for statement in judged:
        claim = claim_at(statement, setting)
        if claim.failed:
            failed[statement.id] = claim.failed
        judgement = judge(claim, sample, len(judged))
        counts[str(judgement.verdict)] = counts.get(str(judgement.verdict), 0) + 1
        if judgement.verdict is Verdict.REFUTED:
            refuted.append(_refuted(number, judgement))
    return Scanned(number, counts, tuple(refuted), failed)


def confirmed(
    suspects: Sequence[Refuted],
    seed: int,
    runs: int,
    judged: Sequence[Statement],
    advance: Callable[[int], None] = lambda _: None,
) -> Iterator[Refuted]:
    """Those of the suspects that fresh draws refute, at 5% for all of them together."""
    known = {statement.id: statement for statement in judged}
    for number in sorted({suspect.number for suspect in suspects}):
        setting = random_setting(seed, number)
        there = [suspect for suspect in suspects if suspect.number == number]
        needed = [known[suspect.statement] for suspect in there]
        sample = _drawn(setting, runs, seed + SECOND_STREAM, needed, whole=True)
        for suspect in there:
            claim = claim_at(known[suspect.statement], setting)
            judgement = judge(claim, sample, len(suspects))
            if judgement.verdict is Verdict.REFUTED:
                yield _refuted(number, judgement)
        advance(1)


def scan(
    count: int,
    runs: int,
    seed: int,
    *,
    kept: Path | None = None,
    judged: Sequence[Statement] | None = None,
    workers: Workers | None = None,
) -> tuple[list[Scanned], list[Refuted]]:
    """Both stages over the first `count` settings of a seed.

    Args:
        count: settings.
        runs: draws at each in the first stage; the second has `CONFIRMING` times as many.
        seed: of the settings and of the draws.
        kept: file that finished settings are kept in and read from; None keeps nothing.
        judged: the statements; all but rates unless given.
        workers: who draws in the first stage; None works in this process.

    Returns:
        The settings of the first stage, and what the second refutes.
    """
    judged = statements() if judged is None else judged
    done = _read(kept, seed, runs, judged) if kept is not None else {}
    missing = [number for number in range(count) if number not in done]
    with progress("settings", count) as advance:
        advance(count - len(missing))
        for row in _scanned(missing, seed, runs, judged, workers or Workers(1)):
            done[row.number] = row
            if kept is not None:
                _keep(kept, seed, runs, judged, row)
            advance(1)
    rows = [done[number] for number in range(count)]
    suspects = [suspect for row in rows for suspect in row.refuted]
    numbers = {suspect.number for suspect in suspects}
    with progress("suspects' settings", len(numbers)) as advance:
        found = list(confirmed(suspects, seed, runs * CONFIRMING, judged, advance))
    return rows, found


def _scanned(
    numbers: Sequence[int], seed: int, runs: int, judged: Sequence[Statement], workers: Workers
) -> Iterator[Scanned]:
    """The settings of these numbers, as they are done."""
    if workers.in_process:
        for number in numbers:
            yield scanned(number, seed, runs, judged)
        return
    # By name: statements that are registered here are registered in a worker as well.
    names = _names(judged)
    with workers.engaged():
        yield from Parallel(return_as="generator_unordered")(
            delayed(_scanned_by_name)(number, seed, runs, names) for number in numbers
        )


def _scanned_by_name(number: int, seed: int, runs: int, names: Sequence[str]) -> Scanned:
    with libraries().limit(limits=1):
        return scanned(number, seed, runs, [catalogue[name] for name in names])


def _names(judged: Sequence[Statement]) -> list[str]:
    return [statement.id for statement in judged]


@lru_cache(maxsize=1)
def _code() -> str:
    """What a scanned setting depends on: another statement or observable makes it stale."""
    ours = ("theorems.", "empirics.", "reports.scan")
    loaded = sorted(name for name in sys.modules if name.startswith(ours))
    return source_digest(loaded, ("numpy", "scipy"))


def _keep(kept: Path, seed: int, runs: int, judged: Sequence[Statement], row: Scanned) -> None:
    """One more line; a scan that is killed in the middle of one loses that setting alone."""
    told = {"seed": seed, "runs": runs, "code": _code(), "judged": _names(judged)}
    line = json.dumps(told | asdict(row))
    with kept.open("a", encoding="utf-8") as file:
        file.write(line + "\n")


def _read(kept: Path, seed: int, runs: int, judged: Sequence[Statement]) -> dict[int, Scanned]:
    """The settings of earlier scans of these statements with the same seed, draws and code."""
    wanted = (seed, runs, _code(), _names(judged))
    done: dict[int, Scanned] = {}
    for line in kept.read_text(encoding="utf-8").splitlines() if kept.exists() else ():
        try:
            row: dict[str, Any] = json.loads(line)
        except ValueError:
            # The last line of a scan that was killed while it was written.
            continue
        if tuple(row.pop(name, None) for name in ("seed", "runs", "code", "judged")) == wanted:
            suspects = [Refuted(**one) for one in row["refuted"]]
            done[row["number"]] = Scanned(**row | {"refuted": tuple(suspects)})
    return done


def told(rows: Sequence[Scanned], found: Sequence[Refuted]) -> str:
    """What a scan found, as text."""
    suspects = sum(len(row.refuted) for row in rows)
    counts: dict[str, int] = {}
    for row in rows:
        for verdict, count in row.counts.items():
            counts[verdict] = counts.get(verdict, 0) + count
    lines = [
        f"{len(rows)} settings, {sum(counts.values())} claims judged: "
        + ", ".join(f"{count} {verdict}" for verdict, count in sorted(counts.items())),
        f"{suspects} suspected by the first stage, {len(found)} refuted by the second",
    ]
    for one in found:
        lines += [
            f"  setting {one.number}: {one.statement}: {one.reason}",
            f"    claimed {one.numbers}, observed {one.observed}",
            f"    at {one.setting}",
        ]
    failed: dict[tuple[str, str], list[int]] = {}
    for row in rows:
        for identifier, why in row.failed.items():
            failed.setdefault((identifier, why), []).append(row.number)
    lines += [
        f"  no value: {identifier} at {len(numbers)} settings, the first {numbers[0]}: {why}"
        for (identifier, why), numbers in sorted(failed.items())
    ]
    return "\n".join(lines)


def main(arguments: Sequence[str] | None = None) -> int:
    """The command: exit status 0, 1 where a claim is refuted, 2 for bad input."""
    parser = argparse.ArgumentParser(prog="python -m reports.scan", description=__doc__)
    parser.add_argument("--settings", default=str(SETTINGS), help="how many settings")
    parser.add_argument("--runs", default=str(RUNS), help="draws at each setting")
    parser.add_argument("--seed", default="0", help="of the settings and the draws")
    parser.add_argument("--only", help="ids of statements, joined by commas")
    parser.add_argument("--jobs", help="worker processes")
    parser.add_argument("--keep", type=Path, help="file that finished settings are kept in")
    options = parser.parse_args(arguments)
    try:
        rows, found = scan(
            positive_integer("settings", options.settings),
            positive_integer("runs", options.runs),
            seed_number(options.seed),
            kept=options.keep,
            judged=chosen(options.only),
            workers=Workers(job_count(options.jobs)),
        )
    except InputError as error:
        parser.exit(2, f"scan: --{error}\n")
    sys.stdout.write(told(rows, found) + "\n")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())

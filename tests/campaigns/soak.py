"""Soak: reports again and again in one process, with other seeds and frequencies each time.

    python -m tests.campaigns.soak [--minutes 60] [--seed 0]

Every report is whole: draws, verdicts, figures, pages. Each tenth is the sweep over the paper's
power laws, the others are on frequencies of one's own. Watched are: memory (the median of the last
quarter of the reports against that of the second one, which has warmed up), open files and
processes, files left in the temporary folder, beside the report or in the cache, and how many
reports refute anything: every statement is believed true, so 5% of them at most may. Exit status
1 where one of these goes wrong.
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from scipy import stats

from empirics.judging.family import FAMILY_ERROR
from empirics.running.cluster import Workers
from reports import reporting
from reports.main_setting import MainSetting
from reports.section import Context
from reports.summary import refuted
from theorems.cache_folder import ENVIRONMENT
from theorems.law import Table
from theorems.setting import Setting

SWEEP_EACH = 10
"""One report in so many sweeps the paper's power laws."""

GROWTH = 0.05
"""Share by which the median memory may grow from the second quarter to the last."""

EXPECTED = {"report.html", "report.md", "results.json", "figures"}
"""What a report leaves in its folder."""


@dataclass
class Soaked:
    """What a soak came to.

    Args:
        memory: resident bytes after each report.
        files: open files after each.
        wrong: reports that refuted something, by number.
        judged: claims that were judged.
        left: files that nobody will remove.
        seconds: in all.
    """

    memory: list[int] = field(default_factory=list)
    files: list[int] = field(default_factory=list)
    wrong: dict[int, list[str]] = field(default_factory=dict)
    judged: int = 0
    left: list[str] = field(default_factory=list)
    seconds: float = 0.0

    @property
    def growth(self) -> float:
        """Of the median memory, from the second quarter of the reports to the last, as a share."""
        quarter = len(self.memory) // 4
        if not quarter:
            return 0.0
        second = statistics.median(self.memory[quarter : 2 * quarter])
        return statistics.median(self.memory[-quarter:]) / second - 1

    def faults(self) -> list[str]:
        """What went wrong, a line each."""
        found = [f"{path} is left behind" for path in self.left]
        if self.growth > GROWTH:
            found.append(f"memory grows by {self.growth:.1%}")
        if self.files and self.files[-1] > max(self.files[: max(1, len(self.files) // 2)]) + 2:
            found.append(f"open files grow from {self.files[0]} to {self.files[-1]}")
        if len(self.wrong) > stats.binom.ppf(1 - 1e-4, len(self.memory), FAMILY_ERROR):
            found.append(f"{len(self.wrong)} of {len(self.memory)} reports refute something")
        return found

    def line(self) -> str:
        """One line of the campaign's table."""
        sizes = [size / 2**20 for size in self.memory]
        return (
            f"{len(sizes)} reports in {self.seconds / 60:.0f} minutes, {self.judged} verdicts: "
            f"{len(self.wrong)} refute anything ({FAMILY_ERROR:.0%} promised); memory "
            f"{sizes[0]:.0f} MiB after the first, {max(sizes):.0f} at most, {sizes[-1]:.0f} after "
            f"the last ({self.growth:+.1%} from the second quarter to the last); "
            f"{len(self.left)} files left behind, {self.files[-1]} open"
        )


def resident() -> int:
    """Bytes of this process that are in memory."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")


def frequencies(rng: np.random.Generator) -> Table:
    """A law of one's own, another one each time."""
    d = int(rng.integers(5, 60))
    p = np.sort(rng.uniform(0.2, 0.9) * np.arange(1, d + 1) ** -rng.uniform(0.5, 2.5))[::-1]
    return Table(p.tolist(), beta=rng.normal(0, 1, d).tolist(), name="soak")


def context(number: int, seed: int, out: Path) -> Context:
    """What a report of the soak is computed with."""
    rng = np.random.default_rng(np.random.SeedSequence(entropy=seed, spawn_key=(number,)))
    own = int(rng.integers(2**31))
    if number % SWEEP_EACH == SWEEP_EACH - 1:
        return Context("quick", own, Workers(1), out=out, runs=5)
    setting = Setting(law=frequencies(rng), n=int(rng.integers(20, 100)))
    return Context("quick", own, Workers(1), out=out, runs=20, main=MainSetting(setting))


def soak(
    minutes: float, seed: int, scratch: Path, say: Callable[[str], object] = lambda _: None
) -> Soaked:
    """Reports until the minutes are over, all in this process.

    Args:
        minutes: after which no further one is begun.
        seed: that every report's own comes from.
        scratch: an empty folder for reports, cache and temporary files.
        say: told each refuted claim.
    """
    since = time.monotonic()
    found = Soaked()
    out, cache, temporary = (scratch / name for name in ("out", "cache", "tmp"))
    temporary.mkdir()
    cached, before = os.environ.get(ENVIRONMENT), tempfile.tempdir
    os.environ[ENVIRONMENT], tempfile.tempdir = str(cache), str(temporary)
    try:
        while time.monotonic() - since < 60 * minutes or not found.memory:
            number = len(found.memory)
            out.mkdir(exist_ok=True)
            computing = reporting.prepared("", context(number, seed, out))
            results = reporting.computed(computing, "longtail report")
            reporting.drawn(results, out)
            found.judged += len(results.verdicts())
            wrong = [judged.what for judged in refuted(results)]
            if wrong:
                found.wrong[number] = wrong
                say(f"  report {number} refutes {', '.join(wrong)}\n")
            found.memory.append(resident())
            found.files.append(len(list(Path("/proc/self/fd").iterdir())))
            found.left += [str(path) for path in temporary.iterdir()]
            found.left += [str(path) for path in out.iterdir() if path.name not in EXPECTED]
            # Closed, the cache is one file.
            found.left += [str(path) for path in cache.iterdir() if path.name != "draws.sqlite"]
            if found.left:
                break
    finally:
        tempfile.tempdir = before
        os.environ.pop(ENVIRONMENT)
        if cached is not None:
            os.environ[ENVIRONMENT] = cached
    found.seconds = time.monotonic() - since
    return found


def main(
    arguments: Sequence[str] | None = None, say: Callable[[str], object] = sys.stdout.write
) -> int:
    """Run the soak; 1 where something goes wrong."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--minutes", type=float, default=60.0)
    parser.add_argument("--seed", type=int, default=0)
    asked = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as scratch:
        found = soak(asked.minutes, asked.seed, Path(scratch), say)
    say(found.line() + "\n")
    wrong = found.faults()
    for line in wrong:
        say(f"  {line}\n")
    return int(bool(wrong))


if __name__ == "__main__":
    sys.exit(main())

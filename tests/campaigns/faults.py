"""What goes wrong around a run: kills, damaged caches, full disks, two processes, stale locks.

    python -m tests.campaigns.faults [--kills 50] [--flips 200] [--seed 0]

Each fault is made on purpose and its figures are printed; exit status 1 where anything was lost,
believed or left behind.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any
from unittest import mock

from tests.campaigns.fuzz import ran
from theorems import kept_files

ROOT = Path(__file__).parents[2]
LONGEST = 600.0
"""Seconds after which a run counts as hanging."""

FREQUENCIES = "0.5\n0.3\n0.1\n0.05\n0.02\n"

FEW = ("--only", "noiseless-loss,recovered-fraction")
"""Statements enough for what is about the cache, not about them."""

SIMULATE = ("simulate", "--n", "200", "--d", "2000", "--runs", "60", *FEW, "--jobs", "2", "--json")
DECIDE = ("simulate", "--n", "100", "--d", "500", "--runs", "20", "--decide", "--budget", "640")
REPORT = ("report", "--frequencies", "p.txt", "--n", "60", "--sections", "")
TABLE1 = ("nn", "table1", "--models", "linear", "--seeds", "1", "--epochs", "2", "--without", "0")
# Without a cache and with one draw of each cell nearly all of the time is that of statements.
STATEMENTS = ("report", "--n", "60", "--d", "300", "--runs", "1", "--sections", "", "--jobs", "2")
DRAWS = ("simulate", "--runs", "100000", "--jobs", "2")
COMMANDS = {
    "simulate": SIMULATE,
    "simulate --decide": (*DECIDE, "--jobs", "2", "--json"),
    "report": (*REPORT, "--runs", "40", "--out", "out", "--jobs", "2"),
    "nn table1": (*TABLE1, "--out", "out", "--jobs", "2", "--json"),
}


@dataclass
class Found:
    """What a kind of fault came to.

    Args:
        what: the fault.
        tried: how often it was made.
        wrong: what went wrong, a line each.
        notes: figures.
    """

    what: str
    tried: int = 0
    wrong: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def line(self) -> str:
        """One line of the campaign's table."""
        told = "; ".join([*self.notes, *self.wrong[:3]])
        return f"{self.what}: {self.tried} tried, {len(self.wrong)} wrong. {told}"


def in_group(group: int) -> list[int]:
    """Processes of a process group that have not ended."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            with contextlib.suppress(OSError):
                fields = (entry / "stat").read_text().rpartition(")")[2].split()
                if int(fields[2]) == group and fields[0] != "Z":
                    found.append(int(entry.name))
    return found


def started(arguments: Sequence[str], folder: Path, cache: Path) -> subprocess.Popen[str]:
    """The command line in a folder of its own, as leader of a process group.

    Its cache begins with the programs that set-up printed, as a user's does; a disk that is full
    or read-only has none.
    """
    made = kept_files.folder()
    if made.is_dir() and not (cache / "made").exists() and not cache.is_mount():
        shutil.copytree(made, cache / "made")
    (folder / "p.txt").write_text(FREQUENCIES)
    environment = os.environ | {
        "LONGTAIL_CACHE": str(cache),
        "PYTHONPATH": str(ROOT),
        "OMP_NUM_THREADS": "1",
    }
    return subprocess.Popen(
        [sys.executable, "-m", "reports.cli", *arguments],
        cwd=folder,
        env=environment,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
    )


def here(arguments: Sequence[str], folder: Path, cache: Path) -> tuple[object, str, str]:
    """Status, output and errors of the command line, called in this process."""
    (folder / "p.txt").write_text(FREQUENCIES)
    with contextlib.chdir(folder), mock.patch.dict(os.environ, LONGTAIL_CACHE=str(cache)):
        return ran(arguments)


def outcome(folder: Path, out: str) -> dict[str, Any]:
    """What a finished run left, without when and how fast it was."""
    found: dict[str, Any] = {}
    if out.startswith("{"):
        found["stdout"] = json.loads(out)
        found["stdout"].pop("seconds", None)
    for path in sorted(folder.rglob("*.json")):
        document = json.loads(path.read_text())
        document.pop("provenance", None)
        document.pop("seconds", None)
        found[str(path.relative_to(folder))] = document
    return found


def left_behind(folder: Path) -> list[str]:
    """Temporary files that nobody will remove."""
    return [str(path) for path in folder.rglob("*") if path.name.endswith(".tmp")]


def ended(group: int, within: float) -> float | None:
    """Seconds until no process of the group is left; None where some are after `within`."""
    since = time.monotonic()
    while time.monotonic() - since < within:
        if not in_group(group):
            return time.monotonic() - since
        time.sleep(0.02)
    return None


def kills(name: str, times: int, rng: random.Random, scratch: Path) -> Found:
    """SIGKILL at random moments; what resumes ends with the bytes of a run left alone."""
    found = Found(f"kill -9 of {name}")
    arguments = COMMANDS[name]
    whole, cache = scratch / "whole", scratch / "whole-cache"
    whole.mkdir(parents=True)
    since = time.monotonic()
    # By one process: results are the same for any number of workers.
    alone = ["1" if before == "--jobs" else word for before, word in pairwise(("", *arguments))]
    process = started(alone, whole, cache)
    out, errors = process.communicate(timeout=LONGEST)
    if process.returncode not in (0, 1):
        raise RuntimeError(f"{name} fails when left alone: {errors.strip().splitlines()[-1:]}")
    length, expected = time.monotonic() - since, outcome(whole, out)
    slowest = 0.0
    for attempt in range(times):
        folder, cache = scratch / f"broken-{attempt}", scratch / f"cache-{attempt}"
        folder.mkdir()
        process = started(arguments, folder, cache)
        moment = rng.uniform(0.1, length)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.communicate(timeout=moment)
        process.kill()
        alive = ended(process.pid, 10.0)
        process.communicate(timeout=10)
        told = f"killed after {moment:.2f} s: "
        if alive is None:
            found.wrong.append(told + "a child outlived it")
        slowest = max(slowest, alive or 0.0)
        again = started(arguments, folder, cache)
        out, errors = again.communicate(timeout=LONGEST)
        found.tried += 1
        if outcome(folder, out) != expected:
            found.wrong.append(f"{told}not the same results {errors.strip()[-200:]}")
        # What a kill in the middle of writing leaves has a hidden name and is no result.
        final = [path for path in left_behind(folder) if not Path(path).name.startswith(".")]
        found.wrong += [f"{told}{path} is left" for path in final]
        shutil.rmtree(folder)
        shutil.rmtree(cache, ignore_errors=True)
    found.notes.append(f"children gone within {slowest:.2f} s")
    return found


def stops(scratch: Path, rng: random.Random, times: int = 1) -> Found:
    """SIGINT and SIGTERM with two workers: the line that resumes, within two seconds.

    One command is stopped while it draws and the other, in turns, while it works out statements.
    """
    found = Found("SIGINT, SIGTERM")
    slowest = 0.0
    for attempt in range(times):
        commands = (STATEMENTS, DRAWS) if attempt % 2 == 0 else (DRAWS, STATEMENTS)
        for number, arguments in zip((signal.SIGINT, signal.SIGTERM), commands, strict=True):
            folder = scratch / f"{number}-{attempt}"
            folder.mkdir(parents=True)
            process = started(arguments, folder, folder / "cache")
            # Workers are there a few seconds later; before, the process is alone.
            until = time.monotonic() + 60
            while len(in_group(process.pid)) < 3 and time.monotonic() < until:
                time.sleep(0.05)
            time.sleep(rng.uniform(0, 2))
            since = time.monotonic()
            process.send_signal(number)
            _, errors = process.communicate(timeout=LONGEST)
            held = time.monotonic() - since
            alone = ended(process.pid, 10.0)
            took = held + (10.0 if alone is None else alone)
            slowest = max(slowest, took)
            found.tried += 1
            last = errors.strip().splitlines()[-1:]
            if (
                took > 2
                or process.returncode != 128 + number
                or "to go on: longtail" not in last[0]
            ):
                told = f"{number.name} of {arguments[0]}: {took:.1f} s, {process.returncode}"
                found.wrong.append(f"{told}, {last}")
    found.notes.append(f"gone within {slowest:.2f} s")
    return found


def flips(times: int, rng: random.Random, scratch: Path) -> Found:
    """Bits flipped at random places of the cache: never believed, said where draws are lost."""
    import numpy as np

    from empirics.observables.registry import OBSERVABLES
    from empirics.running.cluster import Workers
    from empirics.running.montecarlo import Sample, replicate
    from empirics.running.store import Store
    from theorems.setting import Setting

    setting, runs = Setting(n=20, d=40, alpha=2), 6
    measurements = OBSERVABLES.measurements(["in_distribution_loss"])

    def run(folder: Path, said: list[str]) -> tuple[Sample, int]:
        found: list[int] = []
        with Store(folder, said.append) as store:
            (sample,) = replicate(
                [setting],
                runs,
                0,
                workers=Workers(1),
                store=store,
                measurements=measurements,
                advance=found.append,
            )
        return sample, found[0]  # first those that were there, then one by one

    (scratch / "sound").mkdir(parents=True)
    expected, _ = run(scratch / "sound", [])
    sound = (scratch / "sound" / "draws.sqlite").read_bytes()
    found = Found("bits flipped in the cache")
    lost = 0
    for _ in range(times):
        folder = scratch / "flipped"
        folder.mkdir()
        damaged = bytearray(sound)
        place = rng.randrange(len(damaged))
        damaged[place] ^= 1 << rng.randrange(8)
        (folder / "draws.sqlite").write_bytes(damaged)
        said: list[str] = []
        found.tried += 1
        try:
            sample, kept = run(folder, said)
        except Exception as error:  # whatever it is, it is a finding
            found.wrong.append(f"byte {place}: {type(error).__name__}: {error}")
        else:
            lost += kept < runs
            same = all(
                np.array_equal(values, expected.values[name], equal_nan=True)
                for name, values in sample.values.items()
            )
            if not same:
                found.wrong.append(f"byte {place}: another result")
            if kept < runs and not said:
                found.wrong.append(f"byte {place}: {runs - kept} draws lost in silence")
        shutil.rmtree(folder)
    found.notes.append(f"{lost} of them lost draws, which was said; the others hit none")
    return found


@contextlib.contextmanager
def small_disk(size: str, read_only: bool = False) -> Iterator[Path | None]:
    """A file system of so many bytes; None where this user may not mount one."""
    folder = Path(tempfile.mkdtemp())
    options = f"size={size}"
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(folder)], capture_output=True
    )
    try:
        if mounted.returncode:
            yield None
            return
        if read_only:
            subprocess.run(["mount", "-o", "remount,ro", str(folder)], check=True)
        yield folder
    finally:
        if not mounted.returncode:
            subprocess.run(["umount", "-l", str(folder)], check=True)
        folder.rmdir()


def disks(scratch: Path) -> Found:
    """A full and a read-only folder for the cache and for the report: one line, no half file."""
    found = Found("full and read-only folders")
    work = scratch / "work"
    work.mkdir(parents=True)
    few = ("simulate", "--n", "60", "--d", "600", "--runs", "20", "--jobs", "1", "--json", *FEW)
    table = (*REPORT, "--runs", "4", "--jobs", "1")
    _, alone, _ = here(few, work, scratch / "cache")
    for size, read_only in (("64k", False), ("64k", True)):
        with small_disk(size, read_only) as disk:
            if disk is None:
                found.notes.append("not tried: this user may not mount")
                return found
            kind = "read-only" if read_only else "full"
            status, out, errors = here(few, work, disk)
            found.tried += 1
            if out != alone or "Traceback" in errors or " is kept: " not in errors:
                found.wrong.append(f"{kind} cache: status {status}, {errors[-200:]}")
            if not read_only:
                for path in disk.iterdir():
                    path.unlink()
            status, out, errors = here((*table, "--out", str(disk)), work, scratch / "cache")
            found.tried += 1
            told = [line for line in errors.splitlines() if line.startswith("longtail: ")]
            if status not in (2, 3) or len(told) != 1 or "Traceback" in errors:
                found.wrong.append(f"{kind} --out: status {status}, {errors[-200:]}")
            found.wrong += [f"{kind} --out: {path.name} is left" for path in disk.rglob("*")]
    return found


def shared(scratch: Path, locks: Sequence[str] = ("-journal", "-wal", "-shm")) -> Found:
    """Two processes on one cache at once, and locks that a kill left."""
    found = Found("two processes on one cache, stale locks")
    work, cache = scratch / "work", scratch / "cache"
    work.mkdir(parents=True)
    few = ("simulate", "--n", "60", "--d", "600", "--runs", "60", "--jobs", "1", "--json", *FEW)
    _, alone, _ = here(few, work, scratch / "other")
    both = [started(few, work, cache) for _ in range(2)]
    for process in both:
        out, errors = process.communicate(timeout=LONGEST)
        found.tried += 1
        if out != alone:
            found.wrong.append(f"side by side: status {process.returncode}, {errors[-200:]}")
    for suffix in locks:
        for path in cache.iterdir():
            if path.is_file() and path.name != "draws.sqlite":
                path.unlink()
        (cache / f"draws.sqlite{suffix}").write_bytes(b"\x00stale" * 1000)
        _, out, errors = here(few, work, cache)
        found.tried += 1
        if out != alone:
            found.wrong.append(f"stale {suffix}: {errors[-200:]}")
    return found


def campaign(count: int, flipped: int, seed: int, scratch: Path) -> Iterator[Found]:
    """Every kind of fault; kills are shared by the commands and the workers of a cluster."""
    from tests.campaigns.cluster_faults import cluster, worker_kills

    rng = random.Random(seed)
    yield flips(flipped, rng, scratch / "flips")
    yield stops(scratch / "stops", rng, 3)
    yield disks(scratch / "disks")
    yield shared(scratch / "shared")
    kinds = len(COMMANDS) + 1
    shares = [count // kinds + (place < count % kinds) for place in range(kinds)]
    if shares[-1]:
        with cluster(scratch / "cluster") as running:
            yield worker_kills(shares[-1], rng, scratch / "worker-kills", running)
    for place, (name, times) in enumerate(zip(COMMANDS, shares, strict=False)):
        if times:
            yield kills(name, times, rng, scratch / f"kills-{place}")


def main(
    arguments: Sequence[str] | None = None, say: Callable[[str], object] = sys.stdout.write
) -> int:
    """Run the campaign; 1 where anything went wrong."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--kills", type=int, default=50)
    parser.add_argument("--flips", type=int, default=200)
    parser.add_argument("--seed", type=int, default=0)
    asked = parser.parse_args(arguments)
    wrong = 0
    with tempfile.TemporaryDirectory() as scratch:
        for found in campaign(asked.kills, asked.flips, asked.seed, Path(scratch)):
            say(found.line() + "\n")
            sys.stdout.flush()
            wrong += len(found.wrong)
    return int(wrong > 0)


if __name__ == "__main__":
    sys.exit(main())

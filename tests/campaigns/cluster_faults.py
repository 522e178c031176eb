"""Workers of a Dask cluster that are killed while a command draws on them."""

from __future__ import annotations

import contextlib
import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from tests.campaigns.faults import FEW, LONGEST, Found, started

DRAWS = ("simulate", "--n", "300", "--d", "3000", "--runs", "200", "--json", *FEW)
STARTED = 60.0
"""Seconds that a scheduler has to start."""


class Cluster:
    """A scheduler with workers on loopback, each a process of its own.

    Args:
        folder: for their logs and files.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._all: list[subprocess.Popen[bytes]] = []
        self.workers: list[subprocess.Popen[bytes]] = []
        where = folder / "scheduler.json"
        self._start("dask_scheduler", "--host=127.0.0.1", "--port=0", f"--scheduler-file={where}")
        until = time.monotonic() + STARTED
        self.address = ""
        while not self.address:
            if time.monotonic() > until:
                raise TimeoutError(f"the scheduler did not start in {STARTED:.0f} s")
            with contextlib.suppress(OSError, ValueError):
                self.address = str(json.loads(where.read_text())["address"])
            time.sleep(0.05)

    def _start(self, program: str, *arguments: str) -> subprocess.Popen[bytes]:
        log = (self._folder / f"{len(self._all)}.log").open("wb")
        process = subprocess.Popen(
            [sys.executable, "-m", f"distributed.cli.{program}", *arguments, "--no-dashboard"],
            stdout=log,
            stderr=log,
            env={**os.environ, "OMP_NUM_THREADS": "1"},
            start_new_session=True,
        )
        self._all.append(process)
        return process

    def add_worker(self) -> None:
        """One more worker."""
        local = self._folder / f"worker-{len(self._all)}"
        more = ("--nthreads=1", "--no-nanny", f"--local-directory={local}")
        self.workers.append(self._start("dask_worker", self.address, *more))

    def kill(self, rng: random.Random) -> None:
        """Kill a worker, whichever, and start another in its place."""
        worker = self.workers.pop(rng.randrange(len(self.workers)))
        worker.kill()
        worker.wait()
        self.add_worker()

    def close(self) -> None:
        """End all of them."""
        for process in self._all:
            if process.poll() is None:
                with contextlib.suppress(OSError):
                    os.killpg(process.pid, signal.SIGKILL)
            process.wait()


@contextlib.contextmanager
def cluster(folder: Path) -> Iterator[Cluster]:
    """A cluster of two workers that are there."""
    from empirics.running.cluster import connect

    folder.mkdir(parents=True)
    running = Cluster(folder)
    try:
        for _ in range(2):
            running.add_worker()
        client = connect(running.address)
        client.wait_for_workers(2, timeout=STARTED)
        client.close()
        yield running
    finally:
        running.close()


def worker_kills(times: int, rng: random.Random, scratch: Path, running: Cluster) -> Found:
    """SIGKILL of a worker at random moments of a run; the run ends with the same bytes."""
    found = Found("kill -9 of a Dask worker")
    alone = scratch / "alone"
    alone.mkdir(parents=True)
    since = time.monotonic()
    expected = started((*DRAWS, "--jobs", "1"), alone, alone / "cache").communicate(LONGEST)[0]
    length = time.monotonic() - since
    arguments = (*DRAWS, "--backend", "dask", "--scheduler", running.address)
    during = 0
    for attempt in range(times):
        folder = scratch / f"broken-{attempt}"
        folder.mkdir()
        process = started(arguments, folder, folder / "cache")
        moment = rng.uniform(0.3, 1.0) * length
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(timeout=moment)
        during += process.poll() is None
        running.kill(rng)
        out, errors = process.communicate(timeout=LONGEST)
        found.tried += 1
        if out != expected or process.returncode not in (0, 1):
            told = f"killed after {moment:.1f} s: status {process.returncode}"
            found.wrong.append(f"{told}, {errors.strip()[-200:]}")
    found.notes.append(f"{during} of them while the run was under way; the same bytes")
    return found

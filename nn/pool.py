"""Many runs side by side, one thread each, with progress and time left.

Each run is trained in a process of its own kind with a single thread, so its result does not
depend on how many others run beside it. Workers end by themselves when their parent is killed.
"""

from __future__ import annotations

import multiprocessing
import multiprocessing.queues
import multiprocessing.synchronize
import os
import queue
import threading
import time
from collections.abc import Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path

import torch
from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)

from nn.checkpoint import load_checkpoint, load_result
from nn.errors import InputError
from nn.runs import Run, RunResult
from nn.training import train

#: Seconds between progress lines where stderr is a file and no bar can be drawn.
LINE_EVERY = 30.0

_reports: multiprocessing.queues.Queue[str] | None = None
_stop: multiprocessing.synchronize.Event | None = None


class StoppedError(Exception):
    """Ends a run between two epochs because its plan has failed elsewhere."""


def resolve_device(device: str) -> str:
    """Turn ``auto`` into what is there.

    Raises:
        InputError: an unknown device, or CUDA asked for and absent.

    """
    if device not in ("auto", "cpu", "cuda"):
        raise InputError(f"--device: {device!r} is unknown, allowed are auto, cpu, cuda")
    if device == "cuda" and not torch.cuda.is_available():
        raise InputError(
            "--device: 'cuda' was asked for and torch finds no CUDA device here; "
            "allowed here are auto, cpu"
        )
    if device == "auto":
        return "cuda" if torch.cuda.is_available() else "cpu"
    return device


def resolve_jobs(jobs: int | None, device: str) -> int:
    """How many runs at a time: one per core, or one where they share a GPU.

    Raises:
        InputError: less than one.

    """
    if jobs is not None and jobs < 1:
        raise InputError(f"--jobs: {jobs} is too few, allowed is 1 or more")
    if jobs is not None:
        return jobs
    if device == "cuda":
        return 1
    available = getattr(os, "sched_getaffinity", None)
    return len(available(0)) if available is not None else os.cpu_count() or 1


def _watch_parent(parent: int) -> None:
    """End this process when the one that started it is gone, however it went."""
    while os.getppid() == parent:
        time.sleep(1)
    os._exit(1)


def _begin(
    reports: multiprocessing.queues.Queue[str],
    stop: multiprocessing.synchronize.Event,
    parent: int,
) -> None:
    global _reports, _stop
    _reports, _stop = reports, stop
    torch.set_num_threads(1)
    threading.Thread(target=_watch_parent, args=(parent,), daemon=True).start()


def _one(run: Run, folder: str) -> RunResult:
    return train(run, Path(folder), _told)


def _told() -> None:
    if _stop is not None and _stop.is_set():
        raise StoppedError
    if _reports is not None:
        _reports.put("epoch")


def cost(run: Run) -> float:
    """Rough relative cost of one epoch, for the order of work only."""
    share = 1.0 if run.model == "cross-channel" else 2.5
    return share * run.task.samples * run.optimizer.epochs


def train_all(
    runs: Sequence[Run], folder: Path, jobs: int, title: str, quiet: bool = False
) -> list[RunResult]:
    """Train runs and return their results in the same order.

    Args:
        runs: what to train; finished ones are read, not trained again.
        folder: where results and checkpoints lie.
        jobs: processes side by side; the results do not depend on it.
        title: what the progress line says.
        quiet: show no progress.

    Raises:
        InputError: a file in ``folder`` is of another configuration; nothing was trained then.

    """
    names = [run.name for run in runs]
    if len(set(names)) != len(names):
        raise AssertionError("two runs of one plan share a name")
    done: dict[str, RunResult] = {}
    for run in runs:
        result = load_result(folder, run)
        if result is not None:
            done[run.name] = result
        else:
            load_checkpoint(folder, run)
    # Longest first, so that no core waits for a last long run alone.
    left = sorted((r for r in runs if r.name not in done), key=cost, reverse=True)
    if left:
        _warm(left)
        done |= _train_left(left, folder, jobs, title, quiet)
    return [done[run.name] for run in runs]


def _warm(runs: Sequence[Run]) -> None:
    """Draw one run here first: bad data are reported once, before any process is started."""
    from nn.training import drawn

    for sources in {run.sources for run in runs}:
        drawn(next(run for run in runs if run.sources == sources))


def _train_left(
    left: list[Run], folder: Path, jobs: int, title: str, quiet: bool
) -> dict[str, RunResult]:
    context = multiprocessing.get_context("spawn")
    reports: multiprocessing.queues.Queue[str] = context.Queue()
    stop = context.Event()
    done: dict[str, RunResult] = {}
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("epochs,"),
        TimeElapsedColumn(),
        TextColumn("gone,"),
        TimeRemainingColumn(elapsed_when_finished=False),
        TextColumn("left"),
    )
    console = Console(stderr=True)
    with (
        Progress(*columns, console=console, disable=quiet, transient=False) as progress,
        ProcessPoolExecutor(
            min(jobs, len(left)), context, initializer=_begin, initargs=(reports, stop, os.getpid())
        ) as executor,
    ):
        bar = progress.add_task(title, total=sum(run.optimizer.epochs for run in left))
        waiting: dict[Future[RunResult], Run] = {
            executor.submit(_one, run, str(folder)): run for run in left
        }
        spoken = time.monotonic()
        try:
            while waiting:
                _drain(reports, progress, bar)
                if not (quiet or console.is_terminal) and time.monotonic() > spoken + LINE_EVERY:
                    spoken = time.monotonic()
                    _say(console, progress, title)
                for future in [f for f in waiting if f.done()]:
                    run = waiting.pop(future)
                    done[run.name] = future.result()
                    if done[run.name].status == "diverged":
                        console.print(f"{run.name}: {done[run.name].why}", style="red")
        except BrokenProcessPool as error:
            raise RuntimeError(
                f"a training process ended by itself (out of memory?); what is finished is kept "
                f"in {folder}: start the same command again to go on"
            ) from error
        except BaseException:
            stop.set()
            executor.shutdown(wait=False, cancel_futures=True)
            raise
        progress.update(bar, completed=sum(run.optimizer.epochs for run in left))
    return done


def _say(console: Console, progress: Progress, title: str) -> None:
    """Print one line of progress with the time left."""
    task = progress.tasks[0]
    left = "?" if task.time_remaining is None else f"{task.time_remaining / 60:.0f}"
    console.print(
        f"{title}: {task.completed:.0f} of {task.total:.0f} epochs, about {left} min left",
        highlight=False,
    )


def _drain(reports: multiprocessing.queues.Queue[str], progress: Progress, bar: object) -> None:
    """Count the epochs reported since the last look."""
    count = 0
    try:
        reports.get(timeout=0.2)
        count += 1
        while True:
            reports.get_nowait()
            count += 1
    except queue.Empty:
        pass
    if count:
        progress.advance(bar, count)  # type: ignore[arg-type]

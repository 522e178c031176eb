"""Many runs side by side, one thread each, with progress and time left.

Each run is trained with a single thread, so its result does not depend on how many others run
beside it. Worker processes end by themselves when their parent is gone, however it went.
"""

from __future__ import annotations

import tempfile
import threading
import time
import warnings
from collections.abc import Iterator, Sequence
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch
from joblib import Parallel, delayed
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
from nn.models import CONTROL
from nn.runs import Run, RunResult
from nn.training import drawn
from nn.varied import train
from theorems.cores import usable_cores
from theorems.errors import InputError
from theorems.orphans import initializer

#: Seconds between two looks at the progress.
LOOK_EVERY = 0.2
#: Seconds between progress lines where stderr is a file and no bar can be drawn.
LINE_EVERY = 30.0

#: Epochs done, one cell for each run, in a file that all processes map.
Epochs = npt.NDArray[np.int64]


class WorkerError(RuntimeError):
    """A training process ended by itself; nothing that was finished is lost."""


def resolve_device(device: str) -> str:
    """Turn ``auto`` into what is there.

    Raises:
        InputError: an unknown device, or CUDA asked for and absent.

    """
    if device not in ("auto", "cpu", "cuda"):
        raise InputError("device", device, "must be one of auto, cpu, cuda")
    if device == "cuda" and not torch.cuda.is_available():
        raise InputError("device", device, "must be auto or cpu here: torch finds no CUDA device")
    if device == "auto":
        return "cuda" if torch.cuda.is_available() else "cpu"
    return device


def resolve_jobs(jobs: int | None, device: str) -> int:
    """How many runs at a time: one per core, or one where they share a GPU.

    Raises:
        InputError: less than one, or none is given and the environment allows none.

    """
    if jobs is not None and jobs < 1:
        raise InputError("jobs", jobs, "must be 1 or more")
    if jobs is not None:
        return jobs
    return 1 if device == "cuda" else usable_cores()


def _one(run: Run, folder: Path, epochs: Epochs, cell: int) -> RunResult:
    """Train a run with one thread, and count its epochs in its cell."""

    def count() -> None:
        epochs[cell] += 1

    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        return train(run, folder, count)
    finally:
        torch.set_num_threads(threads)


def cost(run: Run) -> float:
    """Rough relative cost of one epoch, for the order of work only."""
    share = 1.0 if run.model == CONTROL.name else 2.5
    return share * run.task.samples * run.optimizer.epochs


def train_all(
    runs: Sequence[Run], folder: Path, jobs: int, title: str, quiet: bool = False
) -> list[RunResult]:
    """Train runs and return their results in the same order.

    Args:
        runs: what to train; finished ones are read, not trained again.
        folder: where results and checkpoints lie.
        jobs: processes side by side, 1 for this one; the results do not depend on it.
        title: what the progress line says.
        quiet: show no progress.

    Raises:
        InputError: a file in ``folder`` is of another configuration, or data are damaged; nothing
            was trained then.
        WorkerError: a process died.

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
        # Bad data are reported once, before any process is started.
        for sources in {run.sources for run in left}:
            drawn(next(run for run in left if run.sources == sources))
        done |= _train_left(left, folder, jobs, title, quiet)
    return [done[run.name] for run in runs]


def _train_left(
    left: list[Run], folder: Path, jobs: int, title: str, quiet: bool
) -> dict[str, RunResult]:
    done: dict[str, RunResult] = {}
    workers = Parallel(
        n_jobs=min(jobs, len(left)),
        backend="loky",
        return_as="generator_unordered",
        # A batch of several runs would undo their order.
        batch_size=1,
        **initializer(),
    )
    with tempfile.TemporaryDirectory() as scratch, warnings.catch_warnings():
        # Loky renews a worker whose memory a large run has grown: no news to a user.
        warnings.filterwarnings("ignore", "A worker stopped while some jobs", UserWarning)
        epochs = np.memmap(Path(scratch) / "epochs", np.int64, "w+", shape=len(left))
        with _shown(epochs, sum(run.optimizer.epochs for run in left), title, quiet) as console:
            try:
                for result in workers(
                    delayed(_one)(run, folder, epochs, cell) for cell, run in enumerate(left)
                ):
                    done[result.name] = result
                    if result.status == "diverged":
                        console.print(f"{result.name}: {result.why}", style="red")
            except BrokenProcessPool as error:
                raise WorkerError(
                    "a training process ended by itself (out of memory?); what is finished is "
                    f"kept in {folder}: start the same command again to go on"
                ) from error
    return done


@contextmanager
def _shown(epochs: Epochs, total: int, title: str, quiet: bool) -> Iterator[Console]:
    """Show the epochs done while the block runs: a bar, or lines where no bar can be drawn."""
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
    over = threading.Event()
    with Progress(*columns, console=console, disable=quiet, transient=False) as progress:
        bar = progress.add_task(title, total=total)

        def look() -> None:
            spoken = time.monotonic()
            while not over.wait(LOOK_EVERY):
                progress.update(bar, completed=int(epochs.sum()))
                if not (quiet or console.is_terminal) and time.monotonic() > spoken + LINE_EVERY:
                    spoken = time.monotonic()
                    console.print(_line(progress, title), highlight=False)

        looking = threading.Thread(target=look, daemon=True)
        looking.start()
        try:
            yield console
            progress.update(bar, completed=total)
        finally:
            over.set()
            looking.join()


def _line(progress: Progress, title: str) -> str:
    """One line of progress with the time left."""
    task = progress.tasks[0]
    left = "?" if task.time_remaining is None else f"{task.time_remaining / 60:.0f}"
    return f"{title}: {task.completed:.0f} of {task.total:.0f} epochs, about {left} min left"

"""What sending draws to the workers of a Dask cluster costs, beside the draws themselves.

Only CPU time is compared, that of this process, the scheduler and the workers together with that of
the same draws in the workers' threads: the clock would measure what else the machine does, and
draws in one process alone have its caches to themselves.
"""

from __future__ import annotations

import importlib
import logging
import os
import time
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from empirics.observables.observe import observe
from empirics.observables.registry import OBSERVABLES
from empirics.running.cluster import Workers
from empirics.running.montecarlo import block_size, replicate
from empirics.solver.threads import one_thread
from theorems.setting import Setting


@dataclass(frozen=True)
class Overhead:
    """CPU seconds of the same draws, alone and by way of a cluster on this machine.

    Attributes:
        alpha: exponent of the power law.
        n: number of samples.
        d: number of features.
        workers: processes of the cluster, one thread each.
        draws: that were sent.
        block: most draws that were sent at a time.
        drawing_seconds: that the workers' threads spend on the draws alone, all at the same time.
        sender_seconds: of the process that sends them and the scheduler in it.
        worker_seconds: of the workers.

    """

    alpha: float
    n: int
    d: int
    workers: int
    draws: int
    block: int
    drawing_seconds: float
    sender_seconds: float
    worker_seconds: float


def overhead(setting: Setting, workers: int, draws: int, seed: int) -> Overhead | None:
    """Draw with a cluster of worker processes and without; None where dask is not installed.

    Args:
        setting: where to draw.
        workers: worker processes.
        draws: of each way, after some that are not timed.
        seed: of the draws.

    """
    try:
        dask: Any = importlib.import_module("dask")
        distributed: Any = importlib.import_module("distributed")
        psutil: Any = importlib.import_module("psutil")
    except ImportError:
        return None
    here = psutil.Process(os.getpid())
    before = frozenset(here.children(recursive=True))
    # Off as README has it: the workers' profiler, which stops them a hundred times a second.
    with (
        dask.config.set({"distributed.worker.profile.enabled": False}),
        distributed.LocalCluster(
            n_workers=workers,
            threads_per_worker=1,
            host="127.0.0.1",
            scheduler_port=0,
            dashboard_address=None,
            silence_logs=logging.CRITICAL,
        ) as cluster,
    ):
        many = Workers(1, cluster.scheduler_address)
        replicate([setting], draws, seed + 1, workers=many, store=None)
        with distributed.Client(cluster, set_as_default=False) as client:
            shares = [range(first, draws, workers) for first in range(workers)]
            drawn = [client.submit(drawing_seconds, setting, seed, share) for share in shares]
            drawing = float(sum(client.gather(drawn)))
        theirs = [p for p in here.children(recursive=True) if p not in before]
        own, others = _cpu([here]), _cpu(theirs)
        replicate([setting], draws, seed, workers=many, store=None)
        own, others = _cpu([here]) - own, _cpu(theirs) - others
    return Overhead(
        alpha=float(setting.law.parameters["alpha"]),
        n=setting.n,
        d=setting.d,
        workers=workers,
        draws=draws,
        block=block_size(setting, draws, workers, clustered=True),
        drawing_seconds=drawing,
        sender_seconds=own,
        worker_seconds=others,
    )


def drawing_seconds(setting: Setting, seed: int, runs: Iterable[int]) -> float:
    """CPU seconds of this thread for some draws with every observable."""
    measurements = OBSERVABLES.measurements()
    with one_thread():
        start = time.thread_time()
        for run in runs:
            observe(setting, seed, run, measurements)
        return time.thread_time() - start


def _cpu(processes: Iterable[Any]) -> float:
    times = [process.cpu_times() for process in processes]
    return float(sum(one.user + one.system for one in times))

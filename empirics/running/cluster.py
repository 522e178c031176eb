"""Where draws are computed: this process, worker processes of this machine, or a cluster."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from joblib import parallel_config

from theorems.errors import InputError

BACKENDS = ("loky", "dask")

CONNECT_SECONDS = 10


@dataclass(frozen=True)
class Workers:
    """The workers of an experiment; the results do not depend on them.

    Args:
        jobs: worker processes on this machine; 1 works in this process.
        scheduler: address of a Dask scheduler, whose workers are used instead.
    """

    jobs: int
    scheduler: str | None = None

    @property
    def in_process(self) -> bool:
        """Whether no worker is needed."""
        return self.scheduler is None and self.jobs == 1

    @contextmanager
    def engaged(self) -> Iterator[int]:
        """Joblib's parallel configuration; yields the number of workers.

        Raises:
            InputError: where the scheduler cannot be reached, or has no worker.
        """
        if self.scheduler is None:
            with parallel_config(backend="loky", n_jobs=self.jobs), warnings.catch_warnings():
                # Loky renews a worker whose memory a large draw has grown: no news to a user.
                warnings.filterwarnings("ignore", "A worker stopped while some jobs", UserWarning)
                yield self.jobs
            return
        client = connect(self.scheduler)
        try:
            threads = sum(client.nthreads().values())
            if not threads:
                raise InputError("scheduler", self.scheduler, "must have at least one worker")
            with client.as_current(), parallel_config(backend="dask", n_jobs=-1):
                yield threads
        finally:
            client.close()


def connect(address: str) -> Any:
    """A client of the scheduler at an address such as tcp://host:8786.

    Raises:
        InputError: where dask is not installed, or nothing answers there.
    """
    try:
        from distributed import Client
    except ImportError:
        raise InputError(
            "backend", "dask", "needs the extra 'cluster': pip install 'longtail[cluster]'"
        ) from None
    try:
        return Client(address, timeout=CONNECT_SECONDS, set_as_default=False)
    except (OSError, ValueError, TypeError) as error:
        reason = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise InputError(
            "scheduler", address, f"must be the address of a running Dask scheduler ({reason})"
        ) from None

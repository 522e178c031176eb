"""Where draws are computed: this process, worker processes of this machine, or a cluster."""

from __future__ import annotations

import logging
import socket
import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from joblib import parallel_config

from theorems.errors import InputError
from theorems.orphans import initializer

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
            configured = parallel_config(backend="loky", n_jobs=self.jobs, **initializer())
            with configured, warnings.catch_warnings():
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


SCHEMES = ("tcp", "tls", "ws", "wss")
"""Of the addresses that Dask schedulers on a network have."""


def _answers(address: str) -> None:
    """Try whether a scheduler is at an address, before a client tries for a minute.

    A scheduler that is reached by tcp speaks first.

    Raises:
        InputError: where nothing does, or it is no address.
    """
    scheme, separator, rest = address.partition("://")
    if separator and scheme not in SCHEMES:
        raise _refused(address, f"{scheme} is none of {', '.join(SCHEMES)}")
    speaks = scheme == "tcp" or not separator
    try:
        parts = urlsplit(address if separator else f"tcp://{address}")
        host, port = parts.hostname, parts.port
    except ValueError as error:
        raise _refused(address, str(error)) from None
    if not host or port is None:
        raise _refused(address, f"{rest or address} has no host and port")
    outcome: list[OSError | None] = []

    def attempt() -> None:
        try:
            with socket.create_connection((host, port), timeout=CONNECT_SECONDS) as connection:
                if speaks and not connection.recv(1):
                    raise OSError("it closes the connection")
        except OSError as error:
            outcome.append(error)
        else:
            outcome.append(None)

    # Looking up a name has no time limit of its own.
    trial = threading.Thread(target=attempt, daemon=True)
    trial.start()
    trial.join(CONNECT_SECONDS)
    if not outcome:
        raise _refused(address, f"no answer in {CONNECT_SECONDS} s")
    if outcome[0] is not None:
        raise _refused(address, outcome[0].strerror or str(outcome[0]))


def _refused(address: str, reason: str) -> InputError:
    told = " ".join(reason.split())
    return InputError(
        "scheduler", address, f"must be the address of a running Dask scheduler ({told})"
    )


def require(address: str) -> None:
    """See before anything is begun that a scheduler can be reached.

    Raises:
        InputError: where dask is not installed, or nothing answers at the address.
    """
    try:
        import distributed  # noqa: F401  # is it there
    except ImportError:
        raise InputError(
            "backend", "dask", "needs the extra 'cluster': pip install '.[cluster]' in the checkout"
        ) from None
    _answers(address)


def connect(address: str) -> Any:
    """A client of the scheduler at an address such as tcp://host:8786.

    Raises:
        InputError: where dask is not installed, or no scheduler answers there.
    """
    require(address)
    from distributed import Client

    # What listens there may be no scheduler; a client that gives up tells its log as well.
    logger = logging.getLogger("distributed")
    level = logger.level
    logger.setLevel(logging.CRITICAL + 1)
    try:
        return Client(address, timeout=CONNECT_SECONDS, set_as_default=False)
    except (OSError, ValueError, TypeError) as error:
        raise _refused(address, str(error) or type(error).__name__) from None
    finally:
        logger.setLevel(level)

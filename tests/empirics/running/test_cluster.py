"""The same draws from a real Dask scheduler with two worker processes on loopback."""

from __future__ import annotations

import os
import random
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from empirics.running.cluster import Workers, connect
from empirics.running.montecarlo import Sample, replicate
from tests.campaigns import cluster_faults
from tests.campaigns.cluster_faults import Cluster
from theorems.errors import InputError
from theorems.setting import Setting

distributed = pytest.importorskip("distributed", reason="needs the extra 'cluster'")

SETTINGS = [Setting(n=300, d=3000, alpha=1.5), Setting(n=300, d=3000, alpha=2.0)]


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    with cluster_faults.cluster(tmp_path_factory.mktemp("cluster") / "running") as running:
        yield running


def _same(one: list[Sample], other: list[Sample]) -> bool:
    return all(
        a.values.keys() == b.values.keys()
        and all(a.values[name].tobytes() == b.values[name].tobytes() for name in a.values)
        for a, b in zip(one, other, strict=True)
    )


def test_a_cluster_gives_the_same_bytes_and_outlives_a_worker(cluster: Cluster) -> None:
    local = replicate(SETTINGS, 40, 7, workers=Workers(1), store=None)
    assert _same(local, replicate(SETTINGS, 40, 7, workers=Workers(1, cluster.address), store=None))

    done = 0
    killed: list[subprocess.Popen[bytes]] = []

    def kill_one_halfway(draws: int) -> None:
        nonlocal done
        done += draws
        if done >= 20 and len(cluster.workers) == 2:
            killed.append(cluster.workers.pop(0))
            killed[0].kill()

    assert _same(
        local,
        replicate(
            SETTINGS,
            40,
            7,
            workers=Workers(1, cluster.address),
            store=None,
            advance=kill_one_halfway,
        ),
    )
    assert [one.wait(10) for one in killed] == [-signal.SIGKILL]
    cluster.add_worker()
    # Finished draws are counted once each: nothing that was done is lost or done twice.
    assert done == 80
    assert np.isfinite(local[0].values["in_distribution_bias"]).all()


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="needs /proc")
def test_a_killed_worker_costs_no_result(cluster: Cluster, tmp_path: Path) -> None:
    found = cluster_faults.worker_kills(1, random.Random(3), tmp_path, cluster)
    assert (found.tried, found.wrong) == (1, []), found.line()


def test_a_scheduler_that_does_not_answer_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("empirics.running.cluster.CONNECT_SECONDS", 1)
    address = "tcp://127.0.0.1:9"
    with pytest.raises(InputError, match=r"scheduler = tcp://127\.0\.0\.1:9: must be the address"):
        replicate(SETTINGS, 2, 0, workers=Workers(1, address), store=None)


@pytest.mark.parametrize(
    ("address", "reason"),
    [
        ("nonsense", "nonsense has no host and port"),
        ("nonsense://x", "nonsense is none of tcp, tls, ws, wss"),
        ("tcp://127.0.0.1:99999999", "Port out of range"),
        ("tcp://[::1", "Invalid IPv6 URL"),
        ("tcp://:8786", "has no host and port"),
    ],
)
def test_an_address_that_is_none_is_refused_at_once(address: str, reason: str) -> None:
    started = time.monotonic()
    with pytest.raises(InputError, match=r"scheduler = .*: must be the address") as caught:
        connect(address)
    assert reason in str(caught.value)
    assert "\n" not in str(caught.value)
    assert time.monotonic() - started < 5


def test_what_listens_but_is_no_scheduler_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("empirics.running.cluster.CONNECT_SECONDS", 1)
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        with pytest.raises(InputError, match="must be the address of a running Dask scheduler"):
            connect(f"tcp://127.0.0.1:{silent.getsockname()[1]}")


WRONG = ("--runs", "2", "--backend", "dask", "--scheduler", "nonsense")


def test_a_command_with_a_wrong_scheduler_says_so_in_one_line(tmp_path: Path) -> None:
    run = subprocess.run(
        [sys.executable, "-m", "reports.cli", "simulate", *WRONG],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "LONGTAIL_CACHE": str(tmp_path)},
    )
    assert run.returncode == 2
    assert "Traceback" not in run.stderr
    assert run.stderr.splitlines()[-1].startswith("longtail: --scheduler = nonsense: must be")

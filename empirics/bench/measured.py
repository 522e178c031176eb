"""Measure the solver against what one would otherwise call.

Every method solves the same draws, after a warm-up, and medians over the draws are compared.
Ours is timed twice: with every output but leave-one-out, which the ratios refer to, and for the
coefficients alone, which is all that the others give.
"""

import json
import platform
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import scipy
from threadpoolctl import threadpool_limits

from empirics.bench.growth import Growth, grow
from empirics.bench.methods import (
    OURS,
    everything,
    methods,
    on_all_features,
    relative_error,
)
from empirics.bench.overhead import Overhead, overhead
from empirics.bench.rates import Rate, rates
from empirics.bench.scale import Scale, Size, scales
from empirics.bench.statements import StatementTimes, statement_times
from empirics.draws.design import draw
from theorems.cores import usable_cores
from theorems.law import PowerLaw
from theorems.setting import Setting

_CLUSTER = 2
"""Workers of the cluster."""


@dataclass(frozen=True)
class Timing:
    """One method on one setting.

    Attributes:
        method: what was called.
        seconds: median over the draws.
        fastest: the least.
        slowest: the most.
        error: largest relative difference from the dense solution, null without one.
        ratio: its median over the median of ours with every output but leave-one-out.

    """

    method: str
    seconds: float
    fastest: float
    slowest: float
    error: float | None
    ratio: float


@dataclass(frozen=True)
class Comparison:
    """All methods on draws of one setting."""

    n: int
    d: int
    s: float
    alpha: float
    labels: int
    draws: int
    timings: tuple[Timing, ...]


@dataclass(frozen=True)
class SolverBenchmark:
    """What one run measured, and on what."""

    machine: str
    cpus: int
    threads: int
    python: str
    numpy: str
    scipy: str
    seed: int
    comparisons: tuple[Comparison, ...]
    growth: tuple[Growth, ...]
    rates: tuple[Rate, ...]
    large: tuple[Scale, ...]
    statements: tuple[StatementTimes, ...]
    cluster: Overhead | None

    def to_dict(self) -> dict[str, Any]:
        """As a document of numbers, strings, lists and null."""
        document: dict[str, Any] = json.loads(json.dumps(asdict(self)))
        return document


def solver_benchmark(
    *,
    n: int = 1000,
    d: int = 10_000,
    s: float = 5.0,
    alphas: Sequence[float] = (1.0, 1.25, 1.5, 2.0, 2.5, 3.0),
    labels: int = 1,
    draws: int = 5,
    dense: bool = True,
    growth: Sequence[tuple[float, int]] = ((1.5, 10**5), (2.0, 10**5)),
    sizes: Sequence[int] = (10**3, 10**4, 10**5, 10**6),
    rate_alphas: Sequence[float] = (),
    rate_sizes: Callable[[float], Sequence[int]] = lambda _: (10**3,),
    rate_draws: int = 30,
    large: Sequence[Size] = (),
    statements: Sequence[int] = (),
    cluster_draws: int = 0,
    threads: int | None = None,
    seed: int = 0,
    advance: Callable[[int], None] = lambda _: None,
) -> SolverBenchmark:
    """Measure the solver.

    Args:
        n: samples of the comparisons.
        d: features of the comparisons.
        s: expected number of features in a sample.
        alphas: power-law exponents of the comparisons.
        labels: label vectors solved for at once.
        draws: timed draws of each setting, after one that is not timed.
        dense: whether `numpy.linalg.lstsq` is run on the dense design.
        growth: exponents at which cost is followed against n, with d = 10 n, each with the
            largest n at which `lsmr` is run there.
        sizes: values of n there, ascending.
        rate_alphas: exponents at which whole draws are timed, with every observable.
        rate_sizes: of such an exponent: values of n there.
        rate_draws: timed draws of each.
        large: single designs to draw and solve, each in a process of its own.
        statements: values of d, d = 10 n, at which every statement is timed.
        cluster_draws: draws sent to a Dask cluster of two workers on this machine, to see what that
            adds; none without dask.
        threads: threads of the linear algebra libraries, all cores if None; draws take one.
        seed: of all draws.
        advance: called with 1 after each alpha compared, each size and after the cluster.

    Returns:
        Medians, ratios, peak memory and exponents.

    Raises:
        ValueError: draws, labels or threads is not positive.

    """
    used = usable_cores() if threads is None else threads
    for name, value in (("draws", draws), ("labels", labels), ("threads", used)):
        if value < 1:
            raise ValueError(f"{name} is {value}; allowed is an integer >= 1")
    streams = np.random.SeedSequence(seed).spawn(len(alphas))
    with threadpool_limits(used):
        comparisons = []
        for alpha, stream in zip(alphas, streams, strict=True):
            rng = np.random.default_rng(stream)
            comparisons.append(_compare(n, d, s, alpha, labels, draws, dense, rng))
            advance(1)
    timed = rates(rate_alphas, rate_sizes, rate_draws, seed, advance)
    cluster = None
    if cluster_draws:
        cluster = overhead(Setting(n=n, d=d, s=s, alpha=2.0), _CLUSTER, cluster_draws, seed)
        advance(1)
    told = []
    for features in statements:
        told.append(statement_times(features // 10, features))
        advance(1)
    return SolverBenchmark(
        machine=platform.machine(),
        cpus=usable_cores(),
        threads=used,
        python=platform.python_version(),
        numpy=np.__version__,
        scipy=scipy.__version__,
        seed=seed,
        comparisons=tuple(comparisons),
        growth=tuple(
            grow(alpha, sizes, s, draws, lsmr_up_to, used, seed, advance)
            for alpha, lsmr_up_to in growth
        ),
        rates=timed,
        large=scales(large, s, seed, advance),
        statements=tuple(told),
        cluster=cluster,
    )


def _compare(
    n: int,
    d: int,
    s: float,
    alpha: float,
    labels: int,
    draws: int,
    dense: bool,
    rng: np.random.Generator,
) -> Comparison:
    p = PowerLaw(d=d, s=s, alpha=alpha).p
    seconds: dict[str, list[float]] = {}
    errors: dict[str, list[float]] = {}
    for turn in range(draws + 1):
        X, Y = draw(p, n, rng), rng.standard_normal((n, labels))
        ours = on_all_features(X, everything(X, Y))
        reference = np.linalg.lstsq(X.toarray(), Y, rcond=None)[0] if dense else ours
        for method, run in methods(X, Y, reference, dense=dense).items():
            start = time.perf_counter()
            result = run()
            elapsed = time.perf_counter() - start
            if turn:
                found = result if isinstance(result, np.ndarray) else on_all_features(X, result)
                seconds.setdefault(method, []).append(elapsed)
                errors.setdefault(method, []).append(relative_error(found, reference))
    own = float(np.median(seconds[OURS]))
    timings = tuple(
        Timing(
            method=method,
            seconds=float(np.median(times)),
            fastest=min(times),
            slowest=max(times),
            error=max(errors[method]) if dense else None,
            ratio=float(np.median(times)) / own,
        )
        for method, times in seconds.items()
    )
    return Comparison(n, d, s, alpha, labels, draws, timings)

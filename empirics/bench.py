"""Measure the solver against what one would otherwise call.

Every method solves the same draws, after a warm-up, and medians over the draws are compared.
Ours is timed twice: for the coefficients alone, which is what the others give, and with the
identifiable set and the variances. Peak memory is that of a fresh process.
"""

import importlib
import json
import os
import platform
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import scipy
from scipy import sparse
from scipy.sparse.linalg import lsmr
from threadpoolctl import threadpool_limits

from empirics.arrays import Floats
from empirics.design import draw
from empirics.solver import MinimumNorm, minimum_norm

# The accuracy at which iterative methods are compared, relative to the largest coefficient.
_ACCURACY = 1e-10


@dataclass(frozen=True)
class Timing:
    """One method on one setting.

    Attributes:
        method: what was called.
        seconds: median over the draws.
        fastest: the least.
        slowest: the most.
        error: largest relative difference from the dense solution, null without one.
        ratio: its median over the median of our coefficients.

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
class Point:
    """Cost at one size, in a process of its own.

    Attributes:
        n: number of samples.
        d: number of features.
        entries: non-zeros of the design.
        seconds: for coefficients, identifiable set and variances, median.
        lsmr_seconds: for the coefficients at accuracy 1e-10, or null.
        drawn_mebibytes: peak memory once the design was drawn.
        peak_mebibytes: peak memory at the end of ours.

    """

    n: int
    d: int
    entries: int
    seconds: float
    lsmr_seconds: float | None
    drawn_mebibytes: float
    peak_mebibytes: float


@dataclass(frozen=True)
class Growth:
    """Cost against n at d = 10 n.

    Attributes:
        alpha: exponent of the power law.
        points: one for each size.
        exponent: slope of log seconds on log n, least squares, or null for fewer than two sizes.
        standard_error: of the slope, or null for fewer than three sizes.
        last_exponent: slope between the two largest sizes, where fixed costs no longer show.

    """

    alpha: float
    points: tuple[Point, ...]
    exponent: float | None
    standard_error: float | None
    last_exponent: float | None


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
    labels: int = 2,
    draws: int = 5,
    dense: bool = True,
    growth_alphas: Sequence[float] = (1.5, 2.0),
    growth_sizes: Sequence[int] = (10**3, 10**4, 10**5, 10**6),
    lsmr_up_to: int = 10**5,
    threads: int = 1,
    seed: int = 0,
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
        growth_alphas: exponents at which cost is followed against n, with d = 10 n.
        growth_sizes: values of n there.
        lsmr_up_to: largest n at which `lsmr` is run there.
        threads: threads of the linear algebra libraries.
        seed: of all draws.

    Returns:
        Medians, ratios, peak memory and exponents.

    Raises:
        ValueError: draws, labels or threads is not positive.

    """
    for name, value in (("draws", draws), ("labels", labels), ("threads", threads)):
        if value < 1:
            raise ValueError(f"{name} is {value}; allowed is an integer >= 1")
    streams = np.random.SeedSequence(seed).spawn(len(alphas))
    with threadpool_limits(threads):
        comparisons = tuple(
            _compare(n, d, s, alpha, labels, draws, dense, np.random.default_rng(stream))
            for alpha, stream in zip(alphas, streams, strict=True)
        )
    return SolverBenchmark(
        machine=platform.machine(),
        cpus=os.cpu_count() or 1,
        threads=threads,
        python=platform.python_version(),
        numpy=np.__version__,
        scipy=scipy.__version__,
        seed=seed,
        comparisons=comparisons,
        growth=tuple(
            _grow(alpha, growth_sizes, s, draws, lsmr_up_to, threads, seed)
            for alpha in growth_alphas
        ),
    )


def _power_law(d: int, s: float, alpha: float) -> Floats:
    weight = np.arange(1, d + 1.0) ** -alpha
    p: Floats = np.minimum(1.0, s * weight / weight.sum())
    return p


def _everything(X: sparse.csc_array, Y: Floats) -> MinimumNorm:
    solution = minimum_norm(X, Y)
    _ = solution.identifiable, solution.variance_diagonal
    return solution


def _coefficients(X: sparse.csc_array, solution: MinimumNorm) -> Floats:
    out = np.zeros((X.shape[1], solution.coefficients.shape[1]))
    out[solution.features] = solution.coefficients
    return out


def _lsmr(X: sparse.csc_array, Y: Floats, tolerance: float) -> Floats:
    limit = 20 * min(X.shape)
    solved = [lsmr(X, y, atol=tolerance, btol=tolerance, conlim=0, maxiter=limit)[0] for y in Y.T]
    return np.column_stack(solved)


def _lsmr_tolerance(X: sparse.csc_array, Y: Floats, reference: Floats) -> float:
    """Find the loosest power of ten at which lsmr is accurate enough on this design."""
    for power in range(6, 16):
        if _error(_lsmr(X, Y, 10.0**-power), reference) <= _ACCURACY:
            return float(10.0**-power)
    return 1e-15


def _error(found: Floats, reference: Floats) -> float:
    return float(np.abs(found - reference).max() / np.abs(reference).max())


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
    p = _power_law(d, s, alpha)
    seconds: dict[str, list[float]] = {}
    errors: dict[str, list[float]] = {}
    for turn in range(draws + 1):
        X, Y = draw(p, n, rng), rng.standard_normal((n, labels))
        ours = _coefficients(X, _everything(X, Y))
        reference = np.linalg.lstsq(X.toarray(), Y, rcond=None)[0] if dense else ours
        for method, run in _methods(X, Y, reference, dense).items():
            start = time.perf_counter()
            result = run()
            elapsed = time.perf_counter() - start
            if turn:
                found = result if isinstance(result, np.ndarray) else _coefficients(X, result)
                seconds.setdefault(method, []).append(elapsed)
                errors.setdefault(method, []).append(_error(found, reference))
    own = float(np.median(seconds["coefficients"]))
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


def _methods(
    X: sparse.csc_array, Y: Floats, reference: Floats, dense: bool
) -> dict[str, Callable[[], Any]]:
    tolerance = _lsmr_tolerance(X, Y, reference)
    methods: dict[str, Callable[[], Any]] = {
        "coefficients": lambda: minimum_norm(X, Y),
        "coefficients, identifiable set, variances": lambda: _everything(X, Y),
        "scipy lsmr": lambda: _lsmr(X, Y, tolerance),
    }
    if dense:
        array = X.toarray()
        methods["numpy lstsq"] = lambda: np.linalg.lstsq(array, Y, rcond=None)[0]
    try:
        spqr: Any = importlib.import_module("sparseqr")
    except ImportError:
        return methods
    # A basic solution: it fits as well but is not the one of minimum norm.
    coordinates = X.tocoo()
    methods["SuiteSparseQR"] = lambda: np.asarray(spqr.solve(coordinates, Y))
    return methods


def _grow(
    alpha: float,
    sizes: Sequence[int],
    s: float,
    draws: int,
    lsmr_up_to: int,
    threads: int,
    seed: int,
) -> Growth:
    points = []
    for n in sizes:
        arguments = (float(alpha), int(n), float(s), draws, bool(n <= lsmr_up_to), threads, seed)
        program = f"from empirics import bench; bench._measure{arguments!r}"
        child = subprocess.run(
            [sys.executable, "-c", program],
            check=True,
            capture_output=True,
            text=True,
        )
        points.append(Point(**json.loads(child.stdout)))
    exponent = error = last = None
    if len(points) > 1:
        x = np.log([point.n for point in points])
        y = np.log([point.seconds for point in points])
        slope, offset = np.polyfit(x, y, 1)
        exponent, last = float(slope), float((y[-1] - y[-2]) / (x[-1] - x[-2]))
        if len(points) > 2:
            spread = np.sum((y - slope * x - offset) ** 2) / (len(points) - 2)
            error = float(np.sqrt(spread / np.sum((x - x.mean()) ** 2)))
    return Growth(alpha, tuple(points), exponent, error, last)


def _measure(
    alpha: float, n: int, s: float, draws: int, with_lsmr: bool, threads: int, seed: int
) -> None:
    """Measure one size in this process and write a `Point` to standard output."""
    with threadpool_limits(threads):
        rng = np.random.default_rng(np.random.SeedSequence([seed, n]))
        small = _power_law(5000, s, alpha)
        _everything(draw(small, 500, rng), np.zeros((500, 1)))
        p = _power_law(10 * n, s, alpha)
        X, Y = draw(p, n, rng), rng.standard_normal((n, 1))
        drawn = _peak_mebibytes()
        times = []
        for _ in range(draws):
            start = time.perf_counter()
            solution = _everything(X, Y)
            times.append(time.perf_counter() - start)
        peak = _peak_mebibytes()
        slow = None
        if with_lsmr:
            tolerance = _lsmr_tolerance(X, Y, _coefficients(X, solution))
            start = time.perf_counter()
            _lsmr(X, Y, tolerance)
            slow = time.perf_counter() - start
    point = Point(n, 10 * n, int(X.nnz), float(np.median(times)), slow, drawn, peak)
    json.dump(asdict(point), sys.stdout)


def _peak_mebibytes() -> float:
    # getrusage counts what the process was before it became this program, its parent's memory.
    status = Path("/proc/self/status")
    if status.exists():
        fields = dict(line.split(":", 1) for line in status.read_text().splitlines())
        if "VmHWM" in fields:
            return int(fields["VmHWM"].split()[0]) / 1024
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    # In kibibytes, but in bytes on macOS.
    return peak / 2**20 if sys.platform == "darwin" else peak / 2**10

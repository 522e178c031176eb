"""How the cost of drawing and solving grows with n, each size in a process of its own.

A fresh process shows the peak memory of one size alone.
"""

import json
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass

import numpy as np
from threadpoolctl import threadpool_limits

from empirics.bench.methods import (
    ACCURACY,
    FIRST_POWER,
    LAST_POWER,
    everything,
    lsmr_solution,
    on_all_features,
    relative_error,
)
from empirics.bench.process import in_a_process, peak_mebibytes
from empirics.draws.design import draw
from theorems.law import PowerLaw


@dataclass(frozen=True)
class Point:
    """Cost at one size, in a process of its own.

    Attributes:
        n: number of samples.
        d: number of features.
        entries: non-zeros of the design.
        draw_seconds: to draw the design, median.
        seconds: for coefficients, identifiable set, projection and variances, median.
        lsmr_seconds: for the coefficients alone at accuracy 1e-10, or null.
        lsmr_power: the tolerance 10^-power that took, or null.
        drawn_mebibytes: peak memory once the design was drawn.
        peak_mebibytes: peak memory at the end of ours.

    """

    n: int
    d: int
    entries: int
    draw_seconds: float
    seconds: float
    lsmr_seconds: float | None
    lsmr_power: int | None
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


def grow(
    alpha: float,
    sizes: Sequence[int],
    s: float,
    draws: int,
    lsmr_up_to: int,
    threads: int,
    seed: int,
    advance: Callable[[int], None] = lambda _: None,
) -> Growth:
    """Measure the cost at each size.

    Args:
        alpha: exponent of the power law.
        sizes: values of n, ascending; d = 10 n.
        s: expected number of features in a sample.
        draws: repetitions, each a draw and a solution.
        lsmr_up_to: largest n at which `lsmr` is run.
        threads: threads of the linear algebra libraries.
        seed: of all draws.
        advance: called with 1 after each size.

    Raises:
        subprocess.CalledProcessError: a measuring process failed.

    """
    points: list[Point] = []
    power = FIRST_POWER
    for n in sizes:
        with_lsmr = bool(n <= lsmr_up_to)
        arguments = (float(alpha), int(n), float(s), draws, with_lsmr, power, threads, seed)
        points.append(Point(**in_a_process("empirics.bench.growth", arguments)))
        # A larger design asks for no looser tolerance, so the search goes on from here.
        power = points[-1].lsmr_power or power
        advance(1)
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


def main(
    alpha: float,
    n: int,
    s: float,
    draws: int,
    with_lsmr: bool,
    power: int,
    threads: int,
    seed: int,
) -> None:
    """Measure one size in this process and write a `Point` to standard output."""
    with threadpool_limits(threads):
        rng = np.random.default_rng(np.random.SeedSequence([seed, n]))
        # Compiled code is loaded before anything is timed.
        everything(draw(PowerLaw(d=5000, s=s, alpha=alpha).p, 500, rng), np.zeros((500, 1)))
        p = PowerLaw(d=10 * n, s=s, alpha=alpha).p
        drawing, solving = [], []
        drawn = 0.0
        for _ in range(draws):
            start = time.perf_counter()
            X = draw(p, n, rng)
            drawing.append(time.perf_counter() - start)
            drawn = drawn or peak_mebibytes()
            Y = rng.standard_normal((n, 1))
            start = time.perf_counter()
            solution = everything(X, Y)
            solving.append(time.perf_counter() - start)
        peak = peak_mebibytes()
        slow = None
        if with_lsmr:
            reference = on_all_features(X, solution)
            while True:
                start = time.perf_counter()
                found = lsmr_solution(X, Y, power)
                slow = time.perf_counter() - start
                if relative_error(found, reference) <= ACCURACY or power == LAST_POWER:
                    break
                power += 1
    point = Point(
        n=n,
        d=10 * n,
        entries=int(X.nnz),
        draw_seconds=float(np.median(drawing)),
        seconds=float(np.median(solving)),
        lsmr_seconds=slow,
        lsmr_power=power if with_lsmr else None,
        drawn_mebibytes=drawn,
        peak_mebibytes=peak,
    )
    json.dump(asdict(point), sys.stdout)

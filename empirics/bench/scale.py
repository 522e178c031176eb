"""What one large design costs, from its probabilities to its solution, in a process of its own.

Seconds are those of the CPU, and of one thread: on a machine that does other things as well they
say what it takes, and further idle cores, which share the dense parts, only make it sooner.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass

import numpy as np
from scipy.linalg import lapack

from empirics.bench.methods import everything
from empirics.bench.process import in_a_process, peak_mebibytes
from empirics.draws.design import draw
from empirics.solver import products
from empirics.solver.minimum_norm import minimum_norm
from empirics.solver.seen_columns import seen_columns
from empirics.solver.threads import one_thread
from theorems.law import PowerLaw
from theorems.patience import TooLongError

_SAMPLE = 2000
"""Size of the matrix whose factorization tells how fast LAPACK is here."""

_REPEATED, _LARGE = 5, 10**6
"""Times that a design is measured, where it is below this n."""


@dataclass(frozen=True)
class Size:
    """What to measure.

    Attributes:
        alpha: exponent of the power law.
        n: number of samples; d = 10 n.
        outputs: whether identifiable set, projection and variances are wanted as well.

    """

    alpha: float
    n: int
    outputs: bool


@dataclass(frozen=True)
class Scale:
    """Cost of one design, the median of some. Seconds are of the CPU, one thread.

    Attributes:
        alpha: exponent of the power law.
        n: number of samples.
        d: number of features.
        entries: non-zeros of the design.
        dense: features whose Gram matrix is factored densely, 0 where it was refused.
        null: dimension of the largest connected part of the null space, likewise.
        outputs: whether identifiable set, projection and variances were wanted.
        refused: why it was not solved, with the estimate, or "".
        draw_seconds: probabilities and design.
        coefficients_seconds: the solution, or until it was refused.
        outputs_seconds: identifiable set, projection and variances; 0 where not wanted.
        pass_seconds: one compiled pass over the non-zeros.
        flops: a second, of LAPACK's Cholesky factorization.
        wall_seconds: of drawing and solving by the clock, on a machine as busy as it was.
        peak_mebibytes: peak memory of the process.

    """

    alpha: float
    n: int
    d: int
    entries: int
    dense: int
    null: int
    outputs: bool
    refused: str
    draw_seconds: float
    coefficients_seconds: float
    outputs_seconds: float
    pass_seconds: float
    flops: float
    wall_seconds: float
    peak_mebibytes: float


def scales(
    sizes: Sequence[Size],
    s: float,
    seed: int,
    advance: Callable[[int], None] = lambda _: None,
) -> tuple[Scale, ...]:
    """Measure each size.

    Args:
        sizes: what to measure, in this order.
        s: expected number of features in a sample.
        seed: of the draws.
        advance: called with 1 after each size.

    Raises:
        subprocess.CalledProcessError: a measuring process failed.

    """
    found = []
    for size in sizes:
        arguments = (float(size.alpha), int(size.n), bool(size.outputs), float(s), seed)
        found.append(Scale(**in_a_process("empirics.bench.scale", arguments)))
        advance(1)
    return tuple(found)


def main(alpha: float, n: int, outputs: bool, s: float, seed: int) -> None:
    """Measure one size in this process and write a `Scale` to standard output."""
    with one_thread():
        json.dump(asdict(_measured(Size(alpha, n, outputs), s, seed)), sys.stdout)


def _measured(size: Size, s: float, seed: int) -> Scale:
    rng = np.random.default_rng(np.random.SeedSequence([seed, size.n]))
    # Compiled code is loaded before anything is timed: that for small designs and for large ones.
    for samples in (100, 3000):
        small = draw(PowerLaw(d=10 * samples, s=s, alpha=size.alpha).p, samples, rng)
        everything(small, np.zeros((samples, 1)))
    flops = _flops(min(_SAMPLE, size.n))
    # A long-tail design that takes milliseconds is measured a few times, for the median.
    times = max(1, min(_REPEATED, _LARGE // size.n)) if size.alpha > 1 else 1
    found = sorted((_once(size, s, rng, flops) for _ in range(times)), key=_seconds)
    return found[times // 2]


def _seconds(one: Scale) -> float:
    return one.draw_seconds + one.coefficients_seconds + one.outputs_seconds


def _once(size: Size, s: float, rng: np.random.Generator, flops: float) -> Scale:
    n, d = size.n, 10 * size.n
    wall, start = time.perf_counter(), time.process_time()
    X = draw(PowerLaw(d=d, s=s, alpha=size.alpha).p, n, rng)
    drawn = time.process_time()
    Y = rng.standard_normal((n, 1))
    refused, dense, null = "", 0, 0
    solved = ended = drawn
    try:
        solution = minimum_norm(X, Y, variances=size.outputs)
        solved = ended = time.process_time()
        dense, null = solution.dense_size, solution.null_size
        if size.outputs:
            _ = solution.identifiable, solution.projection_diagonal, solution.variance_diagonal
            ended = time.process_time()
    except (MemoryError, TooLongError) as error:
        refused = str(error) or type(error).__name__
        ended = time.process_time()
        solved = ended if solved == drawn else solved
    wall = time.perf_counter() - wall
    peak = peak_mebibytes()
    return Scale(
        alpha=size.alpha,
        n=n,
        d=d,
        entries=int(X.nnz),
        dense=dense,
        null=null,
        outputs=size.outputs,
        refused=refused,
        draw_seconds=drawn - start,
        coefficients_seconds=solved - drawn,
        outputs_seconds=ended - solved,
        pass_seconds=_pass_seconds(X, Y),
        flops=flops,
        wall_seconds=wall,
        peak_mebibytes=peak,
    )


def _flops(size: int) -> float:
    """Floating-point operations in a CPU second of a Cholesky factorization, size^3 / 3 of them."""
    gram = np.eye(size, order="F")
    lapack.dpotrf(gram)
    start = time.process_time()
    times = 0
    # Long enough for the clock of a process, whatever its tick.
    while time.process_time() - start < 0.1:
        lapack.dpotrf(gram)
        times += 1
    return times * size**3 / 3 / (time.process_time() - start)


def _pass_seconds(X: object, Y: np.ndarray[tuple[int, ...], np.dtype[np.float64]]) -> float:
    _, A, _ = seen_columns(X)
    products.times(A.indptr, A.indices, A.data, Y)
    start = time.process_time()
    products.times(A.indptr, A.indices, A.data, Y)
    return time.process_time() - start

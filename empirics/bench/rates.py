"""Draws a second, and how near they and a solution come to what the entries alone would cost.

The model of the limit: whatever is asked of a design, each of its non-zeros is read once, and the
dense core that peeling leaves is factored once, by LAPACK's Cholesky factorization at its size.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
from scipy.linalg import lapack

from empirics.bench.methods import everything
from empirics.draws.training_set import training_set
from empirics.observables.observe import observe
from empirics.observables.registry import OBSERVABLES
from empirics.solver import products
from empirics.solver.minimum_norm import minimum_norm
from empirics.solver.threads import one_thread
from theorems.setting import Setting

_FEW = 10
"""Samples of a design that is all but empty."""

_REPEATED = 20
"""Times that what takes microseconds is repeated, to be longer than a clock's tick."""


@dataclass(frozen=True)
class Rate:
    """CPU seconds at one setting, one thread, medians over draws.

    Attributes:
        alpha: exponent of the power law.
        n: number of samples.
        d: number of features.
        entries: non-zeros of a design, median.
        core: features whose Gram matrix is factored densely, median.
        pass_seconds: one compiled pass over the non-zeros, X'y.
        core_seconds: a Cholesky factorization of the core's size.
        coefficients_seconds: a minimum-norm solution, coefficients alone.
        outputs_seconds: the same with identifiable set, projection and variances.
        draw_seconds: a whole draw with every observable of later draws.
        call_seconds: a minimum-norm solution, coefficients alone, of a design of ten samples and a
            hundred features: what calls cost where there is next to nothing to compute.
        draw_call_seconds: likewise a whole draw.

    """

    alpha: float
    n: int
    d: int
    entries: int
    core: int
    pass_seconds: float
    core_seconds: float
    coefficients_seconds: float
    outputs_seconds: float
    draw_seconds: float
    call_seconds: float
    draw_call_seconds: float


def rates(
    alphas: Sequence[float],
    sizes: Callable[[float], Sequence[int]],
    draws: int,
    seed: int,
    advance: Callable[[int], None] = lambda _: None,
) -> tuple[Rate, ...]:
    """Measure every alpha at its sizes, d = 10 n.

    Args:
        alphas: power-law exponents.
        sizes: of an exponent: values of n.
        draws: timed draws of each, after three that are not.
        seed: of all draws.
        advance: called with 1 after each size.

    """
    found = []
    with one_thread():
        for alpha in alphas:
            for n in sizes(alpha):
                found.append(_rate(Setting(alpha=alpha, n=n, d=10 * n), draws, seed))
                advance(1)
    return tuple(found)


def _rate(setting: Setting, draws: int, seed: int) -> Rate:
    measurements = OBSERVABLES.measurements()
    # What is measured on the first draws alone is no part of a campaign's cost.
    later = max((m.group.first or 0) for m in measurements)
    alpha = float(setting.law.parameters["alpha"])
    empty = Setting(alpha=alpha, n=_FEW, d=10 * _FEW)
    rows = []
    for turn in range(draws + 3):
        run = later + turn
        drawn = _seconds(partial(observe, setting, seed, run, measurements))
        draw = training_set(setting, seed, run)
        X, y = draw.X, draw.noise
        solution = minimum_norm(X, y)
        size = solution.dense_size
        few = training_set(empty, seed, run)
        few_X, few_y = few.X, few.noise
        gram = np.eye(max(1, size), order="F")
        parts = (draw.columns.indptr, draw.columns.indices, draw.columns.data, y[:, None])
        row = (
            float(X.nnz),
            float(size),
            _seconds(partial(products.times, *parts), _REPEATED),
            _seconds(partial(lapack.dpotrf, gram), _REPEATED) if size else 0.0,
            _seconds(partial(minimum_norm, X, y)),
            _seconds(partial(everything, X, y)),
            drawn,
            _seconds(partial(minimum_norm, few_X, few_y)),
            _seconds(partial(observe, empty, seed, run, measurements)),
        )
        if turn >= 3:
            rows.append(row)
    entries, core, *seconds = np.median(rows, axis=0).tolist()
    return Rate(alpha, setting.n, setting.d, round(entries), round(core), *seconds)


def _seconds(run: Callable[[], object], times: int = 1) -> float:
    start = time.process_time()
    for _ in range(times):
        run()
    return (time.process_time() - start) / times

"""What speed was aimed at, whether it is met, and what the time that is left is made of.

Every sentence about a limit is made from numbers of the same run.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from itertools import pairwise

from reports.benchmark_records import (
    Benchmark,
    ClusterOverhead,
    DrawRate,
    GrowthCurve,
    LargeDesign,
    StatementsAt,
    Target,
)
from reports.evidence import plain

FIGURE_1_SECONDS = 10.0
"""For the default Figure 1 sweep from a cold cache on two cores."""

LARGE = 10**6
"""n of the large designs of every full run, with d = 10 n."""

OVER_LIMIT, OVER_COEFFICIENTS = 5.0, 2.0
"""For coefficients over their limit, and for all outputs over the coefficients."""

DRAWS_A_SECOND = {1.0: 3 / 42e-3, 1.5: 10 / 10.7e-3, 2.0: 10 / 9.3e-3, 3.0: 10 / 6.5e-3}
"""By alpha at n = 1000: three times, from alpha = 1.5 on ten times, as many as of draws that take
42, 10.7, 9.3 and 6.5 ms of CPU."""

DENSE_NULL_SECONDS, ANSWER_SECONDS = 90.0, 20.0
"""At alpha = 1: for all outputs, and for coefficients or a refusal."""

FLAT_OUTPUTS, FLAT_COEFFICIENTS = 10**5, 10**6
"""n of these, with d = 10 n."""

_FLAT = {
    (FLAT_OUTPUTS, True): ("all outputs", DENSE_NULL_SECONDS),
    (FLAT_COEFFICIENTS, False): ("coefficients, or a refusal", ANSWER_SECONDS),
    (FLAT_COEFFICIENTS, True): ("all outputs, or a refusal", ANSWER_SECONDS),
}
"""What is aimed at there, by n and whether all outputs are wanted."""

HUGE, HUGE_SECONDS, HUGE_GIBIBYTES, SLOPE = 10**7, 20.0, 12.0, 1.05
"""At n = 10^7: to draw and to solve, in how much memory; and the power of n from 10^5 on."""

EVOLUTION_SECONDS, STATEMENT_SECONDS = 0.03, 0.1
"""For `variance-evolution` at d = 10^4, and for every statement at d = 10^6."""

NAMED = 8
"""Statements above their aim that a line names, the slowest ones."""

OVERHEAD = 0.1
"""For the share that a cluster adds to a draw."""


def aim(
    text: str, value: float, target: float, unit: str, limit: str = "", *, at_least: bool = False
) -> Target:
    """A target beside what was measured."""
    met = value >= target if at_least else value <= target
    return Target(
        text=text,
        measured=value,
        target=target,
        at_least=at_least,
        unit=unit,
        met=met,
        limit=limit,
    )


def targets(document: Benchmark) -> tuple[Target, ...]:
    """What was aimed at on two cores, beside what was measured; sizes not run are left out.

    Args:
        document: of `reports.benchmark.measured`, without its targets.

    """
    sweep = document.sweep
    return (
        *_of_methods(document),
        *_of_growth(document.growth),
        *(row for rate in document.rates if rate.n == 1000 for row in _of_rate(rate)),
        *_of_large(document.large),
        *(row for at in document.statements for row in _of_statements(at)),
        *([] if document.cluster is None else [_of_cluster(document.cluster)]),
        aim("Figure 1 sweep, cold cache", sweep.seconds, FIGURE_1_SECONDS, "s"),
    )


def goals(document: Benchmark) -> tuple[Target, ...]:
    """The targets about what a limit is known of, told anew from what was measured."""
    return tuple(row for row in targets(document) if row.limit)


def _of_methods(document: Benchmark) -> Iterable[Target]:
    from empirics.bench.methods import DENSE, LSMR

    for one in document.comparisons:
        ratios = {timing.method: timing.ratio for timing in one.timings}
        least = 200.0 if one.alpha >= 1.5 else 40.0 if one.alpha == 1 else None
        here = f"n = {one.n}, α = {one.alpha:g}"
        if least is not None and DENSE in ratios:
            yield aim(f"{DENSE} over ours, {here}", ratios[DENSE], least, "times", at_least=True)
        yield aim(f"{LSMR} over ours, {here}", ratios[LSMR], 1.0, "times", at_least=True)


def _of_growth(curves: Iterable[GrowthCurve]) -> Iterable[Target]:
    limits = {2.0: 5.0, 1.5: 30.0}
    for growth in curves:
        for point in growth.points:
            if point.n == LARGE and growth.alpha in limits:
                here = f"{_size(point.n)}, α = {growth.alpha:g}"
                yield aim(f"solving, {here}", point.seconds, limits[growth.alpha], "s")
                yield aim(f"drawing, {here}", point.draw_seconds, 3.0, "s")
                yield aim(f"peak memory, {here}", point.peak_mebibytes / 1024, 8.0, "GiB")


def _of_rate(rate: DrawRate) -> Iterable[Target]:
    here = f"n = {rate.n}, α = {rate.alpha:g}"
    if rate.alpha in DRAWS_A_SECOND:
        share = _percent(rate.pass_seconds / rate.draw_seconds)
        limit = f"of {_ms(rate.draw_seconds)} one pass over {rate.entries} non-zeros is {share}"
        if rate.draw_call_seconds is not None:
            limit += (
                f", and {_percent(rate.draw_call_seconds / rate.draw_seconds)} is what a draw of "
                "ten samples takes, where next to nothing is computed"
            )
        value = 1 / rate.draw_seconds
        target = DRAWS_A_SECOND[rate.alpha]
        yield aim(f"whole draws, {here}", value, target, "a second", limit, at_least=True)
    if rate.alpha >= 1.5:
        limit = (
            f"of {_ms(rate.coefficients_seconds)} the pass takes {_ms(rate.pass_seconds)} and the "
            f"factorization of {rate.core} dense features {_ms(rate.core_seconds)}"
        )
        if rate.call_seconds is not None:
            limit += (
                f"; {_ms(rate.call_seconds)} are what ten samples take, where next to "
                "nothing is computed"
            )
        over = rate.coefficients_seconds / rate.limit
        yield aim(f"coefficients over their limit, {here}", over, OVER_LIMIT, "times", limit)
        yield aim(
            f"all outputs over coefficients, {here}",
            rate.outputs_seconds / rate.coefficients_seconds,
            OVER_COEFFICIENTS,
            "times",
            f"{_ms(rate.outputs_seconds)} beside {_ms(rate.coefficients_seconds)}: they share the "
            "factorization",
        )


def _of_large(designs: tuple[LargeDesign, ...]) -> Iterable[Target]:
    for one in designs:
        here = f"{_size(one.n)}, α = {one.alpha:g}"
        if one.n >= HUGE:
            yield aim(
                f"drawn and solved, {here}", one.seconds, HUGE_SECONDS, "s of CPU", _huge(one)
            )
            yield aim(
                f"peak memory, {here}",
                one.peak_mebibytes / 1024,
                HUGE_GIBIBYTES,
                "GiB",
                f"{_gib(8 * one.d)} are one table over {one.d} features, {_gib(12 * one.entries)} "
                f"one copy of {one.entries} non-zeros",
            )
        elif one.alpha == 1 and (one.n, one.outputs) in _FLAT:
            what, target = _FLAT[one.n, one.outputs]
            seconds = one.coefficients_seconds + one.outputs_seconds
            yield aim(f"{what}, {here}", seconds, target, "s of CPU", _flat(one))
    for alpha in dict.fromkeys(one.alpha for one in designs if one.n >= HUGE):
        ends = [one for one in designs if one.alpha == alpha and not one.refused]
        first, last = min(ends, key=lambda one: one.n), max(ends, key=lambda one: one.n)
        if first.n < last.n:
            yield aim(
                f"power of n that drawing and solving cost, from n = {_power(first.n)} "
                f"to {_power(last.n)}, α = {alpha:g}",
                _slope(first, last, lambda one: one.seconds),
                SLOPE,
                "",
                _slopes(sorted(ends, key=lambda one: one.n)),
            )


def _huge(one: LargeDesign) -> str:
    if one.refused:
        return f"refused: {one.refused}"
    return (
        f"{plain(one.draw_seconds, 3)} s are probabilities and drawing, "
        f"{plain(one.coefficients_seconds, 3)} s the coefficients, where one pass over "
        f"{one.entries} non-zeros takes {plain(one.pass_seconds, 2)} s; "
        f"{plain(one.outputs_seconds, 2)} s the other outputs"
    )


def _flat(one: LargeDesign) -> str:
    """Of a design without a long tail: its dense parts."""
    if one.refused:
        return f"refused: {one.refused}"
    told = (
        f"{plain(one.coefficients_seconds, 3)} s are the coefficients, where a factorization of "
        f"{one.dense} features that stay tied together takes {plain(one.dense_seconds, 3)} s and "
        f"the inverse for a null space of dimension {one.null} {plain(one.null_seconds, 3)} s at "
        f"the {plain(one.flops / 1e9, 2)} GFlop/s of LAPACK on one core here"
    )
    if one.outputs:
        told += f"; {plain(one.outputs_seconds, 3)} s the other outputs"
    return f"{told}; {plain(one.wall_seconds, 3)} s by the clock, drawing included"


def _slope(first: LargeDesign, last: LargeDesign, cost: Callable[[LargeDesign], float]) -> float:
    return math.log(cost(last) / cost(first)) / math.log(last.n / first.n)


def _slopes(found: list[LargeDesign]) -> str:
    """The power from each size to the next, beside that of one pass over the non-zeros."""
    first, last = found[0], found[-1]
    steps = ", ".join(
        f"{plain(_slope(one, other, lambda at: at.seconds), 3)} from {_power(one.n)}"
        for one, other in pairwise(found)
    )
    by_pass = _slope(first, last, lambda one: one.pass_seconds)
    by_entries = _slope(first, last, lambda one: float(one.entries))
    return (
        f"{steps}; non-zeros grow with power {plain(by_entries, 3)} and a single pass over them "
        f"costs power {plain(by_pass, 3)}"
    )


def _of_statements(at: StatementsAt) -> Iterable[Target]:
    by_id = {one.id: one.seconds for one in at.times}
    if at.d == 10**4 and "variance-evolution" in by_id:
        seconds = by_id["variance-evolution"]
        yield aim(
            f"variance-evolution, d = {_power(at.d)}",
            1e3 * seconds,
            1e3 * EVOLUTION_SECONDS,
            "ms",
            f"{plain(seconds / at.sweep_seconds, 2)} times a table of (1 - p)^n over all features",
        )
    if at.d == 10**6:
        slow = [one for one in at.times if one.seconds > STATEMENT_SECONDS]
        named = ", ".join(f"{one.id} {1e3 * one.seconds:.0f}" for one in slow[:NAMED])
        named += f", {len(slow) - NAMED} more" if len(slow) > NAMED else ""
        yield aim(
            f"slowest of {len(at.times)} statements, d = {_power(at.d)}",
            1e3 * at.times[0].seconds,
            1e3 * STATEMENT_SECONDS,
            "ms",
            f"{len(slow)} are above ({named or 'none'}); the cavity recursion goes through "
            f"{at.recursion_steps} numbers of rows in {1e3 * at.recursion_seconds:.0f} ms and is "
            f"shared at one setting, where all take {1e3 * at.together_seconds:.0f} ms together; a "
            f"table of (1 - p)^n over all features takes {plain(1e3 * at.sweep_seconds, 2)} ms",
        )


def _of_cluster(one: ClusterOverhead) -> Target:
    drawing = one.drawing_seconds / one.draws
    return aim(
        f"added by a Dask cluster of {one.workers} workers to a draw, n = {one.n}, "
        f"α = {one.alpha:g}",
        100 * one.sending_seconds / one.drawing_seconds,
        100 * OVERHEAD,
        "%",
        f"{_ms(one.sending_seconds / one.draws)} beside {_ms(drawing)} of drawing, in blocks of "
        f"{one.block}: {_ms(one.sender_seconds / one.draws)} in the process that sends and "
        f"schedules, {_ms((one.worker_seconds - one.drawing_seconds) / one.draws)} in the workers "
        "besides draws",
    )


def _percent(share: float) -> str:
    return f"{plain(100 * share, 2)} %"


def _ms(seconds: float) -> str:
    return f"{plain(1e3 * seconds, 2)} ms"


def _gib(size: float) -> str:
    return f"{plain(size / 2**30, 2)} GiB"


def _power(n: int) -> str:
    exponent = round(math.log10(n))
    return f"10^{exponent}" if n == 10**exponent and exponent > 3 else str(n)


def _size(n: int) -> str:
    return f"n = {_power(n)}, d = {_power(10 * n)}"

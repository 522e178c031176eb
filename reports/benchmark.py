"""`longtail bench`: the solver against what users would otherwise call."""

from __future__ import annotations

import tempfile
import time
from pathlib import Path

from reports.benchmark_records import Benchmark, SweepTime, Target
from reports.console import number, print_json, print_table, progress, warn
from reports.records import document as as_document

FIGURE_1_SECONDS = 10.0
"""Target for the default Figure 1 sweep from a cold cache on two cores."""

LARGE = 10**6
"""n at which the large targets are measured, with d = 10 n."""

GROWTH = ((1.5, 10**5), (2.0, 10**5))
"""Exponents at which cost is followed against n, with the largest n at which lsmr is waited for: at
n = 10^6 it takes minutes to come to 1e-10."""


RATES = (1.0, 1.5, 2.0, 3.0)
"""Exponents at which whole draws are timed."""

OVER_LIMIT, OVER_COEFFICIENTS = 5.0, 2.0
"""Targets for coefficients over their limit, and for all outputs over the coefficients."""


def measured(*, quick: bool, seed: int = 0) -> Benchmark:
    """Run the benchmark; with `quick`, few draws and no size above n = 10^4."""
    from empirics.bench.measured import solver_benchmark

    sweep = _sweep_seconds(seed)
    alphas = (1.0, 1.5, 2.0) if quick else (1.0, 1.25, 1.5, 2.0, 2.5, 3.0)
    sizes = (1000, 10_000) if quick else (1000, 10_000, 100_000, LARGE)

    def rate_sizes(alpha: float) -> tuple[int, ...]:
        # At alpha = 1 a draw of 10^4 samples takes many seconds.
        return (100, 1000) if quick or alpha == 1 else (100, 1000, 10_000)

    steps = len(alphas) + len(GROWTH) * len(sizes) + sum(len(rate_sizes(a)) for a in RATES)
    with progress("benchmark", steps) as advance:
        solver = solver_benchmark(
            alphas=alphas,
            sizes=sizes,
            growth=GROWTH,
            draws=2 if quick else 5,
            rate_alphas=RATES,
            rate_sizes=rate_sizes,
            rate_draws=10 if quick else 30,
            seed=seed,
            advance=advance,
        ).to_dict()
    document = Benchmark.model_validate({**solver, "sweep": sweep})
    return document.model_copy(update={"targets": targets(document)})


def _sweep_seconds(seed: int) -> SweepTime:
    """Time the draws of the default Figure 1 sweep, workers started and nothing cached."""
    from empirics.bench.measured import usable_cpus
    from empirics.running.cluster import Workers
    from empirics.running.montecarlo import replicate
    from empirics.running.store import Store
    from reports.experiment import PRESETS
    from theorems.setting import Setting

    preset = PRESETS["quick"]
    settings = [
        Setting(alpha=alpha, sigma=sigma) for alpha in preset.alphas for sigma in preset.sigmas
    ]
    workers = Workers(usable_cpus())
    with tempfile.TemporaryDirectory() as folder, Store(Path(folder), warn) as store:
        start = time.perf_counter()
        replicate(settings, preset.runs, seed, workers=workers, store=store)
        seconds = time.perf_counter() - start
    return SweepTime(
        alphas=len(preset.alphas),
        sigmas=len(preset.sigmas),
        runs=preset.runs,
        workers=workers.jobs,
        seconds=seconds,
    )


def targets(document: Benchmark) -> tuple[Target, ...]:
    """What was aimed at on two cores, beside what was measured; sizes not run are left out.

    Args:
        document: of `measured`, without its targets.

    """
    from empirics.bench.methods import DENSE, LSMR

    rows: list[Target] = []

    def aim(text: str, value: float, target: float, unit: str, *, at_least: bool = False) -> None:
        met = value >= target if at_least else value <= target
        rows.append(
            Target(text=text, measured=value, target=target, at_least=at_least, unit=unit, met=met)
        )

    for one in document.comparisons:
        ratios = {timing.method: timing.ratio for timing in one.timings}
        least = 200.0 if one.alpha >= 1.5 else 40.0 if one.alpha == 1 else None
        here = f"n = {one.n}, α = {one.alpha:g}"
        if least is not None and DENSE in ratios:
            aim(f"{DENSE} over ours, {here}", ratios[DENSE], least, "times", at_least=True)
        aim(f"{LSMR} over ours, {here}", ratios[LSMR], 1.0, "times", at_least=True)
    limits = {2.0: 5.0, 1.5: 30.0}
    for growth in document.growth:
        for point in growth.points:
            if point.n == LARGE and growth.alpha in limits:
                here = f"n = 10^6, d = 10^7, α = {growth.alpha:g}"
                aim(f"solving, {here}", point.seconds, limits[growth.alpha], "s")
                aim(f"drawing, {here}", point.draw_seconds, 3.0, "s")
                aim(f"peak memory, {here}", point.peak_mebibytes / 1024, 8.0, "GiB")
    for rate in document.rates:
        if rate.alpha >= 1.5 and rate.n == 1000:
            here = f"n = {rate.n}, α = {rate.alpha:g}"
            over = rate.coefficients_seconds / rate.limit
            aim(f"coefficients over their limit, {here}", over, OVER_LIMIT, "times")
            all_over = rate.outputs_seconds / rate.coefficients_seconds
            aim(f"all outputs over coefficients, {here}", all_over, OVER_COEFFICIENTS, "times")
    sweep = document.sweep
    aim("Figure 1 sweep, cold cache", sweep.seconds, FIGURE_1_SECONDS, "s")
    return tuple(rows)


TARGET_COLUMNS = ("aim", "measured", "target", "met")


def target_rows(document: Benchmark) -> list[tuple[str, ...]]:
    """The targets as rows of text."""
    return [
        (
            row.text,
            f"{number(row.measured, 3)} {row.unit}",
            f"{'≥' if row.at_least else '≤'} {row.target:g} {row.unit}",
            "yes" if row.met else "no",
        )
        for row in document.targets
    ]


COMPARISON_COLUMNS = (
    "n",
    "d",
    "α",
    "method",
    "returns",
    "median s",
    "least",
    "most",
    "error",
    "over ours",
)


def comparison_rows(document: Benchmark) -> list[tuple[str, ...]]:
    """Every method at every setting as rows of text."""
    from empirics.bench.methods import RETURNS

    return [
        (
            str(comparison.n),
            str(comparison.d),
            f"{comparison.alpha:g}",
            timing.method,
            RETURNS.get(timing.method, ""),
            *(number(getattr(timing, name), 3) for name in ("seconds", "fastest", "slowest")),
            number(timing.error, 1),
            number(timing.ratio, 3),
        )
        for comparison in document.comparisons
        for timing in comparison.timings
    ]


GROWTH_COLUMNS = (
    "α",
    "n",
    "non-zeros",
    "drawing s",
    "solving s",
    "lsmr s",
    "peak MiB",
    "power of n, all sizes",
    "last two",
)


def growth_rows(document: Benchmark) -> list[tuple[str, ...]]:
    """Cost against n as rows of text."""
    return [
        (
            f"{growth.alpha:g}",
            str(point.n),
            str(point.entries),
            *(
                number(getattr(point, name), 3)
                for name in ("draw_seconds", "seconds", "lsmr_seconds")
            ),
            number(point.peak_mebibytes, 3),
            number(growth.exponent, 2),
            number(growth.last_exponent, 2),
        )
        for growth in document.growth
        for point in growth.points
    ]


RATE_COLUMNS = (
    "α",
    "n",
    "draws a second",
    "one pass's share",
    "coefficients ms",
    "over the limit",
    "all outputs over",
    "non-zeros",
    "core",
)


def rate_rows(document: Benchmark) -> list[tuple[str, ...]]:
    """Draws a second, and what they and a solution are made of, as rows of text."""
    return [
        (
            f"{rate.alpha:g}",
            str(rate.n),
            number(1 / rate.draw_seconds, 3),
            f"{number(100 * rate.pass_seconds / rate.draw_seconds, 2)} %",
            number(1e3 * rate.coefficients_seconds, 3),
            number(rate.coefficients_seconds / rate.limit, 3),
            number(rate.outputs_seconds / rate.coefficients_seconds, 3),
            str(rate.entries),
            str(rate.core),
        )
        for rate in document.rates
    ]


def print_benchmark(document: Benchmark, *, as_json: bool) -> None:
    """The document as JSON, or as tables."""
    if as_json:
        print_json(as_document(document))
        return
    on = f"{document.cpus} core(s), {document.threads} BLAS thread(s)"
    print_table(f"Against others, {on}", COMPARISON_COLUMNS, comparison_rows(document))
    print_table(
        "Cost against n at d = 10 n, all outputs but leave-one-out",
        GROWTH_COLUMNS,
        growth_rows(document),
    )
    if document.rates:
        print_table(
            "Whole draws with every observable, and coefficients, one thread, CPU time",
            RATE_COLUMNS,
            rate_rows(document),
        )
    print_table("Aims", TARGET_COLUMNS, target_rows(document))

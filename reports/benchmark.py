"""`longtail bench`: the solver against what users would otherwise call."""

from __future__ import annotations

import tempfile
import time
from pathlib import Path

from reports.benchmark_goals import FLAT_COEFFICIENTS, FLAT_OUTPUTS, HUGE, LARGE, targets
from reports.benchmark_records import Benchmark, SweepTime
from reports.console import number, print_json, print_table, progress, warn
from reports.decimals import shortened
from reports.evidence import plain
from reports.records import document as as_document

GROWTH = ((1.5, 10**5), (2.0, 10**5))
"""Exponents at which cost is followed against n, with the largest n at which lsmr is waited for: at
n = 10^6 it takes minutes to come to 1e-10."""


RATES = (1.0, 1.5, 2.0, 3.0)
"""Exponents at which whole draws are timed."""

FLAT = (
    (1.0, FLAT_OUTPUTS, True),
    (1.0, FLAT_COEFFICIENTS, False),
    (1.0, FLAT_COEFFICIENTS, True),
)
"""Alpha, n and whether all outputs are wanted, of designs whose structure is lost."""

HUGE_ALPHAS = (2.0, 1.5)
"""Exponents at which drawing and solving is followed up to n = 10^7."""

CLUSTER_DRAWS = 2000

KEPT_DIGITS = 5
"""Of numbers that rest on a clock, which differ by more from run to run."""


def measured(*, quick: bool, goals: bool = False, seed: int = 0) -> Benchmark:
    """Run the benchmark.

    Args:
        quick: few draws and no size above n = 10^4.
        goals: also what takes minutes or a GiB: single designs up to n = 10^7, every statement at
            d = 10^6, draws sent to a Dask cluster.
        seed: of all draws.
    """
    from empirics.bench.measured import solver_benchmark
    from empirics.bench.scale import Size

    sweep = _sweep_seconds(seed)
    alphas = (1.0, 1.5, 2.0) if quick else (1.0, 1.25, 1.5, 2.0, 2.5, 3.0)
    sizes = (1000, 10_000) if quick else (1000, 10_000, 100_000, LARGE)

    def rate_sizes(alpha: float) -> tuple[int, ...]:
        # At alpha = 1 a draw of 10^4 samples takes many seconds.
        return (100, 1000) if quick or alpha == 1 else (100, 1000, 10_000)

    large = [Size(*flat) for flat in FLAT]
    large += [Size(a, n, True) for a in HUGE_ALPHAS for n in (10**5, LARGE, HUGE)]
    large = large if goals else []
    statements = (10**4, 10**6) if goals else (10**4,)
    steps = (
        len(large)
        + len(statements)
        + goals
        + len(alphas)
        + len(GROWTH) * len(sizes)
        + sum(len(rate_sizes(a)) for a in RATES)
    )
    with progress("benchmark", steps) as advance:
        solver = solver_benchmark(
            alphas=alphas,
            sizes=sizes,
            growth=GROWTH,
            draws=2 if quick else 5,
            rate_alphas=RATES,
            rate_sizes=rate_sizes,
            rate_draws=10 if quick else 30,
            large=large,
            statements=statements,
            cluster_draws=CLUSTER_DRAWS if goals else 0,
            seed=seed,
            advance=advance,
        ).to_dict()
    document = Benchmark.model_validate({**solver, "sweep": sweep})
    return shown(document.model_copy(update={"targets": targets(document)}))


def shown(document: Benchmark) -> Benchmark:
    """What was measured, with the digits that are kept of it."""
    return Benchmark.model_validate_json(shortened(document.model_dump_json(), KEPT_DIGITS))


def _sweep_seconds(seed: int) -> SweepTime:
    """Time the draws of the default Figure 1 sweep, workers started and nothing cached."""
    from empirics.running.cluster import Workers
    from empirics.running.montecarlo import replicate
    from empirics.running.store import Store
    from reports.experiment import PRESETS
    from theorems.cores import usable_cores
    from theorems.setting import Setting

    preset = PRESETS["quick"]
    settings = [
        Setting(alpha=alpha, sigma=sigma) for alpha in preset.alphas for sigma in preset.sigmas
    ]
    workers = Workers(usable_cores())
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


TARGET_COLUMNS = ("aim", "measured", "target", "met", "what the measured value is made of")


def target_rows(document: Benchmark) -> list[tuple[str, ...]]:
    """The targets as rows of text, with what each is made of where that is known."""
    return [
        (
            row.text,
            f"{plain(row.measured, 3)} {row.unit}".rstrip(),
            f"{'≥' if row.at_least else '≤'} {plain(row.target, 3)} {row.unit}".rstrip(),
            "yes" if row.met else "no",
            row.limit,
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


LARGE_COLUMNS = (
    "α",
    "n",
    "non-zeros",
    "dense",
    "null space",
    "drawing s",
    "coefficients s",
    "other outputs s",
    "by the clock s",
    "peak MiB",
)


def large_rows(document: Benchmark) -> list[tuple[str, ...]]:
    """Single large designs as rows of text."""
    return [
        (
            f"{one.alpha:g}",
            str(one.n),
            str(one.entries),
            str(one.dense),
            str(one.null),
            number(one.draw_seconds, 3),
            one.refused or number(one.coefficients_seconds, 3),
            number(one.outputs_seconds, 3) if one.outputs and not one.refused else "–",
            number(one.wall_seconds, 3),
            number(one.peak_mebibytes, 3),
        )
        for one in document.large
    ]


STATEMENT_COLUMNS = ("statement", "d", "ms", "tables of (1 - p)^n")


def statement_rows(document: Benchmark) -> list[tuple[str, ...]]:
    """What each statement takes at each size, as rows of text."""
    return [
        (
            one.id,
            str(at.d),
            number(1e3 * one.seconds, 3),
            number(one.seconds / at.sweep_seconds, 3),
        )
        for at in document.statements
        for one in at.times
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
    "dense",
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
    if document.large:
        print_table(
            "Single large designs, CPU seconds, one thread", LARGE_COLUMNS, large_rows(document)
        )
    print_table("Aims", TARGET_COLUMNS, target_rows(document))

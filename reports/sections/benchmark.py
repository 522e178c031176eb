"""The "Benchmark" section: the solver against what one would otherwise call."""

from __future__ import annotations

from reports.benchmark import (
    COMPARISON_COLUMNS,
    GROWTH_COLUMNS,
    LARGE_COLUMNS,
    RATE_COLUMNS,
    STATEMENT_COLUMNS,
    TARGET_COLUMNS,
    comparison_rows,
    growth_rows,
    large_rows,
    measured,
    rate_rows,
    statement_rows,
    target_rows,
)
from reports.benchmark_figure import drawn_benchmark
from reports.benchmark_records import Benchmark
from reports.chapters import Chapter
from reports.section import Context, Judged, Page, Planned, RecordSection


class BenchmarkSection(RecordSection[Benchmark]):
    """Times of this machine."""

    name = "benchmark"
    place = 70
    chapter = Chapter.SPEED
    presets = frozenset({"paper"})
    cost = "minutes"
    record = Benchmark

    def prepared(self, context: Context) -> Planned[Benchmark]:
        """Nothing to check."""
        quick = context.preset == "quick"
        return Planned(0, lambda _: measured(quick=quick, goals=not quick, seed=context.seed))

    def verdicts(self, result: Benchmark) -> list[Judged]:  # noqa: ARG002  # times are no claims
        """None: an aim that this machine misses refutes nothing."""
        return []

    def page(self, result: Benchmark) -> Page:
        """Aims, every method, cost against n."""
        sweep = result.sweep
        met = sum(row.met for row in result.targets)
        return Page(
            finding=f"{met} of {len(result.targets)} aims are met on this machine.",
            title="Benchmark: the solver against what one would otherwise call",
            text=(
                f"{result.cpus} core(s) of {result.machine}, {result.threads} thread(s) "
                f"for linear algebra, numpy {result.numpy}, scipy {result.scipy}; every "
                "method on the same draws in one run, medians. “Over ours” is over every output "
                "but leave-one-out. lsmr runs at the loosest tolerance that is accurate to 1e-10. "
                f"{met} of {len(result.targets)} aims are met. Times are of this run and this "
                "machine; ratios are what to compare. Figure 1 sweep: "
                f"{sweep.alphas} α x {sweep.sigmas} σ x {sweep.runs} draws in "
                f"{sweep.seconds:.1f} s with {sweep.workers} worker(s), cold cache."
            ),
            columns=TARGET_COLUMNS,
            rows=target_rows(result),
            figures=drawn_benchmark(result),
            parts=[
                Page("Every method", columns=COMPARISON_COLUMNS, rows=comparison_rows(result)),
                Page("Cost against n", columns=GROWTH_COLUMNS, rows=growth_rows(result)),
                *_rates(result),
                *_large(result),
                *_statements(result),
            ],
        )


def _rates(result: Benchmark) -> list[Page]:
    if not result.rates:
        return []
    return [
        Page(
            "Draws a second",
            text=(
                "Whole draws with every observable that later draws have, d = 10 n, CPU time of "
                "one thread. “One pass” is a compiled loop that reads each non-zero once; the "
                "limit of the coefficients is that pass and a Cholesky factorization of the "
                "dense core that peeling leaves. All outputs are over the coefficients."
            ),
            columns=RATE_COLUMNS,
            rows=rate_rows(result),
        )
    ]


def _large(result: Benchmark) -> list[Page]:
    if not result.large:
        return []
    return [
        Page(
            "Single large designs",
            text=(
                "Drawn from probabilities and solved once, d = 10 n, each in a process of its own; "
                "CPU seconds of one thread; further cores share the dense parts. “Dense” are "
                "features whose Gram matrix is factored densely, “null space” is the dimension of "
                "its largest connected part."
            ),
            columns=LARGE_COLUMNS,
            rows=large_rows(result),
        )
    ]


def _statements(result: Benchmark) -> list[Page]:
    if not result.statements:
        return []
    return [
        Page(
            "Statements",
            text=(
                "CPU time of each statement with its hypotheses, at a setting where nothing is "
                "known yet, beside that of a table of (1 - p)^n over all features."
            ),
            columns=STATEMENT_COLUMNS,
            rows=statement_rows(result),
        )
    ]


SECTION = BenchmarkSection()

"""`longtail bench`: the solver against what users would otherwise call."""

from __future__ import annotations

from typing import Any

from reports.console import number, print_json, print_table


def measured(*, quick: bool) -> dict[str, Any]:
    """Run the benchmark; with `quick`, few draws and no size above n = 10^4."""
    from empirics.bench import solver_benchmark

    if quick:
        return solver_benchmark(
            alphas=(1.0, 2.0), draws=2, growth_sizes=(1000, 10_000), lsmr_up_to=10_000
        ).to_dict()
    return solver_benchmark().to_dict()


def print_benchmark(document: dict[str, Any], *, as_json: bool) -> None:
    """The document as JSON, or as two tables."""
    if as_json:
        print_json(document)
        return
    print_table(
        f"Against others, on {document['cpus']} core(s), {document['threads']} thread(s)",
        ("n", "d", "alpha", "method", "median s", "least", "most", "error", "over ours"),
        [
            (
                str(comparison["n"]),
                str(comparison["d"]),
                f"{comparison['alpha']:g}",
                timing["method"],
                *(number(timing[name], 3) for name in ("seconds", "fastest", "slowest", "error")),
                number(timing["ratio"], 4),
            )
            for comparison in document["comparisons"]
            for timing in comparison["timings"]
        ],
    )
    print_table(
        "Cost against n at d = 10 n: coefficients, identifiable set and variances",
        ("alpha", "n", "non-zeros", "seconds", "lsmr seconds", "peak MiB", "exponent of n"),
        [
            (
                f"{growth['alpha']:g}",
                str(point["n"]),
                str(point["entries"]),
                number(point["seconds"], 3),
                number(point["lsmr_seconds"], 3),
                number(point["peak_mebibytes"], 4),
                number(growth["exponent"], 3),
            )
            for growth in document["growth"]
            for point in growth["points"]
        ],
    )

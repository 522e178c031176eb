"""One small benchmark, for all tests of benchmarks."""

from __future__ import annotations

from empirics.bench.measured import SolverBenchmark, solver_benchmark
from empirics.bench.scale import Size


def measured_small() -> SolverBenchmark:
    """A real measurement of everything, at sizes that take a second."""
    return solver_benchmark(
        n=60,
        d=400,
        alphas=(1.0, 1.25, 2.0),
        draws=3,
        growth=((2.0, 100),),
        sizes=(50, 100, 200),
        rate_alphas=(1.0, 2.0),
        rate_sizes=lambda _: (30, 60),
        rate_draws=3,
        large=(Size(1.0, 100, True), Size(1.0, 200, False)),
        statements=(300,),
        cluster_draws=4,
    )

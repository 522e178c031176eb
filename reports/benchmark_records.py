"""What `longtail bench` measures, as it stands in JSON."""

from __future__ import annotations

from reports.records import Record, Whole


class TimingRow(Record):
    """Seconds of one method: median, least, most; its error; over ours."""

    method: str
    seconds: float
    fastest: float
    slowest: float
    error: float | None
    ratio: float


class ComparisonOfMethods(Record):
    """Every method on draws of one setting."""

    n: Whole
    d: Whole
    s: float
    alpha: float
    labels: Whole
    draws: Whole
    timings: tuple[TimingRow, ...]


class GrowthPoint(Record):
    """Cost at one size."""

    n: Whole
    d: Whole
    entries: Whole
    draw_seconds: float
    seconds: float
    lsmr_seconds: float | None
    lsmr_power: int | None
    drawn_mebibytes: float
    peak_mebibytes: float


class GrowthCurve(Record):
    """Cost against n, with the fitted power."""

    alpha: float
    points: tuple[GrowthPoint, ...]
    exponent: float | None
    standard_error: float | None
    last_exponent: float | None


class DrawRate(Record):
    """CPU seconds of a whole draw, of a solution, and of what bounds them from below."""

    alpha: float
    n: Whole
    d: Whole
    entries: Whole
    core: Whole
    pass_seconds: float
    core_seconds: float
    coefficients_seconds: float
    outputs_seconds: float
    draw_seconds: float

    @property
    def limit(self) -> float:
        """Seconds of one pass over the non-zeros and a factorization of the dense core."""
        return self.pass_seconds + self.core_seconds


class SweepTime(Record):
    """The draws of the default Figure 1 sweep, from a cold cache."""

    alphas: Whole
    sigmas: Whole
    runs: Whole
    workers: Whole
    seconds: float


class Target(Record):
    """What was aimed at, beside what was measured.

    Args:
        at_least: whether the target is a least value; else it is a largest.
    """

    text: str
    measured: float
    target: float
    at_least: bool
    unit: str
    met: bool


class Benchmark(Record):
    """The solver against others, on one machine."""

    machine: str
    cpus: Whole
    threads: Whole
    python: str
    numpy: str
    scipy: str
    seed: Whole
    comparisons: tuple[ComparisonOfMethods, ...]
    growth: tuple[GrowthCurve, ...]
    rates: tuple[DrawRate, ...] = ()
    sweep: SweepTime
    targets: tuple[Target, ...] = ()

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
    call_seconds: float | None = None
    draw_call_seconds: float | None = None

    @property
    def limit(self) -> float:
        """Seconds of one pass over the non-zeros and a factorization of the dense core."""
        return self.pass_seconds + self.core_seconds


class LargeDesign(Record):
    """CPU seconds of one large design, one thread."""

    alpha: float
    n: Whole
    d: Whole
    entries: Whole
    dense: Whole
    null: Whole
    outputs: bool
    refused: str
    draw_seconds: float
    coefficients_seconds: float
    outputs_seconds: float
    pass_seconds: float
    flops: float
    wall_seconds: float
    peak_mebibytes: float

    @property
    def seconds(self) -> float:
        """From the probabilities to the last output that was wanted."""
        return self.draw_seconds + self.coefficients_seconds + self.outputs_seconds

    @property
    def dense_seconds(self) -> float:
        """Of a Cholesky factorization of the dense part, as fast as LAPACK is."""
        return float(self.dense) ** 3 / 3 / self.flops

    @property
    def null_seconds(self) -> float:
        """Of a factorization and an inverse for the largest part of the null space."""
        return float(self.null) ** 3 / self.flops


class StatementSeconds(Record):
    """CPU seconds of one statement."""

    id: str
    seconds: float


class StatementsAt(Record):
    """CPU seconds of every statement at one size, slowest first."""

    n: Whole
    d: Whole
    alpha: float
    sweep_seconds: float
    recursion_seconds: float
    recursion_steps: Whole
    together_seconds: float
    times: tuple[StatementSeconds, ...]


class ClusterOverhead(Record):
    """CPU seconds of draws, and of all else that a cluster does for them."""

    alpha: float
    n: Whole
    d: Whole
    workers: Whole
    draws: Whole
    block: Whole
    drawing_seconds: float
    sender_seconds: float
    worker_seconds: float

    @property
    def sending_seconds(self) -> float:
        """What is not drawing."""
        return self.sender_seconds + self.worker_seconds - self.drawing_seconds


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
        limit: what the measured value is made of, in numbers of the same run; "" where unknown.
    """

    text: str
    measured: float
    target: float
    at_least: bool
    unit: str
    met: bool
    limit: str = ""


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
    large: tuple[LargeDesign, ...] = ()
    statements: tuple[StatementsAt, ...] = ()
    cluster: ClusterOverhead | None = None
    sweep: SweepTime
    targets: tuple[Target, ...] = ()

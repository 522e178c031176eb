"""The figure of the "Benchmark" section, drawn from a results document alone."""

from __future__ import annotations

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from reports.benchmark_records import Benchmark
from reports.figures import (
    BLUE,
    GREEN,
    MARKERS,
    ORANGE,
    PURPLE,
    SKY,
    STYLE,
    VERMILION,
    Drawn,
    or_nan,
    saved,
)

SEE = (
    "Left: one label vector, seconds of each method against α; ours with every output but "
    "leave-one-out, and for the coefficients alone, which is all that the others give. Right: cost "
    "against n at d = 10 n; what is solved grows no faster than the line of slope 1."
)

SEE_RATES = (
    "Left: whole draws a second on one thread, d = 10 n. Right: the share of a draw that one "
    "compiled pass over the design's non-zeros would take."
)

COLOURS = (BLUE, GREEN, SKY, ORANGE, VERMILION, PURPLE)


def drawn_benchmark(document: Benchmark) -> list[Drawn]:
    """The figure, as a list of one."""
    with mpl.rc_context(STYLE):
        figure = Figure(figsize=(9.5, 3.9), layout="constrained")
        left, right = figure.subplots(1, 2)
        _methods(left, document)
        _growth(right, document)
        svg, png = saved(figure, "benchmark")
    title = "The solver against what one would otherwise call"
    drawn = [Drawn("benchmark", title, SEE, svg, png)]
    return [*drawn, _rates(document)] if document.rates else drawn


def _rates(document: Benchmark) -> Drawn:
    with mpl.rc_context(STYLE):
        figure = Figure(figsize=(9.5, 3.9), layout="constrained")
        left, right = figure.subplots(1, 2)
        alphas = list(dict.fromkeys(rate.alpha for rate in document.rates))
        for alpha, colour, marker in zip(alphas, COLOURS, MARKERS, strict=False):
            found = [rate for rate in document.rates if rate.alpha == alpha]
            sizes = [rate.n for rate in found]
            line = {"color": colour, "marker": marker, "markersize": 4.5, "linewidth": 1.2}
            left.plot(
                sizes, [1 / rate.draw_seconds for rate in found], label=f"α = {alpha:g}", **line
            )
            share = [100 * rate.pass_seconds / rate.draw_seconds for rate in found]
            right.plot(sizes, share, **line)
        left.set(xscale="log", yscale="log", xlabel="training samples n", ylabel="draws a second")
        left.set_title("Whole draws, every observable", loc="left")
        left.legend()
        right.set(
            xscale="log", yscale="log", xlabel="training samples n", ylabel="percent of a draw"
        )
        right.set_title("One pass over the non-zeros", loc="left")
        svg, png = saved(figure, "draw-rates")
    return Drawn("draw-rates", "Draws a second", SEE_RATES, svg, png)


def _methods(axes: Axes, document: Benchmark) -> None:
    comparisons = document.comparisons
    names = list(dict.fromkeys(timing.method for one in comparisons for timing in one.timings))
    for name, colour, marker in zip(names, COLOURS, MARKERS, strict=False):
        found = [
            (one.alpha, timing)
            for one in comparisons
            for timing in one.timings
            if timing.method == name
        ]
        middle = np.array([timing.seconds for _, timing in found])
        low = np.array([timing.fastest for _, timing in found])
        high = np.array([timing.slowest for _, timing in found])
        axes.errorbar(
            [alpha for alpha, _ in found],
            middle,
            yerr=[middle - low, high - middle],
            color=colour,
            marker=marker,
            markersize=4.5,
            linewidth=1.2,
            elinewidth=0.8,
            capsize=2,
            label=name,
        )
    first = comparisons[0]
    axes.set(yscale="log", xlabel="power-law exponent α", ylabel="seconds (median, least to most)")
    axes.set_title(f"n = {first.n}, d = {first.d}, s = {first.s:g}", loc="left")
    # Above the slowest method there is room for the legend.
    bottom, top = axes.get_ylim()
    axes.set_ylim(bottom, top * 12)
    axes.legend(ncols=2, loc="upper right")


def _growth(axes: Axes, document: Benchmark) -> None:
    for growth, colour, marker in zip(document.growth, COLOURS, MARKERS, strict=False):
        points = growth.points
        alpha = f"α = {growth.alpha:g}"
        sizes = [point.n for point in points]
        fitted = f": n^{growth.exponent:.2f}" if growth.exponent is not None else ""
        axes.plot(
            sizes,
            [point.seconds for point in points],
            color=colour,
            marker=marker,
            markersize=4.5,
            label=f"longtail, {alpha}{fitted}",
        )
        axes.plot(
            sizes,
            [point.draw_seconds for point in points],
            color=colour,
            linestyle=":",
            label=f"drawing X, {alpha}",
        )
        slow = [point for point in points if point.lsmr_seconds is not None]
        axes.plot(
            [point.n for point in slow],
            [or_nan(point.lsmr_seconds) for point in slow],
            color=colour,
            marker=marker,
            markersize=4.5,
            markerfacecolor="white",
            linestyle="--",
            label=f"scipy lsmr, {alpha}",
        )
    points = document.growth[-1].points
    if len(points) > 1:
        ends = np.array([points[0].n, points[-1].n])
        axes.plot(
            ends,
            points[-1].seconds * ends / ends[-1] / 4,
            color="black",
            linewidth=0.8,
            label="slope 1",
        )
    axes.set(xscale="log", yscale="log", xlabel="training samples n", ylabel="seconds (median)")
    axes.set_title("d = 10 n, s = 5", loc="left")
    axes.legend(loc="upper left", fontsize=7)

"""The figure of the "Variance" section, drawn from a results document alone."""

from __future__ import annotations

from collections.abc import Sequence

import matplotlib as mpl
import numpy as np
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import NullLocator, PercentFormatter
from numpy.typing import NDArray

from reports.figures import COLOURS, GREY, MARKERS, STYLE, Drawn, line, or_nan, plain_numbers, saved
from reports.records import Range
from reports.variance_records import Variance

Array = NDArray[np.float64]

SEE = (
    "Left: the variance factor on the identifiable features falls with n; lines are "
    "variance-evolution, dotted ones the first order V_0, faded where a hypothesis fails, points "
    "are observed. Right: observed "
    "over predicted at every α and n, with 95% intervals; the band is the 10% that the "
    "prediction promises. No constant is fitted."
)

SHOWN = (1.0, 1.25, 1.5, 2.0, 3.0)
"""Exponents on the left."""


def drawn_variance(document: Variance) -> list[Drawn]:
    """The figure, as a list of one."""
    with mpl.rc_context(STYLE):
        figure = Figure(figsize=(11.0, 4.0), layout="constrained")
        left, right = figure.subplots(1, 2)
        for alpha, colour, marker in zip(SHOWN, COLOURS, MARKERS, strict=False):
            rows = [row for row in document.rows if row.alpha == alpha]
            sizes = [row.n for row in rows]
            held = [all(one.holds for one in row.hypotheses) for row in rows]
            predicted = [or_nan(row.value) for row in rows]
            first = [or_nan(row.first_order) for row in rows]
            line(left, sizes, predicted, held, color=colour, linewidth=1.3)
            line(left, sizes, first, held, color=colour, linestyle=":")
            low, mean, high = _intervals([row.observed for row in rows])
            left.errorbar(
                sizes,
                mean,
                yerr=[mean - low, high - mean],
                color=colour,
                marker=marker,
                markersize=4.5,
                capsize=2,
                elinewidth=1,
                linestyle="none",
            )
        left.set(
            xscale="log",
            yscale="log",
            xlabel="training samples n (d = 10 n)",
            ylabel="variance factor on R, in σ²",
        )
        # A tick at each size; between them nothing was drawn.
        left.set_xticks(document.ns, [str(n) for n in document.ns])
        left.xaxis.set_minor_locator(NullLocator())
        plain_numbers(left.yaxis)
        figure.legend(
            handles=[
                *(
                    Line2D([], [], color=colour, marker=marker, markersize=4.5, label=f"α = {a:g}")
                    for a, colour, marker in zip(SHOWN, COLOURS, MARKERS, strict=False)
                ),
                Line2D([], [], color=GREY, linestyle=":", label="first order $V_0$"),
            ],
            loc="outside upper left",
            ncols=3,
        )
        right.axhspan(1 / 1.1, 1.1, color="#e8f0f7", linewidth=0)
        right.axhline(1, color="black", linewidth=0.8)
        count = len(document.ns)
        for place, n in enumerate(document.ns):
            rows = [row for row in document.rows if row.n == n]
            low, mean, high = _intervals([row.ratio for row in rows])
            # Side by side, so that intervals do not hide one another.
            shift = 0.03 * (place - (count - 1) / 2)
            right.errorbar(
                np.array([row.alpha for row in rows]) + shift,
                mean,
                yerr=[mean - low, high - mean],
                color=COLOURS[place % len(COLOURS)],
                marker=MARKERS[place % len(MARKERS)],
                markersize=4,
                capsize=1.5,
                elinewidth=0.9,
                linestyle="none",
                label=f"n = {n}",
            )
        right.set(xlabel="power-law exponent α", ylabel="observed / predicted")
        right.set_xticks(document.alphas)
        right.yaxis.set_major_formatter(PercentFormatter(1.0, decimals=0))
        figure.legend(*right.get_legend_handles_labels(), loc="outside upper right", ncols=3)
        svg, png = saved(figure, "variance")
    return [Drawn("variance", "Variance factor: predicted and observed", SEE, svg, png)]


def _intervals(ranges: Sequence[Range | None]) -> tuple[Array, Array, Array]:
    """Low end, mean and high end; ends that are not there fall on the mean."""
    known = [Range(mean=None, ci_low=None, ci_high=None) if one is None else one for one in ranges]
    mean = np.array([or_nan(one.mean) for one in known])
    low = np.array([or_nan(one.mean if one.ci_low is None else one.ci_low) for one in known])
    high = np.array([or_nan(one.mean if one.ci_high is None else one.ci_high) for one in known])
    return np.minimum(low, mean), mean, np.maximum(high, mean)

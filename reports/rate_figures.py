"""The figure of the "Rates" section, drawn from a results document alone."""

from __future__ import annotations

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import NullFormatter

from empirics.judging.verdict import Verdict
from reports.figures import (
    BLUE,
    GREEN,
    MARKERS,
    PURPLE,
    STYLE,
    VERMILION,
    Drawn,
    each_labelled,
    line,
    plain_numbers,
    saved,
)
from reports.rate_records import RateRow, Rates

COLOURS = (VERMILION, BLUE, GREEN, PURPLE)

SEE = (
    "What is observed over each rate, its logarithms divided out, at β* = 1: flat where the power "
    "of n is right. Lines are the derived statements over the same rate, faded where a hypothesis "
    "of the rate fails; points, with 95% intervals, follow them, constant included. The noiseless "
    "loss on recovered features is 0 at every n and has no place on a logarithmic axis."
)


def drawn_rates(document: Rates) -> list[Drawn]:
    """The figure, as a list of one."""
    names = list(dict.fromkeys(row.id for row in document.rows))
    shown = [name for name in names if _positive(document, name)]
    columns = 4
    lines = -(-len(shown) // columns)
    with mpl.rc_context(STYLE):
        figure = Figure(figsize=(11.5, 2.75 * lines + 0.5), layout="constrained")
        grid = figure.subplots(lines, columns, squeeze=False, sharex=True)
        for axes in grid.flat[len(shown) :]:
            axes.set_axis_off()
        for position, (axes, name) in enumerate(zip(grid.flat, shown, strict=False)):
            _panel(axes, document, name)
            if position + columns >= len(shown):
                axes.set_xlabel("training samples n")
            each_labelled(axes)
            if position % columns == 0:
                axes.set_ylabel("observed / rate")
        handles = [
            Line2D([], [], color=colour, marker=marker, markersize=4.5, label=f"α = {alpha:g}")
            for alpha, colour, marker in zip(document.alphas, COLOURS, MARKERS, strict=False)
        ]
        handles.append(Line2D([], [], color="black", linewidth=1, label="derived / rate"))
        figure.legend(handles=handles, loc="outside upper right", ncols=len(handles))
        svg, png = saved(figure, "rates")
    return [Drawn("rates", "Rates of the paper over n", SEE, svg, png)]


def _rows(document: Rates, name: str) -> list[RateRow]:
    return [row for row in document.rows if row.id == name]


def _positive(document: Rates, name: str) -> bool:
    return any(row.fitted is not None for row in _rows(document, name))


def _panel(axes: Axes, document: Rates, name: str) -> None:
    alphas = document.alphas
    for row in _rows(document, name):
        colour = COLOURS[alphas.index(row.alpha) % len(COLOURS)]
        marker = MARKERS[alphas.index(row.alpha) % len(MARKERS)]
        known = [
            (point, plain, point.observed.mean)
            for point, plain in ((point, point.plain) for point in row.points)
            if plain is not None and plain > 0 and point.observed.mean
        ]
        derived = [(point.n, point.sharp / plain) for point, plain, _ in known if point.sharp]
        believed = np.full(len(derived), row.verdict is not Verdict.HYPOTHESIS_FAILS)
        line(axes, [n for n, _ in derived], [over for _, over in derived], believed, color=colour)
        plain = np.array([plain for _, plain, _ in known])
        mean = np.array([mean for _, _, mean in known]) / plain
        ends = [(point.observed.ci_low, point.observed.ci_high, mean) for point, _, mean in known]
        low = np.array([mean if low is None else low for low, _, mean in ends]) / plain
        high = np.array([mean if high is None else high for _, high, mean in ends]) / plain
        # An interval that reaches 0 goes off the logarithmic axis, at a tenth of its mean.
        low = np.maximum(low, mean / 10)
        axes.errorbar(
            [point.n for point, _, _ in known],
            mean,
            yerr=np.maximum([mean - low, high - mean], 0),
            color=colour,
            marker=marker,
            markersize=4.5,
            capsize=2,
            elinewidth=1,
            linestyle="none",
        )
    axes.set(xscale="log", yscale="log")
    axes.xaxis.set_minor_formatter(NullFormatter())
    plain_numbers(axes.yaxis)
    axes.tick_params(which="both", labelsize=7.5)
    low, high = axes.get_ylim()
    if high / low < 4:
        # A flat rate shall look flat: no axis spans less than a factor of 4.
        middle = float(np.sqrt(low * high))
        axes.set_ylim(middle / 2, middle * 2)
    axes.set_title(name, fontsize=8.5, loc="left")

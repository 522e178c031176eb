"""The figures of the "Regimes" section, drawn from a results document alone."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Patch, Rectangle
from numpy.typing import NDArray

from reports.figures import BLUE, COLOURS, ONE_PANEL, ORANGE, STYLE, Drawn, each_labelled, saved
from reports.regime_records import Regimes

Array = NDArray[np.float64]

# Dark, light and hatched: they stay apart in grey as well.
STANDINGS: dict[str, tuple[str, str]] = {
    "has force": (BLUE, ""),
    "vacuous": ("#e2e2e2", ""),
    "hypothesis fails": (ORANGE, "////"),
    "has no value": ("white", "...."),
}

PHASE = (
    "Each statement at each setting, d = 100 n up to 10^7, {where}; a cell stands for the setting "
    "at its middle, blue where the hypotheses hold and more is said than what is trivial. Dashed "
    "lines: the α at which exponents change sign, solved for. Statements that have force "
    "everywhere are not shown, nor are those on the recursion of variance-evolution."
)
EXPONENTS = (
    "Powers of n from the algebra, below the line a quantity vanishes as n grows. p_{>k} does so "
    "for α > 1, samples with two tail features for α > 2; the unrecovered fraction falls more "
    "slowly than the paper's rate for α < 2."
)

HATCH = "#5c4400"

SHOWN = {
    "p_{>k}": "$p_{>k}$",
    "n p_{>k}^2": "$n\\,p_{>k}^2$",
    "missing mass": "missing mass",
    "unrecovered, paper": "unrecovered fraction, paper",
    "unrecovered, derived": "unrecovered fraction, derived",
}


def drawn_regimes(document: Regimes) -> list[Drawn]:
    """The phase diagram and the exponents."""
    return [_phase(document), _exponents(document)]


def _phase(document: Regimes) -> Drawn:
    shown = {
        name: rows
        for name, rows in document.phase.items()
        if {cell for row in rows for cell in row} != {"has force"}
    }
    columns = 4
    lines = -(-len(shown) // columns)
    with mpl.rc_context(STYLE | {"axes.grid": False, "hatch.linewidth": 0.5}):
        figure = Figure(figsize=(11.5, 2.2 * lines + 0.5), layout="constrained")
        grid = figure.subplots(lines, columns, squeeze=False, sharex=True, sharey=True)
        for axes in grid.flat[len(shown) :]:
            axes.set_axis_off()
        for position, (axes, (name, rows)) in enumerate(
            zip(grid.flat, shown.items(), strict=False)
        ):
            _cells(axes, document, rows)
            axes.set_title(name, fontsize=8.5, loc="left")
            if position % columns == 0:
                axes.set_ylabel("samples n")
            if position + columns >= len(shown):
                axes.set_xlabel("power-law exponent α")
            each_labelled(axes)
        used = {cell for rows in shown.values() for row in rows for cell in row}
        figure.legend(
            handles=[
                Patch(facecolor=colour, hatch=hatch, edgecolor=HATCH, linewidth=0, label=name)
                for name, (colour, hatch) in STANDINGS.items()
                if name in used
            ],
            loc="outside upper right",
            ncols=len(used),
        )
        svg, png = saved(figure, "phase")
    told = PHASE.format(
        where=f"s = {document.s:g}, σ = {document.sigma:g}, b = {document.beta_exponent:g}"
    )
    return Drawn("phase", "Which statements have force where", told, svg, png)


def _edges(centres: Array) -> Array:
    middle = (centres[1:] + centres[:-1]) / 2
    return np.concatenate([[2 * centres[0] - middle[0]], middle, [2 * centres[-1] - middle[-1]]])


def _cells(axes: Axes, document: Regimes, rows: Sequence[Sequence[str]]) -> None:
    alphas = _edges(np.array(document.alphas))
    sizes = 10 ** _edges(np.log10(document.ns))
    for line, row in enumerate(rows):
        start = 0
        for name, run in groupby(row):
            stop = start + len(list(run))
            colour, hatch = STANDINGS[name]
            axes.add_patch(
                Rectangle(
                    (alphas[start], sizes[line]),
                    alphas[stop] - alphas[start],
                    sizes[line + 1] - sizes[line],
                    facecolor=colour,
                    hatch=hatch,
                    edgecolor=HATCH if hatch else colour,
                    linewidth=0,
                )
            )
            start = stop
    for threshold in document.thresholds:
        axes.axvline(threshold.alpha, color="black", linestyle="--", linewidth=0.8)
    axes.set(yscale="log", xlim=(alphas[0], alphas[-1]), ylim=(sizes[0], sizes[-1]))
    # Ticks where statements were evaluated: the axis reaches half a step beyond.
    axes.minorticks_off()
    axes.set_yticks([size for size in document.ns if np.log10(size) == round(np.log10(size))])


def _exponents(document: Regimes) -> Drawn:
    with mpl.rc_context(STYLE):
        figure = Figure(figsize=ONE_PANEL, layout="constrained")
        axes = figure.subplots()
        axes.axhline(0, color="black", linewidth=0.8)
        styles, curves = ("-", "-", "--", "-.", ":"), document.curves
        for (name, label), colour, style in zip(SHOWN.items(), COLOURS, styles, strict=False):
            powers = curves.exponent[name]
            axes.plot(curves.alpha, powers, style, color=colour, linewidth=1.8, label=label)
        for threshold in document.thresholds:
            axes.axvline(threshold.alpha, color="#666666", linestyle="--", linewidth=0.8)
        axes.set(
            xlabel="power-law exponent α",
            ylabel="power of n",
        )
        axes.legend()
        svg, png = saved(figure, "exponents")
    return Drawn("exponents", "Exponents of the regimes", EXPONENTS, svg, png)

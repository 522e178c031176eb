"""The figures of the Figure 1 sweep, drawn from its record alone.

Predictions are lines, simulation is points with 95% intervals. Colours are the Okabe-Ito
set, which stays apart in print and for colour-blind readers; every series has its own
marker too.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

from reports.chapters import Chapter
from reports.experiment import Sweep
from reports.figures import (
    BLUE,
    COLOURS,
    GREEN,
    GREY,
    MARKERS,
    STYLE,
    VERMILION,
    Drawn,
    or_nan,
    points,
    saved,
)
from reports.records import Cell

Array = NDArray[np.float64]

Side: TypeAlias = Literal["lower", "value", "upper", "trivial_upper"]


@dataclass(frozen=True)
class Panel:
    """One panel: how to draw it into given axes, and the chapter that it stands in."""

    name: str
    title: str
    see: str
    draw: Callable[[Axes, Sweep], None]
    chapter: Chapter


def _cells(results: Sweep, *, sigma: float) -> list[Cell]:
    return [cell for cell in results.cells if cell.sigma == sigma]


def _curve(results: Sweep, name: str, side: Side) -> tuple[Array, Array]:
    sides = [(row.alpha, getattr(row, side)) for row in results.curves if row.id == name]
    known = [(alpha, value) for alpha, value in sides if value is not None]
    return np.array([alpha for alpha, _ in known]), np.array([value for _, value in known])


def _some(alphas: Sequence[float]) -> list[float]:
    """As many exponents as there are colours, the first, the last and evenly between."""
    places = np.linspace(0, len(alphas) - 1, min(len(alphas), len(COLOURS)))
    return [alphas[place] for place in np.unique(np.round(places).astype(int))]


def _long_tail(axes: Axes, results: Sweep) -> None:
    sigmas = [sigma for sigma in results.model.sigmas if sigma > 0]
    line = np.linspace(0, max(sigmas) * 1.05, 50)
    axes.plot(line, line, color="black", linestyle="--", linewidth=1, label="noise level σ")
    main = results.model.main_sigma
    alphas, variances = _curve(results, "long-tail-error", "value")
    for alpha, colour, marker in zip(_some(results.model.alphas), COLOURS, MARKERS, strict=False):
        predicted = variances[np.argmin(np.abs(alphas - alpha))]
        axes.plot(line, line * np.sqrt(predicted) / main, color=colour, linewidth=1)
        cells = [cell for cell in results.cells if cell.alpha == alpha and cell.sigma > 0]
        points(
            axes,
            [cell.sigma for cell in cells],
            [cell.observed["recovered_tail_error"] for cell in cells],
            color=colour,
            marker=marker,
            label=f"α = {alpha:g}",
        )
    alpha = min(results.model.alphas, key=lambda a: abs(a - 2))
    cells = [cell for cell in results.cells if cell.alpha == alpha]
    points(
        axes,
        [cell.sigma for cell in cells if cell.sigma > 0],
        [cell.observed["single_appearance_error"] for cell in cells if cell.sigma > 0],
        color="black",
        marker="x",
        label=f"seen once, α = {alpha:g}",
    )
    axes.set(xlabel="noise level σ", ylabel="RMS error, recovered tail features")
    axes.set_xlim(0)
    # Room for the legend above the steepest line.
    axes.set_ylim(0, 1.35 * axes.get_ylim()[1])
    axes.legend(ncols=2)


def _against_alpha(axes: Axes, results: Sweep, observable: str, sigmas: list[float]) -> None:
    for sigma, colour, marker in zip(sigmas, (BLUE, VERMILION), "os", strict=False):
        cells = _cells(results, sigma=sigma)
        points(
            axes,
            [cell.alpha for cell in cells],
            [cell.observed[observable] for cell in cells],
            color=colour,
            marker=marker,
            # The open circle stays visible around a square at the same place.
            **({"markerfacecolor": "none", "markersize": 8} if sigma == 0 else {"markersize": 4}),
            label=f"σ = {sigma:g}, simulated",
        )
    axes.set_xlabel("power-law exponent α")


def _shown_sigmas(results: Sweep) -> list[float]:
    return [0.0, results.model.main_sigma]


def _common(axes: Axes, results: Sweep) -> None:
    main = results.model.main_sigma
    alphas, variances = _curve(results, "common-error", "value")
    axes.plot(
        alphas, np.sqrt(variances), color=VERMILION, linewidth=1, label=f"σ = {main:g}, predicted"
    )
    axes.axhline(main, color="black", linestyle="--", linewidth=1, label=f"noise level {main:g}")
    _against_alpha(axes, results, "common_error", _shown_sigmas(results))
    axes.set_ylabel("RMS error, common features")
    axes.set_ylim(bottom=-0.003)
    axes.legend()


def _in_distribution(axes: Axes, results: Sweep) -> None:
    main = results.model.main_sigma
    alphas, lower = _curve(results, "noiseless-loss", "lower")
    axes.plot(alphas, lower, color=BLUE, linewidth=1, label="σ = 0, missing mass (lower bound)")
    alphas, upper = _curve(results, "noiseless-loss-cavity", "upper")
    if not alphas.size:  # a results file of an earlier version has no such curve
        alphas, upper = _curve(results, "noiseless-loss-sharp", "upper")
    axes.plot(alphas, upper, color=BLUE, linewidth=1, linestyle=":", label="σ = 0, upper bound")
    alphas, value = _curve(results, "loss-evolution", "value")
    axes.plot(alphas, value, color=VERMILION, linewidth=1, label=f"σ = {main:g}, predicted")
    _against_alpha(axes, results, "in_distribution_loss", _shown_sigmas(results))
    axes.set(ylabel="in-distribution loss", yscale="log")
    axes.legend()


def _ood(axes: Axes, results: Sweep) -> None:
    main = results.model.main_sigma
    alphas, variances = _curve(results, "long-tail-error", "value")
    axes.plot(
        alphas,
        3 * variances,
        color=VERMILION,
        linewidth=1,
        label=f"σ = {main:g}, identified only: predicted",
    )
    cells = _cells(results, sigma=main)
    points(
        axes,
        [cell.alpha for cell in cells],
        [cell.observed["ood_loss_3"] for cell in cells],
        scale=main**2,
        color=VERMILION,
        marker="x",
        label=f"σ = {main:g}, identified only: simulated",
    )
    _against_alpha(axes, results, "ood_seen_loss_3", _shown_sigmas(results))
    axes.set_ylabel("OOD loss, 3 seen tail features")
    axes.set_yscale("symlog", linthresh=1e-3)
    axes.set_ylim(bottom=-1e-4)
    axes.legend()


def _two_sided(axes: Axes, results: Sweep) -> None:
    alphas, lower = _curve(results, "noiseless-loss", "lower")
    _, upper = _curve(results, "noiseless-loss", "upper")
    _, sharp = _curve(results, "noiseless-loss-sharp", "upper")
    axes.plot(
        alphas, upper / lower, color=BLUE, linewidth=1.2, linestyle=":", label="upper side with k"
    )
    axes.plot(
        alphas, sharp / lower, color=GREEN, linewidth=1.2, linestyle="-.", label="sharper, with k"
    )
    places, above = _curve(results, "noiseless-loss-cavity", "upper")
    below = _curve(results, "noiseless-loss-cavity", "lower")[1]
    # A results file of an earlier version has no such curve.
    if places.size:
        missing = np.interp(places, alphas, lower)
        axes.fill_between(
            places,
            below / missing,
            above / missing,
            color=BLUE,
            alpha=0.35,
            linewidth=0.8,
            label="both sides, without k (proved)",
        )
    axes.axhline(1, color=GREY, linewidth=1, linestyle="--", label="missing mass")
    noise = results.model.main_sigma**2 * (
        _curve(results, "variance-evolution", "value")[1]
        + _curve(results, "unidentifiable-variance", "value")[1]
    )
    predicted = _curve(results, "loss-evolution", "value")[1] - noise
    axes.plot(alphas, predicted / lower, color=VERMILION, linewidth=1, label="belief propagation")
    cells = _cells(results, sigma=0.0)
    rows = [
        (cell.alpha, row)
        for cell in cells
        for row in cell.verdicts
        if row.id == "noiseless-loss" and row.observed is not None
    ]
    for alpha, row in rows:
        points(
            axes,
            [alpha],
            [row.observed],
            scale=1 / or_nan(row.lower),
            color=VERMILION,
            marker="o",
            label="simulated" if alpha == rows[0][0] else None,
        )
    axes.set(
        xlabel="power-law exponent α",
        ylabel="expected noiseless loss / missing mass",
        yscale="log",
    )
    # An interval over rare events may reach far: it is cut off where the bounds end.
    ticks = [1, 1.5, 2, 3, 5, 10]
    axes.set_yticks(ticks, [f"{tick:g}" for tick in ticks], minor=False)
    axes.minorticks_off()
    axes.set_ylim(0.97, 1.1 * float(np.nanmax(upper / lower)))
    axes.legend()


def _unidentified(axes: Axes, results: Sweep) -> None:
    alphas, value = _curve(results, "recovered-fraction", "value")
    axes.plot(alphas, value, color=VERMILION, linewidth=1.2, label="predicted (density evolution)")
    alphas, upper = _curve(results, "recovered-fraction", "upper")
    axes.plot(alphas, upper, color=BLUE, linewidth=1.2, linestyle=":", label="upper bound")
    alphas, seen = _curve(results, "recovered-fraction", "trivial_upper")
    axes.plot(alphas, seen, color=GREY, linewidth=1, linestyle="--", label="all seen tail features")
    cells = _cells(results, sigma=0.0)
    points(
        axes,
        [cell.alpha for cell in cells],
        [cell.observed["unidentified_seen_tail"] for cell in cells],
        color=VERMILION,
        marker="o",
        label="simulated",
    )
    axes.set(
        xlabel="power-law exponent α",
        ylabel="seen but unidentifiable tail features",
        yscale="log",
    )
    # As in the panel beside it.
    axes.set_ylim(float(np.nanmin(value)) / 4, 2 * float(np.nanmax(seen)))
    axes.legend()


PANELS = (
    Panel(
        "long_tail_error",
        "Long-tail features",
        "Points lie on straight lines through the origin: what is recovered is known up to the "
        "label noise, and a feature seen once (crosses) is just above it. The lines are "
        "predictions of belief propagation, with no fitted constant.",
        _long_tail,
        Chapter.NOISE,
    ),
    Panel(
        "common_error",
        "Common features",
        "Common features are learned far below the noise level for α ≥ 1.5; at α = 1 too few "
        "samples are free of tail features, and even without noise they are wrong.",
        _common,
        Chapter.NOISE,
    ),
    Panel(
        "in_distribution_loss",
        "In-distribution loss",
        "The two noise levels nearly overlap: the loss is the mass of features never seen, which "
        "the lower bound gives without an unspecified constant.",
        _in_distribution,
        Chapter.NOISELESS,
    ),
    Panel(
        "ood_loss",
        "Loss on new combinations",
        "New combinations of identified features cost noise only (crosses on their line, and "
        "exactly 0 without noise); over all seen features the loss rises toward α = 1, where "
        "many are seen but not identifiable.",
        _ood,
        Chapter.COMBINATIONS,
    ),
    Panel(
        "noiseless_loss",
        "Two-sided bound on the noiseless loss",
        "The band lies between two proved sides with neither an unknown constant nor k; it closes "
        "as α grows, and the simulated loss lies in it, where belief propagation (not proved) puts "
        "it. The other lines are upper bounds that need k.",
        _two_sided,
        Chapter.NOISELESS,
    ),
    Panel(
        "unidentifiable",
        "Seen, yet not identifiable",
        "Density evolution predicts the number of features that were seen but cannot be told "
        "from the others, over three orders of magnitude.",
        _unidentified,
        Chapter.STRUCTURE,
    ),
)


def drawn_figures(results: Sweep) -> list[Drawn]:
    """The figures of a results document: the six panels together first, then each alone."""
    figures = []
    with mpl.rc_context(STYLE):
        figure = Figure(figsize=(11.5, 6.6), layout="constrained")
        for axes, panel in zip(figure.subplots(2, 3).flat, PANELS, strict=True):
            panel.draw(axes, results)
            axes.set_title(panel.title, fontsize=10, loc="left")
        svg, png = saved(figure, "overview")
        see = (
            "Predictions are lines, simulation is points with 95% intervals; the top row and the "
            "first panel below are the paper's Figure 1, the last two are ours."
        )
        figures.append(Drawn("overview", "The linear theory at a glance", see, svg, png))
        for panel in PANELS:
            figure = Figure(figsize=(5.6, 3.9), layout="constrained")
            panel.draw(figure.subplots(), results)
            drawn = saved(figure, panel.name)
            figures.append(Drawn(panel.name, panel.title, panel.see, *drawn, panel.chapter))
    return figures

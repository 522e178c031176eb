"""What the panels of the Figure 1 sweep show, each drawn into given axes from the record alone.

Predictions are lines, faded where a hypothesis fails; simulation is points with 95% intervals.
"""

from __future__ import annotations

from typing import Literal, NamedTuple, TypeAlias

import numpy as np
from matplotlib.axes import Axes
from numpy.typing import NDArray

from reports.experiment import Model, Sweep
from reports.figures import (
    BLUE,
    COLOURS,
    GREEN,
    GREY,
    MARKERS,
    VERMILION,
    line,
    or_nan,
    points,
)
from reports.records import Cell

Array = NDArray[np.float64]

Side: TypeAlias = Literal["lower", "value", "upper", "trivial_upper"]


class Predicted(NamedTuple):
    """A side of a statement over alpha, and where its hypotheses hold."""

    alphas: Array
    values: Array
    believed: NDArray[np.bool_]

    def at(self, alphas: Array) -> Array:
        """Values at other exponents, between its own by a line; NaN where it has none."""
        if not self.alphas.size:
            return np.full(alphas.shape, np.nan)
        return np.interp(alphas, self.alphas, self.values, left=np.nan, right=np.nan)


def long_tail(axes: Axes, results: Sweep) -> None:
    """Error of recovered tail features against the noise level, an exponent a line."""
    sigmas = [sigma for sigma in results.model.sigmas if sigma > 0]
    noise = np.linspace(0, max(sigmas) * 1.05, 50)
    axes.plot(noise, noise, color="black", linestyle="--", linewidth=1, label="noise level σ")
    at = results.model.curve_sigma
    predicted = _curve(results, "long-tail-error", "value")
    for alpha, colour, marker in zip(_some(results.model), COLOURS, MARKERS, strict=False):
        if predicted.alphas.size:
            place = int(np.argmin(np.abs(predicted.alphas - alpha)))
            error = noise * np.sqrt(predicted.values[place]) / at
            believed = np.full(noise.shape, predicted.believed[place])
            line(axes, noise, error, believed, color=colour, linewidth=1)
        cells = [cell for cell in results.cells if cell.alpha == alpha and cell.sigma > 0]
        points(
            axes,
            [cell.sigma for cell in cells],
            [cell.observed["recovered_tail_error"] for cell in cells],
            color=colour,
            marker=marker,
            label=f"α = {alpha:g}",
        )
    alpha = results.model.main_alpha
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


def common(axes: Axes, results: Sweep) -> None:
    """Error of common features against alpha."""
    at = results.model.curve_sigma
    predicted = _curve(results, "common-error", "value")
    told = f"σ = {at:g}, predicted"
    error = np.sqrt(predicted.values)
    line(axes, predicted.alphas, error, predicted.believed, color=VERMILION, label=told)
    axes.axhline(at, color="black", linestyle="--", linewidth=1, label=f"noise level {at:g}")
    _against_alpha(axes, results, "common_error")
    axes.set_ylabel("RMS error, common features")
    axes.set_ylim(bottom=-0.06 * at)
    axes.legend()


def in_distribution(axes: Axes, results: Sweep) -> None:
    """Test loss against alpha, without noise between its bounds."""
    upper = _curve(results, "noiseless-loss-cavity", "upper")
    if not upper.alphas.size:  # a results file of an earlier version has no such curve
        upper = _curve(results, "noiseless-loss-sharp", "upper")
    for drawn, colour, style, label in (
        (
            _curve(results, "noiseless-loss", "lower"),
            BLUE,
            "-",
            "σ = 0, missing mass (lower bound)",
        ),
        (upper, BLUE, ":", "σ = 0, upper bound"),
        (
            _curve(results, "loss-evolution", "value"),
            VERMILION,
            "-",
            f"σ = {results.model.curve_sigma:g}, predicted",
        ),
    ):
        line(axes, *drawn, color=colour, linestyle=style, label=label)
    _against_alpha(axes, results, "in_distribution_loss")
    axes.set(ylabel="in-distribution loss", yscale="log")
    axes.legend()


def ood(axes: Axes, results: Sweep) -> None:
    """Loss on new combinations against alpha."""
    at = results.model.curve_sigma
    predicted = _curve(results, "long-tail-error", "value")
    line(
        axes,
        predicted.alphas,
        3 * predicted.values,
        predicted.believed,
        color=VERMILION,
        label=f"σ = {at:g}, identified only: predicted",
    )
    cells = _cells(results, sigma=at)
    points(
        axes,
        [cell.alpha for cell in cells],
        [cell.observed["ood_loss_3"] for cell in cells],
        scale=at**2,
        color=VERMILION,
        marker="x",
        label=f"σ = {at:g}, identified only: simulated",
    )
    _against_alpha(axes, results, "ood_seen_loss_3")
    axes.set_ylabel("OOD loss, 3 seen tail features")
    axes.set_yscale("symlog", linthresh=1e-3)
    axes.set_ylim(bottom=-1e-4)
    axes.legend()


def two_sided(axes: Axes, results: Sweep) -> None:
    """The noiseless loss and its bounds, over the missing mass."""
    missing = _curve(results, "noiseless-loss", "lower")
    highest = 1.0
    for name, colour, style, label in (
        ("noiseless-loss", BLUE, ":", "upper side with k"),
        ("noiseless-loss-sharp", GREEN, "-.", "sharper, with k"),
    ):
        upper = _curve(results, name, "upper")
        over = _over(upper.values, missing.at(upper.alphas))
        line(
            axes,
            upper.alphas,
            over,
            upper.believed,
            color=colour,
            linewidth=1.2,
            linestyle=style,
            label=label,
        )
        if np.isfinite(over).any():
            highest = max(highest, float(np.nanmax(over)))
    above = _curve(results, "noiseless-loss-cavity", "upper")
    below = _curve(results, "noiseless-loss-cavity", "lower")
    # A results file of an earlier version has no such curve.
    if above.alphas.size:
        unit = missing.at(above.alphas)
        axes.fill_between(
            above.alphas,
            _over(below.at(above.alphas), unit),
            _over(above.values, unit),
            color=BLUE,
            alpha=0.35,
            linewidth=0.8,
            label="both sides, without k (proved)",
        )
    axes.axhline(1, color=GREY, linewidth=1, linestyle="--", label="missing mass")
    whole = _curve(results, "loss-evolution", "value")
    noise = results.model.curve_sigma**2 * (
        _curve(results, "variance-evolution", "value").at(whole.alphas)
        + _curve(results, "unidentifiable-variance", "value").at(whole.alphas)
    )
    over = _over(whole.values - noise, missing.at(whole.alphas))
    line(axes, whole.alphas, over, whole.believed, color=VERMILION, label="belief propagation")
    rows = [
        (cell.alpha, row)
        for cell in _cells(results, sigma=0.0)
        for row in cell.verdicts
        if row.id == "noiseless-loss" and row.observed is not None
    ]
    for alpha, row in rows:
        points(
            axes,
            [alpha],
            [row.observed],
            scale=1 / or_nan(row.lower) if row.lower else np.nan,
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
    ticks = [tick for tick in (1, 1.5, 2, 3, 5, 10, 30, 100, 300, 1000) if tick <= 1.1 * highest]
    axes.set_yticks(ticks, [f"{tick:g}" for tick in ticks], minor=False)
    axes.minorticks_off()
    axes.set_ylim(0.97, max(1.1 * highest, 1.05))
    axes.legend()


def unidentified(axes: Axes, results: Sweep) -> None:
    """Seen tail features that cannot be told from others, against alpha."""
    value = _curve(results, "recovered-fraction", "value")
    seen = _curve(results, "recovered-fraction", "trivial_upper")
    upper = _curve(results, "recovered-fraction", "upper")
    told = "predicted (density evolution)"
    line(axes, *value, color=VERMILION, linewidth=1.2, label=told)
    line(axes, *upper, color=BLUE, linewidth=1.2, linestyle=":", label="upper bound")
    axes.plot(
        seen.alphas,
        seen.values,
        color=GREY,
        linewidth=1,
        linestyle="--",
        label="all seen tail features",
    )
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
    positive = value.values[value.values > 0]
    if positive.size and seen.values.size and seen.values.max() > 0:
        axes.set_ylim(float(positive.min()) / 4, 2 * float(seen.values.max()))
    axes.legend()


def _cells(results: Sweep, *, sigma: float) -> list[Cell]:
    return [cell for cell in results.cells if cell.sigma == sigma]


def _curve(results: Sweep, name: str, side: Side) -> Predicted:
    known = [
        (row.alpha, getattr(row, side), row.believed)
        for row in results.curves
        if row.id == name and getattr(row, side) is not None
    ]
    return Predicted(
        np.array([alpha for alpha, _, _ in known], dtype=float),
        np.array([value for _, value, _ in known], dtype=float),
        np.array([believed for _, _, believed in known], dtype=bool),
    )


def _over(values: Array, unit: Array) -> Array:
    """Values in a unit; NaN, which is not drawn, where the unit is 0."""
    over = np.full(values.shape, np.nan)
    np.divide(values, unit, out=over, where=unit != 0)
    return over


def _some(model: Model) -> list[float]:
    """As many exponents as there are colours, the first, the last, the main one and others."""
    alphas = model.alphas
    places = np.linspace(0, len(alphas) - 1, min(len(alphas), len(COLOURS)))
    found = [alphas[place] for place in np.unique(np.round(places).astype(int))]
    if model.main_alpha in alphas and model.main_alpha not in found:
        nearest = min(found, key=lambda alpha: abs(alpha - model.main_alpha))
        found[found.index(nearest)] = model.main_alpha
    return sorted(found)


def _against_alpha(axes: Axes, results: Sweep, observable: str) -> None:
    """What was observed without noise and with it."""
    sigmas = (0.0, results.model.curve_sigma)
    for sigma, colour, marker in zip(sigmas, (BLUE, VERMILION), "os", strict=True):
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

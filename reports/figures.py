"""The figures of the linear theory, drawn from a results document alone.

Predictions are lines, simulation is points with 95% intervals. Colours are the Okabe-Ito
set, which stays apart in print and for colour-blind readers; every series has its own
marker too.
"""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

BLUE, ORANGE, GREEN, VERMILION, PURPLE, SKY = (
    "#0072B2",
    "#E69F00",
    "#009E73",
    "#D55E00",
    "#CC79A7",
    "#56B4E9",
)
COLOURS = (VERMILION, ORANGE, GREEN, BLUE, PURPLE, SKY)
MARKERS = "osD^vP"
GREY = "#666666"

STYLE: dict[Any, Any] = {
    "font.size": 9,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "grid.color": "#e4e4e4",
    "grid.linewidth": 0.6,
    "axes.axisbelow": True,
    "legend.frameon": False,
    "legend.fontsize": 7.5,
    "svg.fonttype": "path",
    "figure.dpi": 100,
}


@dataclass(frozen=True)
class Drawn:
    """One figure.

    Args:
        name: of its files.
        title: a line.
        see: one sentence, what to see.
        svg, png: the picture.
    """

    name: str
    title: str
    see: str
    svg: bytes
    png: bytes


@dataclass(frozen=True)
class Panel:
    """One panel: how to draw it into given axes."""

    name: str
    title: str
    see: str
    draw: Callable[[Axes, dict[str, Any]], None]


def _cells(results: dict[str, Any], *, sigma: float) -> list[dict[str, Any]]:
    return [cell for cell in results["cells"] if cell["setting"]["sigma"] == sigma]


def _curve(results: dict[str, Any], name: str, side: str) -> tuple[Any, Any]:
    rows = [row for row in results["curves"] if row["id"] == name and row[side] is not None]
    return np.array([row["alpha"] for row in rows]), np.array([row[side] for row in rows])


def _points(
    axes: Axes, x: list[float], estimates: list[dict[str, Any]], scale: float = 1.0, **style: Any
) -> None:
    known = [(a, e) for a, e in zip(x, estimates, strict=True) if e["mean"] is not None]
    means = np.array([e["mean"] for _, e in known]) * scale
    low = np.array([e["mean"] if e["ci_low"] is None else e["ci_low"] for _, e in known]) * scale
    high = np.array([e["mean"] if e["ci_high"] is None else e["ci_high"] for _, e in known]) * scale
    options: dict[str, Any] = {
        "markersize": 4.5,
        "capsize": 2,
        "elinewidth": 1,
        "linestyle": "none",
    } | style
    axes.errorbar(
        [a for a, _ in known],
        means,
        yerr=np.maximum([means - low, high - means], 0),
        **options,
    )


def _some(alphas: list[float]) -> list[float]:
    """As many exponents as there are colours, the first, the last and evenly between."""
    places = np.linspace(0, len(alphas) - 1, min(len(alphas), len(COLOURS)))
    return [alphas[place] for place in np.unique(np.round(places).astype(int))]


def _long_tail(axes: Axes, results: dict[str, Any]) -> None:
    sigmas = [sigma for sigma in results["model"]["sigmas"] if sigma > 0]
    line = np.linspace(0, max(sigmas) * 1.05, 50)
    axes.plot(line, line, color="black", linestyle="--", linewidth=1, label="noise level σ")
    main = results["model"]["main_sigma"]
    alphas, variances = _curve(results, "long-tail-error", "value")
    for alpha, colour, marker in zip(
        _some(results["model"]["alphas"]), COLOURS, MARKERS, strict=False
    ):
        predicted = variances[np.argmin(np.abs(alphas - alpha))]
        axes.plot(line, line * np.sqrt(predicted) / main, color=colour, linewidth=1)
        cells = [
            cell
            for cell in results["cells"]
            if cell["setting"]["alpha"] == alpha and cell["setting"]["sigma"] > 0
        ]
        _points(
            axes,
            [cell["setting"]["sigma"] for cell in cells],
            [cell["observed"]["recovered_tail_error"] for cell in cells],
            color=colour,
            marker=marker,
            label=f"α = {alpha:g}",
        )
    alpha = min(results["model"]["alphas"], key=lambda a: abs(a - 2))
    cells = [cell for cell in results["cells"] if cell["setting"]["alpha"] == alpha]
    _points(
        axes,
        [cell["setting"]["sigma"] for cell in cells if cell["setting"]["sigma"] > 0],
        [
            cell["observed"]["single_appearance_error"]
            for cell in cells
            if cell["setting"]["sigma"] > 0
        ],
        color="black",
        marker="x",
        label=f"seen once, α = {alpha:g}",
    )
    axes.set(xlabel="noise level σ", ylabel="RMS error, recovered tail features")
    axes.set_xlim(0)
    # Room for the legend above the steepest line.
    axes.set_ylim(0, 1.35 * axes.get_ylim()[1])
    axes.legend(ncols=2)


def _against_alpha(
    axes: Axes, results: dict[str, Any], observable: str, sigmas: list[float]
) -> None:
    for sigma, colour, marker in zip(sigmas, (BLUE, VERMILION), "os", strict=False):
        cells = _cells(results, sigma=sigma)
        _points(
            axes,
            [cell["setting"]["alpha"] for cell in cells],
            [cell["observed"][observable] for cell in cells],
            color=colour,
            marker=marker,
            # The open circle stays visible around a square at the same place.
            **({"markerfacecolor": "none", "markersize": 8} if sigma == 0 else {"markersize": 4}),
            label=f"σ = {sigma:g}, simulated",
        )
    axes.set_xlabel("power-law exponent α")


def _shown_sigmas(results: dict[str, Any]) -> list[float]:
    return [0.0, results["model"]["main_sigma"]]


def _common(axes: Axes, results: dict[str, Any]) -> None:
    main = results["model"]["main_sigma"]
    alphas, variances = _curve(results, "common-error", "value")
    axes.plot(
        alphas, np.sqrt(variances), color=VERMILION, linewidth=1, label=f"σ = {main:g}, predicted"
    )
    axes.axhline(main, color="black", linestyle="--", linewidth=1, label=f"noise level {main:g}")
    _against_alpha(axes, results, "common_error", _shown_sigmas(results))
    axes.set_ylabel("RMS error, common features")
    axes.set_ylim(bottom=-0.003)
    axes.legend()


def _in_distribution(axes: Axes, results: dict[str, Any]) -> None:
    main = results["model"]["main_sigma"]
    alphas, lower = _curve(results, "noiseless-loss", "lower")
    axes.plot(alphas, lower, color=BLUE, linewidth=1, label="σ = 0, missing mass (lower bound)")
    alphas, upper = _curve(results, "noiseless-loss-sharp", "upper")
    axes.plot(alphas, upper, color=BLUE, linewidth=1, linestyle=":", label="σ = 0, upper bound")
    alphas, value = _curve(results, "loss-evolution", "value")
    axes.plot(alphas, value, color=VERMILION, linewidth=1, label=f"σ = {main:g}, predicted")
    _against_alpha(axes, results, "in_distribution_loss", _shown_sigmas(results))
    axes.set(ylabel="in-distribution loss", yscale="log")
    axes.legend()


def _ood(axes: Axes, results: dict[str, Any]) -> None:
    main = results["model"]["main_sigma"]
    alphas, variances = _curve(results, "long-tail-error", "value")
    axes.plot(
        alphas,
        3 * variances,
        color=VERMILION,
        linewidth=1,
        label=f"σ = {main:g}, identified only: predicted",
    )
    cells = _cells(results, sigma=main)
    _points(
        axes,
        [cell["setting"]["alpha"] for cell in cells],
        [cell["observed"]["ood_loss_3"] for cell in cells],
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


def _two_sided(axes: Axes, results: dict[str, Any]) -> None:
    alphas, lower = _curve(results, "noiseless-loss", "lower")
    _, upper = _curve(results, "noiseless-loss", "upper")
    _, sharp = _curve(results, "noiseless-loss-sharp", "upper")
    axes.axhline(1, color=BLUE, linewidth=1.2, label="lower bound (missing mass)")
    axes.plot(alphas, upper / lower, color=BLUE, linewidth=1.2, linestyle=":", label="upper bound")
    axes.plot(
        alphas, sharp / lower, color=GREEN, linewidth=1.2, linestyle="-.", label="sharp upper bound"
    )
    axes.fill_between(alphas, 1, sharp / lower, color=GREEN, alpha=0.1, linewidth=0)
    noise = results["model"]["main_sigma"] ** 2 * (
        _curve(results, "variance-evolution", "value")[1]
        + _curve(results, "unidentifiable-variance", "value")[1]
    )
    predicted = _curve(results, "loss-evolution", "value")[1] - noise
    axes.plot(alphas, predicted / lower, color=VERMILION, linewidth=1, label="belief propagation")
    cells = _cells(results, sigma=0.0)
    rows = [
        (cell["setting"]["alpha"], row)
        for cell in cells
        for row in cell["verdicts"]
        if row["id"] == "noiseless-loss" and row["observed"] is not None
    ]
    for alpha, row in rows:
        _points(
            axes,
            [alpha],
            [row["observed"]],
            scale=1 / row["lower"],
            color=VERMILION,
            marker="o",
            label="simulated" if alpha == rows[0][0] else None,
        )
    axes.set(
        xlabel="power-law exponent α",
        ylabel="expected noiseless loss / lower bound",
        yscale="log",
    )
    ticks = [1, 1.5, 2, 3, 5, 10]
    axes.set_yticks(ticks, [f"{tick:g}" for tick in ticks], minor=False)
    axes.minorticks_off()
    axes.legend()


def _unidentified(axes: Axes, results: dict[str, Any]) -> None:
    alphas, value = _curve(results, "recovered-fraction", "value")
    axes.plot(alphas, value, color=VERMILION, linewidth=1.2, label="predicted (density evolution)")
    alphas, upper = _curve(results, "recovered-fraction", "upper")
    axes.plot(alphas, upper, color=BLUE, linewidth=1.2, linestyle=":", label="upper bound")
    alphas, seen = _curve(results, "recovered-fraction", "trivial_upper")
    axes.plot(alphas, seen, color=GREY, linewidth=1, linestyle="--", label="all seen tail features")
    cells = _cells(results, sigma=0.0)
    _points(
        axes,
        [cell["setting"]["alpha"] for cell in cells],
        [cell["observed"]["unidentified_seen_tail"] for cell in cells],
        color=VERMILION,
        marker="o",
        label="simulated",
    )
    axes.set(
        xlabel="power-law exponent α",
        ylabel="seen but unidentifiable tail features",
        yscale="log",
    )
    axes.legend()


PANELS = (
    Panel(
        "long_tail_error",
        "Long-tail features",
        "Points lie on straight lines through the origin: what is recovered is known up to the "
        "label noise, and a feature seen once (crosses) is just above it. The lines are "
        "predictions of belief propagation, with no fitted constant.",
        _long_tail,
    ),
    Panel(
        "common_error",
        "Common features",
        "Common features are learned far below the noise level for α ≥ 1.5; at α = 1 too few "
        "samples are free of tail features, and even without noise they are wrong.",
        _common,
    ),
    Panel(
        "in_distribution_loss",
        "In-distribution loss",
        "The two noise levels nearly overlap: the loss is the mass of features never seen, which "
        "the lower bound gives without an unspecified constant.",
        _in_distribution,
    ),
    Panel(
        "ood_loss",
        "Loss on new combinations",
        "New combinations of identified features cost noise only (crosses on their line, and "
        "exactly 0 without noise); over all seen features the loss rises toward α = 1, where "
        "many are seen but not identifiable.",
        _ood,
    ),
    Panel(
        "noiseless_loss",
        "Two-sided bound on the noiseless loss",
        "The sides are proved, with explicit constants, and close in on each other as α grows; "
        "the simulated loss lies between them, where belief propagation (not proved) puts it.",
        _two_sided,
    ),
    Panel(
        "unidentifiable",
        "Seen, yet not identifiable",
        "Density evolution predicts the number of features that were seen but cannot be told "
        "from the others, over three orders of magnitude.",
        _unidentified,
    ),
)


def saved(figure: Figure, name: str) -> tuple[bytes, bytes]:
    """The figure as SVG and PNG bytes, the same for the same figure."""
    svg, png = io.BytesIO(), io.BytesIO()
    with mpl.rc_context({"svg.hashsalt": name}):
        # No date: the same results draw the same bytes.
        figure.savefig(svg, format="svg", metadata={"Date": None})
        figure.savefig(png, format="png", dpi=160, metadata={"Software": None})
    return svg.getvalue(), png.getvalue()


def drawn_figures(results: dict[str, Any]) -> list[Drawn]:
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
            figures.append(Drawn(panel.name, panel.title, panel.see, *saved(figure, panel.name)))
    return figures

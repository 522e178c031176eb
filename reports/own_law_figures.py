"""The figures of frequencies of one's own, drawn from their record alone."""

from __future__ import annotations

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from reports.figures import (
    BLUE,
    GREEN,
    GREY,
    ONE_PANEL,
    STYLE,
    VERMILION,
    Drawn,
    line,
    or_nan,
    points,
    saved,
)
from reports.own_law import OwnLaw, SidesAtSigma, at_main

FREQUENCIES = (
    "Frequencies by rank; right of the dashed line are tail features (i > k), below the dotted one "
    "those seen less than once in the training samples on average. A power law is a straight line."
)
LOSS = (
    "In-distribution loss against the noise level: points are simulated, with 95% intervals; the "
    "line is predicted, the bounds are proved and belong to noiseless labels. Lines fade where a "
    "hypothesis fails."
)


def drawn_own(own: OwnLaw) -> list[Drawn]:
    """Rank and frequency, with k; loss against sigma."""
    figures = []
    with mpl.rc_context(STYLE):
        for name, title, see, draw in (
            ("frequencies", "Frequencies by rank", FREQUENCIES, _frequencies),
            ("loss_over_sigma", "Loss against the noise level", LOSS, _loss),
        ):
            figure = Figure(figsize=ONE_PANEL, layout="constrained")
            draw(figure.subplots(), own)
            figures.append(Drawn(name, title, see, *saved(figure, name)))
    return figures


def _frequencies(axes: Axes, own: OwnLaw) -> None:
    shown = [one for one in own.ranked if one.p > 0]
    axes.plot(
        [one.rank for one in shown], [one.p for one in shown], ".-", color=BLUE, markersize=3.5
    )
    k = at_main(own).k
    axes.axvline(k + 0.5, color="black", linestyle="--", linewidth=1, label=f"k = {k}")
    axes.axhline(1 / own.n, color=GREY, linestyle=":", linewidth=1, label=f"1/n, n = {own.n}")
    axes.set(xlabel="rank of the feature", ylabel="frequency p", xscale="log", yscale="log")
    axes.legend()


def _loss(axes: Axes, own: OwnLaw) -> None:
    by_id: dict[str, list[SidesAtSigma]] = {}
    for sides in own.lines:
        by_id.setdefault(sides.id, []).append(sides)
    for name, side, colour, style, label in (
        ("noiseless-loss", "lower", BLUE, "-", "σ = 0, missing mass (lower bound)"),
        ("noiseless-loss-sharp", "upper", GREEN, "-.", "σ = 0, sharp upper bound"),
        ("loss-evolution", "value", VERMILION, "-", "predicted"),
    ):
        rows = by_id.get(name, [])
        line(
            axes,
            [row.sigma for row in rows],
            [or_nan(getattr(row, side)) for row in rows],
            [row.believed for row in rows],
            color=colour,
            linestyle=style,
            linewidth=1.2,
            label=label,
        )
    points(
        axes,
        [cell.sigma for cell in own.cells],
        [cell.observed["in_distribution_loss"] for cell in own.cells],
        color=VERMILION,
        marker="o",
        label="simulated",
    )
    axes.set(xlabel="noise level σ", ylabel="in-distribution loss")
    axes.set_ylim(bottom=0)
    axes.legend()

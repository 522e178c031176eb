"""Figures of the "Necessity" section, drawn from a results document alone."""

from __future__ import annotations

from collections.abc import Sequence

import matplotlib as mpl
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import FixedLocator, NullFormatter, NullLocator

from reports.figures import BLUE, GREY, MARKERS, STYLE, VERMILION, Drawn, or_nan, points, saved
from reports.necessity_records import Necessity
from reports.records import Range

SEE_PRICE = (
    "Loss over the missing mass, which the memorizing solution reaches, against δ, the influence "
    "that one label may have. No learner of any kind is below the line (bound); dotted is its law "
    "R(δ), which depends on α alone. Forgetting samples at random (points, with the dashed lower "
    "side) is within a factor 2 of the best that any learner as stable could do; ridge with noise "
    "pays more."
)

SEE_FLOOR = (
    "Risk over τ² against λ, the variance of the noise over that of a coefficient. No estimator is "
    "below the line; ridge at λ (points on it) nearly attains it. Memorizing everything (squares) "
    "costs a few percent while λ is below 1/4, and more and more beyond."
)


def drawn_necessity(document: Necessity) -> list[Drawn]:
    """Both figures."""
    with mpl.rc_context(STYLE):
        return [_price(document), _floor(document)]


def _over(one: Range | None, missing: float | None) -> Range | None:
    """An observed loss in units of the missing mass."""
    if one is None or one.mean is None or not missing:
        return None
    low, high = one.ci_low, one.ci_high
    return Range(
        mean=one.mean / missing,
        ci_low=None if low is None else low / missing,
        ci_high=None if high is None else high / missing,
    )


def _ticks(axes: mpl.axes.Axes, places: Sequence[float]) -> None:
    axes.xaxis.set_major_locator(FixedLocator(list(places)))
    axes.xaxis.set_minor_locator(NullLocator())
    axes.set_xticklabels([f"{place:g}" for place in places])
    axes.yaxis.set_minor_formatter(NullFormatter())


def _price(document: Necessity) -> Drawn:
    figure = Figure(figsize=(11.0, 4.0), layout="constrained")
    panels = figure.subplots(1, len(document.alphas), sharey=True, squeeze=False)[0]
    for axes, alpha in zip(panels, document.alphas, strict=True):
        rows = [row for row in document.stable if row.alpha == alpha]
        deltas = [row.delta for row in rows]
        for curve in document.curves:
            if curve.alpha == alpha:
                axes.plot(curve.deltas, [or_nan(y) for y in curve.bound], color=BLUE, linewidth=1.6)
                axes.plot(curve.deltas, [or_nan(y) for y in curve.law], color=GREY, linestyle=":")
                axes.plot(
                    curve.deltas,
                    [or_nan(y) for y in curve.subsampled],
                    color=VERMILION,
                    linestyle="--",
                    linewidth=1,
                )
        points(
            axes,
            deltas,
            [_over(row.kept.observed, row.missing_mass) for row in rows],
            color=VERMILION,
            marker=MARKERS[0],
        )
        points(
            axes,
            deltas,
            [_over(row.noisy, row.missing_mass) for row in rows],
            color=GREY,
            marker=MARKERS[1],
            markersize=3.5,
        )
        axes.set(
            xscale="log", yscale="log", xlabel="influence of one label δ", title=f"α = {alpha:g}"
        )
        _ticks(axes, (0.02, 0.1, 0.5, 1))
    panels[0].set_ylabel("loss / missing mass")
    places = (1, 2, 5, 10, 20, 50)
    panels[0].yaxis.set_major_locator(FixedLocator(list(places)))
    panels[0].set_yticklabels([f"{place:g}" for place in places])
    figure.legend(
        handles=[
            Line2D([], [], color=BLUE, label="bound: any δ-stable learner"),
            Line2D([], [], color=GREY, linestyle=":", label="its law R(δ)"),
            Line2D(
                [],
                [],
                color=VERMILION,
                linestyle="--",
                marker=MARKERS[0],
                markersize=4.5,
                label="share δ of the samples, memorized",
            ),
            Line2D(
                [],
                [],
                color=GREY,
                linestyle="none",
                marker=MARKERS[1],
                markersize=3.5,
                label="ridge with noise",
            ),
        ],
        loc="outside upper center",
        ncols=4,
    )
    svg, png = saved(figure, "necessity")
    return Drawn("necessity", "The price of not memorizing", SEE_PRICE, svg, png)


def _floor(document: Necessity) -> Drawn:
    figure = Figure(figsize=(11.0, 3.6), layout="constrained")
    panels = figure.subplots(1, len(document.alphas), squeeze=False)[0]
    for axes, alpha in zip(panels, document.alphas, strict=True):
        rows = [row for row in document.floors if row.alpha == alpha]
        strengths = [row.strength for row in rows]
        axes.plot(strengths, [or_nan(row.floor.lower) for row in rows], color=BLUE, linewidth=1.6)
        points(
            axes,
            strengths,
            [row.floor.observed for row in rows],
            color=BLUE,
            marker=MARKERS[0],
        )
        points(
            axes,
            strengths,
            [_scaled(row.memorizing.observed, row.plain_floor) for row in rows],
            color=VERMILION,
            marker=MARKERS[1],
        )
        axes.set(
            xscale="log", yscale="log", xlabel="noise over signal λ = σ²/τ²", title=f"α = {alpha:g}"
        )
        _ticks(axes, strengths)
    panels[0].set_ylabel("risk / τ²")
    figure.legend(
        handles=[
            Line2D([], [], color=BLUE, label="floor of every estimator"),
            Line2D(
                [],
                [],
                color=BLUE,
                linestyle="none",
                marker=MARKERS[0],
                markersize=4.5,
                label="ridge at λ, the best",
            ),
            Line2D(
                [],
                [],
                color=VERMILION,
                linestyle="none",
                marker=MARKERS[1],
                markersize=4.5,
                label="memorizing everything",
            ),
        ],
        loc="outside upper center",
        ncols=3,
    )
    svg, png = saved(figure, "floor")
    return Drawn("floor", "What no estimator can do better", SEE_FLOOR, svg, png)


def _scaled(one: Range | None, floor: float | None) -> Range | None:
    """A risk, from its quotient by the floor."""
    return None if floor is None else _over(one, 1 / floor)

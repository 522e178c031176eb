"""Figures of the "Necessity" section, drawn from a results document alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import FixedLocator, NullFormatter, NullLocator

from reports.figures import (
    BLUE,
    GREY,
    MARKERS,
    STYLE,
    VERMILION,
    Drawn,
    each_labelled,
    line,
    or_nan,
    points,
    saved,
)
from reports.necessity_records import Necessity
from reports.records import Range
from theorems.setting import PAPER

SAYS_NOTHING = 3
"""An upper end beyond so many means comes from what no draw can exceed, not from what was seen."""

SEE_PRICE = (
    "Loss over the missing mass, which the memorizing solution reaches, against δ, the influence "
    "that one label may have. No learner of any kind is below the line (bound); dotted is its law "
    "R(δ), which depends on α alone. Forgetting samples at random (points, with the dashed lower "
    "side) is, for large n and α > 1, within a factor 2 of the best of any as stable; ridge with "
    "noise pays more. Upper ends of intervals are left out where what is lost beyond the missing "
    "mass was hardly seen. Lines fade where a hypothesis fails."
)

SEE_FLOOR = (
    "Risk over the floor of every estimator, against λ, the variance of the noise over that of a "
    "coefficient. The blue line is the sharper floor, at which features that share their only "
    "sample count; ridge at λ nearly attains it. Memorizing everything costs {cost}: prediction "
    "and law are first order, where a sample holds several rare features the price is higher. "
    "Lines fade where a hypothesis fails."
)

AT_THE_PAPERS = (
    "a few percent while λ is below 1/4, more and more beyond, and the more the smaller α is"
)


def drawn_necessity(document: Necessity) -> list[Drawn]:
    """Both figures."""
    with mpl.rc_context(STYLE):
        return [_price(document), _floor(document)]


def _over(one: Range | None, missing: float | None) -> Range | None:
    """An observed loss in units of the missing mass; an end that says nothing is left out."""
    if one is None or one.mean is None or not missing:
        return None
    low, high = one.ci_low, one.ci_high
    if high is not None and high > SAYS_NOTHING * one.mean:
        high = None
    return Range(
        mean=one.mean / missing,
        ci_low=None if low is None else low / missing,
        ci_high=None if high is None else high / missing,
    )


def _ticks(axes: Axes, places: Sequence[float]) -> None:
    axes.xaxis.set_major_locator(FixedLocator(list(places)))
    axes.xaxis.set_minor_locator(NullLocator())
    axes.set_xticklabels([f"{place:g}" for place in places])
    axes.yaxis.set_minor_formatter(NullFormatter())


def _line(
    axes: Axes,
    x: Sequence[float],
    believed: Mapping[str, Sequence[bool]],
    name: str,
    values: Sequence[float | None],
    **style: Any,
) -> None:
    """A line of a curve, faded where a hypothesis of its statement fails."""
    held = believed.get(name, [True] * len(x))
    line(axes, x, [or_nan(value) for value in values], held, **style)


def _price(document: Necessity) -> Drawn:
    figure = Figure(figsize=(11.0, 4.0), layout="constrained")
    panels = figure.subplots(1, len(document.alphas), sharey=True, squeeze=False)[0]
    for axes, alpha in zip(panels, document.alphas, strict=True):
        rows = [row for row in document.stable if row.alpha == alpha]
        deltas = [row.delta for row in rows]
        for curve in document.curves:
            if curve.alpha == alpha:
                drawn = partial(_line, axes, curve.deltas, curve.believed)
                drawn("bound", curve.bound, color=BLUE, linewidth=1.6)
                drawn("law", curve.law, color=GREY, linestyle=":", linewidth=1.5)
                drawn("subsampled", curve.subsampled, color=VERMILION, linestyle="--")
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
        each_labelled(axes)
    # The interval of what was hardly seen may reach to what no draw can exceed.
    highest = max(
        (
            row.noisy.mean / row.missing_mass
            for row in document.stable
            if row.noisy.mean and row.missing_mass
        ),
        default=10.0,
    )
    panels[0].set(ylabel="loss / missing mass", ylim=(0.8, 1.3 * highest))
    places = [place for place in (1, 2, 5, 10, 20, 50, 100, 200) if place < 1.3 * highest]
    panels[0].yaxis.set_major_locator(FixedLocator(places))
    panels[0].set_yticklabels([f"{place:g}" for place in places])
    figure.legend(
        handles=[
            Line2D([], [], color=BLUE, label="bound: any δ-stable learner"),
            Line2D([], [], color=GREY, linestyle=":", label="its law R(δ)"),
            Line2D([], [], color=VERMILION, linestyle="--", label="missing mass of a share δ"),
            _dots(VERMILION, 0, "share δ of the samples, memorized"),
            _dots(GREY, 1, "ridge with noise"),
        ],
        loc="outside upper center",
        ncols=5,
    )
    svg, png = saved(figure, "necessity")
    return Drawn("necessity", "The price of not memorizing", SEE_PRICE, svg, png)


def _floor(document: Necessity) -> Drawn:
    figure = Figure(figsize=(11.0, 3.6), layout="constrained")
    panels = figure.subplots(1, len(document.alphas), sharey=True, squeeze=False)[0]
    for axes, alpha in zip(panels, document.alphas, strict=True):
        rows = [row for row in document.floors if row.alpha == alpha]
        strengths = [row.strength for row in rows]
        for curve in document.floor_curves:
            if curve.alpha == alpha:
                drawn = partial(_line, axes, curve.strengths, curve.believed)
                drawn("sharper", curve.sharper, color=BLUE, linewidth=1.6)
                drawn("price", curve.price, color=VERMILION)
                drawn("law", curve.law, color=GREY, linestyle=":", linewidth=1.5)
        points(
            axes,
            strengths,
            [_over(row.floor.observed, row.plain_floor) for row in rows],
            color=BLUE,
            marker=MARKERS[0],
        )
        points(
            axes,
            strengths,
            [row.memorizing.observed for row in rows],
            color=VERMILION,
            marker=MARKERS[1],
        )
        axes.set(xscale="log", xlabel="noise over signal λ = σ²/τ²", title=f"α = {alpha:g}")
        _ticks(axes, strengths)
        each_labelled(axes)
    means = [row.memorizing.observed.mean for row in document.floors if row.memorizing.observed]
    panels[0].set(ylabel="risk / floor", ylim=(0.9, 1.15 * max((m for m in means if m), default=2)))
    figure.legend(
        handles=[
            Line2D([], [], color=BLUE, label="no estimator is below"),
            _dots(BLUE, 0, "ridge at λ, the best"),
            Line2D([], [], color=VERMILION, linewidth=1, label="memorizing everything, predicted"),
            Line2D([], [], color=GREY, linestyle=":", label="its law"),
            _dots(VERMILION, 1, "observed"),
        ],
        loc="outside upper center",
        ncols=5,
    )
    svg, png = saved(figure, "floor")
    usual = PAPER.document()
    papers = all(document.setting[name] == usual[name] for name in ("n", "d", "s"))
    see = SEE_FLOOR.format(cost=AT_THE_PAPERS if papers else "what the points show")
    return Drawn("floor", "What no estimator can do better", see, svg, png)


def _dots(colour: str, marker: int, label: str) -> Line2D:
    """An entry of a legend for points."""
    return Line2D(
        [],
        [],
        color=colour,
        linestyle="none",
        marker=MARKERS[marker],
        markersize=4.5,
        label=label,
    )

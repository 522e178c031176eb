"""Figures of the section on memorization, drawn from the results document alone."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.figure import Figure

from reports.figures import (
    BLUE,
    COLOURS,
    GREEN,
    GREY,
    MARKERS,
    ONE_PANEL,
    STYLE,
    VERMILION,
    Drawn,
    or_nan,
    points,
    saved,
)
from reports.memorization_records import Memorization, Pairs
from theorems.setting import PAPER


def _plain(axis: Axis, ticks: Sequence[float]) -> None:
    """Ticks of a logarithmic axis that are written out."""
    axis.set_ticks(ticks, labels=[f"{tick:g}" for tick in ticks])
    axis.set_ticks([], minor=True)


def _round(ends: tuple[float, float]) -> list[float]:
    """1, 2, 3 and 5 times powers of ten between two ends."""
    low, high = (int(np.floor(np.log10(end))) for end in ends)
    places = [digit * 10.0**power for power in range(low, high + 1) for digit in (1, 2, 3, 5)]
    return [place for place in places if ends[0] <= place <= ends[1]]


LEVEL_LABEL = "memorization level m = 1/(1 + λ)"


def _ridge_in_distribution(axes: Axes, data: Memorization) -> None:
    for ridge, colour, marker in zip(data.ridge, (BLUE, VERMILION), "os", strict=False):
        levels = [row.level for row in ridge.rows]
        told = f"σ = {ridge.sigma:g}"
        rows = ridge.rows
        style: dict[str, Any] = {
            "color": colour,
            "marker": marker,
            "linestyle": "-",
            "linewidth": 0.7,
        }
        points(axes, levels, [row.in_distribution for row in rows], label=told, **style)
        axes.axvline(ridge.best_level, color=colour, linestyle=":", linewidth=1)
    axes.plot([], [], color=GREY, linestyle=":", label="predicted best level of a tail feature")
    axes.set(xlabel=LEVEL_LABEL, ylabel="in-distribution loss", yscale="log")
    _plain(axes.yaxis, _round(axes.get_ylim()))
    axes.legend()


def _ridge_ood(axes: Axes, data: Memorization) -> None:
    for ridge, colour, marker in zip(data.ridge, (BLUE, VERMILION), "os", strict=False):
        rows = ridge.rows
        levels = [row.level for row in rows]
        told = f"σ = {ridge.sigma:g}"
        axes.plot(
            levels,
            [or_nan(row.ood_predicted) for row in rows],
            color=colour,
            linewidth=1,
            label=f"{told}, predicted",
        )
        observed = [row.ood for row in rows]
        points(axes, levels, observed, color=colour, marker=marker, label=f"{told}, simulated")
        axes.axvline(ridge.best_level, color=colour, linestyle=":", linewidth=1)
    axes.set(xlabel=LEVEL_LABEL, ylabel="loss on 3 recovered features seen once", yscale="log")
    axes.legend()


def _corruption(axes: Axes, data: Memorization) -> None:
    for line, colour, marker in zip(data.corruption, COLOURS[:1] + COLOURS[2:], MARKERS):  # noqa: B905
        levels = [row.level for row in line.rows]
        axes.plot(levels, [or_nan(row.predicted) for row in line.rows], color=colour, linewidth=1)
        points(
            axes,
            levels,
            [row.observed for row in line.rows],
            color=colour,
            marker=marker,
            label=f"{line.rho:.0%} of tail labels corrupted",
        )
        best = line.at_best
        axes.plot(
            best.level,
            or_nan(best.predicted),
            color="black",
            marker="*",
            markersize=10,
            linestyle="none",
            zorder=5,
        )
    axes.plot([], [], "k*", markersize=9, label="predicted best penalty λ*")
    axes.set(xlabel=LEVEL_LABEL, ylabel="squared error, recovered feature seen once")
    axes.set_ylim(0)
    axes.legend()


def _influence(axes: Axes, data: Memorization) -> None:
    influence = data.influence
    edges = np.array(influence.edges)
    for kind, told, colour in (
        (influence.common, "common features only", BLUE),
        (influence.tail, "with a tail feature", VERMILION),
    ):
        axes.stairs(
            kind.share,
            edges,
            color=colour,
            fill=True,
            alpha=0.35,
        )
        axes.stairs(
            kind.share,
            edges,
            color=colour,
            linewidth=1.2,
            label=f"{told} ({kind.samples} samples)",
        )
    if influence.predicted_own:
        axes.axvline(
            influence.predicted_own,
            color="black",
            linestyle=":",
            linewidth=1.2,
            label="predicted: a sample with a feature of its own",
        )
    sigma = float(data.setting["sigma"])
    if sigma > 0:  # on a logarithmic axis 0 has no place
        axes.axvline(sigma, color="black", linestyle="--", linewidth=1)
        axes.annotate(
            "σ",
            (sigma, 1),
            xycoords=("data", "axes fraction"),
            xytext=(3, -9),
            textcoords="offset points",
        )
    axes.set(
        xlabel="memorization score |leave-one-out residual − residual|",
        ylabel="share of the samples of its kind",
        xscale="log",
    )
    axes.set_ylim(top=1.35 * max(*influence.tail.share, *influence.common.share))
    axes.legend(loc="upper left")


def _pairs(axes: Axes, data: Memorization) -> None:
    pairs = data.pairs
    predicted = np.array(pairs.predicted)
    extent = 1.1 * float(np.abs(predicted).max(initial=0.1))
    axes.plot([-extent, extent], [-extent, extent], color="black", linewidth=0.8)
    axes.plot(
        predicted,
        pairs.observed,
        color=VERMILION,
        marker="o",
        markersize=3.5,
        linestyle="none",
        label="Δ of either feature alone",
    )
    axes.axhline(
        0, color=GREEN, linewidth=1.2, label=f"the pair together: below {_told(pairs)} in all"
    )
    axes.set(xlabel="predicted (±β_j − β_i)/2", ylabel="observed")
    axes.legend()


def _told(pairs: Pairs) -> str:
    largest = pairs.largest_together
    return f"1e{int(np.ceil(np.log10(largest)))}" if largest > 0 else "1e-16"


def _descent(axes: Axes, data: Memorization) -> None:
    run = data.descent
    # Where nothing is seen there is nothing to learn, and no distance.
    if run is None or not any(distance > 0 for distance in run.distance):
        return
    axes.plot(run.steps, run.bound, color=GREY, linestyle=":", label="bound ρ^t")
    axes.plot(run.steps, run.predicted, color=BLUE, linewidth=1.2, label="from the spectrum")
    axes.plot(
        run.steps,
        run.distance,
        color=VERMILION,
        marker="o",
        markersize=4.5,
        linestyle="none",
        label="run",
    )
    axes.set(
        xlabel="steps of gradient descent",
        ylabel="relative distance to minimum norm",
        xscale="log",
        yscale="log",
    )
    axes.legend()


def _law(axes: Axes, data: Memorization) -> None:
    rows = data.law
    n = [row.n for row in rows]
    accuracy = np.array([or_nan(row.accuracy) for row in rows])
    axes.fill_between(
        n,
        1 - accuracy,
        1 + accuracy,
        color=BLUE,
        alpha=0.12,
        linewidth=0,
        label="accuracy that is claimed",
    )
    axes.axhline(1, color=BLUE, linewidth=1, label="noisy-law")
    axes.plot(
        n,
        [or_nan(row.finite_sums) for row in rows],
        color=GREEN,
        linestyle="--",
        linewidth=1,
        label="finite sums (noisy-loss)",
    )
    points(axes, n, [row.ratio for row in rows], color=VERMILION, marker="o", label="simulated")
    axes.set(xlabel="samples n, with d = 100 n", ylabel="loss over its law", xscale="log")
    _plain(axes.xaxis, n)
    axes.legend()


FIGURES: tuple[tuple[str, str, str, str, Callable[[Axes, Memorization], None]], ...] = (
    (
        "ridge_in_distribution",
        "In-distribution loss along the ridge path",
        "At the paper's noise level every bit of memorization given up costs; at ten times that "
        "level the least loss is reached near the level that is predicted for a single tail "
        "feature (dotted).",
        "Each noise level has a level of its own at which the loss is least; dotted is what is "
        "predicted for a single tail feature.",
        _ridge_in_distribution,
    ),
    (
        "ridge_ood",
        "New combinations along the ridge path",
        "New combinations of features seen once depend on memorization far more than the "
        "in-distribution loss does: at low noise, giving up half of it multiplies their loss by "
        "dozens, as predicted without a free parameter.",
        "New combinations of features seen once depend on memorization as predicted without a "
        "free parameter.",
        _ridge_ood,
    ),
    (
        "corruption",
        "Corrupted tail labels",
        "The more labels are corrupted, the less one should memorize: the predicted best penalty "
        "(star) sits at the minimum of each simulated curve.",
        "The more labels are corrupted, the less one should memorize; the star is the predicted "
        "best penalty.",
        _corruption,
    ),
    (
        "self_influence",
        "Who is memorized",
        "Leaving a sample out moves the prediction at it by more than the noise only for samples "
        "with a tail feature, and the others are hardly memorized at all: Feldman and Zhang's "
        "score of every sample, exactly, from one factorization.",
        "Leaving a sample out moves the prediction at it: Feldman and Zhang's score of every "
        "sample, exactly, from one factorization.",
        _influence,
    ),
    (
        "spurious_pairs",
        "Pairs seen only together",
        "Two features that occur only together share their effect evenly: each alone is wrong "
        "by exactly what is predicted (on the diagonal), while the pair as it was seen is right.",
        "",
        _pairs,
    ),
    (
        "gradient_descent",
        "Gradient descent on its way",
        "Gradient descent follows the distance computed from the spectrum at every step, below "
        "its bound; what it learns last lies in the directions of the smallest eigenvalues, those "
        "of rare features.",
        "",
        _descent,
    ),
    (
        "noisy_law",
        "The law of the loss under noise",
        "The simulated loss approaches its law as n grows, and stays within the accuracy that is "
        "claimed at each n.",
        "The simulated loss over its law, beside the accuracy that is claimed at each n.",
        _law,
    ),
)


"""Name, title, what is seen at the paper's setting, what is seen at any ("" where that is the
same), and the drawing."""


def drawn_memorization(data: Memorization) -> list[Drawn]:
    """The figures of the section, from `results.memorization`."""
    figures = []
    papers = data.setting == PAPER.document()
    with mpl.rc_context(STYLE):
        for name, title, see, anywhere, draw in FIGURES:
            figure = Figure(figsize=ONE_PANEL, layout="constrained")
            draw(figure.subplots(), data)
            told = see if papers or not anywhere else anywhere
            figures.append(Drawn(name, title, told, *saved(figure, name)))
    return figures

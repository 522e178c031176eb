"""Figures and table rows of the networks chapter, drawn from its result documents alone."""

from __future__ import annotations

import math
import textwrap
import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from nn.documents import Document, Interval, Median
from nn.results import ByCount, Figure2, LinearTheory, MemorizationPath, Table1
from reports.figures import STYLE, Drawn, each_labelled, saved
from reports.network_study_figures import STUDIES_SEE, study_figure

#: Title, and what to look for: the verdicts say what was found.
SEE: dict[str, tuple[str, str]] = {
    "table1": (
        "One-shot images in new combinations",
        "The paper's pattern: training losses barely differ; for split-channel models weight decay "
        "lifts the test loss, on pairs of images seen once each, many times over; Cross-channel is "
        "near a constant answer either way.",
    ),
    "figure2": (
        "Test loss against the number of '9's in training",
        "The paper's pattern: the test loss falls as '9' becomes less rare, and split-channel "
        "models stay below Cross-channel.",
    ),
    "memorization": (
        "Test loss against the memorization level",
        "One point for each weight decay. Were memorization a switch, points would stand at 0 and "
        "1 only; the dashed curve is what a level costs in the ridge model.",
    ),
    "linear-theory": (
        "Where the linear picture carries over",
        "Left: loss with one, two and three one-shot images; dashes are predicted from one. Right: "
        "what mislabelled images add; lines are level² times the label's squared error.",
    ),
}


@dataclass(frozen=True)
class Look:
    """How what was seen of a model is drawn: told apart without colour vision.

    Args:
        linestyle: a name or dashes in points, as pyplot takes them; "none" draws markers alone.
        fillstyle: of the markers.
    """

    color: str
    marker: str
    linestyle: str | tuple[int, tuple[int, ...]] = "none"
    fillstyle: Literal["full", "none"] = "full"


#: Okabe and Ito's colours; markers and dashes carry the same.
LOOKS = {
    "sum": Look("#0072B2", "o", "-"),
    "linear": Look("#E69F00", "s", "--"),
    "two-layer": Look("#009E73", "^", "-."),
    "cross-channel": Look("#000000", "X", ":"),
    "per-channel": Look("#CC79A7", "D", (0, (5, 1, 1, 1))),
}


#: Of an architecture that has no look of its own.
OTHER = Look("#D55E00", "P", (0, (1, 1)))


def look_of(model: str) -> Look:
    """Return an architecture's look."""
    return LOOKS.get(model, OTHER)


def drawn(document: Document) -> Drawn | None:
    """Draw a result document's figure, None where it has none."""
    texts = SEE | STUDIES_SEE
    if document.kind not in texts:
        return None
    title, see = texts[document.kind]
    with plt.rc_context(STYLE), warnings.catch_warnings():
        # A title of a stranger's document may hold what the font lacks: a box stands for it.
        warnings.filterwarnings("ignore", "Glyph .* missing from font", UserWarning)
        figure = _figure(document)
        svg, png = saved(figure, f"network-{document.kind}")
        plt.close(figure)
    return Drawn(f"network-{document.kind}", title, see, svg, png)


def _figure(document: Document) -> Figure:
    match document:
        case Table1():
            return _table1(document)
        case Figure2():
            return _figure2(document)
        case MemorizationPath():
            return _memorization(document)
        case LinearTheory():
            return _theory(document)
    return study_figure(document)


def figures(document: Document, out: Path) -> list[Path]:
    """Write a result document's figure as an SVG file.

    Args:
        document: of an experiment.
        out: folder to write to; made if it does not exist.

    Returns:
        paths of the figures, empty where the document has none.

    """
    figure = drawn(document)
    if figure is None:
        return []
    out.mkdir(parents=True, exist_ok=True)
    path = out / f"{figure.name}.svg"
    path.write_bytes(figure.svg)
    return [path]


def _points(
    axes: Axes, x: Sequence[float], summaries: Sequence[Median], label: str, look: Look
) -> None:
    """Draw medians with their intervals; what has no number leaves a gap."""
    seen = [(a, summary.interval) for a, summary in zip(x, summaries, strict=True)]
    kept = [(a, interval) for a, interval in seen if interval is not None]
    if not kept:
        return
    axes.errorbar(
        [a for a, _ in kept],
        [interval.middle for _, interval in kept],
        yerr=_bars([interval for _, interval in kept]),
        label=label,
        capsize=2,
        markersize=5,
        linewidth=1.2,
        color=look.color,
        marker=look.marker,
        linestyle=look.linestyle,
        fillstyle=look.fillstyle,
    )


def _bars(intervals: Sequence[Interval]) -> list[list[float]]:
    """How far the ends are from the middle, below and above, shape (2, number)."""
    return [
        [one.middle - one.low for one in intervals],
        [one.high - one.middle for one in intervals],
    ]


def _note(figure: Figure, document: Document, more: str = "") -> None:
    figure.text(
        0.01,
        0.01,
        f"{document.preset} preset, {document.seeds} seeds{more}; "
        "medians, bars: interval over seeds",
        fontsize=7,
        color="#444444",
    )


def _figure2(document: Figure2) -> Figure:
    figure, panels = plt.subplots(1, 3, figsize=(9, 3.4), sharey=True)
    counts: list[tuple[str, Callable[[ByCount], Median]]] = [
        ("one '9'", lambda losses: losses.one),
        ("two '9's", lambda losses: losses.two),
        ("three '9's", lambda losses: losses.three),
    ]
    models = list(dict.fromkeys(row.model for row in document.rows))
    for axes, (title, counted) in zip(panels, counts, strict=True):
        for shift, model in enumerate(models):
            chosen = [row for row in document.rows if row.model == model]
            # Models stand a little apart, or their bars would hide each other.
            x = [row.nines * 1.05 ** (shift - 1.5) for row in chosen]
            summaries = [counted(row.test_loss_by_count) for row in chosen]
            _points(axes, x, summaries, chosen[0].title, look_of(model))
        axes.set_xscale("log")
        axes.set_yscale("log")
        nines = sorted({row.nines for row in document.rows})
        axes.set_xticks(nines, [str(n) for n in nines])
        axes.minorticks_off()
        axes.set_title(f"test samples with {title}", fontsize=9)
        axes.set_xlabel("training samples with a '9' (count)")
        each_labelled(axes)
    panels[0].set_ylabel("test loss (squared digits)")
    handles, labels = panels[0].get_legend_handles_labels()
    figure.legend(handles, labels, ncols=4, loc="upper center", frameon=False)
    figure.tight_layout(rect=(0, 0.04, 1, 0.92))
    _note(figure, document)
    return figure


def _table1(document: Table1) -> Figure:
    """Test loss beside training loss, weight decay off and on: the pattern at a glance."""
    figure, axes = plt.subplots(figsize=(5.2, 3.9))
    models = list(dict.fromkeys(row.model for row in document.rows))
    names = {row.model: row.title for row in document.rows}
    by = {(row.model, row.memorizing): row for row in document.rows}
    off, on = ([by[model, memorizing] for model in models] for memorizing in (True, False))
    shown = [
        ("test loss, weight decay off", [row.test_loss for row in off], Look("#0072B2", "o")),
        ("test loss, weight decay on", [row.test_loss for row in on], Look("#D55E00", "s")),
        ("training loss, weight decay off", [row.train_loss for row in off], Look("#56B4E9", "^")),
        ("training loss, weight decay on", [row.train_loss for row in on], Look("#E69F00", "v")),
    ]
    for offset, (label, losses, look) in enumerate(shown):
        x = [i + 0.14 * (offset - 1.5) for i in range(len(models))]
        _points(axes, x, losses, label, look)
    medians = [row.constant_loss.median for row in document.rows]
    constants = [median for median in medians if median is not None]
    if constants:
        level = math.fsum(constants) / len(constants)
        axes.axhline(level, color="#444444", linewidth=0.8, linestyle="--")
        axes.annotate(
            "a constant answer's test loss",
            (0.99, level),
            xycoords=("axes fraction", "data"),
            ha="right",
            va="bottom",
            fontsize=7,
        )
    axes.set_yscale("log")
    axes.set_xticks(range(len(models)), [textwrap.fill(names[m], 16) for m in models])
    axes.set_ylabel("loss (squared digits)")
    axes.grid(visible=False, axis="x")
    if axes.get_legend_handles_labels()[0]:
        figure.legend(ncols=2, loc="upper center", frameon=False, fontsize=8)
    figure.tight_layout(rect=(0, 0.04, 1, 0.88))
    _note(figure, document)
    return figure


def _memorization(document: MemorizationPath) -> Figure:
    """Memorization level against test loss over the weight-decay path, both optimizers."""
    figure, axes = plt.subplots(figsize=(5.2, 3.9))
    looks = {"adamw": ("#0072B2", "o", "AdamW"), "sgd": ("#D55E00", "s", "SGD with momentum")}
    for name, (color, marker, label) in looks.items():
        path = [
            (row, row.memorization_level.mean, row.test_loss.median)
            for row in document.rows
            if row.optimizer == name
        ]
        known = [(row, a, b) for row, a, b in path if a is not None and b is not None]
        if not known:
            continue
        axes.errorbar(
            [level for _, level, _ in known],
            [loss for _, _, loss in known],
            xerr=_all_bars([row.memorization_level.interval for row, _, _ in known]),
            yerr=_all_bars([row.test_loss.interval for row, _, _ in known]),
            color=color,
            marker=marker,
            linestyle="none",
            capsize=2,
            linewidth=0.8,
            label=label,
        )
        for row, level, loss in known:
            axes.annotate(
                f"{row.weight_decay:g}",
                (level, loss),
                xytext=(5, 4),
                textcoords="offset points",
                fontsize=7,
                color=color,
            )
    _forgetting_curve(axes, document)
    axes.set_yscale("log")
    axes.set_xlabel("memorization level (share of the label that training on the sample supplied)")
    axes.set_ylabel("test loss, two one-shot images (squared digits)")
    axes.legend(frameon=False, title="numbers: weight decay")
    figure.tight_layout(rect=(0, 0.04, 1, 1))
    _note(figure, document)
    return figure


def _all_bars(intervals: Sequence[Interval | None]) -> list[list[float]] | None:
    """Bars; None where a middle has no interval."""
    known = [one for one in intervals if one is not None]
    return _bars(known) if len(known) == len(intervals) else None


def _forgetting_curve(axes: Axes, document: MemorizationPath) -> None:
    """Draw what the ridge model predicts: (1 - m)^2 of the loss without the samples, and a floor.

    The floor is the digit's own error: a third of the loss of three new digits.
    """
    values = [
        (row.test_loss_without.median, row.in_distribution_loss.median)
        for row in document.rows
        if row.weight_decay == 0
    ]
    kept = [(a, b) for a, b in values if a is not None and b is not None]
    if not kept:
        return
    top = math.fsum(a for a, _ in kept) / len(kept)
    floor = math.fsum(b for _, b in kept) / len(kept) / 3
    grid = [i / 200 for i in range(201)]
    axes.plot(
        grid,
        [(1 - m) ** 2 * max(top - floor, 0) + floor for m in grid],
        color="#444444",
        linestyle="--",
        linewidth=1,
        label="ridge: (1 - level)² of the loss without, + a digit's error",
    )


def _theory(document: LinearTheory) -> Figure:
    """Left: loss against the number of one-shot images. Right: against the label's error."""
    figure, (left, right) = plt.subplots(1, 2, figsize=(9, 4.6))
    models = list(dict.fromkeys(row.model for row in document.rows))

    def expected(x: Sequence[float], y: Sequence[float], label: str | None = None) -> None:
        left.plot(x, y, color="#444444", marker="_", markersize=12, linestyle="none", label=label)

    for shift, model in enumerate(models):
        for memorizing in (True, False):
            chosen = [
                row for row in document.rows if row.model == model and row.memorizing == memorizing
            ]
            x = [row.images + 0.06 * (shift - 1) for row in chosen]
            label = f"{chosen[0].title}, weight decay {'off' if memorizing else 'on'}"
            look = replace(look_of(model), fillstyle="full" if memorizing else "none")
            _points(left, x, [row.test_loss for row in chosen], label, look)
            predicted = [row.predicted.median for row in chosen]
            known = [median for median in predicted if median is not None]
            if len(known) == len(predicted):
                expected(x, known)
    expected([], [], label="predicted from one")
    left.set_yscale("log")
    left.set_xticks([1, 2, 3])
    left.set_xlabel("one-shot images in the test sample (count)")
    left.set_ylabel("test loss (squared digits)")
    left.legend(frameon=False, fontsize=7, ncols=2, loc="lower center", bbox_to_anchor=(0.5, 1))
    for memorizing, color, marker in ((True, "#0072B2", "o"), (False, "#D55E00", "s")):
        errors = [
            (row, row.corruption.median)
            for row in document.mislabelled
            if row.memorizing == memorizing
        ]
        wrong = [(row, error) for row, error in errors if error is not None]
        x = [error for _, error in wrong]
        state = "off" if memorizing else "on"
        observed = [row.excess for row, _ in wrong]
        _points(right, x, observed, f"observed, weight decay {state}", Look(color, marker))
        costs = [row.predicted_excess.median for row, _ in wrong]
        right.plot(
            x,
            # pyplot leaves a gap where there is no number.
            [math.nan if cost is None else cost for cost in costs],
            color=color,
            linestyle="-" if memorizing else "--",
            linewidth=1,
            label=f"level² × label error, weight decay {state}",
        )
    right.set_xlabel("mean squared label error (squared digits)")
    right.set_ylabel("loss added to one image's (squared digits)")
    right.legend(frameon=False, fontsize=7, loc="lower center", bbox_to_anchor=(0.5, 1))
    figure.tight_layout(rect=(0, 0.05, 1, 1))
    _note(figure, document, f" (right: {document.mislabelled_seeds})")
    return figure

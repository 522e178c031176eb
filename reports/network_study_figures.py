"""Figures of the studies of networks beyond the paper's tables."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from nn.documents import Document, Mean, Median
from nn.study_results import (
    AblationRow,
    AblationStudy,
    InfluenceRow,
    InfluenceStudy,
    RoundingStudy,
    StabilityRow,
    StabilityStudy,
)
from reports.figures import BLUE, GREEN, GREY, ORANGE, VERMILION, each_labelled, plain_numbers
from reports.network_study_tables import SAMPLED, WAYS

#: Title, and what to look for: the verdicts say what was found.
STUDIES_SEE: dict[str, tuple[str, str]] = {
    "influence": (
        "One one-shot sample changed: which pairs break",
        "Each point is a pair of one-shot images, above the sample that was changed. The theory: "
        "circles, the pairs with its image, rise; squares, all others, stay where the placebo's "
        "are.",
    ),
    "rounding": (
        "Equal seeds that round differently",
        "Marks above one seed differ in rounding alone; were it harmless they would lie on one "
        "another.",
    ),
    "ablation": (
        "What decides whether one-shot images compose",
        "Left: losses against the width, the paper's as lines. Right: what a change of one setting "
        "does to the test loss on pairs; the band is what other seeds do.",
    ),
    "stability": (
        "The price of not memorizing",
        "The thick line is what no learner gets below that keeps a sample with this probability; "
        "what is above it a network pays besides. Where all is kept it memorizes all.",
    ),
}

TITLES = {
    "swapped": "its image swapped",
    "corrupted": "its label corrupted",
    "placebo": "placebo: ordinary image swapped",
}


def _note(figure: Figure, text: str) -> None:
    figure.text(0.01, 0.01, text, fontsize=7, color="#444444")


class Mark(NamedTuple):
    """Of marks: color, shape and size in points."""

    color: str
    marker: str
    size: float


def _marks(
    axes: Axes,
    points: Sequence[tuple[float, float]],
    look: Mark,
    label: str,
    alpha: float | None = None,
) -> None:
    """Points without lines between them."""
    axes.plot(
        [x for x, _ in points],
        [y for _, y in points],
        color=look.color,
        marker=look.marker,
        markersize=look.size,
        linestyle="none",
        alpha=alpha,
        label=label,
    )


def _legend(figure: Figure, panel: Axes, columns: int, top: float) -> None:
    """The legend that panels share, above them; they end at `top`, a share of the height."""
    handles, labels = panel.get_legend_handles_labels()
    figure.legend(handles, labels, ncols=columns, loc="upper center", frameon=False)
    figure.tight_layout(rect=(0, 0.04, 1, top))


def study_figure(document: Document) -> Figure:
    """Draw a study's figure.

    Raises:
        TypeError: for what has none.
    """
    match document:
        case InfluenceStudy():
            return influence_figure(document)
        case RoundingStudy():
            return rounding_figure(document)
        case AblationStudy():
            return ablation_figure(document)
        case StabilityStudy():
            return stability_figure(document)
    raise TypeError(f"no figure of {document.kind}")


def influence_figure(document: InfluenceStudy) -> Figure:
    """Change of each pair's loss, above the sample that was changed; the first model's rows."""
    rows = [row for row in document.rows if row.model == document.rows[0].model]
    figure, panels = plt.subplots(1, len(rows), figsize=(9, 3.6), sharey=True)
    placebos = [row.matrix for row in rows if row.change == "placebo"]
    sizes = [abs(v) for matrix in placebos for line in matrix for v in line if v is not None]
    for axes, row in zip(panels, rows, strict=True):
        _matrix(axes, row, document)
        # Linear where any change of one sample moves a pair, logarithmic beyond.
        axes.set_yscale("symlog", linthresh=max([*sizes, 1e-3]))
        axes.yaxis.set_major_formatter("{x:g}")
        axes.set_title(TITLES[row.change], fontsize=9)
        which = "placebo (number)" if row.change == "placebo" else "sample changed (label)"
        axes.set_xlabel(which)
        axes.set_xticks(range(10))
        axes.grid(visible=False, axis="x")
        each_labelled(axes)
    panels[0].set_ylabel("change of a pair's loss (squared digits)")
    _legend(figure, panels[0], 2, 0.93)
    _note(
        figure,
        f"{document.preset} preset, {rows[0].title}, {document.seeds} seeds; medians over seeds, "
        "linear in the range of the placebo's changes, logarithmic beyond",
    )
    return figure


def _matrix(axes: Axes, row: InfluenceRow, document: InfluenceStudy) -> None:
    axes.axhline(0, color=GREY, linewidth=0.8)
    for own, color, marker, size, shift, label in (
        (False, BLUE, "s", 3.0, 0.16, "pairs without its image"),
        (True, VERMILION, "o", 4.5, -0.16, "pairs with its image"),
    ):
        if own and row.change == "placebo":
            continue
        points = [
            (which + shift, value)
            for which, line in enumerate(row.matrix)
            for pair, value in zip(document.pairs, line, strict=True)
            if value is not None and own == (which in pair and row.change != "placebo")
        ]
        _marks(axes, points, Mark(color, marker, size), label, alpha=0.6)


def rounding_figure(document: RoundingStudy) -> Figure:
    """Test loss of each seed, rounded in several ways."""
    figure, panels = plt.subplots(1, len(document.rows), figsize=(9, 3.4), squeeze=False)
    looks = {
        "plain": (BLUE, "o", 6.0, 0.0),
        "moved": (ORANGE, "s", 4.0, 0.12),
        "threads": (GREEN, "^", 5.0, 0.24),
        "kernels": (VERMILION, "D", 4.0, 0.36),
    }
    for axes, row in zip(panels[0], document.rows, strict=True):
        for kind, (color, marker, size, shift) in looks.items():
            points = [
                (seed + shift, loss)
                for way in row.ways
                if way.way == kind
                for seed, loss in enumerate(way.losses)
                if loss is not None
            ]
            _marks(axes, points, Mark(color, marker, size), WAYS[kind])
        axes.set_yscale("log")
        plain_numbers(axes.yaxis)
        axes.set_xticks(range(len(row.loss.values)))
        axes.set_xlabel("seed (number)")
        axes.set_ylabel("test loss (squared digits)")
        axes.set_title(f"{row.title}, weight decay {row.weight_decay:g}", fontsize=9)
        axes.grid(visible=False, axis="x")
        each_labelled(axes)
    _legend(figure, panels[0][0], 4, 0.92)
    _note(figure, f"{document.preset} preset, {document.seeds} seeds; a mark is one training")
    return figure


def ablation_figure(document: AblationStudy) -> Figure:
    """Left: losses against the width. Right: test loss of each change over the preset's."""
    figure, (left, right) = plt.subplots(1, 2, figsize=(9, 4.2), width_ratios=(1, 1.15))
    _widths(left, document)
    _factors(right, document)
    figure.tight_layout(rect=(0, 0.04, 1, 1))
    _note(
        figure,
        f"{document.preset} preset, tuning replicates: {document.seeds} of the preset, one of each "
        "change",
    )
    return figure


def _first(seen: Median) -> float | None:
    return seen.values[0]


def _widths(axes: Axes, document: AblationStudy) -> None:
    rows = sorted(
        (row for row in document.rows if row.factor in ("none", "width")),
        key=lambda row: row.channels,
    )
    for key, color, marker, dashes, label in (
        ("test", BLUE, "o", "-", "test loss, pairs"),
        ("one_shot", ORANGE, "s", "--", "one-shot samples, in training"),
        ("train", GREEN, "^", "-.", "training loss"),
    ):
        seen = [(row.channels, _first(getattr(row, key))) for row in rows]
        points = [(x, y) for x, y in seen if y is not None and y > 0]
        if points:
            axes.set_yscale("log")
            plain_numbers(axes.yaxis)
        axes.plot(
            [x for x, _ in points],
            [y for _, y in points],
            color=color,
            marker=marker,
            linestyle=dashes,
            linewidth=1.2,
            label=label,
        )
    if document.encoder == "resnet18":
        for level, color, what in (
            (document.paper_test, BLUE, "the paper's test loss"),
            (document.paper_train, GREEN, "the paper's training loss"),
        ):
            axes.axhline(level, color=color, linewidth=0.8, linestyle=":")
            axes.annotate(
                f"{what}, {level:g} (64 channels)",
                (0.02, level),
                xycoords=("axes fraction", "data"),
                xytext=(0, -1),
                textcoords="offset points",
                va="top",
                fontsize=7,
            )
        axes.set_ylim(bottom=min(axes.get_ylim()[0], document.paper_train / 2))
    axes.set_xscale("log", base=2)
    axes.set_xlim(min(r.channels for r in rows) / 1.2, max(r.channels for r in rows) * 1.2)
    channels = sorted({row.channels for row in rows})
    axes.set_xticks(channels, [str(c) for c in channels])
    axes.tick_params(which="minor", bottom=False)
    axes.set_xlabel("channels of the first stage (count)")
    axes.set_ylabel("loss (squared digits)")
    axes.legend(frameon=False)


def _told(row: AblationRow) -> str:
    return row.setting if row.factor in ("norm", "clip") else f"{row.factor}: {row.setting}"


def _factors(axes: Axes, document: AblationStudy) -> None:
    (base,) = [row for row in document.rows if row.factor == "none"]
    rows = [row for row in document.rows if row.test_factor is not None and row.factor != "none"]
    first, known = _first(base.test), [v for v in base.test.values if v is not None]
    if first and len(known) > 1:
        axes.axvspan(min(known) / first, max(known) / first, color="#e8f0f7", linewidth=0)
    axes.axvline(1, color=GREY, linewidth=0.8)
    for place, row in enumerate(reversed(rows)):
        assert row.test_factor is not None
        axes.plot([row.test_factor], [place], color=BLUE, marker="o", linestyle="none")
    if document.encoder == "resnet18" and first:
        axes.axvline(document.paper_test / first, color=BLUE, linewidth=0.8, linestyle=":")
    axes.set_yticks(range(len(rows)), [_told(row) for row in reversed(rows)], fontsize=7)
    if rows:
        axes.set_xscale("log")
        plain_numbers(axes.xaxis)
    axes.set_xlabel("test loss (preset = 1); dots: the paper's")
    axes.grid(visible=False, axis="y")


def stability_figure(document: StabilityStudy) -> Figure:
    """Test loss on one image, and on two, against the share of the samples that is kept."""
    figure, panels = plt.subplots(1, 2, figsize=(9, 3.8))
    for axes, pairs in zip(panels, (False, True), strict=True):
        _prices(axes, document, pairs=pairs)
    _legend(figure, panels[0], 3, 0.92)
    _note(
        figure,
        f"{document.preset} preset, {document.title}; means over {document.seeds} seeds with "
        "Student's 95% intervals",
    )
    return figure


def _prices(axes: Axes, document: StabilityStudy, *, pairs: bool) -> None:
    def seen(row: StabilityRow) -> Mean:
        return row.pairs if pairs else row.single

    bound = {row.kept: row.least_of_pairs if pairs else row.least for row in document.rows}
    axes.plot(*zip(*sorted(bound.items()), strict=True), color=GREY, linewidth=3, label="bound")
    for sampled, color, marker, dashes in (
        ("one-shot", BLUE, "o", "-"),
        ("all", VERMILION, "s", "--"),
    ):
        rows = [row for row in document.rows if row.sampled == sampled]
        points = [(row.kept, seen(row).interval, seen(row).middle) for row in rows]
        known = [(x, middle, span) for x, span, middle in points if middle is not None]
        axes.errorbar(
            [x for x, _, _ in known],
            [middle for _, middle, _ in known],
            yerr=[
                [0.0 if span is None else abs(span[end] - middle) for _, middle, span in known]
                for end in (1, 2)
            ],
            color=color,
            marker=marker,
            markersize=4,
            linestyle=dashes,
            linewidth=1.2,
            capsize=2,
            label=f"{SAMPLED[sampled]} left out",
        )
    axes.set_ylim(bottom=0)
    axes.set_xlabel("share of the samples that is kept (probability)")
    axes.set_ylabel("test loss (squared digits)")
    axes.set_title("two one-shot images" if pairs else "one one-shot image", fontsize=9)

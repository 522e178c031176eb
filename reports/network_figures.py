"""Figures and table rows of the networks chapter, drawn from its result documents alone."""

from __future__ import annotations

import math
import textwrap
from pathlib import Path
from typing import Any

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt
from matplotlib.axes import Axes
from matplotlib.figure import Figure

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

#: Okabe and Ito's colours, told apart without colour vision; markers and dashes carry the same.
STYLES: dict[str, dict[str, Any]] = {
    "sum": {"color": "#0072B2", "marker": "o", "linestyle": "-"},
    "linear": {"color": "#E69F00", "marker": "s", "linestyle": "--"},
    "two-layer": {"color": "#009E73", "marker": "^", "linestyle": "-."},
    "cross-channel": {"color": "#000000", "marker": "X", "linestyle": ":"},
    "per-channel": {"color": "#CC79A7", "marker": "D", "linestyle": (0, (5, 1, 1, 1))},
}


#: Of an architecture that has no style of its own.
OTHER: dict[str, Any] = {"color": "#D55E00", "marker": "P", "linestyle": (0, (1, 1))}


def style_of(model: str) -> dict[str, Any]:
    """Return an architecture's style."""
    return STYLES.get(model, OTHER)


def drawn(results: dict[str, Any]) -> Drawn | None:
    """Draw a result document's figure, None where it has none.

    Args:
        results: what ``nn.table1.table1``, ``nn.figure2.figure2``, ... returned, or its JSON.

    """
    kind = str(results.get("table") or results.get("figure"))
    draw = {
        "table1": _table1,
        "figure2": _figure2,
        "memorization": _memorization,
        "linear-theory": _theory,
    }.get(kind)
    if draw is None and kind not in STUDIES_SEE:
        return None
    title, see = (SEE | STUDIES_SEE)[kind]
    with plt.rc_context(STYLE):
        figure = study_figure(kind, results) if draw is None else draw(results)
        svg, png = saved(figure, f"network-{kind}")
        plt.close(figure)
    return Drawn(f"network-{kind}", title, see, svg, png)


def figures(results: dict[str, Any], out: Path) -> list[Path]:
    """Write a result document's figure as an SVG file.

    Args:
        results: what ``drawn`` takes.
        out: folder to write to; made if it does not exist.

    Returns:
        paths of the figures, empty where the document has none.

    """
    figure = drawn(results)
    if figure is None:
        return []
    out.mkdir(parents=True, exist_ok=True)
    path = out / f"{figure.name}.svg"
    path.write_bytes(figure.svg)
    return [path]


def _points(
    axes: Axes, x: list[float], summaries: list[dict[str, Any]], label: str, style: dict[str, Any]
) -> None:
    """Draw medians with their intervals; what has no number leaves a gap."""
    kept = [(a, s) for a, s in zip(x, summaries, strict=True) if s["median"] is not None]
    if not kept:
        return
    middle = [s["median"] for _, s in kept]
    low = [s["median"] - s["ci_low"] for _, s in kept]
    high = [s["ci_high"] - s["median"] for _, s in kept]
    axes.errorbar(
        [a for a, _ in kept],
        middle,
        yerr=[low, high],
        label=label,
        capsize=2,
        markersize=5,
        linewidth=1.2,
        **style,
    )


def _note(figure: Figure, results: dict[str, Any], more: str = "") -> None:
    figure.text(
        0.01,
        0.01,
        f"{results['preset']} preset, {results['seeds']} seeds{more}; "
        "medians, bars: interval over seeds",
        fontsize=7,
        color="#444444",
    )


def _figure2(results: dict[str, Any]) -> Figure:
    figure, panels = plt.subplots(1, 3, figsize=(9, 3.4), sharey=True)
    titles = {"1": "one '9'", "2": "two '9's", "3": "three '9's"}
    models = list(dict.fromkeys(row["model"] for row in results["rows"]))
    for axes, (count, title) in zip(panels, titles.items(), strict=True):
        for shift, model in enumerate(models):
            chosen = [row for row in results["rows"] if row["model"] == model]
            # Models stand a little apart, or their bars would hide each other.
            x = [row["nines"] * 1.05 ** (shift - 1.5) for row in chosen]
            summaries = [row["test_loss_by_count"][count] for row in chosen]
            _points(axes, x, summaries, chosen[0]["title"], style_of(model))
        axes.set_xscale("log")
        axes.set_yscale("log")
        nines = sorted({row["nines"] for row in results["rows"]})
        axes.set_xticks(nines, [str(n) for n in nines])
        axes.minorticks_off()
        axes.set_title(f"test samples with {title}", fontsize=9)
        axes.set_xlabel("training samples with a '9' (count)")
        each_labelled(axes)
    panels[0].set_ylabel("test loss (squared digits)")
    handles, labels = panels[0].get_legend_handles_labels()
    figure.legend(handles, labels, ncols=4, loc="upper center", frameon=False)
    figure.tight_layout(rect=(0, 0.04, 1, 0.92))
    _note(figure, results)
    return figure


def _table1(results: dict[str, Any]) -> Figure:
    """Test loss beside training loss, weight decay off and on: the pattern at a glance."""
    figure, axes = plt.subplots(figsize=(5.2, 3.9))
    models = list(dict.fromkeys(row["model"] for row in results["rows"]))
    names = {row["model"]: row["title"] for row in results["rows"]}
    looks = {
        ("test_loss", True): ("o", "#0072B2", "test loss, weight decay off"),
        ("test_loss", False): ("s", "#D55E00", "test loss, weight decay on"),
        ("train_loss", True): ("^", "#56B4E9", "training loss, weight decay off"),
        ("train_loss", False): ("v", "#E69F00", "training loss, weight decay on"),
    }
    for offset, ((key, memorizing), (marker, color, label)) in enumerate(looks.items()):
        chosen = {r["model"]: r[key] for r in results["rows"] if r["memorizing"] == memorizing}
        x = [i + 0.14 * (offset - 1.5) for i in range(len(models))]
        style = {"marker": marker, "color": color, "linestyle": "none"}
        _points(axes, x, [chosen[m] for m in models], label, style)
    constants = [
        row["constant_loss"]["median"]
        for row in results["rows"]
        if row["constant_loss"]["median"] is not None
    ]
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
    _note(figure, results)
    return figure


def _memorization(results: dict[str, Any]) -> Figure:
    """Memorization level against test loss over the weight-decay path, both optimizers."""
    figure, axes = plt.subplots(figsize=(5.2, 3.9))
    looks = {"adamw": ("#0072B2", "o", "AdamW"), "sgd": ("#D55E00", "s", "SGD with momentum")}
    for name, (color, marker, label) in looks.items():
        chosen = [r for r in results["rows"] if r["optimizer"] == name]
        chosen = [
            r
            for r in chosen
            if r["memorization_level"]["mean"] is not None and r["test_loss"]["median"] is not None
        ]
        if not chosen:
            continue
        levels = [r["memorization_level"] for r in chosen]
        losses = [r["test_loss"] for r in chosen]
        x = [v["mean"] for v in levels]
        y = [v["median"] for v in losses]
        axes.errorbar(
            x,
            y,
            xerr=_bars(levels, "mean"),
            yerr=_bars(losses, "median"),
            color=color,
            marker=marker,
            linestyle="none",
            capsize=2,
            linewidth=0.8,
            label=label,
        )
        for row, a, b in zip(chosen, x, y, strict=True):
            axes.annotate(
                f"{row['weight_decay']:g}",
                (a, b),
                xytext=(5, 4),
                textcoords="offset points",
                fontsize=7,
                color=color,
            )
    _forgetting_curve(axes, results)
    axes.set_yscale("log")
    axes.set_xlabel("memorization level (share of the label that training on the sample supplied)")
    axes.set_ylabel("test loss, two one-shot images (squared digits)")
    axes.legend(frameon=False, title="numbers: weight decay")
    figure.tight_layout(rect=(0, 0.04, 1, 1))
    _note(figure, results)
    return figure


def _bars(summaries: list[dict[str, Any]], middle: str) -> list[list[float]] | None:
    if any(s["ci_low"] is None for s in summaries):
        return None
    low = [s[middle] - s["ci_low"] for s in summaries]
    return [low, [s["ci_high"] - s[middle] for s in summaries]]


def _forgetting_curve(axes: Axes, results: dict[str, Any]) -> None:
    """Draw what the ridge model predicts: (1 - m)^2 of the loss without the samples, and a floor.

    The floor is the digit's own error: a third of the loss of three new digits.
    """
    rows_ = [r for r in results["rows"] if r["weight_decay"] == 0]
    values = [
        (r["test_loss_without"]["median"], r["in_distribution_loss"]["median"]) for r in rows_
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


def _theory(results: dict[str, Any]) -> Figure:
    """Left: loss against the number of one-shot images. Right: against the label's error."""
    figure, (left, right) = plt.subplots(1, 2, figsize=(9, 4.6))
    models = list(dict.fromkeys(row["model"] for row in results["rows"]))
    expected: dict[str, Any] = {
        "color": "#444444",
        "marker": "_",
        "markersize": 12,
        "linestyle": "none",
    }
    for shift, model in enumerate(models):
        for memorizing, fill in ((True, "full"), (False, "none")):
            chosen = [
                r for r in results["rows"] if r["model"] == model and r["memorizing"] == memorizing
            ]
            x = [r["images"] + 0.06 * (shift - 1) for r in chosen]
            label = f"{chosen[0]['title']}, weight decay {'off' if memorizing else 'on'}"
            _points(
                left,
                x,
                [r["test_loss"] for r in chosen],
                label,
                style_of(model) | {"fillstyle": fill},
            )
            predicted = [r["predicted"]["median"] for r in chosen]
            if all(p is not None for p in predicted):
                left.plot(x, predicted, **expected)
    left.plot([], [], **expected, label="predicted from one")
    left.set_yscale("log")
    left.set_xticks([1, 2, 3])
    left.set_xlabel("one-shot images in the test sample (count)")
    left.set_ylabel("test loss (squared digits)")
    left.legend(frameon=False, fontsize=7, ncols=2, loc="lower center", bbox_to_anchor=(0.5, 1))
    for memorizing, color, marker in ((True, "#0072B2", "o"), (False, "#D55E00", "s")):
        chosen = [r for r in results["mislabelled"] if r["memorizing"] == memorizing]
        chosen = [r for r in chosen if r["corruption"]["median"] is not None]
        x = [r["corruption"]["median"] for r in chosen]
        state = "off" if memorizing else "on"
        style = {"color": color, "marker": marker, "linestyle": "none"}
        _points(right, x, [r["excess"] for r in chosen], f"observed, weight decay {state}", style)
        right.plot(
            x,
            [r["predicted_excess"]["median"] for r in chosen],
            color=color,
            linestyle="-" if memorizing else "--",
            linewidth=1,
            label=f"level² × label error, weight decay {state}",
        )
    right.set_xlabel("mean squared label error (squared digits)")
    right.set_ylabel("loss added to one image's (squared digits)")
    right.legend(frameon=False, fontsize=7, loc="lower center", bbox_to_anchor=(0.5, 1))
    figure.tight_layout(rect=(0, 0.05, 1, 1))
    _note(figure, results, f" (right: {results['mislabelled_seeds']})")
    return figure

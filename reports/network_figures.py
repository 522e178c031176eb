"""Figures and table rows of the networks chapter, drawn from its result documents alone."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt
from matplotlib.axes import Axes
from matplotlib.figure import Figure

#: Okabe and Ito's colours, told apart without colour vision; markers and dashes carry the same.
STYLES: dict[str, dict[str, Any]] = {
    "sum": {"color": "#0072B2", "marker": "o", "linestyle": "-"},
    "linear": {"color": "#E69F00", "marker": "s", "linestyle": "--"},
    "two-layer": {"color": "#009E73", "marker": "^", "linestyle": "-."},
    "cross-channel": {"color": "#000000", "marker": "X", "linestyle": ":"},
    "per-channel": {"color": "#CC79A7", "marker": "D", "linestyle": (0, (5, 1, 1, 1))},
}


def figures(results: dict[str, Any], out: Path) -> list[Path]:
    """Draw a result document's figures as SVG files.

    Args:
        results: what ``nn.table1.table1``, ``nn.figure2.figure2``, ... returned, or its JSON.
        out: folder to write to; made if it does not exist.

    Returns:
        paths of the figures, empty where the document has none.

    """
    kind = results.get("table") or results.get("figure")
    draw = {"table1": _table1, "figure2": _figure2}.get(str(kind))
    if draw is None:
        return []
    out.mkdir(parents=True, exist_ok=True)
    # A fixed salt and no date: the same results give the same bytes.
    with plt.rc_context({"svg.hashsalt": "longtail", "font.size": 9, "axes.grid": True}):
        figure = draw(results)
        path = out / f"network-{kind}.svg"
        figure.savefig(path, metadata={"Date": None})
        plt.close(figure)
    return [path]


def number(summary: dict[str, Any] | None, key: str = "median", digits: int = 3) -> str:
    """Word a summary as "median [low, high]"; "diverged" where there is no number."""
    if summary is None:
        return ""
    if summary.get(key) is None:
        return "no number" if summary.get("values") else ""
    value = f"{summary[key]:.{digits}g}"
    if summary.get("ci_low") is None:
        return value
    return f"{value} [{summary['ci_low']:.{digits}g}, {summary['ci_high']:.{digits}g}]"


def rows(results: dict[str, Any]) -> list[list[str]]:
    """Return a document's table as text: the heading first, then one list per row."""
    kind = str(results.get("table") or results.get("figure"))
    return {"table1": _table1_rows, "figure2": _figure2_rows}[kind](results)


def _table1_rows(results: dict[str, Any]) -> list[list[str]]:
    out = [
        [
            "model",
            "weight decay",
            "train loss",
            "one-shot loss",
            "test loss, two one-shot",
            "in-distribution",
            "memorization score",
            "memorization level",
            "paper: test / train",
        ]
    ]
    for row in results["rows"]:
        paper = row["paper"]
        out.append(
            [
                row["title"],
                f"{row['weight_decay']:g}",
                number(row["train_loss"]),
                number(row["one_shot_loss"]),
                number(row["test_loss"]),
                number(row["in_distribution_loss"]),
                number(row["memorization_score"], "mean", 2),
                number(row["memorization_level"], "mean", 2),
                "" if paper is None else f"{paper['test_loss']:g} / {paper['train_loss']:g}",
            ]
        )
    return out


def _figure2_rows(results: dict[str, Any]) -> list[list[str]]:
    out = [["model", "'9's in training", "one '9'", "two '9's", "three '9's", "all tests"]]
    for row in results["rows"]:
        counts = [number(row["test_loss_by_count"][t]) for t in ("1", "2", "3")]
        out.append([row["title"], str(row["nines"]), *counts, number(row["test_loss"])])
    return out


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


def _note(figure: Figure, results: dict[str, Any]) -> None:
    figure.text(
        0.01,
        0.01,
        f"{results['preset']} preset, {results['seeds']} seeds; medians, bars: interval over seeds",
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
            _points(axes, x, summaries, chosen[0]["title"], STYLES[model])
        axes.set_xscale("log")
        axes.set_yscale("log")
        nines = sorted({row["nines"] for row in results["rows"]})
        axes.set_xticks(nines, [str(n) for n in nines])
        axes.minorticks_off()
        axes.set_title(f"test samples with {title}", fontsize=9)
        axes.set_xlabel("training samples with a '9' (count)")
    panels[0].set_ylabel("test loss (squared digits)")
    handles, labels = panels[0].get_legend_handles_labels()
    figure.legend(handles, labels, ncols=4, loc="upper center", frameon=False)
    figure.tight_layout(rect=(0, 0.04, 1, 0.92))
    _note(figure, results)
    return figure


def _table1(results: dict[str, Any]) -> Figure:
    """Test loss beside training loss, weight decay off and on: the pattern at a glance."""
    figure, axes = plt.subplots(figsize=(6.4, 3.8))
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
    axes.set_xticks(range(len(models)), [names[m] for m in models])
    axes.set_ylabel("loss (squared digits)")
    axes.grid(visible=False, axis="x")
    figure.legend(ncols=2, loc="upper center", frameon=False, fontsize=8)
    figure.tight_layout(rect=(0, 0.04, 1, 0.88))
    _note(figure, results)
    return figure

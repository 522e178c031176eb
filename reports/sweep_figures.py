"""The figures of the Figure 1 sweep, drawn from its record alone.

Predictions are lines, simulation is points with 95% intervals. Colours are the Okabe-Ito
set, which stays apart in print and for colour-blind readers; every series has its own
marker too.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from reports import sweep_panels
from reports.chapters import Chapter
from reports.experiment import Sweep
from reports.figures import ONE_PANEL, STYLE, Drawn, saved
from reports.main_setting import setting_told


@dataclass(frozen=True)
class Panel:
    """One panel: how to draw it into given axes, and the chapter that it stands in.

    Args:
        see: what is seen at the paper's setting.
        anywhere: what is seen at any.
    """

    name: str
    title: str
    see: str
    anywhere: str
    draw: Callable[[Axes, Sweep], None]
    chapter: Chapter

    def told(self, results: Sweep) -> str:
        """What to see in these results."""
        model = results.model
        if model.repeats_the_paper:
            return self.see
        own_k = "" if model.own_k is None else f", k = {model.own_k}"
        return f"{self.anywhere} Here {setting_told(model.setting)}{own_k}."


PANELS = (
    Panel(
        "long_tail_error",
        "Long-tail features",
        "Points lie on straight lines through the origin: what is recovered is known up to the "
        "label noise, and a feature seen once (crosses) is just above it. The lines are "
        "predictions of belief propagation, with no fitted constant.",
        "Points lie on straight lines through the origin: what is recovered is known up to the "
        "label noise. Crosses are features seen once; the lines are predictions of belief "
        "propagation, with no fitted constant.",
        sweep_panels.long_tail,
        Chapter.NOISE,
    ),
    Panel(
        "common_error",
        "Common features",
        "Common features are learned far below the noise level for α ≥ 1.5; at α = 1 too few "
        "samples are free of tail features, and even without noise they are wrong.",
        "Error of common features: the line is predicted with noise, points are simulated with it "
        "and without; below the dashed line a feature is known better than a single label.",
        sweep_panels.common,
        Chapter.NOISE,
    ),
    Panel(
        "in_distribution_loss",
        "In-distribution loss",
        "The two noise levels nearly overlap: the loss is the mass of features never seen, which "
        "the lower bound gives without an unspecified constant.",
        "Without noise the loss lies between its two bounds, which have no unspecified constant; "
        "with noise it lies where belief propagation (not proved) predicts it.",
        sweep_panels.in_distribution,
        Chapter.NOISELESS,
    ),
    Panel(
        "ood_loss",
        "Loss on new combinations",
        "New combinations of identified features cost noise only (crosses on their line, and "
        "exactly 0 without noise); over all seen features the loss rises toward α = 1, where "
        "many are seen but not identifiable.",
        "New combinations of identified features cost noise only (crosses on their line), and "
        "exactly 0 without noise; over all seen features those that cannot be told from others "
        "cost besides.",
        sweep_panels.ood,
        Chapter.COMBINATIONS,
    ),
    Panel(
        "noiseless_loss",
        "Two-sided bound on the noiseless loss",
        "The band lies between two proved sides with neither an unknown constant nor k; it closes "
        "as α grows, and the simulated loss lies in it, where belief propagation (not proved) puts "
        "it. The other lines are upper bounds that need k.",
        "The band lies between two proved sides with neither an unknown constant nor k; the "
        "simulated loss lies in it, where belief propagation (not proved) puts it. The other lines "
        "are upper bounds that need k.",
        sweep_panels.two_sided,
        Chapter.NOISELESS,
    ),
    Panel(
        "unidentifiable",
        "Seen, yet not identifiable",
        "Density evolution predicts the number of features that were seen but cannot be told "
        "from the others, over three orders of magnitude.",
        "Density evolution predicts the number of features that were seen but cannot be told "
        "from the others.",
        sweep_panels.unidentified,
        Chapter.STRUCTURE,
    ),
)


def drawn_figures(results: Sweep) -> list[Drawn]:
    """The figures of a results document: the six panels together first, then each alone."""
    figures = []
    with mpl.rc_context(STYLE):
        figure = Figure(figsize=(11.5, 6.6), layout="constrained")
        for axes, panel in zip(figure.subplots(2, 3).flat, PANELS, strict=True):
            panel.draw(axes, results)
            axes.set_title(panel.title, fontsize=10, loc="left")
        svg, png = saved(figure, "overview")
        see = (
            "Predictions are lines, faded where a hypothesis fails; simulation is points with 95% "
            "intervals. The top row and the first panel below are the paper's Figure 1"
            f"{'' if results.model.repeats_the_paper else ' at another setting'}, the last two are "
            "ours."
        )
        figures.append(Drawn("overview", "The linear theory at a glance", see, svg, png))
        for panel in PANELS:
            figure = Figure(figsize=ONE_PANEL, layout="constrained")
            panel.draw(figure.subplots(), results)
            drawn = saved(figure, panel.name)
            told = panel.told(results)
            figures.append(Drawn(panel.name, panel.title, told, *drawn, panel.chapter))
    return figures

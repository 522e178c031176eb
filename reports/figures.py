"""What all figures of the report share: colours, style, points with intervals, files.

Predictions are lines, simulation is points with 95% intervals. Colours are the Okabe-Ito
set, which stays apart in print and for colour-blind readers; every series has its own
marker too.
"""

from __future__ import annotations

import io
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.figure import Figure
from matplotlib.text import Text
from matplotlib.ticker import LogFormatterSciNotation
from matplotlib.transforms import BboxBase
from numpy.typing import ArrayLike, NDArray

from reports.chapters import Chapter
from reports.console import Interval

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

ONE_PANEL = (4.4, 3.3)
"""Inches of a figure of one panel: on a phone its text is still readable."""

STYLE: dict[Any, Any] = {
    "font.size": 9,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "grid.color": "#e4e4e4",
    "grid.linewidth": 0.6,
    "axes.axisbelow": True,
    # Titles stand where nothing is: looking for what they might cover takes long.
    "axes.titley": 1.0,
    # Over what it covers a legend stays readable.
    "legend.edgecolor": "none",
    "legend.framealpha": 0.8,
    "legend.fontsize": 7.5,
    # Text stays text: it is found, read aloud and small.
    "svg.fonttype": "none",
    "figure.dpi": 100,
}


class Box(NamedTuple):
    """A part of a figure, in points from its upper left corner."""

    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True)
class Drawn:
    """One figure; it is shown hardly larger than it was drawn, and panel by panel on a phone.

    Args:
        name: of its files.
        title: a line.
        see: one sentence, what to see.
        svg, png: the picture.
        chapter: of the page that it stands in, where that is not its section's; None leaves it
            to the section.
    """

    name: str
    title: str
    see: str
    svg: bytes
    png: bytes
    chapter: Chapter | None = None

    @property
    def width(self) -> float:
        """Width that it was drawn at, in CSS pixels."""
        found = re.search(rb'<svg[^>]* width="([0-9.]+)pt"', self.svg)
        return float(found[1]) * 96 / 72 if found else 960.0

    @property
    def panels(self) -> tuple[Box, ...]:
        """Where its panels lie, legends of their own included; () for a single one."""
        return self._boxes(b"panels")

    @property
    def keys(self) -> tuple[Box, ...]:
        """Where the entries of the legends lie that its panels share."""
        return self._boxes(b"keys")

    def _boxes(self, name: bytes) -> tuple[Box, ...]:
        found = re.search(rb'<svg[^>]* data-%b="([^"]*)"' % name, self.svg)
        told = found[1].decode().split(";") if found else []
        return tuple(Box(*map(float, one.split())) for one in told if one)


def or_nan(value: float | None) -> float:
    """A number to draw; NaN, which is not drawn, where there is none."""
    return float("nan") if value is None else value


FADED = 0.35
"""Opacity of a line where a hypothesis fails."""


def joined(mask: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """With the neighbours, so that two parts of a line meet."""
    wide = mask.copy()
    wide[1:] |= mask[:-1]
    wide[:-1] |= mask[1:]
    return wide


def line(
    axes: Axes,
    x: ArrayLike,
    y: ArrayLike,
    believed: ArrayLike,
    *,
    label: str | None = None,
    **style: Any,
) -> None:
    """A prediction as a line, faded where a hypothesis of its statement fails.

    Args:
        axes: to draw into.
        x: (m,) places.
        y: (m,) values; NaN is not drawn.
        believed: (m,) whether the hypotheses hold there.
        label: of both parts together.
        style: of matplotlib's plot.
    """
    values, held = np.asarray(y, dtype=float), np.asarray(believed, dtype=bool)
    options = {"linewidth": 1.0} | style
    if not held.all():
        axes.plot(x, np.where(joined(~held), values, np.nan), alpha=FADED, **options)
    axes.plot(x, np.where(held, values, np.nan), label=label, **options)


def points(
    axes: Axes,
    x: Sequence[float],
    estimates: Sequence[Interval | None],
    scale: float = 1.0,
    **style: Any,
) -> None:
    """Means with their intervals, those that are there."""
    known = [
        (
            a,
            e.mean,
            e.mean if e.ci_low is None else e.ci_low,
            e.mean if e.ci_high is None else e.ci_high,
        )
        for a, e in zip(x, estimates, strict=True)
        if e is not None and e.mean is not None
    ]
    means, low, high = (np.array([row[column] for row in known]) * scale for column in (1, 2, 3))
    options: dict[str, Any] = {
        "markersize": 4.5,
        "capsize": 2,
        "elinewidth": 1,
        "linestyle": "none",
    } | style
    axes.errorbar(
        [row[0] for row in known],
        means,
        yerr=np.maximum([means - low, high - means], 0),
        **options,
    )


class Powers(LogFormatterSciNotation):
    """The labels of a logarithmic axis as plain text, 10⁻³, which is quicker than formulas.

    It is found, copied and read aloud as a number besides.
    """

    def __call__(self, x: float, pos: int | None = None) -> str:
        """The label of a tick; "" for one that has none."""
        return power_of_ten(x) if super().__call__(x, pos) else ""


RAISED = str.maketrans("0123456789-", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻")


def power_of_ten(x: float) -> str:
    """A number as text, such as 10⁻³ and 2×10⁴; 0 is "0"."""
    if not x:
        return "0"
    digits, exponent = f"{x:e}".split("e")
    factor = digits.rstrip("0").rstrip(".")
    power = "10" + str(int(exponent)).translate(RAISED)
    sign = "\N{MINUS SIGN}" if x < 0 else ""
    times = factor.removeprefix("-")
    return sign + (power if times == "1" else f"{times}×{power}")


class PlainNumbers(Powers):
    """The labels of a logarithmic axis as numbers, 0.4 and 20, where they are short."""

    def __call__(self, x: float, pos: int | None = None) -> str:
        """The label of a tick; "" for one that has none."""
        told = super().__call__(x, pos)
        return f"{x:g}" if told and SHORT[0] <= x <= SHORT[1] else told


def _powers(axis: Axis) -> None:
    """Plain text where matplotlib's own formulas would label a logarithmic axis."""
    if type(axis.get_major_formatter()) is LogFormatterSciNotation:
        axis.set_major_formatter(Powers())
    if type(axis.get_minor_formatter()) is LogFormatterSciNotation:
        axis.set_minor_formatter(Powers())


SHORT = (1e-3, 1e4)
"""Numbers that are shorter as such than as powers of ten."""


def plain_numbers(axis: Axis) -> None:
    """Labels of a logarithmic axis without powers of ten where they can be."""
    axis.set_major_formatter(PlainNumbers())
    axis.set_minor_formatter(PlainNumbers(minor_thresholds=(1, 0.4)))


def each_labelled(axes: Axes) -> None:
    """Numbers on both axes of a panel that shares them with others: on a phone it stands alone."""
    axes.tick_params(labelbottom=True, labelleft=True)


def saved(figure: Figure, name: str) -> tuple[bytes, bytes]:
    """The figure as SVG and PNG bytes, the same for the same figure."""
    for axes in figure.axes:
        # Where everything is 0 there is no logarithm to draw. A panel of patches, which matplotlib
        # does not look at for this, has limits of its own.
        unknown = axes.get_autoscaley_on() and not np.isfinite(axes.dataLim.minposy)
        if axes.get_yscale() == "log" and unknown:
            axes.set_yscale("linear")
        _powers(axes.xaxis)
        _powers(axes.yaxis)
    # Once: each format would do it again, twice, and that takes longer than drawing.
    lay_out(figure)
    figure.set_layout_engine(None)
    # Before anything is saved, which moves texts to where they are at another resolution.
    panels = _panels(figure)
    svg = io.BytesIO()
    with mpl.rc_context({"svg.hashsalt": name}):
        # No date: the same results draw the same bytes.
        figure.savefig(svg, format="svg", metadata={"Date": None})
        # A legend is laid out anew for what is saved: its entries are where SVG has them.
        boxes = _told("panels", panels) + _told("keys", _keys(figure) if panels else [])
    return svg.getvalue().replace(b"<svg", f"<svg{boxes}".encode(), 1), pixels(figure)


def lay_out(figure: Figure) -> None:
    """Put axes, titles and legends where they have room."""
    layout = figure.get_layout_engine()
    if layout is not None:
        layout.execute(figure)


def pixels(figure: Figure) -> bytes:
    """The figure as PNG bytes."""
    png = io.BytesIO()
    figure.savefig(png, format="png", dpi=160, metadata={"Software": None})
    return png.getvalue()


AROUND = 3.0
"""Points around a part."""

HANDLE = 2.8
"""Left of a legend's text stands its line, so many font sizes wide."""

WIDER = 1.2
"""So many font sizes wider a text may be in the reader's font; the next line is 2 away."""


SVG_DPI = 72.0
"""Of what is saved as SVG: a pixel is a point."""


def _panels(figure: Figure) -> list[Box]:
    """Where panels lie, if there are several."""
    shown = [axes for axes in figure.axes if axes.axison]
    if len(shown) < 2:
        return []
    found = [axes.get_tightbbox() for axes in shown]
    return [_box(figure, box, figure.dpi) for box in found if box is not None]


def _keys(figure: Figure) -> list[Box]:
    """Where the entries of the legends lie that panels share, as they were just saved."""
    return [_entry(figure, text) for legend in figure.legends for text in legend.get_texts()]


def _told(name: str, boxes: list[Box]) -> str:
    """Boxes as an attribute, if there are panels."""
    told = ";".join(" ".join(f"{side:.1f}" for side in box) for box in boxes)
    return f' data-{name}="{told}"' if boxes else ""


def _entry(figure: Figure, text: Text) -> Box:
    """Of a legend: a text with the line before it."""
    box = _box(figure, text.get_window_extent(dpi=SVG_DPI), SVG_DPI)
    size = float(text.get_fontsize())
    before, after = HANDLE * size, WIDER * size
    # Lines of a legend are half a font size apart: no sliver of the next one.
    up = AROUND / 2
    return Box(box.x - before, box.y + up, box.width + before + after, box.height - 2 * up)


def _box(figure: Figure, found: BboxBase, dpi: float) -> Box:
    """From pixels that count upwards to points that count downwards, and a little around."""
    point = 72 / dpi
    top = figure.get_figheight() * 72 - found.y1 * point
    return Box(
        found.x0 * point - AROUND,
        top - AROUND,
        found.width * point + 2 * AROUND,
        found.height * point + 2 * AROUND,
    )

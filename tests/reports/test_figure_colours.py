"""Colours of the figures in the page: seen on a dark one, and told apart by every eye."""

from __future__ import annotations

import itertools
import re
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from reports.figures import BLUE, GREEN, ORANGE, PURPLE, SKY, VERMILION
from reports.inline_figures import COLOURS

Array = NDArray[np.float64]

CSS = (Path(__file__).parents[2] / "reports" / "templates" / "page.css").read_text()
SERIES = (BLUE, ORANGE, GREEN, VERMILION, PURPLE, SKY)
READABLE = 4.5
"""Contrast that WCAG asks of text."""

SEEN = {
    "all cones": np.eye(3),
    "no red cones": np.array(
        [
            [0.152286, 1.052583, -0.204868],
            [0.114503, 0.786281, 0.099216],
            [-0.003882, -0.048116, 1.051998],
        ]
    ),
    "no green cones": np.array(
        [
            [0.367322, 0.860646, -0.227968],
            [0.280085, 0.672501, 0.047413],
            [-0.011820, 0.042940, 0.968881],
        ]
    ),
    "no blue cones": np.array(
        [
            [1.255528, -0.076749, -0.178779],
            [-0.078411, 0.930809, 0.147602],
            [0.004733, 0.691367, 0.303900],
        ]
    ),
}
"""Machado, Oliveira and Fernandes 2009, severity 1, on linear RGB."""

XYZ = np.array(
    [
        [0.4124564, 0.3575761, 0.1804375],
        [0.2126729, 0.7151522, 0.0721750],
        [0.0193339, 0.1191920, 0.9503041],
    ]
)


def linear(colour: str) -> Array:
    parts = np.array([int(colour[at : at + 2], 16) for at in (1, 3, 5)]) / 255
    return np.where(parts <= 0.04045, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)


def contrast(one: str, other: str) -> float:
    dark, light = sorted(float(XYZ[1] @ linear(colour)) for colour in (one, other))
    return (light + 0.05) / (dark + 0.05)


def lab(rgb: Array) -> Array:
    """CIELAB of linear RGB, for the white of a screen."""
    x, y, z = XYZ @ np.clip(rgb, 0, 1) / XYZ.sum(axis=1)
    a, b, c = (np.cbrt(t) if t > 0.008856 else 7.787 * t + 16 / 116 for t in (x, y, z))
    return np.array([116 * b - 16, 500 * (a - b), 200 * (b - c)])


def nearest(colours: tuple[str, ...]) -> float:
    """The smallest distance of two colours in CIELAB, to whichever eye it is smallest."""
    return min(
        float(np.linalg.norm(lab(eye @ linear(one)) - lab(eye @ linear(other))))
        for one, other in itertools.combinations(colours, 2)
        for eye in SEEN.values()
    )


def dark(colour: str) -> str:
    """A figure's colour as it is on the dark page."""
    name = re.fullmatch(r"var\((--\w+)\)", COLOURS.get(colour.lower(), ""))
    if name is None:
        return colour
    scheme = CSS[CSS.index("prefers-color-scheme: dark") :]
    found = re.search(rf"{name[1]}: (#\w+)", scheme)
    assert found, name[1]
    return found[1]


def test_lines_are_seen_on_the_dark_page() -> None:
    page = dark("#ffffff")
    assert page != "#ffffff"
    assert all(contrast(dark(colour), page) >= READABLE for colour in SERIES)
    assert contrast(BLUE, page) < READABLE, "as it is drawn it would not be"


def test_on_the_dark_page_series_are_as_far_apart_as_in_the_palette() -> None:
    """The Okabe-Ito set is the measure: two of its colours are about 16 apart at the least."""
    assert nearest(tuple(map(dark, SERIES))) >= nearest(SERIES) > 15
    # A brighter blue beside the sky blue of print would not be told from it.
    assert nearest((dark(BLUE), SKY)) < 1

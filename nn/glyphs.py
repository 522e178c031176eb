"""Embedded one-shot images: letters of real alphabets, drawn from matplotlib's own fonts.

A stand-in for Omniglot where no data folder is at hand: Georgian, Armenian and Cyrillic small
letters of DejaVu Sans Bold, one class each. The letters nearest to any handwritten digit (L2) are
dropped, or a "new" image would be a familiar one ('o' is a zero).
"""

from __future__ import annotations

import functools
from pathlib import Path

import matplotlib
import numpy as np
from matplotlib.ft2font import FT2Font

from nn.images import Images, resized

ALPHABETS: dict[str, range] = {
    "Georgian": range(0x10D0, 0x10F1),
    "Armenian": range(0x0561, 0x0587),
    "Cyrillic": range(0x0430, 0x0450),
}
#: Share of the letters dropped because they look most like a digit.
DROPPED = 0.15


@functools.cache
def letters(size: int) -> tuple[tuple[str, ...], Images]:
    """Draw every letter once; the result is kept.

    FreeType draws straight into an array: the whole set takes milliseconds, where one matplotlib
    figure per letter takes 11 s.

    Args:
        size: side of the images in pixels.

    Returns:
        names ("Georgian U+10D0") and images of shape (letters, size, size) in [0, 1], centred.

    """
    font = FT2Font(str(Path(matplotlib.get_data_path()) / "fonts" / "ttf" / "DejaVuSans-Bold.ttf"))
    font.set_size(96.0, 72)
    names, drawn = [], []
    for alphabet, points in ALPHABETS.items():
        for point in points:
            font.set_text(chr(point))
            font.draw_glyphs_to_bitmap(antialiased=True)
            names.append(f"{alphabet} U+{point:04X}")
            ink = np.asarray(font.get_image(), dtype=np.float32) / np.float32(255)
            drawn.append(_framed(ink.astype(np.float32), size))
    return tuple(names), np.concatenate(drawn)


def _framed(ink: Images, size: int) -> Images:
    """Centre the ink in a square that it fills to 7/8, as the digits fill theirs.

    Args:
        ink: shape (height, width) in [0, 1].
        size: side of the result in pixels.

    Returns:
        shape (1, size, size).

    """
    rows, columns = np.flatnonzero(ink.any(axis=1)), np.flatnonzero(ink.any(axis=0))
    ink = ink[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    side = round(max(ink.shape) * 8 / 7)
    canvas = np.zeros((1, side, side), dtype=np.float32)
    top, left = (side - ink.shape[0]) // 2, (side - ink.shape[1]) // 2
    canvas[0, top : top + ink.shape[0], left : left + ink.shape[1]] = ink
    return resized(canvas, size)


def unlike_digits(size: int, digits: Images) -> tuple[tuple[str, ...], Images]:
    """Return the letters without the share ``DROPPED`` that lies nearest to any digit.

    Args:
        size: side of the images in pixels.
        digits: shape (m, size, size), every digit image of the source.

    """
    names, images = letters(size)
    flat = images.reshape(len(images), -1).astype(np.float64)
    other = digits.reshape(len(digits), -1).astype(np.float64)
    squared = (flat**2).sum(1)[:, None] - 2 * flat @ other.T + (other**2).sum(1)[None]
    nearest = squared.min(axis=1)
    kept = np.sort(np.argsort(nearest, kind="stable")[round(DROPPED * len(names)) :])
    return tuple(names[i] for i in kept), images[kept]

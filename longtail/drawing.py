"""One statement over one parameter, drawn into axes of one's own."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from longtail.grid import bounds
from reports.figures import BLUE, VERMILION
from theorems.catalogue import catalogue
from theorems.errors import InputError
from theorems.law import Law

if TYPE_CHECKING:
    from matplotlib.axes import Axes

Array = NDArray[np.float64]

GRIDS: dict[str, tuple[float, ...]] = {
    "alpha": tuple(np.round(np.linspace(1, 3, 33), 4).tolist()),
    "sigma": tuple(np.round(np.linspace(0.01, 0.3, 30), 4).tolist()),
    "beta_exponent": tuple(np.round(np.linspace(0, 0.4, 21), 4).tolist()),
    "s": tuple(np.round(np.geomspace(1, 20, 21), 4).tolist()),
    "n": tuple(np.unique(np.geomspace(100, 10**5, 25).astype(int)).tolist()),
    "d": tuple(np.unique(np.geomspace(2000, 10**6, 25).astype(int)).tolist()),
    "k": tuple(range(1, 61)),
}
"""Where a parameter is evaluated if nobody says where."""

LOGARITHMIC = frozenset({"s", "n", "d"})

FADED = 0.25
"""Opacity where a hypothesis fails."""

LABELS = {
    "alpha": "power-law exponent α",
    "sigma": "noise level σ",
    "beta_exponent": "exponent b of the coefficients",
    "s": "non-zeros of a sample s",
    "n": "training samples n",
    "d": "features d",
    "k": "common features k",
}


def plot(
    id: str,  # noqa: A002  # what the catalogue calls it
    over: str = "alpha",
    values: Sequence[float] | None = None,
    *,
    axes: Axes | None = None,
    law: Law | None = None,
    **setting: float,
) -> Axes:
    """Draw a statement's sides over a parameter: a band between two sides, a line for a value.

    Lines fade where a hypothesis of the statement fails.

    Args:
        id: of the statement.
        over: a parameter of the setting (n, d, s, alpha, sigma, beta_exponent, k) or an extra one
            of the statement.
        values: of it, increasing; None takes a usual range.
        axes: of matplotlib, that are drawn into; None makes a figure.
        law: frequencies of one's own.
        setting: the other parameters; the defaults are those of the paper's Figure 1.

    Returns:
        The axes.

    Raises:
        UnknownStatementError: for an unknown id; the message names the nearest.
        InputError: for an unknown parameter or one outside its range; for fewer than two values.
    """
    statement = catalogue[id]
    if over in setting:
        raise InputError(over, setting[over], "is what is drawn over; give its values instead")
    grid = list(values) if values is not None else list(_usual(over, statement.defaults))
    if len(grid) < 2:
        raise InputError("values", str(grid), "must be two or more")
    asked: dict[str, Any] = {**setting, over: grid}
    rows = bounds(id, law=law, **asked)
    x = np.asarray(grid, dtype=np.float64)
    believed = np.array([row["believed"] is True for row in rows])
    sides = {
        side: np.array([np.nan if row[side] is None else row[side] for row in rows], float)
        for side in statement.sides
    }
    axes = _new_axes() if axes is None else axes
    lower, upper = sides.get("lower"), sides.get("upper")
    if lower is not None and upper is not None:
        for mask, opacity in ((believed, FADED), (~believed, FADED / 4)):
            axes.fill_between(
                x, lower, upper, where=_joined(mask), color=BLUE, alpha=opacity, linewidth=0
            )
    for side, style, colour in (
        ("lower", "-", BLUE),
        ("upper", ":", BLUE),
        ("value", "-", VERMILION),
    ):
        if side in sides:
            _line(axes, x, sides[side], believed, style, colour, f"{id}, {side}")
    axes.set_xlabel(LABELS.get(over, over))
    axes.set_ylabel(statement.quantity)
    if over in LOGARITHMIC:
        axes.set_xscale("log")
    if all(map(_positive, sides.values())):
        axes.set_yscale("log")
    axes.legend(frameon=False)
    return axes


def _usual(over: str, extra: dict[str, float]) -> Sequence[float]:
    if over in GRIDS:
        return GRIDS[over]
    if over in extra:
        raise InputError("values", "None", f"must be given for {over}, a parameter of its own")
    raise InputError("over", over, f"must be among {', '.join([*GRIDS, *extra])}")


def _positive(side: Array) -> bool:
    known = side[np.isfinite(side)]
    return bool(known.size and (known > 0).all())


def _new_axes() -> Axes:
    from matplotlib import pyplot

    return pyplot.subplots(layout="constrained")[1]


def _joined(mask: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """With the neighbours, so that two parts of a line meet."""
    wide = mask.copy()
    wide[1:] |= mask[:-1]
    wide[:-1] |= mask[1:]
    return wide


def _line(
    axes: Axes,
    x: Array,
    y: Array,
    believed: NDArray[np.bool_],
    style: str,
    colour: str,
    label: str,
) -> None:
    options: dict[str, Any] = {"linestyle": style, "color": colour, "linewidth": 1.3}
    axes.plot(x, np.where(_joined(~believed), y, np.nan), alpha=FADED, **options)
    axes.plot(x, np.where(believed, y, np.nan), label=label, **options)

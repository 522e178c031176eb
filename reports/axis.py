"""Predicted and observed on one small axis, as SVG for the page."""

from __future__ import annotations

import math

from markupsafe import Markup

from empirics.observables.registry import OBSERVABLES
from reports.console import number
from reports.records import VerdictRow

WIDTH, HEIGHT, PAD = 240.0, 26.0, 10.0

WIDE = 30.0
"""Numbers that differ by more than this factor stand on a logarithmic axis."""


def axis(row: VerdictRow) -> Markup | None:
    """Sides as brackets, the prediction as a diamond, what is observed as a dot with its interval.

    Returns:
        None where fewer than two different numbers are there, and for what is 0 up to rounding in
        every draw: on an axis rounding would look like a distance.
    """
    observed = OBSERVABLES.get(row.observable or "")
    if observed is not None and observed.rounding and row.value == 0:
        return None
    marks = {
        "lower": row.lower,
        "upper": row.upper,
        "predicted": row.value,
        "observed": None if row.observed is None else row.observed.mean,
    }
    known = {name: value for name, value in marks.items() if value is not None}
    ends = [end for end in _interval(row) if end is not None]
    values = [*known.values(), *ends]
    if "observed" not in known or len(set(values)) < 2:
        return None
    place = _Scale(values)
    drawn = [f'<line class="ax" x1="0" x2="{WIDTH:g}" y1="13" y2="13"/>']
    if len(ends) == 2:
        low, high = (place(end) for end in ends)
        drawn.append(f'<line class="ob" x1="{low:.1f}" x2="{high:.1f}" y1="13" y2="13"/>')
    for name, value in known.items():
        drawn.append(_MARK[name].format(x=round(place(value), 1)))
    told = ", ".join(f"{name} {number(value)}" for name, value in known.items())
    return Markup(
        '<svg class="axis" viewBox="0 0 {} {}" role="img" aria-label="{}">{}</svg>'
    ).format(f"{WIDTH:g}", f"{HEIGHT:g}", told, Markup("".join(drawn)))


_MARK = {
    "lower": '<path class="sd" d="M{x} 5m4 0h-4v16h4"/>',
    "upper": '<path class="sd" d="M{x} 5m-4 0h4v16h-4"/>',
    "predicted": '<path class="pr" d="M{x} 7l5 6l-5 6l-5 -6z"/>',
    "observed": '<circle class="ob" cx="{x}" cy="13" r="3"/>',
}


def _interval(row: VerdictRow) -> tuple[float | None, float | None]:
    if row.observed is None:
        return None, None
    return row.observed.ci_low, row.observed.ci_high


class _Scale:
    """From numbers to places on the axis."""

    def __init__(self, values: list[float]) -> None:
        low, high = min(values), max(values)
        self.log = low > 0 and high > WIDE * low
        self.low, self.high = (math.log(low), math.log(high)) if self.log else (low, high)

    def __call__(self, value: float) -> float:
        at = math.log(value) if self.log else value
        return PAD + (WIDTH - 2 * PAD) * (at - self.low) / (self.high - self.low)

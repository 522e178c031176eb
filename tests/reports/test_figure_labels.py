"""The numbers beside the axes of figures."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.figure import Figure

from reports.figures import RAISED, plain_numbers, power_of_ten, saved

LOWERED = {raised: plain for plain, raised in RAISED.items()}


@given(factor=st.integers(1, 9), exponent=st.integers(-300, 300), sign=st.sampled_from((1, -1)))
def test_a_power_is_the_number_that_it_tells(factor: int, exponent: int, sign: int) -> None:
    x = sign * float(f"{factor}e{exponent}")
    told = power_of_ten(x)
    match = re.fullmatch(r"(−?)(?:(\d)×)?10([⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+)", told)
    assert match is not None, told
    minus, times, raised = match.groups()
    read = float(f"{times or 1}e{raised.translate(LOWERED)}")
    assert (-read if minus else read) == x
    assert times != "1"


@pytest.mark.parametrize(
    ("plain", "low", "high", "some"),
    [
        (False, 1e-3, 1e4, {"10⁻²", "10⁰", "10³"}),
        (False, 2, 9, {"2×10⁰", "6×10⁰"}),
        (True, 1e-5, 100, {"10⁻⁴", "0.01", "10"}),
    ],
)
def test_logarithmic_axes_are_labelled_in_plain_text(
    plain: bool, low: float, high: float, some: set[str]
) -> None:
    figure = Figure(layout="constrained")
    axes = figure.subplots()
    axes.plot([low, high], [low, high])
    axes.set(xscale="log", yscale="log", ylim=(low, high))
    if plain:
        plain_numbers(axes.yaxis)
    saved(figure, "labels")
    told = {label.get_text() for label in axes.get_yticklabels(which="both")}
    assert some <= told
    assert not any("$" in label for label in told)


def test_zero_and_negative_numbers_of_a_symmetric_axis() -> None:
    figure = Figure(layout="constrained")
    axes = figure.subplots()
    axes.plot([0, 1], [-100, 100])
    axes.set_yscale("symlog", linthresh=1)
    saved(figure, "labels")
    told = {label.get_text() for label in axes.get_yticklabels()}
    assert {"0", "10¹", "−10¹"} <= told

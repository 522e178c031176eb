"""`longtail.plot`: a statement into axes of one's own."""

from __future__ import annotations

import numpy as np
import pytest
from matplotlib.axes import Axes
from matplotlib.figure import Figure

import longtail
from theorems.errors import InputError


@pytest.fixture
def axes() -> Axes:
    return Figure().subplots()


def drawn(axes: Axes, label: str) -> tuple[np.ndarray, np.ndarray]:
    (line,) = [line for line in axes.get_lines() if line.get_label() == label]
    return np.asarray(line.get_xdata()), np.asarray(line.get_ydata())


def test_lines_are_the_statements_numbers(axes: Axes) -> None:
    alphas = [1.5, 2.0, 2.5]
    given = {"n": 300, "d": 3000}
    assert longtail.plot("noiseless-loss", values=alphas, axes=axes, **given) is axes
    rows = longtail.bounds("noiseless-loss", alpha=alphas, **given)
    for side in ("lower", "upper"):
        x, y = drawn(axes, f"noiseless-loss, {side}")
        assert x.tolist() == alphas
        assert y.tolist() == [row[side] for row in rows]
    assert "α" in axes.get_xlabel()
    assert axes.get_ylabel() == "expected in-distribution loss without noise"
    assert axes.get_yscale() == "log"


def test_lines_fade_where_a_hypothesis_fails(axes: Axes) -> None:
    alphas = [1.0, 1.5, 2.0, 2.5, 3.0]
    longtail.plot("noisy-loss-rate", values=alphas, axes=axes)
    rows = longtail.bounds("noisy-loss-rate", alpha=alphas)
    believed = [row["believed"] for row in rows]
    assert set(believed) == {True, False}
    _, y = drawn(axes, "noisy-loss-rate, value")
    assert np.isfinite(y).tolist() == believed
    faded = [line for line in axes.get_lines() if line.get_alpha() is not None]
    assert [np.isfinite(line.get_ydata()).any() for line in faded] == [True]


def test_over_n_and_over_a_parameter_of_its_own(axes: Axes) -> None:
    longtail.plot("missing-mass-asymptotic", over="n", values=[100, 1000], axes=axes)
    assert axes.get_xscale() == "log"
    longtail.plot("corruption-tradeoff", over="rho", values=[0.1, 0.2, 0.3], axes=axes)
    assert axes.get_xlabel() == "rho"


def test_what_is_refused(axes: Axes) -> None:
    with pytest.raises(InputError, match="over = beta: must be among alpha, sigma"):
        longtail.plot("noiseless-loss", over="beta", axes=axes)
    with pytest.raises(InputError, match="alpha = 2: is what is drawn over"):
        longtail.plot("noiseless-loss", alpha=2, axes=axes)
    with pytest.raises(InputError, match="must be two or more"):
        longtail.plot("noiseless-loss", values=[2], axes=axes)
    with pytest.raises(KeyError, match="the nearest is noiseless-loss"):
        longtail.plot("noiseless-los", axes=axes)

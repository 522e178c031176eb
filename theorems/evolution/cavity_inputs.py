"""What the cavity modules take: arrays that are refused in one line where they are none."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from theorems.errors import InputError, finite_number, positive_integer
from theorems.evolution.cavity_sums import first_outside, first_rise

Array = NDArray[np.float64]

LARGEST = float(np.finfo(np.float64).max)


def check_frequencies(p: Array, n: int) -> None:
    """Refuse what are no frequencies and samples.

    Args:
        p: frequencies in [0, 1], non-increasing, shape (d,).
        n: samples, at least 1.

    Raises:
        InputError: for anything else; it names the first entry that is wrong.
    """
    positive_integer("n", n)
    if p.ndim != 1:
        raise InputError("p", f"an array of shape {p.shape}", "must have shape (d,)")
    at = first_outside(p, 1.0)
    if at >= 0:
        raise InputError(f"p[{at}]", p[at], "must be a probability, from 0 to 1")
    at = first_rise(p)
    if at >= 0:
        raise InputError(f"p[{at}]", p[at], "must not exceed the frequency before it")


def check_squares(beta_squared: Array, p: Array) -> None:
    """Refuse what are no squared coefficients of the features.

    Args:
        beta_squared: non-negative and finite, shape (d,).
        p: frequencies, shape (d,).

    Raises:
        InputError: for anything else.
    """
    if beta_squared.shape != p.shape:
        raise InputError(
            "beta_squared", f"an array of shape {beta_squared.shape}", f"must have shape {p.shape}"
        )
    at = first_outside(beta_squared, LARGEST)
    if at >= 0:
        raise InputError(f"beta_squared[{at}]", beta_squared[at], "must be finite and >= 0")


def check_ridge(ridge: float) -> None:
    """Refuse what is no penalty: InputError unless it is finite and at least 0."""
    finite_number("ridge", ridge, "must be a finite number >= 0", least=0)

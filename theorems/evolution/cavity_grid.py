"""Numbers of rows at which the cavity recursion stops, and the nodes of its integrals.

Lemma (integral). For Y >= 0 and u > 0, 1/(1/u + Y) = int_0^inf e^(-t/u) e^(-tY) dt. So for
independent copies of Y with phi(t) = E e^(-tY), E 1/(1/u + Y_1 + ... + Y_T) is the integral of
e^(-t/u) phi(t)^T, and with T ~ Bin(a, p) that of e^(-t/u) (1 - p + p phi(t))^a. The second factor
psi is completely monotone, hence convex and decreasing: its chords between nodes, and its value
at the last node beyond that, lie above it. They are integrated against e^(-t/u) exactly.

Source. Ours.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

LAST_NODE = 45.0
"""e^-45 is below the rounding unit."""


def rows_grid(n: int, step: float) -> NDArray[np.int64]:
    """0 = m_0 < ... < m_K = n, dense near 0 and near n, relative steps of at most `step`.

    Bounds fall with m, so between its points the value at the point below is a bound.
    """
    points = {0, n}
    m = 0
    while m < n:
        points.add(m)
        m += max(1, math.floor(step * m))
    back = 0
    while back < step * n and back < n:
        points.add(n - back)
        back += max(1, back // 4)
    return np.array(sorted(points), dtype=np.int64)


def integration_nodes(n: int, step: float) -> Array:
    """0 = t_0 < t_1 < ... for bounds u >= 1/(8 n) and less, relative steps of `step`."""
    first = 1e-3 / (n + 1)
    number = math.ceil(math.log(LAST_NODE / first) / math.log1p(step))
    return np.concatenate(([0.0], np.geomspace(first, LAST_NODE, number + 1)))


def exponential_weights(nodes: Array) -> Array:
    """Weights w, all positive, of int_0^inf e^-t psi(t) dt for psi linear between nodes.

    Shape (nodes,); psi is constant beyond the last one.
    """
    h = np.diff(nodes)
    left = np.exp(-nodes[:-1])
    # int_0^h e^-x (1 - x/h) dx, by its series where the difference would cancel.
    series = sum((-h) ** k / math.factorial(k + 2) for k in range(14)) * h
    falling = np.where(h < 0.5, series, 1 + np.expm1(-h) / h)
    rising = -np.expm1(-h) - falling
    short = sum((k + 1) * (-h) ** k / math.factorial(k + 2) for k in range(14)) * h
    rising = np.where(h < 0.5, short, rising)
    weights = np.zeros_like(nodes)
    weights[:-1] += left * falling
    weights[1:] += left * rising
    weights[-1] += math.exp(-nodes[-1])
    return weights

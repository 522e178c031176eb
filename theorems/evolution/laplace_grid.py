"""Laplace transforms on a logarithmic grid, and the operator that inverts a variable there.

See the head of `theorems.evolution.recursion` for the operator T.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray
from scipy.special import loggamma

Array = NDArray[np.float64]

SETTLED = 1e-12
"""Relative step of the monotone functional at which an iteration ends."""

ITERATIONS = 5000

FLOOR = 1e-13
"""Rounding error of a transform relative to its value at 0; falls like s^(-1/2) for s > 1."""


def fast_size(least: int) -> int:
    """The smallest 2^a 3^b 5^c of at least `least`, >= 1: a size of fast transforms."""
    found = 1 << (least - 1).bit_length()
    five = 1
    while five < found:
        odd = five
        while odd < found:
            twos = -(-least // odd)
            found = min(found, odd << (twos - 1).bit_length())
            odd *= 3
        five *= 5
    return found


class LogGrid:
    """s_m = e^(step (m - points/2)) and the operator T of the module's head on it."""

    def __init__(self, n: int, step: float) -> None:
        # Functions are O(s) or O(1) at the left end times sqrt(s), and the scale of G is 1/n:
        # e^(-(half width - ln n)/2) is the rounding unit.
        half_width = 74 + math.log(n)
        self.size = 2 * fast_size(math.ceil(half_width / step))
        self.step = step
        self.log = (np.arange(self.size) - self.size // 2) * step
        self.s = np.exp(self.log)
        self.decay = np.exp(-self.s)
        self.growth = -np.expm1(-self.s)
        self.left = self.log < 0
        frequency = 2 * np.pi * np.arange(self.size // 2 + 1) / (self.size * step)
        self._tilt = {z: np.exp(-z * self.log) for z in (-0.5, 0.5)}
        self._multiplier = {
            z: np.exp(loggamma(1 + z - 1j * frequency) - loggamma(1 - z + 1j * frequency))
            for z in (-0.5, 0.5)
        }

    def transform(self, f: Array, z: float = -0.5) -> Array:
        """T f, for f s^(-z) that vanishes at both ends. Shapes (points,).

        The absolute error is the rounding unit times s^(-z): z = -1/2 is right for s < 1,
        where T f = O(s); z = 1/2 for s > 1, if f = O(s) at 0.
        """
        image = np.conj(np.fft.rfft(f * self._tilt[z])) * self._multiplier[z]
        back: Array = np.fft.irfft(image, self.size) * self._tilt[z]
        return back

    def inverse_law(self, remainder: Array, total: float) -> tuple[Array, Array]:
        """E[1 - e^(-s/X); X > 0] and E[e^(-s/X); X > 0] from the law of X.

        Args:
            remainder: E[e^(-t X); X > 0] - total e^(-t), with small relative error at 0.
            total: P(X > 0).
        """
        low = total * self.growth + self.transform(remainder)
        high = total * self.decay - self.transform(remainder, 0.5)
        rest = np.where(self.left, total - low, high)
        lost = ~self.left & (rest <= FLOOR * total / np.sqrt(self.s))
        if lost.any():
            # What is left is rounding error, which a later transform would amplify.
            rest[int(np.argmax(lost)) :] = 0
        rest = np.clip(rest, 0, total)
        return np.clip(np.where(self.left, low, total - rest), 0, total), rest

    def integral(self, f: Array) -> float:
        """int_0^inf f(s) ds, shape (points,); spectrally accurate for the f at hand."""
        return float(self.step * (f @ self.s))


class Progress:
    """The end of a monotone iteration, and what it leaves undone."""

    def __init__(self, what: str) -> None:
        self.what = what
        self.value = math.nan
        self.change = math.inf
        self.count = 0
        self.remaining = 0.0

    def settles(self, value: float) -> bool:
        """Whether the functional has come to rest at `value`.

        Raises `ArithmeticError` where it does not within `ITERATIONS`.
        """
        self.count += 1
        if self.count > ITERATIONS:
            raise ArithmeticError(
                f"the recursion for {self.what} does not settle in {ITERATIONS} iterations: "
                "Y falls to 0 (more features than n rows determine) or is about to"
            )
        change = abs(value - self.value) if self.count > 1 else math.inf
        ratio = min(change / self.change, 0.999) if 0 < self.change < math.inf else 0.0
        self.value, self.change = value, change
        if change > SETTLED * abs(value):
            return False
        self.remaining = change * ratio / (1 - ratio) / abs(value) if value else 0.0
        return True

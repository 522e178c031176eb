"""Frequency laws: how often each feature appears, and the coefficient that belongs to it.

A law is a power law, as in the paper, or a table of anybody's own numbers.
"""

from __future__ import annotations

import math
import warnings
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from tokenize import TokenError
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from theorems.errors import LARGEST, InputError, finite_number, positive_integer
from theorems.evaluate.columns import Columns
from theorems.evaluate.per_feature import definition_array, per_feature
from theorems.files import require_readable

Array = NDArray[np.float64]

LARGEST_ENERGY = 280
"""beta*_i^2 and sigma^2 above 10 to this are refused: sums of such squares would leave doubles."""

LARGEST_AMPLITUDE = 10.0 ** (LARGEST_ENERGY / 2)
"""Of a coefficient, a label, a noise."""

SMALLEST_FREQUENCY = 1e-280
"""Of a power law. Rarer ones are refused: doubles would hold them with fewer digits, or as 0."""

SMALLEST_MEAN = 1e-100
"""Of the number s of a sample's non-zeros."""

FEWEST_FEATURES = 2
"""One common and one tail feature."""

Parameter: TypeAlias = int | float | str
"""A number, or text that is read as one."""


@dataclass(frozen=True, init=False)
class PowerLaw:
    """p_i = min(1, s i^-alpha / Z_alpha) with beta*_i = i^-b; the defaults are Figure 1's.

    Args:
        d: number of features.
        s: expected number of non-zeros of a sample, while no p_i is capped at 1.
        alpha: exponent.
        b: exponent of the coefficients.

    Raises:
        InputError: for a value outside its range, with the range.
    """

    d: int
    s: float
    alpha: float
    b: float

    def __init__(
        self,
        d: Parameter = 10000,
        s: Parameter = 5.0,
        alpha: Parameter = 2.0,
        b: Parameter = 0.1,
    ) -> None:
        positive = "must be a finite number > 0"
        _set(self, "d", _features(positive_integer("d", d)))
        _set(self, "s", finite_number("s", s, positive, above=0.0))
        _set(self, "alpha", finite_number("alpha", alpha, positive, above=0.0))
        _set(self, "b", finite_number("beta-exponent", b, "must be a finite number"))
        self._refuse_frequencies_that_underflow()
        lowest = -LARGEST_ENERGY / (2 * math.log10(self.d))
        if self.b < lowest:
            raise InputError(
                "beta-exponent",
                self.b,
                f"must be at least {lowest:.4g} at d = {self.d}, or beta*_d^2 = d^(-2b) overflows",
            )

    def _refuse_frequencies_that_underflow(self) -> None:
        # Z is at most d: p_d stays above what doubles hold with all their digits.
        if self.s < SMALLEST_MEAN:
            raise InputError("s", self.s, f"must be at least {SMALLEST_MEAN:g}")
        steepest = math.log10(self.s / SMALLEST_FREQUENCY) / math.log10(self.d)
        if self.alpha > steepest:
            raise InputError(
                "alpha",
                self.alpha,
                f"must be at most {math.floor(100 * steepest) / 100:g} at d = {self.d} and "
                f"s = {self.s:g}, or p_d = s d^-alpha/Z underflows",
            )

    @property
    def parameters(self) -> dict[str, float]:
        """The parameters by the names of their symbols in `theorems.model`."""
        return {"d": self.d, "s": self.s, "alpha": self.alpha, "b": self.b}

    @property
    def columns(self) -> None:
        """No table: programs compute p_i and beta*_i."""
        return

    @cached_property
    def p(self) -> Array:
        """(d,) frequencies, non-increasing; read-only."""
        return _frozen(definition_array("p", self._program))

    @cached_property
    def beta(self) -> Array:
        """(d,) coefficients; read-only."""
        return _frozen(definition_array("beta", self._program))

    @property
    def _program(self) -> dict[str, float]:
        # A program takes every parameter; these do not enter p and beta.
        return {**self.parameters, "n": 1, "sigma": 0.0, "k": 1}

    def common(self, n: int, appearances: float) -> int:
        """The largest k < d with n p_k >= appearances; at least 1.

        By bisection on the monotone p, one p_i at a time, so that d may be large.
        """
        chance = per_feature("p", self._program)
        low, high = 1, self.d - 1
        while low < high:
            middle = (low + high + 1) // 2
            low, high = (middle, high) if n * chance(middle) >= appearances else (low, middle - 1)
        return low

    @property
    def entries(self) -> float:
        """Bound on the expected number of non-zeros of a sample; frequencies are cut at 1."""
        return min(self.s, float(self.d))

    @property
    def key(self) -> str:
        """What tells laws apart."""
        return f"power law {self.d} {self.s!r} {self.alpha!r} {self.b!r}"

    def document(self) -> dict[str, Any]:
        """The parameters as in `--json`."""
        return {"d": self.d, "s": self.s, "alpha": self.alpha, "beta_exponent": self.b}

    def __str__(self) -> str:
        return f"d = {self.d}, s = {self.s:g}, alpha = {self.alpha:g}, beta-exponent = {self.b:g}"

    def __getstate__(self) -> dict[str, Any]:
        # The arrays are computed again where they are needed: a worker may be far away.
        return {"d": self.d, "s": self.s, "alpha": self.alpha, "b": self.b}


class Table:
    """Measured or invented frequencies and coefficients.

    Args:
        p: (d,) frequencies in [0, 1], in any order; they are sorted to fall, equal ones by
            falling |beta*|.
        beta: (d,) coefficients in the order of p; all 1 if not given.
        name: what it is called in reports, such as the name of its file.
        coefficients_name: likewise of the coefficients, where they are not all 1.

    Raises:
        InputError: for anything else, with the position (from 1) of the first bad number.
    """

    def __init__(
        self,
        p: ArrayLike,
        beta: ArrayLike | None = None,
        name: str = "table",
        coefficients_name: str = "",
    ) -> None:
        frequencies = _numbers("frequencies", p)
        inside = (frequencies >= 0) & (frequencies <= 1)
        _refuse_first("frequencies", frequencies, inside, "must lie in [0, 1]")
        _features(frequencies.size, "frequencies")
        coefficients = np.ones(frequencies.size) if beta is None else _numbers("coefficients", beta)
        if coefficients.size != frequencies.size:
            raise InputError(
                "coefficients",
                f"{coefficients.size} numbers",
                f"must be as many as frequencies, {frequencies.size}",
            )
        small = np.abs(coefficients) <= LARGEST_AMPLITUDE
        allowed = f"must be finite, at most {LARGEST_AMPLITUDE:g}"
        _refuse_first("coefficients", coefficients, small, allowed)
        order = np.lexsort((-np.abs(coefficients), -frequencies))
        self.name = name
        self.coefficients_name = coefficients_name
        self.p = _frozen(frequencies[order])
        """(d,) frequencies, non-increasing; read-only."""
        self.beta = _frozen(coefficients[order])
        """(d,) coefficients, signed; read-only."""

    @property
    def d(self) -> int:
        """Number of features."""
        return self.p.size

    @property
    def parameters(self) -> dict[str, float]:
        """The parameters by the names of their symbols in `theorems.model`."""
        return {"d": self.d}

    @cached_property
    def columns(self) -> Columns:
        """The table as programs take it; signs of coefficients play no part in what is claimed."""
        return Columns(self.p, _frozen(np.abs(self.beta)))

    @cached_property
    def digest(self) -> str:
        """16 hexadecimal digits that tell tables apart, signs of coefficients included."""
        return Columns(self.p, self.beta).digest[:16]

    def common(self, n: int, appearances: float) -> int:
        """The largest k < d with n p_k >= appearances; at least 1."""
        enough = int(np.searchsorted(-n * self.p, -appearances, side="right"))
        return min(max(enough, 1), self.d - 1)

    @property
    def entries(self) -> float:
        """Expected number of non-zeros of a sample."""
        return float(self.p.sum())

    @property
    def key(self) -> str:
        """What tells laws apart."""
        return f"table {self.digest}"

    def document(self) -> dict[str, Any]:
        """The table by its digest, as in `--json`."""
        named = {"coefficients": self.coefficients_name} if self.coefficients_name else {}
        return {"d": self.d, "frequencies": self.name, **named, "digest": self.digest}

    def __str__(self) -> str:
        return f"d = {self.d}, frequencies = {self.name} ({self.digest})"

    def __repr__(self) -> str:
        return f"Table({self})"

    def __hash__(self) -> int:
        return hash(self.digest)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Table) and self.digest == other.digest

    @classmethod
    def read(cls, frequencies: str, coefficients: str | None = None) -> Table:
        """A table from files: one number a line, or .npy.

        Raises:
            InputError: for a file that cannot be read, with the line of the first bad number.
        """
        p = read_numbers("frequencies", frequencies)
        beta = None if coefficients is None else read_numbers("coefficients", coefficients)
        named = "" if coefficients is None else Path(coefficients).name
        return cls(p, beta, Path(frequencies).name, named)


Law: TypeAlias = PowerLaw | Table


def read_numbers(name: str, file: str) -> Array:
    """A vector of numbers from a file: one number a line, or .npy without pickled objects.

    Raises:
        InputError: naming the file, and the line of the first that is no number.
    """
    try:
        require_readable(Path(file))
        if file.endswith(".npy"):
            return _numbers(name, _array(file))
        lines = Path(file).read_text(encoding="utf-8").split("\n")
    except InputError:
        raise
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "not text, nor an array of numbers"
        raise InputError(name, file, f"must be a file of numbers ({reason})") from None
    if lines and not lines[-1]:
        lines.pop()
    if not lines:
        raise InputError(name, file, "must hold a number a line; it is empty")
    try:
        return np.array(lines, dtype=np.float64)
    except ValueError:
        pass
    for position, line in enumerate(lines, start=1):
        try:
            float(line)
        except ValueError:
            told = line.strip()[:40] or "an empty line"
            raise InputError(
                name, file, f"must hold one number a line; line {position} is {told!r}"
            ) from None
    return np.array([float(line) for line in lines])


def _array(file: str) -> NDArray[Any]:
    """What a .npy file holds, and nothing else that numpy would read: no archive, no pickle.

    Raises:
        ValueError: for anything else.
    """
    with Path(file).open("rb") as stream, warnings.catch_warnings():
        # numpy says so where a header is of its Python 2.
        warnings.simplefilter("ignore", UserWarning)
        try:
            return np.lib.format.read_array(stream, allow_pickle=False)
        except (SyntaxError, TypeError, OverflowError, RecursionError, TokenError) as error:
            # The header is an expression of Python's, and what is none is not always caught.
            raise ValueError(f"no header: {error}") from None
        except MemoryError as error:
            raise ValueError(f"a header that asks for too much: {error}") from None


def _numbers(name: str, values: ArrayLike) -> Array:
    array = np.asarray(values)
    if array.dtype.kind not in "biuf" or array.ndim != 1 or array.size == 0:
        told = f"an array of shape {array.shape} and type {array.dtype}"
        raise InputError(name, told, "must be a vector of real numbers, not empty")
    with np.errstate(over="ignore"):
        # A number that no double holds becomes infinite, and is refused as that.
        return array.astype(np.float64)


def _refuse_first(name: str, values: Array, good: NDArray[np.bool_], allowed: str) -> None:
    if not good.all():
        position = int(np.flatnonzero(~good)[0])
        raise InputError(name, f"{values[position]:g}", f"{allowed}; it is number {position + 1}")


def _features(d: int, name: str = "d") -> int:
    if d < FEWEST_FEATURES:
        allowed = f"must be at least {FEWEST_FEATURES}, one common and one tail feature"
        raise InputError(name, d, allowed)
    if d > LARGEST:
        raise InputError(name, d, f"must be at most {LARGEST}")
    return d


def _frozen(values: Array) -> Array:
    values.flags.writeable = False
    return values


def _set(law: PowerLaw, name: str, value: float) -> None:
    # The way of a frozen dataclass to set what it was made from.
    object.__setattr__(law, name, value)

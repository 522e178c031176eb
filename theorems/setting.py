"""The parameters of one experiment, validated where they enter.

Every other module may assume that a `Setting` is sane. What is refused is refused here or in
`theorems.law`, in one line that names the parameter, its value and what is allowed.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from theorems.errors import InputError, finite_number, positive_integer
from theorems.law import LARGEST_AMPLITUDE, Law, Parameter, PowerLaw

COMMON_APPEARANCES = 10
"""Appearances n p_k that the last common feature has at least, unless k is given (Figure 1)."""

OF_A_POWER_LAW = {"d": "d", "s": "s", "alpha": "alpha", "beta_exponent": "b"}
"""Parameters of the short form, and what a power law calls them."""


@dataclass(frozen=True, init=False)
class Setting:
    """One setting of the linear model of the paper; the defaults are those of its Figure 1.

    Args:
        law: how frequent features are, with their coefficients; or a power law by its parameters
            d, s, alpha and beta_exponent, the short form.
        n: number of training samples.
        sigma: standard deviation of the label noise.
        k: number of common features; None takes the largest k with n p_k >= 10
           (at least 1, at most d - 1).

    Raises:
        InputError: for a value outside its range, with the range.
    """

    law: Law
    n: int
    sigma: float
    k: int

    def __init__(
        self,
        *,
        law: Law | None = None,
        n: Parameter = 1000,
        sigma: Parameter = 0.05,
        k: Parameter | None = None,
        **short: Parameter,
    ) -> None:
        for name, value in short.items():
            if name not in OF_A_POWER_LAW:
                raise InputError(name, value, "is no parameter of a setting")
            if law is not None:
                raise InputError(name, value, f"goes with a power law alone, not with {law}")
        _set(self, "n", positive_integer("n", n))
        if law is not None and not isinstance(law, Law):
            raise InputError("law", law, "must be a PowerLaw, a Table or another Law")
        if law is None:
            law = PowerLaw(**{OF_A_POWER_LAW[name]: value for name, value in short.items()})
        _set(self, "law", law)
        noise = finite_number("sigma", sigma, "must be a finite number >= 0", least=0)
        if noise > LARGEST_AMPLITUDE:
            raise InputError("sigma", sigma, f"must be at most {LARGEST_AMPLITUDE:g}")
        _set(self, "sigma", noise)
        if k is None:
            _set(self, "k", law.common(self.n, COMMON_APPEARANCES))
            return
        chosen = positive_integer("k", k)
        if chosen >= law.d:
            raise InputError("k", chosen, f"must be an integer from 1 to d - 1 = {law.d - 1}")
        _set(self, "k", chosen)

    @property
    def d(self) -> int:
        """Number of features."""
        return self.law.d

    @property
    def power_law(self) -> PowerLaw:
        """The law, where it is a power law.

        Raises:
            InputError: where it is none.
        """
        if isinstance(self.law, PowerLaw):
            return self.law
        raise InputError("frequencies", self.law.name, "must follow a power law here")

    @property
    def s(self) -> float:
        """Of the power law."""
        return self.power_law.s

    @property
    def alpha(self) -> float:
        """Of the power law."""
        return self.power_law.alpha

    @property
    def beta_exponent(self) -> float:
        """B of the power law."""
        return self.power_law.b

    @property
    def parameters(self) -> dict[str, float]:
        """The parameters by the names of their symbols in `theorems.model`."""
        return {"n": self.n, **self.law.parameters, "sigma": self.sigma, "k": self.k}

    def at(self, **changes: Any) -> Setting:
        """The setting with other values for some parameters; k stays as it is.

        Raises:
            InputError: for a value outside its range.
        """
        known: dict[str, Any] = {"n": self.n, "sigma": self.sigma, "k": self.k}
        if "law" not in changes and isinstance(self.law, PowerLaw):
            own = self.law.parameters
            known |= {name: own[inner] for name, inner in OF_A_POWER_LAW.items()}
        elif "law" not in changes:
            known["law"] = self.law
        return Setting(**(known | changes))

    def document(self) -> dict[str, Any]:
        """The parameters as in `--json`."""
        law = self.law.document()
        coefficients = {name: law.pop(name) for name in ("beta_exponent",) if name in law}
        return {"n": self.n, **law, "sigma": self.sigma, **coefficients, "k": self.k}

    def __str__(self) -> str:
        return f"n = {self.n}, {self.law}, sigma = {self.sigma:g}, k = {self.k}"

    def probabilities(self) -> NDArray[np.float64]:
        """p, shape (d,), non-increasing, without units; read-only."""
        return self.law.p

    def coefficients(self) -> NDArray[np.float64]:
        """beta*, shape (d,); read-only."""
        return self.law.beta


MOST_FEATURES = 10**7
"""Where d grows in proportion to n it is cut here, by memory."""


def _set(setting: Setting, name: str, value: object) -> None:
    # The way of a frozen dataclass to set what it was made from.
    object.__setattr__(setting, name, value)


PAPER = Setting()
"""The setting of the paper's Figure 1."""

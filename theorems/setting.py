"""The parameters of one experiment, validated where they enter.

Every other module may assume that a `Setting` is sane. What is refused is
refused here, in one line that names the parameter, its value and what is allowed.
"""

from __future__ import annotations

import math
from typing import Annotated, Any

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, BeforeValidator, ConfigDict, ValidationError, model_validator

from theorems.errors import InputError, finite_number, positive_integer
from theorems.evaluate.numbers import definition_array, per_feature

COMMON_APPEARANCES = 10
"""Appearances n p_k that the last common feature has at least, unless k is given (Figure 1)."""

LARGEST_ENERGY = 280
"""beta*_d^2 = d^(-2b) above 10 to this is refused: sums of such squares would leave doubles."""


def _integer(name: str) -> BeforeValidator:
    return BeforeValidator(lambda value: positive_integer(name, value))


def _positive(name: str) -> BeforeValidator:
    allowed = "must be a finite number > 0"
    return BeforeValidator(lambda value: finite_number(name, value, allowed, above=0.0))


class Setting(BaseModel):
    """One setting of the linear model of the paper; the defaults are those of its Figure 1.

    Args:
        n: number of training samples.
        d: number of features.
        s: expected number of non-zeros of a sample, while no p_i is capped at 1.
        alpha: exponent of the power law p_i = min(1, s i^-alpha / Z_alpha).
        sigma: standard deviation of the label noise.
        beta_exponent: b in beta*_i = i^-b.
        k: number of common features; None takes the largest k with n p_k >= 10
           (at least 1, at most d - 1).

    Raises:
        InputError: for a value outside its range, with the range.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    n: Annotated[int, _integer("n")] = 1000
    d: Annotated[int, _integer("d")] = 10000
    s: Annotated[float, _positive("s")] = 5.0
    alpha: Annotated[float, _positive("alpha")] = 2.0
    sigma: Annotated[
        float,
        BeforeValidator(
            lambda value: finite_number("sigma", value, "must be a finite number >= 0", least=0.0)
        ),
    ] = 0.05
    beta_exponent: Annotated[
        float,
        BeforeValidator(
            lambda value: finite_number("beta-exponent", value, "must be a finite number")
        ),
    ] = 0.1
    k: int = 0

    def __init__(self, **parameters: Any) -> None:
        try:
            super().__init__(**parameters)
        except ValidationError as error:
            cause = error.errors()[0].get("ctx", {}).get("error")
            if isinstance(cause, InputError):
                raise cause from None
            location = error.errors()[0]
            raise InputError(
                str(location["loc"][0]), location["input"], "is no parameter of a setting"
            ) from None

    @model_validator(mode="before")
    @classmethod
    def _resolve_k(cls, parameters: dict[str, Any]) -> dict[str, Any]:
        if parameters.get("k") is None:
            return {name: value for name, value in parameters.items() if name != "k"}
        k = positive_integer("k", parameters["k"])
        d = positive_integer("d", parameters.get("d", cls.model_fields["d"].default))
        if k >= d:
            raise InputError("k", k, f"must be an integer from 1 to d - 1 = {d - 1}")
        return {**parameters, "k": k}

    @model_validator(mode="after")
    def _default_k(self) -> Setting:
        if self.d < 2:
            raise InputError("d", self.d, "must be at least 2, one common and one tail feature")
        lowest = -LARGEST_ENERGY / (2 * math.log10(self.d))
        if self.beta_exponent < lowest:
            raise InputError(
                "beta-exponent",
                self.beta_exponent,
                f"must be at least {lowest:.4g} at d = {self.d}, or beta*_d^2 = d^(-2b) overflows",
            )
        if self.k == 0:
            # An attribute of a frozen model, set once before anybody has seen the model.
            object.__setattr__(self, "k", self._largest_common())
        return self

    def _largest_common(self) -> int:
        """The largest k < d with n p_k >= 10, by bisection on the monotone p; at least 1."""
        chance = per_feature("p", self.parameters)

        low, high = 1, self.d - 1
        while low < high:
            middle = (low + high + 1) // 2
            low, high = (
                (middle, high)
                if self.n * chance(middle) >= COMMON_APPEARANCES
                else (low, middle - 1)
            )
        return low

    @property
    def parameters(self) -> dict[str, float]:
        """The parameters by the names of their symbols in `theorems.model`."""
        return {
            "n": self.n,
            "d": self.d,
            "s": self.s,
            "alpha": self.alpha,
            "sigma": self.sigma,
            "b": self.beta_exponent,
            "k": self.k,
        }

    def probabilities(self) -> NDArray[np.float64]:
        """p, shape (d,), non-increasing, without units."""
        return definition_array("p", self.parameters)

    def coefficients(self) -> NDArray[np.float64]:
        """beta*, shape (d,)."""
        return definition_array("beta", self.parameters)

"""The setting that a report is about, and how the settings around it are made."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from theorems.law import PowerLaw
from theorems.setting import MOST_FEATURES, PAPER, Setting

MANY, STEEP = 10**4, 1.25
"""At n = 10^5 and alpha = 1 a draw takes half a minute, from alpha = 1.25 on a second or two."""

OPTIONS = {
    "n": "--n",
    "d": "--d",
    "s": "--s",
    "alpha": "--alpha",
    "sigma": "--sigma",
    "beta_exponent": "--beta-exponent",
    "k": "--k",
    "frequencies": "--frequencies",
    "coefficients": "--coefficients",
}
"""What the command line calls the parameters of a setting."""

SYMBOLS = {"alpha": "α", "sigma": "σ", "beta_exponent": "b"}
"""What the page calls them, where that is another name."""


@dataclass(frozen=True)
class MainSetting:
    """The setting in the middle of a report; by default the paper's.

    Args:
        setting: the setting.
        own_k: whether its k was chosen, and stays what it is around it; else k is the largest with
            n p_k >= 10 at each setting.
        extra: values of statements' own parameters, which no setting has, where they are not the
            defaults; each statement of the leading section takes its own.
    """

    setting: Setting = field(default_factory=Setting)
    own_k: bool = False
    extra: Mapping[str, float] = field(default_factory=dict)

    @property
    def is_a_power_law(self) -> bool:
        """Whether exponents can be swept."""
        return isinstance(self.setting.law, PowerLaw)

    @property
    def is_the_papers(self) -> bool:
        """Whether it is the one of the paper's Figure 1."""
        return self.setting == PAPER and not self.own_k and not self.extra

    def at(self, **changes: Any) -> Setting:
        """The setting with other values for some parameters, k being the one that belongs there.

        Raises:
            InputError: for a value outside its range.
        """
        k = self.setting.k if self.own_k else None
        return self.setting.at(**({"k": k} | changes))

    def sized(self, n: int, **changes: Any) -> Setting:
        """At n samples with d in proportion, at most 10^7; k is the one that belongs there."""
        ratio = self.setting.d / self.setting.n
        d = max(2, min(round(ratio * n), MOST_FEATURES))
        return self.setting.at(**({"n": n, "d": d, "k": None} | changes))

    def among(self, exponents: Iterable[float]) -> tuple[float, ...]:
        """Exponents in their order, the main one among them.

        Where n is large a flat law, which is dear there, is among them only if it is the main one.
        """
        drawn = [one for one in exponents if self.setting.n <= MANY or one >= STEEP]
        return tuple(sorted({*drawn, self.setting.alpha}))


def setting_told(setting: Mapping[str, float | int | str]) -> str:
    """A setting's document in words: "n = 1000, d = 10000, α = 2"."""
    return ", ".join(f"{SYMBOLS.get(name, name)} = {value}" for name, value in setting.items())


def as_options(setting: Mapping[str, float | int | str]) -> str:
    """A setting's document as options; frequencies of one's own bring their d with them."""
    return " ".join(
        f"{OPTIONS[name]} {value}"
        for name, value in setting.items()
        if name in OPTIONS and not ("frequencies" in setting and name == "d")
    )


def options_of(setting: Mapping[str, float | int | str], *, own_k: bool) -> str:
    """The options of `longtail report` that make a setting its main one; "" for the paper's."""
    usual = PAPER.document()
    return as_options(
        {
            name: value
            for name, value in setting.items()
            if (own_k if name == "k" else usual.get(name) != value)
        }
    )

"""What an observable is: a quantity of a training set, how it is measured, and what is known of it.

Quantities that share their computation are measured together, as a *group*, and kept together in
the cache. An observable is an expression in recorded quantities, in sigma, and in parameters that
no setting has: the expression says what it depends on, and one draw serves every value of these.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sympy import Expr, Symbol, lambdify

from empirics.draws.training_set import TrainingSet
from theorems.model import Extra, sigma
from theorems.setting import Setting
from theorems.source_digest import source_digest

Array = NDArray[np.float64]
Values = Mapping[str, Array]
Range = tuple[float, float]

LIBRARIES = ("numpy", "scipy", "numba")
"""Whose versions the values of a draw depend on."""

WAY_OF_A_DRAW = "empirics.draws.training_set"
"""The module that every kept value depends on besides that of its group."""


def _names(extra: tuple[Extra, ...]) -> dict[str, float]:
    return {part.symbol.name: float(part.default) for part in extra}


@dataclass(frozen=True)
class Group:
    """Quantities that are measured together.

    Args:
        name: in the cache; lower-case words joined by hyphens.
        measure: from a training set, and the values of `extra` by name, to numbers by name; NaN,
            or no number, where the draw has none. A function of a module of its own: that module
            and what it imports are what kept values depend on.
        quantities: the names of the numbers; no two groups share one.
        first: measured on so many first draws only; None measures all.
        extra: parameters that the measurement itself takes.
    """

    name: str
    measure: Callable[..., Mapping[str, float]]
    quantities: tuple[str, ...]
    first: int | None = None
    extra: tuple[Extra, ...] = ()

    @property
    def digest(self) -> str:
        """What kept values of the group depend on, as source."""
        return _digest(self.measure.__module__)


@lru_cache(maxsize=256)
def _digest(module: str) -> str:
    return source_digest((module, WAY_OF_A_DRAW), LIBRARIES)


@dataclass(frozen=True)
class Measurement:
    """A group at values of its extra parameters.

    Args:
        group: what is measured.
        extra: the parameters' values that are not the defaults, by name, sorted.
    """

    group: Group
    extra: tuple[tuple[str, float], ...] = ()

    @classmethod
    def at(cls, group: Group, extra: Mapping[str, float]) -> Measurement:
        """The group at the parameters that it takes; others are left out."""
        own = _names(group.extra)
        chosen = {name: float(extra[name]) for name in own if name in extra}
        changed = sorted((name, value) for name, value in chosen.items() if value != own[name])
        return cls(group, tuple(changed))

    def key(self, quantity: str) -> str:
        """Name that a value is kept under: that of the quantity where nothing is changed."""
        if not self.extra:
            return quantity
        return quantity + "".join(f"@{name}={value!r}" for name, value in self.extra)

    def wanted(self, run: int) -> bool:
        """Whether it is measured on the draw of this number."""
        return self.group.first is None or run < self.group.first

    def measured(self, draw: TrainingSet) -> dict[str, float]:
        """The group's quantities on a draw, all of them; NaN where it has none.

        Raises:
            KeyError: where the group gives a quantity that it does not declare.
        """
        extra = _names(self.group.extra) | dict(self.extra) if self.group.extra else {}
        found = self.group.measure(draw, **extra)
        unknown = sorted(found.keys() - set(self.group.quantities))
        if unknown:
            raise KeyError(f"group {self.group.name} declares no quantity {unknown[0]}")
        return {self.key(name): float(found.get(name, math.nan)) for name in self.group.quantities}


@dataclass(frozen=True)
class Events:
    """A total of independent events: of one probability each it is binomial, else narrower.

    Args:
        trials: how many there are in a draw.
        weight: what one event adds to the observable.
    """

    trials: int
    weight: float = 1.0


@dataclass(frozen=True)
class Observable:
    """A quantity that draws show.

    Args:
        name: as in `longtail simulate --json`.
        meaning: one line.
        group: whose quantities it is made of.
        expression: in symbols named as the quantities, sigma, and the symbols of `extra`; None
            takes the quantity of its own name.
        extra: parameters that no setting has, with their default values.
        rounding: the quantity that bounds the rounding error, where the observable is exactly
            known in each draw; "" where it is not.
        rate: whether values are 0 or 1.
        events: of a setting: the independent events that it counts; None where it counts none.
        self_bounding: whether it counts what no sample can change by more than one
            (`empirics.judging.finite_sample.self_bounding_interval`).
        bounds: of a setting: an interval that holds every value; None where none is known.
        parts: terms of a sum, none of which may be rare where Student's interval is to be
            believed: noise in one term would hide that another has hardly been seen.
        above: an observable that this one is never below; "" for none.
    """

    name: str
    meaning: str
    group: Group = field(repr=False)
    expression: Expr | None = None
    extra: tuple[Extra, ...] = ()
    rounding: str = ""
    rate: bool = False
    events: Callable[[Setting], Events] | None = None
    self_bounding: bool = False
    bounds: Callable[[Setting], Range | None] | None = None
    parts: tuple[str, ...] = ()
    above: str = ""

    def __post_init__(self) -> None:
        for quantity in (*self.quantities, *filter(None, [self.rounding]), *self.parts):
            if quantity not in self.group.quantities:
                raise ValueError(
                    f"observable {self.name}: group {self.group.name} measures no {quantity}"
                )

    @classmethod
    def measured(
        cls, name: str, meaning: str, measure: Callable[[TrainingSet], float], **more: Any
    ) -> Observable:
        """An observable of one number, measured by a function of the training set alone.

        Args:
            name: of the observable, and of its group.
            meaning: one line.
            measure: from a training set to a number; NaN where the draw has none.
            more: what else is known of it: rate, events, bounds.
        """
        group = Group(name.replace("_", "-"), _Single(name, measure), (name,))
        return cls(name, meaning, group, **more)

    @property
    def symbols(self) -> frozenset[Symbol]:
        """What its expression is made of."""
        whole = Symbol(self.name) if self.expression is None else self.expression
        return frozenset(whole.free_symbols)

    @property
    def depends_on_sigma(self) -> bool:
        """Whether values change with the noise level."""
        return sigma in self.symbols

    @property
    def quantities(self) -> tuple[str, ...]:
        """The recorded quantities that it is made of."""
        others = {sigma, *(part.symbol for part in (*self.extra, *self.group.extra))}
        return tuple(sorted(str(symbol) for symbol in self.symbols - others))

    @property
    def defaults(self) -> dict[str, float]:
        """The extra parameters that it takes, measured ones included, with their defaults."""
        return _names((*self.group.extra, *self.extra))

    def measurement(self, extra: Mapping[str, float] | None = None) -> Measurement:
        """What has to be measured for it; parameters that it does not take are left out."""
        return Measurement.at(self.group, extra or {})

    def values(self, recorded: Values, noise: float, extra: Mapping[str, float]) -> Array:
        """Per-draw values, (runs,).

        Args:
            recorded: recorded quantities by `Measurement.key`, each (runs,).
            noise: sigma.
            extra: values of extra parameters; those that it does not take are left out.

        Raises:
            KeyError: where a quantity is not recorded, with its key.
        """
        at = self.measurement(extra)
        columns = [recorded[at.key(name)] for name in self.quantities]
        if self.expression is None:
            return columns[0]
        own = self.defaults | {name: extra[name] for name in self.defaults if name in extra}
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.asarray(_program(self)(noise, *own.values(), *columns), dtype=np.float64)

    def allowed(self, recorded: Values, extra: Mapping[str, float]) -> Array | None:
        """Per-draw bound on the rounding error of what is exactly known; else None."""
        if not self.rounding:
            return None
        return recorded.get(self.measurement(extra).key(self.rounding))

    def range(self, setting: Setting) -> Range | None:
        """A finite interval that holds every value; None where none is known."""
        found = self.bounds(setting) if self.bounds is not None else None
        return found if found is not None and all(map(math.isfinite, found)) else None


class _Single:
    """A function of a training set to a number, as a group measures it.

    A class, so that its module stays that of the function.
    """

    def __init__(self, name: str, measure: Callable[[TrainingSet], float]) -> None:
        self._name, self._measure = name, measure
        self.__module__ = measure.__module__

    def __call__(self, draw: TrainingSet) -> dict[str, float]:
        return {self._name: float(self._measure(draw))}

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Single) and self._measure is other._measure

    def __hash__(self) -> int:
        return hash(self._measure)


@lru_cache(maxsize=512)
def _program(observable: Observable) -> Callable[..., Any]:
    by_name = {str(symbol): symbol for symbol in observable.symbols}
    extra = [by_name.get(name, Symbol(name)) for name in observable.defaults]
    quantities = [by_name[name] for name in observable.quantities]
    return lambdify([sigma, *extra, *quantities], observable.expression, ["scipy", "numpy"])  # type: ignore[no-any-return]

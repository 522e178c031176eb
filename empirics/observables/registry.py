"""The observables by name: those of the package, and those that other distributions add."""

from __future__ import annotations

import difflib
import warnings
from collections.abc import Iterable, Iterator, Mapping
from importlib import import_module, metadata

from empirics.observables.observable import Group, Measurement, Observable

OWN = (
    "structure",
    "losses",
    "noise",
    "exactness",
    "unbiased",
    "combinations",
    "level",
    "influence",
    "retraining",
    "pairs",
    "descent",
    "stability",
    "privacy",
    "bayes",
    "decomposition",
)
"""Modules beside this one, each with a group and its `OBSERVABLES`."""

ENTRY_POINTS = "longtail.observables"
"""Entry-point group by which an installed distribution adds observables: each names an
`Observable`, or a module that has one as `OBSERVABLE` or several as `OBSERVABLES`."""


class UnknownObservableError(KeyError):
    """A name that no observable has; the message names the nearest one."""

    def __str__(self) -> str:
        return str(self.args[0])


class Observables(Mapping[str, Observable]):
    """The observables by name; users' own are added by `register`."""

    def __init__(self) -> None:
        self._observables: dict[str, Observable] = {}
        self._groups: dict[str, Group] = {}

    def register(self, observable: Observable) -> Observable:
        """Add an observable, and its group.

        Raises:
            ValueError: where another observable has its name, another group that of its group, or
                another group records one of its quantities.
        """
        if self._observables.get(observable.name, observable) != observable:
            raise ValueError(f"observable {observable.name}: another one has this name")
        group = observable.group
        if self._groups.get(group.name, group) != group:
            raise ValueError(f"group {group.name}: another one has this name")
        for other in self._groups.values():
            shared = sorted(set(other.quantities) & set(group.quantities))
            if other != group and shared:
                raise ValueError(f"group {group.name}: {other.name} records {shared[0]} already")
        self._groups[group.name] = group
        self._observables[observable.name] = observable
        return observable

    def __getitem__(self, name: str) -> Observable:
        try:
            return self._observables[name]
        except KeyError:
            near = difflib.get_close_matches(name, self._observables, n=1, cutoff=0.0)
            hint = f"; the nearest is {near[0]}" if near else ""
            raise UnknownObservableError(
                f"observable = {name}: there is none of this name{hint}"
            ) from None

    def __contains__(self, name: object) -> bool:
        return name in self._observables

    def __iter__(self) -> Iterator[str]:
        return iter(self._observables)

    def __len__(self) -> int:
        return len(self._observables)

    @property
    def groups(self) -> tuple[Group, ...]:
        """All groups, in the order of their first observables."""
        return tuple(self._groups.values())

    def measurements(self, names: Iterable[str] | None = None) -> tuple[Measurement, ...]:
        """What has to be measured for some observables, at default parameters; None takes all.

        Raises:
            UnknownObservableError: for a name that no observable has.
        """
        if names is None:
            return tuple(Measurement(group) for group in self._groups.values())
        return tuple(dict.fromkeys(self[name].measurement() for name in names))


def _found(loaded: object) -> tuple[Observable, ...]:
    several = getattr(loaded, "OBSERVABLES", None)
    found = tuple(several) if several is not None else (getattr(loaded, "OBSERVABLE", loaded),)
    for one in found:
        if not isinstance(one, Observable):
            raise TypeError(f"is a {type(one).__name__}, no Observable")
    return found


def _add_installed(to: Observables) -> None:
    """The observables that other distributions declare; one that cannot be loaded is told."""
    for entry in sorted(metadata.entry_points(group=ENTRY_POINTS), key=lambda entry: entry.name):
        try:
            for observable in _found(entry.load()):
                to.register(observable)
        except Exception as error:
            # Whatever a stranger's module raises must not take the others along.
            told = " ".join(f"{error}".split()) or type(error).__name__
            message = f"observable {entry.name} = {entry.value} was left out: {told}"
            warnings.warn(message, RuntimeWarning, stacklevel=2)


OBSERVABLES = Observables()
"""The registry."""

for _name in OWN:
    for _observable in import_module(f"empirics.observables.{_name}").OBSERVABLES:
        OBSERVABLES.register(_observable)
_add_installed(OBSERVABLES)

"""The report's own points for the explorer: every quantity wherever a section drew it.

A point belongs to a curve where the curve passes through its setting; the page decides that for
the curve that is shown. Here points are told apart by what was drawn, so that every statement on a
quantity shows them, whichever statement they were drawn for.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator
from typing import Generic, TypeAlias, TypedDict, TypeVar

from reports.experiment import depends_on_sigma
from reports.section import Judgements
from reports.simulated import (
    PARAMETERS,
    Simulated,
    drawn_with_noise,
    own_parameters,
    power_law,
    quantity,
)
from theorems.catalogue import catalogue
from theorems.setting import MOST_FEATURES

DIGITS = 6
"""Of numbers that are drawn, not computed with."""

Number: TypeAlias = float | None

Row: TypeAlias = tuple[int, int, int, Number, Number, Number]
"""Place of a setting, whether at the report's own k, place of extra parameters, mean, interval."""

TableRow: TypeAlias = tuple[int, int, int, Number, Number, Number, int]
"""The same with a statement's sides, and whether its hypotheses hold."""


class Points(TypedDict):
    """The points of a quantity; where sigma is no matter (`noise`), a point belongs to each."""

    noise: bool
    rows: list[Row]


class Table(TypedDict):
    """The sides of a statement, by the same rule."""

    noise: bool
    rows: list[TableRow]


class ReportPoints(TypedDict):
    """What the page is given: the main setting, the largest d, what rows refer to, points, tables.

    `points` are by quantity, `tables` by the id of a statement that the page cannot evaluate.
    """

    setting: dict[str, float]
    k: int | None
    most_features: int
    parameters: list[str]
    settings: list[list[float]]
    extras: list[dict[str, float]]
    points: dict[str, Points]
    tables: dict[str, Table]


def report_points(
    judgements: Judgements, simulated: Iterable[Simulated], recursive: Iterable[str] = ()
) -> ReportPoints:
    """What a report drew, by quantity; nothing of frequencies that are no power law.

    Args:
        judgements: at the main setting.
        simulated: of all sections.
        recursive: ids of statements whose sides are taken from the report.
    """
    main, tabled = judgements.main, frozenset(recursive)
    settings, extras = _Numbered[tuple[float, ...]](), _Numbered[tuple[tuple[str, float], ...]]()
    points: dict[str, _Told] = {}
    tables: dict[str, Table] = {}
    for one in simulated:
        statement = catalogue.get(one.id)
        if statement is None or "alpha" not in main.setting:
            continue
        place = settings.number(tuple(one.setting[name] for name in PARAMETERS))
        own_k = int(one.own_k and judgements.own_k)
        extra = sorted((statement.defaults | dict(one.extra)).items())
        if one.id in tabled:
            noise = depends_on_sigma(statement)
            table = tables.setdefault(one.id, Table(noise=noise, rows=[]))
            which = extras.number(tuple(extra))
            table["rows"].append((place, own_k, which, *_rounded(one.sides), int(one.believed)))
        name, drawn = quantity(statement), one.observed
        if name is None or drawn is None or drawn.mean is None:
            continue
        own = own_parameters(statement)
        which = extras.number(tuple((key, value) for key, value in extra if key in own))
        numbers = _rounded((drawn.mean, drawn.ci_low, drawn.ci_high))
        points.setdefault(name, _Told(drawn_with_noise(statement))).add(
            (place, own_k, which, *numbers), controlled=statement.control is not None
        )
    return ReportPoints(
        setting=power_law(main.setting) if "alpha" in main.setting else {},
        k=main.k if judgements.own_k else None,
        most_features=MOST_FEATURES,
        parameters=list(PARAMETERS),
        settings=[list(setting) for setting in settings],
        extras=[dict(extra) for extra in extras],
        points={name: known.points() for name, known in points.items()},
        tables=tables,
    )


Key = TypeVar("Key", bound=Hashable)


class _Numbered(Generic[Key]):
    """Things that rows refer to by number, in the order in which they came."""

    def __init__(self) -> None:
        self._numbers: dict[Key, int] = {}

    def number(self, key: Key) -> int:
        return self._numbers.setdefault(key, len(self._numbers))

    def __iter__(self) -> Iterator[Key]:
        return iter(self._numbers)


class _Told:
    """The points of one quantity, each place once.

    The same draws may be told twice, with a control variate and without: the mean that both are
    of is the same, and the interval with it is the one to see.
    """

    def __init__(self, noise: bool) -> None:
        self._noise = noise
        self._rows: dict[tuple[int, int, int], tuple[bool, Row]] = {}

    def add(self, row: Row, *, controlled: bool) -> None:
        place = row[:3]
        if place not in self._rows or (controlled and not self._rows[place][0]):
            self._rows[place] = (controlled, row)

    def points(self) -> Points:
        return Points(noise=self._noise, rows=[row for _, row in self._rows.values()])


def _rounded(numbers: tuple[Number, Number, Number]) -> tuple[Number, Number, Number]:
    low, middle, high = (None if one is None else float(f"{one:.{DIGITS}g}") for one in numbers)
    return low, middle, high

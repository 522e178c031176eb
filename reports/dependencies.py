"""What rests on what: the statements in reading order, with an arc from each to what it uses."""

from __future__ import annotations

from dataclasses import dataclass

from markupsafe import Markup

from theorems.catalogue import catalogue
from theorems.statement import Statement
from theorems.trust import Trust

ROW = 24.0
"""Height of a row, in the units of the arcs' drawing; the page's style has the same."""

WIDTH = 130.0
"""Of the arcs' drawing."""


@dataclass(frozen=True)
class Node:
    """A statement of the graph.

    Args:
        uses: ids that it rests on directly.
        below: ids that these rest on, transitively.
    """

    statement: Statement
    uses: tuple[str, ...]
    below: tuple[str, ...]

    @property
    def trust(self) -> Trust:
        """Its label."""
        return self.statement.trust


@dataclass(frozen=True)
class Dependencies:
    """The graph.

    Args:
        nodes: the statements that rest on another or carry one, in reading order.
        arcs: the drawing beside their rows.
        alone: ids of the others.
    """

    nodes: list[Node]
    arcs: Markup
    alone: list[str]


def node(statement: Statement) -> Node:
    """A statement with what it rests on."""
    below = [one for one in catalogue.rests_on(statement.id) if one not in statement.uses]
    return Node(statement, statement.uses, tuple(below))


def dependencies() -> Dependencies:
    """The graph of the catalogue as it is now."""
    carrying = {used for statement in catalogue.values() for used in statement.uses}
    tied = [one for one in catalogue.values() if one.uses or one.id in carrying]
    places = {statement.id: place for place, statement in enumerate(tied)}
    arcs = [
        _arc(one.id, used, places[one.id], places[used])
        for one in sorted(tied, key=lambda one: places[one.id])
        for used in one.uses
    ]
    drawing = Markup(
        '<svg viewBox="0 0 {} {}" preserveAspectRatio="none" aria-hidden="true">{}</svg>'
    ).format(f"{WIDTH:g}", f"{ROW * len(tied):g}", Markup("").join(arcs))
    alone = [name for name in catalogue if name not in places]
    return Dependencies([node(one) for one in tied], drawing, alone)


def _arc(of: str, on: str, at: int, to: int) -> Markup:
    """A curve between two rows, the further to the left the further they are apart."""
    reach = WIDTH * 1.28 * (abs(at - to) / (abs(at - to) + 9)) ** 0.8
    high, low = (ROW * (place + 0.5) for place in (at, to))
    bend = WIDTH - reach
    below = Markup(' class="below"') if to > at else ""
    return Markup(
        '<path{} data-of="{}" data-on="{}" d="M{} {:.1f}C{:.1f} {:.1f} {:.1f} {:.1f} {} {:.1f}"/>'
    ).format(below, of, on, f"{WIDTH:g}", high, bend, high, bend, low, f"{WIDTH:g}", low)

"""Work of a report spread over its workers: the same results in the same order for any of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar

from joblib import Parallel, delayed

from empirics.running.cluster import Workers
from empirics.solver.threads import libraries
from theorems.catalogue import UnknownStatementError, catalogue
from theorems.claim import Claim, claim_at
from theorems.setting import Setting

Item = TypeVar("Item")
Result = TypeVar("Result")

IN_PROCESS = Workers(1)
"""No worker but this process."""


@dataclass(frozen=True)
class _Unknown:
    """In place of a result: a statement was registered in the asking process alone."""


def _done(work: Callable[[Item], Result], place: int, item: Item) -> tuple[int, Result | _Unknown]:
    # One BLAS thread: more would change the order of its sums with the machine.
    with libraries().limit(limits=1):
        try:
            return place, work(item)
        except UnknownStatementError:
            return place, _Unknown()


def spread(
    work: Callable[[Item], Result],
    items: Sequence[Item],
    workers: Workers,
    advance: Callable[[int], None] = lambda _: None,
) -> list[Result]:
    """The result of each item, in their order.

    Args:
        work: a function of a module, which a worker finds by its name.
        items: each is pickled for a worker, as its result is on the way back; the dearest first
            keeps all of them busy to the end.
        workers: of this machine; those of a cluster draw, which is dear, and take nothing else.
        advance: called with the place of each item that is finished, in any order.
    """
    here = replace(workers, scheduler=None)
    found: dict[int, Result] = {}
    if here.in_process or len(items) < 2:
        for place, item in enumerate(items):
            with libraries().limit(limits=1):
                found[place] = work(item)
            advance(place)
        return list(found.values())
    with here.engaged():
        parallel = Parallel(return_as="generator_unordered", batch_size=1)
        for place, result in parallel(
            delayed(_done)(work, place, item) for place, item in enumerate(items)
        ):
            found[place] = work(items[place]) if isinstance(result, _Unknown) else result
            advance(place)
    return [found[place] for place in range(len(items))]


@dataclass(frozen=True)
class Ask:
    """A statement to be evaluated at a setting.

    Args:
        id: of the statement.
        setting: where.
        extra: values of its extra parameters, where they are not the defaults.
        certified: whether its sides are to be enclosed.
    """

    id: str
    setting: Setting
    extra: dict[str, float] = field(default_factory=dict)
    certified: bool = False

    def claim(self) -> Claim:
        """The statement evaluated."""
        return claim_at(
            catalogue[self.id], self.setting, extra=self.extra, certified=self.certified
        )


REATTACHED = ("statement", "setting")
"""What of a claim the asking process has: symbolic expressions cannot be pickled."""


def _bare(asked: Sequence[Ask]) -> list[dict[str, Any]]:
    """Claims without what is put back."""
    return [
        {name: one for name, one in vars(ask.claim()).items() if name not in REATTACHED}
        for ask in asked
    ]


def claims(
    asked: Sequence[Sequence[Ask]],
    workers: Workers,
    advance: Callable[[int], None] = lambda _: None,
) -> list[list[Claim]]:
    """The claims of each group, in their order.

    Args:
        asked: groups of what shares work, such as all statements at one setting; a worker takes a
            group at a time.
        workers: who evaluates.
        advance: called with the number of claims of each group that is finished.
    """
    rows = spread(_bare, asked, workers, lambda place: advance(len(asked[place])))
    return [
        [Claim(catalogue[ask.id], ask.setting, **one) for ask, one in zip(group, row, strict=True)]
        for group, row in zip(asked, rows, strict=True)
    ]


def shared_out(groups: Iterable[Sequence[Item]], workers: Workers) -> list[Sequence[Item]]:
    """Groups cut into so many that every worker has one, if there are fewer."""
    groups = list(groups)
    parts = -(-workers.jobs // max(1, len(groups)))
    cut = [group[part::parts] for group in groups for part in range(parts)]
    return [group for group in cut if group]

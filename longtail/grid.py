"""Bounds over a grid of settings, as rows that `pandas.DataFrame` takes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import product
from typing import Any, TypeAlias

from theorems.catalogue import catalogue
from theorems.certified import require
from theorems.claim import Claim, claim_at
from theorems.errors import InputError, finite_number
from theorems.evaluate.digits import DOUBLE_DIGITS
from theorems.law import Law
from theorems.setting import OF_A_POWER_LAW, Setting
from theorems.statement import Statement

Row: TypeAlias = dict[str, float | int | str | bool | None]
"""One statement at one setting."""

OF_A_SETTING = ("n", "sigma", "k", *OF_A_POWER_LAW)


def chosen(ids: str | Iterable[str] | None) -> list[Statement]:
    """The statements of some ids; None takes the whole catalogue.

    Raises:
        UnknownStatementError: for an unknown id; the message names the nearest.
    """
    names = [ids] if isinstance(ids, str) else list(catalogue if ids is None else ids)
    return [catalogue[name] for name in names]


def refuse_unknown(parameters: Mapping[str, object], statements: Iterable[Statement]) -> None:
    """Raise InputError for a name that is neither a setting's nor a parameter of a statement."""
    known = {name for statement in statements for name in statement.defaults}
    for name, value in parameters.items():
        if name not in OF_A_SETTING and name not in known:
            allowed = ", ".join([*OF_A_SETTING, *sorted(known)])
            raise InputError(name, value, f"must be among {allowed}")


def bounds(
    ids: str | Iterable[str] | None = None,
    *,
    law: Law | None = None,
    certified: bool = False,
    **axes: Any,
) -> list[Row]:
    """Evaluate statements at every setting of a grid.

    Args:
        ids: a statement, or several; None takes the whole catalogue.
        law: frequencies of one's own; else a power law from the axes.
        certified: whether sides are enclosed by ball arithmetic (python-flint); an enclosed lower
            side is rounded down, an upper one up, and `certified` in a row names the enclosed ones.
        axes: parameters of a setting (n, d, s, alpha, sigma, beta_exponent, k) or extra
            parameters of the statements, each a number or a list of numbers; the defaults are
            those of the paper's Figure 1.

    Returns:
        One row for each statement and setting, settings in the order of the axes with the last
        one running fastest: `id`, the setting's parameters, `best_k` (the k that the numbers
        belong to), `lower`, `value`, `upper` (None where the statement has no such side),
        `believed` and `fails` (the hypotheses that fail, joined by "; "), and the extras.

    Raises:
        UnknownStatementError: for an unknown id; the message names the nearest.
        InputError: for a parameter outside its range, or one that is neither of a setting nor of
            any statement asked for; for `certified` without python-flint, or where it takes hours.
    """
    statements = chosen(ids)
    refuse_unknown(axes, statements)
    rows: list[Row] = []
    for point in product(*(_listed(values) for values in axes.values())):
        values = dict(zip(axes, point, strict=True))
        given = {name: value for name, value in values.items() if name in OF_A_SETTING}
        setting = Setting(law=law, **given)
        extra = {name: value for name, value in values.items() if name not in OF_A_SETTING}
        if certified:
            require(setting, len(statements), DOUBLE_DIGITS)
        for statement in statements:
            own = {
                name: finite_number(name, v, "must be a finite number")
                for name, v in statement.own(extra).items()
            }
            claim = claim_at(statement, setting, extra=own, certified=certified)
            rows.append(
                {
                    "id": statement.id,
                    **setting.document(),
                    "best_k": claim.k,
                    **{side: claim.number(side) for side in ("lower", "value", "upper")},
                    "believed": claim.believed,
                    "fails": "; ".join(h.text for h in claim.hypotheses if not h.holds),
                    **_enclosed(claim),
                    **claim.extra,
                }
            )
    return rows


def _enclosed(claim: Claim) -> Row:
    """Which sides are enclosed, where that was asked for."""
    return {"certified": ", ".join(claim.enclosed)} if claim.certificate is not None else {}


def _listed(values: Any) -> Sequence[Any]:
    """An axis: a list of values, or one."""
    if isinstance(values, str) or not isinstance(values, Iterable):
        return [values]
    # numpy's numbers become Python's, as JSON and messages have them.
    return [value.item() if hasattr(value, "item") else value for value in values]

"""A plan evaluated at a setting: numbers, hypotheses with their margins, and k."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from theorems.evaluate.best_k import best_k
from theorems.evaluate.reductions import EveryFeature
from theorems.evaluate.running import run
from theorems.kinds import NEEDED, Kind, Origin
from theorems.plan import ALL, SEARCHED, TRIVIAL, Card, Plan
from theorems.setting import Setting

ROUNDING = 1e-12
"""A side that cancels is wrong by less than this share of the trivial upper side."""

BEYOND_ROUNDING = 1e-6
"""A value that leaves a proved side by more than this share is no matter of rounding: sums of 10^7
terms that cancel to a millionth are exact to more."""

SECONDS_IN_DOUBLES = 2e-8
"""A statement and feature, about, where there are many."""

WITHIN_SIDES = "the value lies within the sides that are proved"


@dataclass(frozen=True)
class CheckedHypothesis:
    """A hypothesis at a setting: it holds, and by what margin; NaN margins do not hold.

    `certified` is whether ball arithmetic has decided it; what it cannot decide does not hold.
    """

    text: str
    holds: bool
    margin: float
    certified: bool = False


POWER_LAW_NEEDED = "the frequencies follow a power law"
"""What a statement asks for that means nothing for a table."""


@dataclass(frozen=True)
class Answer:
    """What a statement says at a setting, as `theorems.claim.Claim` has it.

    Args:
        k: the k that the numbers belong to; None where the statement does not depend on k.
        numbers: the sides and the numbers that judge them, as doubles.
        hypotheses: the hypotheses, checked.
        comparisons: the numbers of the statement's comparisons, by name.
        extra: the values of the parameters that the setting does not have.
        failed: why the statement says nothing here although no hypothesis forbids it.
    """

    k: int | None
    numbers: dict[str, float]
    hypotheses: tuple[CheckedHypothesis, ...]
    comparisons: dict[str, float]
    extra: dict[str, float]
    failed: str = ""


def answer(
    plan: Plan,
    setting: Setting,
    *,
    features: EveryFeature | None = None,
    extra: Mapping[str, float] | None = None,
) -> Answer:
    """Evaluate a statement and check its hypotheses at a setting.

    A statement that cannot be evaluated there gives an answer that says why, so that it takes no
    other along.

    Args:
        plan: of the statement.
        setting: where.
        features: reductions to survey many settings with, instead of the exact ones.
        extra: values of the statement's extra parameters, where they are not the defaults.
    """
    own = {**plan.card.defaults, **(extra or {})}
    try:
        return evaluated(plan, setting, own, features=features)
    except Exception as error:
        # Whatever one statement raises must cost its own row and no other.
        return failure(plan.card, setting, own, error)


def failure(card: Card, setting: Setting, own: dict[str, float], error: Exception) -> Answer:
    """The answer of a statement that raised an error."""
    told = " ".join(f"{type(error).__name__}: {error}".split())
    return Answer(
        setting.k if card.uses_k else None,
        {
            name: math.nan
            for name in card.outputs
            if not name.startswith(("hypothesis_", "comparison_"))
        },
        (),
        {comparison.name: math.nan for comparison in card.comparisons},
        own,
        f"it cannot be evaluated here: {told}",
    )


def chosen_k(plan: Plan, setting: Setting, parameters: Mapping[str, float]) -> int | None:
    """The k that a statement is evaluated at; None where it does not depend on k."""
    columns = setting.law.columns
    upper = plan.program(SEARCHED, table=columns is not None)
    trivial = plan.program(TRIVIAL, table=columns is not None)
    if upper is not None and trivial is not None:
        return best_k(upper, trivial, parameters, columns)
    return setting.k if plan.card.uses_k else None


def evaluated(
    plan: Plan, setting: Setting, own: dict[str, float], *, features: EveryFeature | None = None
) -> Answer:
    """The same as `answer`, which raises what evaluation raises.

    Args:
        plan: of the statement.
        setting: where.
        features: reductions to survey many settings with.
        own: values of all of the statement's extra parameters.
    """
    card = plan.card
    parameters, columns = setting.parameters | own, setting.law.columns
    senseless = set(plan.of_power_law) if columns else set()
    k = chosen_k(plan, setting, parameters)
    if k is not None:
        parameters = parameters | {"k": k}
    program = plan.program(ALL, table=columns is not None)
    assert program is not None, "every plan has this program"
    numbers = run(program, parameters, columns=columns, features=features)
    numbers |= dict.fromkeys(senseless, math.nan)
    numbers |= _without_rounding(numbers)
    numbers |= _overflowed(numbers)
    numbers |= _in_order(numbers)
    checked = (
        [CheckedHypothesis(POWER_LAW_NEEDED, False, math.nan)] if senseless & card.main else []
    )
    for position, condition in enumerate(card.conditions):
        margin = numbers.pop(f"hypothesis_{position}")
        if f"hypothesis_{position}" in senseless:
            continue
        checked.append(CheckedHypothesis(condition.text, condition.holds(margin), margin))
    if card.origin is Origin.PREDICTED or all(one.holds for one in checked):
        # Where a hypothesis of a proof fails the sides are not proved, and the value may be right.
        # A prediction's may be one of its heuristic.
        checked += _beyond_sides(card, numbers)
    believed = all(one.holds for one in checked)
    unknown = _unknown(card, numbers) if believed else ""
    comparisons = {
        comparison.name: numbers.pop(f"comparison_{position}")
        for position, comparison in enumerate(card.comparisons)
    }
    return Answer(k, numbers, tuple(checked), comparisons, own, unknown)


def _beyond_sides(card: Card, numbers: dict[str, float]) -> list[CheckedHypothesis]:
    """A value that leaves its proved sides, taken back; by rounding alone it is put onto them."""
    value = numbers.get("value", math.nan)
    # A lower side that a draw exceeds with some probability is none on the value.
    low = numbers.get("lower", -math.inf) if not card.of_one_draw else -math.inf
    nearest = min(max(value, low), numbers.get("upper", math.inf))
    if card.kind is Kind.RATE or math.isnan(value) or nearest == value:
        return []
    beyond = abs(value - nearest)
    size = abs(numbers.get("trivial_upper", 0.0))
    if math.isfinite(beyond) and beyond <= max(
        BEYOND_ROUNDING * max(abs(value), abs(nearest)), ROUNDING * size
    ):
        numbers["value"] = nearest
        return []
    numbers["value"] = math.nan
    return [CheckedHypothesis(WITHIN_SIDES, False, -beyond)]


def _unknown(card: Card, numbers: dict[str, float]) -> str:
    """Which number that the statement cannot do without is none; "" where all are there."""
    for name in (*NEEDED[card.kind], "accuracy", "scale"):
        if math.isnan(numbers.get(name, 0.0)):
            return f"its {name} has no value here"
    return ""


def _without_rounding(numbers: dict[str, float]) -> dict[str, float]:
    """The sides that lie beyond the trivial ones by rounding only, put onto them."""
    low, high = numbers.get("trivial_lower"), numbers.get("trivial_upper")
    scale = abs(high or 0.0)
    found: dict[str, float] = {}
    if low is not None:
        found = {
            side: low
            for side in ("value", "upper")
            if side in numbers and low - ROUNDING * scale <= numbers[side] < low
        }
    value = numbers.get("value", math.nan)
    if high is not None and high < value <= high + BEYOND_ROUNDING * scale:
        found["value"] = high
    return found


def _in_order(numbers: dict[str, float]) -> dict[str, float]:
    """The sides that stand in the wrong order by rounding only, exchanged.

    Both are proved, so they are in order; where they cancel, doubles know each to `ROUNDING` of
    what is trivial at best.
    """
    low, high = numbers.get("lower", math.nan), numbers.get("upper", math.nan)
    scale = abs(numbers.get("trivial_upper", 0.0))
    if not high < low <= high + ROUNDING * max(scale, abs(low)):
        return {}
    return {"lower": high, "upper": low}


def _overflowed(numbers: dict[str, float]) -> dict[str, float]:
    """The sides that left the doubles, as numbers that are none.

    An upper side of infinity and a lower one of minus infinity say nothing and are true.
    """
    harmless = {"lower": -math.inf, "upper": math.inf}
    return {
        side: math.nan
        for side in ("lower", "value", "upper")
        if math.isinf(numbers.get(side, 0.0)) and numbers[side] != harmless.get(side)
    }


class Told(Protocol):
    """What a row tells: an answer, or a claim."""

    @property
    def k(self) -> int | None:
        """The k that the numbers belong to."""

    @property
    def numbers(self) -> dict[str, float]:
        """The sides and the numbers that judge them."""

    @property
    def hypotheses(self) -> tuple[CheckedHypothesis, ...]:
        """The hypotheses, checked."""

    @property
    def comparisons(self) -> dict[str, float]:
        """The numbers of the comparisons, by name."""

    @property
    def extra(self) -> dict[str, float]:
        """The values of the extra parameters."""

    @property
    def failed(self) -> str:
        """Why nothing is said."""


def as_row(card: Card, told: Told, entries: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """An answer as `bounds --json` gives it; non-finite numbers are None.

    Args:
        card: the statement.
        told: what it says.
        entries: of its certificate, where it has one.
    """

    def finite(number: float | None) -> float | None:
        return number if number is not None and math.isfinite(number) else None

    return {
        "id": card.id,
        "title": card.title,
        "origin": str(card.origin),
        "kind": str(card.kind),
        "quantity": card.quantity,
        **{side: finite(told.numbers.get(side)) for side in ("lower", "value", "upper")},
        "k": told.k,
        "extra": told.extra,
        "failed": told.failed,
        "hypotheses": [
            {
                "text": hypothesis.text,
                "holds": hypothesis.holds,
                "margin": finite(hypothesis.margin),
                **({"certified": hypothesis.certified} if entries is not None else {}),
            }
            for hypothesis in told.hypotheses
        ],
        **(entries or {}),
        "comparisons": [
            {
                "name": comparison.name,
                "label": comparison.label,
                "value": finite(told.comparisons[comparison.name]),
                "note": comparison.note,
            }
            for comparison in card.comparisons
        ],
    }

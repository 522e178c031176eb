"""The page's `longtail.evaluate` in a real browser beside Python, at random settings."""

from __future__ import annotations

import math
import random
from dataclasses import replace
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from reports.explorer.fragment import paper_rate, quantity_of
from theorems.catalogue import catalogue
from theorems.claim import ROUNDING, Claim, claim_at
from theorems.errors import InputError
from theorems.evaluate.javascript import RUNTIME, printable
from theorems.expressions import Evolution
from theorems.javascript_program import offered, program
from theorems.setting import Setting
from theorems.statement import PROMISED_ACCURACY, Kind, Statement

AGREEMENT = 1e-9
SETTINGS = 180
LARGE = 6
"""Of them so many are large: there Python visits every feature, which takes seconds."""

OFFERED = offered(catalogue.values())


@pytest.fixture(scope="module")
def evaluating(browser: Browser, explorer_address: str) -> Any:
    """The page, once its explorer is ready."""
    page = browser.new_page()
    page.goto(explorer_address)
    page.wait_for_function("document.getElementById('explorer').dataset.drawn")
    yield page
    page.close()


def asked(page: Page, cases: list[list[Any]]) -> list[dict[str, Any]]:
    """What the page answers to (id, setting, extra)."""
    found: list[dict[str, Any]] = page.evaluate(
        """async cases => {
            const found = [];
            for (const [id, setting, extra] of cases) {
                found.push(await longtail.evaluate(id, setting, extra));
            }
            return found;
        }""",
        cases,
    )
    return found


def drawn_setting(chance: random.Random, *, large: bool) -> dict[str, float]:
    most = 6.0 if large else 4.0
    setting: dict[str, float] = {
        "n": round(10 ** chance.uniform(0.5, most)),
        "d": round(10 ** chance.uniform(0.6, 5.0 if large else 3.5)),
        "s": 10 ** chance.uniform(-0.5, 2),
        "alpha": chance.choice([1.0, 1.5, 2.0, 3.0, *(chance.uniform(0.4, 5) for _ in range(4))]),
        "sigma": chance.choice([0.0, 0.05, chance.uniform(0, 1)]),
        "beta_exponent": chance.choice([0.0, 0.1, chance.uniform(-0.3, 1)]),
    }
    if chance.random() < 0.4:
        setting["k"] = chance.randrange(1, int(min(setting["d"], 400)))
    return setting


def drawn_extra(chance: random.Random, statement: Statement) -> dict[str, float]:
    whole = {"t": chance.randrange(1, 12)}
    return {
        name: default if chance.random() < 0.3 else whole.get(name, chance.uniform(0.02, 0.98))
        for name, default in statement.defaults.items()
    }


def without_recursion(statement: Statement) -> Statement:
    """The statement without what the page does not evaluate."""
    return replace(
        statement,
        best_k=False,
        comparisons=(),
        control=None,
        reference=None,
        accuracy=PROMISED_ACCURACY,
        hypotheses=tuple(one for one in statement.hypotheses if printable(one.margin)),
    )


def differences(claim: Claim, found: dict[str, Any]) -> list[str]:
    """Where page and Python do not agree."""
    trivial = claim.numbers.get("trivial_upper", 0.0)
    # What cancels has digits up to this alone, on either side: `theorems.claim`.
    least = ROUNDING * abs(trivial) if math.isfinite(trivial) else 0.0
    wrong = []

    def compare(name: str, one: float | None, other: float | None) -> None:
        other = None if other is None or not math.isfinite(other) else other
        if one is None or other is None:
            # Where a hypothesis fails a side may be 0/0, of which rounding makes a number.
            if one is not other and claim.believed:
                wrong.append(f"{name}: {one} against {other}")
        elif abs(one - other) > max(AGREEMENT * abs(other), least):
            wrong.append(f"{name}: {one!r} against {other!r}")

    for side in ("lower", "value", "upper"):
        compare(side, found[side], claim.number(side))
    if found["k"] != claim.k:
        wrong.append(f"k: {found['k']} against {claim.k}")
    evaluated = [one for one in found["hypotheses"] if one["holds"] is not None]
    if [one["text"] for one in evaluated] != [one.text for one in claim.hypotheses]:
        wrong.append(f"hypotheses: {evaluated}")
        return wrong
    for one, other in zip(evaluated, claim.hypotheses, strict=True):
        if abs(other.margin) > ROUNDING and one["holds"] != other.holds:
            wrong.append(f"{other.text}: {one['holds']} against {other.holds}")
    return wrong


@pytest.mark.parametrize("part", range(6))
def test_page_and_python_agree(evaluating: Page, part: int) -> None:
    chance = random.Random(part)
    size = SETTINGS // 6
    cases: list[list[Any]] = []
    for place in range(size):
        setting = drawn_setting(chance, large=place < LARGE // 6)
        cases += [[one.id, setting, drawn_extra(chance, one)] for one in OFFERED]
    told = []
    for (identifier, values, extra), found in zip(cases, asked(evaluating, cases), strict=True):
        statement = catalogue[identifier]
        setting = Setting(**values)
        if statement.best_k:
            setting = setting.at(k=found["k"])
        claim = claim_at(without_recursion(statement), setting, extra=extra)
        assert not claim.failed.startswith("it cannot be evaluated"), claim.failed
        told += [f"{identifier} at {setting}, {extra}: {one}" for one in differences(claim, found)]
    assert told == []


def test_the_searched_k_is_as_good_as_pythons(evaluating: Page) -> None:
    chance = random.Random(7)
    searched = [one for one in OFFERED if one.best_k]
    cases = [
        [one.id, {**drawn_setting(chance, large=False), "s": 5}, {}]
        for one in searched
        for _ in range(12)
    ]
    for (identifier, values, _), found in zip(cases, asked(evaluating, cases), strict=True):
        claim = claim_at(catalogue[identifier], Setting(**values))
        assert found["upper"] == pytest.approx(claim.numbers["upper"], rel=1e-4), values


def test_what_is_offered_needs_no_recursion_and_most_statements_are() -> None:
    assert {"noiseless-loss", "tail-mass", "recovered-fraction", "noisy-loss"} <= {
        one.id for one in OFFERED
    }
    left = [one for one in catalogue.values() if one not in OFFERED]
    assert all(any(side.has(Evolution) for side in one.sides.values()) for one in left)
    assert len(left) < len(OFFERED) / 3


def test_the_program_calls_nothing_that_the_runtime_lacks(evaluating: Page) -> None:
    text = program(OFFERED)
    assert "**" not in text
    assert "lambda " not in text
    has = evaluating.evaluate(
        "Object.keys(longtailRuntime({}))",
    )
    assert set(RUNTIME) <= set(has)


def test_a_rate_of_the_paper_stands_beside_the_same_quantity_in_the_same_units() -> None:
    rates = {one.id: paper_rate(one, OFFERED) for one in OFFERED}
    assert rates["noiseless-loss"] == "noiseless-loss-rate"
    assert rates["noiseless-loss-rate"] is None
    for identifier, rate in rates.items():
        if rate is not None:
            assert catalogue[rate].kind is Kind.RATE
            assert catalogue[rate].scale == catalogue[identifier].scale


@pytest.mark.parametrize(
    ("identifier", "setting", "extra", "told"),
    [
        ("tail-mass", {"n": 0}, {}, "n = 0: must be an integer from 1 to 1000000000"),
        ("tail-mass", {"n": 2.5}, {}, "n = 2.5: must be an integer from 1 to 1000000000"),
        ("tail-mass", {"k": 10000}, {}, "k = 10000: must be an integer from 1 to d - 1 = 9999"),
        ("tail-mass", {"alpha": -1}, {}, "alpha = -1: must be a finite number > 0"),
        ("tail-mass", {"m": 1}, {}, "m = 1: is no parameter of a setting"),
        ("stability-price", {}, {"t": 1}, "t = 1: stability-price has no such parameter"),
        ("loss-evolution", {}, {}, "ID = loss-evolution: is not evaluated in this page"),
    ],
)
def test_bad_input_is_refused_in_one_line(
    evaluating: Page, identifier: str, setting: Any, extra: Any, told: str
) -> None:
    said = evaluating.evaluate(
        "at => longtail.evaluate(...at).then(() => '', error => error.message)",
        [identifier, setting, extra],
    )
    assert said.startswith(told)


def test_a_move_takes_under_50_ms_up_to_a_million(evaluating: Page) -> None:
    milliseconds = evaluating.evaluate(
        """async () => {
            const took = [];
            for (let turn = 0; turn < 9; turn += 1) {
                const began = performance.now();
                await longtail.evaluate("noisy-loss", {n: 1e6, d: 1e6, sigma: turn / 10});
                took.push(performance.now() - began);
            }
            return took.sort((a, b) => a - b);
        }"""
    )
    # The least of nine: the others tell of the machine's other work.
    assert milliseconds[0] < 50


def test_a_bound_on_one_draw_is_on_another_quantity_than_the_mean() -> None:
    mean = quantity_of(catalogue["noiseless-loss"])
    assert quantity_of(catalogue["noiseless-loss-sharp"]) == mean
    assert quantity_of(catalogue["missing-mass-concentration"]) != mean


@pytest.mark.parametrize(
    "setting",
    [
        {"d": 0},
        {"d": 1},
        {"d": 2.5},
        {"sigma": 1.5e140},
        {"s": 1e-101},
        {"alpha": 71, "s": 2},
        {"d": 300, "alpha": 400},
        {"beta_exponent": -36},
    ],
    ids=str,
)
def test_page_and_python_refuse_the_same(evaluating: Page, setting: dict[str, float]) -> None:
    with pytest.raises(InputError) as refused:
        Setting(**setting)
    said = evaluating.evaluate(
        "at => longtail.evaluate('tail-mass', at).then(() => '', error => error.message)", setting
    )
    assert said.split(": ", 1)[1] == refused.value.allowed
    assert said.startswith(f"{refused.value.name.replace('-', '_')} = ")


def test_beyond_doubles_neither_has_a_number(evaluating: Page) -> None:
    """Gamma(145, .), which a power that underflows is multiplied by."""
    setting = {"n": 10**6, "d": 2, "s": 0.000351278, "alpha": 0.271017, "beta_exponent": 20, "k": 1}
    (found,) = asked(evaluating, [["missing-mass-asymptotic", setting, {}]])
    assert found["value"] is None
    claim = claim_at(catalogue["missing-mass-asymptotic"], Setting(**setting))
    assert math.isnan(claim.numbers["value"])

"""The mutation campaign, shortly: mutants of a few statements, each caught by something."""

from __future__ import annotations

import random

import pytest

from tests.campaigns import definition_mutants, mutants
from tests.campaigns.tiny_means import SETTINGS, exact_mean
from theorems.catalogue import catalogue
from theorems.claim import claim_at
from theorems.model import DEFINITIONS
from theorems.statement import Kind

FEW = ("tail-hit", "multi-tail-samples", "noiseless-loss", "common-identified", "noisy-law")


@pytest.mark.workers
def test_every_mutant_of_a_few_statements_is_caught() -> None:
    caught = list(mutants.campaign(2, 20, 1, [catalogue[name] for name in FEW]))
    assert len(caught) >= 30
    assert [str(mutant) for mutant, by in caught if by == "nothing"] == []
    by_itself = sum(by in ("report", "tiny designs") for _, by in caught)
    assert by_itself >= len(caught) / 3


def test_mutants_differ_from_what_they_are_made_of_and_from_each_other() -> None:
    whole = [
        mutant for one in mutants.ours() for mutant in mutants.mutants(one, 2, random.Random(0))
    ]
    assert len(whole) >= 100
    for mutant in whole:
        right = catalogue[mutant.statement.id]
        assert mutant.statement.sides != right.sides or mutant.statement.kind != right.kind
    assert len({str(mutant) for mutant in whole}) > 0.95 * len(whole)


def test_the_tiny_designs_agree_with_what_is_right() -> None:
    enumerated = [one for one in mutants.ours() if exact_mean(one.id, SETTINGS[0]) is not None]
    assert len(enumerated) > 10
    for statement in enumerated:
        for side in statement.sides:
            if side != "value" or statement.kind is Kind.IDENTITY:
                mutant = mutants.Mutant(statement, side, "right")
                assert not mutants.by_tiny_designs(mutant), (statement.id, side)


def test_what_is_only_weaker_is_told_from_what_is_wrong() -> None:
    statement = catalogue["noiseless-loss"]
    weaker, wrong = (
        mutants.Mutant(
            mutants.replace(statement, upper=statement.upper * factor), "upper", "factor"
        )
        for factor in (2, mutants.Rational(1, 2))
    )
    assert mutants.weaker(weaker)
    assert not mutants.weaker(wrong)
    assert not mutants.by_table(mutants.Mutant(statement, "upper", "right"))
    assert claim_at(weaker.statement, mutants.SETTINGS[0]).number("upper") is not None


@pytest.fixture(scope="module")
def wrong_definitions() -> list[definition_mutants.WrongDefinition]:
    return list(definition_mutants.wrong_definitions(1, random.Random(1)))


@pytest.mark.parametrize("name", ["w", "q_k", "pi_k", "a_k", "h", "Lambda_k"])
def test_wrong_definitions_are_caught_and_right_ones_written_out_are_not(
    name: str, wrong_definitions: list[definition_mutants.WrongDefinition]
) -> None:
    right = DEFINITIONS[name]
    resting = list(definition_mutants._resting_on(name))
    assert resting
    for statement, side in resting[:3]:
        same = definition_mutants.in_place(statement.sides[side], right)
        assert same != statement.sides[side]
        written = mutants.Mutant(mutants.replace(statement, **{side: same}), side, "right")
        assert not mutants.by_table(written), (statement.id, side)
    wrong = [one for one in wrong_definitions if one.name == name]
    assert len(wrong) == 3
    for one in wrong:
        found = (mutants.by_tiny_designs(m) or mutants.by_table(m) for m in one.mutants)
        assert any(found), str(one)


def test_every_definition_that_a_statement_of_ours_rests_on_is_mutated(
    wrong_definitions: list[definition_mutants.WrongDefinition],
) -> None:
    mutated = {one.name for one in wrong_definitions}
    assert {"w", "q_k", "pi_k", "a_k", "u", "V_0"} <= mutated
    resting = {name for name in DEFINITIONS if list(definition_mutants._resting_on(name))}
    assert resting - mutated <= set(definition_mutants.OF_THE_LAW)

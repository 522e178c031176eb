"""Work of a report over its workers: the same for any number.

That it is gone when the report is stopped is seen in `tests.campaigns.faults.stops`.
"""

from dataclasses import replace

import pytest

from empirics.running.cluster import Workers
from reports.sections import regimes
from reports.spread import Ask, claims, shared_out, spread
from theorems.catalogue import catalogue
from theorems.setting import Setting

SETTING = Setting(n=60, d=200)
NAMES = ("noiseless-loss", "tail-mass", "stability-price", "variance-evolution")


def asked() -> list[list[Ask]]:
    return [[Ask(name, SETTING.at(alpha=alpha)) for name in NAMES] for alpha in (1.5, 2.0, 3.0)]


@pytest.mark.workers
def test_claims_are_the_same_for_any_number_of_workers() -> None:
    counted: list[int] = []
    alone = claims(asked(), Workers(1))
    together = claims(asked(), Workers(2), counted.append)
    assert [[vars(one) for one in row] for row in together] == [
        [vars(one) for one in row] for row in alone
    ]
    assert counted == [len(NAMES)] * 3
    assert all(one.statement is catalogue[one.statement.id] for row in together for one in row)


@pytest.mark.workers
def test_a_statement_that_workers_do_not_know_is_evaluated_here(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(catalogue, "_found", dict(catalogue._found))
    own = catalogue.register(replace(catalogue["tail-mass"], id="of-this-process-alone"))
    groups = [[Ask(own.id, SETTING)], [Ask("tail-mass", SETTING)]]
    (ours,), (usual,) = claims(groups, Workers(2))
    assert ours.statement is own
    assert ours.numbers == usual.numbers


@pytest.mark.workers(ends_them=True)
def test_results_are_in_the_order_of_the_items_and_errors_arrive() -> None:
    assert spread(abs, [-3, 1, -2], Workers(2)) == spread(abs, [-3, 1, -2], Workers(1)) == [3, 1, 2]
    with pytest.raises(TypeError, match="bad operand"):
        spread(abs, ["a", "b"], Workers(2))  # type: ignore[list-item]


def test_few_groups_are_cut_so_that_every_worker_has_one() -> None:
    assert shared_out([[1, 2, 3, 4]], Workers(2)) == [[1, 3], [2, 4]]
    assert shared_out([[1, 2], [3]], Workers(2)) == [[1, 2], [3]]
    assert shared_out([[1]], Workers(4)) == [[1]]


@pytest.mark.workers
def test_the_phase_diagram_is_the_same_for_any_number_of_workers(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(regimes, "PHASE_ALPHAS", (1.0, 2.0, 3.0))
    alone, both = (
        regimes.computed_regimes(0.05, 0.1, (100,), 5.0, Workers(jobs)) for jobs in (1, 2)
    )
    assert alone == both

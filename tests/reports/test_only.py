"""Statements chosen by name: what is evaluated, measured and refused."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

import longtail
from empirics.observables.needed import measurements_for, observed_by
from empirics.observables.registry import OBSERVABLES
from empirics.testing import assert_statement
from theorems.catalogue import catalogue
from theorems.errors import InputError

SMALL = ("--n", "60", "--d", "300")


def test_bounds_of_some_statements(call: Callable[..., Any]) -> None:
    every = {row["id"]: row for row in call("bounds", *SMALL, "--json").document["statements"]}
    asked = ("tail-mass", "noiseless-loss-cavity")
    some = call("bounds", *SMALL, "--json", "--only", "noiseless-loss-cavity, tail-mass")
    assert [row["id"] for row in some.document["statements"]] == list(reversed(asked))
    assert all(row == every[row["id"]] for row in some.document["statements"])


def test_only_what_some_statements_need_is_measured(call: Callable[..., Any]) -> None:
    """The numbers are those of the whole catalogue; the interval is corrected for fewer."""
    draws = ("--runs", "24", "--json", "--jobs", "1")
    every = call("simulate", *SMALL, *draws).document
    some = call("simulate", *SMALL, *draws, "--only", "tail-hit,gauss-markov").document
    assert [row["id"] for row in some["verdicts"]] == ["tail-hit", "gauss-markov"]
    assert set(every["observed"]) == set(OBSERVABLES)
    assert set(observed_by(catalogue["tail-hit"])) <= set(some["observed"]) < set(every["observed"])
    assert all(every["observed"][name] == seen for name, seen in some["observed"].items())


def test_what_is_measured_at_a_value_of_its_own(call: Callable[..., Any]) -> None:
    """A smaller delta forgets more, which costs more: draws are measured at each."""
    seen = {}
    for delta in ("0.02", "0.4"):
        arguments = ("--runs", "20", "--only", "subsampled-loss", "--set", f"delta={delta}")
        (row,) = call("simulate", *SMALL, "--json", *arguments).document["verdicts"]
        assert row["verdict"] != "refuted"
        assert row["extra"]["delta"] == float(delta)
        seen[delta] = row["observed"]["mean"]
    assert seen["0.02"] > seen["0.4"]
    found = longtail.simulate("subsampled-loss", n=60, d=300, runs=20, delta=0.4)
    # Results files keep twelve digits.
    assert found.rows[0]["observed"] == pytest.approx(seen["0.4"], rel=1e-8)
    (measurement,) = set(measurements_for([catalogue["subsampled-loss"]], {"delta": 0.4})) - set(
        measurements_for([catalogue["subsampled-loss"]], {"delta": 0.1})
    )
    assert ("delta", 0.4) in measurement.extra
    one = call("draw", *SMALL, "--json", "--set", "lamda=2").document["observed"]
    other = call("draw", *SMALL, "--json").document["observed"]
    assert one["memorized_share"] == pytest.approx(1 / 3, rel=1e-8)
    assert other["memorized_share"] == pytest.approx(1 / (1 + 1 / 4), rel=1e-8)


def test_assertions_take_a_statements_own_parameters() -> None:
    judged = assert_statement("stability-price", n=200, d=2000, delta=0.3, runs=40)
    assert judged.claim.extra == {"delta": 0.3}


@pytest.mark.parametrize("command", ["bounds", "simulate"])
@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("--only", "tail-mas"), "--only = tail-mas: tail-mas is no statement of the catalogue"),
        (("--only", ""), "--only = : is no statement"),
        (
            ("--only", "tail-mass", "--set", "delta=0.3"),
            "--set = delta=0.3: no statement has such a parameter; these have none",
        ),
        (
            ("--only", "stability-price", "--set", "lamda=1"),
            "--set = lamda=1: no statement has such a parameter; the nearest is delta",
        ),
    ],
)
def test_refusals(
    call: Callable[..., Any], command: str, arguments: tuple[str, ...], told: str
) -> None:
    called = call(command, *SMALL, *arguments)
    assert called.status == 2
    assert told in called.err
    assert called.err.count("\n") == 1


def test_python_refuses_what_no_statement_asked_for_has() -> None:
    with pytest.raises(InputError, match=r"lamda = 2: must be among n, .*delta"):
        longtail.simulate("stability-price", lamda=2)

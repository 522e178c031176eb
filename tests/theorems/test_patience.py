"""What takes too long is refused by a count, in one line."""

from __future__ import annotations

import pickle
import time

import pytest

from theorems import patience
from theorems.errors import InputError

MOST = patience.MINUTES * 60 * patience.PRODUCTS


def refused(**work: float) -> str:
    with pytest.raises(patience.TooLongError) as caught:
        patience.require("a matrix", doubles=2**27, instead="a smaller one", **work)
    return str(caught.value)


@pytest.fixture(autouse=True)
def unlimited(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(patience.LIMIT, raising=False)
    monkeypatch.setattr(patience, "_FREELY", 0.0)


def test_what_takes_milliseconds_is_given_freely(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    monkeypatch.setenv(patience.LIMIT, "1e-9")
    patience.require("a matrix", products=0.05 * patience.PRODUCTS, doubles=0.0, instead="")
    refused(products=0.07 * patience.PRODUCTS)


def test_the_line_names_what_is_wanted_the_estimate_and_what_would_do() -> None:
    assert refused(products=2 * MOST) == (
        "a matrix would take about 20 minutes of one core (2.4e+13 multiplications at 2e+10 a "
        "second) and 1 GiB; allowed are 10 minutes; instead: a smaller one, or LONGTAIL_MINUTES=20 "
        "to go on"
    )


def test_what_is_allowed_goes_on() -> None:
    patience.require("a matrix", products=MOST, doubles=0.0, instead="")
    assert "about 10 minutes" in refused(products=MOST * (1 + 1e-9))


def test_both_kinds_of_work_add_up() -> None:
    half = patience.MINUTES * 30 * patience.ELIMINATIONS
    patience.require("a matrix", products=MOST / 2, eliminations=half, doubles=0.0, instead="")
    told = refused(products=MOST / 2, eliminations=1.2 * half)
    assert "multiplications at 2e+10 a second and 9e+10 eliminations at 2.5e+08" in told


def test_the_number_that_the_line_gives_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    told = refused(products=7.3 * MOST)
    monkeypatch.setenv(patience.LIMIT, told.split(f"{patience.LIMIT}=")[1].split()[0])
    patience.require("a matrix", products=7.3 * MOST, doubles=0.0, instead="")


def test_less_may_be_allowed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(patience.LIMIT, "0.5")
    assert "allowed are 0.5 minutes" in refused(products=MOST / 10)
    patience.require("a matrix", products=MOST / 21, doubles=0.0, instead="")


@pytest.mark.parametrize("value", ["", "an hour", "nan", "inf", "0", "-3"])
def test_a_limit_that_is_none_is_bad_input(value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(patience.LIMIT, value)
    with pytest.raises(InputError, match=r"LONGTAIL_MINUTES = .*: must be a number > 0, of"):
        patience.require("a matrix", products=1.0, doubles=0.0, instead="")


def test_no_clock_decides(monkeypatch: pytest.MonkeyPatch) -> None:
    def none() -> float:
        raise AssertionError("a clock was read")

    for clock in ("time", "monotonic", "perf_counter", "process_time"):
        monkeypatch.setattr(time, clock, none)
    patience.require("a matrix", products=MOST, doubles=0.0, instead="")
    refused(products=2 * MOST)


def test_a_worker_may_send_it_back() -> None:
    error = patience.TooLongError("one line")
    assert str(pickle.loads(pickle.dumps(error))) == "one line"

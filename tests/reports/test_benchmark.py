"""The benchmark's document, its aims, its section and its command."""

from __future__ import annotations

import re
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest

from empirics.bench.measured import solver_benchmark
from empirics.bench.methods import DENSE, LSMR, RETURNS, SPARSE_QR
from reports import benchmark
from reports.benchmark_records import Benchmark
from reports.readme import speed_table
from reports.records import document as as_document
from reports.sections import sections

Call = Callable[..., Any]


@pytest.fixture(scope="module")
def document() -> Benchmark:
    """A real measurement, at sizes that take a second."""
    solver = solver_benchmark(
        n=60,
        d=400,
        alphas=(1.0, 1.25, 2.0),
        draws=2,
        growth=((2.0, 100),),
        sizes=(50, 100, 200),
        rate_alphas=(1.0, 2.0),
        rate_sizes=lambda _: (30, 60),
        rate_draws=2,
    ).to_dict()
    sweep = {"alphas": 6, "sigmas": 5, "runs": 50, "workers": 2, "seconds": 8.0}
    whole = Benchmark.model_validate({**solver, "sweep": sweep})
    return whole.model_copy(update={"targets": benchmark.targets(whole)})


def _large(document: Benchmark, seconds: float) -> Benchmark:
    point = document.growth[0].points[0]
    changes = {"n": benchmark.LARGE, "seconds": seconds, "draw_seconds": 2.9}
    large = point.model_copy(update={**changes, "peak_mebibytes": 9000.0})
    growth = document.growth[0].model_copy(update={"points": (point, large)})
    return document.model_copy(update={"growth": (growth,)})


def test_aims_are_what_was_asked_at_what_was_run(document: Benchmark) -> None:
    texts = [row.text for row in document.targets]
    # The dense solver has an aim at alpha = 1 and from 1.5 on, lsmr everywhere.
    assert [text.rsplit("= ", 1)[1] for text in texts if text.startswith(DENSE)] == ["1", "2"]
    assert len([text for text in texts if text.startswith(LSMR)]) == 3
    # No size of a million was run: nothing is said of it.
    assert not any("10^6" in text for text in texts)
    by_text = {row.text: row for row in document.targets}
    dense = by_text[f"{DENSE} over ours, n = 60, α = 2"]
    assert dense.target == 200
    assert dense.met == (dense.measured >= 200)
    assert by_text["Figure 1 sweep, cold cache"].met


def test_an_aim_that_is_missed_is_said_to_be(document: Benchmark) -> None:
    met = {
        row.text.split(",")[0]: row.met
        for row in benchmark.targets(_large(document, 5.1))
        if "10^6" in row.text
    }
    assert met == {"solving": False, "drawing": True, "peak memory": False}
    slower = document.sweep.model_copy(update={"seconds": 10.1})
    slow = document.model_copy(update={"sweep": slower})
    assert not benchmark.targets(slow)[-1].met


def test_the_section_shows_every_timing(document: Benchmark) -> None:
    section = sections()["benchmark"].page(document)
    assert [row[-1] in ("yes", "no") for row in section.rows] == [True] * len(section.rows)
    every, growth, rates = section.parts
    assert len(every.rows) == sum(len(one.timings) for one in document.comparisons)
    assert [row[1] for row in growth.rows] == ["50", "100", "200"]
    assert [row[5] == "–" for row in growth.rows] == [False, False, True]
    assert [row[:2] for row in rates.rows] == [("1", "30"), ("1", "60"), ("2", "30"), ("2", "60")]
    assert {row[4] for row in every.rows} == set(RETURNS.values()) - {RETURNS[SPARSE_QR]}
    for part in (section, every, growth, rates):
        assert all(len(row) == len(part.columns) for row in part.rows)
    assert [figure.name for figure in section.figures] == ["benchmark", "draw-rates"]
    assert all(figure.png.startswith(b"\x89PNG") for figure in section.figures)


def test_a_document_without_rates_is_still_shown(document: Benchmark) -> None:
    older = document.model_copy(update={"rates": ()})
    section = sections()["benchmark"].page(older)
    assert len(section.parts) == 2
    assert len(section.figures) == 1


def test_a_slow_solution_misses_its_limit(document: Benchmark) -> None:
    rate = document.rates[0].model_copy(
        update={
            "alpha": 2.0,
            "n": 1000,
            "pass_seconds": 1e-5,
            "core_seconds": 1e-5,
            "coefficients_seconds": 9e-5,
            "outputs_seconds": 2e-4,
        }
    )
    aims = benchmark.targets(document.model_copy(update={"rates": (rate,)}))
    met = {row.text.split(",")[0]: row.met for row in aims if "coefficients" in row.text}
    assert met == {"coefficients over their limit": True, "all outputs over coefficients": False}


def test_the_readme_table_has_a_line_for_each_alpha(document: Benchmark) -> None:
    table = speed_table(SimpleNamespace(result={"benchmark": document}.__getitem__))
    assert re.findall(r"^\| α = ([\d.]+) \|", table, re.M) == ["1", "1.25", "2"]


def test_the_command_prints_the_document(
    call: Call, document: Benchmark, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(benchmark, "measured", lambda *, quick: document if quick else None)
    assert call("bench", "--quick", "--json").document == as_document(document)
    printed = call("bench", "--quick")
    assert printed.status == 0
    assert all(title in printed.out for title in ("Against others", "Cost against n", "Aims"))


def test_the_sweep_is_timed_from_a_cold_cache(monkeypatch: pytest.MonkeyPatch) -> None:
    from empirics.running import montecarlo
    from reports.experiment import PRESETS

    monkeypatch.setitem(PRESETS, "quick", PRESETS["quick"].with_runs(1))
    drawn = []
    observe = montecarlo.observe
    monkeypatch.setattr("empirics.bench.measured.usable_cpus", lambda: 1)
    monkeypatch.setattr(montecarlo, "observe", lambda *a: drawn.append(1) or observe(*a))
    for _ in range(2):
        timed = benchmark._sweep_seconds(0)
        assert timed.seconds > 0
    # The second time nothing is found of the first.
    assert len(drawn) == 2 * len(PRESETS["quick"].alphas)

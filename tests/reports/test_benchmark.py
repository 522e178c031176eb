"""The benchmark's document, its aims, its section and its command."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest

from empirics.bench import scale
from empirics.bench.measured import SolverBenchmark, solver_benchmark
from empirics.bench.methods import DENSE, LSMR, RETURNS, SPARSE_QR
from empirics.bench.scale import Size
from reports import benchmark
from reports.benchmark_goals import HUGE, goals
from reports.benchmark_records import Benchmark, StatementsAt, StatementSeconds, Target
from reports.readme import goals_table, speed_table
from reports.records import document as as_document
from reports.sections import sections
from theorems import patience
from theorems.catalogue import catalogue

Call = Callable[..., Any]


@pytest.fixture(scope="module")
def document(measured: SolverBenchmark) -> Benchmark:
    """A real measurement as a report has it."""
    sweep = {"alphas": 6, "sigmas": 5, "runs": 50, "workers": 2, "seconds": 8.0}
    whole = Benchmark.model_validate({**measured.to_dict(), "sweep": sweep})
    return whole.model_copy(update={"targets": benchmark.targets(whole)})


def test_what_takes_too_long_is_refused_or_said_to_be(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(patience, "_FREELY", 0.0)
    monkeypatch.setenv(patience.LIMIT, "1e-15")
    with pytest.raises(patience.TooLongError, match="would take about"):
        solver_benchmark(n=60, d=400, alphas=(1.0,), draws=1, growth=(), dense=False)
    # A process of its own says why it did not solve a large design.
    monkeypatch.setattr(scale, "everything", lambda *_: None)
    for outputs in (True, False):
        found = scale._measured(Size(1.0, 300, outputs), 5.0, 0)
        assert "would take about" in found.refused
        assert "LONGTAIL_MINUTES=1" in found.refused


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


@pytest.mark.usefixtures("as_users_see_them")
def test_the_section_shows_every_timing(document: Benchmark) -> None:
    section = sections()["benchmark"].page(document)
    assert [row[3] in ("yes", "no") for row in section.rows] == [True] * len(section.rows)
    every, growth, rates, large, statements = section.parts
    assert len(every.rows) == sum(len(one.timings) for one in document.comparisons)
    assert [row[1] for row in growth.rows] == ["50", "100", "200"]
    assert [row[5] == "–" for row in growth.rows] == [False, False, True]
    assert [row[:2] for row in rates.rows] == [("1", "30"), ("1", "60"), ("2", "30"), ("2", "60")]
    assert {row[4] for row in every.rows} == set(RETURNS.values()) - {RETURNS[SPARSE_QR]}
    assert [row[:2] for row in large.rows] == [("1", "100"), ("1", "200")]
    # The second was asked for coefficients alone.
    assert [row[7] == "–" for row in large.rows] == [False, True]
    assert {row[0] for row in statements.rows} == set(catalogue)
    for part in section.parts:
        assert all(len(row) == len(part.columns) for row in part.rows)
    assert [figure.name for figure in section.figures] == ["benchmark", "draw-rates"]
    assert all(figure.png.startswith(b"\x89PNG") for figure in section.figures)


def test_a_document_without_rates_is_still_shown(document: Benchmark) -> None:
    older = document.model_copy(
        update={"rates": (), "large": (), "statements": (), "cluster": None}
    )
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
    asked = []

    def measured(*, quick: bool, goals: bool) -> Benchmark:
        asked.append((quick, goals))
        return document

    monkeypatch.setattr(benchmark, "measured", measured)
    assert call("bench", "--quick", "--json").document == as_document(document)
    assert call("bench", "--goals", "--json").status == 0
    assert asked == [(True, False), (False, True)]
    printed = call("bench", "--quick")
    assert printed.status == 0
    assert all(title in printed.out for title in ("Against others", "Cost against n", "Aims"))


def _named(document: Benchmark, start: str) -> Target:
    (row,) = (row for row in goals(document) if row.text.startswith(start))
    return row


def test_draws_a_second_have_an_aim_at_a_thousand_samples(document: Benchmark) -> None:
    rate = document.rates[-1].model_copy(update={"n": 1000, "draw_call_seconds": 0.25e-3})
    for seconds, met in ((0.9e-3, True), (1.0e-3, False)):
        some = document.model_copy(
            update={"rates": (rate.model_copy(update={"draw_seconds": seconds}),)}
        )
        row = _named(some, "whole draws, n = 1000, α = 2")
        assert row.met == met
        assert row.measured == pytest.approx(1 / seconds)
        # Of a draw of 1 ms a quarter is what one of ten samples takes.
        assert met or "25 % is what a draw of ten samples takes" in row.limit


def test_a_design_without_structure_says_what_its_time_is_made_of(document: Benchmark) -> None:
    every, coefficients = document.large
    every = every.model_copy(
        update={
            "n": 10**5,
            "coefficients_seconds": 60.0,
            "dense": 3000,
            "null": 900,
            "flops": 4.5e8,
        }
    )
    one = document.model_copy(update={"large": (every, coefficients)})
    row = _named(one, "all outputs, n = 10^5")
    assert row.met == (60.0 + every.outputs_seconds <= 90)
    assert "3000 features that stay tied together takes 20 s and" in row.limit
    assert "a null space of dimension 900 1.62 s at the 0.45 GFlop/s" in row.limit
    slow = every.model_copy(update={"outputs_seconds": 31.0})
    assert not _named(document.model_copy(update={"large": (slow,)}), "all outputs").met
    refused = coefficients.model_copy(update={"n": 10**6, "refused": "it needs about 99 GiB"})
    row = _named(document.model_copy(update={"large": (refused,)}), "coefficients, or a refusal")
    assert row.limit == "refused: it needs about 99 GiB"
    assert row.met
    for seconds, met in ((3.0, True), (21.0, False)):
        every = refused.model_copy(update={"outputs": True, "coefficients_seconds": seconds})
        row = _named(document.model_copy(update={"large": (every,)}), "all outputs, or a refusal")
        assert row.met == met


def test_ten_million_samples_have_aims_of_time_memory_and_slope(document: Benchmark) -> None:
    base = document.large[0].model_copy(
        update={"alpha": 2.0, "coefficients_seconds": 0.0, "outputs_seconds": 0.0}
    )
    first = base.model_copy(update={"n": 10**5, "draw_seconds": 0.1, "peak_mebibytes": 99.0})
    for seconds, gibibytes, met in ((12.0, 5.0, True), (21.0, 13.0, False)):
        last = base.model_copy(
            update={"n": HUGE, "draw_seconds": seconds, "peak_mebibytes": 1024 * gibibytes}
        )
        some = document.model_copy(update={"large": (first, last)})
        assert _named(some, "drawn and solved, n = 10^7").met == met
        assert _named(some, "peak memory, n = 10^7").met == met
        slope = _named(some, "power of n")
        # 0.1 s to 12 s over two decades: log10(120) / 2.
        assert slope.met == (met and slope.measured < 1.05)
        assert slope.measured == pytest.approx(math.log10(seconds / 0.1) / 2)


def test_statements_that_are_slow_are_named(document: Benchmark) -> None:
    times = (
        StatementSeconds(id="slow", seconds=0.2),
        StatementSeconds(id="variance-evolution", seconds=0.02),
    )
    at = StatementsAt(
        n=10**5,
        d=10**6,
        alpha=2.0,
        sweep_seconds=0.01,
        recursion_seconds=0.15,
        recursion_steps=30,
        together_seconds=0.21,
        times=times,
    )
    row = _named(document.model_copy(update={"statements": (at,)}), "slowest of 2 statements")
    assert not row.met
    assert row.limit.startswith("1 are above (slow 200);")
    assert (
        "30 numbers of rows in 150 ms and is shared at one setting, where all take 210 ms"
        in row.limit
    )
    small = at.model_copy(update={"d": 10**4})
    row = _named(document.model_copy(update={"statements": (small,)}), "variance-evolution")
    assert row.met
    assert row.measured == pytest.approx(20)


def test_what_a_cluster_adds_is_of_the_draws_alone(document: Benchmark) -> None:
    pytest.importorskip("distributed", reason="needs the extra 'cluster'")
    assert document.cluster is not None
    assert document.cluster.drawing_seconds > 0
    assert document.cluster.sender_seconds > 0
    one = document.cluster.model_copy(
        update={
            "draws": 100,
            "drawing_seconds": 1.0,
            "sender_seconds": 0.05,
            "worker_seconds": 1.06,
        }
    )
    row = _named(document.model_copy(update={"cluster": one}), "added by a Dask cluster")
    assert row.measured == pytest.approx(11)
    assert not row.met
    assert row.limit.startswith("1.1 ms beside 10 ms of drawing")


def test_the_readme_says_of_each_aim_what_it_is_made_of(document: Benchmark) -> None:
    rate = document.rates[-1].model_copy(update={"n": 1000})
    some = document.model_copy(update={"rates": (rate,)})
    table = goals_table(SimpleNamespace(result={"benchmark": some}.__getitem__))
    lines = table.splitlines()[2:]
    assert len(lines) == len(goals(some)) > 3
    assert all(re.search(r" \| (yes|no) \| \S", line) for line in lines)


def test_the_sweep_is_timed_from_a_cold_cache(monkeypatch: pytest.MonkeyPatch) -> None:
    from empirics.running import montecarlo
    from reports.experiment import PRESETS

    monkeypatch.setitem(PRESETS, "quick", PRESETS["quick"].with_runs(1))
    drawn = []
    observe = montecarlo.observe
    monkeypatch.setattr(montecarlo, "observe", lambda *a: drawn.append(1) or observe(*a))
    for _ in range(2):
        timed = benchmark._sweep_seconds(0)
        assert timed.seconds > 0
    # The second time nothing is found of the first.
    assert len(drawn) == 2 * len(PRESETS["quick"].alphas)

import json
import sys
import types

import numpy as np
import pytest

from empirics.bench import methods as bench_methods
from empirics.bench.measured import solver_benchmark


def test_every_method_solves_the_same_problem(measured):
    assert [one.alpha for one in measured.comparisons] == [1.0, 1.25, 2.0]
    for comparison in measured.comparisons:
        timings = {timing.method: timing for timing in comparison.timings}
        own = timings[bench_methods.OURS]
        assert own.ratio == 1.0
        # Ours and the dense solution are exact; lsmr is run at the accuracy asked of it.
        assert own.error < 1e-12
        assert timings["scipy lsmr"].error <= bench_methods.ACCURACY
        assert timings["numpy lstsq"].error == 0.0
        for timing in timings.values():
            assert 0 < timing.fastest <= timing.seconds <= timing.slowest
            assert timing.ratio == pytest.approx(timing.seconds / own.seconds)


def test_growth_is_the_slope_of_its_points(measured):
    (growth,) = measured.growth
    assert [(point.n, point.d) for point in growth.points] == [(50, 500), (100, 1000), (200, 2000)]
    x = np.log([point.n for point in growth.points])
    y = np.log([point.seconds for point in growth.points])
    centred = x - x.mean()
    slope = centred @ y / (centred @ centred)
    residual = y - y.mean() - slope * centred
    assert growth.exponent == pytest.approx(slope)
    assert growth.standard_error == pytest.approx(
        np.sqrt(residual @ residual / (centred @ centred))
    )
    assert growth.last_exponent == pytest.approx((y[2] - y[1]) / (x[2] - x[1]))
    powers = [point.lsmr_power for point in growth.points if point.lsmr_power is not None]
    assert len(powers) == 2
    assert bench_methods.FIRST_POWER <= powers[0] <= powers[1] <= bench_methods.LAST_POWER
    for point in growth.points:
        assert 0 < point.drawn_mebibytes <= point.peak_mebibytes
        assert point.draw_seconds > 0
        # lsmr is run up to n = 100, at a tolerance that is found and never loosened.
        assert (point.lsmr_seconds is None) == (point.lsmr_power is None) == (point.n > 100)
        assert 0 < point.entries < point.n * point.d


def test_rates_are_of_whole_draws_at_their_sizes(measured):
    assert [(rate.alpha, rate.n, rate.d) for rate in measured.rates] == [
        (1.0, 30, 300),
        (1.0, 60, 600),
        (2.0, 30, 300),
        (2.0, 60, 600),
    ]
    for rate in measured.rates:
        # A draw solves twice, and a solution passes over its entries many times.
        assert 0 < rate.pass_seconds < rate.coefficients_seconds < rate.draw_seconds
        assert rate.outputs_seconds > 0
        assert 0 <= rate.core <= min(rate.n, rate.entries)


def test_every_method_says_what_it_returns(measured):
    for comparison in measured.comparisons:
        for timing in comparison.timings:
            assert bench_methods.RETURNS[timing.method]


def test_the_document_is_plain(measured):
    document = measured.to_dict()
    assert json.loads(json.dumps(document, allow_nan=False)) == document
    assert document["comparisons"][0]["timings"][0]["method"] == bench_methods.OURS
    assert document["growth"][0]["points"][0]["n"] == 50


def test_without_a_dense_solution_there_is_no_error():
    one = solver_benchmark(n=30, d=60, alphas=(2.0,), draws=1, dense=False, growth=())
    timings = {timing.method: timing for timing in one.comparisons[0].timings}
    assert "numpy lstsq" not in timings
    assert {timing.error for timing in timings.values()} == {None}
    assert one.growth == ()


def test_suitesparse_is_measured_where_it_is_installed(monkeypatch):
    module = types.ModuleType("sparseqr")
    module.solve = lambda X, Y: np.linalg.lstsq(X.toarray(), Y, rcond=None)[0]
    monkeypatch.setitem(sys.modules, "sparseqr", module)
    one = solver_benchmark(n=30, d=60, alphas=(2.0,), draws=1, growth=())
    timings = {timing.method: timing for timing in one.comparisons[0].timings}
    assert timings["SuiteSparseQR"].error == 0.0


@pytest.mark.parametrize("name", ["draws", "labels", "threads"])
def test_bad_input_is_refused(name):
    with pytest.raises(ValueError, match=f"{name} is 0; allowed is an integer >= 1"):
        solver_benchmark(**{name: 0})

import math
from dataclasses import replace

import numpy as np
import pytest

from empirics.draws.design import draw_seen
from empirics.solver import descent
from empirics.solver.descent import descend, distance_over_bound
from empirics.solver.minimum_norm import minimum_norm
from theorems.setting import Setting


def problem(seed, n=60, d=400):
    rng = np.random.default_rng(seed)
    _, X = draw_seen(Setting(n=n, d=d, alpha=1.5).probabilities(), n, rng)
    y = X @ rng.standard_normal(X.shape[1]) + rng.standard_normal(n)
    return X, y, minimum_norm(X, y)


@pytest.mark.parametrize("seed", range(4))
def test_the_run_follows_the_spectrum_exactly_and_keeps_its_bound(seed):
    X, y, solution = problem(seed)
    run = descend(X, y, solution, 1024)
    assert run.steps.tolist() == [2**j for j in range(11)]
    # The spectrum is that of XX': an eigenvalue is wrong by gamma times the largest one.
    singular = np.linalg.svd(X.toarray(), compute_uv=False)
    condition = singular[0] / singular[singular > 1e-9].min()
    spectral = max(X.shape) * np.finfo(float).eps * condition**2
    assert spectral < 1e-6
    assert np.all(np.abs(run.distance - run.predicted) <= run.rounding + spectral)
    assert np.all(run.distance <= run.bound + run.rounding)
    assert np.all(np.diff(run.distance) < 0)


def test_the_ratio_is_the_largest_of_the_run():
    X, y, solution = problem(5)
    run = descend(X, y, solution)
    ratio, rounding = distance_over_bound(X, y, solution)
    assert ratio == (run.distance / run.bound).max()
    assert ratio <= 1 + rounding


def test_nothing_is_said_where_one_step_arrives():
    X = problem(0)[0][:, :1]
    solution = minimum_norm(X, np.ones(60))
    assert all(math.isnan(part) for part in distance_over_bound(X, np.ones(60), solution))


def test_no_descent_towards_zero_or_beyond_the_largest_n(monkeypatch):
    X, y, solution = problem(1)
    zero = replace(solution, coefficients=np.zeros_like(solution.coefficients))
    assert descend(X, y, zero) is None
    monkeypatch.setattr(descent, "LARGEST_N", 10)
    assert math.isnan(distance_over_bound(X, y, solution)[0])

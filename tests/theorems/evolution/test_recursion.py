import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse
from scipy.fft import next_fast_len
from scipy.stats import binom
from scipy.stats import norm as normal
from scipy.stats import t as student

from theorems.errors import InputError
from theorems.evolution.feature_quadrature import feature_quadrature
from theorems.evolution.laplace_grid import fast_size
from theorems.evolution.recursion import (
    STEP,
    _checked_weight,
    _without_rounding,
    evolve,
    precision_law,
    recovered_weight,
)
from theorems.evolution.recursion_on_a_grid import Solution


def power_law(n, d, s, alpha):
    weight = np.arange(1.0, d + 1) ** -alpha
    return np.minimum(1, s * weight / weight.sum()), n


@st.composite
def designs(draw):
    """Power laws with d >= 4 n s, away from where the recursion has a second solution."""
    n, s = draw(st.integers(1, 300)), draw(st.floats(0.1, 2.5))
    return power_law(n, max(2, int(4 * n * s)), s, draw(st.floats(1, 3.5)))


few = settings(max_examples=10, deadline=None)


def numbers(result):
    return np.array(
        [
            result.variance_factor,
            result.unidentifiable_variance,
            result.noiseless_loss,
            result.recovered_weight,
            result.mean_precision,
            result.mean_leverage,
        ]
    )


def test_the_same_arguments_give_the_same_numbers():
    p, n = power_law(500, 5000, 5, 1.5)
    first, second = evolve(p, n, 20), evolve(p, n, 20)
    assert numbers(first).tolist() == numbers(second).tolist()
    assert first.law.mass.tolist() == second.law.mass.tolist()
    assert first.precision_transform.tolist() == second.precision_transform.tolist()


@pytest.mark.parametrize("alpha", [1, 1.25, 1.5, 2, 3])
@pytest.mark.parametrize("k", [0, 30])
def test_weight_is_the_scalar_fixed_point(alpha, k):
    p, n = power_law(1000, 10000, 5, alpha)
    w, before = 1.0, 2.0
    while w != before:
        w, before = min(w, np.exp(-np.sum(p[k:] * np.exp(-n * p[k:] * w)))), w
    assert abs(recovered_weight(p[k:], n) - w) < 1e-10
    if k == 0:
        whole = recovered_weight(p, n)
        # The same sum in two parts; the fixed point is found to 4 rounding units.
        assert evolve(p, n, 5).recovered_weight == pytest.approx(whole, rel=8 * 2.0**-52)


@few
@given(designs())
def test_weight_is_the_largest_fixed_point(design):
    p, n = design
    w = recovered_weight(p, n)
    above = w + (1 - w) * np.linspace(1e-3, 1, 200)
    image = np.exp(-np.exp(-n * np.outer(above, p)) @ p)
    assert np.all(image < above)
    assert abs(np.exp(-p @ np.exp(-n * p * w)) - w) < 1e-11


@few
@given(designs())
def test_jensen_sandwiches_the_numbers(design):
    """kappa adds N ~ Bin(n, p w) positive copies of Y: 1/N <= E[1/kappa] <= E[1/Y | Y > 0]/N."""
    p, n = design
    result = evolve(p, n, 0)
    w = result.recovered_weight
    count = np.arange(1, n + 1)
    rough = 1e-9 + result.error_estimate

    def mean_inverse(chance):
        return p @ (binom.pmf(count, n, chance[:, None]) @ (1 / count))

    least = mean_inverse(p * w)
    identified = 1 - (1 - w) ** count
    appearances = p @ (binom.pmf(count, n, p[:, None]) @ (identified / count))
    assert appearances <= least * (1 + 1e-9)
    assert least <= result.variance_factor * (1 + rough)
    assert result.variance_factor <= least * (1 + result.mean_leverage) * (1 + rough)
    assert w / (1 + result.mean_leverage) <= result.mean_precision * (1 + rough)
    assert result.mean_precision <= w * (1 + rough)
    unseen, undetermined = p @ (1 - p) ** n, p @ (1 - p * w) ** n
    assert unseen <= result.noiseless_loss * (1 + rough)
    assert result.noiseless_loss <= undetermined * (1 + rough)
    assert result.unidentifiable_variance >= 0


@few
@given(designs(), st.floats(0, 1), st.integers(0, 2**32 - 1))
def test_k_only_splits_and_order_does_not_matter(design, part, seed):
    p, n = design
    whole = evolve(p, n, 0)
    cut = evolve(p, n, int(part * p.size))
    shuffled = evolve(np.random.default_rng(seed).permutation(p), n, p.size)
    np.testing.assert_allclose(numbers(cut), numbers(whole), rtol=1e-8)
    np.testing.assert_allclose(numbers(shuffled), numbers(whole), rtol=1e-8)
    assert whole.variance_common == 0
    assert shuffled.variance_tail == 0
    assert cut.variance_common + cut.variance_tail == cut.variance_factor


@few
@given(designs())
def test_error_estimate_covers_the_next_grid(design):
    p, n = design
    result = evolve(p, n, 0)
    features = feature_quadrature(p, None, n)
    finer = Solution(features, _checked_weight(features), n, STEP / 2).summary(0)
    coarser = np.array(
        [
            result.variance_tail,
            result.unidentifiable_variance,
            result.noiseless_loss,
            result.mean_precision,
            result.mean_leverage,
            result.tail_mean_variance,
        ]
    )
    # Rounding and the end of the iterations, 10^-12 each, are not what a grid changes.
    # The mean over no common features, finer[6], has no value.
    np.testing.assert_allclose(np.delete(finer[1:], 5), coarser, rtol=result.error_estimate + 1e-11)


@few
@given(designs(), st.floats(-2, 2), st.floats(0.1, 10))
def test_noiseless_loss_is_linear_in_the_squared_coefficients(design, power, scale):
    p, n = design
    first = np.arange(1.0, p.size + 1) ** (power / 4)
    second = scale * np.cos(np.arange(p.size))
    both = evolve(p, n, 0, np.sqrt(first**2 + second**2)).noiseless_loss
    apart = evolve(p, n, 0, first).noiseless_loss + evolve(p, n, 0, second).noiseless_loss
    assert both == pytest.approx(apart, rel=1e-8)
    assert evolve(p, n, 0, np.ones(p.size)).noiseless_loss == pytest.approx(
        evolve(p, n, 0).noiseless_loss, rel=1e-12
    )


@few
@given(designs())
def test_rows_of_the_projector_have_its_diagonal_as_squared_length(design):
    """sum_j (I-P)_ij^2 = (I-P)_ii: with beta = 1 the loss is also sum_i p_i E a_i."""
    p, n = design
    features = feature_quadrature(p, None, n)
    solution = Solution(features, _checked_weight(features), n, STEP)
    loss, left = solution.linear(0.0, 1.0)
    grid = solution.grid
    diagonal = grid.integral(grid.decay * solution.final_source)
    assert loss == pytest.approx(diagonal, rel=1e-8 + left)


@pytest.mark.parametrize(("n", "d", "chance"), [(10, 100, 1e-6), (100, 1000, 1e-7)])
def test_rare_pairs_split_evenly(n, d, chance):
    """For n p and d p -> 0 unidentified features come in pairs seen once: a = 1/2, b = 1/4."""
    result = evolve(np.full(d, chance), n, 0)
    seen, company = n * chance, d * chance
    first_order = 20 * (seen + company)
    assert result.variance_factor == pytest.approx(d * chance * seen, rel=first_order)
    assert result.unidentifiable_variance == pytest.approx(
        d * chance * seen * company / 4, rel=first_order
    )
    null = result.noiseless_loss - d * chance * (1 - chance) ** n
    assert null == pytest.approx(d * chance * seen * company / 2, rel=first_order)


def test_a_dense_design_gives_the_classical_variance():
    """Concentrated precisions: Y = 1 - d/n, and V = d/(n - d) up to a relative O(1/n)."""
    n, d = 4000, 1000
    result = evolve(np.full(d, 0.5), n, d)
    assert result.mean_precision == pytest.approx(1 - d / n, rel=2 / n)
    assert result.variance_factor == pytest.approx(d / (n - d), rel=4 / n)
    assert result.recovered_weight == 1
    assert result.noiseless_loss == 0


@pytest.mark.parametrize("alpha", [1, 1.25, 1.5, 2, 3])
def test_lattice_and_transform_agree(alpha):
    p, n = power_law(300, 3000, 5, alpha)
    result = evolve(p, n, 0)
    law = result.law
    assert law.mass.sum() == pytest.approx(1, abs=1e-12)
    assert law.mass.min() >= 0
    assert law.mass[0] == 1 - result.recovered_weight
    assert law.mass @ law.levels == pytest.approx(result.mean_precision, rel=1e-4)
    resolved = result.points < law.levels.size
    transform = np.exp(-np.outer(result.points[resolved], law.levels)) @ law.mass
    np.testing.assert_allclose(transform, result.precision_transform[resolved], atol=2e-5)
    finer = precision_law(p, n, 512)
    assert finer.mass @ finer.levels == pytest.approx(result.mean_precision, rel=1e-4)


def population(p, n, size, sweeps, rng):
    """Population dynamics of the whole recursion: V, its null part and the noiseless loss.

    A member of the pool is a row: its Y > 0, or Y = 0 with g, h and, for the loss, h of the
    derivative in the penalties.
    """
    cumulative = np.cumsum(p) / p.sum()

    def chosen(count):
        return np.searchsorted(cumulative, rng.random(count), side="right").clip(0, p.size - 1)

    def features(copies):
        owner = np.repeat(np.arange(copies.size), copies)
        pick = rng.integers(0, size, owner.size)
        kappa, *null = (np.bincount(owner, pool[pick], copies.size) for pool in rows)
        infinite = kappa == 0
        a = np.where(infinite, 1 / (1 + null[0]), 0)
        b = np.where(infinite, a**2 * null[1], 1 / np.where(infinite, 1, kappa))
        return infinite, a, b, a**2 * (1 + null[2])

    rows = (np.ones(size), np.zeros(size), np.zeros(size), np.zeros(size))
    totals = []
    for sweep in range(sweeps):
        count = rng.poisson(p.sum(), size)
        owner = np.repeat(np.arange(size), count)
        infinite, a, b, c = features(rng.poisson(n * p[chosen(owner.size)]))
        A, B, C = (np.bincount(owner, value, size) for value in (a, b, c * infinite))
        null = A > 0
        safe = np.where(null, A, 1)
        rows = (
            np.where(null, 0, 1 / (1 + B)),
            np.where(null, 1 / safe, 0),
            np.where(null, (1 + B) / safe**2, 0),
            np.where(null, C / safe**2, 0),
        )
        if sweep >= sweeps // 2:
            final = chosen(size)
            infinite, a, b, c = features(rng.binomial(n, p[final]))
            totals.append(
                p.sum()
                * np.array(
                    [b @ ~infinite, b @ infinite, c @ infinite, size * rows[0].mean() / p.sum()]
                )
                / size
            )
    return np.mean(totals, axis=0)


@pytest.mark.parametrize(
    ("n", "d", "s", "alpha"), [(50, 400, 3, 1), (50, 500, 2, 1.5), (40, 400, 5, 1.5)]
)
def test_population_dynamics_agree(n, d, s, alpha):
    p, _ = power_law(n, d, s, alpha)
    streams = np.random.SeedSequence(20240601).spawn(12)
    runs = np.array(
        [population(p, n, 2500, 50, np.random.default_rng(stream)) for stream in streams]
    )
    error = runs.std(axis=0, ddof=1) / np.sqrt(len(runs))
    result = evolve(p, n, 0)
    predicted = [
        result.variance_factor,
        result.unidentifiable_variance,
        result.noiseless_loss,
        result.mean_precision,
    ]
    # Twelve comparisons that may fail once in 10^3 seeds altogether.
    allowed = student.isf(1e-3 / 12 / 2, len(runs) - 1) * error
    deviation = np.abs(runs.mean(axis=0) - predicted)
    assert np.all(deviation < allowed), (runs.mean(axis=0), predicted, error)
    assert np.all(error < 0.02 * np.array(predicted))


def simulated(p, n, coefficients, rng):
    """V on R, off R, and the noiseless loss of one design, by the eigenvectors of XX'."""
    X = (rng.random((n, p.size)) < p) * rng.choice([-1.0, 1.0], (n, p.size))
    seen = np.flatnonzero(X.any(axis=0))
    X = sparse.csc_array(X[:, seen])
    values, vectors = np.linalg.eigh((X @ X.T).toarray())
    kept = values > 1e-9 * values[-1]
    scores = X.T @ vectors[:, kept]
    projection = scores**2 @ (1 / values[kept])
    variance = scores**2 @ (1 / values[kept] ** 2)
    identified = projection > 1 - 1e-8
    fitted = scores @ ((coefficients[seen] @ scores) / values[kept])
    delta = coefficients.copy()
    delta[seen] -= fitted
    return p[seen] @ (variance * identified), p[seen] @ (variance * ~identified), p @ delta**2


@pytest.mark.parametrize(("alpha", "designs_drawn"), [(1.5, 50), (2.0, 80)])
def test_simulation_agrees(alpha, designs_drawn):
    p, n = power_law(200, 1000, 5, alpha)
    coefficients = np.arange(1.0, p.size + 1) ** -0.1
    streams = np.random.SeedSequence(20240602).spawn(designs_drawn)
    draws = np.array(
        [simulated(p, n, coefficients, np.random.default_rng(stream)) for stream in streams]
    )
    error = draws.std(axis=0, ddof=1) / np.sqrt(designs_drawn)
    result = evolve(p, n, 0, coefficients)
    predicted = np.array(
        [result.variance_factor, result.unidentifiable_variance, result.noiseless_loss]
    )
    # Six comparisons that may fail once in 10^3 seeds; beside the draws' error what short cycles
    # may change, 2/(n E Y) relative.
    allowed = normal.isf(1e-3 / 6 / 2) * error + 2 / (n * result.mean_precision) * predicted
    assert np.all(np.abs(draws.mean(axis=0) - predicted) < allowed), (draws.mean(axis=0), error)
    # What the draws can tell: an error of a sixth would be seen.
    assert error[0] < 0.05 * predicted[0]
    assert error[2] < 0.05 * predicted[2]


def test_more_features_than_rows_determine_is_refused():
    with pytest.raises(ArithmeticError, match="Y falls to 0"):
        evolve(np.ones(30), 20, 0)


@pytest.mark.parametrize(
    ("p", "n", "k", "coefficients", "message"),
    [
        ([[0.5]], 1, 0, None, r"p = an array of shape \(1, 1\): must have shape"),
        ([0.5, 1.5], 1, 0, None, r"p\[1\] = 1.5: must be a probability"),
        ([float("nan")], 1, 0, None, r"p\[0\] = nan: must be a probability"),
        ([0.5], 0, 0, None, "n = 0: must be an integer >= 1"),
        ([0.5], 1, 2, None, "k = 2: must be an integer from 0 to d = 1"),
        ([0.5], 1, 1, [1, 2], r"coefficients = an array of shape \(2,\)"),
        ([0.5], 1, 1, [float("inf")], "coefficients = not all finite"),
        (np.full(10**5, 0.01), 1, 0, None, "1000 features a row: leaves no row determined"),
    ],
)
def test_refusals_name_the_parameter(p, n, k, coefficients, message):
    with pytest.raises(InputError, match=message):
        evolve(np.array(p), n, k, coefficients)


def test_a_coarse_lattice_is_refused():
    with pytest.raises(InputError, match="cells = 64: must be an integer > 64"):
        precision_law(np.array([0.5]), 3, 64)


@pytest.mark.parametrize("d", [0, 3])
def test_without_appearances_every_row_is_empty(d):
    result = evolve(np.zeros(d), 7, 0)
    assert numbers(result).tolist() == [0, 0, 0, 1, 1, 0]
    assert result.law.mass[-1] == 1


@pytest.mark.parametrize("n", [40, 400])
def test_mean_variances_are_those_of_one_class(n):
    # All features alike: the mean over features is V over the expected number determined.
    d, p = 200, 0.02
    result = evolve(np.full(d, p), n, 0)
    determined = d * -np.expm1(n * np.log1p(-p * result.recovered_weight))
    expected = result.variance_factor / p / determined
    # Two sums of one class with the same weights but for a constant: rounding alone.
    np.testing.assert_allclose(result.tail_mean_variance, expected, rtol=1e-9)
    assert np.isnan(result.common_mean_variance)


@pytest.mark.parametrize(
    ("null", "shown"), [(-1e-44, 0.0), (-1e-13, 0.0), (-1e-9, -1e-9), (0.2, 0.2)]
)
def test_only_rounding_is_taken_for_zero(null: float, shown: float) -> None:
    assert _without_rounding(null, 0.5) == shown
    assert math.isnan(_without_rounding(math.nan, 0.5))


@given(st.integers(1, 10**7))
def test_sizes_of_transforms_are_the_next_fast_ones(least):
    assert fast_size(least) == next_fast_len(least, real=True)

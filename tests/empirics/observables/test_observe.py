"""One draw against a dense recomputation from the same streams, by numpy.linalg.pinv."""

import math

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from numpy.typing import NDArray

from empirics.draws.design import draw_seen
from empirics.draws.training_set import seed_sequence, training_set
from empirics.observables import descent, exactness, losses, structure
from empirics.observables.observable import Measurement
from empirics.observables.observe import observe
from empirics.observables.registry import OBSERVABLES
from theorems.setting import Setting

Array = NDArray[np.float64]
EPS = float(np.finfo(float).eps)


@st.composite
def small(draw: st.DrawFn) -> tuple[Setting, int, int]:
    d = draw(st.integers(2, 40))
    setting = Setting(
        n=draw(st.integers(1, 25)),
        d=d,
        k=draw(st.integers(1, d - 1)),
        s=draw(st.floats(0.3, 4)),
        alpha=draw(st.floats(0.3, 3)),
        beta_exponent=draw(st.floats(-1, 1)),
    )
    return setting, draw(st.integers(0, 2**32)), draw(st.integers(0, 20))


def law(setting: Setting) -> tuple[Array, Array]:
    index = np.arange(1.0, setting.d + 1)
    weights = index**-setting.alpha
    return np.minimum(1, setting.s * weights / weights.sum()), index**-setting.beta_exponent


def mean(values: Array) -> float:
    return float(values.mean()) if values.size else math.nan


def dense(setting: Setting, seed: int, run: int) -> tuple[dict[str, float], float]:
    """Every recorded quantity from a dense X, and the squared condition number of X."""
    n, d, k = setting.n, setting.d, setting.k
    _, beta = law(setting)
    p = setting.probabilities()  # the drawn bytes hang on the last bit of p
    streams = np.random.SeedSequence(entropy=seed, spawn_key=(run,)).spawn(3)
    design, noise, signs = (np.random.default_rng(stream) for stream in streams)
    features, sparse = draw_seen(p, n, design)
    X = np.zeros((n, d))
    X[:, features] = sparse.toarray()
    flip = np.ones(d)
    flip[features] = 1 - 2 * signs.integers(0, 2, size=features.size)
    xi = noise.standard_normal(n)

    plus = np.linalg.pinv(X, rcond=1e-10)
    P, V = plus @ X, np.diag(plus @ plus.T)
    bias = (plus @ (X @ beta) - beta) ** 2
    flipped = (plus @ (X @ (flip * beta)) - flip * beta) ** 2
    counts = np.count_nonzero(X, axis=0)
    seen, tail = counts > 0, np.arange(d) >= k
    # P_ii is rational with a denominator of at most det(BB') for a basis B of the row space:
    # at this size far above 10^8 eps, so P_ii is 1 or visibly below.
    identified = np.diag(P) > 1 - 1e-8
    held = np.count_nonzero(X[:, k:], axis=1)
    alone = ((X != 0) & (held == 1)[:, None] & tail).any(axis=0)
    singular = np.linalg.svd(X, compute_uv=False)
    rank = int(np.count_nonzero(singular > 1e-10 * max(singular.max(), 1)))
    common = bool(identified[:k].all())
    private = ((X != 0) & (counts == 1)).any(axis=1)
    residual = X @ (plus @ xi) - xi
    values = {
        "seen_features": seen.sum(),
        "seen_tail": (seen & tail).sum(),
        "tail_features_per_sample": held.mean(),
        "tail_hit_rate": (held > 0).mean(),
        "common_only_samples": (held == 0).sum(),
        "multi_tail_samples": (held >= 2).sum(),
        "common_identified": common,
        "common_not_identified": not common,
        "alone_tail": alone.sum(),
        "tail_seen_once_together": sum(
            tail[i]
            and counts[i] == 1
            and bool(((X[np.flatnonzero(X[:, i])[0]] != 0) & (counts == 1)).sum() > 1)
            for i in range(p.size)
        ),
        "unidentified_seen_tail": (seen & tail & ~identified).sum(),
        "unidentified_alone_tail": (alone & ~identified).sum() if common else 0,
        "unidentified_alone_tail_rounding": 0,
        "rank": rank,
        "missing_mass": p[~seen] @ beta[~seen] ** 2,
        "in_distribution_bias": p @ bias,
        "flip_difference": p @ bias - p @ flipped,
        "variance_factor": p @ V,
        "variance_factor_identified": p[identified] @ V[identified],
        "variance_factor_unidentified": p[~identified] @ V[~identified],
        "train_loss_factor": 1 - rank / n,
        "single_appearance_variance": mean(V[identified & (counts == 1)]),
        "recovered_tail_bias": mean(bias[identified & tail]),
        "recovered_tail_variance": mean(V[identified & tail]),
        "seen_tail_bias": mean(bias[seen & tail]),
        "seen_tail_variance": mean(V[seen & tail]),
        "common_bias": bias[:k].mean(),
        "common_variance": V[:k].mean(),
        "interpolation_residual": 0.0,
        "private_residual": 0.0,
        "private_samples": private.sum(),
        "error_on_identified": 0.0,
        "combination_loss": 0.0,
    }
    assert np.all(np.abs(residual[private]) < 1e-8)
    used = singular[:rank]
    condition = float((used[0] / used[-1]) ** 2) if rank else 1.0
    return {name: float(value) for name, value in values.items()}, condition


@given(case=small())
def test_every_recorded_quantity_against_dense_algebra(case: tuple[Setting, int, int]) -> None:
    setting, seed, run = case
    # What it records of memorization is tested in test_memorization.py.
    groups = (structure.GROUP, losses.GROUP, exactness.GROUP, descent.GROUP)
    observation = observe(setting, seed, run, [Measurement(group) for group in groups])
    expected, condition = dense(setting, seed, run)
    extra = {"interpolation_residual_rounding", "private_residual_rounding"}
    extra |= {"error_on_identified_rounding", "combination_loss_rounding"}
    if run < descent.DESCENT_DRAWS:
        extra |= {"gd_distance_over_bound", "gd_distance_over_bound_rounding"}
    assert set(observation.values) == set(expected) | extra
    # pinv and a backward stable solver are each wrong by some max(n, d) eps times the squared
    # condition number, relative to the largest of the values; 100 for the dimensions' factors.
    _, beta = law(setting)
    size = 1 + float(max(beta)) ** 2
    tolerance = 100 * 40 * EPS * condition * size
    assume(tolerance < 1e-5)
    for name, value in expected.items():
        assert observation.values[name] == pytest.approx(value, abs=tolerance, nan_ok=True), name


def test_streams_depend_on_seed_and_run_alone() -> None:
    setting = Setting(n=50, d=200)
    first = observe(setting, 5, 3)
    assert first == observe(setting.at(sigma=3.0), 5, 3)
    for other in (observe(setting, 5, 4), observe(setting, 6, 3)):
        assert other.values["variance_factor"] != first.values["variance_factor"]
    states = [seed_sequence(s, r).generate_state(4).tolist() for s in (0, 1) for r in (0, 1)]
    assert len({tuple(state) for state in states}) == 4


def test_a_power_law_whose_squares_underflow_is_drawn() -> None:
    observation = observe(Setting(n=20, d=50, s=0.5, alpha=164), 0, 0)
    assert observation.values["seen_features"] == 1
    assert observation.values["common_identified"] == 1


def test_the_loss_of_a_draw_without_features_is_the_missing_mass() -> None:
    setting = Setting(n=1, d=40, s=1e-12, alpha=1, k=3)
    values = observe(setting, 0, 0).values
    p, beta = law(setting)
    assert values["seen_features"] == values["rank"] == 0
    assert values["in_distribution_bias"] == pytest.approx(float(p @ beta**2), rel=1e-13)
    assert values["in_distribution_bias"] == values["missing_mass"]
    assert math.isnan(values["gd_distance_over_bound"])
    assert math.isnan(values["single_appearance_variance"])


def test_a_fully_identified_draw_has_no_loss_at_all() -> None:
    values = observe(Setting(n=400, d=4, s=2, alpha=1, k=2), 0, 0).values
    assert values["in_distribution_bias"] == values["flip_difference"] == 0
    assert values["train_loss_factor"] == 1 - 4 / 400


@given(case=small(), sigma=st.floats(0, 3))
def test_observables_at_a_sigma(case: tuple[Setting, int, int], sigma: float) -> None:
    setting, seed, run = case
    v = {name: np.array([x]) for name, x in observe(setting, seed, min(run, 2)).values.items()}
    tail = "recovered_tail_variance" if sigma > 0 else "recovered_tail_bias"
    noise = sigma**2
    expected = {
        "in_distribution_loss": v["in_distribution_bias"] + noise * v["variance_factor"],
        "train_loss": noise * (1 - v["rank"] / setting.n),
        "ood_loss_1": v[tail],
        "ood_loss_2": 2 * v[tail],
        "ood_loss_3": 3 * v[tail],
        "ood_loss": 3 * v[tail],
        "ood_single": v["ood_single_3"],
        "ood_seen_loss_3": 3 * (v["seen_tail_bias"] + noise * v["seen_tail_variance"]),
        "seen_not_alone_tail": v["seen_tail"] - v["alone_tail"],
        "long_tail_error": np.sqrt(v["seen_tail_bias"] + noise * v["seen_tail_variance"]),
        "recovered_tail_error": np.sqrt(
            v["recovered_tail_bias"] + noise * v["recovered_tail_variance"]
        ),
        "single_appearance_error": sigma * np.sqrt(v["single_appearance_variance"]),
        "common_error": np.sqrt(v["common_bias"] + noise * v["common_variance"]),
        "common_squared_error": v["common_bias"] + noise * v["common_variance"],
        "unrecovered_fraction": v["unidentified_seen_tail"] / v["seen_features"]
        if v["seen_features"][0] > 0
        else np.array([np.nan]),
        "no_multi_tail_sample": (v["multi_tail_samples"] == 0).astype(float),
        "worst_single": v["worst_single_3"],
        "noise_loss": noise * v["variance_factor"],
        # epsilon = 1, lambda = 1/4, and erfinv(delta) at delta = 1/2.
        "private_loss": v["private_bias"] + v["private_variance"],
        "memorizing_risk": v["memorizing_bias"] + v["memorizing_variance"] / 4,
        **{
            f"noisy_ridge_loss_{penalty}": v[f"noisy_ridge_bias_{penalty}"]
            + v[f"noisy_ridge_spread_{penalty}"] / 0.4769362762044699**2
            for penalty in (1, 4, 16)
        },
        # One label in ten is corrupted, by an error of variance 1.
        "corrupted_single_risk": v["ridge_single_A"]
        + noise * v["ridge_single_B"]
        + v["ridge_single_C"] / 10,
    }
    for name, observable in OBSERVABLES.items():
        value = observable.values(v, sigma, {})
        assert value.shape == (1,)
        reference = expected.get(name, v.get(name))
        assert reference is not None, name
        np.testing.assert_allclose(value, reference, rtol=1e-12, atol=0, err_msg=name)
        assert observable.name == name
        assert observable.meaning


def test_the_contracts_observables_are_there() -> None:
    contract = (
        "in_distribution_loss in_distribution_bias variance_factor seen_features "
        "unidentified_seen_tail common_only_samples multi_tail_samples common_identified "
        "single_appearance_variance private_residual train_loss ood_loss_1 ood_loss_2 ood_loss_3"
    )
    assert set(contract.split()) <= set(OBSERVABLES)
    assert OBSERVABLES["common_identified"].rate


def test_expected_loss_is_what_noise_gives_on_average() -> None:
    """E_xi L = bias + sigma^2 V: over the 2 n sign flips of scaled unit noises, exactly."""
    setting = Setting(n=12, d=30, s=3, alpha=1, k=4, sigma=0.7)
    p, beta = law(setting)
    streams = seed_sequence(9, 0).spawn(3)
    features, sparse = draw_seen(setting.probabilities(), 12, np.random.default_rng(streams[0]))
    X = np.zeros((12, 30))
    X[:, features] = sparse.toarray()
    plus = np.linalg.pinv(X)
    # Noises +-sqrt(n) e_l have mean 0 and covariance I: enough for a quadratic function.
    losses = [
        float(p @ (plus @ (X @ beta + 0.7 * sign * math.sqrt(12) * unit) - beta) ** 2)
        for unit in np.eye(12)
        for sign in (1, -1)
    ]
    arrays = {name: np.array([value]) for name, value in observe(setting, 9, 0).values.items()}
    loss = OBSERVABLES["in_distribution_loss"].values(arrays, 0.7, {})
    assert loss[0] == pytest.approx(np.mean(losses), rel=1e-10)


def test_the_worst_combination_takes_the_three_largest_errors_at_worst_signs(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """On a draw whose errors on identified features are made up: all of them, and fewer than 3."""
    draw = training_set(Setting(n=30, d=60, k=5), 0, 0)
    identified = np.flatnonzero(draw.identifiable)
    errors = np.zeros(draw.identifiable.size)
    errors[identified[:4]] = [1e-3, -4e-3, 2e-3, -3e-3]
    monkeypatch.setattr(type(draw), "bias", errors)
    assert exactness.measure(draw)["combination_loss"] == pytest.approx(81e-6)
    errors[identified[1:4]] = 0
    assert exactness.measure(draw)["combination_loss"] == pytest.approx(1e-6)

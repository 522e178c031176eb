"""Stable learners, Bayes risks and residuals in draws, against dense linear algebra."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
import pytest
from scipy import sparse
from scipy.special import erf

from empirics.draws.training_set import TrainingSet, training_set
from empirics.observables import bayes, combinations, decomposition, privacy, stability
from empirics.observables.observable import Measurement
from empirics.observables.registry import OBSERVABLES
from empirics.solver.minimum_norm import MinimumNorm
from theorems.catalogue import catalogue
from theorems.claim import claim_at
from theorems.law import Table
from theorems.setting import Setting

SETTINGS = [
    Setting(n=30, d=60, s=3, alpha=1.2, k=3),
    Setting(n=12, d=40, s=6, alpha=0.6, beta_exponent=-0.3, k=3),
    Setting(law=Table([0.6, 0.3, 0.3, 0.05, 0.02, 0.02], [1, -2, 0.5, 1, 3, 1]), n=20, k=2),
]

ROUNDING = 1e-9
"""Designs of this size have condition numbers below 10^4; numpy's pseudoinverse loses that many
units."""


def dense(draw: TrainingSet) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """X, p and beta* of all features."""
    X = np.zeros((draw.setting.n, draw.setting.d))
    X[:, draw.features] = draw.X.toarray()
    return X, draw.setting.law.p, draw.setting.law.beta


@pytest.fixture(params=range(len(SETTINGS)))
def draw(request: pytest.FixtureRequest) -> TrainingSet:
    return training_set(SETTINGS[request.param], 7, 0)


@pytest.mark.parametrize("delta", [0.0, 0.3, 0.8, 1.0])
def test_subsample(draw: TrainingSet, delta: float) -> None:
    X, p, beta = dense(draw)
    rows = stability.kept(draw, delta)
    part = X[rows]
    error = np.linalg.pinv(part) @ (part @ beta) - beta if rows.any() else -beta
    found = stability.measure(draw, delta)
    assert found["subsampled_loss"] == pytest.approx(float(p @ error**2), rel=ROUNDING)
    unseen = ~(part != 0).any(axis=0)
    assert found["subsampled_missing_mass"] == pytest.approx(float(p[unseen] @ beta[unseen] ** 2))
    private = [
        next(i for i in np.flatnonzero(X[row]) if np.count_nonzero(X[:, i]) == 1)
        for row in range(X.shape[0])
        if any(np.count_nonzero(X[:, i]) == 1 for i in np.flatnonzero(X[row]))
    ]
    share = (error[private] ** 2).sum() / (beta[private] ** 2).sum() if private else math.nan
    assert found["composition_loss_share"] == pytest.approx(share, rel=1e-7, nan_ok=True)


def test_more_is_kept_for_a_larger_share_and_nothing_anew(draw: TrainingSet) -> None:
    shares = [0.0, 0.2, 0.5, 0.9, 1.0]
    kept = [stability.kept(draw, share) for share in shares]
    assert not kept[0].any()
    assert kept[-1].all()
    for fewer, more in pairwise(kept):
        assert not (fewer & ~more).any()
    other = training_set(draw.setting, 7, 1)
    assert not np.array_equal(stability.kept(other, 0.5), kept[2])


def test_samples_are_kept_at_the_share() -> None:
    """Binomial of 200 x 30 trials: five standard deviations are exceeded once in 10^6 runs."""
    total = sum(
        int(stability.kept(training_set(SETTINGS[0], 3, run), 0.3).sum()) for run in range(200)
    )
    assert abs(total - 1800) < 5 * math.sqrt(6000 * 0.3 * 0.7)


@pytest.mark.parametrize("delta", [0.1, 0.5, 0.9])
def test_noise_on_ridge_hides_a_label(draw: TrainingSet, delta: float) -> None:
    X, p, beta = dense(draw)
    recorded = {name: np.array([one]) for name, one in stability.measure_noisy(draw).items()}
    n = X.shape[0]
    seen = (X != 0).any(axis=0)
    for penalty in stability.PENALTIES:
        A = X.T @ np.linalg.inv(X @ X.T + penalty * np.eye(n))
        error = A @ (X @ beta) - beta
        observable = OBSERVABLES[f"noisy_ridge_loss_{penalty}"]
        loss = float(observable.values(recorded, 0.0, {"delta": delta})[0])
        spare = loss - float(p @ error**2)
        scale = np.abs(A[seen]).max(axis=1)
        tau = math.sqrt(spare / float(p[seen] @ scale**2))
        # Total variation of the two Gaussians for the worst of the labels, by its formula.
        moved = 2 * np.abs(beta).max() * A[seen] / (scale[:, None] * tau)
        worst = erf(np.linalg.norm(moved, axis=0).max() / (2 * math.sqrt(2)))
        assert worst == pytest.approx(delta, rel=1e-6)


def test_without_noise_it_is_ridge(draw: TrainingSet) -> None:
    X, p, beta = dense(draw)
    A = X.T @ np.linalg.inv(X @ X.T + 4 * np.eye(X.shape[0]))
    loss = float(p @ (A @ (X @ beta) - beta) ** 2)
    recorded = {name: np.array([one]) for name, one in stability.measure_noisy(draw).items()}
    assert recorded["noisy_ridge_bias_4"][0] == pytest.approx(loss)
    found = OBSERVABLES["noisy_ridge_loss_4"].values(recorded, 0.0, {"delta": 1.0})
    assert found[0] == pytest.approx(loss)


def test_privacy(draw: TrainingSet) -> None:
    X, p, beta = dense(draw)
    plus = np.linalg.pinv(X)
    recorded = privacy.measure(draw)
    error = plus @ (X @ beta) - beta
    assert recorded["private_bias"] == pytest.approx(float(p @ error**2), rel=ROUNDING)
    scale = 2 * np.abs(beta).max() / 0.5
    noise = float(p @ (plus**2).sum(axis=1)) * 2 * scale**2
    values = {name: np.array([value]) for name, value in recorded.items()}
    found = OBSERVABLES["private_loss"].values(values, 0.0, {"epsilon": 0.5})
    assert found[0] == pytest.approx(float(p @ error**2) + noise, rel=ROUNDING)


@pytest.mark.parametrize("lamda", [0.01, 0.25, 3.0])
def test_bayes_risk(draw: TrainingSet, lamda: float) -> None:
    X, p, _ = dense(draw)
    inverse = np.linalg.inv(X.T @ X + lamda * np.eye(X.shape[1]))
    found = bayes.measure(draw, lamda)["bayes_risk"]
    # 1 - x'(XX' + lambda)^-1 x cancels down to lambda/(T + lambda).
    assert found == pytest.approx(lamda * float(p @ np.diag(inverse)), rel=1e-10)


def test_memorizing(draw: TrainingSet) -> None:
    X, p, _ = dense(draw)
    plus = np.linalg.pinv(X)
    found = bayes.measure_memorizing(draw)
    bias = float(p @ (1 - np.diag(plus @ X)))
    assert found["memorizing_bias"] == pytest.approx(bias, rel=ROUNDING)
    variance = float(p @ (plus**2).sum(axis=1))
    assert found["memorizing_variance"] == pytest.approx(variance, rel=ROUNDING)
    assert bayes.measure(draw, 0.25)["bayes_risk"] <= bias + 0.25 * variance


def test_decomposition(draw: TrainingSet) -> None:
    X, p, beta = dense(draw)
    found = decomposition.measure(draw)
    assert found["decomposition_difference"] <= found["decomposition_difference_rounding"] < 1e-6
    delta = np.zeros(X.shape[1])
    delta[draw.features] = decomposition.predictors(draw)[:, 2]
    delta -= beta
    seen = (X != 0).any(axis=0)
    u = X @ delta
    price = float(u @ np.linalg.pinv(X[:, seen] / p[seen] @ X[:, seen].T) @ u)
    loss = float(p @ delta**2)
    missing = float(p[~seen] @ beta[~seen] ** 2)
    assert found["residual_share"] == pytest.approx((missing + price) / loss, rel=1e-7)


def test_a_wrong_price_is_seen(draw: TrainingSet, monkeypatch: pytest.MonkeyPatch) -> None:
    """Weights that are not those of the loss: the parts no longer add up."""
    plain = decomposition.minimum_norm

    def other(X: sparse.csc_array, Y: np.ndarray) -> MinimumNorm:
        wrong = sparse.diags_array(np.linspace(1, 1.5, X.shape[1]))
        return plain(sparse.csc_array(X @ wrong), Y)

    monkeypatch.setattr(decomposition, "minimum_norm", other)
    found = decomposition.measure(draw)
    assert found["decomposition_difference"] > found["decomposition_difference_rounding"]


def test_worst_combinations(draw: TrainingSet) -> None:
    found = combinations.measure(draw)
    known = draw.identifiable & draw.single
    errors = sorted(np.abs(draw.solution.coefficients[known, 1]).tolist(), reverse=True)
    for size in (1, 2, 3):
        value = found[f"worst_single_{size}"]
        if len(errors) < size:
            assert math.isnan(value)
        else:
            assert value == pytest.approx(sum(errors[:size]) ** 2)
            assert value <= found[f"ood_worst_{size}"] * (1 + 1e-12)


NEW = [
    "stability-price",
    "subsampled-loss",
    "private-price",
    "composition-needs-memory",
    "bayes-floor",
    "price-of-memorizing",
    "no-multi-tail-sample",
    "worst-combination",
]


@pytest.mark.parametrize("identifier", NEW)
def test_draws_lie_on_the_right_side(identifier: str) -> None:
    """40 draws, five standard errors: one failure in 10^6 if the claim is true."""
    # At the paper's size the common features are identified, which V_lower needs.
    paper = identifier == "price-of-memorizing"
    setting = Setting() if paper else Setting(n=200, d=2000, alpha=2, sigma=0.2)
    claim = claim_at(catalogue[identifier], setting)
    observable = OBSERVABLES[claim.statement.observable or ""]
    measurement = Measurement.at(observable.group, claim.extra)
    drawn = [measurement.measured(training_set(setting, 5, run)) for run in range(40)]
    columns = {name: np.array([one[name] for one in drawn]) for name in drawn[0]}
    values = observable.values(columns, setting.sigma, claim.extra) * claim.numbers["scale"]
    mean, error = float(values.mean()), float(values.std(ddof=1)) / math.sqrt(values.size)
    if "lower" in claim.numbers:
        assert mean + 5 * error >= claim.numbers["lower"]
    if "upper" in claim.numbers:
        assert mean - 5 * error <= claim.numbers["upper"]

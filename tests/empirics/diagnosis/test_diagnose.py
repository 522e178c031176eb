"""A diagnosis against dense linear algebra, retraining and plain loops."""

from __future__ import annotations

import math
from itertools import combinations
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy import sparse

import longtail
from empirics.diagnosis import diagnose as module
from empirics.diagnosis.diagnose import NO_LABELS, STEPS, diagnose
from empirics.diagnosis.result import Absent, Diagnosis
from empirics.diagnosis.shown import Measured, shown
from empirics.draws.design import draw
from empirics.draws.training_set import training_set
from empirics.observables.observe import observe
from empirics.observables.registry import OBSERVABLES
from empirics.solver import minimum_norm as solver
from empirics.solver.minimum_norm import minimum_norm
from theorems import memory, patience
from theorems.catalogue import catalogue
from theorems.errors import InputError
from theorems.law import PowerLaw
from theorems.memory import TooLargeError
from theorems.setting import Setting

Array = NDArray[np.float64]


def design(n: int, d: int, seed: int, alpha: float = 1.5) -> sparse.csc_array:
    return draw(PowerLaw(d=d, s=3, alpha=alpha).p, n, np.random.default_rng(seed))


def whole(result: Diagnosis, values: Any, d: int) -> Array:
    out = np.zeros(d)
    out[result.features.index] = values
    return out


@settings(max_examples=40)
@given(n=st.integers(1, 12), d=st.integers(1, 14), seed=st.integers(0, 2**32))
def test_against_dense_algebra_and_retraining(n: int, d: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    X = (rng.random((n, d)) < 0.35) * rng.choice([-1.0, 1.0], (n, d))
    X[0, 0] = 1.0
    y = X @ rng.standard_normal(d) + rng.standard_normal(n)
    result = diagnose(sparse.coo_array(X), y, certify=True)
    inverse = np.linalg.pinv(X, rcond=1e-10)
    seen = X.any(axis=0)
    assert (result.n, result.d) == (n, d)
    assert result.rank == np.linalg.matrix_rank(X)
    assert np.array_equal(result.features.index, np.flatnonzero(seen))
    assert np.array_equal(result.features.appearances, np.count_nonzero(X, axis=0)[seen])
    diagonal = np.diag(inverse @ X)
    assert np.array_equal(result.features.identifiable, (diagonal > 1 - 1e-8)[seen])
    variance, coefficient = result.features.variance, result.features.coefficient
    np.testing.assert_allclose(whole(result, variance, d), np.sum(inverse**2, axis=1), atol=1e-9)
    np.testing.assert_allclose(whole(result, coefficient, d), inverse @ y, atol=1e-8)
    leverage = np.diag(X @ inverse)
    assert result.samples.leverage is not None
    np.testing.assert_allclose(result.samples.leverage, leverage, atol=1e-9)
    assert result.indispensable_samples == np.count_nonzero(leverage > 1 - 1e-8)
    private = [any(np.count_nonzero(X[:, i]) == 1 for i in np.flatnonzero(row)) for row in X]
    assert result.samples.private.tolist() == private
    residual = y - X @ inverse @ y
    left_out = np.array(
        [
            y[i] - X[i] @ np.linalg.pinv(np.delete(X, i, 0), rcond=1e-10) @ np.delete(y, i)
            for i in range(n)
        ]
    )
    assert result.samples.self_influence is not None
    np.testing.assert_allclose(result.samples.self_influence, left_out - residual, atol=1e-7)
    loss = result.loss
    assert loss is not None
    assert loss.zero == pytest.approx(float(np.mean(y**2)))
    assert loss.train == pytest.approx(float(np.mean(residual**2)), abs=1e-12)
    assert loss.leave_one_out == pytest.approx(float(np.mean(left_out**2)), rel=1e-6, abs=1e-9)
    if result.rank == n:
        assert loss.train == 0
        assert loss.noise_variance is None
        assert Absent("noise_variance", f"the rank is n = {n}: labels are fitted exactly") in (
            result.absent
        )
    else:
        expected = float(np.sum(residual**2)) / (n - result.rank)
        assert loss.noise_variance == pytest.approx(expected, rel=1e-6, abs=1e-12)
    assert result.certificate is not None
    assert result.certificate.complete
    assert result.certificate.disagreements == ()
    once = np.count_nonzero(X, axis=0) == 1
    assert result.seen_once == np.count_nonzero(once)
    assert result.unseen_mass.estimate == pytest.approx(np.count_nonzero(once) / n)
    assert result.unseen_mass.standard_error == pytest.approx(math.sqrt(np.sum(once)) / n)
    classes = result.by_appearances
    assert sum(one.seen for one in classes) == result.seen
    assert sum(one.identifiable for one in classes) == result.identifiable
    order = np.argsort(-np.abs(result.samples.self_influence), kind="stable")[:3]
    assert result.most_memorized(3).tolist() == order.tolist()


def shown_by_loops(result: Diagnosis, X: Array, tail: NDArray[np.bool_]) -> dict[str, float]:
    """The observables, one definition after the other."""
    n, d = X.shape
    T = np.count_nonzero(X, axis=0)
    inverse = np.linalg.pinv(X, rcond=1e-10)
    known = np.isclose(np.diag(inverse @ X), 1)
    variance = np.sum(inverse**2, axis=1)
    held = [sum(1 for i in range(d) if tail[i] and X[row, i]) for row in range(n)]
    alone = {i for row in range(n) if held[row] == 1 for i in range(d) if tail[i] and X[row, i]}
    pairs = sum(
        1
        for i, j in combinations(range(d), 2)
        if T[i] == T[j] == 1 and np.any((X[:, i] != 0) & (X[:, j] != 0))
    )
    once = [variance[i] for i in range(d) if T[i] == 1 and known[i]]
    out = {
        "tail_features_per_sample": sum(held) / n,
        "tail_hit_rate": sum(1 for h in held if h) / n,
        "common_only_samples": sum(1 for h in held if h == 0),
        "multi_tail_samples": sum(1 for h in held if h >= 2),
        "common_not_identified": float(not known[~tail].all()),
        "alone_tail": len(alone),
        "unidentified_alone_tail": sum(1 for i in alone if not known[i]) * known[~tail].all(),
        "unidentified_seen_tail": sum(1 for i in range(d) if T[i] and tail[i] and not known[i]),
        "pairs_seen_together_once": pairs,
        "memorized_samples": float(np.mean(np.isclose(np.diag(X @ inverse), 1))),
        "variance_times_appearances": min(T[i] * variance[i] for i in range(d) if known[i]),
        "single_appearance_variance": sum(once) / len(once),
        "recovered_tail_variance": float(variance[known & tail].mean()),
    }
    p = np.zeros(d)
    assert result.setting is not None
    p[result.features.index] = module.estimated(result.features.appearances, n, d).seen
    out["variance_factor_identified"] = float(sum(p[i] * variance[i] for i in range(d) if known[i]))
    out["variance_factor_unidentified"] = float(
        sum(p[i] * variance[i] for i in range(d) if not known[i])
    )
    assert result.loss is not None
    if result.loss.excess is not None:
        out["in_distribution_loss"] = result.loss.excess
    return out


@pytest.mark.parametrize("seed", range(4))
def test_what_is_shown_against_plain_loops(seed: int) -> None:
    n, d = 60, 80
    X = design(n, d, seed)
    result = diagnose(X, X @ np.ones(d) + np.random.default_rng(seed).standard_normal(n))
    assert result.setting is not None
    T = np.count_nonzero(X.toarray(), axis=0)
    tail = T < 10
    assert result.setting.k == np.count_nonzero(~tail)
    expected = shown_by_loops(result, X.toarray(), tail)
    found = {one.observable: one.value for one in result.shown}
    assert found == pytest.approx(expected, rel=1e-9)
    assert {one.observable for one in result.shown if one.estimated} == {
        "variance_factor_identified",
        "variance_factor_unidentified",
        "in_distribution_loss",
    }
    # Each belongs to a statement, where it stands in the units of the claim.
    assert set(found) <= {statement.observable for statement in catalogue.values()}
    beside = {one.claim.statement.id: one for one in result.statements}
    assert list(beside) == list(catalogue)
    row = beside["single-appearance-error"]
    scale = result.setting.sigma**2
    assert row.quantity == pytest.approx(found["single_appearance_variance"] * scale)
    assert beside["noiseless-loss"].quantity is None


@pytest.mark.parametrize("alpha", [1.0, 1.5, 2.0])
def test_what_is_shown_is_what_observables_measure(alpha: float) -> None:
    """On a draw whose frequencies and common features are those of the model."""
    setting = Setting(n=300, d=2000, alpha=alpha)
    training = training_set(setting, 3, 0)
    solution = minimum_norm(training.X, np.zeros(setting.n))
    found = shown(
        Measured(
            A=training.X,
            tail=training.tail,
            frequencies=training.p,
            identifiable=solution.identifiable,
            variance=solution.variance_diagonal,
            leverage=solution.leverage,
        )
    )
    values = observe(setting, 3, 0).values
    assert len(found) >= 14
    for one in found:
        assert one.observable in OBSERVABLES
        assert one.value == pytest.approx(values[one.observable], rel=1e-9), one.observable


@pytest.mark.parametrize("alpha", [1.25, 1.5])
def test_the_theory_at_the_estimated_law_tells_this_design(alpha: float) -> None:
    """Counts and shares that the theory predicts from the estimated frequencies alone.

    The numbers of features and samples counted here vary by at most the root of their mean and of
    their share of n; 5 such deviations, and the tenth that predictions claim.
    """
    X = design(4000, 40_000, 5, alpha)
    rows = {one.claim.statement.id: one for one in diagnose(X).statements}
    for name in ("recovered-fraction", "spurious-pair-count", "alone-recovery"):
        value, seen = rows[name].claim.numbers["value"], rows[name].quantity
        assert seen is not None
        assert abs(seen - value) <= 0.1 * value + 5 * math.sqrt(value), name
    row = rows["memorized-share"]
    value = row.claim.numbers["value"]
    assert row.quantity is not None
    assert abs(row.quantity - value) <= 0.1 * value + 5 * math.sqrt(value / 4000)


def test_without_labels_the_structure_alone() -> None:
    X = design(50, 60, 0)
    steps: list[int] = []
    result = diagnose(X, advance=steps.append)
    assert sum(steps) == STEPS
    assert result.loss is None
    assert result.features.coefficient is None
    assert result.samples.self_influence is None
    assert result.samples.leverage is not None
    assert result.features.variance is not None
    assert result.most_memorized().size == 0
    assert result.absent == tuple(
        Absent(name, NO_LABELS) for name in ("loss", "coefficient", "self_influence")
    )
    assert result.setting is not None
    assert result.setting.sigma == 0
    assert np.all(result.setting.coefficients() == 1)
    assert "identifiable = " in repr(result)


def test_unseen_features_have_the_strength_of_those_seen_once() -> None:
    """beta* = 3 everywhere and noise as strong: it is told from features seen once.

    Coefficients are 3 + 3 sqrt(v) Z at variance factors v of 1 and a little more. The squares of
    3 + 3 Z vary by the root of 4 9 9 + 2 81 = 486; so the root of the mean of N of them, less what
    noise adds, by sqrt(486 / N) / 6, of which 5 are allowed. The noise not taken off, it is 4.2.
    """
    n, d = 20_000, 200_000
    X = design(n, d, 1)
    y = X @ np.full(d, 3.0) + 3 * np.random.default_rng(2).standard_normal(n)
    result = diagnose(X, y)
    assert result.setting is not None
    law = module.estimated(result.features.appearances, n, d)
    beta = result.setting.coefficients()[result.setting.probabilities() == law.of_unseen]
    assert beta.size == law.unseen
    known = np.count_nonzero(result.features.identifiable & (result.features.appearances == 1))
    assert known > 1000
    assert np.all(beta == pytest.approx(3, abs=5 * math.sqrt(486 / known) / 6))


def test_entries_that_are_no_signs() -> None:
    X = sparse.csc_array(np.array([[0.5, 2.0], [0.0, 1.0]]))
    result = diagnose(X, [1.0, 2.0])
    assert not result.signs
    assert diagnose(abs(X) > 0, [1.0, 2.0]).signs
    with pytest.raises(InputError, match=r"^X = 0\.5: must hold integers of size up to 2\^53"):
        diagnose(X, certify=True)


def test_a_single_feature_has_no_law() -> None:
    result = diagnose(sparse.csc_array(np.ones((3, 1))), np.ones(3))
    assert result.setting is None
    assert result.law is None
    assert result.statements == ()
    assert Absent("setting", "a law has at least two features") in result.absent


def test_coefficients_whose_squares_overflow_have_no_law() -> None:
    X = sparse.csc_array(np.array([[1e-145, 0.0], [0.0, 1.0]]))
    result = diagnose(X, [1.0, 1.0])
    assert result.statements == ()
    assert Absent("setting", "the largest coefficient's square would overflow") in result.absent


def test_what_would_take_too_long_is_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_MOST_OPERATIONS", 0.0)
    X = draw(PowerLaw(d=10_000, alpha=1).p, 1000, np.random.default_rng(0))
    y = X @ np.ones(10_000)
    short = diagnose(X, y)
    monkeypatch.undo()
    long = diagnose(X, y)
    assert short.samples.self_influence is None
    assert short.loss is not None
    assert short.loss.leave_one_out is None
    assert [one.name for one in short.absent] == [
        "variance where not identifiable",
        "self_influence",
    ]
    assert all("a dense null space asks for" in one.reason for one in short.absent)
    known = short.features.identifiable
    assert short.features.variance is not None
    assert long.features.variance is not None
    assert np.array_equal(short.features.variance[known], long.features.variance[known])
    assert np.isnan(short.features.variance[~known]).all()
    assert "variance_factor_unidentified" not in {one.observable for one in short.shown}
    assert "variance_factor_identified" in {one.observable for one in short.shown}


def test_without_memory_rank_and_identifiable_set_are_proved(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    X = design(200, 400, 0)
    y = np.ones(200)
    usual = diagnose(X, y)

    def refuse(_: Any, **__: Any) -> Any:
        raise MemoryError("a null space needs about 99 GiB")

    monkeypatch.setattr(solver, "factor", refuse)
    result = diagnose(X, y)
    assert result.rank == usual.rank
    assert np.array_equal(result.features.identifiable, usual.features.identifiable)
    assert result.certificate is not None
    assert result.certificate.complete
    reason = "a null space needs about 99 GiB; rank and identifiable set are proved without it"
    assert result.absent == tuple(
        Absent(name, reason)
        for name in ("variance", "leverage", "loss", "coefficient", "self_influence")
    )
    assert result.features.variance is None
    assert result.samples.leverage is None
    assert result.indispensable_samples is None
    assert result.statements
    with pytest.raises(MemoryError, match="99 GiB"):
        diagnose(X * 0.1, y)


def test_where_nothing_may_take_time_rank_and_identifiable_set_are_proved(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    X = design(200, 400, 0)
    usual = diagnose(X)
    monkeypatch.setattr(patience, "_FREELY", 0.0)
    monkeypatch.setenv(patience.LIMIT, "1e-15")
    result = diagnose(X)
    assert result.rank == usual.rank
    assert np.array_equal(result.features.identifiable, usual.features.identifiable)
    assert [one.name for one in result.absent][:2] == ["variance", "leverage"]
    assert "would take about" in result.absent[0].reason


def test_variances_that_take_longer_than_is_allowed_are_left_out(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    X = draw(PowerLaw(d=10_000, alpha=1).p, 1000, np.random.default_rng(0))
    y = X @ np.ones(10_000)
    # More than factorizations take, less than what variances do.
    solution = minimum_norm(X, y)
    size = max(solution.dense_size, solution.null_size)
    monkeypatch.setattr(patience, "_FREELY", 0.0)
    monkeypatch.setenv(patience.LIMIT, repr(size**3 / patience.PRODUCTS / 60))
    result = diagnose(X, y)
    known = result.features.identifiable
    assert result.features.variance is not None
    assert np.isfinite(result.features.variance[known]).all()
    assert np.isnan(result.features.variance[~known]).all()
    assert result.samples.self_influence is None
    names = ("variance where not identifiable", "self_influence")
    assert tuple(one.name for one in result.absent) == names
    assert all("variances with" in one.reason for one in result.absent)


def test_the_public_name() -> None:
    assert longtail.diagnose is diagnose


def test_a_law_that_does_not_fit_costs_the_statements_alone(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    require = memory.require

    def few(purpose: str, doubles: float) -> None:
        if purpose == "the estimated law":
            assert doubles >= 4 * 3
            raise TooLargeError("the estimated law needs too much")
        require(purpose, doubles)

    X = sparse.csr_array((np.ones(4), [0, 1, 2, 0], [0, 1, 2, 3, 4]), shape=(4, 3))
    whole = diagnose(X)
    monkeypatch.setattr("theorems.memory.require", few)
    found = diagnose(X)
    assert (found.setting, found.statements) == (None, ())
    assert "the estimated law needs too much" in [one.reason for one in found.absent]
    assert (found.rank, found.seen, found.identifiable) == (whole.rank, 3, whole.identifiable)


def test_a_noise_that_cannot_be_evaluated_costs_the_statements_alone() -> None:
    X = np.vstack([np.eye(9), np.ones((1, 9))])
    y = np.append(np.full(9, 1e140), -1e140)
    found = diagnose(sparse.csr_array(X), y)
    assert found.loss is not None
    # All of the residual is one degree of freedom's.
    assert found.loss.noise_variance == pytest.approx(1e281)
    assert (found.setting, found.statements) == (None, ())
    assert "the noise variance is too large to be evaluated" in [one.reason for one in found.absent]
    assert found.rank == 9

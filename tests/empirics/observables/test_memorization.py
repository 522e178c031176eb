from itertools import combinations, product

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy import sparse
from sympy import Matrix, Rational

from empirics.draws.training_set import TrainingSet
from empirics.observables import combinations as combined
from empirics.observables import influence, level, pairs, retraining, unbiased
from empirics.observables.influence import indispensable
from empirics.observables.pairs import spurious_pairs
from empirics.observables.retraining import retrained_residuals
from empirics.solver.compressed import Compressed
from theorems.law import Table
from theorems.setting import Setting


def fitted(X, truth, noise, common=0):
    """A draw from a dense design without zero columns."""
    array = sparse.csc_array(np.asarray(X, dtype=float))
    n, m = array.shape
    # A common feature before these and a tail feature behind, both unseen, so that k may be
    # anything from 1 to d - 1.
    law = Table(np.linspace(0.9, 0.1, m + 2), np.concatenate([[1.0], truth, [1.0]]))
    setting = Setting(law=law, n=n, k=common + 1)
    columns, xi = Compressed.columns_of(array), np.asarray(noise, dtype=float)
    return TrainingSet(setting, 0, 0, np.arange(1, m + 1), columns, xi, np.ones(m))


def measured(draw, *, retrain):
    values = level.measure(draw, 0.25)
    for group in (unbiased, combined, pairs, influence):
        values |= group.measure(draw)
    return values | (retraining.measure(draw) if retrain else {})


@st.composite
def draws(draw):
    """Sparse designs with many features that appear once, some alone, some together."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    n, common = draw(st.integers(2, 8)), draw(st.integers(1, 3))
    single = draw(st.integers(1, 7))
    X = np.zeros((n, common + single))
    X[:, :common] = rng.choice([-1, 0, 1], (n, common))
    X[rng.integers(0, n, single), common + np.arange(single)] = rng.choice([-1, 1], single)
    X = X[:, X.any(axis=0)]
    seen_common = int(np.count_nonzero(X[:, :common].any(axis=0))) if X.size else 0
    return fitted(
        X,
        rng.uniform(0.5, 2, X.shape[1]),
        rng.standard_normal(n),
        min(seen_common, X.shape[1] - 1),
    )


def exactly(X):
    return Matrix(X.toarray().astype(int).tolist())


@settings(deadline=None)
@given(draws())
def test_pairs_are_told_from_their_hypothesis_exactly(draw):
    """P_ii = 1/2 iff the rest of the row lies in the row space, by rational rank."""
    found = spurious_pairs(draw)
    rows, X = exactly(draw.X), draw.X.toarray()
    rank = rows.rank()
    row_of = dict(zip(np.flatnonzero(draw.single), draw.row_of_single, strict=True))
    counts = np.bincount(draw.row_of_single, minlength=X.shape[0])
    assert len(found.members) == np.count_nonzero(counts == 2)
    for (i, j), sign, split in zip(found.members, found.product, found.split, strict=True):
        row = row_of[i]
        assert row == row_of[j]
        assert sign == X[row, i] * X[row, j]
        rest = X[row].astype(int).copy()
        rest[[i, j]] = 0
        assert split == (rows.col_join(Matrix([rest.tolist()])).rank() == rank)


@settings(deadline=None)
@given(draws())
def test_pairs_are_right_together_and_wrong_alone_as_predicted(draw):
    values = measured(draw, retrain=False)
    if values["spurious_pairs"] == 0:
        assert np.isnan(values["spurious_pair_deviation"])
    else:
        assert values["spurious_pair_deviation"] <= values["spurious_pair_deviation_rounding"]


def test_the_pair_formula_fails_without_its_hypothesis():
    # Row 0: the pair and a third feature, which only appears with a fourth besides.
    X = [[1, -1, 1, 0], [0, 0, 1, 1]]
    draw = fitted(X, [1.0, 2.0, 3.0, 4.0], [0.0, 0.0])
    found = spurious_pairs(draw)
    assert found.members.tolist() == [[0, 1]]
    assert not found.split.any()
    delta = draw.solution.coefficients[:2, 0] - [1, 2]
    assert np.abs(delta - found.predicted(draw.truth)[0]).min() > 0.1
    exact = exactly(draw.X)
    inverse = exact.T * (exact * exact.T).inv()
    expected = inverse * (exact * Matrix([1, 2, 3, 4])) - Matrix([1, 2, 3, 4])
    assert delta == pytest.approx([float(e) for e in expected[:2]], abs=1e-14)
    assert expected[0] != Rational(-2 - 1, 2)


def test_three_features_that_only_appear_together_share_in_three():
    draw = fitted([[1, 1, 1]], [3.0, 6.0, 9.0], [0.0])
    assert draw.solution.coefficients[:, 0] == pytest.approx([6, 6, 6])
    assert spurious_pairs(draw).members.size == 0
    assert measured(draw, retrain=False)["pairs_seen_together_once"] == 3


@settings(deadline=None)
@given(draws())
def test_claims_about_every_draw_hold_within_their_rounding(draw):
    values = measured(draw, retrain=True)
    for name, bound in (("variance_times_appearances", 1), ("competitor_variance_ratio", 1)):
        if not np.isnan(values[name]):
            assert values[name] >= bound - values[name + "_rounding"]
    if not np.isnan(values["memorized_share"]):
        assert abs(values["memorized_share"] - 0.8) <= values["memorized_share_rounding"]
    difference = values["leave_one_out_difference"]
    assert difference <= values["leave_one_out_difference_rounding"]
    assert values["leave_one_out_difference_rounding"] < 1e-9


@settings(deadline=None)
@given(draws())
def test_memorized_samples_are_those_that_lower_the_rank(draw):
    rows = exactly(draw.X)
    rank = rows.rank()
    for row in range(rows.shape[0]):
        others = rows.copy()
        others.row_del(row)
        assert indispensable(draw.solution)[row] == (others.rank() < rank)


@settings(deadline=None)
@given(draws())
def test_without_noise_only_indispensable_samples_are_memorized(draw):
    residual = retrained_residuals(draw, np.arange(draw.X.shape[0]))[:, 0]
    assert np.abs(residual[~indispensable(draw.solution)]).max(initial=0) < 1e-10


@settings(deadline=None)
@given(draws())
def test_combinations_are_averaged_over_every_choice(draw):
    values = measured(draw, retrain=False)
    known = draw.solution.identifiable[draw.single]
    members = np.flatnonzero(draw.single)[known]
    rows = draw.row_of_single[known]
    inverse = np.linalg.pinv(draw.X.toarray().T @ draw.X.toarray())
    for t in (1, 2, 3):
        losses = []
        for chosen in combinations(range(members.size), t):
            if len(set(rows[list(chosen)])) < t:
                continue
            block = inverse[np.ix_(members[list(chosen)], members[list(chosen)])]
            signed = [x @ block @ x for x in map(np.array, product([-1, 1], repeat=t))]
            assert min(signed) >= t - 1e-9
            losses.append(np.mean(signed))
        if losses:
            assert values[f"ood_single_{t}"] == pytest.approx(np.mean(losses), rel=1e-9)
        else:
            assert np.isnan(values[f"ood_single_{t}"])


@settings(deadline=None)
@given(draws())
def test_worst_combination_is_the_worst_of_all(draw):
    values = measured(draw, retrain=False)
    error = draw.solution.coefficients[draw.solution.identifiable, 1]
    for t in (1, 2, 3):
        if error.size < t:
            assert np.isnan(values[f"ood_worst_{t}"])
            continue
        worst = max(
            (np.array(signs) @ error[list(chosen)]) ** 2
            for chosen in combinations(range(error.size), t)
            for signs in product([-1, 1], repeat=t)
        )
        assert values[f"ood_worst_{t}"] == pytest.approx(worst, rel=1e-12)


@settings(deadline=None)
@given(draws())
def test_pairs_are_counted(draw):
    assume(draw.single.any())
    row_of = draw.row_of_single
    count = sum(first == second for first, second in combinations(row_of, 2))
    assert measured(draw, retrain=False)["pairs_seen_together_once"] == count

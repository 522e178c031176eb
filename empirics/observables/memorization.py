"""What one draw shows of memorization: levels, scores, spurious pairs, combinations.

Everything comes from the factorization that solved the draw, but for a few retrainings that
check the leave-one-out formula.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from empirics.observables.unbiased import competing_variances
from empirics.solver import ridge
from empirics.solver.minimum_norm import MinimumNorm, minimum_norm
from theorems.model import PENALTY

Array = NDArray[np.float64]
Mask = NDArray[np.bool_]
Indices = NDArray[np.int64]

EPS = float(np.finfo(np.float64).eps)
DEFAULT_PENALTY = float(PENALTY.default)
MOST_COMBINED = 3
LARGEST_RETRAINED = 2**14
"""Above this n a training costs too much to be repeated for a check."""

RETRAINED = 2
"""So many samples of either kind are left out and trained without, in the draws that do so."""


@dataclass(frozen=True)
class Fitted:
    """A training set and its minimum-norm solution, for the m seen features, ascending.

    Args:
        X: (n, m) design, entries +-1.
        tail: (m,) which features are tail features.
        truth: (m,) beta*.
        labels: (n, 2), noiseless ones and unit noise.
        solution: whose first two sets of labels these are.
    """

    X: sparse.csc_array
    tail: Mask
    truth: Array
    labels: Array
    solution: MinimumNorm

    @property
    def counts(self) -> Indices:
        """(m,) appearances T_i."""
        return np.diff(self.X.indptr)

    @property
    def single(self) -> Mask:
        """(m,) features that appear once."""
        return np.asarray(self.counts == 1)

    @property
    def row_of_single(self) -> Indices:
        """(singles,) the rows that they are in."""
        return self.X.indices[self.X.indptr[:-1][self.single]].astype(np.int64)

    @property
    def sign_of_single(self) -> Array:
        """(singles,) their signs there."""
        return np.asarray(self.X.data[self.X.indptr[:-1][self.single]])

    @property
    def tail_rows(self) -> Mask:
        """(n,) samples that hold a tail feature."""
        held = np.zeros(self.X.shape[0], dtype=np.bool_)
        held[self.X[:, self.tail].indices] = True
        return held

    @property
    def gamma(self) -> float:
        """Backward error of a stable factorization, relative (Higham 2002, ch. 20)."""
        return max(self.X.shape) * EPS

    @property
    def norm(self) -> float:
        """||X||_F, which bounds ||X||."""
        return math.sqrt(float(self.X.nnz))

    @property
    def inverse_norm(self) -> float:
        """||X^+||_F, from the trace of (X'X)^+."""
        return math.sqrt(float(self.solution.variance_diagonal.sum()))


def measured(draw: Fitted, *, retrain: bool, level: bool = True) -> dict[str, float]:
    """The quantities by name; NaN where the draw has none.

    Args:
        draw: what was fitted.
        retrain: whether to check the leave-one-out formula by training anew.
        level: whether to fit the ridge, which costs several times as much as all the rest.
    """
    values = {**_unbiased(draw), **_combinations(draw), **_pairs(draw), **_indispensable(draw)}
    if level:
        values |= _level(draw)
    if retrain and draw.X.shape[0] <= LARGEST_RETRAINED:
        values |= _retrained(draw)
    return values


def _unbiased(draw: Fitted) -> dict[str, float]:
    """Variances against their floor and against another unbiased estimate.

    The vector X^+' e_i moves by a relative gamma cond(X) under a backward error of gamma, and a
    ratio of two squared norms by four times that.
    """
    rounding = 4 * draw.gamma * draw.norm * draw.inverse_norm
    identified, variance = draw.solution.identifiable, draw.solution.variance_diagonal
    times = (draw.counts * variance)[identified]
    competing = competing_variances(draw.X, draw.tail)
    ratio = common = math.nan
    if competing is not None:
        known = identified & np.isfinite(competing)
        ratios = competing[known] / variance[known]
        ratio, common = float(ratios.min()), float(ratios[~draw.tail[known]].mean())
    return {
        "variance_times_appearances": float(times.min()) if times.size else math.nan,
        "variance_times_appearances_rounding": rounding,
        "competitor_variance_ratio": ratio,
        "competitor_variance_ratio_rounding": rounding,
        "competitor_common_ratio": common,
    }


def _combinations(draw: Fitted) -> dict[str, float]:
    """Loss over sigma^2 at t features seen once, in distinct rows, and at the worst t.

    The mean over all sets of t such features is exact: a feature is in as many sets as the
    elementary symmetric polynomial e_(t-1) of the other rows' numbers of such features says.
    """
    known = draw.solution.identifiable[draw.single]
    rows = draw.row_of_single[known]
    variance = draw.solution.variance_diagonal[draw.single][known]
    in_row = np.bincount(rows, minlength=draw.X.shape[0]).astype(np.float64)
    first, second = in_row.sum(), (in_row**2).sum()
    own = in_row[rows]
    rest = first - own
    weights = (np.ones_like(own), rest, (rest**2 - (second - own**2)) / 2)
    error = np.sort(np.abs(draw.solution.coefficients[draw.solution.identifiable, 1]))[::-1]
    values = {}
    for t, weight in enumerate(weights, start=1):
        total = float(weight.sum())
        values[f"ood_single_{t}"] = t * float(weight @ variance) / total if total > 0 else math.nan
        values[f"ood_worst_{t}"] = float(error[:t].sum()) ** 2 if error.size >= t else math.nan
    return values


_LEVEL_NAMES = (
    "ridge_single_A",
    "ridge_single_B",
    "ridge_single_C",
    "memorized_share",
    "memorized_share_rounding",
)


def _level(draw: Fitted) -> dict[str, float]:
    """The share of its label that a feature seen once keeps under ridge, and what it costs.

    Rounding: a Cholesky solution is backward stable, so (XX' + penalty)^-1 y is wrong by gamma
    times the condition number (||X||^2 + penalty)/penalty times its length, which is
    ||y||/penalty at most, and each feature seen once takes one of its entries; the residual adds
    the error of a product with X. Both move numerator and denominator of the share, which is at
    most 1, by that many times the length of what is left to explain.
    """
    if draw.X.shape[0] > ridge.LARGEST_N:
        return dict.fromkeys(_LEVEL_NAMES, math.nan)
    fit = ridge.Ridge(draw.X, DEFAULT_PENALTY)
    fitted = fit.coefficients(draw.labels)
    single = draw.single
    identified = single & draw.solution.identifiable
    bias = (fitted[:, 0] - draw.truth)[identified]
    risk = ridge.mean_risk(bias, fit.rows(identified), draw.tail_rows)
    values = {f"ridge_single_{part}": value for part, value in zip("ABC", risk, strict=True)}
    label = draw.labels[:, 0] + draw.labels[:, 1]
    beta = fitted[:, 0] + fitted[:, 1]
    kept = draw.sign_of_single * beta[single]
    left = (label - draw.X @ beta)[draw.row_of_single] + kept
    length = float(np.linalg.norm(left))
    wrong = draw.gamma * (
        float(np.linalg.norm(label))
        * (1 + (1 + draw.norm) * (draw.norm**2 / DEFAULT_PENALTY + 1) / DEFAULT_PENALTY)
        + draw.norm * float(np.linalg.norm(beta))
    )
    return {
        **values,
        "memorized_share": float(kept @ left) / length**2 if length > 0 else math.nan,
        "memorized_share_rounding": 4 * wrong / length if length > 0 else math.nan,
    }


@dataclass(frozen=True)
class Pairs:
    """Pairs of features that appear once, together, and nothing else of that kind with them.

    Args:
        members: (pairs, 2) positions among the seen features.
        product: (pairs,) x_li x_lj.
        split: (pairs,) whether P_ii = 1/2: the hypothesis of `spurious-pair`.
    """

    members: Indices
    product: Array
    split: Mask

    def predicted(self, truth: Array) -> Array:
        """(pairs, 2) the statement's Delta, from beta* (m,)."""
        own = truth[self.members]
        return np.asarray((self.product[:, None] * own[:, ::-1] - own) / 2)


def spurious_pairs(draw: Fitted) -> Pairs:
    """The rows with exactly two features of their own; P_ii = 1/2 up to rounding, else below."""
    singles, rows = np.flatnonzero(draw.single), draw.row_of_single
    order = np.argsort(rows, kind="stable")
    singles, rows, signs = singles[order], rows[order], draw.sign_of_single[order]
    first = np.flatnonzero(np.bincount(rows, minlength=draw.X.shape[0])[rows] == 2)[::2]
    members = np.column_stack([singles[first], singles[first + 1]])
    tolerance = 8 * draw.gamma
    deviation: Array = np.abs(draw.solution.projection_diagonal[members] - 0.5)
    half = (deviation <= tolerance).all(axis=1)
    return Pairs(
        members.astype(np.int64), np.asarray(signs[first] * signs[first + 1]), np.asarray(half)
    )


def _pairs(draw: Fitted) -> dict[str, float]:
    """Pairs that were seen only together: how many, and how far the formula is off."""
    in_row = np.bincount(draw.row_of_single, minlength=draw.X.shape[0])
    pairs = spurious_pairs(draw)
    members = pairs.members[pairs.split]
    delta = (draw.solution.coefficients[:, 0] - draw.truth)[members]
    deviation = np.abs(delta - pairs.predicted(draw.truth)[pairs.split])
    together = np.abs(delta[:, 0] + pairs.product[pairs.split] * delta[:, 1])
    wrong = (
        draw.inverse_norm
        * draw.gamma
        * (
            draw.norm * float(np.linalg.norm(draw.solution.coefficients[:, 0]))
            + float(np.linalg.norm(draw.labels[:, 0]))
        )
    )
    return {
        "pairs_seen_together_once": float(np.sum(in_row * (in_row - 1)) / 2),
        "spurious_pairs": float(members.shape[0]),
        "spurious_pair_deviation": float(max(deviation.max(), together.max()))
        if members.size
        else math.nan,
        # Two coefficients enter the pair's own error.
        "spurious_pair_deviation_rounding": 2 * wrong,
    }


def indispensable(solution: MinimumNorm) -> Mask:
    """(n,) whether a row is no combination of the others, that is H_ll = 1."""
    return np.asarray(solution.leverage == 1)


def _indispensable(draw: Fitted) -> dict[str, float]:
    """Samples that the others cannot replace, among all, with tail features, and without."""
    memorized, tail = indispensable(draw.solution), draw.tail_rows
    return {
        "memorized_samples": float(memorized.mean()),
        "memorized_tail_samples": float(memorized[tail].mean()) if tail.any() else math.nan,
        "memorized_common_samples": float(memorized[~tail].mean()) if not tail.all() else math.nan,
    }


def retrained_residuals(draw: Fitted, rows: Indices) -> Array:
    """(rows, q) residuals of samples at solutions fitted without them, one at a time."""
    by_row = draw.X.tocsr()
    out = []
    for row in rows:
        kept = np.arange(draw.X.shape[0]) != row
        other = minimum_norm(by_row[kept], draw.labels[kept])
        beta = np.zeros((draw.X.shape[1], draw.labels.shape[1]))
        beta[other.features] = other.coefficients
        out.append(draw.labels[row] - (by_row[[row]] @ beta)[0])
    return np.array(out)


def _retrained(draw: Fitted) -> dict[str, float]:
    """The leave-one-out formula against training anew, on a few samples of either kind.

    Rounding: X^+' e_l and X^+ y, whose product the formula takes, are each wrong by a relative
    gamma cond(X), and ||X^+' e_l|| >= 1/||x_l||; retraining is wrong by no more. Where H_ll < 1
    the residual is divided by 1 - H_ll.
    """
    exact = indispensable(draw.solution)
    chosen = np.concatenate([np.flatnonzero(exact)[:RETRAINED], np.flatnonzero(~exact)[:RETRAINED]])
    if chosen.size == 0:
        return {}
    formula = draw.solution.leave_one_out[chosen, : draw.labels.shape[1]]
    difference = np.abs(formula - retrained_residuals(draw, chosen.astype(np.int64)))
    longest = math.sqrt(float(np.diff(draw.X.tocsr().indptr)[chosen].max()))
    rest = 1 - draw.solution.leverage[chosen]
    divisor = float(np.where(exact[chosen], 1.0, rest).min())
    relative = 4 * draw.gamma * draw.norm * draw.inverse_norm * longest / divisor
    label = float(np.linalg.norm(draw.labels, axis=0).max())
    return {
        "leave_one_out_difference": float(difference.max()),
        "leave_one_out_difference_rounding": relative * draw.inverse_norm * label,
    }

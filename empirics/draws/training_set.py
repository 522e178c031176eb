"""A training set and what follows from it: all that observables measure.

Everything that is drawn is drawn here, from three streams of one draw: the design, the label
noise, and signs for beta*. The streams are independent, so whatever is measured, and in whatever
order, the training set is the same to the last byte.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from empirics.draws.design import Plan
from empirics.draws.footprint import require_draws
from empirics.solver.compressed import Compressed
from empirics.solver.minimum_norm import MinimumNorm, solve_seen
from empirics.solver.ridge import Ridge
from theorems.setting import Setting

Array = NDArray[np.float64]
Mask = NDArray[np.bool_]
Indices = NDArray[np.int64]

EPS = float(np.finfo(np.float64).eps)


@dataclass(frozen=True, eq=False)
class TrainingSet:
    """One draw of the linear model: what was drawn, and what is computed from it once.

    There are m seen features, in ascending order, and n samples. Losses and labels are linear or
    quadratic in the noise, so that noiseless labels and unit noise, kept apart, serve every sigma.

    Args:
        setting: the linear model; its sigma plays no part.
        seed: of the experiment.
        run: number of the draw, from 0.
        features: (m,) ascending indices in 0..d-1 of the seen features.
        columns: (m, n) their columns of the design, entries +-1.
        noise: (n,) label noise at sigma = 1.
        flip: (m,) random signs, by which `flip-identity` multiplies beta*.
    """

    setting: Setting
    seed: int
    run: int
    features: Indices
    columns: Compressed
    noise: Array
    flip: Array
    _ridge: dict[float, Ridge] = field(default_factory=dict, init=False, repr=False)

    @property
    def n(self) -> int:
        """Number of samples."""
        return self.columns.shape[1]

    @cached_property
    def X(self) -> sparse.csc_array:  # noqa: N802
        """(n, m) the design of the seen features."""
        parts: Any = (self.columns.data, self.columns.indices, self.columns.indptr)
        X = sparse.csc_array(parts, shape=(self.n, self.features.size))
        X.has_canonical_format = True
        return X

    @cached_property
    def p(self) -> Array:
        """(m,) probabilities of the seen features."""
        return np.asarray(self.setting.law.p[self.features])

    @cached_property
    def truth(self) -> Array:
        """(m,) beta* of the seen features."""
        return np.asarray(self.setting.law.beta[self.features])

    @cached_property
    def missing_mass(self) -> float:
        """Sum of p_i beta*_i^2 over the unseen features."""
        unseen = np.ones(self.setting.d, dtype=np.bool_)
        unseen[self.features] = False
        return float(np.sum(_known(self.setting).energy[unseen]))

    @cached_property
    def labels(self) -> Array:
        """(n, 3) labels: without noise, unit noise alone, without noise and with flipped signs."""
        seen = self.columns.transposed_times(np.array([self.truth, self.flip * self.truth]).T)
        return np.column_stack([seen[:, 0], self.noise, seen[:, 1]])

    @cached_property
    def solution(self) -> MinimumNorm:
        """The minimum-norm solution of each column of `labels`."""
        return solve_seen(np.arange(self.features.size), self.columns, self.labels)

    def ridge(self, penalty: float) -> Ridge:
        """Ridge regression on X, made once for each penalty.

        Raises:
            ValueError: for a penalty that is not finite and positive.
        """
        if penalty not in self._ridge:
            self._ridge[penalty] = Ridge(self.X, penalty)
        return self._ridge[penalty]

    @property
    def identifiable(self) -> Mask:
        """(m,) which features every solution agrees on."""
        return self.solution.identifiable

    @cached_property
    def bias(self) -> Array:
        """(m,) error without noise."""
        return np.asarray(self.solution.coefficients[:, 0] - self.truth)

    @property
    def flipped_bias(self) -> Array:
        """(m,) error without noise where the signs of beta* are flipped."""
        return np.asarray(self.solution.coefficients[:, 2] - self.flip * self.truth)

    @cached_property
    def counts(self) -> Indices:
        """(m,) appearances T_i."""
        return np.diff(self.columns.indptr).astype(np.int64)

    @cached_property
    def tail(self) -> Mask:
        """(m,) which features are tail features, i > k."""
        return np.asarray(self.features >= self.setting.k)

    @cached_property
    def single(self) -> Mask:
        """(m,) features that appear once."""
        return np.asarray(self.counts == 1)

    @cached_property
    def row_of_single(self) -> Indices:
        """(singles,) the rows that they are in."""
        return self.columns.indices[self.columns.indptr[:-1][self.single]].astype(np.int64)

    @property
    def sign_of_single(self) -> Array:
        """(singles,) their signs there."""
        return np.asarray(self.columns.data[self.columns.indptr[:-1][self.single]])

    @property
    def private_rows(self) -> Mask:
        """(n,) samples with a feature that no other sample has."""
        held = np.zeros(self.n, dtype=np.bool_)
        held[self.row_of_single] = True
        return held

    @property
    def first_tail(self) -> int:
        """Number of the first seen tail feature, or m: tail features are behind the others."""
        return int(np.searchsorted(self.features, self.setting.k))

    @cached_property
    def tail_per_row(self) -> Indices:
        """(n,) tail features of each sample."""
        first = self.columns.indptr[self.first_tail]
        return np.bincount(self.columns.indices[first:], minlength=self.n)

    @property
    def tail_rows(self) -> Mask:
        """(n,) samples that hold a tail feature."""
        return np.asarray(self.tail_per_row > 0)

    @property
    def gamma(self) -> float:
        """Backward error of a stable factorization, relative (Higham 2002, ch. 20)."""
        return max(self.columns.shape) * EPS

    @property
    def norm(self) -> float:
        """||X||_F, which bounds ||X||."""
        return math.sqrt(float(self.columns.nnz))

    @cached_property
    def backward(self) -> Array:
        """(3,) bounds on the errors of residuals: gamma (||X|| ||beta|| + ||y||)."""
        beta, labels = self.solution.coefficients, self.labels
        lengths = np.sqrt([np.einsum("ij,ij->j", part, part) for part in (beta, labels)])
        return np.asarray(self.gamma * (self.norm * lengths[0] + lengths[1]))

    @cached_property
    def inverse_norm(self) -> float:
        """||X^+||_F, from the trace of (X'X)^+."""
        return math.sqrt(float(self.solution.variance_diagonal.sum()))


def seed_sequence(seed: int, run: int) -> np.random.SeedSequence:
    """The random stream of one draw: it depends on the seed and the draw's number alone."""
    return np.random.SeedSequence(entropy=seed, spawn_key=(run,))


@dataclass(frozen=True)
class _Known:
    """What draws share: the law's arrays, the energy p beta*^2, the plan of the design."""

    setting: Setting
    energy: Array
    plan: Plan


@lru_cache(maxsize=4)
def _known(setting: Setting) -> _Known:
    law = setting.law
    # Far down a steep power law p underflows to 0: these features are never seen.
    seen = law.p[: np.count_nonzero(law.p)]
    return _Known(setting, law.p * law.beta**2, Plan.of(seen, setting.n))


def training_set(setting: Setting, seed: int, run: int) -> TrainingSet:
    """Draw a training set.

    Args:
        setting: the linear model; sigma plays no part.
        seed: the experiment's seed, a non-negative integer.
        run: number of the draw.

    Raises:
        MemoryError: the draw does not fit in memory; the message holds the estimate.
    """
    require_draws(setting)
    known = _known(setting)
    design, noise, signs = (
        np.random.default_rng(stream) for stream in seed_sequence(seed, run).spawn(3)
    )
    features, columns = known.plan.draw(design)
    return TrainingSet(
        known.setting,
        seed,
        run,
        features,
        columns,
        noise.standard_normal(setting.n),
        np.asarray(1.0 - 2.0 * signs.integers(0, 2, size=features.size), dtype=np.float64),
    )

"""What no estimate can go below: a small tree of unknowns, everything else revealed by an oracle.

Setting. Coefficients are independent of mean 0 and variance v_j, noise has variance lambda >= 0.
Let E_i be the mean square error of the best linear estimate of beta_i. For minimum-norm
interpolation (lambda = 0) E Delta_i^2 >= E E_i with v = beta^2, by `flip-identity`.

Statement. Given T_i = T, E E_i >= F_T(v_i) - v_i delta, where
F_T(v) = E 1/(1/v + sum_{l<=T} 1/(lambda + N_l)) with independent compound Poisson N_l:

 - N_l = sum of e over points (c, tau), tau = 0..3, at rates
   theta_tau (mu_tau(c) - r m_tau(c))_+,
   e = 1/(1/c + sum_{a<=tau} 1/(lambda + N'_a)), N'_a independent copies of N';
 - N' = sum of c over points c at rates (mu_0(c) - r' m_0(c))_+.

Here each v_j is first put on a grid of values c, at the two next to it with the shares w_j(c) that
keep its mean; with pi_j(tau) = p_j C(n-1, tau) p_j^tau (1-p_j)^(n-1-tau) the rates are
mu_tau(c) = sum_j w_j(c) pi_j(tau), m_tau(c) = max_j w_j(c) pi_j(tau), mu_tau = sum_c mu_tau(c);
theta_tau = (1 - tau rho/(n-T)) prod_{a<tau} (n-T-a)/(n-1-a). The caps r, r' and rho are exceeded
with chance delta at most (below).

Proof. Let R be the T rows that hold i. Column j is of type (l, tau) if l is its only row in R and
it has tau rows elsewhere, its *branches*; this has chance
C(n-T, tau) p_j^(1+tau) (1-p_j)^(n-1-tau). Explore: for each row l of R in turn, and each column
in turn, see whether it is of a type at l with tau <= 3; keep it if its branches avoid those of
columns before. Then, for each branch of a kept column in turn, find the columns private to it (of
no other row). The oracle reveals the coefficients of all columns but those kept or private to a
branch of one. What is unknown is a tree: i, its rows, kept columns, branches, private columns. On a
tree the error of the best linear estimate is given by the recursion of the statement, with N_l the
sum of e over the columns kept at l and N'_a the sum of v over the private columns of branch a:
columns add variances to rows, rows add precisions to columns. It is increasing and concave in each
contribution, as sums and parallel sums are.
   Columns are independent. A column is *used* once it is found of a type, kept or not, or private.
Given what was explored, with at most r used (i among them) and at most rho branches, an unused
column is of type (l, tau) with branches that avoid those known with chance at least
theta_tau pi_j(tau): that it was none of the types explored before only makes it likelier. Private
to a branch it is with chance pi_j(0) or more. Let f be increasing and concave, Z = e >= 0 with
chance q or more, else 0, and Z' compound Poisson of rate q and jumps e. Then
E f(x + Z) >= E f(x + Z'): with chance q exactly the means agree, and Z' is more spread. Likewise
v_j may be spread to the grid. Unused columns have rates mu - r m at least, class by class. So,
from the last step of exploration to the first, each contribution may be replaced by an
independent compound Poisson one as long as the caps hold: let E_s be the mean with the steps
after s replaced, on the event that caps hold before step s. This event depends on what was
explored before alone, and such events fall with s; so each replacement costs at most v_i times the
chance that the caps break at that step first, and all of them v_i delta.
   Caps. The number of columns used at rows of R has E e^(s x) <= exp(T sum_tau mu_tau (e^s - 1));
branches number tau for each: exp(T sum_tau mu_tau (e^(s tau) - 1)); with private columns of
branches exp(T sum_tau mu_tau (e^(s + tau kappa (e^s - 1)) - 1)), kappa = mu_0/(1 - max_j T
sum_tau pi_j(tau)) (a column of no type is private with chance pi_j(0)/(1 - its types) at most).
Markov's inequality at the best s of a grid gives each cap for a chance of delta/3.

Rounding. Laws live on the grid of values; between its points mass is split so that the mean is
kept, which spreads it, and beyond the last point it is put on that: both lower the mean of an
increasing concave function. F_T(v) = int e^(-t/v) phi(t)^T dt, phi(t) = E e^(-t/(lambda+N)):
phi^T is convex, so its mean over a cell with weight e^(-t/v) is at least its value at the
barycentre, and as it falls, at any point beyond. F_T is concave in v: chords of values on the
grid lie below. Sums are of positive terms, off by less than the relative `_SAFETY`.

Source. Ours.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import cached_property, lru_cache

import numpy as np
from numpy.typing import NDArray

from theorems.evolution.cavity_sums import tree_sums

Array = NDArray[np.float64]

MOST_BRANCHES = 3
"""Rows besides one of i's that a kept column may have."""

MOST_ROWS = 16
"""Appearances of i up to which a tree is grown."""

PER_OCTAVE = 8
"""Points of the grid of values."""

LOWEST, HIGHEST = -30, 6
"""Octaves of the grid of values, relative to the largest variance."""

CELLS = 16
"""Cells of integration to an octave, a multiple of PER_OCTAVE."""

FIRST_CELL, LAST_CELL = -24, 6
"""Octaves of t/u over which cells are told apart."""

CHUNK = 1 << 20
"""Features at once."""

_SAFETY = 1e-9


class _Values:
    """A grid 0 = g_0 < g_1 < ... of values."""

    def __init__(self, per_octave: int, highest: int) -> None:
        exponents = np.arange(LOWEST * per_octave, highest * per_octave + 1) / per_octave
        self.points = np.concatenate(([0.0], np.exp2(exponents)))

    def split(self, values: Array) -> tuple[NDArray[np.int64], Array]:
        """Index of the point below, and the share that belongs to the point above."""
        at = np.searchsorted(self.points, values, side="right") - 1
        at = np.minimum(at, self.points.size - 2)
        below, above = self.points[at], self.points[at + 1]
        return at, np.minimum(1.0, (values - below) / (above - below))

    def law(self, values: Array, masses: Array) -> Array:
        """Masses on the grid, split so that means are kept, shape (points,)."""
        return self.placed(*self.split(values.ravel()), masses)

    def compound(self, rates: Array) -> Array:
        """Law on the grid of a compound Poisson sum, jumps at the grid's points."""
        law = np.zeros(self.points.size)
        law[0] = 1.0
        for at in np.flatnonzero(rates > 1e-18):
            chances = _poisson(min(float(rates[at]), 200.0))
            # All numbers of jumps at once: each moves the law so far by so many.
            moved = self.points + np.arange(chances.size)[:, None] * self.points[at]
            law = self.law(moved, chances[:, None] * law)
        return law

    def parallel(self, one: Array, other: Array) -> Array:
        """Law of 1/(1/x + 1/y), x and y independent on the grid."""
        return self.placed(*self._parallel_values, one[:, None] * other[None, :])

    @cached_property
    def _parallel_values(self) -> tuple[NDArray[np.int64], Array]:
        values = _parallel(self.points[:, None], self.points[None, :])
        at, share = self.split(values.ravel())
        return at, share

    def placed(self, at: NDArray[np.int64], share: Array, masses: Array) -> Array:
        """Masses of values that `split` has placed, summed on the grid, shape (points,)."""
        masses, size = masses.ravel(), self.points.size
        above = masses * share
        law = np.bincount(at, masses - above, size)
        law[1:] += np.bincount(at, above, size)[:-1]
        return np.asarray(law)


def _parallel(x: Array, y: Array) -> Array:
    """1/(1/x + 1/y), 0 where either is."""
    with np.errstate(invalid="ignore"):
        return np.where((x > 0) & (y > 0), x * y / (x + y), 0.0)


def _poisson(rate: float) -> Array:
    """Chances of 0, 1, ... up to the first below 1e-17 from the mean on, and that one."""
    terms = [math.exp(-rate)]
    while terms[-1] > 1e-17 or len(terms) - 1 < rate:
        terms.append(terms[-1] * (rate / len(terms)))
    return np.array(terms)


def _cap(exponent: Callable[[float], float], chance: float) -> float:
    """The least r with e^(exponent(s) - s r) <= chance for some s of a grid."""
    return min(
        (exponent(s) - math.log(chance)) / s for s in (0.1, 0.2, 0.35, 0.5, 0.7, 1.0, 1.4, 2.0, 3.0)
    )


def caps(rates: Array, private: float, chance: float) -> tuple[float, float, float]:
    """r, r' and rho: columns used at the rows of i, those private to branches too, branches.

    Args:
        rates: on average so many columns with tau = 0, 1, ... branches, all rows of i together.
        private: on average so many columns private to a branch.
        chance: with which any of the three may be exceeded.
    """
    tau = np.arange(rates.size)

    def exponent(s: float, branches: float) -> float:
        return float(rates @ np.expm1(np.minimum(s + tau * branches, 500.0)))

    bad = chance / 3
    used = 1 + _cap(lambda s: exponent(s, 0.0), bad)
    all_used = 1 + _cap(lambda s: exponent(s, private * math.expm1(s)), bad)
    known = _cap(lambda s: float(rates @ np.expm1(s * tau)), bad)
    return used, all_used, known


VALUES = _Values(PER_OCTAVE, HIGHEST)
"""The grid that laws live on, relative to the largest variance."""

CLASSES = _Values(1, 0)
"""The grid that variances of features are put on."""


@lru_cache(maxsize=1)
def _of_columns() -> tuple[NDArray[np.int64], Array]:
    """Where the errors of columns lie on the grid, by their variance and that of their branches."""
    return VALUES.split(_parallel(CLASSES.points[:, None], VALUES.points[None, :]).ravel())


class TreeSums:
    """Sums over features that trees need, whatever the ridge.

    Attributes:
        n: rows.
        scale: the largest variance.
        rates: mu_tau(c), shape (MOST_BRANCHES + 1, points of `CLASSES`).
        largest: m_tau(c), likewise.
        chances: the largest pi_j(tau), shape (MOST_BRANCHES + 1,).
        weights: sum of p_i P(T_i = T) over features i at each value of v_i, shares as in a chord,
            shape (MOST_ROWS + 1, points of `VALUES`).
    """

    def __init__(self, p: Array, variance: Array, n: int) -> None:
        """Sum over features.

        Args:
            p: frequencies in (0, 1], shape (d,).
            variance: v, non-negative, not all 0, shape (d,).
            n: rows, at least 1.
        """
        self.n = n
        self.scale = float(variance.max())
        shape = (MOST_BRANCHES + 1, CLASSES.points.size)
        self.rates, self.largest = np.zeros(shape), np.zeros(shape)
        self.weights = np.zeros((MOST_ROWS + 1, VALUES.points.size))
        self.chances = np.zeros(MOST_BRANCHES + 1)
        for start in range(0, p.size, CHUNK):
            part = slice(start, start + CHUNK)
            self._add(p[part], variance[part])

    def _add(self, p: Array, variance: Array) -> None:
        """Add features; sums of a chunk are told apart, that rounding errors grow by chunks."""
        rates, weights = np.zeros_like(self.rates), np.zeros_like(self.weights)
        tree_sums(
            p,
            variance,
            self.scale,
            self.n,
            CLASSES.points,
            VALUES.points,
            rates,
            self.largest,
            self.chances,
            weights,
        )
        self.rates += rates
        self.weights += weights


class Trees:
    """The laws of N_l, for trees below."""

    def __init__(self, features: TreeSums, ridge: float = 0.0) -> None:
        """Nothing is worked out before it is asked for.

        Args:
            features: sums over features.
            ridge: lambda >= 0.
        """
        self._features, self._n, self.ridge = features, features.n, ridge

    def _row_law(self, T: int, chance: float) -> Array:
        """Law of lambda + N_l on the grid of values, with caps that hold but for `chance`."""
        rates, largest = (
            self._features.rates * (1 - _SAFETY),
            self._features.largest * (1 + _SAFETY),
        )
        # A value of 0 adds nothing.
        rates[:, 0] = largest[:, 0] = 0.0
        total = self._features.rates.sum(axis=1) * (1 + _SAFETY)
        sure = T * float(self._features.chances.sum()) * (1 + _SAFETY)
        if sure >= 1:
            return np.asarray(np.eye(1, VALUES.points.size)[0])
        used, all_used, known = caps(T * total, float(total[0]) / (1 - sure), chance)
        outside = self._n - T
        thinned = np.zeros(total.size)
        for t in range(min(MOST_BRANCHES, outside) + 1):
            thinned[t] = 1.0 if t == 0 else max(0.0, 1 - t * known / outside)
            for a in range(t):
                thinned[t] *= (outside - a) / (self._n - 1 - a)
        branch = np.zeros(VALUES.points.size)
        place = np.searchsorted(VALUES.points, CLASSES.points)
        branch[place] = np.maximum(0.0, rates[0] - all_used * largest[0])
        kept = thinned[:, None] * np.maximum(0.0, rates - used * largest)
        of_branch = self._shifted(VALUES.compound(branch))
        jumps = np.zeros(VALUES.points.size)
        jumps[place] += kept[0]
        together = of_branch
        for t in range(1, MOST_BRANCHES + 1):
            if t > 1:
                together = VALUES.parallel(together, of_branch)
            jumps += VALUES.placed(*_of_columns(), kept[t][:, None] * together[None, :])
        jumps[0] = 0.0
        return self._shifted(VALUES.compound(jumps))

    def _shifted(self, law: Array) -> Array:
        """Law of lambda + x from that of x."""
        if not self.ridge:
            return law
        return VALUES.law(VALUES.points + self.ridge / self._features.scale, law)

    def sums(self) -> Array:
        """sum_i p_i P(T_i = T) F_T(v_i) for T = 0, 1, ..., rounded down, 0 at T = 0."""
        out = np.zeros(MOST_ROWS + 1)
        points = VALUES.points
        # Cells of s = t/u begin at 0 and at powers of 2^(1/CELLS), their weight is of e^-s. phi is
        # taken at the middle, beyond the barycentre; the first cell goes with the second.
        k = np.arange(FIRST_CELL * CELLS, LAST_CELL * CELLS + 1)
        edges = np.exp2(k / CELLS)
        mass = np.exp(-edges[:-1]) * -np.expm1(-np.diff(edges))
        mass[0] += -math.expm1(-edges[0])
        # u times a middle is a middle: phi is needed on one grid alone.
        at = (np.arange(points.size - 1) + LOWEST * PER_OCTAVE) * (CELLS // PER_OCTAVE)
        middle = (1 + 2 ** (1 / CELLS)) / 2 * (1 + _SAFETY)
        simple = float(self._features.rates[0].sum())
        for low, high in ((1, 1), (2, 2), (3, 4), (5, 8), (9, MOST_ROWS)):
            wanted = np.flatnonzero(self._features.weights[low : high + 1, 1:].sum(axis=0) > 0)
            if not wanted.size:
                continue
            chance = max(1e-3 * (simple / (2 + simple)) ** high, 1e-250)
            law = self._row_law(high, chance)
            first = int(at[wanted[0]] + k[0])
            t = middle * np.exp2(np.arange(first, int(at[wanted[-1]] + k[-1])) / CELLS)
            phi = np.exp(-t[:, None] / points[1:]) @ law[1:]
            cells = phi[(at[wanted] - at[wanted[0]])[:, None] + np.arange(mass.size)]
            u = points[1:][wanted]
            for T in range(low, high + 1):
                F = u * (cells**T @ mass) - u * chance
                out[T] = float(self._features.weights[T, 1:][wanted] @ np.maximum(0.0, F))
        return np.asarray(out * self._features.scale * (1 - _SAFETY))

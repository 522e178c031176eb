"""The cavity recursion: bounds U_i(m) on 1 - P_ii with m rows, and on its like for ridge.

Let A = X'X + lambda, lambda >= 0, C = lambda A^-1, and C = I - P at lambda = 0: with noise of
variance lambda and independent beta_i of mean 0 and variance 1, C is the mean square error
of the best linear estimate of beta. D_i(m) = E C_ii with m rows.

Facts. (1) C_ii falls as a row is added, and as another column is deleted: an estimate may ignore
a row, and be told a coefficient. (2) The signs of different entries of X are independent.

Recursion. U_i(0) = 1, and U_i(m) is the smallest of U_i(m'), m' < m, and of

 - cavity: sum_T P(T_i = T) c_T(m), T_i ~ Bin(m, p_i), c_0 = 1 and, for T >= 1,
   c_T(m) = E 1/(1 + sum_{l<=T} 1/(lambda + nu_l)), nu_l independent copies of
   nu = sum_j Bern(p_j) U_j(m-T) (the term is infinite, c is 0, where lambda + nu_l = 0); for T = 1
   also E[(K+lambda)/(K+lambda+1)] + (sum_j p_j U_j(m-1) - E K)/(1+lambda)^2,
   K = sum_j Bern(r_j), for any r_j <= p_j (1-p_j)^(m-1).
 - split, for any a <= m: E 1/(1/U_i(m-a) + sum_{l<=T} 1/(lambda + nu_l)), T ~ Bin(a, p_i), with
   nu of U_j(m-a).

Theorem. D_i(m) <= U_i(m); and c_T(m) bounds E[C_ii | T_i = T].

Proof. By induction on m. Write row l that holds i as x_li e_i + z_l.
   Cavity. Given which T rows hold i, the others, O, are independent rows without column i. From
   O estimate the coefficients of z_l, with errors of covariance C_O; the residual of row l is
   then x_li beta_i + z_l'(error) + noise. Estimate beta_i by sum_l w_l x_li (residual), w_l >= 0
   functions of O and of the supports S_l of z_l. Its error is (1 - sum w) beta_i minus
   sum_l w_l x_li (z_l'(error) + noise); as the signs of z_l are fair, given O and supports, its
   mean square is (1 - sum w)^2 + sum_l w_l^2 (lambda + N_l), N_l = sum_{j in S_l} (C_O)_jj. The
   minimum over w is g(N) = 1/(1 + sum_l 1/(lambda + N_l)), a parallel sum: jointly concave and
   increasing in N. By Jensen's inequality given the supports, N_l may be replaced by its
   mean, which by fact (1) is at most sum_{j in S_l} D_j(m-T) <= sum_{j in S_l} U_j(m-T). Adding i
   itself to S_l with chance p_i only raises it: one law of nu serves all i. (For lambda = 0 the
   argument is geometry: the distance of e_i from the row space is at most
   ||e_i - sum_l w_l x_li (x_li e_i + (I-P_O) z_l)||.)
   T = 1. N = K + rest, K the companions that O has not seen, each with (C_O)_jj = 1 exactly;
   columns are independent, so K = sum_j Bern(p_j (1-p_j)^(m-1)), and a thinned K leaves more to
   the rest. f(x) = (lambda+x)/(1+lambda+x) is concave with slope at most 1/(1+lambda)^2, so
   f(K + rest) <= f(K) + rest/(1+lambda)^2; take means.
   Split. Let B be the first m-a rows. Of the last a, T hold i; ignore the others. After B the
   errors have covariance C_B; the residual of row l is x_li error_i + z_l'(error) + noise. The
   estimate of error_i by sum_l w_l x_li (residual) has mean square error
   (1 - sum w)^2 (C_B)_ii + sum_l w_l^2 (lambda + N_l), since signs of z_l are fair given B;
   minimize and use Jensen's inequality for the concave (C_B)_ii, N -> 1/(1/C_ii + ...).

How each number is rounded upward.
 (a) The law of nu. Features in a class are replaced by copies of one value and their number K_g by
     a concentrated law: `cavity_classes`. Sums are put into bins and merged at the mean of a bin:
     a contraction of nu_l, given the other rows, which by Jensen's inequality raises the mean of
     the concave g: the error is of second order in the width of a bin, and of one sign.
 (b) Rows. c_T(m) uses U(m') at the grid point m' <= m - T: U falls with m.
 (c) Frequencies. Replace c_T by a convex, non-increasing sequence above it (for T above the last
     one, by the last). A Bernstein polynomial with such coefficients is convex and non-increasing
     in p_i, so its chord between the ends of a class lies above. What the truncation lacks,
     P(T_i > last)(1 - c_last), grows with p_i and is taken at the upper end. The split bound
     falls with p_i and is taken at the lower end.
 (d) Integrals over t: by chords of convex functions, `cavity_grid`.
 (e) Rounding errors. All sums are of non-negative terms. A sum of N terms, each a product of r
     factors, is off by the factor (1 + unit)^(N + r) at most; each quantity that enters the next
     step is raised by the factor `_slack`, which bounds all operations of a step together.

Source. Ours.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from theorems.evolution import cavity_loops as loops
from theorems.evolution.cavity_classes import FrequencyClasses, concentrated, concentrated_sum
from theorems.evolution.cavity_grid import exponential_weights, integration_nodes, rows_grid
from theorems.evolution.cavity_sums import UNIT, class_products, class_sums

Array = NDArray[np.float64]

MOST = 64
"""Appearances of a feature that c_T tells apart."""

OFTEN = 4.0
"""Appearances on average from which a split is tried."""

SPLITS = (0.5, 0.7, 0.85, 0.93)
"""Shares (m-a)/m of the rows that are tried for the first part of a split."""


LARGEST_EXPONENT = 50.0
"""e^-50 is below every chance that counts, and above what it stands for."""

LEAST_VALUE = 1e-300
"""Smaller values of nu are rounded up to this one, whose inverse is a double."""

NODES_AT_ONCE = 32
"""Nodes of a transform that are worked on within the cache."""


@dataclass(frozen=True)
class Accuracy:
    """Fineness of the grids. Every value gives a bound; finer ones give smaller bounds.

    Attributes:
        rows: relative step of the grid of m.
        frequencies: largest relative width of a class.
        nodes: relative step of the nodes of integration.
    """

    rows: float = 0.02
    frequencies: float = 0.03
    nodes: float = 0.07


def _transform(nodes: Array, chance: Array, value: Array, unit: float) -> Array:
    """phi(t) = E e^(-t/nu), rounded up; its limit at t = 0, as e^(-t/0) = 0 for all t > 0.

    Args:
        nodes: t, shape (nodes,).
        chance: of each value, shape (bins,).
        value: of nu, shape (bins,).
        unit: chance to be added as of nu = infinity.
    """
    held = value > 0
    chance, value = chance[held], np.maximum(value[held], LEAST_VALUE)
    phi, rate = np.empty(nodes.size), -1 / value
    for start in range(0, nodes.size, NODES_AT_ONCE):
        exponent = np.multiply.outer(nodes[start : start + NODES_AT_ONCE], rate)
        np.exp(np.maximum(exponent, -LARGEST_EXPONENT, out=exponent), out=exponent)
        # Not by a linear algebra library, whose sums depend on its threads.
        np.einsum("ab,b->a", exponent, chance, out=phi[start : start + NODES_AT_ONCE])
    return np.asarray(np.minimum(1.0, phi + unit))


class CavityRecursion:
    """U_i(m) for all classes of frequencies and m on a grid.

    Attributes:
        n: rows.
        ridge: lambda.
        classes: of frequencies.
        rows: grid of m, from 0 to n, shape (grid,).
        seen: c_T(m) for T = 0..MOST, shape (grid, MOST + 1); where T > m it repeats c_m.
        bound: U_i(m) for every feature of each class, shape (grid, classes).
        once: the second bound for T = 1 after each m, shape (grid,).
    """

    def __init__(
        self, p: Array, n: int, *, ridge: float = 0.0, accuracy: Accuracy | None = None
    ) -> None:
        """Run the recursion.

        Args:
            p: frequencies in (0, 1], non-increasing, shape (d,).
            n: rows, at least 1.
            ridge: lambda >= 0.
            accuracy: of the grids.
        """
        accuracy = accuracy or Accuracy()
        self.n, self.ridge, self._p = n, ridge, p
        self.classes = FrequencyClasses.of(p, n, 1 + accuracy.frequencies)
        self._fine = FrequencyClasses.of(p, n, 1 + accuracy.frequencies / 16)
        self.rows = rows_grid(n, accuracy.rows)
        self._nodes = integration_nodes(n, accuracy.nodes)
        self._weights = exponential_weights(self._nodes)
        self._of_row: dict[int, Callable[[Array], Array]] = {}
        self._summands()
        # Per class and bin, at most all bins and counts are added; then sums over bins and nodes.
        self._slack = 1 + UNIT * (
            self._owner.size * (2 * loops.BINS + 64) + 4 * loops.BINS + 16 * self._nodes.size + 2000
        )
        grid, classes = self.rows.size, self.classes.count.size
        self._phi = np.empty((grid, self._nodes.size))
        self._powers = np.empty((grid, MOST + 1))
        self.once = np.empty(grid)
        self._bins = np.empty((2, loops.BINS + 2))
        self.seen = np.ones((grid, MOST + 1))
        self.bound = np.ones((grid, classes))
        # Over each class: for every feature; for the plain mean; for the mean with weights p.
        lowest, mean, weighted = np.ones((3, classes))
        self._after(0, mean, weighted)
        for k in range(1, grid):
            self.seen[k] = self._given_appearances(k)
            bound = self._over(self.classes, k, self.bound)
            lowest = np.minimum(lowest, bound(self.classes.lowest))
            mean = np.minimum(mean, bound(self.classes.mean))
            weighted = np.minimum(weighted, bound(self.classes.weighted))
            self.bound[k] = lowest
            self._after(k, mean, weighted)

    def _summands(self) -> None:
        """The concentrated laws of the numbers of features of each class in a row."""
        laws: list[Array] = []
        owner: list[int] = []
        lost = 0.0
        for g, (mass, highest) in enumerate(
            zip(self.classes.mass, self.classes.highest, strict=True)
        ):
            more, beyond = concentrated(float(mass), float(highest))
            laws += more
            owner += [g] * len(more)
            lost += beyond
        self._owner = np.array(owner, dtype=np.int64)
        self._chances = np.concatenate(laws)
        self._offsets = np.cumsum([0, *(law.size for law in laws)])
        self._lost = lost

    def _given_appearances(self, k: int) -> Array:
        """c_T(m_k) for T = 0..MOST, at the grid points below m_k - T."""
        m = int(self.rows[k])
        appearances = np.arange(1, min(MOST, m) + 1)
        at = np.searchsorted(self.rows, m - appearances, side="right") - 1
        out = np.ones(MOST + 1)
        out[appearances] = self._powers[at, appearances]
        out[1] = min(out[1], self.once[at[0]])
        out[appearances.size + 1 :] = out[appearances.size]
        return np.minimum(out, 1.0)

    def _over(self, classes: FrequencyClasses, k: int, bound: Array) -> Callable[[Array], Array]:
        """A bound on U_i(m_k), linear and non-increasing in p_i over each class.

        Args:
            classes: of features.
            k: index of m_k on the grid.
            bound: of the U_i(m) in each class, on the grid as far as m_(k-1), for splits.

        Returns:
            Function of one frequency in each class, shape (classes,).
        """
        m = int(self.rows[k])
        convex = self.seen[k, : min(MOST, m) + 1].copy()
        loops.raise_to_convex(convex)
        low, low_rest, high, high_rest = np.empty((4, classes.count.size))
        loops.binomial_mixture(classes.lowest, m, convex, low, low_rest)
        loops.binomial_mixture(classes.highest, m, convex, high, high_rest)
        rest = high_rest * (1 - min(1.0, convex[-1]))
        width = classes.highest - classes.lowest
        often = int(np.searchsorted(-m * classes.lowest, -OFTEN))
        best = np.ones(often)
        for share in SPLITS:
            before = int(np.searchsorted(self.rows, int(share * m), side="right")) - 1
            a = m - int(self.rows[before])
            if often and a:
                start = np.ascontiguousarray(bound[before, :often])
                loops.split(classes.lowest[:often], start, a, self._nodes, self._phi[before], best)
        ceiling = np.concatenate((best, np.ones(classes.count.size - often)))

        def at_frequency(p: Array) -> Array:
            part = np.divide(p - classes.lowest, width, out=np.zeros_like(p), where=width > 0)
            chord = low * (1 - part) + np.minimum(low, high) * part
            out: Array = np.minimum(chord + rest, ceiling) * self._slack
            return out

        return at_frequency

    def _after(self, k: int, mean_bound: Array, weighted_bound: Array) -> None:
        """What rows after the first m_k need: phi, its integrals and the bound for T = 1."""
        m, classes = int(self.rows[k]), self.classes
        used = loops.law_of_sum(mean_bound[self._owner], self._chances, self._offsets, *self._bins)
        chance, moment = self._bins[:, :used]
        value = moment / chance * self._slack**2 + self.ridge
        beyond = (self._bins[0, used] + self._lost) * self._slack
        self._phi[k] = _transform(self._nodes, chance * self._slack, value, beyond)
        loops.powers(self._weights, self._phi[k], self._powers[k])
        self._powers[k] *= self._slack
        # By Jensen's inequality a class has mass (1-p)^m of unseen features or more, p weighted.
        with np.errstate(divide="ignore"):
            logs = m * np.log1p(-classes.weighted_above) if m else np.zeros(classes.count.size)
        error = UNIT * (8.0 * classes.count + 64 - 8 * logs)
        mass = float(np.sum(classes.mass * np.exp(logs) * np.maximum(0.0, 1 - error)))
        # p (1-p)^m is largest at p = 1/(m+1).
        largest = (m / (m + 1)) ** m / (m + 1) * (1 + 4 * UNIT * (m + 4))
        law, lost = concentrated_sum(mass, min(largest, float(classes.highest[0])))
        K = np.arange(law.size) + self.ridge
        rest = max(0.0, float(classes.mass @ weighted_bound) * self._slack - mass)
        mean = float(law @ (K / (K + 1))) * self._slack + lost
        self.once[k] = (mean + rest / (1 + self.ridge) ** 2) * self._slack

    @cached_property
    def _fine_bound(self) -> Array:
        """U_i(m) for every feature of each fine class, shape (grid, fine classes)."""
        # Coarse classes of the most and the least frequent feature: neighbours at most.
        ends = (self._fine.start, self._fine.start + self._fine.count - 1)
        first, last = (np.searchsorted(self.classes.start, end, side="right") - 1 for end in ends)
        return np.maximum(self.bound[:, first], self.bound[:, last])

    def remainder(self, weights: Array, unseen: Array, row: int | None = None) -> float:
        """An upper bound on sum_i weights_i (D_i(m) - unseen_i).

        Args:
            weights: non-negative, shape (d,).
            unseen: below (1-p_i)^m, shape (d,).
            row: index of m on the grid; m = n unless given.
        """
        fine = self._fine
        row = self.rows.size - 1 if row is None else row
        weight, moment, never = np.empty((3, fine.count.size))
        class_sums(weights, self._p, fine.start, weight, moment)
        class_products(weights, unseen, fine.start, never)
        moment *= fine.highest
        error = (4.0 * fine.count + 16) * UNIT
        mean = np.divide(moment, weight, out=fine.lowest.copy(), where=weight > 0)
        mean = np.clip(mean * (1 - error), fine.lowest, fine.highest)
        if row not in self._of_row:
            self._of_row[row] = self._over(fine, row, self._fine_bound)
        at_mean = self._of_row[row](mean)
        seen = weight * (1 + error) * at_mean * (1 + error) - (1 - error) * never
        return float(np.sum(np.maximum(seen, 0.0))) * self._slack

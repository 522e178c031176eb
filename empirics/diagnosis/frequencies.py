"""Frequencies estimated from a design's columns, the features that no sample holds included.

Appearances over n alone would be a law without unseen features, and without the many rare ones of
which a few were seen: of features seen once, a redraw of the samples would see 63%, and nothing
new. Instead

- a feature with 10 appearances or more has appearances / n;
- the unseen ones have N_1 / n together, with N_1 the number seen once (Good 1953). By linearity
  E N_1 / n = sum_i p_i (1-p_i)^(n-1), which exceeds the expected sum of p_i over the unseen,
  sum_i p_i (1-p_i)^n, by sum_i p_i^2 (1-p_i)^(n-1) alone;
- they are N_1 (N_1 - 1) / (2 (N_2 + 1)) features of one frequency, Chao's lower bound (1984), but
  not more than the unseen columns, if the design has any, nor than 10 N_1: rarer ones hardly
  differ from those;
- the others give up an equal part of an appearance each, so that the frequencies sum to the
  entries of a sample, which is unbiased. For frequencies that fall like i^-alpha this is right to
  first order: a feature seen r times has r - 1/alpha appearances on average in a redraw, and
  N_1 over the features seen tends to 1/alpha (Karlin 1967).

Nothing here is proved of a given design: it is an estimate, and what is computed from it is one.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from empirics.solver.arrays import Floats, Indices

COMMON = 10
"""Appearances from which on a feature's own frequency is well enough known."""

# Unseen features for each one seen once, at most.
_MOST_UNSEEN = 10


@dataclass(frozen=True)
class Frequencies:
    """Estimated frequencies.

    Attributes:
        seen: (m,) of the seen features.
        unseen: number of unseen features.
        of_unseen: frequency of each of them.

    """

    seen: Floats
    unseen: int
    of_unseen: float

    @property
    def all(self) -> Floats:
        """(m + unseen,) the seen ones first."""
        return np.append(self.seen, np.full(self.unseen, self.of_unseen))


def estimated(appearances: Indices, n: int, columns: int) -> Frequencies:
    """Estimate frequencies.

    Args:
        appearances: (m,) number of samples that hold each seen feature, at least 1.
        n: samples.
        columns: of the design, at least m; where it is m, the columns are taken to have been made
            from the samples, and do not bound the number of features.

    """
    once = int(np.count_nonzero(appearances == 1))
    if once == 0:
        return Frequencies(appearances / n, 0, 0.0)
    twice = int(np.count_nonzero(appearances == 2))
    unseen = max(1, math.ceil(once * (once - 1) / (2 * (twice + 1))))
    unseen = min(unseen, _MOST_UNSEEN * once)
    if columns > appearances.size:
        unseen = min(unseen, columns - appearances.size)
    # An unseen feature that one expects to see would be seen; this binds only where columns do.
    of_unseen = min(once / (n * unseen), 1 / n)
    rare = appearances < COMMON
    given_up = n * unseen * of_unseen / np.count_nonzero(rare)
    # At most one appearance is given up, for unseen * of_unseen <= once / n.
    return Frequencies(np.maximum(appearances - given_up * rare, 0) / n, unseen, of_unseen)

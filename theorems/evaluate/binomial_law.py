"""Chances of a binomial count, by the functions that `scipy.stats.binom` calls.

`scipy.stats` takes a third of a second to import, which is most of what a first bound costs.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy import special


def _scipys_own() -> Any:
    """The function behind `scipy.stats.binom.pmf`, wherever this scipy keeps it."""
    own = getattr(special._ufuncs, "_binom_pmf", None)
    if own is None:
        from scipy.stats import binom

        own = binom.pmf
    return own


_PMF = _scipys_own()


def chance(count: Any, trials: float, probability: float) -> Any:
    """P(T = count), T ~ Bin(trials, probability); count is an array of whole numbers in range."""
    with np.errstate(all="ignore"):
        try:
            return _PMF(np.asarray(count, dtype=np.float64), float(trials), probability)
        except OverflowError:
            # Raised at some probabilities below 1e-300, on the way to chances that are no larger
            # than 1.
            return np.exp(log_chance(count, trials, probability))


def log_chance(count: Any, trials: float, probability: float) -> Any:
    """Its logarithm, which does not underflow and is off by 1e-16 of its largest term."""
    count = np.asarray(count, dtype=np.float64)
    ways = special.gammaln(trials + 1) - (
        special.gammaln(count + 1) + special.gammaln(trials - count + 1)
    )
    return ways + special.xlogy(count, probability) + special.xlog1py(trials - count, -probability)

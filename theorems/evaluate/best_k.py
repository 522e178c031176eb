"""The k that makes a bound smallest, found by search.

Any k gives a valid bound, so the search may look at approximate values: it runs on thinned
features, or on runs of a table, and only its result is evaluated in full. Bounds of this kind
fall while more features count as common and rise once those are no longer surely identified, so
the search is a coarse scan over powers of a ratio followed by a ternary search around the best.
"""

from __future__ import annotations

import math
from functools import lru_cache

from theorems.evaluate.columns import Columns
from theorems.evaluate.reductions import ThinnedFeatures
from theorems.evaluate.running import Parameters, run

SCAN_RATIO = 1.6


def best_k(upper: str, trivial: str, parameters: Parameters, columns: Columns | None = None) -> int:
    """A k in 1..d-1 at which a bound is (nearly) least; deterministic.

    Args:
        upper: text of the program that returns the bound, a function of k, as "bound".
        trivial: likewise of what the bound is at least once k has become too large; the scan ends
            there.
        parameters: the other parameters.
        columns: the table, where frequencies are one.
    """
    others = tuple(sorted((name, v) for name, v in parameters.items() if name != "k"))
    return _search(upper, trivial, others, columns)


@lru_cache(maxsize=512)
def _search(
    upper: str,
    trivial: str,
    parameters: tuple[tuple[str, float], ...],
    columns: Columns | None,
) -> int:
    known = dict(parameters)
    features = columns.searching if columns else ThinnedFeatures()
    seen: dict[int, float] = {}

    def roughly(bound: str, k: int) -> float:
        return run(bound, known | {"k": k}, columns=columns, features=features)["bound"]

    limit = roughly(trivial, 1)

    def value(k: int) -> float:
        if k not in seen:
            bound = roughly(upper, k)
            seen[k] = bound if not math.isnan(bound) else math.inf
        return seen[k]

    # More common features than samples cannot be identified: the bound is trivial there.
    last = int(min(known["d"] - 1, max(known["n"], 1)))
    candidates = [1]
    while candidates[-1] < last and not limit <= value(candidates[-1]) < math.inf:
        candidates.append(min(last, max(candidates[-1] + 1, int(candidates[-1] * SCAN_RATIO))))
    center = min(range(len(candidates)), key=lambda position: value(candidates[position]))
    low = candidates[max(center - 1, 0)]
    high = candidates[min(center + 1, len(candidates) - 1)]
    while high - low > 8:
        left, right = low + (high - low) // 3, high - (high - low) // 3
        if value(left) <= value(right):
            high = right
        else:
            low = left
    for k in range(low, high + 1):
        value(k)
    return min(seen, key=lambda k: (seen[k], k))

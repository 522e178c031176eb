"""Numbers that the page's scripts share with Python, which is where they are defined."""

from __future__ import annotations

from theorems import law
from theorems.answer import BEYOND_ROUNDING, ROUNDING, WITHIN_SIDES
from theorems.errors import LARGEST
from theorems.evaluate.reductions import HIGHEST_SHAPE, LOWEST_SHAPE
from theorems.setting import COMMON_APPEARANCES, Setting


def shared_numbers() -> dict[str, object]:
    """What `longtailNumbers` has in the page: limits, roundings, the default setting; for JSON."""
    defaults = Setting().document()
    del defaults["k"]
    return {
        "DEFAULTS": defaults,
        "COMMON_APPEARANCES": COMMON_APPEARANCES,
        "LARGEST": LARGEST,
        "FEWEST_FEATURES": law.FEWEST_FEATURES,
        "LARGEST_ENERGY": law.LARGEST_ENERGY,
        "LARGEST_AMPLITUDE": law.LARGEST_AMPLITUDE,
        "SMALLEST_FREQUENCY": law.SMALLEST_FREQUENCY,
        "SMALLEST_MEAN": law.SMALLEST_MEAN,
        "ROUNDING": ROUNDING,
        "BEYOND_ROUNDING": BEYOND_ROUNDING,
        "WITHIN_SIDES": WITHIN_SIDES,
        "LOWEST_SHAPE": LOWEST_SHAPE,
        "HIGHEST_SHAPE": HIGHEST_SHAPE,
    }

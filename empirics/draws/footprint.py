"""What draws need in memory, known before they start.

Tables over features and lists of entries grow with d and n s whatever is drawn. Dense parts of a
solution depend on the design: the solver refuses them when it has seen their shape.
"""

from theorems import memory
from theorems.setting import Setting

# Numbers of 8 bytes that a draw holds at its peak, for each feature and for each entry that is
# expected of the design: peaks of processes, less the 142 MiB of one that has drawn nothing, are
# 417 MiB at n = 10^3, d = 10^7 and 408 MiB at n = 10^6, d = 10^5, where 2.96 10^6 entries were
# drawn (alpha = 2).
_PER_FEATURE = 6.0
_PER_ENTRY = 18.0


def draw_doubles(setting: Setting) -> float:
    """Count the 8-byte numbers that a draw takes besides dense parts; n s bounds the entries."""
    return _PER_FEATURE * setting.d + _PER_ENTRY * setting.n * setting.law.entries


def require_draws(setting: Setting, processes: int = 1) -> None:
    """Refuse draws that cannot fit.

    Args:
        setting: where to draw.
        processes: draws at a time.

    Raises:
        MemoryError: they need more than is available; the message holds n, d and the estimate.

    """
    at_a_time = "a draw" if processes == 1 else f"drawing in {processes} processes"
    memory.require(
        f"n = {setting.n}, d = {setting.d}: {at_a_time}", processes * draw_doubles(setting)
    )

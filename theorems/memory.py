"""Refuse, before it starts, a computation whose arrays cannot fit in memory."""

import resource
from pathlib import Path

_GIB = 2**30

# Less than this is given without a look at the system, which takes longer than to fill it.
_FREELY = 2**26


class TooLargeError(MemoryError):
    """What was asked for does not fit; the message holds the estimate and what is available."""


def require(purpose: str, doubles: float) -> None:
    """Refuse arrays that do not fit.

    Args:
        purpose: what needs them, for the message.
        doubles: number of 8-byte numbers needed at once.

    Raises:
        TooLargeError: they need more than is available; the message holds the estimate.

    """
    needed = 8.0 * doubles
    if needed <= _FREELY:
        return
    free = available()
    if needed > free:
        raise TooLargeError(
            f"{purpose} needs about {told(needed)}; allowed is the memory available, {told(free)}"
        )


def told(size: float) -> str:
    """Bytes as messages have them."""
    return f"{size / _GIB:.3g} GiB"


def available() -> float:
    """Bytes that this process may still take, as far as the system tells; infinity if unknown."""
    bounds = [float("inf")]
    bounds.extend(_free_in_system())
    bounds.extend(_free_in_group())
    soft, _ = resource.getrlimit(resource.RLIMIT_AS)
    if soft != resource.RLIM_INFINITY:
        pages = _read("/proc/self/statm").split()
        used = int(pages[0]) * resource.getpagesize() if pages else 0
        bounds.append(float(soft - used))
    return max(0.0, min(bounds))


def _free_in_system() -> list[float]:
    for line in _read("/proc/meminfo").splitlines():
        if line.startswith("MemAvailable:"):
            return [1024.0 * int(line.split()[1])]
    return []


def _free_in_group() -> list[float]:
    limit = _read("/sys/fs/cgroup/memory.max").strip()
    used = _read("/sys/fs/cgroup/memory.current").strip()
    if not (limit.isdigit() and used.isdigit()):
        return []
    # Cached files count as used but give way to whoever asks for memory.
    cached = [
        int(line.split()[1])
        for line in _read("/sys/fs/cgroup/memory.stat").splitlines()
        if line.startswith("inactive_file ")
    ]
    return [float(int(limit) - int(used) + sum(cached))]


def _read(path: str) -> str:
    try:
        return Path(path).read_text()
    except OSError:
        return ""

"""Worker processes that end with their parent, however that one ends.

A parent that is killed can tell nobody. Where the kernel offers it (Linux) it kills the worker in
the same moment; everywhere a thread of the worker looks whether the parent is still there.
"""

from __future__ import annotations

import ctypes
import os
import signal
import sys
import threading
import time
from typing import Any

LOOK_EVERY = 0.5
"""Seconds between two looks; two seconds are promised."""

_PR_SET_PDEATHSIG = 1


def initializer() -> dict[str, Any]:
    """What a pool of joblib's takes so that its workers end with this process."""
    # The kernel's signal is sent when the thread that started the worker ends. That is as good as
    # the process's end for its main thread alone.
    main = threading.current_thread() is threading.main_thread()
    return {"initializer": end_with, "initargs": (os.getpid(), main)}


def end_with(parent: int, by_kernel: bool) -> None:
    """End this process when its parent has ended.

    Args:
        parent: its process id.
        by_kernel: whether the kernel may be asked to.
    """
    if by_kernel and sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(LOOK_EVERY)
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()

"""What this package needs besides what everything else needs, and how to get it.

Imports nothing heavy, so that a command line can ask before it loads torch.
"""

from __future__ import annotations

import importlib

from nn.requirement_error import refused


def require() -> None:
    """Import what the networks need.

    Raises:
        RequirementError: a package is not installed, or does not load (a library of its own that
            is missing, or two packages that do not fit each other).

    """
    for package in ("torch", "PIL", "sklearn"):
        try:
            importlib.import_module(package)
        # A damaged torch fails with OSError (no such library) or RuntimeError as well.
        except (ImportError, OSError, RuntimeError) as error:
            raise refused(package, error) from error
    from nn.vision_import import vision

    vision()

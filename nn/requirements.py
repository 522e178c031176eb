"""What this package needs besides what everything else needs, and how to get it.

Imports nothing heavy, so that a command line can ask before it loads torch.
"""

from __future__ import annotations

import importlib
from importlib.metadata import PackageNotFoundError, version

#: How a checkout gets the packages in the versions that are tested.
HINT = "install what the networks need, in the checkout, with: make nn"


class RequirementError(ImportError):
    """A package that the networks need is missing or cannot be imported; one line that says why."""


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


def refused(package: str, error: Exception) -> RequirementError:
    """Say in one line which package does not load, why, and how to get one that does."""
    try:
        found = f"{package} {version(package)}"
    except PackageNotFoundError:
        found = package
    reason = " ".join(str(error).split()) or type(error).__name__
    return RequirementError(f"{found} cannot be imported ({reason}); {HINT}")

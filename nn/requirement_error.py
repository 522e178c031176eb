"""What is said where a package that the networks need is missing or does not load."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, version

#: How a checkout gets the packages in the versions that are tested.
HINT = "install what the networks need, in the checkout, with: make nn"


class RequirementError(ImportError):
    """A package that the networks need is missing or cannot be imported; one line that says why."""


def refused(package: str, error: Exception) -> RequirementError:
    """Say in one line which package does not load, why, and how to get one that does."""
    try:
        found = f"{package} {version(package)}"
    except PackageNotFoundError:
        found = package
    reason = " ".join(str(error).split()) or type(error).__name__
    return RequirementError(f"{found} cannot be imported ({reason}); {HINT}")

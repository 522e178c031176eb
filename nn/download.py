"""Get MNIST and Omniglot into a folder in torchvision's layout."""

from __future__ import annotations

from pathlib import Path

from nn.sources import data_folder
from nn.vision_import import vision
from theorems.errors import InputError


def download(folder: Path) -> str:
    """Download what is missing and check it.

    Args:
        folder: where to; made if it does not exist.

    Returns:
        the folder's path.

    Raises:
        InputError: the folder cannot be written, or the download failed (no network, say).

    """
    if folder.exists() and not folder.is_dir():
        raise InputError("data", folder, "must be a folder, is a file")
    datasets = vision("torchvision.datasets")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        datasets.MNIST(str(folder), download=True)
        datasets.Omniglot(str(folder), background=True, download=True)
    except (OSError, RuntimeError) as error:
        reason = " ".join(str(error).split()) or type(error).__name__
        raise InputError("data", folder, f"the download failed: {reason}") from error
    found = data_folder(folder)
    assert found is not None  # a folder was named, so it was checked, not skipped
    return found

"""Files that survive a kill: written whole or not at all, recognized or refused."""

from __future__ import annotations

import io
import json
import pickle
from pathlib import Path
from typing import Any

import torch

from nn.runs import Run, RunResult
from theorems.errors import InputError
from theorems.files import write_atomically


def _refuse(path: Path, why: str) -> InputError:
    return InputError(
        "out", path, f"{why}; choose another --out folder or remove that file to start over"
    )


def result_path(folder: Path, run: Run) -> Path:
    """Where a finished run's result lies."""
    return folder / f"{run.name}.json"


def checkpoint_path(folder: Path, run: Run) -> Path:
    """Where an unfinished run's last epoch lies."""
    return folder / f"{run.name}.checkpoint"


def load_result(folder: Path, run: Run) -> RunResult | None:
    """Return a finished run's result, None where there is none.

    Raises:
        InputError: the file is of another configuration or unreadable.

    """
    path = result_path(folder, run)
    if not path.exists():
        return None
    try:
        result = RunResult.from_json(path.read_text())
    except (json.JSONDecodeError, KeyError, TypeError, UnicodeDecodeError) as error:
        raise _refuse(path, "is not a readable result") from error
    if result.fingerprint != run.fingerprint:
        raise _refuse(path, "is the result of another configuration")
    return result


def save_result(folder: Path, run: Run, result: RunResult) -> None:
    """Keep a finished run's result and drop its checkpoint."""
    write_atomically(result_path(folder, run), (result.to_json() + "\n").encode())
    checkpoint_path(folder, run).unlink(missing_ok=True)


def save_checkpoint(folder: Path, run: Run, state: dict[str, Any]) -> None:
    """Keep the state after an epoch: tensors, numbers and texts only."""
    content = io.BytesIO()
    torch.save(state | {"fingerprint": run.fingerprint}, content)
    write_atomically(checkpoint_path(folder, run), content.getvalue())


def load_checkpoint(folder: Path, run: Run) -> dict[str, Any] | None:
    """Return the state after the last finished epoch, None where there is none.

    Raises:
        InputError: the checkpoint is of another configuration or unreadable.

    """
    path = checkpoint_path(folder, run)
    try:
        # weights_only: a checkpoint is data; it must not be able to run code.
        state: dict[str, Any] = torch.load(path, map_location="cpu", weights_only=True)
    except FileNotFoundError:
        # There was none, or a second process in this folder has just finished the run.
        return None
    except (OSError, RuntimeError, EOFError, ValueError, pickle.UnpicklingError) as error:
        raise _refuse(path, "is not a readable checkpoint") from error
    if not isinstance(state, dict) or state.get("fingerprint") != run.fingerprint:
        raise _refuse(path, "is a checkpoint of another configuration")
    return state

"""Designs and labels from outside, checked where they enter: one line names what is wrong.

Nothing is ever unpickled, and no index is believed before it was compared with the shape.
"""

from __future__ import annotations

import zipfile
import zlib
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import ArrayLike
from scipy import sparse

from empirics.solver.arrays import Floats
from theorems import memory
from theorems.errors import LARGEST, InputError
from theorems.law import LARGEST_ENERGY, read_numbers

_SPARSE = "must be a .npz file of a sparse matrix, as scipy.sparse.save_npz writes it"

_LARGEST_LABEL = 10.0 ** (LARGEST_ENERGY / 2)


def read_design(file: str) -> Any:
    """A scipy sparse array or matrix from a .npz file; real, finite and not empty.

    Raises:
        InputError: for a file that cannot be read or holds anything else.
        MemoryError: what the file declares does not fit in memory.
    """
    path = Path(file)
    try:
        path.open("rb").close()
    except OSError as error:
        raise InputError("X", file, f"{_SPARSE} ({error.strerror or error})") from None
    try:
        with zipfile.ZipFile(path) as archive:
            declared = {info.filename: info.file_size for info in archive.infolist()}
    except (zipfile.BadZipFile, OSError, ValueError):
        raise InputError("X", file, f"{_SPARSE} (it is no .npz file)") from None
    if "format.npy" not in declared:
        names = ", ".join(name.removesuffix(".npy") for name in list(declared)[:3]) or "nothing"
        raise InputError("X", file, f"{_SPARSE} (it holds {names} and no sparse format)")
    # Once as stored and once as the columns that are taken from it.
    memory.require(f"the design in {path.name}", sum(declared.values()) / 4)
    try:
        X = sparse.load_npz(path)
    except ValueError as error:
        reason = str(error)
        if "Object arrays" in reason:
            reason = "it holds Python objects, which are never unpickled"
        raise InputError("X", file, f"{_SPARSE} ({reason})") from None
    except (KeyError, OSError, EOFError, zipfile.BadZipFile, zlib.error) as error:
        raise InputError("X", file, f"{_SPARSE} (damaged: {error})") from None
    except MemoryError as error:
        raise InputError("X", file, f"{_SPARSE} ({error})") from None
    except (NotImplementedError, RuntimeError, TypeError, AttributeError) as error:
        raise InputError("X", file, f"{_SPARSE} ({error})") from None
    return checked_design(X, file)


def checked_design(X: Any, told: str = "") -> sparse.csc_array:
    """The design by columns, duplicates summed, without stored zeros.

    Args:
        X: what should be a scipy sparse array or matrix.
        told: what messages call it, if not by what is wrong.

    Raises:
        InputError: it is no sparse array of real, finite numbers, or it has no sample, no
            feature or no entry that is not zero.
        MemoryError: its columns do not fit in memory.
    """
    given: Any = X
    if not sparse.issparse(given):
        raise InputError("X", f"a {type(X).__name__}", "must be a scipy sparse array or matrix")
    given = X
    shape = " x ".join(str(size) for size in given.shape)
    if given.ndim != 2:
        raise InputError("X", f"an array of shape {given.shape}", "must have two dimensions")
    if min(given.shape) == 0:
        raise InputError("X", told or shape, f"must have samples and features; it is {shape}")
    if max(given.shape) > LARGEST:
        allowed = f"must have at most {LARGEST} samples and features; it is {shape}"
        raise InputError("X", told or shape, allowed)
    if given.dtype.kind not in "biuf":
        kind = f"entries of type {given.dtype}"
        raise InputError("X", told or kind, f"must hold real numbers; it has {kind}")
    if given.format in ("csc", "csr", "bsr"):
        try:
            # What scipy checks by itself are the lengths alone.
            given.check_format(full_check=True)
        except ValueError as error:
            raise InputError("X", told or shape, f"{_SPARSE} (damaged: {error})") from None
    memory.require("the columns of the design", given.shape[1] + 2.0 * given.nnz)
    A: sparse.csc_array = sparse.csc_array(given, dtype=np.float64, copy=True)
    A.sum_duplicates()
    if not np.isfinite(A.data).all():
        bad = A.data[~np.isfinite(A.data)][0]
        raise InputError("X", told or bad, f"must hold finite numbers; it holds {bad}")
    A.eliminate_zeros()
    if A.nnz == 0:
        raise InputError("X", told or f"{shape} zeros", "must hold a number that is not zero")
    return A


def read_labels(file: str) -> Floats:
    """A vector of labels from a file: .npy, or one number a line.

    Raises:
        InputError: for a file that cannot be read or holds anything else.
    """
    return read_numbers("labels", file)


def checked_labels(y: ArrayLike, n: int) -> Floats:
    """The labels as an (n,) vector of doubles.

    Raises:
        InputError: they are not n finite real numbers.
    """
    raw = np.asarray(y)
    if raw.dtype.kind not in "biuf":
        raise InputError("labels", f"an array of {raw.dtype}", "must hold real numbers")
    if raw.shape != (n,):
        told = f"an array of shape {raw.shape}"
        raise InputError("labels", told, f"must be {n} numbers, one for each sample")
    labels: Floats = raw.astype(np.float64)
    if not np.isfinite(labels).all():
        at = int(np.flatnonzero(~np.isfinite(labels))[0])
        allowed = f"must hold finite numbers; it is number {at + 1}"
        raise InputError("labels", float(labels[at]), allowed)
    largest = float(np.abs(labels).max())
    if largest > _LARGEST_LABEL:
        raise InputError("labels", largest, f"must be at most {_LARGEST_LABEL:g} in size")
    return labels

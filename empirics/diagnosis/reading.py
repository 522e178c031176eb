"""Designs and labels from outside, checked where they enter: one line names what is wrong.

Nothing is ever unpickled, and no index is believed before it was compared with the shape.
"""

from __future__ import annotations

import warnings
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import ArrayLike
from scipy import sparse

from empirics.solver.arrays import Floats
from theorems import memory
from theorems.errors import LARGEST, InputError
from theorems.files import size_to_read
from theorems.law import LARGEST_AMPLITUDE, read_numbers

_SPARSE = "must be a .npz file of a sparse matrix, as scipy.sparse.save_npz writes it"

_INDICES = {
    "csr": ("indices", "indptr"),
    "csc": ("indices", "indptr"),
    "bsr": ("indices", "indptr"),
    "coo": ("row", "col"),
    "dia": ("offsets",),
}
"""Of each format that is read, what says where its numbers stand."""

# Numbers of 8 bytes that a solution and what is told of it hold for each sample, at least.
_OF_A_SAMPLE = 8.0


def read_design(file: str) -> Any:
    """The design in a .npz file of a scipy sparse array or matrix; real, finite and not empty.

    Raises:
        InputError: for a file that cannot be read or holds anything else.
        MemoryError: what the file declares does not fit in memory.
    """
    path = Path(file)
    try:
        size_to_read(path)
        path.open("rb").close()
    except OSError as error:
        raise InputError("X", file, f"{_SPARSE} ({error.strerror or error})") from None
    try:
        with zipfile.ZipFile(path) as archive:
            declared = {info.filename: info.file_size for info in archive.infolist()}
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        raise InputError("X", file, f"{_SPARSE} (it is no .npz file)") from None
    if "format.npy" not in declared:
        names = ", ".join(name.removesuffix(".npy") for name in list(declared)[:3]) or "nothing"
        raise InputError("X", file, f"{_SPARSE} (it holds {names} and no sparse format)")
    # Once as stored and once as the columns that are taken from it.
    memory.require(f"the design in {path.name}", sum(declared.values()) / 4)
    try:
        with warnings.catch_warnings():
            # numpy says so where a header is of its Python 2.
            warnings.simplefilter("ignore", UserWarning)
            X = _loaded(path)
    except Exception as error:  # of an archive, its decompressors, an array's header, scipy
        reason = " ".join(str(error).split())
        if "Object arrays" in reason:
            reason = "it holds Python objects, which are never unpickled"
        elif not isinstance(error, ValueError | TypeError | MemoryError):
            reason = f"damaged: {reason or type(error).__name__}"
        raise InputError("X", file, f"{_SPARSE} ({reason})") from None
    return checked_design(X, file)


def _loaded(path: Path) -> Any:
    """As `scipy.sparse.load_npz`, which takes 1.5 and NaN for indices and cuts them to integers.

    Raises:
        ValueError: an index is no integer, or the format none that `save_npz` writes.
        Exception: whatever else is wrong.
    """
    with np.load(path, allow_pickle=False) as archive:
        told = archive["format"].item()
        kind = told.decode("ascii") if isinstance(told, bytes) else str(told)
        if kind not in _INDICES:
            raise ValueError(f"its format is {kind[:20]!r}, not one of {', '.join(_INDICES)}")
        names = ("coords",) if kind == "coo" and "coords" in archive else _INDICES[kind]
        indices = [archive[name] for name in names]
        shape = archive["shape"]
        for name, one in zip((*names, "shape"), (*indices, shape), strict=True):
            if one.dtype.kind not in "iu":
                raise ValueError(f"its {name} is of type {one.dtype}, not of integers")
        data = archive["data"]
    size = tuple(int(one) for one in shape)
    if kind == "coo":
        rows: Any = indices[0] if names == ("coords",) else tuple(indices)
        return sparse.coo_array((data, rows), shape=size)
    return getattr(sparse, f"{kind}_array")((data, *indices), shape=size)


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
            # Nor are these compared where the last of them, the number of entries, is negative.
            if np.any(np.diff(given.indptr) < 0):
                raise ValueError("its indptr falls")
        except ValueError as error:
            raise InputError("X", told or shape, f"{_SPARSE} (damaged: {error})") from None
    doubles = _OF_A_SAMPLE * given.shape[0] + given.shape[1] + 2.0 * given.nnz
    memory.require("the samples and columns of the design", doubles)
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
    if largest > LARGEST_AMPLITUDE:
        raise InputError("labels", largest, f"must be at most {LARGEST_AMPLITUDE:g} in size")
    return labels

"""Designs and labels that cannot be used: one line, which names what is wrong."""

from __future__ import annotations

import io
import pickle
import re
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy import sparse

from empirics.diagnosis import reading
from empirics.diagnosis.reading import checked_design, checked_labels, read_design, read_labels
from theorems.errors import InputError
from theorems.memory import TooLargeError

SPARSE = r"must be a \.npz file of a sparse matrix, as scipy\.sparse\.save_npz writes it"


def refused(message: str, call: Any, *arguments: Any) -> None:
    with pytest.raises(InputError) as info:
        call(*arguments)
    text = str(info.value)
    assert "\n" not in text
    assert re.search(message, text), text


class Evil:
    def __reduce__(self) -> tuple[Any, tuple[str]]:
        return (pytest.fail, ("a pickle was loaded",))


@pytest.mark.parametrize("kind", ["csr", "csc", "coo", "bsr", "dia"])
@pytest.mark.parametrize("of", ["array", "matrix"])
def test_every_format_is_read(kind: str, of: str, tmp_path: Path) -> None:
    X = sparse.random_array((6, 4), density=0.5, rng=np.random.default_rng(0))
    stored: Any = sparse.coo_array(X) if of == "array" else sparse.coo_matrix(X)
    sparse.save_npz(tmp_path / "X.npz", stored.asformat(kind))
    assert np.array_equal(read_design(str(tmp_path / "X.npz")).toarray(), X.toarray())


def test_files_that_hold_no_design(tmp_path: Path) -> None:
    file = tmp_path / "X.npz"
    refused(rf"^X = .*X\.npz: {SPARSE} \(No such file or directory\)$", read_design, str(file))
    refused(rf"{SPARSE} \(Is a directory\)$", read_design, str(tmp_path))
    for content in (b"", b"PK\x03\x04", b"hello\n", pickle.dumps(Evil())):
        file.write_bytes(content)
        refused(rf"{SPARSE} \(it is no \.npz file\)$", read_design, str(file))
    np.savez(file, np.eye(3), labels=np.ones(3))
    refused(r"\(it holds labels, arr_0 and no sparse format\)$", read_design, str(file))
    with zipfile.ZipFile(file, "w"):
        pass
    refused(r"\(it holds nothing and no sparse format\)$", read_design, str(file))


def parts(**changes: Any) -> dict[str, Any]:
    """What `save_npz` stores of a 2 x 3 design."""
    whole: dict[str, Any] = {
        "format": np.array(b"csc"),
        "shape": np.array([2, 3]),
        "data": np.ones(3),
        "indices": np.array([0, 1, 0]),
        "indptr": np.array([0, 1, 2, 3]),
        "_is_array": np.array(True),
    }
    return {name: value for name, value in (whole | changes).items() if value is not None}


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"data": np.array([Evil(), 1, 2])}, r"Python objects, which are never unpickled\)$"),
        ({"shape": np.array([Evil(), 3])}, r"Python objects, which are never unpickled\)$"),
        ({"format": np.array(b"evil")}, r"X\.npz: must be a \.npz file"),
        ({"format": np.array(3)}, r"X\.npz: must be a \.npz file"),
        ({"indptr": None}, r"\(damaged: 'indptr is not a file in the archive'\)$"),
        ({"indices": np.array([0, 1, 7])}, r"\(damaged: "),
        ({"indices": np.array([0, -1, 0])}, r"\(damaged: "),
        ({"indptr": np.array([0, 3, 1, 3])}, r"\(damaged: "),
        ({"indptr": np.array([0, 1, 2, 999])}, r"X\.npz: must be a \.npz file"),
        ({"indptr": np.array([0, 1, 3])}, r"X\.npz: must be a \.npz file"),
        # Which scipy would cut to integers.
        ({"indices": np.array([0, 1.5, 0])}, r"its indices is of type float64, not of integers\)$"),
        (
            {"indptr": np.array([0, 1.5, 2, 3])},
            r"its indptr is of type float64, not of integers\)$",
        ),
        ({"indices": np.array([True, False, True])}, r"its indices is of type bool"),
        ({"shape": np.array([2.0, 3.0])}, r"its shape is of type float64"),
        (
            {"format": np.array(b"dok")},
            r"its format is 'dok', not one of csr, csc, bsr, coo, dia\)$",
        ),
        ({"data": np.array([1, np.nan, 2])}, r"X\.npz: must hold finite numbers; it holds nan$"),
        ({"data": np.array([1, -np.inf, 2])}, r"must hold finite numbers; it holds -inf$"),
        ({"data": np.ones(3) * 1j}, r"must hold real numbers; it has entries of type complex128$"),
        ({"data": np.array(list("abc"))}, r"X\.npz: must "),
        ({"data": np.zeros(3)}, r"X\.npz: must hold a number that is not zero$"),
    ],
)
def test_damaged_and_hostile_parts(changes: dict[str, Any], message: str, tmp_path: Path) -> None:
    np.savez(tmp_path / "X.npz", **parts(**changes))
    refused(message, read_design, str(tmp_path / "X.npz"))


@pytest.mark.parametrize(
    ("shape", "message"),
    [
        ((10**15, 3), r"must have at most 1000000000 samples and features; it is 10{15} x 3$"),
        ((3, 10**18), r"must have at most 1000000000 samples and features; it is 3 x 10{18}$"),
        ((0, 3), r"X\.npz: must have samples and features; it is 0 x 3$"),
        ((3, 0), r"X\.npz: must have samples and features; it is 3 x 0$"),
    ],
)
def test_declared_shapes(shape: tuple[int, int], message: str, tmp_path: Path) -> None:
    file = tmp_path / "X.npz"
    one = np.zeros(1 if min(shape) else 0, dtype=np.int64)
    np.savez(
        file,
        format=np.array(b"coo"),
        shape=np.array(shape),
        data=np.ones(one.size),
        row=one,
        col=one,
    )
    refused(message, read_design, str(file))


def test_an_array_that_declares_more_than_it_holds(tmp_path: Path) -> None:
    """The header of `data` promises 10^12 numbers."""
    header = io.BytesIO()
    np.lib.format.write_array_header_1_0(
        header, {"descr": "<f8", "fortran_order": False, "shape": (10**12,)}
    )
    with zipfile.ZipFile(tmp_path / "X.npz", "w") as archive:
        for name, value in parts(data=None).items():
            buffer = io.BytesIO()
            np.save(buffer, value)
            archive.writestr(f"{name}.npy", buffer.getvalue())
        archive.writestr("data.npy", header.getvalue())
    refused(r"\(Unable to allocate .* for an array", read_design, str(tmp_path / "X.npz"))


def test_what_does_not_fit_in_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    sparse.save_npz(tmp_path / "X.npz", sparse.eye_array(3, format="csr"))
    monkeypatch.setattr(reading.memory, "_FREELY", 0)
    monkeypatch.setattr(reading.memory, "available", lambda: 100.0)
    with pytest.raises(MemoryError, match=r"^the design in X\.npz needs about .* GiB; allowed is"):
        read_design(str(tmp_path / "X.npz"))


@pytest.mark.parametrize(
    ("X", "message"),
    [
        (np.eye(3), r"^X = a ndarray: must be a scipy sparse array or matrix$"),
        (sparse.coo_array(np.ones(3)), r"^X = an array of shape \(3,\): must have two dimensions$"),
        (sparse.csr_array((0, 3)), r"^X = 0 x 3: must have samples and features; it is 0 x 3$"),
        (sparse.csr_array((2, 3)), r"^X = 2 x 3 zeros: must hold a number that is not zero$"),
        (
            sparse.coo_array(([1.0, -1.0], ([0, 0], [0, 0])), shape=(1, 1)),
            r"^X = 1 x 1 zeros: must hold a number that is not zero$",
        ),
        (
            sparse.coo_array(([1e308, 1e308], ([0, 0], [0, 0])), shape=(1, 1)),
            r"^X = inf: must hold finite numbers; it holds inf$",
        ),
    ],
)
def test_designs_from_python(X: Any, message: str) -> None:
    refused(message, checked_design, X)


def test_a_design_is_left_as_it_was() -> None:
    X = sparse.coo_array(([1.0, 2.0, 0.0], ([0, 0, 1], [0, 0, 1])), shape=(2, 2)).tocsc()
    before = X.data.copy()
    assert checked_design(X).nnz == 1
    assert np.array_equal(X.data, before)


def test_labels(tmp_path: Path) -> None:
    file = tmp_path / "y.npy"
    np.save(file, np.arange(3))
    assert np.array_equal(checked_labels(read_labels(str(file)), 3), [0, 1, 2])
    (tmp_path / "y.txt").write_text("1\n2.5\n")
    assert read_labels(str(tmp_path / "y.txt")).tolist() == [1, 2.5]
    np.save(file, np.array([Evil()]))
    refused(r"^labels = .*y\.npy: must be a file of numbers", read_labels, str(file))
    np.save(file, np.ones((3, 1)))
    refused(r"^labels = an array of shape \(3, 1\) ", read_labels, str(file))
    np.save(file, np.ones(3) * 1j)
    refused(r"^labels = .*complex128: must be a vector of real numbers", read_labels, str(file))
    refused(r"^labels = .*absent\.npy: must be a file", read_labels, str(tmp_path / "absent.npy"))
    one_each = r": must be 2 numbers, one for each sample$"
    refused(r"^labels = an array of shape \(3,\)" + one_each, checked_labels, np.ones(3), 2)
    refused(r"^labels = an array of shape \(2, 1\)" + one_each, checked_labels, np.ones((2, 1)), 2)
    refused(
        r"^labels = nan: must hold finite numbers; it is number 2$",
        checked_labels,
        np.array([1, np.nan]),
        2,
    )
    refused(
        r"^labels = an array of complex128: must hold real numbers$",
        checked_labels,
        np.ones(2) * 1j,
        2,
    )
    refused(
        r"^labels = 1e\+200: must be at most 1e\+140 in size$",
        checked_labels,
        np.array([1, -1e200]),
        2,
    )


def test_a_design_whose_columns_end_before_they_begin_is_damaged() -> None:
    """Its number of entries is negative, and scipy compares nothing then."""
    X = sparse.csr_array((np.ones(4), [0, 1, 2, 0], [0, 1, 2, 3, 4]), shape=(4, 3))
    X.indptr[-1] = -1
    with pytest.raises(InputError, match="its indptr falls"):
        checked_design(X)


def test_samples_that_do_not_fit_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    X = sparse.coo_array((np.ones(2), ([0, 1], [0, 1])), shape=(10**9, 2))
    monkeypatch.setattr("theorems.memory.available", lambda: 2.0**32)
    with pytest.raises(TooLargeError, match="the samples and columns of the design needs about"):
        checked_design(X)

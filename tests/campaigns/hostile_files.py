"""Files that a stranger may hand over, as hypothesis strategies.

Sound ones with bytes changed, and ones that are wrong on purpose: arrays whose headers lie, sparse
designs whose parts contradict each other, archives that are cut or promise terabytes, text in other
encodings, folders and links in a file's place.
"""

from __future__ import annotations

import bz2
import gzip
import io
import pickle
import struct
import zipfile
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from hypothesis import strategies as st
from scipy import sparse

from tests.campaigns.bad_inputs import _Runs


@dataclass(frozen=True)
class Link:
    """A symbolic link; one to itself is a loop."""

    target: str


@dataclass(frozen=True)
class Folder:
    """A folder in a file's place."""


@dataclass(frozen=True)
class Holes:
    """A file of so many zeros that takes no room on the disk, behind some bytes."""

    size: int
    head: bytes = b""


Content = bytes | Link | Folder | Holes


def put(path: Path, content: Content) -> None:
    """Lay it at a path where nothing is."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if isinstance(content, Link):
        path.symlink_to(content.target)
    elif isinstance(content, Folder):
        path.mkdir()
    elif isinstance(content, Holes):
        with path.open("wb") as file:
            file.write(content.head)
            file.truncate(content.size)
    else:
        path.write_bytes(content)


def no_file(name: str) -> st.SearchStrategy[Content]:
    """What is no file, or holds nothing, or never ends."""
    return st.sampled_from(
        (
            Link(name),
            Link("absent"),
            Link("."),
            Link("/dev/zero"),
            Link("/dev/null"),
            Folder(),
            Holes(2**40),
            Holes(2**40, b"\x93NUMPY\x01\x00"),
            b"",
        )
    )


@st.composite
def damaged(draw: st.DrawFn, sound: Sequence[bytes]) -> bytes:
    """A sound file with bytes set, flipped, cut out, put in, repeated, or its end missing."""
    content = draw(st.sampled_from(sound))
    for _ in range(draw(st.integers(1, 5))):
        if not content:
            break
        at = draw(st.integers(0, len(content) - 1))
        how = draw(st.integers(0, 5))
        some = draw(st.binary(min_size=1, max_size=8))
        if how == 0:
            content = content[:at]
        elif how == 1:
            content = content[:at] + bytes([content[at] ^ (1 << some[0] % 8)]) + content[at + 1 :]
        elif how == 2:
            content = content[:at] + some + content[at + len(some) :]
        elif how == 3:
            content = content[:at] + some + content[at:]
        elif how == 4:
            content = content[:at] + content[at + some[0] :]
        else:
            content = content[:at] + content[at : at + some[0]] * 2 + content[at:]
    return content


NUMBERS = (0.5, 0.1, 0.0, 1.0, -0.0, -1.0, 2.0, np.nan, np.inf, -np.inf, 5e-324, 1e308, -1e308)
WHOLE = (0, 1, 2, 3, -1, 127, 2**31 - 1, 2**31, 2**62, 2**63 - 1, -(2**63))

numbers = st.one_of(st.sampled_from(NUMBERS), st.floats(0, 1), st.floats())


def several(one: st.SearchStrategy[Any]) -> st.SearchStrategy[list[Any]]:
    """Three of them, as a design or coefficients here need, or others."""
    return st.one_of(st.lists(one, min_size=3, max_size=3), st.lists(one, max_size=6))


tokens = st.one_of(
    numbers.map(repr),
    st.sampled_from(
        (
            *(
                "",
                " ",
                "1e-400",
                "1e400",
                "0x1p-2",
                "0,5",
                "1/2",
                "5e",
                "0.5 0.1",
                "# half",
                "0.5;",
            ),
            *("1_0", "0_1", "½", "٠", "０.５", "\u202e0.5", "\ufeff0.5", "null", "True", "nan(7)"),
            *("\x00", "\x1b[31m", "9" * 5000, "0." + "3" * 5000, "0.5\x1a", "-", "+.5", "infinity"),
        )
    ),
    st.text(max_size=6),
)


@st.composite
def texts(draw: st.DrawFn) -> bytes:
    """Lines of numbers and of what looks like some, in some encoding, maybe compressed."""
    end = draw(st.sampled_from(("\n", "\n", "\n", "\r\n", "\r", "\x85", "\u2028", "\0", ",", "")))
    text = end.join(
        draw(several(st.floats(0, 1).map(repr) if draw(st.booleans()) else tokens))
    ) + draw(st.sampled_from(("", end, end * 2)))
    encoding = draw(
        st.sampled_from(("utf-8", "utf-8", "utf-8", "utf-8-sig", "utf-16", "utf-32", "cp037"))
    )
    content = text.encode(encoding, errors="replace")
    packed = draw(st.integers(0, 20))
    if packed == 0:
        return gzip.compress(content)
    return bz2.compress(content) if packed == 1 else content


def npy(array: Any, *, pickled: bool = False) -> bytes:
    """An array as numpy writes it."""
    content = io.BytesIO()
    np.save(content, np.asarray(array), allow_pickle=pickled)
    return content.getvalue()


TYPES = (
    *("<f8", "<f8", ">f8", "<f4", "<f2", "<f16", "<i1", "<i8", ">u8", "|b1", "<c16", "<c8"),
    *(
        "|O",
        "<U3",
        "|S4",
        "<M8[s]",
        "<m8[D]",
        "|V8",
        "<f3",
        "",
        "O8",
        "f8,f8",
        "(2,3)f8",
        "garbage",
    ),
)

descriptions = st.one_of(
    st.sampled_from(TYPES).map(repr),
    st.sampled_from(
        (
            "[('p', '<f8')]",
            "[('p', '|O')]",
            "[('p', '<f8', (10**9,))]",
            "[('p', '<f8', (-1,))]",
            "None",
            "7",
            "'<f8', 'x': 1",
            "('<f8', (2,))",
            "['<f8']",
            "__import__('os').abort()",
            "(" * 300,
            "-" * 3000 + "1",
            "'''",
        )
    ),
)

extents = st.one_of(
    st.integers(0, 5).map(lambda size: f"({size},)"),
    st.sampled_from(
        (
            *("()", "(0,)", "(-1,)", "(2, 2)", "(3, 1)", "(1, 3)", "(0, 3)", "3", "[3]", "(3.0,)"),
            *("('3',)", "(True,)", "(3L,)", "None", "(1000000000,)", "(2305843009213693951,)"),
            *("(4611686018427387904, 4)", f"({10**30},)", "(-9223372036854775808,)", "(1,) * 40"),
            "(" + "1, " * 70 + ")",
        )
    ),
)


@st.composite
def arrays(draw: st.DrawFn, body: st.SearchStrategy[bytes] | None = None) -> bytes:
    """A .npy file whose header may say anything."""
    described = draw(descriptions)
    order = draw(st.sampled_from(("False", "False", "True", "0", "'x'")))
    header = f"{{'descr': {described}, 'fortran_order': {order}, 'shape': {draw(extents)}, }}"
    if draw(st.integers(0, 9)) == 0:
        header = draw(
            st.sampled_from(("{}", "[]", "", "{'descr': '<f8'}", header[:-3], header * 2))
        )
    written = (header + " " * (-len(header) % 64) + "\n").encode("latin-1", "replace")
    version = draw(st.sampled_from(((1, 0), (1, 0), (2, 0), (3, 0), (0, 0), (9, 9))))
    length = draw(st.sampled_from((len(written),) * 6 + (0, 1, len(written) // 2, 65535)))
    told = struct.pack("<H" if version == (1, 0) else "<I", length)
    content = draw(
        body
        if body is not None
        else st.lists(numbers, max_size=6).map(lambda some: np.array(some, "<f8").tobytes())
    )
    return b"\x93NUMPY" + bytes(version) + told + written + content


@st.composite
def values(draw: st.DrawFn) -> bytes:
    """A sound .npy file of numbers of some type and shape."""
    kind = draw(st.sampled_from(("f8", "f4", "f2", "g", ">f8", "i8", "u8", "b1", "c16", "U4")))
    some = np.array(draw(several(st.floats(0, 1) if draw(st.booleans()) else numbers)))
    shaped = some.reshape(draw(st.sampled_from(((-1,), (-1,), (-1,), (-1, 1), (1, -1)))))
    with np.errstate(all="ignore"):
        return npy(
            np.nan_to_num(shaped).astype(kind) if kind in ("i8", "u8") else shaped.astype(kind)
        )


@cache
def sound_tables() -> tuple[bytes, ...]:
    """Files of numbers as they should be."""
    return (
        b"0.5\n0.1\n0.25\n",
        npy([0.5, 0.1, 0.25]),
        npy(np.array([0.5, 0.1, 0.25], "f4")),
        npy(np.array([1, 0, 1])),
    )


def _zipped(some: dict[str, bytes]) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        for name, one in some.items():
            archive.writestr(_entry(name), one)
    return content.getvalue()


def _entry(name: str, packing: int = zipfile.ZIP_STORED) -> zipfile.ZipInfo:
    # An entry has a date, which would make other bytes every two seconds.
    entry = zipfile.ZipInfo(name)
    entry.compress_type = packing
    return entry


tables: st.SearchStrategy[Content] = st.one_of(
    texts(),
    arrays(),
    values(),
    damaged(sound_tables()),
    st.sampled_from(
        (
            npy([_Runs()], pickled=True),
            pickle.dumps(_Runs()),
            _zipped({"a.npy": npy([0.5])}),
            _zipped({})[:-4],
            b"PK\x03\x04",
            zlib.compress(b"0.5\n"),
        )
    ),
)


@cache
def sound_designs() -> tuple[dict[str, bytes], ...]:
    """The parts of designs as `save_npz` writes them, in each format."""
    X = np.array([[1.0, 0, -1, 0], [0, 1, 1, 0], [0, 0, -1, 1], [1, 0, 0, 0], [1, 1, 0, 0]])
    found = []
    for kind in ("csr", "csc", "coo", "bsr", "dia"):
        for made in (sparse.csr_array(X), sparse.csr_matrix(X)):
            content = io.BytesIO()
            one: Any = made.asformat(kind)
            sparse.save_npz(content, one)
            with zipfile.ZipFile(content) as archive:
                found.append({name: archive.read(name) for name in archive.namelist()})
    return tuple(found)


whole = st.one_of(st.integers(0, 6), st.sampled_from(WHOLE))

parts: st.SearchStrategy[bytes] = st.one_of(
    st.lists(whole, max_size=8).map(lambda some: npy(np.array(some, "i8"))),
    st.lists(st.integers(-3, 9), max_size=8).map(lambda some: npy(np.array(some, "i4"))),
    st.lists(st.one_of(numbers, st.just(1.0)), max_size=8).map(npy),
    st.sampled_from(
        (
            npy([6, 10**9]),
            npy([10**9, 6]),
            npy([10**9, 10**9]),
            npy([2**40, 6]),
            npy([-6, 6]),
            npy([6]),
            npy([2, 3, 4]),
            npy(b"csr"),
            npy(b"csc"),
            npy(b"coo"),
            npy(b"dia"),
            npy(b"bsr"),
            npy(b"dok"),
            npy("csr"),
            npy(b"\xff"),
            npy(3),
            npy([b"csr", b"csc"]),
            npy([_Runs(), 1], pickled=True),
            npy(np.ones((2, 2))),
            npy(np.ones((2, 2, 2))),
            npy(np.zeros((2, 0, 3))),
        )
    ),
    values(),
    arrays(),
)


def _lies(content: bytes, place: int, value: int) -> bytes:
    """An archive whose directory says something else of its first entry."""
    at = content.rfind(b"PK\x05\x06")
    if at < 0:
        return content
    (start,) = struct.unpack("<I", content[at + 16 : at + 20])
    told = struct.pack("<I", value % 2**32)
    size = 2 if place < 20 else 4
    return content[: start + place] + told[:size] + content[start + place + size :]


@st.composite
def designs(draw: st.DrawFn) -> bytes:
    """A .npz file of a sparse design, some parts of which are something else."""
    some = dict(draw(st.sampled_from(sound_designs())))
    for _ in range(draw(st.integers(0, 3))):
        name = draw(
            st.sampled_from((*some, "row.npy", "offsets.npy", "blocksize.npy", "indptr.npy"))
        )
        how = draw(st.integers(0, 9))
        if how == 0:
            some.pop(name, None)
        elif how == 1:
            some[name] = draw(damaged((some.get(name, npy([1])),)))
        elif how == 2:
            some[name] = draw(st.binary(max_size=12))
        else:
            some[name] = draw(parts)
    content = io.BytesIO()
    packing = draw(
        st.sampled_from(
            (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA)
        )
    )
    with zipfile.ZipFile(content, "w") as archive:
        for name, one in some.items():
            archive.writestr(_entry(name, packing), one)
    written = content.getvalue()
    # Version, flags (encrypted), method, checksum, sizes and offset in the directory.
    if draw(st.integers(0, 5)) == 0:
        place = draw(st.sampled_from((6, 8, 10, 16, 20, 24, 42)))
        written = _lies(written, place, draw(st.sampled_from((0, 1, 9, 99, 255, 2**31, 2**32 - 1))))
    return draw(damaged((written,))) if draw(st.integers(0, 3)) == 0 else written


@cache
def bomb() -> bytes:
    """A design of 64 MiB of zeros in as many KiB."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        for name, one in sound_designs()[0].items():
            zeros = npy(np.zeros(2**23)) if name == "data.npy" else one
            archive.writestr(_entry(name, zipfile.ZIP_DEFLATED), zeros)
    return content.getvalue()

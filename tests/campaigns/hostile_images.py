"""Folders of images that a stranger may hand over: a small sound one, and changes to it."""

from __future__ import annotations

import gzip
import hashlib
import io
import struct
import zlib
from functools import cache

import numpy as np
from hypothesis import strategies as st

from tests.campaigns.hostile_files import Content, Folder, Holes, damaged, no_file

RAW = "MNIST/raw"
TREE = "omniglot-py/images_background"
SHAPES: dict[str, tuple[int, ...]] = {
    "train-images-idx3-ubyte": (7, 28, 28),
    "train-labels-idx1-ubyte": (7,),
    "t10k-images-idx3-ubyte": (3, 28, 28),
    "t10k-labels-idx1-ubyte": (3,),
}
"""Of the sound folder's digits, which stand for MNIST's."""

CHARACTERS = 15
"""As many as make ten when a third is set aside."""


def idx(shape: tuple[int, ...], content: bytes, magic: int | None = None) -> bytes:
    """An IDX file of bytes."""
    first = 0x800 + len(shape) if magic is None else magic
    return struct.pack(f">{1 + len(shape)}I", first, *shape) + content


def _chunk(kind: bytes, content: bytes) -> bytes:
    told = struct.pack(">I", len(content)) + kind + content
    return told + struct.pack(">I", zlib.crc32(kind + content))


def png(
    width: int = 105,
    height: int = 105,
    depth: int = 8,
    color: int = 0,
    rows: bytes | None = None,
    between: bytes = b"",
) -> bytes:
    """A PNG image; without `rows` white ones of the size and depth told, up to a megabyte."""
    samples = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}.get(color, 1)
    line = b"\0" + b"\xff" * -(-min(width, 4096) * samples * depth // 8)
    content = line * min(height, 256) if rows is None else rows
    head = struct.pack(">IIBBBBB", width, height, depth, color, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + _chunk(b"IHDR", head)
        + between
        + _chunk(b"IDAT", zlib.compress(content))
        + _chunk(b"IEND", b"")
    )


@cache
def sound() -> dict[str, bytes]:
    """The files of a sound folder."""
    rng = np.random.default_rng(0)
    files = {}
    for name, shape in SHAPES.items():
        high = 256 if len(shape) > 1 else 10
        files[f"{RAW}/{name}"] = idx(shape, rng.integers(0, high, shape, np.uint8).tobytes())
    for number in range(CHARACTERS):
        rows = np.full((105, 106), 255, np.uint8)
        rows[:, 0] = 0
        rows[number : number + 9, 1 + number : 60] = 0
        files[f"{TREE}/Script/character{number:02}/0001_01.png"] = png(rows=rows.tobytes())
    return files


@cache
def digests() -> dict[str, tuple[str, tuple[int, ...]]]:
    """What stands in for MNIST's digests and shapes."""
    return {
        name: (hashlib.md5(sound()[f"{RAW}/{name}"]).hexdigest(), shape)
        for name, shape in SHAPES.items()
    }


def _saved(kind: str) -> bytes:
    from PIL import Image

    content = io.BytesIO()
    Image.new("L", (105, 105), 255).save(content, kind)
    return content.getvalue()


EPS = b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 105 105\n%%EndComments\nshowpage\n%%EOF\n"

BOMB = _chunk(b"zTXt", b"a\0\0" + zlib.compress(bytes(2**26)))
"""A text of 64 MiB in as many KiB."""

drawings: st.SearchStrategy[Content] = st.one_of(
    damaged([sound()[name] for name in sound() if name.endswith(".png")][:3]),
    st.builds(
        png,
        width=st.sampled_from((105, 105, 0, 1, 104, 210, 20000, 2**16, 2**31 - 1, 2**32 - 1)),
        height=st.sampled_from((105, 105, 0, 1, 210, 20000, 2**16, 2**31 - 1, 2**32 - 1)),
        depth=st.sampled_from((1, 2, 4, 8, 8, 16, 0, 3, 255)),
        color=st.sampled_from((0, 2, 3, 4, 6, 1, 255)),
        between=st.sampled_from(
            (
                b"",
                BOMB,
                _chunk(b"PLTE", b"\0\1\2" * 3),
                _chunk(b"PLTE", b"\0" * 7),
                _chunk(b"PLTE", b"\0\1\2" * 256) + _chunk(b"tRNS", bytes(range(256))),
                _chunk(b"tRNS", b"\0\1"),
                _chunk(b"iCCP", b"x\0\0" + b"no profile"),
                _chunk(b"iCCP", b"x\0\0" + zlib.compress(bytes(2**24))),
                _chunk(b"acTL", struct.pack(">II", 2**31 - 1, 0)),
                _chunk(b"eXIf", b"II*\0" + b"\xff" * 60),
                _chunk(b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0)),
                _chunk(b"tEXt", b"no zero"),
                _chunk(b"iTXt", b"a\0\1\0\0\0" + b"\xff" * 9),
                struct.pack(">I", 2**31 - 1) + b"tEXt",
                b"\xff" * 12,
            )
        ),
    ),
    st.sampled_from((EPS, *(_saved(kind) for kind in ("GIF", "BMP", "TIFF", "JPEG", "PPM")))),
    st.binary(max_size=40),
    no_file("0001_01.png"),
)

idx_files: st.SearchStrategy[Content] = st.one_of(
    damaged([sound()[f"{RAW}/{name}"] for name in SHAPES]),
    st.builds(
        idx,
        st.sampled_from(
            ((2**31, 28, 28), (7, 28, 28), (7,), (0,), (2**32 - 1,), (3, 28, 28), (1,) * 9)
        ),
        st.binary(max_size=9),
        st.sampled_from((None, None, 0, 0x801, 0x803, 0x8FF, 0xD01, 2**32 - 1)),
    ),
    st.sampled_from([sound()[f"{RAW}/{name}"] for name in SHAPES]),
    st.sampled_from(
        [gzip.compress(sound()[f"{RAW}/{name}"])[:cut] for name in SHAPES for cut in (-9, None)]
    ),
    st.sampled_from(
        [Holes(2**40), Holes(7 * 28 * 28 + 16, struct.pack(">IIII", 0x803, 7, 28, 28))]
    ),
    no_file("train-images-idx3-ubyte"),
)

Change = tuple[str, Content | None]
"""A path of the folder, and what lies there in place of what did; None for nothing."""


def _at(paths: list[str], content: st.SearchStrategy[Content]) -> st.SearchStrategy[Change]:
    return st.tuples(st.sampled_from(paths), content)


changes: st.SearchStrategy[list[Change]] = st.lists(
    st.one_of(
        _at([f"{RAW}/{name}" for name in SHAPES], idx_files),
        _at([f"{RAW}/{name}.gz" for name in SHAPES], idx_files),
        _at(sorted(name for name in sound() if name.endswith(".png")), drawings),
        _at([f"{TREE}/Script/character00/0001_01.png"], drawings),
        st.tuples(st.sampled_from(sorted(sound())), st.none()),
        _at(
            [f"{TREE}/Script/character01", f"{TREE}/Script", TREE, RAW, "MNIST", "omniglot-py"],
            no_file("Script"),
        ),
        _at(
            ["MNIST/processed/training.pt", "MNIST/processed/test.pt", "MNIST/processed"],
            st.one_of(st.binary(max_size=30), st.just(Folder())),
        ),
        _at([f"{TREE}/Script/\udcff/a.png", f"{TREE}/Script/\x1b[31m/a.png"], drawings),
    ),
    min_size=1,
    max_size=3,
)

"""Files and options of strangers, shortly; and every input that the whole campaign found."""

from __future__ import annotations

import io
import struct
import warnings
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.campaigns import outcome
from tests.campaigns.file_fuzz import Fuzzed, fuzz, kinds
from tests.campaigns.hostile_documents import sound as document
from tests.campaigns.hostile_files import Holes, Link, npy, sound_designs
from tests.campaigns.outcome import FoundError, became, sane
from theorems.errors import InputError

pytestmark = pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="needs /proc")


@pytest.fixture(autouse=True)
def _own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LONGTAIL_CACHE", str(tmp_path / "cache"))


@pytest.mark.parametrize(
    ("name", "examples"),
    [("tables", 60), ("designs", 30), ("images", 20), ("documents", 12), ("options", 12)],
)
def test_hostile_inputs_are_refused_or_sane(name: str, examples: int, tmp_path: Path) -> None:
    if name == "images":
        pytest.importorskip("torch", reason="needs the extra 'nn'")
    out = Fuzzed()
    fuzz(kinds()[name], 0, examples, tmp_path, out)
    assert out.found == {}
    assert sum(out.became.values()) == examples
    assert out.became["refused"] > 0


def header(text: str, body: bytes = b"") -> bytes:
    """A .npy file of version 1 with a header of this text."""
    return b"\x93NUMPY\x01\x00" + struct.pack("<H", len(text)) + text.encode() + body


def design(changes: dict[str, Any], packing: int = zipfile.ZIP_STORED) -> bytes:
    """A sound design but for some parts: an array, bytes of a part's file, or None for none."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", packing) as archive:
        for name, one in (sound_designs()[0] | changes).items():
            if one is not None:
                archive.writestr(name, one if isinstance(one, bytes) else npy(one))
    return content.getvalue()


def version(content: bytes) -> bytes:
    """An archive that asks for a zip program of version 25.5."""
    at = content.index(b"PK\x01\x02")
    return content[: at + 6] + b"\xff\x00" + content[at + 8 :]


def test_sound_inputs_are_accepted(tmp_path: Path) -> None:
    sound: dict[str, Any] = {
        "tables": ("frequencies", "x.npy", npy([0.5, 0.1])),
        "designs": design({}),
        "documents": ("memorization", document("memorization")),
        "options": ("bounds", "--n=30", "--d=50", "--only=tail-mass", "--json"),
    }
    for name, given in sound.items():
        (tmp_path / name).mkdir()
        assert kinds()[name].tried(given, tmp_path / name, True) == "accepted"


def test_a_sound_folder_of_images_is_accepted(tmp_path: Path) -> None:
    pytest.importorskip("torch", reason="needs the extra 'nn'")
    assert kinds()["images"].tried([], tmp_path, True) == "accepted"


HALF = "{'descr': '<f8', 'fortran_order': False, 'shape': (2,), }"

KEPT: tuple[tuple[str, Any, str], ...] = (
    # No archive, no pickle, nothing at all, and what never ends.
    ("tables", ("labels", "x.npy", b""), "refused"),
    ("tables", ("labels", "x.npy", b"PK\x03\x04"), "refused"),
    ("tables", ("labels", "x.npy", Link("x.npy")), "refused"),
    ("tables", ("frequencies", "x", Link("/dev/zero")), "refused"),
    ("tables", ("frequencies", "x", Holes(2**40)), "refused"),
    # Headers that are no expression, are none to numpy's own parser, or ask for terabytes.
    ("tables", ("frequencies", "x.npy", header("{'descr': '<f8',  \n")), "refused"),
    ("tables", ("frequencies", "x.npy", header("-" * 3000 + "1\n")), "refused"),
    ("tables", ("frequencies", "x.npy", header(HALF.replace("2", "1" + "0" * 15))), "refused"),
    # Numbers that no double holds, and a header of Python 2: one line, or none.
    (
        "tables",
        ("frequencies", "x.npy", npy(np.array(["1e4000", "0.1"], dtype=np.longdouble))),
        "refused",
    ),
    (
        "tables",
        ("frequencies", "x.npy", header(HALF.replace("2", "2L"), np.full(2, 0.5).tobytes())),
        "accepted",
    ),
    # Indices that are no integers were cut to some.
    ("designs", design({"indices.npy": np.array([0, 1.5, 1, 2, 2, 3, 0, 0, 1])}), "refused"),
    ("designs", design({"indptr.npy": np.array([0, 2, 4.9, 6, 7, 9])}), "refused"),
    ("designs", design({"data.npy": header("{'descr': '<f8',  \n")}), "refused"),
    ("designs", version(design({})), "refused"),
    (
        "designs",
        design({}, zipfile.ZIP_LZMA).replace(b"\x09\x04\x05\x00\x5d", b"\x09\x04\x05\x00\xff", 1),
        "refused",
    ),
    ("designs", Link("/dev/zero"), "refused"),
    ("designs", Link("X.npz"), "refused"),
    # What the font of figures lacks was told on standard error.
    (
        "documents",
        (
            "networks-real-quick/linear-theory",
            document("networks-real-quick/linear-theory").replace(b'"Sum"', b'"\\u00a7z\\u0086"'),
        ),
        "accepted",
    ),
    # Orders that differ in the three hundredth digit, and an exponent that is no double.
    ("options", ("regimes", "--beta-exponent=-3.7e-298", "--json"), "refused"),
    ("options", ("regimes", "--alpha=5e-324", "--json"), "refused"),
    # A square that no double holds, and more entries than there are features.
    ("options", ("draw", "--n=30", "--d=50", "--sigma=1e300", "--json"), "refused"),
    ("options", ("draw", "--n=30", "--d=50", "--sigma=1e140", "--json"), "accepted"),
    (
        "options",
        ("simulate", "--n=30", "--d=50", "--sigma=1e140", "--runs=2", "--jobs=1", "--json"),
        "accepted",
    ),
    (
        "options",
        ("simulate", "--n=30", "--d=50", "--s=3.6e15", "--only=tail-mass", "--runs=2", "--json"),
        "accepted",
    ),
)


@pytest.mark.parametrize(("name", "given", "expected"), KEPT)
def test_what_the_campaign_found_is_mended(
    name: str, given: Any, expected: str, tmp_path: Path
) -> None:
    assert kinds()[name].tried(given, tmp_path, True) == expected


def test_the_campaign_sees_what_is_wrong(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outcome, "LONGEST", 0.2)

    def forever() -> None:
        while True:
            pass

    def refuse(allowed: str) -> None:
        raise InputError("x", 1, allowed)

    assert became(lambda: refuse("must be 2")) == "refused"
    assert became(lambda: None) == "accepted"
    for wrong, told in (
        (lambda: refuse("two\nlines"), "many lines"),
        (lambda: [][1], "IndexError at "),
        (lambda: bytearray(2 * outcome.MEMORY), "MemoryError at "),
        (lambda: warnings.warn("loud", RuntimeWarning, stacklevel=1), "RuntimeWarning: loud"),
        (lambda: sane(False, "fine"), "accepted, but not fine"),
        (forever, "hangs"),
    ):
        with pytest.raises(FoundError, match=told):
            became(wrong)

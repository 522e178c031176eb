"""Files and options of strangers, made by hypothesis: accepted with sane values, or one line.

    python -m tests.campaigns.file_fuzz [--kinds tables,designs] [--seconds 600] [--seed 0]

Each kind of input goes to the reader that the command line has for it, and every tenth through the
command line itself. What may become of one: it is refused (`InputError`, or status 2 with one
line), or it is accepted and what was read is what the reader promises. Everything else is a
finding: another exception, another status, a warning on standard error, a hang, memory that runs
out. Seconds are of this process, so that a busy machine tries as many; the same seed makes the same
inputs. Exit status 1 where anything was found.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from unittest.mock import patch

import numpy as np
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from tests.campaigns.hostile_files import bomb, designs, no_file, put, tables
from tests.campaigns.outcome import FoundError, answered, became, sane

ROUND = 25
"""Inputs of one seed."""

ON_THE_COMMAND_LINE = 10
"""Every so-manieth input goes through the command line as well."""


@dataclass(frozen=True)
class Kind:
    """A kind of input.

    Args:
        name: of it.
        inputs: makes them.
        tried: what becomes of one, in an empty folder; whether on the command line too.
    """

    name: str
    inputs: st.SearchStrategy[Any]
    tried: Callable[[Any, Path, bool], str]


def _table(given: tuple[str, str, Any], folder: Path, by_line: bool) -> str:
    from empirics.diagnosis.reading import checked_labels, read_labels
    from theorems.law import Table

    role, name, content = given
    put(folder / name, content)
    (folder / "p.txt").write_text("0.5\n0.1\n0.25\n")
    file, own = str(folder / name), str(folder / "p.txt")

    def read() -> None:
        if role == "labels":
            labels = checked_labels(read_labels(file), 3)
            sane(labels.shape == (3,) and np.isfinite(labels).all(), "three finite labels")
            return
        law = Table.read(file) if role == "frequencies" else Table.read(own, file)
        sane(law.p.size == law.beta.size >= 2, "as many coefficients")
        sane(((law.p >= 0) & (law.p <= 1)).all(), "frequencies in [0, 1]")
        sane((np.diff(law.p) <= 0).all(), "frequencies that fall")
        sane(np.isfinite(law.beta).all(), "finite coefficients")

    became_ = became(read)
    if by_line and role == "labels":
        save_design(folder / "X.npz")
        sane(
            answered("diagnose", str(folder / "X.npz"), "--labels", file, "--json") == became_,
            "alike",
        )
    elif by_line:
        options = ("--frequencies", file) if role == "frequencies" else ("--frequencies", own)
        more = () if role == "frequencies" else ("--coefficients", file)
        call = ("bounds", *options, *more, "--n", "10", "--only", "noiseless-loss", "--json")
        sane(answered(*call) == became_, "alike on the command line")
    return became_


def save_design(path: Path) -> None:
    """Three samples of three features."""
    from scipy import sparse

    sparse.save_npz(path, sparse.csr_array(np.eye(3)))


def _design(content: Any, folder: Path, by_line: bool) -> str:
    from empirics.diagnosis.diagnose import diagnose
    from empirics.diagnosis.reading import read_design
    from reports.diagnosis import document

    put(folder / "X.npz", content)

    def read() -> None:
        X = read_design(str(folder / "X.npz"))
        n, d = X.shape
        sane(n >= 1 and d >= 1 and X.nnz >= 1, "a design that holds something")
        sane(np.isfinite(X.data).all() and X.has_canonical_format, "finite numbers, each once")
        sane(((X.indices >= 0) & (n > X.indices)).all(), "indices inside")
        told = document(diagnose(X, np.ones(n)))
        json.dumps(told, allow_nan=False)
        sane(told["rank"] <= min(told["seen"], n), "of a rank that is possible")
        sane(told["identifiable"] <= told["seen"] <= d, "of possible counts")
        loss = told["loss"]
        sane(loss is None or all(one is None or one >= 0 for one in loss.values()), "losses")

    became_ = became(read)
    if by_line:
        told = answered("diagnose", str(folder / "X.npz"), "--json")
        sane(told == became_, "alike on the command line")
    return became_


def _images(given: Any, folder: Path, by_line: bool) -> str:
    from nn import images as reading
    from nn import sources
    from tests.campaigns.hostile_images import digests, sound

    for name, content in sound().items():
        put(folder / name, content)
    for name, changed in given:
        _remove(folder / name)
        if changed is not None and not any(
            parent.is_file() or parent.is_symlink() for parent in (folder / name).parents
        ):
            put(folder / name, changed)

    def read() -> None:
        sources.digits.cache_clear()
        found = sources.data_folder(folder)
        sane(found is not None, "a folder")
        whole = sources.Sources(found, 14)
        digits = sources.digits(whole)
        one = sources.one_shot(whole, "report", np.random.default_rng(0))
        for pixels in (digits.train, digits.test, one.images):
            sane(((pixels >= 0) & (pixels <= 1)).all(), "pixels in [0, 1]")
        sane(digits.train.shape == (7, 14, 14), "digits as the digests know them")
        sane(one.images.shape == (10, 14, 14) and len(set(one.classes)) == 10, "ten drawings")

    with patch.dict(reading.MNIST_FILES, digests()):
        return became(read)


def _remove(path: Path) -> None:
    if path.is_symlink() or path.is_file():
        path.unlink()
    elif path.is_dir():
        shutil.rmtree(path)


def kinds() -> dict[str, Kind]:
    """Every kind, by name."""
    from tests.campaigns.hostile_documents import documents, tried_document
    from tests.campaigns.hostile_images import changes
    from tests.campaigns.hostile_options import options, tried_options

    roles = st.sampled_from(("frequencies", "frequencies", "coefficients", "labels"))
    bombs = st.one_of(no_file("X.npz"), st.builds(bomb))
    tabled = st.one_of(tables, tables, tables, tables, no_file("x.npy"))
    found = (
        Kind("tables", st.tuples(roles, st.sampled_from(("x.npy", "x.txt", "x")), tabled), _table),
        Kind("designs", st.one_of(designs(), designs(), designs(), bombs), _design),
        Kind("images", changes, _images),
        Kind("documents", documents, tried_document),
        Kind("options", options, tried_options),
    )
    return {kind.name: kind for kind in found}


@dataclass
class Fuzzed:
    """What became of inputs of a kind.

    Args:
        became: how many were refused, and accepted.
        found: of each kind of finding what it was, and the shortest input.
    """

    became: Counter[str] = field(default_factory=Counter)
    found: dict[str, tuple[str, Any]] = field(default_factory=dict)

    def __str__(self) -> str:
        counts = ", ".join(f"{self.became[one]} {one}" for one in ("refused", "accepted"))
        return f"{sum(self.became.values())} inputs, {counts}, {len(self.found)} findings"


def fuzz(kind: Kind, number: int, examples: int, folder: Path, out: Fuzzed) -> None:
    """Try so many inputs of a kind, of one seed."""
    count = 0

    @seed(number)
    @settings(
        max_examples=examples,
        deadline=None,
        database=None,
        phases=(Phase.generate,),
        suppress_health_check=list(HealthCheck),
    )
    @given(kind.inputs)
    def one(given: Any) -> None:
        nonlocal count
        count += 1
        below = folder / "input"
        _remove(below)
        below.mkdir()
        try:
            out.became[kind.tried(given, below, count % ON_THE_COMMAND_LINE == 0)] += 1
        except FoundError as error:
            out.became["found"] += 1
            told = str(error).replace(str(below), "FOLDER")
            known = out.found.get(error.kind)
            if known is None or len(repr(given)) < len(repr(known[1])):
                out.found[error.kind] = told, given

    one()


MINUTE = 60.0


def fuzzed(kind: Kind, seconds: float, first: int, folder: Path) -> Fuzzed:
    """Try inputs of a kind for so long; how far it is stands on standard error."""
    out = Fuzzed()
    since = time.process_time()
    number, told = first, since
    while time.process_time() < since + seconds and len(out.found) < 50:
        fuzz(kind, number, ROUND, folder, out)
        number += 1
        if time.process_time() > told + MINUTE:
            told = time.process_time()
            sys.stderr.write(f"{kind.name}, {told - since:.0f} s, seeds below {number}: {out}\n")
    return out


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the campaign; 1 where anything was found."""
    say = sys.stdout.write
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--kinds", default=",".join(kinds()), help="separated by commas")
    parser.add_argument("--seconds", type=float, default=600.0, help="of each kind")
    parser.add_argument("--seed", type=int, default=0, help="of the first inputs")
    asked = parser.parse_args(arguments)
    wrong = 0
    with tempfile.TemporaryDirectory() as scratch:
        os.environ["LONGTAIL_CACHE"] = str(Path(scratch) / "cache")
        for name in asked.kinds.split(","):
            found = fuzzed(kinds()[name], asked.seconds, asked.seed, Path(scratch))
            wrong += len(found.found)
            say(f"{name}: {found}\n")
            for told, given in found.found.values():
                say(f"  {told}: {repr(given)[:2000]}\n")
            sys.stdout.flush()
    return int(bool(wrong))


if __name__ == "__main__":
    sys.exit(main())

"""Build the machine-checked core and refuse what is not proved: `make proofs`.

Every file that `_CoqProject` names is compiled; the words by which Rocq takes something on trust
are refused in the sources; `Print Assumptions` must answer "Closed under the global context" for
every named result; `coqchk` checks the compiled files once more with the kernel alone.

The files of `numbers/` are inequalities between real numbers, which the interval package proves:
they may rest on what the standard library says of real numbers and of a machine's arithmetic, and
on nothing else.
"""

from __future__ import annotations

import argparse
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path

SOURCES = Path(__file__).parent

TRUSTED = re.compile(
    r"\b(Admitted|admit|give_up|Axioms?|Parameters?|Conjecture|bypass_check"
    r"|Unset\s+(?:Guard|Positivity|Universe)\s+Checking)\b"
)
"""Words by which a source would have something believed; a section's hypotheses are not among
them, for they are discharged when it ends, and one outside a section is an assumption."""

NAMED = re.compile(r"^\s*(?:Lemma|Theorem|Corollary|Fact|Proposition)\s+(\w+)", re.M)

CLOSED = "Closed under the global context"

OF_THE_STANDARD_LIBRARY = re.compile(
    r"(Classical_Prop|ClassicalDedekindReals|FunctionalExtensionality"
    r"|Uint63|PrimInt63|FloatAxioms|PrimFloat)\.\w+"
)
"""What a proof about numbers may assume: real numbers with their classical logic, and the integers
and floats of machines."""


class UnprovedError(Exception):
    """Something that is not proved, or cannot be checked; the message is one line."""


def modules(sources: Path = SOURCES) -> tuple[str, ...]:
    """Names of the files that the project has, in the order that they are compiled in.

    Raises:
        UnprovedError: where the project and the folder differ.
    """
    listed = re.findall(r"^(\w+)\.v$", (sources / "_CoqProject").read_text(), re.M)
    there = {path.stem for path in sources.glob("*.v")}
    if odd := there.symmetric_difference(listed):
        raise UnprovedError(f"_CoqProject and the folder differ in {', '.join(sorted(odd))}")
    return tuple(listed)


def without_comments(source: str) -> str:
    """A source without its comments, which nest."""
    kept, depth = [], 0
    for part in re.split(r"(\(\*|\*\))", source):
        if part == "(*":
            depth += 1
        elif part == "*)" and depth:
            depth -= 1
        elif not depth:
            kept.append(part)
    return "".join(kept)


def named(source: str) -> tuple[str, ...]:
    """Names of the results that a source states."""
    return tuple(NAMED.findall(without_comments(source)))


def _run(command: list[str], folder: Path, what: str) -> str:
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    if done.returncode:
        said = " ".join((done.stderr + done.stdout).split())
        raise UnprovedError(f"{what}: {said[-600:]}")
    return done.stdout


def _compiled(sources: Path, names: Iterable[str], build: Path) -> dict[str, tuple[str, ...]]:
    """Names of the results of each file, once it has been compiled."""
    results: dict[str, tuple[str, ...]] = {}
    for name in names:
        source = (sources / f"{name}.v").read_text()
        if found := TRUSTED.search(without_comments(source)):
            raise UnprovedError(f"{name}.v: {found[0]} is not a proof")
        (build / f"{name}.v").write_text(source)
        results[name] = named(source)
        _run(["coqc", "-q", "-R", ".", "longtail", f"{name}.v"], build, f"{name}.v")
    return results


def _assumptions(results: dict[str, tuple[str, ...]], build: Path) -> list[str]:
    """The lines by which Rocq answers what the results rest on."""
    asked = [f"{name}.{result}" for name in results for result in results[name]]
    lines = [f"From longtail Require {name}." for name in results]
    lines += [f"Print Assumptions longtail.{result}." for result in asked]
    (build / "assumptions.v").write_text("\n".join(lines) + "\n")
    command = ["coqc", "-q", "-R", ".", "longtail", "assumptions.v"]
    return _run(command, build, "Print Assumptions").splitlines()


def _checked(names: Iterable[str], build: Path) -> None:
    # Without the files of what they require, which its distribution has checked.
    only = [part for name in names for part in ("-norec", f"longtail.{name}")]
    _run(["coqchk", "-silent", "-R", ".", "longtail", *only], build, "coqchk")


def check(sources: Path = SOURCES) -> dict[str, tuple[str, ...]]:
    """Compile and check every file, away from the sources.

    Returns:
        The names of the results of each file.

    Raises:
        UnprovedError: where a tool is missing, a file does not compile, or anything is assumed.
    """
    missing = [tool for tool in ("coqc", "coqchk") if shutil.which(tool) is None]
    if missing:
        raise UnprovedError(f"{missing[0]} is not installed (Debian: coq, libcoq-mathcomp-algebra)")
    names = modules(sources)
    with tempfile.TemporaryDirectory() as temporary:
        build = Path(temporary)
        results = _compiled(sources, names, build)
        answers = _assumptions(results, build)
        if answers != [CLOSED] * sum(map(len, results.values())):
            other = [line for line in answers if line != CLOSED]
            raise UnprovedError(f"something is assumed: {' '.join(other)}")
        _checked(names, build)
    return results


def _require_intervals(build: Path) -> None:
    """Refuse where the interval package is missing."""
    (build / "needed.v").write_text("From Interval Require Import Tactic.\n")
    try:
        _run(["coqc", "-q", "needed.v"], build, "needed.v")
    except UnprovedError:
        raise UnprovedError(
            "Rocq's interval package is not installed (Debian: libcoq-interval)"
        ) from None


def check_numbers(sources: Path = SOURCES / "numbers") -> dict[str, tuple[str, ...]]:
    """Compile and check every file of inequalities between real numbers.

    Returns:
        The names of the results of each file.

    Raises:
        UnprovedError: where the interval package is missing, a file does not compile, or anything
            but numbers is assumed.
    """
    names = sorted(path.stem for path in sources.glob("*.v"))
    with tempfile.TemporaryDirectory() as temporary:
        build = Path(temporary)
        try:
            results = _compiled(sources, names, build)
        except UnprovedError:
            _require_intervals(build)
            raise
        # A line that goes on begins with a space.
        for line in _assumptions(results, build):
            if re.match(r"\s|Axioms:$", line) or line == CLOSED:
                continue
            if not OF_THE_STANDARD_LIBRARY.match(line):
                raise UnprovedError(f"something is assumed: {line}")
        _checked(names, build)
    return results


def main() -> int:
    """Check the project of a folder and say what is proved; the exit status."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--sources", type=Path, default=SOURCES, help="folder of the .v files")
    sources = parser.parse_args().sources
    try:
        results = check(sources)
        numbers = check_numbers(sources / "numbers")
    except UnprovedError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    for name, proved in results.items():
        sys.stdout.write(f"{name}.v: {len(proved)} results, no axiom\n")
    for name, proved in numbers.items():
        sys.stdout.write(f"numbers/{name}.v: {len(proved)} results, numbers' axioms alone\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())

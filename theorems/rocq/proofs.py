"""Build the machine-checked core and refuse what is not proved: `make proofs`.

Every file that `_CoqProject` names is compiled; the words by which Rocq takes something on trust
are refused in the sources; `Print Assumptions` must answer "Closed under the global context" for
every named result; `coqchk` checks the compiled files once more with the kernel alone.
"""

from __future__ import annotations

import argparse
import re
import shutil
import subprocess
import sys
import tempfile
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
    results: dict[str, tuple[str, ...]] = {}
    with tempfile.TemporaryDirectory() as temporary:
        build = Path(temporary)
        for name in names:
            source = (sources / f"{name}.v").read_text()
            if found := TRUSTED.search(without_comments(source)):
                raise UnprovedError(f"{name}.v: {found[0]} is not a proof")
            (build / f"{name}.v").write_text(source)
            results[name] = named(source)
            _run(["coqc", "-q", "-R", ".", "longtail", f"{name}.v"], build, f"{name}.v")
        asked = [f"{name}.{result}" for name in names for result in results[name]]
        lines = [f"From longtail Require {name}." for name in names]
        for result in asked:
            lines += [f"Print Assumptions longtail.{result}."]
        (build / "assumptions.v").write_text("\n".join(lines) + "\n")
        command = ["coqc", "-q", "-R", ".", "longtail", "assumptions.v"]
        answers = _run(command, build, "Print Assumptions").splitlines()
        if answers != [CLOSED] * len(asked):
            other = [line for line in answers if line != CLOSED]
            raise UnprovedError(f"something is assumed: {' '.join(other)}")
        # Without the files of mathcomp, which its distribution has checked.
        only = [part for name in names for part in ("-norec", f"longtail.{name}")]
        _run(["coqchk", "-silent", "-R", ".", "longtail", *only], build, "coqchk")
    return results


def main() -> int:
    """Check the project of a folder and say what is proved; the exit status."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--sources", type=Path, default=SOURCES, help="folder of the .v files")
    try:
        results = check(parser.parse_args().sources)
    except UnprovedError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    for name, proved in results.items():
        sys.stdout.write(f"{name}.v: {len(proved)} results, no axiom\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())

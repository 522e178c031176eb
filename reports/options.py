"""The options that several commands share, and their way from text to validated values.

Options arrive as text, so that every refusal comes from one place and reads alike: the
option, its value, what is allowed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from empirics.running.cluster import Workers
    from theorems.law import Law
    from theorems.setting import Setting
    from theorems.statement import Statement

N = Annotated[
    str | None,
    typer.Option("--n", metavar="INTEGER", help="Number of training samples.", show_default="1000"),
]
D = Annotated[
    str | None,
    typer.Option("--d", metavar="INTEGER", help="Number of features.", show_default="10000"),
]
S = Annotated[
    str | None,
    typer.Option("--s", metavar="NUMBER", help="Expected non-zeros of a sample.", show_default="5"),
]
Alpha = Annotated[
    str | None,
    typer.Option(
        "--alpha",
        metavar="NUMBER",
        help="Exponent of the power law of features.",
        show_default="2",
    ),
]
Sigma = Annotated[
    str | None,
    typer.Option(
        "--sigma",
        metavar="NUMBER",
        help="Standard deviation of the label noise.",
        show_default="0.05",
    ),
]
BetaExponent = Annotated[
    str | None,
    typer.Option(
        "--beta-exponent", metavar="NUMBER", help="b in beta*_i = i^-b.", show_default="0.1"
    ),
]
K = Annotated[
    str | None,
    typer.Option(
        "--k",
        metavar="INTEGER",
        help="Number of common features.",
        show_default="the largest k with n p_k >= 10",
    ),
]
Frequencies = Annotated[
    str | None,
    typer.Option(
        "--frequencies",
        metavar="FILE",
        help="Frequencies of your own in place of --d --s --alpha --beta-exponent: a number in "
        "[0, 1] a line, or .npy.",
        show_default=False,
    ),
]
Coefficients = Annotated[
    str | None,
    typer.Option(
        "--coefficients",
        metavar="FILE",
        help="Their coefficients, as many and in the same order; all 1 if not given.",
        show_default=False,
    ),
]
Only = Annotated[
    str | None,
    typer.Option(
        "--only",
        metavar="IDS",
        help="These statements alone, separated by commas, and what they need.",
        show_default="every statement",
    ),
]
Extra = Annotated[
    list[str] | None,
    typer.Option(
        "--set",
        metavar="NAME=NUMBER",
        help="A statement's own parameter, such as delta=0.1; may be repeated.",
        show_default=False,
    ),
]
Runs = Annotated[str, typer.Option("--runs", metavar="INTEGER", help="Draws at each setting.")]
Decide = Annotated[
    bool,
    typer.Option(
        "--decide",
        help="Draw until claims are decided: --runs draws, then twice as many, and so on, for "
        "what is open and draws can decide; all looks share the error of one. Stopping so biases "
        "a claim's mean by up to a fifth of its 95% interval's half-width.",
    ),
]
Spend = Annotated[
    str | None,
    typer.Option(
        "--budget",
        "--most",
        metavar="DRAWS|SECONDSs",
        help="What --decide may cost: draws at each setting, such as 20000, or seconds, such as "
        "600s. Draws alone give the same bytes on any machine.",
        show_default="100000 draws or 600s",
    ),
]
Seed = Annotated[
    str, typer.Option("--seed", metavar="INTEGER", help="Seed that every random number comes from.")
]
Jobs = Annotated[
    str | None,
    typer.Option(
        "--jobs", metavar="INTEGER", help="Worker processes.", show_default="one for each core"
    ),
]
Backend = Annotated[
    str, typer.Option("--backend", metavar="loky|dask", help="Where draws are computed.")
]
Scheduler = Annotated[
    str | None,
    typer.Option(
        "--scheduler", metavar="ADDRESS", help="Of a Dask scheduler, such as tcp://host:8786."
    ),
]
Certified = Annotated[
    bool,
    typer.Option(
        "--certified",
        help="Sides enclosed by ball arithmetic, lower ones rounded down and upper ones up.",
    ),
]
Json = Annotated[bool, typer.Option("--json", help="One JSON document on standard output.")]


@dataclass(frozen=True)
class LawOptions:
    """How features are distributed, as the command line has it.

    Args:
        d, s, alpha, beta_exponent: of a power law.
        frequencies, coefficients: files, in place of all four.
    """

    d: str | None = None
    s: str | None = None
    alpha: str | None = None
    beta_exponent: str | None = None
    frequencies: str | None = None
    coefficients: str | None = None

    @property
    def given(self) -> dict[str, str]:
        """Those that were given, by their names on the command line."""
        named = {
            "d": self.d,
            "s": self.s,
            "alpha": self.alpha,
            "beta-exponent": self.beta_exponent,
            "frequencies": self.frequencies,
            "coefficients": self.coefficients,
        }
        return {name: value for name, value in named.items() if value is not None}

    def law(self) -> Law:
        """The law that the options describe.

        Raises:
            InputError: for the first option that cannot be used, or two that exclude each other.
        """
        from theorems.errors import InputError
        from theorems.law import PowerLaw, Table

        given = {"d": self.d, "s": self.s, "alpha": self.alpha, "b": self.beta_exponent}
        parameters = {name: value for name, value in given.items() if value is not None}
        if self.frequencies is None:
            if self.coefficients is not None:
                raise InputError("coefficients", self.coefficients, "goes with --frequencies")
            return PowerLaw(**parameters)
        for name, value in parameters.items():
            option = "beta-exponent" if name == "b" else name
            raise InputError(option, value, "describes a power law, --frequencies another law")
        return Table.read(self.frequencies, self.coefficients)


def setting(n: str | None, sigma: str | None, k: str | None, law: LawOptions) -> Setting:
    """The setting that the model options describe; what is not given is the paper's.

    Raises:
        InputError: for the first option that cannot be used.
    """
    from theorems.errors import positive_integer
    from theorems.setting import Setting

    given = {"n": n, "sigma": sigma, "k": k}
    if n is not None:
        # Before a long file is read.
        positive_integer("n", n)
    return Setting(law=law.law(), **{name: v for name, v in given.items() if v is not None})


def ids(only: str | None) -> list[str] | None:
    """The ids of the statements named, each once; None where none are.

    Raises:
        InputError: for a name that no statement has.
    """
    from theorems import book
    from theorems.errors import InputError
    from theorems.lookup import UnknownStatementError

    if only is None:
        return None
    try:
        known = book.cards()
        return [known[name].id for name in dict.fromkeys(part.strip() for part in only.split(","))]
    except UnknownStatementError as error:
        _, _, why = str(error).partition(" = ")
        raise InputError("only", only, why.replace(": is", " is", 1).lstrip()) from None


def statements(only: str | None) -> list[Statement] | None:
    """The statements named, each once; None where none are.

    Raises:
        InputError: for a name that no statement has.
    """
    from theorems.catalogue import catalogue

    chosen = ids(only)
    return None if chosen is None else [catalogue[identifier] for identifier in chosen]


def extras(given: list[str] | None, only: Sequence[str] | None = None) -> dict[str, float]:
    """Values of statements' own parameters, by name.

    Args:
        given: texts NAME=NUMBER.
        only: ids of the statements that may have them; None takes every one.

    Raises:
        InputError: for what is no NAME=NUMBER, or a name that none of the statements has.
    """
    import difflib

    from theorems import book
    from theorems.errors import InputError, finite_number

    if not given:
        return {}
    cards = book.cards()
    known = sorted(
        {name for one in (cards if only is None else only) for name in cards[one].defaults}
    )
    found: dict[str, float] = {}
    for text in given:
        name, sign, number = text.partition("=")
        if not sign:
            raise InputError("set", text, "must be NAME=NUMBER")
        if name not in known:
            near = difflib.get_close_matches(name, known, n=1, cutoff=0.0)
            hint = f"the nearest is {near[0]}" if near else "these have none"
            raise InputError("set", text, f"no statement has such a parameter; {hint}")
        found[name] = finite_number("set", number, f"must be {name}=NUMBER, a finite number")
    return found


def seed_number(text: str, name: str = "seed") -> int:
    """A seed, or the number of a draw: an integer >= 0."""
    from theorems.errors import InputError

    try:
        seed = int(text)
    except ValueError:
        seed = -1
    if not 0 <= seed < 2**63:
        raise InputError(name, text, "must be an integer from 0 to 2^63 - 1")
    return seed


def job_count(text: str | None) -> int:
    """Worker processes: the number asked for, or one for each core that may be used.

    Raises:
        InputError: for what is no positive integer, here or in joblib's limit of cores.
    """
    from theorems.cores import usable_cores
    from theorems.errors import positive_integer

    return usable_cores() if text is None else positive_integer("jobs", text)


def workers(jobs: str | None, backend: str, scheduler: str | None) -> Workers:
    """Who computes the draws.

    Raises:
        InputError: for an unknown backend, or an address without dask or dask without one.
    """
    from empirics.running.cluster import BACKENDS, Workers, require
    from theorems.errors import InputError

    if backend not in BACKENDS:
        raise InputError("backend", backend, f"must be one of {', '.join(BACKENDS)}")
    if backend == "dask" and scheduler is None:
        raise InputError("scheduler", "none", "must be given with --backend dask")
    if backend != "dask" and scheduler is not None:
        raise InputError("scheduler", scheduler, "goes with --backend dask")
    count = job_count(jobs)
    if scheduler is not None:
        require(scheduler)
    return Workers(count, scheduler)


def writable_folder(name: str, text: str) -> Path:
    """A folder that exists or can be made and can be written to; what is in it stays.

    Raises:
        InputError: where that is not so.
    """
    import tempfile

    from theorems.errors import InputError

    folder = Path(text)
    missing = [part for part in (folder, *folder.parents) if not part.exists()]
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        for part in missing:
            if part.is_dir():
                part.rmdir()
        reason = error.strerror or str(error)
        raise InputError(name, text, f"must be a folder that can be written ({reason})") from None
    return folder

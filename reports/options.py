"""The options that several commands share, and their way from text to validated values.

Options arrive as text, so that every refusal comes from one place and reads alike: the
option, its value, what is allowed.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from empirics.running.cluster import Workers
    from theorems.setting import Setting

N = Annotated[str, typer.Option("--n", metavar="INTEGER", help="Number of training samples.")]
D = Annotated[str, typer.Option("--d", metavar="INTEGER", help="Number of features.")]
S = Annotated[str, typer.Option("--s", metavar="NUMBER", help="Expected non-zeros of a sample.")]
Alpha = Annotated[
    str, typer.Option("--alpha", metavar="NUMBER", help="Exponent of the power law of features.")
]
Sigma = Annotated[
    str, typer.Option("--sigma", metavar="NUMBER", help="Standard deviation of the label noise.")
]
BetaExponent = Annotated[
    str, typer.Option("--beta-exponent", metavar="NUMBER", help="b in beta*_i = i^-b.")
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
Runs = Annotated[str, typer.Option("--runs", metavar="INTEGER", help="Draws at each setting.")]
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
Json = Annotated[bool, typer.Option("--json", help="One JSON document on standard output.")]


def setting(
    n: str, d: str, s: str, alpha: str, sigma: str, beta_exponent: str, k: str | None
) -> Setting:
    """The setting that the model options describe.

    Raises:
        InputError: for the first option that cannot be used.
    """
    from theorems.setting import Setting

    return Setting(n=n, d=d, s=s, alpha=alpha, sigma=sigma, beta_exponent=beta_exponent, k=k)


def seed_number(text: str) -> int:
    """A seed: an integer >= 0."""
    from theorems.errors import InputError

    try:
        seed = int(text)
    except ValueError:
        seed = -1
    if not 0 <= seed < 2**63:
        raise InputError("seed", text, "must be an integer from 0 to 2^63 - 1")
    return seed


def job_count(text: str | None) -> int:
    """Worker processes: the number asked for, or one for each core that may be used."""
    from theorems.errors import positive_integer

    if text is None:
        return (
            len(os.sched_getaffinity(0))
            if hasattr(os, "sched_getaffinity")
            else os.cpu_count() or 1
        )
    return positive_integer("jobs", text)


def workers(jobs: str | None, backend: str, scheduler: str | None) -> Workers:
    """Who computes the draws.

    Raises:
        InputError: for an unknown backend, or an address without dask or dask without one.
    """
    from empirics.running.cluster import BACKENDS, Workers
    from theorems.errors import InputError

    if backend not in BACKENDS:
        raise InputError("backend", backend, f"must be one of {', '.join(BACKENDS)}")
    if backend == "dask" and scheduler is None:
        raise InputError("scheduler", "none", "must be given with --backend dask")
    if backend != "dask" and scheduler is not None:
        raise InputError("scheduler", scheduler, "goes with --backend dask")
    return Workers(job_count(jobs), scheduler)


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

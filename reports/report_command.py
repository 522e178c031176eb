"""`longtail report`: the model options, and how much of what is computed around that setting."""

from __future__ import annotations

import shlex
import sys
from pathlib import Path
from typing import Annotated

import typer

from reports import options
from reports.exit_status import REFUTED


def report(
    preset: Annotated[
        str, typer.Option("--preset", metavar="quick|paper", help="How much is computed.")
    ] = "quick",
    out: Annotated[
        str, typer.Option("--out", metavar="DIR", help="Folder that the report is written to.")
    ] = "report",
    runs: Annotated[
        str | None,
        typer.Option(
            "--runs", metavar="INTEGER", help="Draws at each setting.", show_default="the preset's"
        ),
    ] = None,
    decide: options.Decide = False,
    budget: options.Spend = None,
    sections: Annotated[
        str | None,
        typer.Option(
            "--sections",
            metavar="NAMES",
            help="Sections besides the leading one, separated by commas; a name that "
            "is none lists them, networks and benchmark take minutes.",
            show_default="the preset's",
        ),
    ] = None,
    n: options.N = None,
    d: options.D = None,
    s: options.S = None,
    alpha: options.Alpha = None,
    sigma: options.Sigma = None,
    beta_exponent: options.BetaExponent = None,
    k: options.K = None,
    frequencies: options.Frequencies = None,
    coefficients: options.Coefficients = None,
    extra: options.Extra = None,
    networks: Annotated[
        list[str] | None,
        typer.Option(
            "--networks",
            metavar="DIR",
            help="Show the networks that `longtail nn` left in this folder; trains none. May be "
            "repeated: each experiment is shown from the first folder that has it.",
        ),
    ] = None,
    seed: options.Seed = "0",
    jobs: options.Jobs = None,
    backend: options.Backend = "loky",
    scheduler: options.Scheduler = None,
    source: Annotated[
        str | None,
        typer.Option(
            "--from", metavar="RESULTS", help="Draw again from a results.json; computes nothing."
        ),
    ] = None,
) -> None:
    """The bound-versus-simulation report: report.html, report.md, results.json, figures/.

    The model options make its main setting; exponents, noise levels and sizes are swept around it.
    """
    from empirics.judging.budget import Budget
    from reports import reporting
    from reports.experiment import PRESETS
    from reports.main_setting import MainSetting
    from reports.section import Context
    from reports.summary import card, refuted
    from theorems.errors import InputError, positive_integer

    law = options.LawOptions(d, s, alpha, beta_exponent, frequencies, coefficients)
    if source is not None:
        given = {"n": n, "sigma": sigma, "k": k, **law.given, "decide": decide or None}
        given |= {"set": " ".join(extra) if extra else None}
        for name, value in given.items():
            if value is not None:
                raise InputError(name, value, "goes with a new report, --from draws one again")
        Budget.asked(decide, budget, 1)
        results = reporting.read_again(source, networks or ())
        workers = options.workers(jobs, backend, scheduler)
        page = reporting.drawn_again(
            results, source, lambda: options.writable_folder("out", out), workers
        )
    else:
        setting = options.setting(n, sigma, k, law)
        named = reporting.preset_named(preset)
        draws = None if runs is None else positive_integer("runs", runs)
        context = Context(
            preset=named,
            seed=options.seed_number(seed),
            workers=options.workers(jobs, backend, scheduler),
            jobs=options.job_count(jobs),
            out=Path(out),
            runs=draws,
            main=MainSetting(setting, own_k=k is not None, extra=options.extras(extra)),
            networks=tuple(networks or ()),
            asked=sections is not None,
            budget=Budget.asked(decide, budget, draws or PRESETS[named].runs),
        )
        computing = reporting.prepared(sections, context)
        folder = options.writable_folder("out", out)
        results = reporting.computed(computing, shlex.join(["longtail", *sys.argv[1:]]))
        page = reporting.drawn(results, folder, context.workers)
    typer.echo(card(results, page, reporting.program()))
    if refuted(results):
        raise typer.Exit(REFUTED)

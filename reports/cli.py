"""The command line. Commands are thin: options in, one call, one table or document out.

Heavy modules are imported inside the commands, so that `longtail --help` is quick.
"""

from __future__ import annotations

from typing import Annotated

import typer

from reports import networks as network_commands
from reports import options
from reports.compare_command import compare
from reports.diagnosis import diagnose
from reports.exit_status import REFUTED, leave
from reports.report_command import report

app = typer.Typer(
    name="longtail",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)


def _version(asked: bool) -> None:
    if asked:
        from importlib.metadata import version

        typer.echo(f"longtail {version('longtail')}")
        raise typer.Exit


@app.callback()
def root(
    version: Annotated[  # the callback does the work
        bool, typer.Option("--version", callback=_version, is_eager=True, help="The version.")
    ] = False,
) -> None:
    """Theorems on memorizing long-tail data, checked.

    Whether they hold, how tightly, and where they stop holding.
    """


LISTED = ("id", "title", "origin", "kind", "trust")


@app.command("list")
def list_statements(json: options.Json = False) -> None:
    """Ids, titles, origin, kind and label of trust of every statement."""
    from reports.console import print_json, print_table
    from theorems.book import cards

    rows = [
        (one.id, one.title, str(one.origin), str(one.kind), one.trust) for one in cards().values()
    ]
    if json:
        print_json([dict(zip(LISTED, row, strict=True)) for row in rows])
        return
    print_table(
        "Statements, in reading order",
        LISTED,
        rows,
    )


@app.command()
def show(
    identifier: Annotated[str, typer.Argument(metavar="ID", help="A statement's id.")],
    latex: Annotated[bool, typer.Option("--latex", help="The formula as LaTeX.")] = False,
    standalone: Annotated[
        bool,
        typer.Option(
            "--standalone", help="With --latex: a document, with definitions, hypotheses, proof."
        ),
    ] = False,
    python: Annotated[bool, typer.Option("--python", help="Code that evaluates it.")] = False,
    json: options.Json = False,
) -> None:
    """A statement, its hypotheses, its proof and what that rests on."""
    from reports.statement_text import described, printed, runnable
    from theorems.catalogue import catalogue
    from theorems.notation import formula_latex

    statement = catalogue[identifier]
    if standalone and not latex:
        from theorems.errors import InputError

        raise InputError("standalone", "on", "goes with --latex")
    if json:
        from reports.console import print_json

        print_json(described(statement))
    elif latex and standalone:
        from reports.latex_document import standalone as document

        typer.echo(document(statement))
    elif latex:
        typer.echo(formula_latex(statement))
    elif python:
        typer.echo(runnable(statement))
    else:
        typer.echo(printed(statement))


@app.command()
def bounds(
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
    only: options.Only = None,
    precision: Annotated[
        str, typer.Option("--precision", metavar="DIGITS", help="Significant digits.")
    ] = "15",
    certified: options.Certified = False,
    json: options.Json = False,
) -> None:
    """Every statement evaluated at a setting, with its hypotheses."""
    from reports.bounds import evaluated, print_bounds

    chosen = options.ids(only)
    given = options.extras(extra, chosen)
    law = options.LawOptions(d, s, alpha, beta_exponent, frequencies, coefficients)
    setting = options.setting(n, sigma, k, law)
    print_bounds(evaluated(setting, precision, given, chosen, certified=certified), as_json=json)


@app.command()
def simulate(
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
    only: options.Only = None,
    runs: options.Runs = "50",
    decide: options.Decide = False,
    budget: options.Spend = None,
    seed: options.Seed = "0",
    jobs: options.Jobs = None,
    backend: options.Backend = "loky",
    scheduler: options.Scheduler = None,
    json: options.Json = False,
) -> None:
    """Monte Carlo at a setting, and the verdicts on every statement there."""
    from empirics.judging.budget import Budget
    from reports.console import print_json
    from reports.records import document
    from reports.simulation import print_simulation, refuted, simulated
    from theorems.errors import positive_integer

    law = options.LawOptions(d, s, alpha, beta_exponent, frequencies, coefficients)
    chosen = options.statements(only)
    first = positive_integer("runs", runs)
    spend = Budget.asked(decide, budget, first)
    cell = simulated(
        options.setting(n, sigma, k, law),
        first,
        options.seed_number(seed),
        options.workers(jobs, backend, scheduler),
        options.extras(extra, options.ids(only)),
        chosen,
        spend,
    )
    if json:
        print_json(document(cell))
    else:
        print_simulation(cell)
    if refuted(cell):
        raise typer.Exit(REFUTED)


@app.command()
def draw(
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
    seed: options.Seed = "0",
    run: Annotated[
        str, typer.Option("--run", metavar="INTEGER", help="Number of the draw, from 0.")
    ] = "0",
    json: options.Json = False,
) -> None:
    """One draw of `simulate` or of a report again, alone: what each observable saw in it."""
    from reports.console import print_json
    from reports.records import document
    from reports.simulation import drawn, print_draw

    law = options.LawOptions(d, s, alpha, beta_exponent, frequencies, coefficients)
    setting = options.setting(n, sigma, k, law)
    one = drawn(
        setting,
        options.seed_number(seed),
        options.seed_number(run, "run"),
        options.extras(extra),
    )
    if json:
        print_json(document(one))
    else:
        print_draw(one)


@app.command()
def regimes(
    alpha: Annotated[
        str | None,
        typer.Option(
            "--alpha", metavar="NUMBER", help="Numbers at this alpha too.", show_default="symbolic"
        ),
    ] = None,
    beta_exponent: options.BetaExponent = None,
    json: options.Json = False,
) -> None:
    """Powers of n of each quantity, breakpoints, dominant terms, where hypotheses hold."""
    from reports.console import print_json
    from reports.records import document
    from reports.regimes import print_regimes, regime_table
    from theorems.setting import Setting

    setting = Setting(law=options.LawOptions(alpha=alpha, beta_exponent=beta_exponent).law())
    table = regime_table(None if alpha is None else setting.alpha, setting.beta_exponent)
    if json:
        print_json(document(table))
    else:
        print_regimes(table)


@app.command()
def constants(
    alpha: options.Alpha = None,
    beta_exponent: options.BetaExponent = None,
    d: options.D = None,
    precision: Annotated[
        str, typer.Option("--precision", metavar="DIGITS", help="Significant digits.")
    ] = "15",
    json: options.Json = False,
) -> None:
    """Every named constant of the asymptotic laws, in closed form and as a number."""
    from reports.constants import constant_table, print_constants
    from theorems.setting import Setting

    law = options.LawOptions(d=d, alpha=alpha, beta_exponent=beta_exponent).law()
    setting = Setting(law=law)
    print_constants(constant_table(setting, precision), as_json=json)


@app.command()
def bench(
    quick: Annotated[
        bool, typer.Option("--quick", help="Few draws, nothing above n = 10^4.")
    ] = False,
    goals: Annotated[
        bool,
        typer.Option(
            "--goals", help="Also designs up to n = 10^7, statements at d = 10^6, a Dask cluster."
        ),
    ] = False,
    json: options.Json = False,
) -> None:
    """The solver against what users would otherwise call: medians, ratios, peak memory."""
    from reports.benchmark import measured, print_benchmark

    print_benchmark(measured(quick=quick, goals=goals), as_json=json)


app.command()(report)
app.command()(diagnose)
app.command()(compare)
app.add_typer(network_commands.app, name="nn")
app.add_typer(network_commands.data_app, name="data")

cache = typer.Typer(help="Finished draws that are kept on disk.", no_args_is_help=True)
app.add_typer(cache, name="cache")


@cache.command("list")
def cache_list(json: options.Json = False) -> None:
    """What is kept: setting, seed, draws, bytes."""
    from reports.cached import listed, print_cache

    print_cache(listed(), as_json=json)


@cache.command("size")
def cache_size(json: options.Json = False) -> None:
    """Where the cache is and how large."""
    from reports.cached import measured, print_size

    print_size(measured(), as_json=json)


@cache.command("clear")
def cache_clear() -> None:
    """Remove every kept draw."""
    from reports.cached import cleared

    typer.echo(f"{cleared()} draws removed")


def main() -> None:
    """Entry point; how it leaves is the business of `reports.exit_status`."""
    leave(app)


if __name__ == "__main__":
    main()

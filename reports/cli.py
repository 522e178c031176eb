"""The command line. Commands are thin: options in, one call, one table or document out.

Heavy modules are imported inside the commands, so that `longtail --help` is quick.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from reports import networks as network_commands
from reports import options

app = typer.Typer(
    name="longtail",
    help="Theorems on memorizing long-tail data, checked: whether they hold, how tightly, "
    "and where they stop holding.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)

REFUTED = 1
BAD_INPUT = 2


@app.command("list")
def list_statements(json: options.Json = False) -> None:
    """Ids, titles, origin and kind of every statement."""
    from reports.console import print_json, print_table
    from theorems.catalogue import catalogue

    if json:
        print_json(
            [
                {
                    "id": statement.id,
                    "title": statement.title,
                    "origin": str(statement.origin),
                    "kind": str(statement.kind),
                }
                for statement in catalogue.values()
            ]
        )
        return
    print_table(
        "Statements, in reading order",
        ("id", "title", "origin", "kind"),
        [(s.id, s.title, str(s.origin), str(s.kind)) for s in catalogue.values()],
    )


@app.command()
def show(
    identifier: Annotated[str, typer.Argument(metavar="ID", help="A statement's id.")],
    latex: Annotated[bool, typer.Option("--latex", help="The formula as LaTeX.")] = False,
    python: Annotated[bool, typer.Option("--python", help="Code that evaluates it.")] = False,
    json: options.Json = False,
) -> None:
    """A statement, its hypotheses, its proof and what that rests on."""
    from reports.statement_text import described, printed, runnable
    from theorems.catalogue import catalogue
    from theorems.notation import formula_latex

    statement = catalogue[identifier]
    if json:
        from reports.console import print_json

        print_json(described(statement))
    elif latex:
        typer.echo(formula_latex(statement))
    elif python:
        typer.echo(runnable(statement))
    else:
        typer.echo(printed(statement))


@app.command()
def bounds(
    n: options.N = "1000",
    d: options.D = "10000",
    s: options.S = "5",
    alpha: options.Alpha = "2",
    sigma: options.Sigma = "0.05",
    beta_exponent: options.BetaExponent = "0.1",
    k: options.K = None,
    precision: Annotated[
        str, typer.Option("--precision", metavar="DIGITS", help="Significant digits.")
    ] = "15",
    json: options.Json = False,
) -> None:
    """Every statement evaluated at a setting, with its hypotheses."""
    from reports.bounds import evaluated, print_bounds

    setting = options.setting(n, d, s, alpha, sigma, beta_exponent, k)
    print_bounds(evaluated(setting, precision), as_json=json)


@app.command()
def simulate(
    n: options.N = "1000",
    d: options.D = "10000",
    s: options.S = "5",
    alpha: options.Alpha = "2",
    sigma: options.Sigma = "0.05",
    beta_exponent: options.BetaExponent = "0.1",
    k: options.K = None,
    runs: options.Runs = "50",
    seed: options.Seed = "0",
    jobs: options.Jobs = None,
    backend: options.Backend = "loky",
    scheduler: options.Scheduler = None,
    json: options.Json = False,
) -> None:
    """Monte Carlo at a setting, and the verdicts on every statement there."""
    from reports.console import print_json
    from reports.simulation import print_simulation, simulated
    from theorems.errors import positive_integer

    document = simulated(
        options.setting(n, d, s, alpha, sigma, beta_exponent, k),
        positive_integer("runs", runs),
        options.seed_number(seed),
        options.workers(jobs, backend, scheduler),
    )
    if json:
        print_json(document)
    else:
        print_simulation(document)
    _exit_if_refuted(document["verdicts"])


@app.command()
def regimes(
    alpha: Annotated[
        str | None,
        typer.Option(
            "--alpha", metavar="NUMBER", help="Numbers at this alpha too.", show_default="symbolic"
        ),
    ] = None,
    beta_exponent: options.BetaExponent = "0.1",
    json: options.Json = False,
) -> None:
    """Powers of n of each quantity, breakpoints, dominant terms, where hypotheses hold."""
    from reports.console import print_json
    from reports.regimes import print_regimes, regime_table
    from theorems.setting import Setting

    exponents: dict[str, Any] = {"beta_exponent": beta_exponent} | (
        {} if alpha is None else {"alpha": alpha}
    )
    setting = Setting(**exponents)
    document = regime_table(None if alpha is None else setting.alpha, setting.beta_exponent)
    if json:
        print_json(document)
    else:
        print_regimes(document)


@app.command()
def constants(
    alpha: options.Alpha = "2",
    beta_exponent: options.BetaExponent = "0.1",
    d: options.D = "10000",
    precision: Annotated[
        str, typer.Option("--precision", metavar="DIGITS", help="Significant digits.")
    ] = "15",
    json: options.Json = False,
) -> None:
    """Every named constant of the asymptotic laws, in closed form and as a number."""
    from reports.constants import constant_table, print_constants
    from theorems.setting import Setting

    setting = Setting(d=d, alpha=alpha, beta_exponent=beta_exponent)
    print_constants(constant_table(setting, precision), as_json=json)


@app.command()
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
    sections: Annotated[
        str | None,
        typer.Option(
            "--sections",
            metavar="NAMES",
            help="Sections after the Figure 1 sweep, separated by commas: regimes, rates, "
            "variance, memorization, networks (trains its quick preset for minutes, needs torch), "
            "benchmark (minutes).",
            show_default="the preset's",
        ),
    ] = None,
    networks: Annotated[
        str | None,
        typer.Option(
            "--networks",
            metavar="DIR",
            help="Show the networks that `longtail nn` left in this folder; trains none.",
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
    """The bound-versus-simulation report: report.html, report.md, results.json, figures/."""
    from reports.experiment import computed
    from reports.network_section import claims, prepared, read_documents
    from reports.render import write_report
    from reports.results import read_results
    from reports.sections import computed_sections, section_names

    if source is not None:
        results = read_results(source)
        if networks is not None:
            results["networks"] = read_documents(networks)
        folder = options.writable_folder("out", out)
    else:
        chosen = _preset(preset, runs)
        names = section_names(sections, chosen.name)
        seed_value = options.seed_number(seed)
        workers = options.workers(jobs, backend, scheduler)
        network_documents = None
        if "networks" in names or networks is not None:
            network_documents = prepared(
                networks,
                Path(out),
                seed_value,
                options.job_count(jobs),
                asked=sections is not None,
            )
        folder = options.writable_folder("out", out)
        results = computed(chosen, seed_value, workers, command=_command())
        results |= computed_sections(names, chosen.name, seed_value, workers)
        if network_documents is not None:
            results["networks"] = network_documents()
    written = write_report(results, folder)
    typer.echo(f"{written}")
    _exit_if_refuted(
        [row for cell in results["cells"] for row in cell["verdicts"]]
        + results.get("rates", {"rows": []})["rows"]
        + results.get("variance", {"rows": []})["rows"]
        + results.get("memorization", {"judged": []})["judged"]
        + claims(results.get("networks", {}))
    )


@app.command()
def bench(
    quick: Annotated[
        bool, typer.Option("--quick", help="Few draws, nothing above n = 10^4.")
    ] = False,
    json: options.Json = False,
) -> None:
    """The solver against what users would otherwise call: medians, ratios, peak memory."""
    from reports.benchmark import measured, print_benchmark

    print_benchmark(measured(quick=quick), as_json=json)


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


def _preset(name: str, runs: str | None) -> Any:
    from reports.experiment import PRESETS
    from theorems.errors import InputError, positive_integer

    if name not in PRESETS:
        raise InputError("preset", name, f"must be one of {', '.join(PRESETS)}")
    preset = PRESETS[name]
    return preset if runs is None else preset.with_runs(positive_integer("runs", runs))


def _command() -> str:
    import shlex

    return shlex.join(["longtail", *sys.argv[1:]])


def _exit_if_refuted(verdicts: list[dict[str, Any]]) -> None:
    if any(row["verdict"] == "refuted" for row in verdicts):
        raise typer.Exit(REFUTED)


def main() -> None:
    """Entry point: exit status 0 done, 1 a claim was refuted, 2 bad input in one line."""
    # typer's own base class of usage errors has moved between modules; its name has not.
    usage_error: Any = next(
        base for base in typer.BadParameter.__mro__ if base.__name__ == "ClickException"
    )
    try:
        status = app(standalone_mode=False)
    except usage_error as error:
        _fail(error.format_message())
    except (ValueError, KeyError) as error:
        from theorems.catalogue import UnknownStatementError
        from theorems.errors import InputError

        if isinstance(error, InputError):
            _fail(f"--{error}")
        if isinstance(error, UnknownStatementError):
            _fail(str(error))
        raise
    except MemoryError as error:
        # Ours say what needs how much; Python's own says nothing.
        _fail(str(error) or "the memory of this machine does not suffice")
    except (KeyboardInterrupt, typer.Abort):
        sys.exit(130)
    sys.exit(status if isinstance(status, int) else 0)


def _fail(message: str) -> None:
    line = " ".join(str(message).split())
    print(f"longtail: {line}", file=sys.stderr)  # noqa: T201  # the one line that bad input gets
    sys.exit(BAD_INPUT)


if __name__ == "__main__":
    main()

"""The command line of the networks chapter: Table 1, Figure 2 and what was measured beyond them.

``app`` holds the experiments and is mounted as ``longtail nn``; ``data_app`` holds the download
and is mounted as ``longtail data``. Exit status: 0 done, 1 a claim of the paper was refuted, 2 bad
input (`InputError`, which the mounting command line words), 3 what the networks need is missing, a
training process died or the disk is full.
"""

from __future__ import annotations

import inspect
import sys
from collections.abc import Callable
from dataclasses import dataclass, fields
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, get_type_hints

import typer
from rich.console import Console
from rich.table import Table

from nn.experiments import EXPERIMENTS, Experiment
from nn.requirement_error import RequirementError
from nn.requirements import require
from theorems.files import write_atomically

if TYPE_CHECKING:
    from nn.documents import Document
    from nn.plan import Plan
    from nn.presets import Changes

FAILED = 3

app = typer.Typer(no_args_is_help=True, help="Check the paper's network experiments by running.")
data_app = typer.Typer(no_args_is_help=True, help="Data for the network experiments.")


@dataclass(frozen=True, kw_only=True)
class Options:
    """What every experiment is asked: a field is an option of its command."""

    preset: Annotated[
        str,
        typer.Option(
            help="quick (minutes on 2 cores), mnist (hours on 2 cores) or paper (a GPU, hours)."
        ),
    ] = "quick"
    data: Annotated[
        Path | None,
        typer.Option(
            help="Folder with MNIST and Omniglot in torchvision's layout; else LONGTAIL_DATA; "
            "else embedded stand-ins."
        ),
    ] = None
    device: Annotated[str, typer.Option(help="auto, cpu or cuda.")] = "auto"
    seeds: Annotated[
        int | None, typer.Option(help="Number of seeds; the preset's if not given.")
    ] = None
    seed: Annotated[int, typer.Option(help="Root of every random stream.")] = 0
    out: Annotated[
        Path, typer.Option(help="Folder for figures, results and finished runs (kept, resumed).")
    ] = Path("report")
    jobs: Annotated[
        int | None, typer.Option(help="Runs side by side; one per core if not given.")
    ] = None
    as_json: Annotated[
        bool, typer.Option("--json", help="One JSON document on stdout, nothing else.")
    ] = False

    def changes(self) -> Changes:
        """What differs from the preset."""
        from nn.presets import Changes

        return Changes()

    def computed(self, experiment: Experiment) -> Callable[[Plan], Document]:
        """Return what computes the document; checks what this experiment alone is asked."""
        return experiment


@dataclass(frozen=True, kw_only=True)
class Table1Options(Options):
    """What Table 1 is asked besides: a part of a long run."""

    per_channel: Annotated[
        bool, typer.Option(help="Add the model with an encoder per channel.")
    ] = False
    models: Annotated[
        str | None,
        typer.Option(
            metavar="NAMES",
            help="Which architectures, separated by commas.",
            show_default="the paper's: sum, linear, two-layer, cross-channel",
        ),
    ] = None
    epochs: Annotated[int | None, typer.Option(help="Epochs, if not the preset's.")] = None
    batch: Annotated[int | None, typer.Option(help="Samples a step, if not the preset's.")] = None
    lr: Annotated[float | None, typer.Option(help="Peak learning rate, if not the preset's.")] = (
        None
    )
    weight_decay: Annotated[
        float | None, typer.Option(help="Weight decay where it is on, if not the preset's.")
    ] = None
    without: Annotated[
        int | None,
        typer.Option(
            help="Seeds trained a second time without the one-shot images, for the memorization "
            "scores; 0 for none."
        ),
    ] = None

    def changes(self) -> Changes:
        """What differs from the preset."""
        from nn.presets import Changes

        return Changes(**{field.name: getattr(self, field.name) for field in fields(Changes)})

    def computed(self, experiment: Experiment) -> Callable[[Plan], Document]:
        """Return what computes the table of the models that are named."""
        from nn.table1 import models_named

        names = models_named(self.models, self.per_channel)
        table1 = experiment.load()
        return lambda plan: table1(plan, names)


@dataclass(frozen=True, kw_only=True)
class InfluenceOptions(Options):
    """What the influence of samples is asked besides."""

    models: Annotated[
        str,
        typer.Option(metavar="NAMES", help="Which architectures, separated by commas."),
    ] = "sum"

    def computed(self, experiment: Experiment) -> Callable[[Any], Document]:
        """Return what computes the influence in the models that are named."""
        from nn.table1 import models_named

        names, influence = models_named(self.models), experiment.load()
        return lambda plan: influence(plan, names)


@dataclass(frozen=True, kw_only=True)
class RoundingOptions(Options):
    """What rounding is asked besides."""

    copies: Annotated[
        int, typer.Option(help="Trainings of each seed with one weight moved by one last digit.")
    ] = 4

    def computed(self, experiment: Experiment) -> Callable[[Any], Document]:
        """Return what computes it with so many copies."""
        from nn.rounding import checked

        copies, rounding = checked(self.copies), experiment.load()
        return lambda plan: rounding(plan, copies)


@dataclass(frozen=True, kw_only=True)
class AblationOptions(Options):
    """What the ablation is asked besides."""

    factors: Annotated[
        str | None,
        typer.Option(
            metavar="NAMES",
            help="Which factors, separated by commas: epochs, norm, optimizer, lr, batch, clip, "
            "decay, outputs, width, together; or single settings of one, such as width-double.",
            show_default="all",
        ),
    ] = None

    def computed(self, experiment: Experiment) -> Callable[[Any], Document]:
        """Return what computes the rows of the factors that are named."""
        from nn.ablation import factors_named

        factors, ablation = factors_named(self.factors), experiment.load()
        return lambda plan: ablation(plan, factors)


#: Of experiments that are asked more than all are, by document.
OPTIONS: dict[str, type[Options]] = {
    "table1": Table1Options,
    "influence": InfluenceOptions,
    "rounding": RoundingOptions,
    "ablation": AblationOptions,
}


def _failed(reason: object) -> typer.Exit:
    print(f"longtail: {reason}", file=sys.stderr)  # noqa: T201 - a command line prints
    return typer.Exit(FAILED)


def _run(experiment: Experiment, asked: Options) -> None:
    """Check the request, run, write the results, show them, and leave with the right status.

    Raises:
        InputError: bad input; nothing was written then.

    """
    try:
        require()
    except RequirementError as error:
        raise _failed(error) from None
    from nn.plan import plan
    from nn.pool import WorkerError

    computed = asked.computed(experiment)
    request = plan(
        asked.preset,
        asked.data,
        asked.device,
        asked.seeds,
        asked.seed,
        asked.out,
        asked.jobs,
        changes=asked.changes(),
    )
    if not asked.as_json:
        Console(stderr=True).print(request.sources.line, soft_wrap=True, highlight=False)
    from reports.network_figures import figures
    from reports.network_tables import rows

    try:
        results = computed(request)
        text = results.text()
        write_atomically(asked.out / f"{experiment.document}.json", text.encode())
        drawn = figures(results, asked.out / "figures")
    except WorkerError as error:
        raise _failed(error) from None
    except OSError as error:
        raise _failed(f"{error}; finished trainings are kept in {asked.out}") from None
    if asked.as_json:
        sys.stdout.write(text)
    else:
        _show(rows(results), results, drawn)
    # An answered question is no failure, whichever way it went.
    if any(one.origin == "paper" and one.verdict == "refuted" for one in results.verdicts):
        raise typer.Exit(1)


def _show(lines: list[list[str]], results: Document, drawn: list[Path]) -> None:
    console = Console()
    if not console.is_terminal:
        console = Console(width=max(console.width, 200))  # a file has no edge to wrap at
    table = Table(*lines[0])
    for line in lines[1:]:
        table.add_row(*line)
    console.print(table)
    for item in results.verdicts:
        console.print(f"{item.verdict}: {item.text}", markup=False, soft_wrap=True)
    for path in drawn:
        console.print(f"figure: {path}", markup=False, soft_wrap=True)


def _command(experiment: Experiment, options: type[Options]) -> None:
    """Give an experiment its command, whose options are the fields of ``options``."""

    def command(**given: Any) -> None:
        _run(experiment, options(**given))

    hints = get_type_hints(options, include_extras=True)
    # typer reads a function's options from its signature.
    command.__dict__["__signature__"] = inspect.Signature(
        [
            inspect.Parameter(
                field.name,
                inspect.Parameter.KEYWORD_ONLY,
                default=field.default,
                annotation=hints[field.name],
            )
            for field in fields(options)
        ]
    )
    app.command(experiment.command, help=experiment.help)(command)


for _experiment in EXPERIMENTS.values():
    _command(_experiment, OPTIONS.get(_experiment.document, Options))


@data_app.command("download")
def data_download(
    data: Annotated[Path, typer.Option(help="Folder to put MNIST and Omniglot in.")] = Path("data"),
) -> None:
    """Download MNIST and Omniglot in torchvision's layout, and check them."""
    try:
        require()
    except RequirementError as error:
        raise _failed(error) from None
    from nn.download import download

    print(download(data))  # noqa: T201 - a command line prints

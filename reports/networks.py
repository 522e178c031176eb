"""The command line of the networks chapter: Table 1, Figure 2 and what was measured beyond them.

``app`` holds the experiments and is mounted as ``longtail nn``; ``data_app`` holds the download
and is mounted as ``longtail data``. Exit status: 0 done, 1 a claim of the
paper was refuted, 2 bad input.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

app = typer.Typer(no_args_is_help=True, help="Check the paper's network experiments by running.")
data_app = typer.Typer(no_args_is_help=True, help="Data for the network experiments.")

Preset = Annotated[str, typer.Option(help="quick (minutes on 2 cores) or paper (a GPU, hours).")]
Data = Annotated[
    Path | None,
    typer.Option(
        help="Folder with MNIST and Omniglot in torchvision's layout; else LONGTAIL_DATA; else "
        "embedded stand-ins."
    ),
]
Device = Annotated[str, typer.Option(help="auto, cpu or cuda.")]
Seeds = Annotated[int | None, typer.Option(help="Number of seeds; the preset's if not given.")]
Seed = Annotated[int, typer.Option(help="Root of every random stream.")]
Out = Annotated[
    Path, typer.Option(help="Folder for figures, results and finished runs (kept, resumed).")
]
Jobs = Annotated[int | None, typer.Option(help="Runs side by side; one per core if not given.")]
Json = Annotated[bool, typer.Option("--json", help="One JSON document on stdout, nothing else.")]


def _fail(line: str) -> typer.Exit:
    print(line, file=sys.stderr)  # noqa: T201 - a command line prints
    return typer.Exit(2)


Experiment = Callable[[Any], dict[str, Any]]


def _run(
    prepared: Callable[[], Experiment],
    preset: str,
    data: Path | None,
    device: str,
    seeds: int | None,
    seed: int,
    out: Path,
    jobs: int | None,
    as_json: bool,
    changes: dict[str, Any] | None = None,
) -> None:
    """Check the request, run, write the results, show them, and leave with the right status.

    ``prepared`` imports the experiment and checks what only that one is asked.
    """
    from nn.errors import InputError

    try:
        from nn.presets import Changes, plan
    except ImportError as error:
        raise _fail(
            f"longtail nn needs torch, torchvision and scikit-learn ({error}); "
            "install them with: pip install 'longtail[nn]'"
        ) from None
    try:
        experiment = prepared()
        request = plan(
            preset, data, device, seeds, seed, out, jobs, changes=Changes(**(changes or {}))
        )
        if not as_json:
            Console(stderr=True).print(request.sources.line, soft_wrap=True, highlight=False)
        results = experiment(request)
    except InputError as error:
        raise _fail(str(error)) from None
    from nn.checkpoint import write_atomically
    from reports.network_figures import figures
    from reports.network_tables import rows

    text = json.dumps(results, allow_nan=False, indent=2) + "\n"
    name = results.get("table") or results.get("figure")
    write_atomically(out / f"{name}.json", text.encode())
    drawn = figures(results, out / "figures")
    if as_json:
        sys.stdout.write(text)
    else:
        _show(rows(results), results, drawn)
    # An answered question is no failure, whichever way it went.
    claims = [v for v in results["verdicts"] if v["origin"] == "paper"]
    if any(v["verdict"] == "refuted" for v in claims):
        raise typer.Exit(1)


def _show(lines: list[list[str]], results: dict[str, Any], drawn: list[Path]) -> None:
    console = Console()
    if not console.is_terminal:
        console = Console(width=max(console.width, 200))  # a file has no edge to wrap at
    table = Table(*lines[0])
    for line in lines[1:]:
        table.add_row(*line)
    console.print(table)
    for item in results["verdicts"]:
        console.print(f"{item['verdict']}: {item['text']}", markup=False, soft_wrap=True)
    for path in drawn:
        console.print(f"figure: {path}", markup=False, soft_wrap=True)


@app.command()
def table1(
    preset: Preset = "quick",
    data: Data = None,
    device: Device = "auto",
    seeds: Seeds = None,
    seed: Seed = 0,
    out: Out = Path("report"),
    jobs: Jobs = None,
    per_channel: Annotated[
        bool, typer.Option(help="Add the model with an encoder per channel.")
    ] = False,
    models: Annotated[
        str | None,
        typer.Option(
            metavar="NAMES",
            help="Only these, separated by commas: sum, linear, two-layer, cross-channel.",
        ),
    ] = None,
    epochs: Annotated[int | None, typer.Option(help="Epochs, if not the preset's.")] = None,
    batch: Annotated[int | None, typer.Option(help="Samples a step, if not the preset's.")] = None,
    lr: Annotated[
        float | None, typer.Option(help="Peak learning rate, if not the preset's.")
    ] = None,
    weight_decay: Annotated[
        float | None, typer.Option(help="Weight decay where it is on, if not the preset's.")
    ] = None,
    without: Annotated[
        int | None,
        typer.Option(
            help="Seeds trained a second time without the one-shot images, for the memorization "
            "scores; 0 for none."
        ),
    ] = None,
    as_json: Json = False,
) -> None:
    """Run Table 1: one-shot images in new combinations, weight decay off and on."""

    def prepared() -> Experiment:
        from nn.table1 import models_named
        from nn.table1 import table1 as run

        names = models_named(models, per_channel)
        return lambda request: run(request, names)

    changes = {
        "epochs": epochs,
        "batch": batch,
        "lr": lr,
        "weight_decay": weight_decay,
        "without": without,
    }
    _run(prepared, preset, data, device, seeds, seed, out, jobs, as_json, changes)


@app.command()
def figure2(
    preset: Preset = "quick",
    data: Data = None,
    device: Device = "auto",
    seeds: Seeds = None,
    seed: Seed = 0,
    out: Out = Path("report"),
    jobs: Jobs = None,
    as_json: Json = False,
) -> None:
    """Run Figure 2: test loss against the number of '9's in training."""

    def prepared() -> Experiment:
        from nn.figure2 import figure2 as run

        return run

    _run(prepared, preset, data, device, seeds, seed, out, jobs, as_json)


@app.command()
def memorization(
    preset: Preset = "quick",
    data: Data = None,
    device: Device = "auto",
    seeds: Seeds = None,
    seed: Seed = 0,
    out: Out = Path("report"),
    jobs: Jobs = None,
    as_json: Json = False,
) -> None:
    """Measure memorization: with and without, over weight decay, and on random subsets."""

    def prepared() -> Experiment:
        from nn.memorization import memorization as run

        return run

    _run(prepared, preset, data, device, seeds, seed, out, jobs, as_json)


@app.command()
def theory(
    preset: Preset = "quick",
    data: Data = None,
    device: Device = "auto",
    seeds: Seeds = None,
    seed: Seed = 0,
    out: Out = Path("report"),
    jobs: Jobs = None,
    as_json: Json = False,
) -> None:
    """Put the linear theory beside networks: added errors, mislabelled images."""

    def prepared() -> Experiment:
        from nn.linear_theory import theory as run

        return run

    _run(prepared, preset, data, device, seeds, seed, out, jobs, as_json)


@app.command()
def composition(
    preset: Preset = "quick",
    data: Data = None,
    device: Device = "auto",
    seeds: Seeds = None,
    seed: Seed = 0,
    out: Out = Path("report"),
    jobs: Jobs = None,
    as_json: Json = False,
) -> None:
    """Run Table 1's protocol with products and maxima as targets."""

    def prepared() -> Experiment:
        from nn.composition import composition as run

        return run

    _run(prepared, preset, data, device, seeds, seed, out, jobs, as_json)


@data_app.command("download")
def data_download(
    data: Annotated[Path, typer.Option(help="Folder to put MNIST and Omniglot in.")] = Path("data"),
) -> None:
    """Download MNIST and Omniglot in torchvision's layout, and check them."""
    from nn.errors import InputError

    try:
        from nn.download import download
    except ImportError as error:
        raise _fail(
            f"longtail data needs torch and torchvision ({error}); "
            "install them with: pip install 'longtail[nn]'"
        ) from None
    try:
        path = download(data)
    except InputError as error:
        raise _fail(str(error)) from None
    print(path)  # noqa: T201 - a command line prints

"""The report's "Networks" section: experiments, trained for the report or read from a run."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from nn.experiments import EXPERIMENTS
from nn.requirement_error import RequirementError
from nn.requirements import require
from nn.study_records import Influence, Rounding
from reports.network_study_tables import by_sample_rows, ways_rows
from reports.network_tables import (
    by_label_rows,
    caption,
    mislabelled_rows,
    numbers_beside,
    rows,
    subsampled_rows,
)
from reports.section import Beside
from theorems.errors import InputError
from theorems.paper import NETWORKS_SETTING, Item

#: Experiments in reading order, by the name of their document, with their headings.
TEXT = (
    "The paper's second half: three images stacked as channels, the sum of their labels as target. "
    "Does memorizing an image seen once let a network use it in new combinations, and is that what "
    "the linear theory above says? Losses are mean squared errors; intervals are over seeds, for "
    "each claim alone, and a report refutes by none that errs more often than its family of tests "
    "allows."
)


def prepared(
    folder: str | None, out: Path, seed: int, jobs: int, asked: bool = True
) -> Callable[[], dict[str, Any]] | None:
    """Check what the section needs; what is returned then gets its documents.

    Args:
        folder: of finished documents (``longtail nn ... --out``), None to train the quick preset.
        out: the report's folder; trainings are kept below it and resumed.
        seed: root of every random stream.
        jobs: trainings side by side.
        asked: whether the user named the section, not the preset alone: only then is it an error
            that torch is missing. Else the section is left out and stderr says so.

    Returns:
        None where the section is left out.

    Raises:
        InputError: a folder without documents or with damaged ones; torch is missing though the
            section was asked for; the data that LONGTAIL_DATA names are missing or damaged.

    """
    if folder is not None:
        documents = read_documents(folder)
        return lambda: documents
    try:
        require()
    except RequirementError as error:
        why = f"{error}, or show a finished run with --networks DIR"
        if asked:
            raise InputError("sections", "networks", why) from None
        line = f"longtail: the networks section is left out: {why}"
        print(line, file=sys.stderr)  # noqa: T201 - a command line prints
        return None
    from nn.plan import plan

    # The paper preset needs a GPU for hours; its documents come by --networks.
    request = plan("quick", seed=seed, out=out, jobs=jobs)
    return lambda: {
        name: experiment(request)
        for name, experiment in EXPERIMENTS.items()
        if experiment.in_report
    }


def read_documents(folder: str) -> dict[str, Any]:
    """Read the documents of a finished run, those that are there.

    Raises:
        InputError: there is none, or one is not what its name says.

    """
    found = {}
    for name in EXPERIMENTS:
        path = Path(folder) / f"{name}.json"
        try:
            if not path.is_file():
                continue
        except (OSError, ValueError) as error:
            reason = getattr(error, "strerror", None) or str(error)
            raise InputError("networks", folder, f"must be a folder ({reason})") from None
        try:
            document = json.loads(path.read_text(encoding="utf-8"), parse_constant=_refused)
            whole = (document.get("table") or document.get("figure")) == name
            # Making the section meets every key that a page needs.
            whole = whole and bool(section({name: document}))
        except (OSError, ValueError, AttributeError, LookupError, TypeError):
            whole = False
        if not whole:
            raise InputError(
                "networks", str(path), f"must be a whole document of longtail nn {name}"
            )
        found[name] = document
    if not found:
        raise InputError(
            "networks",
            folder,
            f"must be a folder with one of {', '.join(f'{name}.json' for name in EXPERIMENTS)}, "
            "as longtail nn writes them to --out",
        )
    return found


def within(documents: dict[str, Any], level: float) -> dict[str, Any]:
    """The documents as a whole report may show them: refuted is what its family of tests refutes.

    Their intervals are for each claim alone. A handful of seeds cannot have one that errs as
    rarely as all tests of a report together ask for, so what such an interval refutes is open.

    Args:
        documents: by name.
        level: what one test of the report may err.
    """
    return {
        name: document | {"verdicts": [_within(one, level) for one in document["verdicts"]]}
        for name, document in documents.items()
    }


def _within(verdict: dict[str, Any], level: float) -> dict[str, Any]:
    error = verdict.get("error", ERROR_OF_ONE)
    if verdict["origin"] != "paper" or verdict["verdict"] != "refuted" or error <= level:
        return verdict
    text = f"{verdict['text']} (alone refuted at {error:.0%}; the report asks for {level:.1g})"
    return verdict | {"verdict": "inconclusive", "text": text}


ERROR_OF_ONE = 0.05
"""What the interval of a claim on networks may err, `nn.estimates.COVERAGE`."""


def _refused(constant: str) -> None:
    raise ValueError(f"{constant} is no number")


def claims(documents: dict[str, Any]) -> list[dict[str, Any]]:
    """Verdicts on what the paper says of networks; an answered question is no failure."""
    return [v for v in _verdicts(documents) if v["origin"] == "paper"]


def section(documents: dict[str, Any]) -> dict[str, Any]:
    """Return the section as the report's templates take it, each experiment as one of its parts."""
    verdicts = _verdicts(documents)
    parts = [_part(name, documents[name]) for name in EXPERIMENTS if name in documents]
    return _empty("Networks") | {
        "text": f"{TEXT} {sources(documents)} Verdicts: {_counts(verdicts)}; they stand together "
        "at the end of this section.",
        "parts": [*parts, _verdict_part(verdicts)],
    }


def beside(item: Item, document: dict[str, Any]) -> Beside:
    """What the paper shows of networks, ours beside it."""
    paper = [one for one in document["verdicts"] if one["origin"] == "paper"]
    open_ones = sum(one["verdict"] == "inconclusive" for one in paper)
    settings = document["settings"]
    told = ", ".join(f"{k.replace('_', ' ')} {_word(v)}" for k, v in settings.items() if v != [])
    notes = [
        f"{len(paper)} patterns of the paper are judged, each by its interval over "
        f"{document['seeds']} seeds: {_counts(paper)}.",
        *([f"{open_ones} are open: more seeds would tell."] if open_ones else []),
    ]
    numbers = numbers_beside(document)
    if numbers:
        notes.append(
            "Losses differ in size since data, networks and training do; what is compared is "
            "which of them are small."
        )
    else:
        notes.append("The paper's curves are not known to us as numbers: its patterns are judged.")
    return Beside(
        item,
        f"The paper: {NETWORKS_SETTING}. Ours ({document['preset']} preset): {document['sources']}"
        f"; {told}.",
        numbers[0] if numbers else ("the paper's pattern, and what was seen", "verdict"),
        numbers[1:] if numbers else [(one["text"], one["verdict"]) for one in paper],
        notes,
    )


def counted(documents: dict[str, Any]) -> str:
    """Say how many of the paper's patterns and of our questions got which verdict."""
    return _counts(_verdicts(documents))


def sources(documents: dict[str, Any]) -> str:
    """Say in one line where the images came from, once for documents that share it."""
    lines = list(dict.fromkeys(document["sources"] for document in documents.values()))
    return f"Images: {'; '.join(lines)}."


def _verdicts(documents: dict[str, Any]) -> list[dict[str, Any]]:
    return [v for name in EXPERIMENTS if name in documents for v in documents[name]["verdicts"]]


def _counts(verdicts: list[dict[str, Any]]) -> str:
    """Say how many of the paper's patterns and of our questions got which verdict."""
    told = []
    for origin, name in (("paper", "the paper's patterns"), ("question", "our questions")):
        words = [one["verdict"] for one in verdicts if one["origin"] == origin]
        counted = ", ".join(f"{words.count(word)} {word}" for word in dict.fromkeys(words))
        if words:
            told.append(f"of {len(words)} on {name} {counted}")
    return "; ".join(told)


def _verdict_part(verdicts: list[dict[str, Any]]) -> dict[str, Any]:
    origins = {"paper": "the paper's pattern", "question": "our question"}
    order = sorted(verdicts, key=lambda one: one["origin"] != "paper")
    return _empty("Verdicts on networks") | {
        "text": (
            "The paper's patterns come first; a refuted question is an answer, not a failure. "
            "In brackets: the interval over seeds; fewer than six seeds give their whole "
            "range, which covers the median with probability 1 - 2^(1 - seeds)."
        ),
        "columns": ("claim, and what was seen", "origin", "verdict"),
        "rows": [(one["text"], origins[one["origin"]], one["verdict"]) for one in order],
    }


def _part(name: str, document: dict[str, Any]) -> dict[str, Any]:
    from reports.network_figures import drawn  # pyplot takes a while to import

    lines = rows(document)
    figure = drawn(document)
    part = _empty(EXPERIMENTS[name].title) | {
        "text": caption(document),
        "columns": lines[0],
        "rows": lines[1:],
        "figures": [] if figure is None else [figure],
    }
    part["notes"] = _notes(document)
    if name == "table1" and any(row["memorization_by_label"] for row in document["rows"]):
        part["parts"] = [_table("Scores of the ten samples", BY_LABEL, by_label_rows(document))]
    if name == "memorization":
        lines = subsampled_rows(document)
        part["parts"] = [_table("Ordinary samples", _subsampled(document), lines)]
    if name == "linear-theory":
        lines = mislabelled_rows(document)
        part["parts"] = [_table("Mislabelled images", MISLABELLED, lines)]
    if name == "influence":
        lines = by_sample_rows(Influence.model_validate(document))
        part["parts"] = [_table("Each sample", BY_SAMPLE, lines)]
    if name == "rounding":
        lines = ways_rows(Rounding.model_validate(document))
        part["parts"] = [_table("Each way to round", WAYS, lines)]
    return part


BY_LABEL = (
    "Feldman and Zhang's score of each one-shot sample, by the label of its image: mean over seeds "
    "and its interval, cut at -1 and 1. Where all seeds agree the interval has no width and says "
    "only that they agreed."
)
MISLABELLED = (
    "The ten one-shot labels carry an error in training. Predicted: level² times the squared label "
    "error, the level measured on clean labels (statement corruption-tradeoff)."
)


BY_SAMPLE = (
    "Change of the loss by the sample that was changed: mean over pairs of the median over seeds, "
    "in squared digits."
)
WAYS = (
    "Test losses on pairs by seed, and the verdicts that Table 1 would have come to on Sum's low "
    "test loss and on its rise under weight decay, had it rounded so."
)


def _subsampled(document: dict[str, Any]) -> str:
    found = document["subsampled"]
    if found["mean_score"] is None:
        return f"{found['models']} models on random subsets gave no number."
    return (
        f"Feldman and Zhang's subsampled estimator: {found['models']} models, each on a random "
        f"{found['kept']:.0%} of the samples; {found['samples']} samples scored. Mean score "
        f"{found['mean_score']:.3f} with standard error {found['standard_error']:.3f} (jackknife "
        f"over models); one sample's score has a standard error of "
        f"{found['sample_standard_error']:.2f}."
    )


def _table(title: str, text: str, lines: list[list[str]]) -> dict[str, Any]:
    return _empty(title) | {"text": text, "columns": lines[0], "rows": lines[1:]}


def _notes(document: dict[str, Any]) -> list[str]:
    """What was trained, and which runs gave no number."""
    notes = [why for row in document["rows"] for why in row.get("diverged", ())]
    settings = document.get("settings")
    if settings is not None:
        told = ", ".join(
            f"{key.replace('_', ' ')} {_word(v)}" for key, v in settings.items() if v != []
        )
        notes.append(f"Trained with: {told}.")
    return notes


def _word(value: Any) -> str:
    return " and ".join(str(part) for part in value) if isinstance(value, list) else str(value)


def _empty(title: str) -> dict[str, Any]:
    return {
        "title": title,
        "text": "",
        "columns": (),
        "rows": [],
        "notes": [],
        "figures": [],
        "parts": [],
    }

"""The report's "Networks" section: experiments, trained for the report or read from a run."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeAlias

import numpy as np

from nn.documents import Document, PatternVerdict
from nn.experiments import EXPERIMENTS
from nn.requirement_error import RequirementError
from nn.requirements import require
from nn.results import LinearTheory, MemorizationPath, Subsampled, Table1
from nn.study_results import InfluenceStudy, RoundingStudy
from reports.decimals import shortened
from reports.network_cells import Lines, filled
from reports.network_study_tables import by_sample_rows, ways_rows
from reports.network_tables import (
    by_label_rows,
    caption,
    mislabelled_rows,
    numbers_beside,
    rows,
    subsampled_rows,
)
from reports.section import Beside, MalformedError, Page, read_record
from theorems.errors import InputError
from theorems.files import require_readable
from theorems.paper import NETWORKS_SETTING, Item

Documents: TypeAlias = dict[str, Document]
"""Result documents of `longtail nn` by the names of their experiments."""

TEXT = (
    "The paper's second half: three images stacked as channels, the sum of their labels as target. "
    "Does memorizing an image seen once let a network use it in new combinations, and is that what "
    "the linear theory above says? Losses are mean squared errors; intervals are over seeds, for "
    "each claim alone, and a report refutes by none that errs more often than its family of tests "
    "allows."
)


def prepared(
    folders: Sequence[str], out: Path, seed: int, jobs: int, asked: bool = True
) -> Callable[[], Documents] | None:
    """Check what the section needs; what is returned then gets its documents.

    Args:
        folders: of finished documents (``longtail nn ... --out``); none to train the quick preset.
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
    if folders:
        documents = read_runs(folders)
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


def read(part: object) -> Documents:
    """The documents of a part of results.json.

    Raises:
        MalformedError: where that is none; it says where and why.
    """
    if not isinstance(part, dict) or not part or not part.keys() <= EXPERIMENTS.keys():
        raise MalformedError(f"must hold documents of {', '.join(EXPERIMENTS)}")
    documents = {}
    for name, document in part.items():
        try:
            documents[name] = read_record(EXPERIMENTS[name].document_type(), document)
        except MalformedError as error:
            raise MalformedError(f"{name}: {error}") from None
    return documents


def read_runs(folders: Sequence[str]) -> Documents:
    """Read the documents of finished runs: of each experiment that of the first folder with one.

    Raises:
        InputError: a folder has none, or one is not what its name says.

    """
    found: Documents = {}
    for folder in folders:
        found = read_documents(folder) | found
    return {name: found[name] for name in EXPERIMENTS if name in found}


def read_documents(folder: str) -> Documents:
    """Read the documents of a finished run, those that are there.

    Raises:
        InputError: there is none, or one is not what its name says.

    """
    found: Documents = {}
    for name in EXPERIMENTS:
        path = Path(folder) / f"{name}.json"
        try:
            if not path.is_file():
                continue
        except (OSError, ValueError) as error:
            reason = getattr(error, "strerror", None) or str(error)
            raise InputError("networks", folder, f"must be a folder ({reason})") from None
        try:
            require_readable(path)
            written = json.loads(path.read_text(encoding="utf-8"), parse_constant=_refused)
            documents = read({name: written})
            # Rows that make no page are found before anything is computed.
            section(documents)
        except (OSError, ArithmeticError, LookupError, RecursionError, TypeError, ValueError):
            raise InputError(
                "networks", str(path), f"must be a whole document of longtail nn {name}"
            ) from None
        found |= documents
    if not found:
        raise InputError(
            "networks",
            folder,
            f"must be a folder with one of {', '.join(f'{name}.json' for name in EXPERIMENTS)}, "
            "as longtail nn writes them to --out",
        )
    return found


KEPT_DIGITS = int(np.finfo(np.float32).precision)
"""Decimal digits of any number that single precision keeps."""


def within(documents: Documents, level: float) -> Documents:
    """The documents as a whole report may show them: refuted is what its family of tests refutes.

    Their intervals are for each claim alone. A handful of seeds cannot have one that errs as
    rarely as all tests of a report together ask for, so what such an interval refutes is open.
    Numbers have the six digits that single precision keeps, in which they were trained.

    Args:
        documents: by name.
        level: what one test of the report may err.
    """
    return {
        name: _single(document).model_copy(
            update={"verdicts": tuple(_within(one, level) for one in document.verdicts)}
        )
        for name, document in documents.items()
    }


def _single(document: Document) -> Document:
    """The document with the digits of single precision."""
    text = shortened(json.dumps(document.content()), KEPT_DIGITS)
    return type(document).model_validate_json(text, strict=True)


def _within(one: PatternVerdict, level: float) -> PatternVerdict:
    if one.origin != "paper" or one.verdict != "refuted" or one.error <= level:
        return one
    text = f"{one.text} (alone refuted at {one.error:.0%}; the report asks for {level:.1g})"
    return one.model_copy(update={"verdict": "inconclusive", "text": text})


def _refused(constant: str) -> None:
    raise ValueError(f"{constant} is no number")


def claims(documents: Documents) -> list[PatternVerdict]:
    """Verdicts on what the paper says of networks; an answered question is no failure."""
    return [one for one in _verdicts(documents) if one.origin == "paper"]


def section(documents: Documents) -> Page:
    """Return the section as it is shown, each experiment as one of its parts."""
    verdicts = _verdicts(documents)
    parts = [_part(name, documents[name]) for name in EXPERIMENTS if name in documents]
    counts = _counts(verdicts)
    return Page(
        "Networks",
        text=f"{TEXT} {sources(documents)} Verdicts: {counts}; they stand together at the end of "
        "this section.",
        parts=[*parts, _verdict_part(verdicts)],
        finding=f"{counts[:1].upper()}{counts[1:]}.",
    )


def beside(item: Item, document: Document) -> Beside:
    """What the paper shows of networks, ours beside it."""
    paper = [one for one in document.verdicts if one.origin == "paper"]
    open_ones = sum(one.verdict == "inconclusive" for one in paper)
    settings = document.trained_with
    told = "" if settings is None else f"; {settings.told()}"
    seeds = "one seed" if document.seeds == 1 else f"{document.seeds} seeds"
    notes = [
        f"Each pattern is judged by its interval over {seeds}: {_counts(paper)}.",
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
        f"The paper: {NETWORKS_SETTING}. Ours ({document.preset} preset): {document.sources}"
        f"{told}.",
        numbers[0] if numbers else ("the paper's pattern, and what was seen", "verdict"),
        numbers[1:] if numbers else [(one.text, one.verdict) for one in paper],
        notes,
    )


def sources(documents: Documents) -> str:
    """Say in one line where the images came from, once for documents that share it."""
    lines = list(dict.fromkeys(document.sources for document in documents.values()))
    return f"Images: {'; '.join(lines)}."


def _verdicts(documents: Documents) -> list[PatternVerdict]:
    return [one for name in EXPERIMENTS if name in documents for one in documents[name].verdicts]


def _counts(verdicts: Sequence[PatternVerdict]) -> str:
    """Say how many of the paper's patterns and of our questions got which verdict."""
    told = []
    for origin, whose, name in (
        ("paper", "the paper's", "patterns"),
        ("question", "our", "questions"),
    ):
        words = [one.verdict for one in verdicts if one.origin == origin]
        counted = ", ".join(f"{words.count(word)} {_said(word)}" for word in dict.fromkeys(words))
        if words:
            told.append(f"of {whose} {len(words)} {name} {counted}")
    return "; ".join(told)


def _said(verdict: str) -> str:
    """What several things do that get one verdict."""
    return "hold" if verdict == "holds" else f"are {verdict}"


def _verdict_part(verdicts: Sequence[PatternVerdict]) -> Page:
    origins = {"paper": "the paper's pattern", "question": "our question"}
    order = sorted(verdicts, key=lambda one: one.origin != "paper")
    return Page(
        "Verdicts on networks",
        text=(
            "The paper's patterns come first; a refuted question is an answer, not a failure. "
            "In brackets: the interval over seeds; fewer than six seeds give their whole "
            "range, which covers the median with probability 1 - 2^(1 - seeds)."
        ),
        columns=("claim, and what was seen", "origin", "verdict"),
        rows=[(one.text, origins[one.origin], one.verdict) for one in order],
    )


def _part(name: str, document: Document) -> Page:
    from reports.network_figures import drawn  # pyplot takes a while to import

    lines = filled(rows(document))
    figure = drawn(document)
    return Page(
        EXPERIMENTS[name].title,
        text=caption(document),
        columns=lines[0],
        rows=lines[1:],
        notes=_notes(document),
        figures=[] if figure is None else [figure],
        parts=_below(document),
    )


def _below(document: Document) -> list[Page]:
    """Further tables of an experiment."""
    match document:
        case Table1() if any(row.memorization_by_label for row in document.rows):
            return [_table("Scores of the ten samples", BY_LABEL, by_label_rows(document))]
        case MemorizationPath():
            text = _subsampled(document.subsampled)
            return [_table("Ordinary samples", text, subsampled_rows(document))]
        case LinearTheory():
            return [_table("Mislabelled images", MISLABELLED, mislabelled_rows(document))]
        case InfluenceStudy():
            return [_table("Each sample", BY_SAMPLE, by_sample_rows(document))]
        case RoundingStudy():
            return [_table("Each way to round", WAYS, ways_rows(document))]
    return []


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


def _subsampled(found: Subsampled) -> str:
    if found.mean_score is None:
        return f"{found.models} models on random subsets gave no number."
    return (
        f"Feldman and Zhang's subsampled estimator: {found.models} models, each on a random "
        f"{found.kept:.0%} of the samples; {found.samples} samples scored. Mean score "
        f"{found.mean_score:.3f} with standard error {found.standard_error:.3f} (jackknife "
        f"over models); one sample's score has a standard error of "
        f"{found.sample_standard_error:.2f}."
    )


def _table(title: str, text: str, lines: Lines) -> Page:
    return Page(title, text=text, columns=lines[0], rows=lines[1:])


def _notes(document: Document) -> list[str]:
    """Which runs gave no number, and what was trained."""
    settings = document.trained_with
    return [
        *document.diverged,
        *([] if settings is None else [f"Trained with: {settings.told()}."]),
    ]

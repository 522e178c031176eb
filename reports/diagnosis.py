"""`longtail diagnose`: a design of one's own, what it determines and what theory says beside."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from reports import options
from theorems.errors import InputError

if TYPE_CHECKING:
    from empirics.diagnosis.result import Beside, Class, Diagnosis

MEMORIZED = 10
"""Samples listed by their self-influence."""

Design = Annotated[
    str, typer.Argument(metavar="X.npz", help="A scipy sparse matrix, rows are samples.")
]
Labels = Annotated[
    str | None,
    typer.Option("--labels", metavar="FILE", help="A label a sample: .npy, or one a line."),
]
Out = Annotated[
    str | None, typer.Option("--out", metavar="FILE.csv", help="A row for each seen feature.")
]
Rows = Annotated[
    str | None, typer.Option("--samples", metavar="FILE.csv", help="A row for each sample.")
]
Certify = Annotated[
    bool,
    typer.Option(
        "--certify", help="Prove rank and identifiable set of a design of integers exactly."
    ),
]


def diagnose(
    design: Design,
    labels: Labels = None,
    out: Out = None,
    samples: Rows = None,
    certify: Certify = False,
    json: options.Json = False,
) -> None:
    """A sparse design of one's own: what is recovered, what is memorized, theory beside."""
    from empirics.diagnosis.diagnose import STEPS
    from empirics.diagnosis.diagnose import diagnose as diagnosed
    from empirics.diagnosis.reading import checked_labels, read_design, read_labels
    from empirics.solver.certificate import require_integers
    from reports.console import print_json, progress
    from theorems.files import write_atomically

    taken = {os.path.realpath(file) for file in (design, labels) if file is not None}
    features_file = _writable("out", out, taken)
    samples_file = _writable("samples", samples, taken)
    # What can be refused is refused before the progress bar is drawn.
    X = read_design(design)
    y = None if labels is None else checked_labels(read_labels(labels), X.shape[0])
    if certify:
        require_integers(X)
    with progress("diagnosis", STEPS + 2) as advance:
        result = diagnosed(X, y, certify=certify, advance=advance)
        printed = document(result) if json else None
        advance(1)
        if features_file is not None:
            write_atomically(features_file, features_csv(result))
        if samples_file is not None:
            write_atomically(samples_file, samples_csv(result))
        advance(1)
    if printed is not None:
        print_json(printed)
    else:
        print_diagnosis(result)


def _writable(name: str, text: str | None, taken: set[str]) -> Path | None:
    """A file that can be written and is none of those taken; it is taken then.

    Raises:
        InputError: where that is not so.
    """
    if text is None:
        return None
    # Path.resolve raises where a link leads to itself; what cannot be read or written says so.
    path, real = Path(text), os.path.realpath(text)
    if real in taken:
        raise InputError(name, text, "must be a file of its own")
    taken.add(real)
    if path.is_dir():
        raise InputError(name, text, "must be a file; it is a folder")
    try:
        with tempfile.TemporaryFile(dir=path.parent):
            pass
    except OSError as error:
        reason = error.strerror or str(error)
        raise InputError(name, text, f"must be a file that can be written ({reason})") from None
    return path


def document(result: Diagnosis) -> dict[str, Any]:
    """The document of `diagnose --json`; numbers that are not there are null."""
    from reports.console import finite
    from theorems.claim import as_json

    loss, proof, setting = result.loss, result.certificate, result.setting
    influence = result.samples.self_influence
    return {
        "n": result.n,
        "d": result.d,
        "rank": result.rank,
        "seen": result.seen,
        "identifiable": result.identifiable,
        "private_samples": result.private_samples,
        "seen_once": result.seen_once,
        "indispensable_samples": result.indispensable_samples,
        "entries_are_signs": result.signs,
        "loss": None
        if loss is None
        else {
            "zero": finite(loss.zero),
            "train": finite(loss.train),
            "leave_one_out": finite(loss.leave_one_out),
            "noise_variance": finite(loss.noise_variance),
        },
        "unseen_mass": {
            "estimate": result.unseen_mass.estimate,
            "standard_error": result.unseen_mass.standard_error,
        },
        "by_appearances": [
            {
                "least": one.least,
                "most": one.most,
                "seen": one.seen,
                "identifiable": one.identifiable,
                "variance": finite(one.variance),
            }
            for one in result.by_appearances
        ],
        "most_memorized": []
        if influence is None
        else [
            {
                "sample": int(sample),
                "self_influence": finite(float(influence[sample])),
                "private": bool(result.samples.private[sample]),
            }
            for sample in result.most_memorized(MEMORIZED)
        ],
        "certificate": None
        if proof is None
        else {
            "rank": proof.rank,
            "lower": proof.lower,
            "upper": proof.upper,
            "complete": proof.complete,
            "identifiable": int(proof.identifiable.sum()),
            "unidentifiable": int(proof.unidentifiable.sum()),
            "how": proof.how,
            "disagreements": list(proof.disagreements),
        },
        "setting": None if setting is None else setting.document(),
        "statements": [
            as_json(one.claim)
            | {
                "observable": one.claim.statement.observable,
                "observed": finite(one.quantity),
                "estimated": None if one.shown is None else one.shown.estimated,
            }
            for one in result.statements
        ],
        "absent": [{"name": one.name, "reason": one.reason} for one in result.absent],
    }


def features_csv(result: Diagnosis) -> bytes:
    """A row for each seen feature: index, appearances, identifiable, variance, coefficient."""
    features = result.features
    return _csv(
        ("index", "appearances", "identifiable", "variance", "coefficient"),
        (
            features.index,
            features.appearances,
            features.identifiable,
            features.variance,
            features.coefficient,
        ),
        result.seen,
    )


def samples_csv(result: Diagnosis) -> bytes:
    """A row for each sample: its number from 0, leverage, self-influence, private."""
    samples = result.samples
    return _csv(
        ("sample", "leverage", "self_influence", "private"),
        (range(result.n), samples.leverage, samples.self_influence, samples.private),
        result.n,
    )


def _csv(names: Sequence[str], columns: Sequence[Any], length: int) -> bytes:
    """Columns of numbers and truth values; what is not there is empty."""
    cells = [[""] * length if column is None else _cells(column) for column in columns]
    lines = [",".join(names), *map(",".join, zip(*cells, strict=True))]
    return ("\n".join(lines) + "\n").encode()


def _cells(column: Any) -> list[str]:
    values = column.tolist() if hasattr(column, "tolist") else column
    told = {True: "true", False: "false"}
    # A NaN is the only number that is not itself.
    return [told[v] if isinstance(v, bool) else repr(v) if v == v else "" for v in values]


def print_diagnosis(result: Diagnosis) -> None:
    """What was found, as tables."""
    from reports.console import finite, number, print_table

    print_table("The design", ("quantity", "", "meaning"), _summary(result))
    print_table(
        "Recovered features, by how often they appear",
        ("appearances", "seen", "identifiable", "mean variance at unit noise"),
        [
            (_class(one), str(one.seen), str(one.identifiable), number(one.variance))
            for one in result.by_appearances
        ],
    )
    influence, private = result.samples.self_influence, result.samples.private
    if influence is not None and influence.size:
        print_table(
            "Most memorized samples: how far training on them moves the prediction at them",
            ("sample", "self-influence", "a feature of its own"),
            [
                (str(sample), number(float(influence[sample])), _yes(bool(private[sample])))
                for sample in result.most_memorized(MEMORIZED)
            ],
        )
    if result.statements:
        print_table(
            "Statements at the estimated frequencies, beside what this design shows: no verdicts, "
            "for both come from one design",
            ("id", "quantity", "lower", "value", "upper", "this design", "hypotheses"),
            [_statement(one) for one in result.statements if finite(one.quantity) is not None],
        )
    proof = result.certificate
    if proof is not None:
        print_table(
            "Certificate",
            ("", ""),
            [
                ("rank", f"{proof.lower} to {proof.upper}")
                if proof.rank is None
                else ("rank", str(proof.rank)),
                ("identifiable, proved", str(int(proof.identifiable.sum()))),
                ("not identifiable, proved", str(int(proof.unidentifiable.sum()))),
                ("how", proof.how),
                *(("floating point differs", text) for text in proof.disagreements),
            ],
        )
    if result.absent:
        print_table("Not computed", ("", "why"), [(one.name, one.reason) for one in result.absent])


def _summary(result: Diagnosis) -> list[tuple[str, str, str]]:
    from reports.console import number

    unseen, loss = result.unseen_mass, result.loss
    rows = [
        ("samples", str(result.n), "n"),
        ("features", str(result.d), "d"),
        ("rank", str(result.rank), ""),
        ("seen", str(result.seen), "features that some sample holds"),
        ("identifiable", str(result.identifiable), "coefficients that the samples determine"),
        ("seen once", str(result.seen_once), "features that one sample holds"),
        (
            "private samples",
            str(result.private_samples),
            "samples with a feature of their own, fitted exactly",
        ),
        (
            "indispensable samples",
            _count(result.indispensable_samples),
            "samples that are no combination of the others",
        ),
        (
            "unseen mass",
            f"{number(unseen.estimate)} ± {number(unseen.standard_error, 2)}",
            "features of a new sample that no sample holds (Good-Turing)",
        ),
    ]
    if loss is not None:
        rows += [
            ("loss of 0", number(loss.zero), "mean squared label"),
            ("training loss", number(loss.train), "mean squared residual"),
            (
                "leave-one-out loss",
                number(loss.leave_one_out),
                "estimates the loss of n - 1 samples, noise included",
            ),
            (
                "noise variance",
                number(loss.noise_variance),
                "estimated, if labels are linear plus noise",
            ),
        ]
    if not result.signs:
        rows.append(("entries", "not all ±1", "which the statements below suppose"))
    return [row for row in rows if row[1] != "–"]


def _count(value: int | None) -> str:
    return "–" if value is None else str(value)


def _yes(value: bool) -> str:
    return "yes" if value else "no"


def _class(one: Class) -> str:
    if one.most is None:
        return f"{one.least} or more"
    return str(one.least) if one.least == one.most else f"{one.least} to {one.most}"


def _statement(one: Beside) -> tuple[str, ...]:
    from reports.console import number

    claim = one.claim
    failed = [hypothesis.text for hypothesis in claim.hypotheses if not hypothesis.holds]
    estimated = one.shown is not None and one.shown.estimated
    return (
        claim.statement.id,
        claim.statement.quantity,
        *(number(claim.number(side)) for side in ("lower", "value", "upper")),
        number(one.quantity) + (" (estimated)" if estimated else ""),
        "; ".join(f"fails: {text}" for text in failed) or "hold",
    )

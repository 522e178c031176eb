"""`longtail diagnose` as a contract: the document, the tables, the files, the refusals."""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy import sparse

from empirics.diagnosis.diagnose import diagnose
from empirics.draws.design import draw
from theorems.catalogue import catalogue
from theorems.law import PowerLaw

Call = Callable[..., Any]


@pytest.fixture
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[sparse.csc_array, Any]:
    """X.npz and y.npy in the working folder."""
    monkeypatch.chdir(tmp_path)
    X = draw(PowerLaw(d=2000, alpha=1.5).p, 300, np.random.default_rng(0))
    y = X @ np.ones(2000) + 0.1 * np.random.default_rng(1).standard_normal(300)
    sparse.save_npz("X.npz", X.tocsr())
    np.save("y.npy", y)
    return X, y


def test_the_document(call: Call, files: tuple[sparse.csc_array, Any]) -> None:
    called = call("diagnose", "X.npz", "--labels", "y.npy", "--certify", "--json")
    assert called.status == 0
    document, result = called.document, diagnose(*files, certify=True)
    for name in ("n", "d", "rank", "seen", "identifiable", "private_samples", "seen_once"):
        assert document[name] == getattr(result, name)
        assert isinstance(document[name], int)
    assert result.loss is not None
    assert document["loss"] == {
        name: getattr(result.loss, name)
        for name in ("zero", "train", "leave_one_out", "noise_variance")
    }
    assert document["unseen_mass"]["estimate"] == result.unseen_mass.estimate
    assert document["entries_are_signs"] is True
    assert sum(row["seen"] for row in document["by_appearances"]) == result.seen
    assert [row["sample"] for row in document["most_memorized"]] == list(result.most_memorized(10))
    assert document["certificate"]["rank"] == result.rank
    assert document["certificate"]["complete"] is True
    assert document["certificate"]["disagreements"] == []
    assert document["certificate"]["identifiable"] == result.identifiable
    assert document["setting"]["n"] == 300
    assert document["setting"]["frequencies"] == "estimated from the design"
    assert [row["id"] for row in document["statements"]] == list(catalogue)
    rows = {row["id"]: row for row in document["statements"]}
    assert rows["recovered-fraction"]["observed"] == result.seen - result.identifiable
    assert rows["noisy-loss"]["estimated"] is True
    assert rows["noiseless-loss"]["observed"] is None
    assert document["absent"] == []


def test_without_labels(call: Call, files: tuple[sparse.csc_array, Any]) -> None:
    document = call("diagnose", "X.npz", "--json").document
    assert document["loss"] is None
    assert document["certificate"] is None
    assert document["most_memorized"] == []
    assert {"name": "loss", "reason": "no labels were given"} in document["absent"]
    assert document["setting"]["sigma"] == 0
    printed = call("diagnose", "X.npz").out
    assert "no labels were given" in printed
    assert "Most memorized" not in printed
    assert "training loss" not in printed


def test_the_tables(call: Call, files: tuple[sparse.csc_array, Any]) -> None:
    called = call("diagnose", "X.npz", "--labels", "y.npy", "--certify")
    for text in (
        "The design",
        "Recovered features, by how often they appear",
        "Most memorized samples",
        "no verdicts",
        "recovered-fraction",
        "Certificate",
        "features revealed",
    ):
        assert text in called.out, text
    assert "not all ±1" not in called.out
    assert "diagnosis" in called.err  # the progress bar
    sparse.save_npz("X.npz", sparse.csr_array(np.array([[0.5, 0], [0, 1.0]])))
    assert "not all ±1" in call("diagnose", "X.npz").out


def test_the_files(call: Call, files: tuple[sparse.csc_array, Any], tmp_path: Path) -> None:
    X, y = files
    result = diagnose(X, y)
    called = call(
        "diagnose", "X.npz", "--labels", "y.npy", "--out", "features.csv", "--samples", "rows.csv"
    )
    assert called.status == 0
    with Path("features.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert list(rows[0]) == ["index", "appearances", "identifiable", "variance", "coefficient"]
    features = result.features
    assert features.variance is not None
    assert features.coefficient is not None
    assert [int(row["index"]) for row in rows] == features.index.tolist()
    assert [int(row["appearances"]) for row in rows] == features.appearances.tolist()
    assert [row["identifiable"] == "true" for row in rows] == features.identifiable.tolist()
    assert [float(row["variance"]) for row in rows] == features.variance.tolist()
    assert [float(row["coefficient"]) for row in rows] == features.coefficient.tolist()
    with Path("rows.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert list(rows[0]) == ["sample", "leverage", "self_influence", "private"]
    samples = result.samples
    assert samples.leverage is not None
    assert samples.self_influence is not None
    assert [int(row["sample"]) for row in rows] == list(range(300))
    assert [float(row["leverage"]) for row in rows] == samples.leverage.tolist()
    assert [float(row["self_influence"]) for row in rows] == samples.self_influence.tolist()
    assert [row["private"] == "true" for row in rows] == samples.private.tolist()
    # Without labels cells are empty.
    call("diagnose", "X.npz", "--out", "features.csv")
    with Path("features.csv").open(newline="") as file:
        assert {row["coefficient"] for row in csv.DictReader(file)} == {""}
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "X.npz",
        "features.csv",
        "rows.csv",
        "y.npy",
    ]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["absent.npz"], "X = absent.npz: must be a .npz file of a sparse matrix, as"),
        (["y.npy"], "X = y.npy: must be a .npz file of a sparse matrix, as"),
        (["X.npz", "--labels", "absent.npy"], "--labels = absent.npy: must be a file of numbers"),
        (["X.npz", "--labels", "short.npy"], "--labels = an array of shape (3,): must be 300 num"),
        (["X.npz", "--labels", "nan.npy"], "--labels = nan: must hold finite numbers; it is"),
        (["X.npz", "--labels", "X.npz"], "--labels = X.npz: must be a file of numbers"),
        (["halves.npz", "--certify"], "X = 0.5: must hold integers of size up to 2^53 for a cert"),
        (["X.npz", "--out", "absent/f.csv"], "--out = absent/f.csv: must be a file that can be wr"),
        (["X.npz", "--out", "."], "--out = .: must be a file; it is a folder"),
        (["X.npz", "--out", "X.npz"], "--out = X.npz: must be a file of its own"),
        (["X.npz", "--out", "a", "--samples", "a"], "--samples = a: must be a file of its own"),
        ([], "Missing argument 'X.npz'."),
    ],
)
def test_refusals(
    arguments: list[str],
    message: str,
    call: Call,
    files: tuple[sparse.csc_array, Any],
    tmp_path: Path,
) -> None:
    np.save("short.npy", np.ones(3))
    np.save("nan.npy", np.where(np.arange(300) == 7, np.nan, 1.0))
    sparse.save_npz("halves.npz", sparse.csr_array(np.full((2, 2), 0.5)))
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    called = call("diagnose", *arguments)
    assert called.status == 2
    assert called.out == ""
    (line,) = called.err.splitlines()
    assert line.startswith(f"longtail: {message}"), line
    assert before == {path.name: path.read_bytes() for path in tmp_path.iterdir()}

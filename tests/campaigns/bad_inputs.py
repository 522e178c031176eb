"""A table of bad inputs: over every command and every public function.

Each is to be refused in one line: by status 2 on the command line, by `InputError` or the error of
an unknown statement from Python.
"""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from scipy import sparse

NO_INTEGER = (
    "0",
    "-1",
    "2.5",
    "nan",
    "inf",
    "1e400",
    "",
    "many",
    "1 2",
    "0x10",
    "10**3",
    "9" * 400,
)
NO_NUMBER = ("nan", "inf", "-inf", "1e400", "", "much", "1,5", "1 2", "__import__('os')", "9" * 400)
NO_SEED = ("-1", "1.5", "", "x", "9" * 30, "nan")

HOSTILE = "<script>alert(1)</script>\x1b[31m"


@dataclass(frozen=True)
class Call:
    """A call of the command line that must be refused."""

    arguments: tuple[str, ...]

    def __str__(self) -> str:
        return " ".join(argument if len(argument) < 40 else "..." for argument in self.arguments)


def _of_a_model() -> Iterator[Call]:
    """Model options of the commands that take them."""
    for command in ("bounds", "simulate", "draw"):
        for name in ("--n", "--d", "--k"):
            yield from (Call((command, f"{name}={value}")) for value in NO_INTEGER)
        for name, more in (
            ("--s", ("0", "-1")),
            ("--alpha", ("0", "-2")),
            ("--sigma", ("-0.1",)),
            ("--beta-exponent", ()),
        ):
            yield from (Call((command, f"{name}={value}")) for value in (*NO_NUMBER, *more))
        for given in ("delta", "delta=", "delta=nan", "=1", "nonsense=1", "delta=1=2", HOSTILE):
            yield Call((command, f"--set={given}"))
        yield Call((command, "--k", "20000", "--d", "10000"))
        yield Call((command, "--n", "1000000001"))
        yield Call((command, "--nonsense"))
        yield Call((command, "surplus"))


def _of_commands() -> Iterator[Call]:
    """What single commands take."""
    for command in ("simulate", "draw", "report"):
        yield from (Call((command, f"--seed={value}")) for value in NO_SEED)
    yield from (Call(("draw", f"--run={value}")) for value in NO_SEED)
    for command in ("simulate", "report"):
        for name in ("--runs", "--jobs"):
            yield from (Call((command, f"{name}={value}")) for value in NO_INTEGER)
        for value in (*NO_INTEGER, "0s", "-1s", "nans", "10m", "s", HOSTILE):
            yield Call((command, "--decide", f"--budget={value}"))
        yield Call((command, "--budget=300"))
        yield Call((command, "--decide", "--runs=70", "--budget=60"))
        for more in (
            ("--backend", "ray"),
            ("--backend", ""),
            ("--backend", "dask"),
            ("--scheduler", "tcp://127.0.0.1:1"),
            ("--backend", "dask", "--scheduler", "nonsense"),
            ("--backend", "dask", "--scheduler", "file:///etc/passwd"),
            ("--backend", "dask", "--scheduler", "tcp://127.0.0.1:1"),
            ("--backend", "dask", "--scheduler", "tcp://127.0.0.1:x"),
        ):
            yield Call((command, *more))
    for command in ("bounds", "constants"):
        for value in ("0", "-3", "2.5", "x", "", "1e9", "999999999"):
            yield Call((command, f"--precision={value}"))
    for command in ("regimes", "constants"):
        for name in ("--alpha", "--beta-exponent"):
            yield from (Call((command, f"{name}={value}")) for value in NO_NUMBER)
        yield Call((command, "--alpha=-1"))
    yield from (Call(("constants", f"--d={value}")) for value in NO_INTEGER)
    for identifier in ("nonsense", "", "../../etc/passwd", HOSTILE, "noiseless", "%s", "a" * 10000):
        yield Call(("show", identifier))
    for value in ("long", "", "QUICK", HOSTILE):
        yield Call(("report", f"--preset={value}"))
    for value in ("nonsense", "sweep", "rates,nonsense", "rates;variance", HOSTILE):
        yield Call(("report", f"--sections={value}"))
    for more in (("--n", "0"), ("--k", "0"), ("--coefficients", "p.txt"), ("surplus",)):
        yield Call(("report", *more))
    for command in (
        *("table1", "figure2", "memorization", "theory", "composition"),
        *("parity", "influence", "rounding", "ablation", "stability"),
    ):
        for more in (("--preset", "long"), ("--device", "tpu"), ("--seeds", "0"), ("--jobs", "0")):
            yield Call(("nn", command, *more))
        yield Call(("nn", command, "--data", "absent"))
        yield Call(("nn", command, "--seed=-1"))
    for more in ("--epochs=0", "--batch=0", "--lr=-1", "--lr=nan", "--weight-decay=-1"):
        yield Call(("nn", "table1", more))
    yield Call(("nn", "table1", "--models", "nonsense"))
    yield Call(("nn", "influence", "--models", "nonsense"))
    yield Call(("nn", "ablation", "--factors", "nonsense"))
    yield from (Call(("nn", "rounding", f"--copies={value}")) for value in NO_INTEGER[:8])
    for group in ("cache", "nn", "data"):
        yield Call((group, "nonsense"))
    yield Call(("nonsense",))


TEXTS: dict[str, bytes] = {
    "empty.txt": b"",
    "words.txt": b"0.5\nmany\n",
    "negative.txt": b"0.5\n-0.1\n",
    "above.txt": b"0.5\n1.5\n",
    "nan.txt": b"0.5\nnan\n",
    "two.txt": b"0.5 0.2\n",
    "binary.txt": bytes(range(256)) * 9,
    "utf16.txt": "0.5\n".encode("utf-16"),
    "hostile.txt": HOSTILE.encode(),
    "huge.txt": b"9" * 10000,
    "cut.npy": b"\x93NUMPY\x01\x00v\x00{'descr'",
    "text.npy": b"0.5\n",
    "zip.npz": b"PK\x03\x04 and no more",
    "text.npz": b"no archive",
}


def _npy(array: Any, pickled: bool = False) -> bytes:
    content = io.BytesIO()
    np.save(content, array, allow_pickle=pickled)
    return content.getvalue()


class _Runs:
    """What runs code where it is unpickled."""

    def __reduce__(self) -> Any:
        return (exec, ("raise SystemExit('unpickled')",))


def _npz(**arrays: Any) -> bytes:
    content = io.BytesIO()
    np.savez(content, **arrays)
    return content.getvalue()


def _sparse(matrix: Any) -> bytes:
    content = io.BytesIO()
    sparse.save_npz(content, matrix)
    return content.getvalue()


def _designs() -> dict[str, bytes]:
    sound = {
        "format": "csr",
        "shape": np.array([2, 3]),
        "indptr": np.array([0, 1, 2]),
        "indices": np.array([0, 1]),
        "data": np.array([1.0, 1.0]),
    }
    traversal = io.BytesIO()
    with zipfile.ZipFile(traversal, "w") as archive:
        archive.writestr("../../outside.npy", b"x")
    return {
        "object.npz": _npz(**sound | {"data": np.array([_Runs(), 1], dtype=object)}),
        "format.npz": _npz(**sound | {"format": "nonsense"}),
        "lacks.npz": _npz(**{name: sound[name] for name in ("format", "shape")}),
        "outside.npz": _npz(**sound | {"indices": np.array([0, 9])}),
        "below.npz": _npz(**sound | {"indices": np.array([0, -1])}),
        "pointer.npz": _npz(**sound | {"indptr": np.array([0, 9, 2])}),
        "shape.npz": _npz(**sound | {"shape": np.array([-2, 3])}),
        "vast.npz": _npz(**sound | {"shape": np.array([2**62, 3])}),
        "nan.npz": _npz(**sound | {"data": np.array([1.0, np.nan])}),
        "infinite.npz": _npz(**sound | {"data": np.array([1.0, np.inf])}),
        "complex.npz": _npz(**sound | {"data": np.array([1j, 1.0])}),
        "rows.npz": _sparse(sparse.csr_array((0, 3))),
        "columns.npz": _sparse(sparse.csr_array((3, 0))),
        "traversal.npz": traversal.getvalue(),
    }


def _tables() -> dict[str, bytes]:
    return {
        "object.npy": _npy(np.array([_Runs()], dtype=object), pickled=True),
        "square.npy": _npy(np.full((2, 2), 0.1)),
        "complex.npy": _npy(np.array([0.1 + 1j])),
        "strings.npy": _npy(np.array(["a", "b"])),
        "none.npy": _npy(np.zeros(0)),
        "nan.npy": _npy(np.array([0.5, np.nan])),
        "above.npy": _npy(np.array([0.5, 2.0])),
        "records.npy": _npy(np.zeros(3, dtype=[("p", float)])),
    }


def _documents() -> dict[str, bytes]:
    return {
        "empty.json": b"",
        "list.json": b"[]",
        "null.json": b"null",
        "deep.json": b"[" * 100000,
        "deeper.json": b'{"schema": 2, "sweep": ' + b'{"a":' * 50000,
        "true.json": b'{"schema": true}',
        "text.json": b'{"schema": "2"}',
        "later.json": b'{"schema": 99}',
        "bare.json": b'{"schema": 2}',
        "huge.json": b'{"schema": ' + b"9" * 5000 + b"}",
        "nan.json": b'{"schema": 2, "provenance": NaN}',
        "unknown.json": json.dumps({"schema": 2, "../../x": 1, HOSTILE: 2}).encode(),
        "binary.json": bytes(range(256)),
        "surrogate.json": b'{"schema": 2, "\\ud800": 1}',
    }


def files(folder: Path) -> list[Call]:
    """Write bad files below a folder; calls that read them."""
    tables = {name: text for name, text in TEXTS.items() if not name.endswith(".npz")} | _tables()
    designs = {name: text for name, text in TEXTS.items() if name.endswith(".npz")} | _designs()
    whole = tables | designs | _documents()
    for name, content in whole.items():
        (folder / name).write_bytes(content)
    (folder / "folder").mkdir(exist_ok=True)
    (folder / "p.txt").write_text("0.5\n0.1\n")
    (folder / "file").write_text("in the way")
    sparse.save_npz(folder / "sound.npz", sparse.csr_array(np.eye(3)))
    absent = ["absent", "folder", "", "a" * 300]
    calls = []
    for name in [*tables, *absent]:
        path = str(folder / name) if name else name
        calls.append(Call(("bounds", "--frequencies", path, "--n", "10")))
        if name not in ("above.txt", "negative.txt", "above.npy"):
            both = ("--frequencies", str(folder / "p.txt"), "--coefficients", path)
            calls.append(Call(("bounds", *both, "--n", "10")))
            calls.append(Call(("diagnose", str(folder / "sound.npz"), "--labels", path)))
    for name in [*designs, *absent]:
        path = str(folder / name) if name else name
        calls.append(Call(("diagnose", path)))
    for name in [*_documents(), *absent]:
        path = str(folder / name) if name else name
        calls.append(Call(("report", "--from", path, "--out", str(folder / "out"))))
        calls.append(Call(("report", "--networks", path, "--out", str(folder / "out"))))
    for out in (str(folder / "file"), str(folder / "file" / "in"), "/proc/nowhere/x"):
        calls.append(Call(("report", "--runs", "2", "--out", out)))
        calls.append(Call(("diagnose", str(folder / "sound.npz"), "--out", f"{out}/x.csv")))
    own = ("bounds", "--frequencies", str(folder / "p.txt"))
    more = ("--d=5", "--s=1", "--alpha=2", "--beta-exponent=0", "--k=3")
    return [*calls, *(Call((*own, one)) for one in more)]


def calls(folder: Path) -> list[Call]:
    """Every call of the command line in the table."""
    return [*_of_a_model(), *_of_commands(), *files(folder)]


Python = tuple[str, Callable[[], object]]


def functions() -> list[Python]:
    """Calls of public functions that must be refused."""
    import longtail

    table: list[Python] = []

    def add(name: str, call: Callable[[], object]) -> None:
        table.append((name, call))

    no_integer: tuple[Any, ...] = (0, -1, 2.5, np.nan, np.inf, "many", None, [], {}, True, 10**12)
    no_number: tuple[Any, ...] = (np.nan, np.inf, "much", None, {}, 1j, b"1", object())
    for name in ("n", "d"):
        for value in no_integer:
            if not (name == "d" and value is None):
                add(
                    f"Setting({name}={value!r})", lambda n=name, v=value: longtail.Setting(**{n: v})
                )
    for name in ("s", "alpha", "sigma", "beta_exponent"):
        for value in no_number:
            add(f"Setting({name}={value!r})", lambda n=name, v=value: longtail.Setting(**{n: v}))
    for value in (-0.1, -1):
        add(f"Setting(sigma={value})", lambda v=value: longtail.Setting(sigma=v))
    for value in (0, -1, 2.5, 20000, "x", True):
        add(f"Setting(k={value!r})", lambda v=value: longtail.Setting(k=v))
    for p in ([], [2.0], [-1.0], [np.nan], [[0.1]], ["a"], "abc", None, 3):
        add(f"Table({p!r})", lambda p=p: longtail.Table(p))
    for beta in ([1.0], [np.nan, 1], [np.inf, 1], "ab", [[1, 1]]):
        add(f"Table(beta={beta!r})", lambda b=beta: longtail.Table([0.5, 0.1], b))
    for name in ("nonsense", "", 3, None, HOSTILE):
        add(f"simulate({name!r})", lambda i=name: longtail.simulate([i], n=20, d=40, runs=2))
        add(f"bounds({name!r})", lambda i=name: longtail.bounds([i], n=20, d=40))
        if name is not None:
            add(f"assert_statement({name!r})", lambda i=name: longtail.assert_statement(i, n=20))
        add(f"catalogue[{name!r}]", lambda i=name: longtail.catalogue[i])
    few: dict[str, Any] = {"n": 20, "d": 40}
    for value in (0, -1, 1.5, "x", None, True, np.nan):
        add(
            f"simulate(runs={value!r})",
            lambda v=value: longtail.simulate("tail-mass", runs=v, **few),
        )
        add(
            f"simulate(jobs={value!r})",
            lambda v=value: longtail.simulate("tail-mass", jobs=v, **few),
        )
        add(
            f"assert_statement(runs={value!r})",
            lambda v=value: longtail.assert_statement("tail-mass", runs=v, **few),
        )
    for value in (-1, 1.5, "x", None, True):
        add(
            f"simulate(seed={value!r})",
            lambda v=value: longtail.simulate("tail-mass", seed=v, n=20),
        )
        add(
            f"assert_statement(seed={value!r})",
            lambda v=value: longtail.assert_statement("tail-mass", seed=v, n=20),
        )
    for name in ("nonsense", "m", "__class__"):
        add(f"bounds({name}=1)", lambda n=name: longtail.bounds("tail-mass", **{n: 1}))
        add(f"simulate({name}=1)", lambda n=name: longtail.simulate("tail-mass", runs=2, **{n: 1}))
    for value in (np.nan, "x", None, np.inf):
        add(f"bounds(delta={value!r})", lambda v=value: longtail.bounds("stability-price", delta=v))
    for law in (3, "power", [0.5], {}):
        add(f"bounds(law={law!r})", lambda v=law: longtail.bounds("tail-mass", law=v))
        add(f"simulate(law={law!r})", lambda v=law: longtail.simulate("tail-mass", law=v, runs=2))
    sound = sparse.csr_array(np.eye(3))
    for name, X in {
        "text": "X",
        "None": None,
        "vector": np.ones(3),
        "cube": np.ones((2, 2, 2)),
        "NaN": np.array([[np.nan, 1.0]]),
        "infinite": np.array([[np.inf, 1.0]]),
        "complex": np.array([[1j, 1.0]]),
        "strings": np.array([["a"]]),
        "objects": np.array([[object()]]),
        "empty": np.ones((0, 3)),
        "no columns": np.ones((3, 0)),
    }.items():
        add(f"diagnose({name})", lambda X=X: longtail.diagnose(X))
        add(f"minimum_norm({name})", lambda X=X: longtail.minimum_norm(X, np.ones(3)))
    for name, y in {
        "short": [1.0],
        "text": "abc",
        "NaN": [1, np.nan, 1],
        "strings": ["a", "b", "c"],
        "infinite": [1, np.inf, 1],
        "complex": [1j, 1, 1],
        "cube": np.ones((3, 1, 1)),
    }.items():
        add(f"diagnose(y {name})", lambda y=y: longtail.diagnose(sound, y))
        add(f"minimum_norm(y {name})", lambda y=y: longtail.minimum_norm(sound, y))
    return table

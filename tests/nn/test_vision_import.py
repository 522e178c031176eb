"""torchvision's import where its operators load, where they do not, and where nothing helps.

Each in a process that has imported torch and not torchvision, with a package of that name that does
what a wheel's own import does: load a binary that defines the operators, or fail to; then describe
them to torch.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

#: What a binary that loads does: it defines the operators, and may do so once only.
LOADS = """
import torch
owner = torch.library.Library("torchvision", "DEF")
owner.define("nms(Tensor dets, Tensor scores, float iou_threshold) -> Tensor")
owner.define("qnms(Tensor dets, Tensor scores, float iou_threshold) -> Tensor")
"""
DOES_NOT_LOAD = "import torch"
#: As both layouts of the wheel go on, whichever way the first half went.
DESCRIBES = """
from torchvision import extension
@torch.library.register_fake("torchvision::nms")
def nms(dets, scores, iou_threshold): ...
@torch.library.register_fake("torchvision::qnms")
def qnms(dets, scores, iou_threshold): ...
"""


def _wheel(folder: Path, extension: str, rest: str = DESCRIBES) -> Path:
    package = folder / "torchvision"
    (package / "models").mkdir(parents=True)
    (package / "models" / "__init__.py").write_text("NAME = 'models'")
    (package / "extension.py").write_text(extension)
    (package / "__init__.py").write_text(f"import torch\n{rest}")
    return folder


#: Imports what takes longer than all else, then runs each program that it is told in a child of its
#: own, as an interpreter runs what it is given with -c.
FORKS = """
import json, os, sys, traceback
import reports.cli, sklearn.datasets, torch
for line in sys.stdin:
    told = json.loads(line)
    child = os.fork()
    if child == 0:
        for number, name in ((1, "out"), (2, "errors")):
            os.dup2(os.open(told[name], os.O_WRONLY | os.O_CREAT, 0o600), number)
        sys.path[:0] = told["path"]
        status = 0
        try:
            exec(told["code"], {"__name__": "__main__"})
        except SystemExit as left:
            status = left.code or 0
        except BaseException:
            traceback.print_exc()
            status = 1
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(status)
    print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)
"""


@dataclass(frozen=True)
class Done:
    """What a program came to."""

    returncode: int
    stdout: str
    stderr: str


Python = Callable[..., Done]


@pytest.fixture(scope="module")
def forks() -> Iterator[subprocess.Popen[str]]:
    with subprocess.Popen(
        [sys.executable, "-c", FORKS],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        yield process


@pytest.fixture
def python(forks: subprocess.Popen[str], tmp_path: Path) -> Python:
    """Runs a program that finds modules in some folders first."""

    def run(code: str, *folders: Path) -> Done:
        out, errors = tmp_path / "stdout", tmp_path / "stderr"
        path = [str(folder) for folder in (*folders, ROOT)]
        told = {"code": code, "path": path, "out": str(out), "errors": str(errors)}
        assert forks.stdin is not None
        assert forks.stdout is not None
        forks.stdin.write(json.dumps(told) + "\n")
        forks.stdin.flush()
        status = int(forks.stdout.readline())
        return Done(status, out.read_text(), errors.read_text())

    return run


def test_a_complete_torchvision_is_left_alone(tmp_path: Path, python: Python) -> None:
    done = python(
        "from nn import vision_import as v\n"
        "assert v.vision('torchvision.models').NAME == 'models'\n"
        "assert v._library.cache_info().misses == 0\n",
        _wheel(tmp_path, LOADS),
    )
    assert done.returncode == 0, done.stderr


def test_operators_that_do_not_load_are_declared(tmp_path: Path, python: Python) -> None:
    done = python(
        "from nn import vision_import as v\n"
        "assert v.vision('torchvision.models').NAME == 'models'\n"
        "assert v.operator_exists('nms') and v.operator_exists('qnms')\n"
        "assert v.declare_missing() == []\n",
        _wheel(tmp_path, DOES_NOT_LOAD),
    )
    assert done.returncode == 0, done.stderr


def test_import_as_installed(python: Python) -> None:
    done = python("from nn.vision_import import vision; vision('torchvision.datasets').MNIST")
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(
    ("extension", "rest", "reason"),
    [
        (LOADS, "raise RuntimeError('built for\\nanother torch')", "built for another torch"),
        (DOES_NOT_LOAD, "raise RuntimeError('something else')", "something else"),
        (LOADS, "import absent_module", "No module named 'absent_module'"),
        (LOADS, "raise OSError('libabsent.so: cannot open')", "libabsent.so: cannot open"),
        (LOADS, "torch.absent", "module 'torch' has no attribute 'absent'"),
    ],
)
def test_what_cannot_be_mended_is_one_line(
    tmp_path: Path, python: Python, extension: str, rest: str, reason: str
) -> None:
    done = python(
        "import sys; from reports.cli import main\n"
        f"sys.argv = ['longtail', 'nn', 'table1', '--out', {str(tmp_path / 'out')!r}]\n"
        "main()\n",
        _wheel(tmp_path / "wheel", extension, rest),
    )
    assert done.returncode == 3
    (line,) = done.stderr.splitlines()
    assert line.startswith("longtail: torchvision ")
    assert f"cannot be imported ({reason})" in line
    assert line.endswith("make nn")
    assert done.stdout == ""
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("package", ["torch", "torchvision", "sklearn", "PIL"])
def test_a_missing_package_is_one_line(tmp_path: Path, python: Python, package: str) -> None:
    done = python(
        "import sys; from reports.cli import main\n"
        f"sys.modules[{package!r}] = None\n"
        f"sys.argv = ['longtail', 'data', 'download', '--data', {str(tmp_path / 'out')!r}]\n"
        "main()\n"
    )
    assert done.returncode == 3
    (line,) = done.stderr.splitlines()
    assert line.startswith(f"longtail: {package}")
    assert line.endswith("make nn")
    assert not (tmp_path / "out").exists()

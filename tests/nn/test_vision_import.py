"""torchvision's import where its operators load, where they do not, and where nothing helps.

Each in a fresh interpreter, with a package called torchvision that does what a wheel's own import
does: load a binary that defines the operators, or fail to; then describe them to torch.
"""

from __future__ import annotations

import os
import subprocess
import sys
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


def _python(code: str, *folders: Path) -> subprocess.CompletedProcess[str]:
    path = os.pathsep.join(str(folder) for folder in (*folders, ROOT))
    return subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": path},
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_complete_torchvision_is_left_alone(tmp_path: Path) -> None:
    done = _python(
        "from nn import vision_import as v\n"
        "assert v.vision('torchvision.models').NAME == 'models'\n"
        "assert v._library.cache_info().misses == 0\n",
        _wheel(tmp_path, LOADS),
    )
    assert done.returncode == 0, done.stderr


def test_operators_that_do_not_load_are_declared(tmp_path: Path) -> None:
    done = _python(
        "from nn import vision_import as v\n"
        "assert v.vision('torchvision.models').NAME == 'models'\n"
        "assert v.operator_exists('nms') and v.operator_exists('qnms')\n"
        "assert v.declare_missing() == []\n",
        _wheel(tmp_path, DOES_NOT_LOAD),
    )
    assert done.returncode == 0, done.stderr


def test_import_as_installed() -> None:
    done = _python("from nn.vision_import import vision; vision('torchvision.datasets').MNIST")
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
    tmp_path: Path, extension: str, rest: str, reason: str
) -> None:
    done = _python(
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
def test_a_missing_package_is_one_line(tmp_path: Path, package: str) -> None:
    done = _python(
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

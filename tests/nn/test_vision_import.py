"""torchvision's import with and without its compiled operators, each in a fresh interpreter."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]

WITHOUT = """
import torch
from nn import vision_import as v
v._load_operators = lambda: None          # as where the binary does not load
assert v.declare_missing() == ["nms", "qnms"]
assert v.declare_missing() == []
assert v.vision("torchvision.models.resnet").BasicBlock
"""

WITH = """
import torch
owner = torch.library.Library("torchvision", "DEF")
owner.define("nms(Tensor dets, Tensor scores, float iou_threshold) -> Tensor")
owner.define("qnms(Tensor dets, Tensor scores, float iou_threshold) -> Tensor")
from nn import vision_import as v
v._load_operators = lambda: None
assert v.operator_exists("nms")
assert v.declare_missing() == []          # a complete torchvision is left alone
assert v.vision("torchvision.models.resnet").BasicBlock
"""


def _python(code: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


def test_import_without_operators() -> None:
    _python(WITHOUT)


def test_import_with_operators() -> None:
    _python(WITH)


def test_import_as_installed() -> None:
    _python("from nn.vision_import import vision; vision('torchvision.datasets').MNIST")

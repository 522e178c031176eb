"""Import torchvision also where its compiled operators are missing.

torchvision's Python code describes two of its compiled operators (``nms`` and ``qnms``, for
object detection) to torch while it is imported. Where its binary does not match the torch at hand
(a CPU build of one beside a CUDA build of the other, say) the operators do not exist and the
import fails with "operator torchvision::nms does not exist", though models and data sets need
neither of them. The mend is to declare their empty schemas first, and only where they are missing:
a complete torchvision is left exactly as it is.
"""

from __future__ import annotations

import functools
import importlib
import importlib.machinery
import importlib.util
from pathlib import Path
from types import ModuleType

import torch

SCHEMAS = {
    "nms": "nms(Tensor dets, Tensor scores, float iou_threshold) -> Tensor",
    "qnms": "qnms(Tensor dets, Tensor scores, float iou_threshold) -> Tensor",
}


def operator_exists(name: str) -> bool:
    """Tell whether torch knows ``torchvision::name``."""
    return bool(torch._C._dispatch_has_kernel(f"torchvision::{name}")) or any(
        schema.name == f"torchvision::{name}" for schema in torch._C._jit_get_all_schemas()
    )


@functools.cache
def _library() -> torch.library.Library:
    """Return the library fragment that owns the declarations; they vanish when it does."""
    return torch.library.Library("torchvision", "FRAGMENT")  # type: ignore[no-untyped-call]


def _load_operators() -> None:
    """Load torchvision's own compiled operators, as its import would do, where they load."""
    spec = importlib.util.find_spec("torchvision")
    if spec is None or spec.origin is None:
        return
    folder = Path(spec.origin).parent
    for suffix in importlib.machinery.EXTENSION_SUFFIXES:
        binary = folder / f"_C{suffix}"
        if binary.exists():
            try:
                torch.ops.load_library(str(binary))  # type: ignore[no-untyped-call]
            except OSError:
                return  # built for another torch: exactly the case the declarations are for
            return


def declare_missing() -> list[str]:
    """Declare the schemas of the operators that are missing; return their names."""
    missing = [name for name in SCHEMAS if not operator_exists(name)]
    for name in missing:
        _library().define(SCHEMAS[name])  # type: ignore[no-untyped-call]
    return missing


@functools.cache
def vision(module: str = "torchvision") -> ModuleType:
    """Import and return a torchvision module, e.g. ``vision("torchvision.models.resnet")``."""
    _load_operators()
    declare_missing()
    return importlib.import_module(module)

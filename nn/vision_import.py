"""Import torchvision also where its compiled operators do not load.

torchvision describes two of its compiled operators (``nms`` and ``qnms``, for object detection) to
torch while it is imported. Where its binary does not fit the torch at hand (one built for CUDA
beside a CPU build, say) torch does not know them and the import fails with "operator
torchvision::nms does not exist", though models and data sets need neither. The mend is to declare
their empty schemas and to import once more.

The plain import comes first and its own loader finds the binary, whatever that is called
(``_C.so`` or ``_C_stable.so``): to declare an operator that a binary defines as well is an error.
"""

from __future__ import annotations

import functools
import importlib
import sys
from types import ModuleType

import torch

from nn.requirement_error import refused

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


def declare_missing() -> list[str]:
    """Declare the schemas of the operators that are missing; return their names."""
    missing = [name for name in SCHEMAS if not operator_exists(name)]
    for name in missing:
        _library().define(SCHEMAS[name])  # type: ignore[no-untyped-call]
    return missing


def _forget() -> None:
    """Drop what a failed import left half made, so that the next one starts afresh."""
    for name in [name for name in sys.modules if name.split(".")[0] == "torchvision"]:
        del sys.modules[name]


@functools.cache
def vision(module: str = "torchvision") -> ModuleType:
    """Import and return a torchvision module, e.g. ``vision("torchvision.models.resnet")``.

    Raises:
        RequirementError: torchvision is missing, or does not fit this torch in another way.

    """
    try:
        try:
            return importlib.import_module(module)
        except RuntimeError:
            # What torch raises for an operator that it does not know; if it knows both, the
            # failure is another one.
            if not declare_missing():
                raise
            _forget()
            return importlib.import_module(module)
    except (ImportError, OSError, RuntimeError, AttributeError) as error:
        _forget()
        raise refused("torchvision", error) from error

"""Images as arrays in [0, 1]: resizing, padding, and the checked read of IDX and PNG files."""

from __future__ import annotations

import hashlib
import struct
import warnings
from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch
from torch.nn import functional

from theorems.errors import InputError

Images = npt.NDArray[np.float32]
Labels = npt.NDArray[np.int64]

#: md5 of MNIST's uncompressed files, and the shape their headers must state.
MNIST_FILES: dict[str, tuple[str, tuple[int, ...]]] = {
    "train-images-idx3-ubyte": ("6bbc9ace898e44ae57da46a324031adb", (60000, 28, 28)),
    "train-labels-idx1-ubyte": ("a25bea736e30d166cdddb491f175f624", (60000,)),
    "t10k-images-idx3-ubyte": ("2646ac647ad5339dbf082846283269ea", (10000, 28, 28)),
    "t10k-labels-idx1-ubyte": ("27ae3e4e09519cfbb04c329615203637", (10000,)),
}


def resized(images: npt.NDArray[np.floating], size: int) -> Images:
    """Resize square images to ``size`` by ``size`` pixels, by area when shrinking.

    Args:
        images: shape (m, side, side), values in [0, 1].
        size: side of the result in pixels.

    Returns:
        shape (m, size, size). An image whose side halves to just under ``size`` (28 to 14 for 16)
        is padded with background instead of being interpolated to an odd ratio.

    """
    side = images.shape[-1]
    batch = torch.from_numpy(np.ascontiguousarray(images, dtype=np.float32))[:, None]
    if side == size:
        out = batch
    elif side > size:
        factor = -(-side // size)
        if side % factor == 0 and 0 <= size - side // factor <= 4:
            out = functional.avg_pool2d(batch, factor)
            left = (size - out.shape[-1]) // 2
            right = size - out.shape[-1] - left
            out = functional.pad(out, (left, right, left, right))
        else:
            out = functional.interpolate(batch, size=(size, size), mode="area")
    else:
        out = functional.interpolate(batch, size=(size, size), mode="bilinear")
    return np.ascontiguousarray(out[:, 0].clamp(0, 1).numpy())


def read_idx(path: Path, md5: str, shape: tuple[int, ...]) -> npt.NDArray[np.uint8]:
    """Read an IDX file of bytes, which must have this shape and digest.

    What is returned is what was checked: nothing else is read from the folder in its place.

    Raises:
        InputError: the file is unreadable, truncated, has another shape, or its content differs.

    """
    try:
        return _checked_idx(path, md5, shape)
    except OSError as error:
        raise InputError("data", path, f"cannot be read ({error.strerror or error})") from None


def _checked_idx(path: Path, md5: str, shape: tuple[int, ...]) -> npt.NDArray[np.uint8]:
    with path.open("rb") as file:
        head = file.read(4 + 4 * len(shape))
        if len(head) < 4 + 4 * len(shape):
            raise InputError("data", path, f"is truncated ({len(head)} bytes)")
        magic = struct.unpack(">I", head[:4])[0]
        found = struct.unpack(f">{len(shape)}I", head[4:])
        if magic != 0x800 + len(shape) or found != shape:
            raise InputError(
                "data", path, f"must be an IDX file of shape {shape}; its header states {found}"
            )
        size = path.stat().st_size
        expected = len(head) + int(np.prod(shape))
        if size != expected:
            raise InputError(
                "data", path, f"is truncated or too long: must be {expected} bytes, is {size}"
            )
        content = file.read(expected)
    digest = hashlib.md5(head + content, usedforsecurity=False)
    if digest.hexdigest() != md5:
        raise InputError(
            "data",
            path,
            f"must have md5 {md5}, has {digest.hexdigest()}: the file is damaged, get it again",
        )
    return np.frombuffer(content, dtype=np.uint8).reshape(shape)


def read_drawing(path: Path) -> Images:
    """Read one Omniglot drawing as white strokes on black.

    Returns:
        shape (105, 105), values in [0, 1].

    Raises:
        InputError: not a readable 105 x 105 PNG image.

    """
    from PIL import Image

    if not path.is_file():
        raise InputError("data", path, "is not a readable PNG image (it is no file)")
    try:
        # Other formats have readers of their own, one of which starts a program.
        with warnings.catch_warnings(), Image.open(path, formats=("PNG",)) as image:
            warnings.simplefilter("ignore")
            width, height = image.size
            # Before it is unpacked: a few bytes may promise gigabytes of pixels.
            if (width, height) != (105, 105):
                allowed = f"must have 105 x 105 pixels (Omniglot), has {width} x {height}"
                raise InputError("data", path, allowed)
            pixels = np.asarray(image.convert("L"), dtype=np.float32) / 255
    except InputError:
        raise
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
        reason = " ".join(str(error).split())
        raise InputError("data", path, f"is not a readable PNG image ({reason})") from error
    return np.asarray(1 - pixels, dtype=np.float32)

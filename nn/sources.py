"""Where images come from: MNIST or embedded digits, Omniglot or embedded letters.

The embedded sources need no network and no data folder. They are stand-ins, and ``line`` says so:
scikit-learn's 8 x 8 handwritten digits for MNIST, letters of real alphabets for Omniglot.
"""

from __future__ import annotations

import functools
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np

from nn.glyphs import unlike_digits
from nn.images import MNIST_FILES, Images, Labels, read_drawing, read_idx, resized
from theorems.errors import InputError

Role = Literal["report", "tuning"]

#: Environment variable that names the data folder where no option does.
ENVIRONMENT = "LONGTAIL_DATA"

#: One class in this many is set aside for choosing settings and never reported on.
TUNING_SHARE = 3
#: Embedded digits: 1200 of scikit-learn's 1797 train, the others test. They lie in the order of
#: their writers; a fixed shuffle gives both sides the same writers, as MNIST's task is not to
#: read a new hand.
EMBEDDED_TRAIN = 1200
EMBEDDED_SHUFFLE = 20251016
#: Names of the two trees torchvision's layout may hold, fullest first.
OMNIGLOT_TREES = ("images_background", "images_background_small1")


@dataclass(frozen=True)
class Digits:
    """Digit images with their labels, split in train and test.

    Args:
        train: shape (m, size, size) in [0, 1]; ``train_labels`` shape (m,), 0 to 9.
        test: shape (m', size, size); no test image equals a train image.

    """

    name: str
    train: Images
    train_labels: Labels
    test: Images
    test_labels: Labels


@dataclass(frozen=True)
class OneShot:
    """Ten images of ten classes never seen elsewhere; class i carries label i.

    Args:
        images: shape (10, size, size) in [0, 1].
        classes: what each image shows.

    """

    name: str
    images: Images
    classes: tuple[str, ...]


@dataclass(frozen=True)
class Sources:
    """Which sources a run uses.

    Args:
        data: folder in torchvision's layout, or None for the embedded stand-ins.
        size: side of the images in pixels.
        train_images: how many of the data folder's training digits are used, None for all.

    """

    data: str | None
    size: int
    train_images: int | None = None

    @property
    def slug(self) -> str:
        """Name of the sources in a path."""
        return "embedded" if self.data is None else "mnist-omniglot"

    @property
    def line(self) -> str:
        """Say in one line which sources are used and what they stand for."""
        if self.data is None:
            return (
                f"embedded stand-ins at {self.size} x {self.size}: scikit-learn's 8 x 8 "
                "handwritten digits for MNIST, letters of DejaVu Sans (Georgian, Armenian, "
                "Cyrillic) for Omniglot"
            )
        tree = omniglot_tree(Path(self.data)).name
        some = "" if self.train_images is None else f" ({self.train_images} training images)"
        return f"MNIST{some} and Omniglot ({tree}) at {self.size} x {self.size}"


def data_folder(option: Path | None) -> str | None:
    """Resolve ``--data``, else the environment variable ``LONGTAIL_DATA``, else None.

    Raises:
        InputError: the folder does not exist or lacks MNIST or Omniglot; says which files and the
            command that gets them.

    """
    given = str(option) if option is not None else os.environ.get(ENVIRONMENT) or None
    if given is None:
        return None
    try:
        return _checked(Path(given))
    except InputError as error:
        if option is not None:
            raise
        raise InputError("data", error.value, f"{error.allowed} ({ENVIRONMENT} names it)") from None


def _checked(root: Path) -> str:
    if not root.is_dir():
        raise InputError("data", root, f"is not a folder; {_get(root)}")
    missing = [file for file in MNIST_FILES if not (root / "MNIST" / "raw" / file).is_file()]
    if missing:
        files = ", MNIST/raw/".join(missing)
        raise InputError("data", root, f"lacks MNIST/raw/{files}; {_get(root)}")
    omniglot_tree(root)
    for file, (md5, shape) in MNIST_FILES.items():
        read_idx(root / "MNIST" / "raw" / file, md5, shape)
    return str(root.resolve())


def _get(root: Path) -> str:
    return f"get it with: longtail data download --data {root}"


def omniglot_tree(root: Path) -> Path:
    """Return the fullest Omniglot tree under ``root``.

    Raises:
        InputError: there is none.

    """
    for tree in OMNIGLOT_TREES:
        if (root / "omniglot-py" / tree).is_dir():
            return root / "omniglot-py" / tree
    trees = " or ".join(f"omniglot-py/{tree}" for tree in OMNIGLOT_TREES)
    raise InputError("data", root, f"lacks {trees}; {_get(root)}")


@functools.lru_cache(maxsize=4)
def digits(sources: Sources) -> Digits:
    """Load the digit source.

    Raises:
        InputError: a data folder was named and its files are missing or damaged.

    """
    if sources.data is None:
        from sklearn.datasets import load_digits

        bunch = load_digits()
        order = np.random.default_rng(EMBEDDED_SHUFFLE).permutation(len(bunch.target))
        raw = np.asarray(bunch.images, dtype=np.float32)[order] / 16
        pixels = resized(raw, sources.size)
        labels = np.asarray(bunch.target, dtype=np.int64)[order]
        cut = EMBEDDED_TRAIN
        name, parts = "scikit-learn 8 x 8 digits", (pixels[:cut], labels[:cut])
        test, test_labels = pixels[cut:], labels[cut:]
    else:
        folder = Path(sources.data) / "MNIST" / "raw"

        def side(name: str) -> tuple[Images, Labels]:
            pixels, labels = (
                read_idx(folder / file, *MNIST_FILES[file])
                for file in (f"{name}-images-idx3-ubyte", f"{name}-labels-idx1-ubyte")
            )
            return resized(pixels.astype(np.float32) / 255, sources.size), labels.astype(np.int64)

        parts = side("train")
        if sources.train_images is not None:
            order = np.random.default_rng(EMBEDDED_SHUFFLE).permutation(len(parts[0]))
            chosen = np.sort(order[: sources.train_images])
            parts = (parts[0][chosen], parts[1][chosen])
        name, (test, test_labels) = "MNIST", side("t10k")
    # Equal pixels on both sides would make a "new" image a seen one, whatever the index says.
    seen = {image.tobytes() for image in parts[0]}
    fresh = np.array([image.tobytes() not in seen for image in test])
    return Digits(name, parts[0], parts[1], test[fresh], test_labels[fresh])


def _of_role(count: int, role: Role) -> list[int]:
    """Index the classes kept for reporting, or of those set aside for choosing settings."""
    tuning = [i for i in range(count) if i % TUNING_SHARE == 0]
    return tuning if role == "tuning" else [i for i in range(count) if i % TUNING_SHARE]


def one_shot(sources: Sources, role: Role, rng: np.random.Generator) -> OneShot:
    """Draw ten one-shot images, one per class, from the classes of ``role``.

    Raises:
        InputError: fewer than ten classes, or an unreadable drawing.

    """
    if sources.data is None:
        source = digits(sources)
        names, images = unlike_digits(sources.size, np.concatenate([source.train, source.test]))
        members = _of_role(len(names), role)
        chosen = rng.permutation(members)[:10]
        return OneShot("letters of DejaVu Sans", images[chosen], tuple(names[i] for i in chosen))
    tree = omniglot_tree(Path(sources.data))
    characters = sorted(path for path in tree.glob("*/*") if path.is_dir())
    members = _of_role(len(characters), role)
    if len(members) < 10:
        raise InputError(
            "data",
            tree,
            f"must hold at least 10 characters for the {role} set, holds {len(members)} of "
            f"{len(characters)} in all",
        )
    chosen = rng.permutation(members)[:10]
    drawings, names_ = [], []
    for index in chosen:
        files = sorted(characters[index].glob("*.png"))
        if not files:
            raise InputError("data", characters[index], "holds no drawing (*.png)")
        path = files[int(rng.integers(len(files)))]
        drawings.append(read_drawing(path))
        names_.append(f"{characters[index].parent.name}/{characters[index].name}")
    return OneShot("Omniglot", resized(np.stack(drawings), sources.size), tuple(names_))

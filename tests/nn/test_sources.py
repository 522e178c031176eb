"""Sources: real and embedded images, and every way a data folder can be wrong."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import numpy as np
import pytest

from nn.glyphs import ALPHABETS, DROPPED, letters, unlike_digits
from nn.images import MNIST_FILES, read_drawing, read_idx, resized
from nn.sources import Sources, data_folder, digits, one_shot
from tests.campaigns.hostile_images import EPS, digests, png, sound
from theorems.errors import InputError

EMBEDDED = Sources(None, 8)


def test_embedded_digits() -> None:
    source = digits(EMBEDDED)
    assert source.train.shape == (1200, 8, 8)
    assert len(source.test) <= 597
    assert source.train.min() >= 0
    assert source.train.max() <= 1
    assert set(source.test_labels) == set(range(10))


def test_embedded_letters() -> None:
    names, images = letters(8)
    assert len(names) == sum(len(points) for points in ALPHABETS.values())
    assert len({image.tobytes() for image in images}) == len(names)
    assert (images.reshape(len(images), -1).max(axis=1) > 0.3).all()
    source = digits(EMBEDDED)
    kept, _ = unlike_digits(8, np.concatenate([source.train, source.test]))
    assert len(kept) == len(names) - round(DROPPED * len(names))


def test_tuning_and_report_classes_are_apart() -> None:
    seen: dict[str, set[str]] = {"report": set(), "tuning": set()}
    for seed in range(40):
        for role in ("report", "tuning"):
            drawn = one_shot(EMBEDDED, role, np.random.default_rng(seed))  # type: ignore[arg-type]
            assert len(set(drawn.classes)) == 10
            seen[role] |= set(drawn.classes)
    assert not seen["report"] & seen["tuning"]


def test_source_line_says_stand_in() -> None:
    assert "stand-ins" in EMBEDDED.line


@pytest.mark.parametrize(("side", "size"), [(28, 28), (28, 14), (28, 8), (105, 28), (8, 16)])
def test_resized(side: int, size: int) -> None:
    out = resized(np.ones((2, side, side), dtype=np.float32), size)
    assert out.shape == (2, size, size)
    assert out.max() == pytest.approx(1)


def test_missing_folder_names_the_command(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"data = .*nowhere: is not a folder; get it with: long"):
        data_folder(tmp_path / "nowhere")


def test_missing_files_are_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(InputError, match="lacks MNIST/raw/train-images-idx3-ubyte, MNIST/raw/tr"):
        data_folder(tmp_path)
    monkeypatch.setenv("LONGTAIL_DATA", str(tmp_path))
    with pytest.raises(
        InputError,
        match=r"^data = .*: lacks .*longtail data download .* \(LONGTAIL_DATA names it\)",
    ):
        data_folder(None)


def test_no_folder_named() -> None:
    assert data_folder(None) is None


def _idx(path: Path, shape: tuple[int, ...], content: bytes) -> None:
    header = (0x800 + len(shape)).to_bytes(4, "big")
    path.write_bytes(header + b"".join(s.to_bytes(4, "big") for s in shape) + content)


def test_wrong_idx_files(tmp_path: Path) -> None:
    path = tmp_path / "labels"
    path.write_bytes(b"\x00\x00")
    with pytest.raises(InputError, match="is truncated"):
        read_idx(path, "", (5,))
    _idx(path, (4,), bytes(4))
    with pytest.raises(InputError, match=r"of shape \(5,\); its header states \(4,\)"):
        read_idx(path, "", (5,))
    _idx(path, (5,), bytes(4))
    with pytest.raises(InputError, match=r"truncated or too long: must be 13 bytes, is 12"):
        read_idx(path, "", (5,))
    _idx(path, (5,), bytes(5))
    with pytest.raises(InputError, match=r"must have md5 0+, has .* the file is damaged"):
        read_idx(path, "0" * 32, (5,))


def test_wrong_drawings(tmp_path: Path) -> None:
    from PIL import Image

    path = tmp_path / "a.png"
    path.write_bytes(b"no image")
    with pytest.raises(InputError, match="is not a readable PNG image"):
        read_drawing(path)
    Image.new("L", (105, 104)).save(path)
    with pytest.raises(InputError, match=r"must have 105 x 105 pixels \(Omniglot\), has 105 x 104"):
        read_drawing(path)
    Image.effect_noise((105, 105), 50).save(path)
    path.write_bytes(path.read_bytes()[:500])
    with pytest.raises(InputError, match="is not a readable PNG image"):
        read_drawing(path)


def test_a_drawing_is_no_other_format_and_promises_no_more_pixels(tmp_path: Path) -> None:
    """A reader of another format may start a program; a few bytes may promise gigapixels."""
    from PIL import Image

    path = tmp_path / "a.png"
    path.write_bytes(EPS)
    with pytest.raises(InputError, match="is not a readable PNG image"):
        read_drawing(path)
    Image.new("L", (105, 105)).save(path, "BMP")
    with pytest.raises(InputError, match="is not a readable PNG image"):
        read_drawing(path)
    path.write_bytes(png(2**14, 2**15))
    with pytest.raises(InputError, match=r"is not a readable PNG image .*536870912"):
        read_drawing(path)
    path.write_bytes(png(8000, 8000))
    with pytest.raises(InputError, match="has 8000 x 8000"):
        read_drawing(path)
    path.unlink()
    os.mkfifo(path)
    with pytest.raises(InputError, match="it is no file"):
        read_drawing(path)


def test_nothing_stands_in_for_the_files_that_are_checked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """torchvision prefers its former format, which no digest knows, where that is there too."""
    import torch

    for name, content in sound().items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(content)
    other = (torch.zeros(2, 28, 28, dtype=torch.uint8), torch.zeros(2, dtype=torch.int64))
    (tmp_path / "MNIST" / "processed").mkdir()
    for name in ("training.pt", "test.pt"):
        torch.save(other, tmp_path / "MNIST" / "processed" / name)
    for file, known in digests().items():
        monkeypatch.setitem(MNIST_FILES, file, known)
    source = digits(Sources(data_folder(tmp_path), 28))
    assert source.train.shape == (7, 28, 28)
    raw = sound()["MNIST/raw/train-images-idx3-ubyte"][16:]
    assert np.rint(source.train * 255).astype(np.uint8).tobytes() == raw


def test_too_few_classes(tmp_path: Path) -> None:
    for i in range(9):
        (tmp_path / "omniglot-py" / "images_background" / "A" / f"c{i}").mkdir(parents=True)
    with pytest.raises(
        InputError, match=r"must hold at least 10 characters for the report set, holds 6 of 9"
    ):
        one_shot(Sources(str(tmp_path), 28), "report", np.random.default_rng(0))


def test_real_sources(real_data: Path) -> None:
    folder = data_folder(real_data)
    sources = Sources(folder, 28)
    source = digits(sources)
    assert source.train.shape == (60000, 28, 28)
    assert len(source.test) > 9900
    assert np.bincount(source.train_labels)[:2].tolist() == [5923, 6742]
    drawn = one_shot(sources, "report", np.random.default_rng(0))
    assert drawn.images.shape == (10, 28, 28)
    assert len(set(drawn.classes)) == 10
    assert drawn.images.mean() < 0.5  # white strokes on black, as the digits
    assert "MNIST and Omniglot" in sources.line


def test_damaged_mnist_is_refused(real_data: Path, tmp_path: Path) -> None:
    raw = tmp_path / "MNIST" / "raw"
    raw.mkdir(parents=True)
    for file in MNIST_FILES:
        shutil.copy(real_data / "MNIST" / "raw" / file, raw / file)
    (tmp_path / "omniglot-py" / "images_background").mkdir(parents=True)
    path = raw / "t10k-labels-idx1-ubyte"
    path.chmod(0o644)
    content = bytearray(path.read_bytes())
    content[100] ^= 1
    path.write_bytes(bytes(content))
    with pytest.raises(InputError, match="t10k-labels-idx1-ubyte: must have md5"):
        data_folder(tmp_path)
    path.write_bytes(bytes(content[:500]))
    with pytest.raises(InputError, match="truncated"):
        data_folder(tmp_path)

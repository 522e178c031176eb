"""Shapes, and what each model can and cannot tell apart."""

from __future__ import annotations

from dataclasses import replace
from typing import get_args

import pytest
import torch

from nn.encoders import Encoder, Scalar, SmallImageConv2d, resnet18
from nn.models import ARCHITECTURES, CONTROL, OF_PAPER, SPLIT, Split, of_target
from nn.triples import Target

SMALL = Encoder("small", (8, 16), size=8)


def _model(name: str, encoder: Encoder = SMALL) -> torch.nn.Module:
    torch.manual_seed(0)
    return ARCHITECTURES[name].build(encoder).eval()


@pytest.mark.parametrize("name", list(ARCHITECTURES))
@pytest.mark.parametrize("norm", ["group", "batch"])
def test_shapes(name: str, norm: str) -> None:
    model = _model(name, Encoder("small", (8, 16), norm, size=14))  # type: ignore[arg-type]
    out = model(torch.rand(5, 3, 14, 14))
    assert out.shape == (5,)
    assert out.dtype == torch.float32
    assert torch.isfinite(out).all()


@pytest.mark.parametrize("name", ["sum", "cross-channel"])
def test_resnet18_is_torchvisions_with_another_stem(name: str) -> None:
    model = _model(name, replace(resnet18(), size=28))
    assert model(torch.rand(2, 3, 28, 28)).shape == (2,)
    stem = model.scalar.body[0]  # type: ignore[index, union-attr]
    assert isinstance(stem, torch.nn.Conv2d)
    assert stem.in_channels == (3 if name == "cross-channel" else 1)
    blocks = [m for m in model.modules() if type(m).__name__ == "BasicBlock"]
    assert len(blocks) == 8


@pytest.mark.parametrize("side", [1, 2, 3, 4, 7])
@pytest.mark.parametrize(("kernel", "stride", "padding"), [(3, 1, 1), (3, 2, 1), (1, 2, 0)])
def test_small_images_are_convolved_alike(
    side: int, kernel: int, stride: int, padding: int
) -> None:
    torch.manual_seed(0)
    whole = torch.nn.Conv2d(4, 6, kernel, stride, padding, bias=False).double()
    state = torch.get_rng_state()
    small = SmallImageConv2d.like(whole)
    assert torch.equal(torch.get_rng_state(), state)
    images = torch.rand(5, 4, side, side, dtype=torch.float64)
    torch.testing.assert_close(small(images), whole(images))
    given = torch.rand_like(whole(images))
    gradients = [
        torch.autograd.grad(layer(images), whole.weight, given)[0] for layer in (whole, small)
    ]
    torch.testing.assert_close(*gradients)


def test_resnet18_answers_as_torchvisions_own() -> None:
    from nn.vision_import import vision

    model = _model("cross-channel", replace(resnet18(norm="batch"), size=28))
    own = vision("torchvision.models").resnet18()
    own.conv1 = torch.nn.Conv2d(3, 64, 7, stride=2, padding=3, bias=False)
    own.fc = torch.nn.Identity()
    ours = model.scalar.body.state_dict()  # type: ignore[union-attr, operator]
    # Same layers in the same order, whatever they are called.
    own.load_state_dict(dict(zip(own.state_dict(), ours.values(), strict=True)))
    images = torch.rand(2, 3, 28, 28)
    torch.testing.assert_close(
        model.scalar.body(images),  # type: ignore[union-attr, operator]
        own.eval()(images),
        rtol=1e-4,
        atol=1e-5,
    )


@pytest.mark.parametrize("name", ["sum", "product", "max"])
def test_symmetric_models_ignore_channel_order(name: str) -> None:
    images = torch.rand(4, 3, 8, 8)
    model = _model(name)
    torch.testing.assert_close(model(images), model(images[:, [2, 0, 1]]))


@pytest.mark.parametrize("name", ["linear", "two-layer", "cross-channel", "per-channel"])
def test_other_models_do_not(name: str) -> None:
    images = torch.rand(4, 3, 8, 8)
    model = _model(name)
    assert (model(images) - model(images[:, [2, 0, 1]])).abs().max() > 1e-4


def test_split_models_share_one_encoder() -> None:
    count = {n: sum(p.numel() for p in _model(n).parameters()) for n in ("sum", "per-channel")}
    assert count["per-channel"] == 3 * count["sum"]


def test_sum_adds_the_channels() -> None:
    model = _model("sum")
    assert isinstance(model, Split)
    images = torch.rand(4, 3, 8, 8)
    parts = [model.scalar(images[:, c : c + 1]) for c in range(3)]
    torch.testing.assert_close(model(images), parts[0] + parts[1] + parts[2])


def test_records() -> None:
    assert [a.name for a in OF_PAPER] == ["sum", "linear", "two-layer", "cross-channel"]
    assert [a.name for a in SPLIT] == ["sum", "linear", "two-layer"]
    assert CONTROL.name == "cross-channel"
    for target in get_args(Target):
        assert [a.name for a in of_target(target)] == [target, "two-layer", "cross-channel"]


@pytest.mark.parametrize("name", list(ARCHITECTURES))
def test_split_means_that_an_image_counts_alike_wherever_it_stands(name: str) -> None:
    model = _model(name)
    encoders = [m for m in model.modules() if isinstance(m, Scalar)]
    one_image = encoders[0].body[0].in_channels == 1  # type: ignore[index, union-attr]
    assert ARCHITECTURES[name].split == (len(encoders) == 1 and one_image)


@pytest.mark.parametrize("narrowed", [1, 2, 4, 8])
def test_a_narrow_resnet18_has_a_fraction_of_the_channels(narrowed: int) -> None:
    encoder = replace(resnet18(narrowed), size=28)
    assert encoder.narrowed == narrowed
    model = _model("sum", encoder)
    assert model.scalar.last.in_features == 512 // narrowed  # type: ignore[union-attr]
    assert torch.isfinite(model(torch.rand(2, 3, 28, 28))).all()

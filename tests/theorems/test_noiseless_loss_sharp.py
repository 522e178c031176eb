"""The sharper bound against the exact expectation over every design of a tiny model."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from theorems.catalogue import catalogue
from theorems.claim import claim_at
from theorems.evaluate.numbers import evaluate
from theorems.noiseless.noiseless_loss_sharp import ON_IDENTIFIED
from theorems.setting import Setting


def exact_losses(setting: Setting) -> tuple[float, float]:
    """E L, and E L restricted to [k] identified, by enumeration of all 3^(n d) designs.

    No code is shared with the library's bounds.
    """
    n, d, k = setting.n, setting.d, setting.k
    weights = np.arange(1, d + 1.0) ** -setting.alpha
    p = np.minimum(1.0, setting.s * weights / weights.sum())
    beta = np.arange(1, d + 1.0) ** -setting.beta_exponent
    total = identified = 0.0
    for cells in itertools.product((-1, 0, 1), repeat=n * d):
        X = np.array(cells, dtype=float).reshape(n, d)
        chance = np.prod(np.where(X == 0, 1 - p, p / 2))
        if chance:
            inverse = np.linalg.pinv(X)
            delta = inverse @ (X @ beta) - beta
            loss = chance * float(p @ delta**2)
            total += loss
            # Integer entries this small: the projector's diagonal is 1 or far below.
            if (np.diag(inverse @ X)[:k] > 1 - 1e-9).all():
                identified += loss
    return total, identified


TINY = [
    (2, 3, 1.0, 1.0, 0.0),
    (2, 3, 0.7, 0.5, 1.5),
    (2, 4, 1.5, 0.8, 0.4),
    (3, 3, 2.0, 1.2, 0.1),
]


@pytest.mark.parametrize(("n", "d", "alpha", "s", "b"), TINY)
def test_encloses_the_exact_loss_for_every_k(
    n: int, d: int, alpha: float, s: float, b: float
) -> None:
    statement = catalogue["noiseless-loss-sharp"]
    assert statement.lower is not None
    assert statement.upper is not None
    outputs = {"lower": statement.lower, "upper": statement.upper, "on_A": ON_IDENTIFIED}
    for k in range(1, d - 1):
        setting = Setting(n=n, d=d, alpha=alpha, s=s, beta_exponent=b, k=k)
        loss, loss_on_identified = exact_losses(setting)
        sides = evaluate(outputs, setting.parameters)
        # The enumeration adds 3^(n d) < 10^5 terms, each right to a few 10^-15.
        assert sides["lower"] <= loss + 1e-12
        assert loss <= sides["upper"] + 1e-12
        # At this size pi_k is near 1; the step that the proof rests on can fail by itself.
        assert 0 < loss_on_identified <= sides["on_A"] + 1e-12


@pytest.mark.parametrize("alpha", [1.25, 1.5, 2.0, 3.0])
@pytest.mark.parametrize("b", [0.0, 0.1, 0.5])
def test_is_never_above_the_plain_bound(alpha: float, b: float) -> None:
    setting = Setting(alpha=alpha, beta_exponent=b)
    plain = claim_at(catalogue["noiseless-loss"], setting).numbers["upper"]
    sharp = claim_at(catalogue["noiseless-loss-sharp"], setting).numbers["upper"]
    assert sharp < plain


def test_is_within_ten_percent_at_the_papers_setting() -> None:
    claim = claim_at(catalogue["noiseless-loss-sharp"], Setting())
    assert 1 < claim.numbers["upper"] / claim.numbers["lower"] < 1.1


def test_needs_ordered_coefficients() -> None:
    claim = claim_at(catalogue["noiseless-loss-sharp"], Setting(beta_exponent=-0.5))
    assert not claim.believed

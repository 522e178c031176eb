"""Frequency laws: a table says what a power law says, and refuses what is no frequency."""

import pickle
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from theorems.catalogue import catalogue
from theorems.claim import POWER_LAW_NEEDED, claim_at
from theorems.errors import InputError
from theorems.law import PowerLaw, Table
from theorems.model import needs_power_law
from theorems.setting import Setting

SMALL = {"n": st.integers(1, 300), "d": st.integers(2, 400), "alpha": st.floats(0.2, 4)}


@given(**SMALL, s=st.floats(0.01, 20), b=st.floats(-1, 1), sigma=st.floats(0, 2))
def test_a_power_law_given_as_a_table_says_the_same(
    n: int, d: int, alpha: float, s: float, b: float, sigma: float
) -> None:
    named = Setting(n=n, d=d, s=s, alpha=alpha, beta_exponent=b, sigma=sigma)
    table = Setting(n=n, law=Table(named.law.p, named.law.beta), sigma=sigma)
    assert table.k == named.k
    for identifier in ("tail-hit", "multi-tail-samples", "common-identified", "noiseless-loss"):
        expected, found = (
            claim_at(catalogue[identifier], named),
            claim_at(catalogue[identifier], table),
        )
        assert found.believed == expected.believed
        # Capped or tied features may make two values of k as good as each other.
        if found.k == expected.k:
            for side in expected.statement.sides:
                assert found.numbers[side] == pytest.approx(
                    expected.numbers[side], rel=1e-12, abs=1e-300, nan_ok=True
                )
        else:
            assert found.numbers["upper"] == pytest.approx(expected.numbers["upper"], rel=1e-2)


def test_the_whole_catalogue_at_figure_1_as_a_table() -> None:
    named = Setting()
    table = Setting(law=Table(named.law.p, named.law.beta))
    compared = 0
    for statement in catalogue.values():
        expected, found = claim_at(statement, named), claim_at(statement, table)
        assert found.k == expected.k
        asked = [h.text for h in found.hypotheses if h.text == POWER_LAW_NEEDED]
        for side, expression in statement.sides.items():
            if needs_power_law(expression):
                assert np.isnan(found.numbers[side])
                continue
            compared += 1
            assert found.numbers[side] == pytest.approx(expected.numbers[side], rel=1e-12)
        if not asked:
            assert found.believed == expected.believed
    assert compared >= 40


def test_a_statement_that_needs_the_power_law_says_so() -> None:
    setting = Setting(law=Table([0.5, 0.25, 0.1, 0.1]), n=30)
    claim = claim_at(catalogue["noisy-law"], setting)
    assert not claim.believed
    assert [h.text for h in claim.hypotheses if not h.holds] == [POWER_LAW_NEEDED]
    assert claim_at(catalogue["noiseless-loss"], setting).believed


@pytest.mark.parametrize(
    ("p", "beta", "holds"),
    [
        ([0.5, 0.3, 0.2, 0.1], [4.0, 3.0, 2.0, 1.0], True),
        ([0.1, 0.2, 0.3, 0.5], [1.0, -2.0, 3.0, -4.0], True),
        ([0.5, 0.3, 0.3, 0.1], [4.0, 2.0, 3.0, 1.0], True),
        ([0.5, 0.3, 0.2, 0.1], [1.0, 1.0, 1.0, 1.0], True),
        ([0.5, 0.3, 0.2, 0.1], [4.0, 2.0, 3.0, 1.0], False),
    ],
)
def test_the_rearrangement_is_checked_on_the_table(
    p: list[float], beta: list[float], holds: bool
) -> None:
    claim = claim_at(catalogue["noiseless-loss-sharp"], Setting(law=Table(p, beta), n=30, k=1))
    found = [h.holds for h in claim.hypotheses if h.text.startswith("coefficients fall")]
    assert found == [holds]


@given(
    p=st.lists(st.floats(0, 1), min_size=2, max_size=40),
    seed=st.integers(0, 1000),
    n=st.integers(1, 50),
)
def test_sums_over_a_table_are_exact(p: list[float], seed: int, n: int) -> None:
    rng = np.random.default_rng(seed)
    beta = rng.choice([-2.0, 0.5, 1.0], len(p))
    law = Table(p, beta)
    assert np.all(np.diff(law.p) <= 0)
    assert sorted(law.p) == sorted(p)
    claim = claim_at(catalogue["noiseless-loss"], Setting(law=law, n=n, k=1))
    direct = sum(q * x**2 * (1 - q) ** n for q, x in zip(p, beta, strict=True))
    assert claim.numbers["lower"] == pytest.approx(direct, rel=1e-12, abs=1e-300)
    most = max(abs(beta)) ** 2 * sum(p)
    assert claim.numbers["trivial_upper"] == pytest.approx(most, rel=1e-12, abs=1e-300)


def test_settings_tell_tables_apart() -> None:
    table = Table([0.5, 0.25], [1.0, -1.0])
    assert Setting(law=table) == Setting(law=Table([0.25, 0.5], [-1.0, 1.0]))
    assert Setting(law=table) != Setting(law=Table([0.5, 0.25]))
    again = pickle.loads(pickle.dumps(Setting(law=table)))
    assert again == Setting(law=table)
    assert hash(again) == hash(Setting(law=table))
    law = PowerLaw(d=50)
    assert law.p.size == 50
    assert "p" not in pickle.loads(pickle.dumps(law)).__dict__


@pytest.mark.parametrize(
    ("p", "beta", "message"),
    [
        ([0.5, 1.5], None, "frequencies = 1.5: must lie in [0, 1]; it is number 2"),
        ([0.5, -0.1], None, "frequencies = -0.1: must lie in [0, 1]; it is number 2"),
        ([float("nan"), 0.5], None, "frequencies = nan: must lie in [0, 1]; it is number 1"),
        ([0.5], None, "frequencies = 1: must be at least 2, one common and one tail feature"),
        (
            [0.5, 0.5],
            [1.0],
            "coefficients = 1 numbers: must be as many as frequencies, 2",
        ),
        (
            [0.5, 0.5],
            [1.0, float("inf")],
            "coefficients = inf: must be finite, at most 1e+140; it is number 2",
        ),
        (
            [[0.5, 0.5]],
            None,
            "frequencies = an array of shape (1, 2) and type float64: must be a vector of real "
            "numbers, not empty",
        ),
    ],
)
def test_bad_tables_are_refused(p: list[float], beta: list[float] | None, message: str) -> None:
    with pytest.raises(InputError) as caught:
        Table(p, beta)
    assert str(caught.value) == message


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("", "must hold a number a line; it is empty"),
        ("0.5\n0.2 0.1\n", "must hold one number a line; line 2 is '0.2 0.1'"),
        ("0.5\n\n0.2\n", "must hold one number a line; line 2 is 'an empty line'"),
        ("0.5\n0.2\n" * 500_000 + "x\n", "must hold one number a line; line 1000001 is 'x'"),
    ],
)
def test_bad_files_are_refused(content: str, message: str, tmp_path: Path) -> None:
    file = tmp_path / "p.txt"
    file.write_text(content)
    with pytest.raises(InputError) as caught:
        Table.read(str(file))
    assert str(caught.value) == f"frequencies = {file}: {message}"


def test_files(tmp_path: Path) -> None:
    text, array = tmp_path / "p.txt", tmp_path / "beta.npy"
    text.write_text("0.25\n5e-1\n")
    np.save(array, [3.0, 4.0])
    assert Table.read(str(text), str(array)) == Table([0.5, 0.25], [4.0, 3.0])
    np.save(array, np.array([{}, {}]), allow_pickle=True)
    with pytest.raises(InputError, match="not text, nor an array of numbers"):
        Table.read(str(text), str(array))
    with pytest.raises(InputError, match="No such file"):
        Table.read(str(tmp_path / "absent"))


def test_a_power_law_goes_with_no_table() -> None:
    with pytest.raises(InputError, match="alpha = 2: goes with a power law alone"):
        Setting(law=Table([0.5, 0.25]), alpha=2)
    with pytest.raises(InputError, match="must follow a power law here"):
        Setting(law=Table([0.5, 0.25])).alpha  # noqa: B018  # the access is what is tested

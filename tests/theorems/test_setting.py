import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from theorems.errors import InputError
from theorems.setting import Setting

INTEGER = "must be an integer from 1 to 1000000000"
POSITIVE = "must be a finite number > 0"


def test_defaults_are_those_of_figure_1() -> None:
    setting = Setting()
    expected = {"n": 1000, "d": 10000, "s": 5, "alpha": 2, "sigma": 0.05, "b": 0.1, "k": 17}
    assert setting.parameters == expected
    # n p_17 = 10.5 and n p_18 = 9.4, by hand: p_i = 5/(1.64483 i^2)
    assert 5000 / 1.64483 / 17**2 > 10 > 5000 / 1.64483 / 18**2


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        *(
            ({name: value}, f"{name} = {value}: {INTEGER}")
            for name in ("n", "d", "k")
            for value in (0, -3, 2.5, "2.5", "ten", "", float("nan"), float("inf"), 10**9 + 1)
        ),
        *(({name: True}, f"{name} = True: {INTEGER}") for name in ("n", "d", "k")),
        *(({name: "1e400"}, f"{name} = 1e400: {INTEGER}") for name in ("n", "d", "k")),
        *(({name: 10**400}, f"{name} = {10**400}: {INTEGER}") for name in ("n", "d", "k")),
        *(({name: [1]}, f"{name} = [1]: {INTEGER}") for name in ("n", "d", "k")),
        *(({name: None}, f"{name} = None: {INTEGER}") for name in ("n", "d")),
        *(
            ({name: value}, f"{name} = {value}: {POSITIVE}")
            for name in ("s", "alpha")
            for value in (
                0,
                0.0,
                -1,
                float("nan"),
                float("inf"),
                "five",
                "inf",
                True,
                None,
                "1e400",
            )
        ),
        *(
            ({"sigma": value}, f"sigma = {value}: must be a finite number >= 0")
            for value in (-0.1, float("nan"), float("inf"), "loud", False, None)
        ),
        ({"sigma": 1.1e140}, "sigma = 1.1e+140: must be at most 1e+140"),
        ({"sigma": "1e300"}, "sigma = 1e300: must be at most 1e+140"),
        *(
            ({"beta_exponent": value}, f"beta-exponent = {value}: must be a finite number")
            for value in (float("nan"), float("-inf"), "b", True)
        ),
        ({"k": 10000}, "k = 10000: must be an integer from 1 to d - 1 = 9999"),
        ({"d": 30, "k": 30}, "k = 30: must be an integer from 1 to d - 1 = 29"),
        ({"d": 1, "k": 1}, "d = 1: must be at least 2, one common and one tail feature"),
        ({"d": 1}, "d = 1: must be at least 2, one common and one tail feature"),
        ({"d": 0, "k": 3}, f"d = 0: {INTEGER}"),
        ({"gamma": 2}, "gamma = 2: is no parameter of a setting"),
        (
            {"beta_exponent": -100},
            "beta-exponent = -100.0: must be at least -35 at d = 10000, or beta*_d^2 = d^(-2b) "
            "overflows",
        ),
        ({"s": 1e-101}, "s = 1e-101: must be at least 1e-100"),
        (
            {"alpha": 71, "s": 2},
            "alpha = 71.0: must be at most 70.07 at d = 10000 and s = 2, or p_d = s d^-alpha/Z "
            "underflows",
        ),
    ],
)
def test_bad_input_is_refused_in_one_line(parameters: dict[str, Any], message: str) -> None:
    with pytest.raises(InputError) as caught:
        Setting(**parameters)
    assert str(caught.value) == message
    assert "\n" not in str(caught.value)
    assert f"{caught.value.name} = {caught.value.value}: {caught.value.allowed}" == message


def test_the_steepest_growth_that_is_allowed_stays_finite() -> None:
    setting = Setting(n=10, d=100, beta_exponent=-70)
    squares = setting.coefficients() ** 2
    assert np.isfinite(squares.sum())
    assert squares[-1] == pytest.approx(1e280, rel=1e-10)
    with pytest.raises(InputError, match=r"beta-exponent = -70\.1"):
        Setting(n=10, d=100, beta_exponent=-70.1)


@given(s=st.floats(-100, 9), d=st.integers(2, 3000), steepness=st.floats(0.9, 1.1))
def test_every_frequency_that_is_allowed_has_all_its_digits(
    s: float, d: int, steepness: float
) -> None:
    """Beyond the smallest normal double there are fewer."""
    steepest = (s + 280) / math.log10(d)
    parameters = {"d": d, "s": 10.0**s, "alpha": steepest * steepness, "k": 1}
    if steepness > 1 + 1e-12:
        with pytest.raises(InputError, match=r"^alpha = "):
            Setting(**parameters)
    elif steepness < 1 - 1e-12:
        assert Setting(**parameters).law.p[-1] > 1e-290


def test_text_is_read_as_a_number() -> None:
    text = Setting(n="200", d="1e3", s="2.5", alpha="1.5", sigma="0", k="7", beta_exponent="-0.5")
    assert text == Setting(n=200, d=1000, s=2.5, alpha=1.5, sigma=0, k=7, beta_exponent=-0.5)


def test_a_setting_is_frozen_and_hashable() -> None:
    setting = Setting(n=10, d=20)
    with pytest.raises(AttributeError, match="cannot assign"):
        setting.n = 11  # type: ignore[misc]
    assert len({setting, Setting(n=10, d=20), Setting(n=11, d=20)}) == 2


def power_law(d: int, s: float, alpha: float) -> list[float]:
    weights = [i**-alpha for i in range(1, d + 1)]
    return [min(1.0, s * weight / sum(weights)) for weight in weights]


@given(
    n=st.integers(1, 10**5),
    d=st.integers(2, 400),
    s=st.floats(0.01, 50),
    alpha=st.floats(0.05, 5),
    b=st.floats(-3, 3),
)
def test_arrays_and_default_k(n: int, d: int, s: float, alpha: float, b: float) -> None:
    setting = Setting(n=n, d=d, s=s, alpha=alpha, beta_exponent=b)
    p = power_law(d, s, alpha)
    # Powers, their sum of <= 400 terms and a quotient: each a few roundings, well below 500.
    np.testing.assert_allclose(setting.probabilities(), p, rtol=500 * np.finfo(float).eps)
    truth = [i**-b for i in range(1, d + 1)]
    np.testing.assert_allclose(setting.coefficients(), truth, rtol=1e-14)
    assert np.all(np.diff(setting.probabilities()) <= 0)
    enough = [k for k in range(1, d) if n * p[k - 1] >= 10 * (1 + 1e-12)]
    perhaps = [k for k in range(1, d) if n * p[k - 1] >= 10 * (1 - 1e-12)]
    assert max(enough, default=1) <= setting.k <= max(perhaps, default=1)

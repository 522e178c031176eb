"""`import longtail`: quick, complete, and fit for pandas and notebooks."""

import subprocess
import sys

import numpy as np
import pandas as pd
import pytest

import longtail
from theorems.errors import InputError


def test_importing_loads_nothing_heavy() -> None:
    code = (
        "import sys, longtail; "
        "print(sorted({'sympy', 'numpy', 'scipy', 'numba', 'theorems'} & set(sys.modules)))"
    )
    printed = subprocess.run(
        [sys.executable, "-c", code], check=True, capture_output=True, text=True
    ).stdout
    assert printed == "[]\n"


def test_every_name_is_there() -> None:
    assert set(longtail.__all__) <= set(dir(longtail))
    for name in longtail.__all__:
        assert getattr(longtail, name) is not None
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        longtail.nothing  # noqa: B018  # the access is what is tested


def test_a_grid_becomes_a_frame() -> None:
    ids = ["noiseless-loss", "noisy-law"]
    frame = pd.DataFrame(longtail.bounds(ids, n=[100, 200, 400], alpha=np.array([1.5, 2.0]), d=900))
    assert len(frame) == 12
    assert frame["id"].tolist() == ids * 6
    assert frame["n"].tolist() == [100] * 4 + [200] * 4 + [400] * 4
    assert frame["alpha"].tolist() == [1.5, 1.5, 2.0, 2.0] * 3
    assert set(frame["d"]) == {900}
    loss = frame[frame["id"] == "noiseless-loss"]
    assert (loss["lower"] <= loss["upper"]).all()
    claim = longtail.claim_at(
        longtail.catalogue["noiseless-loss"], longtail.Setting(n=400, d=900, alpha=2)
    )
    assert loss["upper"].iloc[-1] == claim.numbers["upper"]
    assert loss["best_k"].iloc[-1] == claim.k
    assert frame[frame["id"] == "noisy-law"]["upper"].isna().all()


def test_extras_and_laws_of_ones_own() -> None:
    rows = longtail.bounds(
        "corruption-tradeoff", rho=[0.1, 0.2], law=longtail.Table([0.5, 0.1, 0.1])
    )
    assert [row["rho"] for row in rows] == [0.1, 0.2]
    assert {row["frequencies"] for row in rows} == {"table"}


def test_what_is_refused() -> None:
    with pytest.raises(InputError, match="delay = 1: must be among n, sigma, k, d, s"):
        longtail.bounds("noiseless-loss", delay=1)
    with pytest.raises(InputError, match="n = 0: must be an integer"):
        longtail.bounds("noiseless-loss", n=[10, 0])
    with pytest.raises(KeyError, match="the nearest is noiseless-loss"):
        longtail.bounds("noiseless-los")
    with pytest.raises(InputError, match="seed = -1: must be an integer >= 0"):
        longtail.simulate("tail-mass", seed=-1)


def test_a_simulation_shows_itself() -> None:
    shown = longtail.simulate(["tail-hit", "noiseless-ood"], n=60, d=200, runs=4)
    assert shown["noiseless-ood"].verdict == "holds"
    assert shown.estimate("seen_features").runs == 4
    frame = pd.DataFrame(shown.rows)
    assert frame["id"].tolist() == ["tail-hit", "noiseless-ood"]
    assert "noiseless-ood" in str(shown)
    assert shown._repr_html_().count("<tr>") == 3
    with pytest.raises(KeyError):
        shown["tail-mass"]

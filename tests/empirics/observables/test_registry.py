"""Observables by name: what is refused, what an expression says, what strangers may bring."""

import numpy as np
import pytest
from sympy import Symbol

from empirics.observables import losses
from empirics.observables.observable import Group, Measurement, Observable
from empirics.observables.observe import observe
from empirics.observables.registry import OBSERVABLES, Observables, UnknownObservableError
from theorems.setting import Setting


def seen_twice(draw):
    return float(np.count_nonzero(draw.counts == 2))


def test_an_unknown_name_is_answered_by_the_nearest():
    with pytest.raises(UnknownObservableError, match="the nearest is missing_mass") as caught:
        OBSERVABLES["missing_mas"]
    assert "\n" not in str(caught.value)
    assert OBSERVABLES.get("missing_mas") is None


def test_registering_twice_is_refused_unless_it_is_the_same():
    mine = Observables()
    one = Observable.measured("seen_twice", "features seen twice", seen_twice)
    assert mine.register(one) is one
    mine.register(Observable.measured("seen_twice", "features seen twice", seen_twice))
    with pytest.raises(ValueError, match="seen_twice: another one has this name"):
        mine.register(Observable.measured("seen_twice", "other", seen_twice))
    group = Group("seen-twice", losses.measure, ("a",))
    with pytest.raises(ValueError, match="group seen-twice: another one"):
        mine.register(Observable("a", "a", group))
    group = Group("other", losses.measure, ("seen_twice",))
    with pytest.raises(ValueError, match="group other: seen-twice records seen_twice already"):
        mine.register(Observable("b", "b", group, Symbol("seen_twice")))


def test_an_observable_of_what_its_group_does_not_measure_is_refused():
    with pytest.raises(ValueError, match="observable c: group losses measures no c"):
        Observable("c", "c", losses.GROUP)


def test_a_group_may_give_no_more_than_it_declares():
    group = Group("short", losses.measure, ("missing_mass",))
    with pytest.raises(KeyError, match="group short declares no quantity"):
        observe(Setting(n=5, d=9), 0, 0, [Measurement(group)])


def test_expressions_say_what_depends_on_sigma():
    dependent = {name for name, one in OBSERVABLES.items() if one.depends_on_sigma}
    assert {"in_distribution_loss", "train_loss", "corrupted_single_risk", "ood_loss_3"} < dependent
    assert not {"in_distribution_bias", "missing_mass", "seen_features", "ood_single"} & dependent
    assert OBSERVABLES["corrupted_single_risk"].defaults == {"lamda": 0.25, "rho": 0.1, "tau": 1.0}


@pytest.mark.parametrize("alpha", [0.5, 1.5, 3.0])
@pytest.mark.parametrize("beta_exponent", [-1.0, 0.4])
@pytest.mark.parametrize("sigma", [0.0, 0.3])
def test_every_draw_lies_within_its_bounds(alpha, beta_exponent, sigma):
    setting = Setting(n=20, d=30, s=3, alpha=alpha, beta_exponent=beta_exponent, sigma=sigma, k=4)
    for run in range(20):
        values = observe(setting, 0, run).values
        recorded = {name: np.array([value]) for name, value in values.items()}
        for name, one in OBSERVABLES.items():
            limits = one.range(setting)
            if limits is None or not set(one.quantities) <= set(recorded):
                continue
            value = float(one.values(recorded, sigma, {})[0])
            slack = 1e-12 * max(map(abs, limits))
            assert np.isnan(value) or limits[0] - slack <= value <= limits[1] + slack, name
        assert values["in_distribution_bias"] >= values["missing_mass"]

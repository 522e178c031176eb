"""Replicates: the same bytes whoever computes them, and after a kill."""

import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from empirics.judging.intervals import controlled_estimate, estimate
from empirics.observables import descent, losses
from empirics.observables.observable import Group, Measurement
from empirics.observables.observe import observe
from empirics.observables.registry import OBSERVABLES
from empirics.running import montecarlo
from empirics.running.cluster import Workers
from empirics.running.montecarlo import Sample, block_size, replicate
from empirics.running.store import Store, cell_key
from theorems.setting import Setting

SETTINGS = [
    Setting(n=40, d=200, alpha=1.5),
    Setting(n=40, d=200, alpha=1.5, sigma=0.2),
    Setting(n=30, d=150, alpha=2.0, beta_exponent=0.5),
]
RUNS = 34
KEPT = [min(RUNS, group.first or RUNS) for group in OBSERVABLES.groups]
"""Draws that each group keeps of a setting."""


def silent(line: str) -> None:
    raise AssertionError(line)


def draw(
    workers: int = 1, seed: int = 3, runs: int = RUNS, store: Store | None = None
) -> list[Sample]:
    return replicate(SETTINGS, runs, seed, workers=Workers(workers), store=store)


def content(samples: list[Sample]) -> list[dict[str, bytes]]:
    return [{name: values.tobytes() for name, values in s.values.items()} for s in samples]


@pytest.fixture(scope="module")
def reference() -> list[Sample]:
    return draw()


@pytest.mark.workers
def test_one_and_two_workers_give_the_same_bytes(reference: list[Sample]) -> None:
    assert content(draw(workers=2)) == content(reference)


def test_batches_are_larger_where_each_is_sent_over_a_network() -> None:
    small, large = Setting(n=1000, d=10_000), Setting(n=10**6, d=10_000)
    assert block_size(small, 100_000, 2, clustered=False) == montecarlo.BLOCK
    assert block_size(small, 100_000, 2, clustered=True) == 256
    # Of large designs a batch takes long enough as it is.
    assert block_size(large, 100_000, 2, clustered=True) == montecarlo.BLOCK
    # Few draws are shared out.
    assert block_size(small, 80, 2, clustered=True) == 10
    assert block_size(small, 80, 2, clustered=False) == 2
    assert block_size(small, 3, 2, clustered=True) == 1


def test_another_seed_gives_other_bytes(reference: list[Sample]) -> None:
    for one, other in zip(reference, draw(seed=4), strict=True):
        assert one.values["variance_factor"].tobytes() != other.values["variance_factor"].tobytes()
    assert content(draw(seed=3)) == content(reference)


def test_a_draw_does_not_depend_on_how_many_there_are(reference: list[Sample]) -> None:
    for few, many in zip(draw(runs=5), reference, strict=True):
        for name, values in few.values.items():
            np.testing.assert_array_equal(values, many.values[name][:5])


def test_samples_are_the_observations_in_order(reference: list[Sample]) -> None:
    for setting, sample in zip(SETTINGS, reference, strict=True):
        assert (sample.setting, sample.seed, sample.runs) == (setting, 3, RUNS)
        for run in (0, 7, RUNS - 1):
            for name, value in observe(setting, 3, run).values.items():
                np.testing.assert_array_equal(sample.values[name][run], value)


def test_settings_that_differ_in_sigma_share_their_draws(
    reference: list[Sample], tmp_path: Path
) -> None:
    group = Measurement(losses.GROUP)
    keys = [cell_key(setting, 3, group) for setting in SETTINGS]
    assert keys[0] == keys[1] != keys[2]
    finished: list[int] = []
    with Store(tmp_path, silent) as store:
        replicate(SETTINGS, RUNS, 3, workers=Workers(1), store=store, advance=finished.append)
        assert sum(finished) == 2 * RUNS
        assert sorted(cell.draws for cell in store.cells()) == sorted(2 * KEPT)
    first, noisy = reference[:2]
    assert content([first]) == content([noisy])
    loss = first.values["in_distribution_bias"] + 0.2**2 * first.values["variance_factor"]
    np.testing.assert_array_equal(noisy.draws("in_distribution_loss"), loss)
    assert first.at_sigma(SETTINGS[1]).setting == SETTINGS[1]
    with pytest.raises(ValueError, match="differ in more than sigma"):
        first.at_sigma(SETTINGS[2])


def counted(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Runs that are computed from now on."""
    computed: list[int] = []

    def counting(setting: Setting, seed: int, run: int, measurements: Sequence[Measurement]):
        computed.append(run)
        return observe(setting, seed, run, measurements)

    monkeypatch.setattr(montecarlo, "observe", counting)
    return computed


def test_a_cached_run_computes_nothing_and_gives_the_same_bytes(
    reference: list[Sample], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Store(tmp_path, silent) as store:
        draw(store=store, runs=10)
        computed = counted(monkeypatch)
        assert content(draw(store=store)) == content(reference)
        assert sorted(computed) == sorted(2 * list(range(10, RUNS)))
        computed.clear()
        assert content(draw(store=store)) == content(reference)
        few = content(draw(store=store, runs=4))
        assert computed == []
        assert few == content(draw(runs=4))


KILLED = """
import os, signal, sys
from pathlib import Path
from empirics.running import store as module
from empirics.running.cluster import Workers
from empirics.running.montecarlo import replicate
from empirics.running.store import Store
from theorems.setting import Setting

def die():
    os.kill(os.getpid(), signal.SIGKILL)

folder, moment = Path(sys.argv[1]), sys.argv[2]
settings = [Setting(**parameters) for parameters in {settings}]
store = Store(folder, print)
done = 0

def advance(count):
    global done
    done += count
    if moment == "between" and done >= 17:
        die()

if moment == "encoding":
    encoded, original = 0, module.encode
    def encode(observation):
        global encoded
        encoded += 1
        if encoded == 200:
            die()
        return original(observation)
    module.encode = encode
if moment == "committing":
    commits = 0
    def trace(statement):
        global commits
        commits += statement.startswith("COMMIT")
        if commits == 15:
            die()
    store._connection.set_trace_callback(trace)
replicate(settings, {runs}, 3, workers=Workers(1), store=store, advance=advance)
"""


@pytest.mark.parametrize("moment", ["between", "encoding", "committing"])
def test_a_killed_run_resumes_to_the_same_bytes(
    moment: str, reference: list[Sample], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    parameters = [setting.document() for setting in SETTINGS]
    program = KILLED.format(settings=parameters, runs=RUNS)
    done = subprocess.run(
        [sys.executable, "-c", program, str(tmp_path), moment],
        capture_output=True,
        check=False,
        env={**os.environ, "OMP_NUM_THREADS": "1"},
    )
    assert done.returncode == -signal.SIGKILL, done.stderr.decode()
    with Store(tmp_path, silent) as store:
        kept = sum(c.draws for c in store.cells() if c.description["group"] == "losses")
        assert 0 < kept < 2 * RUNS
        computed = counted(monkeypatch)
        assert content(draw(store=store)) == content(reference)
        assert len(computed) == 2 * RUNS - kept


def test_a_broken_entry_is_reported_and_computed_again(
    reference: list[Sample], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Store(tmp_path, silent) as store:
        draw(store=store)
    file = tmp_path / "draws.sqlite"
    damaged = bytearray(file.read_bytes())
    # One bit of the first number behind a draw's line of names.
    damaged[damaged.index(b'"]\n') + 5] ^= 1
    file.write_bytes(damaged)
    reports: list[str] = []
    computed = counted(monkeypatch)
    with Store(tmp_path, reports.append) as store:
        assert content(draw(store=store)) == content(reference)
    assert len(computed) == 1
    assert len(reports) == 1
    assert f"cache entry of draw {computed[0]} in cell" in reports[0]


def test_a_truncated_cache_is_reported_and_computed_again(
    reference: list[Sample], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Store(tmp_path, silent) as store:
        draw(store=store)
    file = tmp_path / "draws.sqlite"
    file.write_bytes(file.read_bytes()[: file.stat().st_size // 2])
    reports: list[str] = []
    computed = counted(monkeypatch)
    with Store(tmp_path, reports.append) as store:
        assert content(draw(store=store)) == content(reference)
        assert sum(cell.draws for cell in store.cells()) == 2 * sum(KEPT)
    assert computed
    assert len(reports) == 1
    assert "is damaged" in reports[0]


def test_other_code_does_not_use_the_entries(
    reference: list[Sample], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Store(tmp_path, silent) as store:
        draw(store=store)
        cells = len(store.cells())
        monkeypatch.setattr(Group, "digest", property(lambda _: "0123456789abcdef"))
        computed = counted(monkeypatch)
        assert content(draw(store=store)) == content(reference)
        assert len(computed) == 2 * RUNS
        assert len(store.cells()) == 2 * cells


def test_a_changed_or_added_group_leaves_the_others_warm(
    reference: list[Sample], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Only what a draw lacks is measured, on the same bytes."""
    asked: list[tuple[int, tuple[str, ...]]] = []

    def counting(setting: Setting, seed: int, run: int, measurements: Sequence[Measurement]):
        asked.append((run, tuple(m.group.name for m in measurements)))
        return observe(setting, seed, run, measurements)

    own = Group.digest.fget
    assert own is not None
    with Store(tmp_path, silent) as store:
        some = OBSERVABLES.measurements(["missing_mass", "seen_tail"])
        replicate(SETTINGS[:1], 6, 3, workers=Workers(1), store=store, measurements=some)
        monkeypatch.setattr(montecarlo, "observe", counting)
        more = (*some, Measurement(descent.GROUP))
        (sample,) = replicate(
            SETTINGS[:1], 6, 3, workers=Workers(1), store=store, measurements=more
        )
        assert asked == [(run, ("descent",)) for run in range(3)]
        for name in ("missing_mass", "gd_distance_over_bound"):
            np.testing.assert_array_equal(sample.values[name], reference[0].values[name][:6])
        asked.clear()
        monkeypatch.setattr(
            Group,
            "digest",
            property(lambda group: "changed" if group.name == "losses" else own(group)),
        )
        replicate(SETTINGS[:1], 6, 3, workers=Workers(1), store=store, measurements=more)
        assert asked == [(run, ("losses",)) for run in range(6)]


def test_a_group_may_be_measured_at_other_parameters(reference: list[Sample]) -> None:
    extra = {"lamda": 1.0, "rho": 0.5, "delta": 3.0}
    risk = OBSERVABLES["corrupted_single_risk"]
    wanted = [risk.measurement(), risk.measurement(extra)]
    (sample,) = replicate(SETTINGS[:1], 3, 3, workers=Workers(1), store=None, measurements=wanted)
    plain = sample.values
    np.testing.assert_array_equal(
        plain["ridge_single_A"], reference[0].values["ridge_single_A"][:3]
    )
    expected = (
        plain["ridge_single_A@lamda=1.0"]
        + SETTINGS[0].sigma ** 2 * plain["ridge_single_B@lamda=1.0"]
        + 0.5 * plain["ridge_single_C@lamda=1.0"]
    )
    np.testing.assert_allclose(sample.draws("corrupted_single_risk", extra), expected, rtol=1e-14)
    with pytest.raises(KeyError, match="lamda=2"):
        sample.draws("corrupted_single_risk", {"lamda": 2.0})


def test_what_is_never_below_its_control_is_judged_by_its_excess() -> None:
    """Twelve draws that all equal their control: the lower end is the control's mean."""
    missing = np.linspace(0.1, 0.2, 12)
    sample = Sample(SETTINGS[0], 0, {"missing_mass": missing, "in_distribution_bias": missing})
    found = sample.controlled("in_distribution_bias", "missing_mass", 0.15)
    most = OBSERVABLES["in_distribution_bias"].range(SETTINGS[0])
    assert most is not None
    assert found.ci_low == found.mean == pytest.approx(0.15, rel=1e-15)
    assert found.label == "betting, control variate missing_mass"
    assert 0.15 < found.ci_high < 0.15 + most[1]
    with_noise = replace(
        sample,
        setting=SETTINGS[1],
        values=sample.values | {"variance_factor": np.ones(12)},
    )
    noisy = with_noise.controlled("in_distribution_loss", "missing_mass", 0.15)
    assert noisy.ci_low == pytest.approx(0.15)
    assert noisy.ci_high == np.inf


def test_a_rare_excess_gets_the_width_of_the_plain_interval() -> None:
    """Of 40 draws, three exceed their control: the mean is the known one and the mean excess.

    The known mean here lies outside the control's own interval, which moves nothing: such draws
    are as good as others for what exceeds their control.
    """
    rng = np.random.default_rng(0)
    missing = rng.normal(0.2, 0.01, 40)
    excess = np.zeros(40)
    excess[:3] = 1e-3
    values = {"missing_mass": missing, "in_distribution_bias": missing + excess}
    sample = Sample(SETTINGS[0], 0, values)
    found = sample.controlled("in_distribution_bias", "missing_mass", 0.15)
    plain = sample.estimate("in_distribution_bias")
    assert plain.method == "Student"
    assert not plain.contains(0.15)
    assert found.label == "Student, control variate missing_mass"
    assert found.mean == pytest.approx(0.15 + 3e-3 / 40, rel=1e-12)
    assert found.ci_high == pytest.approx(found.mean + plain.ci_high - plain.mean, rel=1e-12)
    # No draw is below its control, nor its mean below the control's.
    assert 0.15 <= found.ci_low <= found.mean


def test_estimates_of_a_sample(reference: list[Sample]) -> None:
    sample = reference[1]
    bias = sample.draws("in_distribution_loss")
    assert sample.estimate("in_distribution_loss") == estimate(bias, 0.95)
    assert sample.estimate("in_distribution_loss", 0.5) == estimate(bias, 0.5)
    rate = sample.estimate("common_identified")
    assert 0 <= rate.ci_low <= rate.mean <= rate.ci_high <= 1
    assert rate == estimate(sample.values["common_identified"], 0.95, rate=True)
    missing = sample.draws("missing_mass")
    regression = controlled_estimate(bias, missing, 0.1, 0.95)
    assert regression is not None
    expected = replace(regression, control="missing_mass")
    assert sample.controlled("in_distribution_loss", "missing_mass", 0.1) == expected
    fixed = sample.controlled("in_distribution_loss", "missing_mass", 0.1, 2.0)
    shifted = estimate(bias - 2 * missing, 0.95).shifted(0.2)
    assert fixed == replace(shifted, control="missing_mass")
    assert fixed.mean == pytest.approx(bias.mean() - 2 * (missing.mean() - 0.1), rel=1e-12)
    allowed = sample.rounding("private_residual")
    assert allowed is not None
    assert allowed.shape == (RUNS,)
    assert sample.rounding("missing_mass") is None
    with pytest.raises(KeyError):
        sample.draws("no_such_observable")


def test_what_only_the_first_draws_record_is_nan_later(reference: list[Sample]) -> None:
    ratio = reference[0].values["gd_distance_over_bound"]
    assert np.isnan(ratio[3:]).all()
    assert np.isfinite(ratio[:3]).all()

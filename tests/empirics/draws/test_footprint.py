import json
import subprocess
import sys

import pytest

from empirics.draws import footprint
from empirics.observables.observe import observe
from empirics.running.cluster import Workers
from empirics.running.montecarlo import replicate
from theorems import memory
from theorems.evolution.solved import evolved
from theorems.setting import Setting

PEAK = """
import json, sys
from empirics.bench.growth import peak_mebibytes
from empirics.observables.observe import observe
from theorems.setting import Setting
observe(Setting(n=100, d=500, alpha=2), 0, 0)
before = peak_mebibytes()
observe(Setting(**json.loads(sys.argv[1])), 0, 20)
print(peak_mebibytes() - before)
"""


@pytest.mark.parametrize(
    "setting",
    [
        Setting(n=1000, d=3_000_000, alpha=2),
        Setting(n=300_000, d=30_000, alpha=2),
        Setting(n=200_000, d=2_000_000, alpha=1.5),
    ],
)
def test_the_estimate_is_of_the_size_of_the_peak(setting):
    parameters = json.dumps(setting.document())
    child = subprocess.run(
        [sys.executable, "-c", PEAK, parameters], check=True, capture_output=True, text=True
    )
    observed = float(child.stdout) * 2**20
    estimate = 8 * footprint.draw_doubles(setting)
    # The entries are at most n s and fewer where frequencies are capped at 1: up to half are not.
    assert estimate / 2.5 < observed < 1.25 * estimate


def _scarce(monkeypatch, free):
    monkeypatch.setattr(memory, "_FREELY", 0)
    monkeypatch.setattr(memory, "available", lambda: free)


def test_draws_that_do_not_fit_are_refused_before_any_is_made(monkeypatch):
    setting = Setting(n=100, d=1000)
    needed = 8 * footprint.draw_doubles(setting)
    _scarce(monkeypatch, 3.5 * needed)
    replicate([setting], 1, 0, workers=Workers(1), store=None)
    started = []
    monkeypatch.setattr("empirics.running.montecarlo.observe", lambda *_: started.append(1))
    with pytest.raises(MemoryError, match=r"n = 100, d = 1000: drawing in 4 processes needs about"):
        replicate([setting], 8, 0, workers=Workers(4), store=None)
    assert not started


def test_a_worker_refuses_its_own_draw(monkeypatch):
    _scarce(monkeypatch, 1e5)
    with pytest.raises(MemoryError, match=r"n = 100, d = 1000: a draw needs about .* GiB; allowed"):
        observe(Setting(n=100, d=1000), 0, 0)


def test_the_recursion_refuses_tables_that_do_not_fit(monkeypatch):
    _scarce(monkeypatch, 1e4)
    with pytest.raises(MemoryError, match="d = 5000: the recursion of variance-evolution needs"):
        evolved("variance", lambda i: 0.1 / i, lambda i: i**0, 100, 5000, 3)

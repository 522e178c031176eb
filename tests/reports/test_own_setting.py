"""A report on a setting of one's own: what is swept around it, and that it is said everywhere."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable
from filecmp import cmp
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from empirics.judging.family import Family
from empirics.judging.verdict import Verdict
from empirics.running.cluster import Workers
from reports import cli, memorization, necessity, options
from reports.experiment import (
    PRESETS,
    Preset,
    _curves,
    asked_statements,
    depends_on_sigma,
    settings_of,
)
from reports.main_setting import MainSetting, options_of
from reports.paper_card import Standing, paper_card
from reports.results import read_results
from reports.section import Context
from reports.sections import rates, regimes, sections, variance
from reports.summary import refuted
from theorems.claim import claim_at
from theorems.law import PowerLaw
from theorems.paper import Item
from theorems.setting import Setting

Call = Callable[..., Any]

OWN = ("--n", "50", "--d", "300", "--alpha", "1.3", "--sigma", ".5")
FEW = (3, 3, 3)
"""Draws of the variance at each size."""

SMALL = Preset("quick", (2.0,), (0.05,), runs=3, curve_points=3)

TOLD = "n = 50, d = 300, s = 5.0, α = 1.3, σ = 0.5, b = 0.1, k = 4"


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """A report at an unusual setting, and what its run said."""
    folder = tmp_path_factory.mktemp("own")
    words = ["report", *OWN, "--runs", "3", "--jobs", "1", "--out", str(folder / "report")]
    words += ["--sections", "regimes,variance,necessity,memorization"]
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("LONGTAIL_CACHE", str(folder / "cache"))
        patch.setattr(sys, "argv", ["longtail", *words])
        patch.setitem(variance.GRIDS, "quick", variance.Grid({300: FEW, 1000: FEW}))
        patch.setattr(variance, "ALPHAS", (1.0, 2.0))
        patch.setattr(memorization, "RUNS", 3)
        patch.setitem(necessity.RUNS, "quick", 3)
        patch.setattr(necessity, "ALPHAS", (2.0,))
        patch.setattr(necessity, "DELTAS", (0.02, 0.35))
        patch.setattr(necessity, "CURVE", 3)
        patch.setitem(regimes.PHASE_NS, "quick", (100, 1000))
        patch.setattr(regimes, "PHASE_ALPHAS", (1.0, 2.0))
        patch.setitem(PRESETS, "quick", SMALL)
        with pytest.raises(SystemExit) as left:
            cli.main()
    assert left.value.code == 0
    return folder / "report", " ".join(words)


def test_the_setting_is_said_wherever_one_reads(own: tuple[Path, str]) -> None:
    folder, words = own
    results = json.loads((folder / "results.json").read_text())
    model = results["sweep"]["model"]
    assert (model["main_alpha"], model["main_sigma"], model["curve_sigma"]) == (1.3, 0.5, 0.5)
    assert model["setting"] == {"n": 50, "d": 300, "s": 5.0, "beta_exponent": 0.1}
    assert 1.3 in model["alphas"]
    assert 0.5 in model["sigmas"]
    assert results["necessity"]["setting"]["n"] == 50
    assert 1.3 in results["necessity"]["alphas"]
    assert results["variance"]["ns"][-1] == 50
    assert results["memorization"]["setting"]["alpha"] == 1.3
    assert results["regimes"]["sigma"] == 0.5
    assert results["provenance"]["command"] == f"longtail {words}"
    for name in ("report.html", "report.md"):
        text = (folder / name).read_text()
        assert text.count(TOLD) >= 2, name  # at the top and in the provenance
        assert "Verdicts at the paper's setting" not in text
        assert "at n = 50 and α = 1.3" in text  # the headline of necessity
        assert "d = 100 n up to 10^7, s = 5, σ = 0.5, b = 0.1" in text  # the phase diagram
        # What was seen at the paper's setting is said of no other.
        assert "nearly overlap: the loss" not in text
        assert "Here n = 50, d = 300, s = 5.0, b = 0.1." in text
    page = re.sub(r"</?span[^>]*>", "", unescape((folder / "report.html").read_text()))
    assert "longtail simulate --n 50 --d 300 --s 5.0 --alpha 1.3 --sigma 0.5" in page
    assert "longtail report --n 50 --d 300 --alpha 1.3 --sigma 0.5 --sections rates" in page
    assert "Back to the report's setting" in page


def test_what_the_paper_saw_elsewhere_is_a_question_here(own: tuple[Path, str]) -> None:
    results = read_results(str(own[0] / "results.json"))
    sweep = sections()["sweep"]
    judged = sweep.verdicts(results.result("sweep"))
    seen = results.result("sweep").observations
    assert [one.what for one in judged if one.question] == [one.paper for one in seen]
    assert refuted(results) == []
    line = next(line for line in paper_card(results) if line.item is Item.FIGURE_1)
    assert line.standing is Standing.OPEN
    assert line.verdict == "open: the paper claims it at its own setting"
    assert line.command == "longtail report"
    assert re.fullmatch(r"at this setting \d of \d observations hold", line.stops)


def test_drawn_again_it_is_the_same_page(own: tuple[Path, str], call: Call, tmp_path: Path) -> None:
    folder, _ = own
    called = call("report", "--from", str(folder / "results.json"), "--out", str(tmp_path / "b"))
    assert called.status == 0
    assert called.out.splitlines()[0] == f"Main setting: {TOLD}."
    for name in ("report.html", "report.md", "results.json"):
        assert cmp(tmp_path / "b" / name, folder / name, shallow=False), name


def test_at_the_papers_setting_nothing_is_moved() -> None:
    main = MainSetting()
    assert main.is_the_papers
    for preset in PRESETS.values():
        assert preset.around(main) == preset
        plain = [Setting(alpha=a, sigma=s) for a in preset.alphas for s in preset.sigmas]
        assert settings_of(preset, main) == plain
    for name, grid in variance.GRIDS.items():
        assert grid.around(1000) is grid
        assert rates.steps_around(name, 1000) == rates.SWEEPS[name]
    assert [one.n for one in memorization.law_settings(main)] == [300, 1000, 3000]


settings = st.builds(
    lambda n, d, s, alpha, b, sigma: Setting(
        law=PowerLaw(d=d, s=s, alpha=alpha, b=b), n=n, sigma=sigma
    ),
    n=st.integers(1, 10**6),
    d=st.integers(2, 10**6),
    s=st.floats(0.01, 30),
    alpha=st.floats(0.3, 4),
    b=st.floats(-1, 2),
    sigma=st.floats(0, 3),
)


@given(setting=settings, own_k=st.booleans())
def test_options_lead_back_to_the_setting(setting: Setting, own_k: bool) -> None:
    words = options_of(setting.document(), own_k=own_k).split()
    given_ = dict(zip(words[::2], words[1::2], strict=True))
    law = options.LawOptions(
        given_.get("--d"), given_.get("--s"), given_.get("--alpha"), given_.get("--beta-exponent")
    )
    again = options.setting(
        given_.get("--n", "1000"), given_.get("--sigma", "0.05"), given_.get("--k"), law
    )
    assert again == setting
    if setting == Setting() and not own_k:
        assert words == []


@given(setting=settings)
def test_k_belongs_to_each_setting_unless_it_is_chosen(setting: Setting) -> None:
    free, fixed = MainSetting(setting), MainSetting(setting, own_k=True)
    other = {"alpha": 2.5, "sigma": 0.1}
    assert free.at(**other) == Setting(
        n=setting.n, d=setting.d, s=setting.s, beta_exponent=setting.beta_exponent, **other
    )
    assert fixed.at(**other).k == setting.k
    grid = variance.GRIDS["paper"].around(setting.n)
    assert all(size <= max(setting.n, 10**5) for size in grid.draws)
    assert rates.steps_around("quick", setting.n)[-1].n >= min(setting.n // 4, 7000)


def test_a_report_keeps_the_k_that_was_chosen() -> None:
    main = MainSetting(Setting(k=40), own_k=True)
    assert {one.k for one in settings_of(PRESETS["quick"], main)} == {40}
    assert options_of(main.setting.document(), own_k=True) == "--k 40"


@pytest.mark.parametrize(
    ("words", "line"),
    [
        (("--n", "0"), "--n = 0: must be an integer from 1 to 1000000000"),
        (("--alpha", "nan"), "--alpha = nan: must be a finite number > 0"),
        (("--sigma", "-1"), "--sigma = -1: must be a finite number >= 0"),
        (("--d", "9", "--k", "9"), "--k = 9: must be an integer from 1 to d - 1 = 8"),
        (
            ("--from", "results.json", "--alpha", "1.3"),
            "--alpha = 1.3: goes with a new report, --from draws one again",
        ),
        (
            ("--d", "10", "--beta-exponent", "-60"),
            "--beta-exponent = -60.0: must be at least -35 at d = 10000, or beta*_d^2 = d^(-2b) "
            "overflows",
        ),
    ],
)
def test_bad_options_get_one_line_before_anything_is_computed(
    call: Call, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...], line: str
) -> None:
    monkeypatch.chdir(tmp_path)
    called = call("report", *words)
    assert (called.status, called.out) == (2, "")
    assert called.err == f"longtail: {line}\n"
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "setting",
    [
        Setting(n=2, d=2, sigma=0),
        Setting(n=3, d=40, alpha=0.4, s=12),
        Setting(n=40, d=5, alpha=6, s=0.3, sigma=2),
        Setting(n=30, d=50, k=49),
    ],
    ids=["two of two", "flat", "steep", "no tail"],
)
def test_every_section_is_computed_and_drawn_at_the_ends_of_what_is_allowed(
    setting: Setting, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(memorization, "RUNS", 2)
    context = Context(
        "quick", 0, Workers(1), tmp_path, runs=2, main=MainSetting(setting, own_k=setting.k > 40)
    )
    monkeypatch.setitem(
        PRESETS, "quick", Preset("quick", (2.0,), (0.0, 0.05), runs=2, curve_points=3)
    )
    monkeypatch.setitem(variance.GRIDS, "quick", variance.Grid({300: FEW, 1000: FEW}))
    monkeypatch.setitem(necessity.RUNS, "quick", 2)
    monkeypatch.setattr(necessity, "ALPHAS", (2.0,))
    monkeypatch.setattr(necessity, "DELTAS", (0.02, 0.35))
    monkeypatch.setattr(necessity, "CURVE", 3)
    monkeypatch.setattr(variance, "ALPHAS", (1.0, 2.0))
    for name in ("sweep", "variance", "necessity", "memorization"):
        section = sections()[name]
        planned = section.prepared(context)
        assert planned is not None
        result = planned.compute(Family(planned.tests))
        again = section.read(json.loads(json.dumps(section.written(result))))
        page = section.page(again)
        assert page.title
        assert all(one.svg for one in page.drawn())
        verdicts = [one.verdict for one in section.verdicts(result)]
        assert Verdict.REFUTED not in verdicts, name


def test_what_is_judged_without_noise_is_not_evaluated_again_for_curves() -> None:
    few = Preset("quick", (2.0,), (0.0, 0.05), runs=2, curve_points=2)
    main = MainSetting(Setting(n=60, d=200))
    asked = zip(settings_of(few, main), asked_statements(settings_of(few, main)), strict=True)
    known = {
        (statement.id, setting.alpha): claim_at(statement, setting)
        for setting, statements in asked
        for statement in statements
        if not depends_on_sigma(statement)
    }
    assert {"noiseless-loss-cavity", "variance-evolution"} <= {name for name, _ in known}
    assert _curves(few, main, known, Workers(1)) == _curves(few, main, {}, Workers(1))

"""The explorer by mouse and keyboard, its address, what it draws and what it hands out."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from reports.explorer import vendoring
from reports.explorer.fragment import explorer
from reports.results import Results
from reports.typeset import typeset
from tests.reports.explorer_page import DRAWN, Opened, drawn, side, slider
from tests.small_report import SMALL
from theorems.catalogue import catalogue
from theorems.claim import claim_at
from theorems.setting import Setting


@pytest.fixture
def page(explorer: Page) -> Page:
    """The explorer alone."""
    return explorer


@pytest.fixture
def whole(opened: Opened) -> Iterator[Page]:
    """The explorer among the rest of the report."""
    yield from opened(1400, 900)


def test_it_opens_at_the_papers_setting_with_pythons_numbers(whole: Page) -> None:
    drawn(whole)
    claim = claim_at(catalogue["noiseless-loss"], Setting())
    assert side(whole, "lower") == pytest.approx(claim.numbers["lower"], rel=1e-9)
    assert side(whole, "upper") == pytest.approx(claim.numbers["upper"], rel=1e-9)
    told = whole.locator("#explorer [data-part='hypotheses'] li").all_text_contents()
    assert [one.split(" ", 1) for one in told] == [
        ["holds", typeset(hypothesis.text).striptags()] for hypothesis in claim.hypotheses
    ]


def test_a_slider_moves_by_mouse_and_by_keyboard(whole: Page) -> None:
    drawn(whole)
    before = side(whole, "lower")
    alpha = slider(whole, "alpha")
    alpha.scroll_into_view_if_needed()
    box = alpha.bounding_box()
    whole.mouse.click(box["x"] + box["width"] * 0.2, box["y"] + box["height"] / 2)
    field = whole.locator("#explorer-alpha")
    moved = float(field.input_value())
    assert 1.2 < moved < 1.6
    assert side(whole, "lower") > before
    alpha.focus()
    whole.keyboard.press("ArrowRight")
    assert float(field.input_value()) == pytest.approx(moved + 0.01)
    assert alpha.get_attribute("aria-valuetext") == field.input_value()
    claim = claim_at(catalogue["noiseless-loss"], Setting(alpha=float(field.input_value())))
    assert side(whole, "lower") == pytest.approx(claim.numbers["lower"], rel=1e-9)


def test_a_number_field_takes_a_number_and_bad_ones_are_told(page: Page) -> None:
    drawn(page)
    field = page.locator("#explorer-n")
    field.fill("2000")
    field.press("Enter")
    claim = claim_at(catalogue["noiseless-loss"], Setting(n=2000))
    assert side(page, "lower") == pytest.approx(claim.numbers["lower"], rel=1e-9)
    field.fill("0")
    field.press("Enter")
    told = page.locator("#explorer [data-part='wrong']")
    # A worker answers, on a busy machine not at once.
    expect(told).to_have_text("n = 0: must be an integer from 1 to 1000000000")
    page.get_by_role("button", name="Back to the paper's setting").click()
    expect(told).to_have_text("")
    assert field.input_value() == "1000"


def test_whatever_is_typed_is_told_or_put_back_and_nothing_breaks(page: Page) -> None:
    """The page's own fixture fails on any message of the console."""
    drawn(page)
    page.locator("#explorer [data-part='regions-box']").scroll_into_view_if_needed()
    page.wait_for_selector("#explorer .region")
    told = page.locator("#explorer [data-part='wrong']")
    for name, value in (("n", "-5"), ("n", "2.5"), ("d", "1e12"), ("s", "0"), ("k", "20000")):
        field = page.locator(f"#explorer-{name}")
        field.fill(value)
        field.press("Enter")
        page.wait_for_function(
            "text => document.querySelector(\"[data-part='wrong']\").textContent.startsWith(text)",
            arg=f"{name} = ",
        )
        assert page.locator("#explorer [data-part='numbers'] tr").count() == 0
        page.get_by_role("button", name="Back to the paper's setting").click()
        page.wait_for_function("document.querySelector(\"[data-part='wrong']\").textContent === ''")
    emptied = page.locator("#explorer-n")
    emptied.fill("")
    emptied.blur()
    assert emptied.input_value() == "1000"
    expect(told).to_have_text("")
    for fragment in ("#%E0%A4%A", "#explorer=nobody", "#explorer=noiseless-loss&n=0&over=size"):
        page.evaluate("there => { location.hash = there; }", fragment)
        drawn(page)
    expect(told).to_have_text(re.compile("^n = 0: "))


def test_the_address_keeps_the_state_and_brings_it_back(whole: Page, opened: Opened) -> None:
    drawn(whole)
    whole.locator("#explorer-statement").select_option("stability-price")
    whole.locator("#explorer-delta").fill("0.3")
    whole.locator("#explorer-delta").press("Enter")
    whole.locator("#explorer-alpha").fill("1.7")
    whole.locator("#explorer-alpha").press("Enter")
    whole.locator("#explorer input[value='n']").check()
    fragment = whole.evaluate("location.hash")
    shown = side(whole, "lower")
    claim = claim_at(catalogue["stability-price"], Setting(alpha=1.7), extra={"delta": 0.3})
    assert shown == pytest.approx(claim.numbers["lower"], rel=1e-9)
    for again in opened(1400, 900, fragment):
        drawn(again)
        assert side(again, "lower") == shown
        assert again.locator("#explorer-statement").input_value() == "stability-price"
        assert again.locator("#explorer-delta").input_value() == "0.3"
        assert again.locator("#explorer input[value='n']").is_checked()
        assert (
            again.evaluate("document.getElementById('explorer').getBoundingClientRect().top") < 400
        )


def test_k_is_chosen_or_fixed(page: Page) -> None:
    drawn(page)
    page.locator("#explorer-statement").select_option("tail-mass")
    automatic = page.locator("#explorer [data-part='auto']")
    assert automatic.is_checked()
    assert page.locator("#explorer-k").input_value() == str(Setting().k)
    page.locator("#explorer-k").fill("40")
    page.locator("#explorer-k").press("Enter")
    assert not automatic.is_checked()
    claim = claim_at(catalogue["tail-mass"], Setting(k=40))
    assert side(page, "value") == pytest.approx(claim.numbers["value"], rel=1e-9)
    automatic.check()
    assert page.locator("#explorer-k").input_value() == str(Setting().k)


def test_a_hypothesis_that_fails_is_told_and_its_curve_fades(page: Page) -> None:
    drawn(page)
    page.locator("#explorer-statement").select_option("noiseless-rate")
    page.locator("#explorer-alpha").fill("0.8")
    page.locator("#explorer-alpha").press("Enter")
    drawn(page)
    claim = claim_at(catalogue["noiseless-rate"], Setting(alpha=0.8))
    told = page.locator("#explorer [data-part='hypotheses'] .v").all_text_contents()
    assert told == ["holds" if one.holds else "fails" for one in claim.hypotheses]
    assert "fails" in told
    assert page.locator("#explorer [data-part='key-faded']").is_visible()


def test_observed_points_stand_where_they_belong_alone(page: Page) -> None:
    drawn(page)
    points = "Number(document.getElementById('explorer').dataset.points)"
    assert page.evaluate(points) == len(SMALL.alphas)
    page.locator("#explorer-d").fill("9000")
    page.locator("#explorer-d").press("Enter")
    drawn(page)
    assert page.evaluate(points) == 0


def test_a_recursion_is_a_table_of_this_report_and_says_so(page: Page) -> None:
    drawn(page)
    page.locator("#explorer-statement").select_option("loss-evolution")
    drawn(page)
    note = page.locator("#explorer [data-part='note']").text_content() or ""
    assert "recursion" in note
    assert side(page, "value") > 0


@pytest.mark.parametrize("identifier", ["noiseless-loss", "stability-price"])
def test_copy_as_command_is_a_command_that_gives_the_same(
    page: Page, call: Callable[..., Any], identifier: str
) -> None:
    drawn(page)
    page.locator("#explorer-statement").select_option(identifier)
    page.locator("#explorer-alpha").fill("1.7")
    page.locator("#explorer-alpha").press("Enter")
    if identifier == "stability-price":
        page.locator("#explorer-delta").fill("0.3")
        page.locator("#explorer-delta").press("Enter")
    page.get_by_role("button", name="Copy as command").click()
    words = shlex.split(page.locator("#explorer textarea").input_value())
    assert words[:2] == ["longtail", "bounds"]
    called = call(*words[1:], "--json")
    (row,) = called.document["statements"]
    assert row["lower"] == pytest.approx(side(page, "lower"), rel=1e-9)


def test_copy_as_latex_has_formula_and_numbers(page: Page) -> None:
    drawn(page)
    page.get_by_role("button", name="Copy as LaTeX").click()
    text = page.locator("#explorer textarea").input_value()
    assert r"\sum_{i=1}^{d}" in text
    assert str(side(page, "upper")) in text
    assert r"\alpha = 2" in text


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_curve_is_drawn_in_the_schemes_colours(page: Page, scheme: str) -> None:
    page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    drawn(page)
    page.wait_for_timeout(300)
    page.wait_for_function(DRAWN)
    wanted = {"light": [0, 114, 178], "dark": [86, 180, 233]}[scheme]
    found = page.evaluate(
        """wanted => {
            const canvas = document.querySelector('#explorer canvas');
            const pen = canvas.getContext('2d');
            const { data } = pen.getImageData(0, 0, canvas.width, canvas.height);
            let count = 0;
            for (let at = 0; at < data.length; at += 4) {
                if (wanted.every((part, place) => data[at + place] === part)) { count += 1; }
            }
            return count;
        }""",
        wanted,
    )
    assert found > 100


def test_on_a_phone_it_fits(phone: Page) -> None:
    drawn(phone)
    wide = phone.evaluate(
        """[...document.querySelectorAll('#explorer *')].filter(one => {
            const at = one.getBoundingClientRect();
            return at.width > 0 && at.right > window.innerWidth + 1;
        }).map(one => one.outerHTML.slice(0, 80))"""
    )
    assert wide == []


def test_it_is_small(results: Results) -> None:
    part = next(part for part in results.parts if part.section.name == "sweep")
    judgements = part.section.judgements(part.result)
    assert judgements is not None
    made = explorer(judgements, part.section.simulated(part.result))
    assert sum(map(len, (made.cephes, made.licences, made.style, made.script))) < 400_000


def test_scripts_of_others_are_what_the_manifest_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = json.loads(vendoring.MANIFEST.read_text())
    for package in vendoring.PACKAGES:
        assert known[package.name]["version"] == package.version
        assert known[package.name]["integrity"] == package.integrity
        for name in package.files:
            assert vendoring.text(name)
    changed = tmp_path / "uPlot.min.css"
    changed.write_text("changed")
    monkeypatch.setattr(vendoring, "FOLDER", tmp_path)
    with pytest.raises(ValueError, match="is not the file"):
        vendoring.text.__wrapped__("uPlot.min.css")


def test_a_move_is_answered_by_a_worker_and_holds_nothing_up(page: Page) -> None:
    drawn(page)
    assert len(page.workers) == 2
    slow = "#explorer=noiseless-loss&over=alpha&n=100000&d=100000&alpha=1.2"
    page.evaluate("there => { location.hash = there; }", slow)
    page.wait_for_function(DRAWN, timeout=120_000)
    took = page.evaluate(
        """() => {
            const slider = document.querySelector("#explorer input[aria-label='alpha, slider']");
            const found = [];
            for (let at = 0; at < 9; at += 1) {
                slider.value = String(1.15 + 0.01 * at);
                const began = performance.now();
                slider.dispatchEvent(new Event("input"));
                found.push(performance.now() - began);
            }
            return found.sort((a, b) => a - b)[4];
        }"""
    )
    assert took < 50
    claim = claim_at(catalogue["noiseless-loss"], Setting(n=10**5, d=10**5, alpha=1.23))
    page.wait_for_function(DRAWN, timeout=120_000)
    assert side(page, "lower") == pytest.approx(claim.numbers["lower"], rel=1e-9)


def test_without_workers_the_page_answers_itself(opened: Opened) -> None:
    for page in opened(1400, 900):
        page.add_init_script("delete window.Worker;")
        page.reload()
        drawn(page)
        assert page.workers == []
        claim = claim_at(catalogue["noiseless-loss"], Setting())
        assert side(page, "upper") == pytest.approx(claim.numbers["upper"], rel=1e-9)


def test_the_map_shows_the_statement_whose_sides_are_nearest(page: Page) -> None:
    drawn(page)
    page.locator("#explorer [data-part='regions-box']").scroll_into_view_if_needed()
    page.wait_for_function("document.getElementById('explorer').dataset.regions", timeout=120_000)
    told = page.locator("#explorer .region title").all_text_contents()
    assert len(told) == 66
    cells = dict(text.split(": ", 1) for text in told)
    names = ("noiseless-loss", "noiseless-loss-sharp")
    for alpha, n in ((1.0, 1000), (1.5, 100), (2.0, 10000), (3.0, 10)):
        claims = [claim_at(catalogue[name], Setting(n=n, alpha=alpha)) for name in names]
        widths = {
            claim.statement.id: claim.numbers["upper"] / claim.numbers["lower"] - 1
            for claim in claims
            if claim.believed
        }
        best = min(widths, key=lambda name: widths[name])
        text = cells[f"α = {alpha:g}, n = {n}"]
        assert text.startswith(f"{best}, sides within ")
        percent = float(text.rpartition("within ")[2].rstrip("%"))
        assert percent == pytest.approx(100 * widths[best], rel=0.06)
    page.locator("#explorer .region").first.click()
    assert page.locator("#explorer-n").input_value() == "1000000"
    assert page.locator("#explorer-alpha").input_value() == "0.75"


def test_along_n_the_point_that_was_observed_stands_at_its_n(page: Page) -> None:
    drawn(page)
    points = "Number(document.getElementById('explorer').dataset.points)"
    page.locator("#explorer input[value='n']").check()
    drawn(page)
    assert page.evaluate(points) == 1
    page.locator("#explorer-alpha").fill("1.9")
    page.locator("#explorer-alpha").press("Enter")
    drawn(page)
    assert page.evaluate(points) == 0


def test_the_gallerys_link_opens_the_explorer_there(opened: Opened) -> None:
    text = (Path(__file__).parents[2] / "docs/gallery/explorer-link.md").read_text()
    fragment = re.findall(r"report\.html(#\S+)", text)[-1]
    for page in opened(1400, 900, fragment):
        drawn(page)
        assert page.locator("#explorer-statement").input_value() == "stability-price"
        assert page.locator("#explorer-n").input_value() == "5000"
        claim = claim_at(
            catalogue["stability-price"], Setting(n=5000, alpha=1.5), extra={"delta": 0.3}
        )
        assert side(page, "lower") == pytest.approx(claim.numbers["lower"], rel=1e-9)

"""The report page in a real browser: Debian's chromium, driven by playwright."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from io import BytesIO
from pathlib import Path
from typing import Any, Literal

import numpy as np
import pytest
from axe_playwright_python.sync_playwright import Axe
from matplotlib.figure import Figure
from PIL import Image
from playwright.sync_api import Browser, Page

from reports.figures import Drawn, saved
from reports.inline_figures import inline

TEMPLATES = Path(__file__).parents[2] / "reports" / "templates"

PAPER = {"width": 690, "height": 970}
"""A4 less its margins, in CSS pixels."""


def scrolls_sideways(page: Page) -> bool:
    return bool(
        page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth")
    )


def test_the_page_is_small(address: str) -> None:
    assert Path(address.removeprefix("file://")).stat().st_size < 3e6


FOLLOWED = """async links => {
    const seen = id => document.getElementById(id)?.checkVisibility();
    const lost = [];
    for (const link of links) {
        location.hash = "";
        location.hash = link;
        const until = performance.now() + 1000;
        while (!seen(link.slice(1)) && performance.now() < until) {
            await new Promise(requestAnimationFrame);
        }
        if (!seen(link.slice(1))) { lost.push(link); }
    }
    return lost;
}"""
"""Follows links one after another; those after which their end is not seen."""


def test_every_link_leads_to_what_is_then_seen(page: Page) -> None:
    links = page.eval_on_selector_all("a[href^='#']", "found => found.map(one => one.hash)")
    assert len(set(links)) > 20
    assert page.evaluate(FOLLOWED, sorted(set(links))) == []
    # A link to nothing, and one to what stays hidden, are found.
    page.evaluate("document.body.insertAdjacentHTML('beforeend', '<p id=unseen hidden>unseen')")
    assert page.evaluate(FOLLOWED, ["#nothing", "#unseen"]) == ["#nothing", "#unseen"]


def test_a_link_into_a_folded_statement_opens_it(page: Page) -> None:
    card = page.locator("details#noiseless-loss-cavity")
    assert card.get_attribute("open") is None
    page.locator("#map a[href='#noiseless-loss-cavity']").first.click()
    page.wait_for_function("document.getElementById('noiseless-loss-cavity').open")
    assert card.locator("math").first.is_visible()
    assert not card.get_by_text("The steps in full").is_visible()
    card.locator("summary", has_text="Proof").click()
    assert card.get_by_text("The steps in full").is_visible()


def test_an_address_with_a_fragment_opens_its_statement(browser: Browser, address: str) -> None:
    one = browser.new_page()
    one.goto(f"{address}#tail-mass")
    assert one.evaluate("document.getElementById('tail-mass').open")
    one.close()


def test_tables_sort_by_mouse_and_by_keyboard(page: Page) -> None:
    page.locator("summary", has_text="Every statement at the main setting").click()
    head = page.locator("#verdict-table thead th", has_text="slack")
    column = "#verdict-table tbody td[data-head='slack']"

    def numbers() -> list[float]:
        texts = page.eval_on_selector_all(column, "found => found.map(one => one.textContent)")
        known = [text.strip("<> ") for text in texts if text.strip() != "–"]
        return [float(text) for text in known]

    head.locator("button").click()
    assert head.get_attribute("aria-sort") == "ascending"
    assert numbers() == sorted(numbers())
    head.locator("button").focus()
    page.keyboard.press("Enter")
    assert head.get_attribute("aria-sort") == "descending"
    assert numbers() == sorted(numbers(), reverse=True)


def test_the_map_filters_by_words_verdict_and_origin(page: Page) -> None:
    rows = page.locator("#map-table tbody tr")
    form = page.locator("form[data-filters='map-table']")
    whole = rows.count()
    form.locator("input").fill("noiseless-loss")
    shown = page.locator("#map-table tbody tr:not([hidden])")
    assert 0 < shown.count() < whole
    assert form.locator("output").text_content() == f"{shown.count()} of {whole}"
    form.locator("input").fill("")
    form.locator("select[name='verdict']").select_option("hypothesis-fails")
    assert all("fails" in text for text in shown.locator(".v-hypothesis-fails").all_text_contents())
    assert 0 < shown.count() < whole
    form.locator("select[name='origin']").select_option("paper")
    origins = shown.evaluate_all("found => found.map(one => one.dataset.origin)")
    assert set(origins) == {"paper"}


CONTRAST = "color-contrast"
COLOURS = (CONTRAST, "link-in-text-block")
"""The rules that take most of the time; colours change with the scheme and not with the width."""

ONE_OF_A_KIND = """() => {
  const drawn = (one) => `${one.tagName} ${one.getAttribute('class')} ${one.getAttribute('style')}`;
  const plain = (one) => one.namespaceURI.endsWith('MathML') && !one.attributes.length;
  const said = (one) => plain(one) ? '' : drawn(one);
  const around = (one) => one ? `${said(one)} < ${around(one.parentElement)}` : '';
  const inside = (one) => [...one.querySelectorAll('*')].filter((each) => !plain(each)).map(drawn);
  const seen = {};
  const some = 'tbody tr, p, li, dd, dt, pre, svg g, math, body :not(:has(*))';
  for (const one of document.querySelectorAll(some)) {
    const kind = `${around(one).replace(/( < )+/g, ' < ')} > ${[...new Set(inside(one))].sort()}`;
    seen[kind] = (seen[kind] ?? 0) + 1;
    if (seen[kind] > 2) { one.remove(); }
  }
}"""
"""What has the tags, classes and styles of two before it, around and inside, has their colours.

A part of a formula that has no attributes has those of what is around it.
"""


def findings(page: Page, rules: dict[str, Any]) -> list[tuple[str, str, str]]:
    """What axe finds on the page with everything open."""
    page.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true; })")
    answer = Axe().run(page, options={"resultTypes": ["violations"], **rules}).response
    assert answer["passes"] or answer["violations"]
    return [
        (found["id"], node["html"][:200], node["failureSummary"])
        for found in answer["violations"]
        for node in found["nodes"][:3]
    ]


BUT_COLOURS = {"rules": {rule: {"enabled": False} for rule in COLOURS}}


def test_axe_finds_nothing(page: Page) -> None:
    assert findings(page, BUT_COLOURS) == []


def test_axe_finds_nothing_on_a_phone(phone: Page) -> None:
    """It is the same document: of its statements some. What scrolls there is looked at whole."""
    cards = phone.locator("details[id]")
    whole = cards.count()
    cards.evaluate_all("all => all.forEach((one, nth) => { if (nth % 5) { one.remove(); } })")
    assert 8 < cards.count() < whole / 4
    assert findings(phone, BUT_COLOURS) == []


def test_what_scrolls_on_a_phone_and_cannot_be_reached_is_found(phone: Page) -> None:
    only = {"runOnly": {"type": "rule", "values": ["scrollable-region-focusable"]}}
    assert findings(phone, only) == []
    phone.locator("section:not(#structure)").evaluate_all("all => all.map(one => one.remove())")
    phone.locator("[tabindex]").evaluate_all("all => all.map(one => { one.tabIndex = -1; })")
    assert {found for found, *_ in findings(phone, only)} == {"scrollable-region-focusable"}


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_text_has_contrast(
    opened: Callable[..., Iterator[Page]], scheme: Literal["light", "dark"]
) -> None:
    only = {"runOnly": {"type": "rule", "values": COLOURS}}
    for one in opened(1400, 900):
        one.emulate_media(color_scheme=scheme)
        whole = one.locator("*").count()
        one.evaluate(ONE_OF_A_KIND)
        assert whole / 20 < one.locator("*").count() < whole / 2
        assert findings(one, only) == []
        # What is grey on grey is found.
        grey = "<p>as it is</p><p style='color: #888; background: #777'>grey on grey</p>"
        one.evaluate("text => { document.body.innerHTML = text; }", grey)
        assert [found for found, *_ in findings(one, only)] == [CONTRAST]


def test_light_and_dark_differ_and_figures_follow(page: Page) -> None:
    def ink() -> str:
        return str(
            page.evaluate(
                "getComputedStyle(document.querySelector('figure svg text')).fill"
                " + getComputedStyle(document.body).backgroundColor"
            )
        )

    page.emulate_media(color_scheme="light")
    light = ink()
    page.emulate_media(color_scheme="dark")
    assert light == "rgb(27, 27, 27)rgb(255, 255, 255)"
    assert ink() == "rgb(233, 233, 230)rgb(21, 24, 27)"


def test_a_phone_shows_every_verdict_and_does_not_scroll_sideways(phone: Page) -> None:
    assert not scrolls_sideways(phone)
    phone.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true; })")
    assert not scrolls_sideways(phone)
    outside = phone.eval_on_selector_all(
        ".v",
        """found => found.filter(one => {
            const at = one.getBoundingClientRect();
            return at.width > 0 && (at.left < 0 || at.right > window.innerWidth);
        }).map(one => one.textContent)""",
    )
    assert outside == []


TEXT_SIZES = """all => all.filter(svg => svg.getBoundingClientRect().width > 0).map(svg => {
    const part = svg.getAttribute('class') !== 'drawn' && svg.querySelector(':scope > use');
    const whole = part ? document.querySelector(part.getAttribute('href')) : svg;
    const sizes = [...whole.querySelectorAll('text')]
        .filter(one => !one.querySelector('tspan'))
        .map(one => parseFloat(getComputedStyle(one).fontSize));
    const scale = svg.getBoundingClientRect().width / svg.viewBox.baseVal.width;
    return [svg.getAttribute('class'), Math.min(...sizes) * scale];
})"""
"""Of each figure that is shown, or part of one, its class and its smallest text in pixels."""


def test_figures_on_a_phone_need_no_scrolling_and_their_text_is_readable(phone: Page) -> None:
    phone.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true; })")
    sideways = phone.eval_on_selector_all(
        "figure .scroll", "all => all.filter(one => one.scrollWidth > one.clientWidth + 1).length"
    )
    assert sideways == 0
    sizes = phone.eval_on_selector_all("figure svg", TEXT_SIZES)
    assert {kind for kind, _ in sizes} == {"drawn"}
    assert min(size for _, size in sizes) >= 8


def test_a_figure_of_several_panels_shows_them_below_one_another_on_a_phone(
    browser: Browser, tmp_path: Path
) -> None:
    figure = Figure(figsize=(11, 3), layout="constrained")
    for panel in figure.subplots(1, 3):
        panel.plot([1, 2], [1, 2], label="a line")
    figure.legend(*panel.get_legend_handles_labels(), loc="outside upper center")
    three = Drawn("three", "Three panels", "Lines.", *saved(figure, "three"))
    assert (len(three.panels), len(three.keys)) == (3, 1)
    style = f"<style>{(TEMPLATES / 'page.css').read_text()}</style>"
    place = tmp_path / "figure.html"
    head = '<meta charset="utf-8"><meta name="viewport" content="width=device-width">'
    place.write_text(f"{head}{style}<figure>{inline(three)}</figure>")
    page = browser.new_page(viewport={"width": 390, "height": 844})
    page.goto(place.as_uri())
    sizes = page.eval_on_selector_all("figure svg", TEXT_SIZES)
    assert [kind for kind, _ in sizes] == ["key", *3 * ["panel"]]
    assert min(size for _, size in sizes) >= 8
    assert not scrolls_sideways(page)
    page.emulate_media(color_scheme="dark")
    seen = np.asarray(Image.open(BytesIO(page.screenshot())).convert("RGB"))
    # Nothing is darker than the page itself, #15181b, but for the rounding of a blended edge: text
    # that were black would be.
    assert seen.max(axis=2).min() >= 0x1B - 1
    page.set_viewport_size({"width": 1200, "height": 800})
    assert [kind for kind, _ in page.eval_on_selector_all("figure svg", TEXT_SIZES)] == [
        "drawn paneled"
    ]
    page.close()


def test_contents_stay_in_view_on_a_desk_and_fold_on_a_phone(page: Page, phone: Page) -> None:
    page.evaluate("window.scrollTo(0, document.body.scrollHeight / 2)")
    entry = page.locator("nav a").first
    assert entry.is_visible()
    assert (entry.bounding_box() or {})["y"] >= 0
    page.wait_for_selector("nav a[aria-current]")
    assert not phone.locator("nav a").first.is_visible()
    phone.locator("nav summary").click()
    phone.locator("nav a", has_text="Full tables").click()
    assert not phone.locator("nav a").first.is_visible()


OVERLAPPING = """all => all.flatMap(figure => {
    const texts = [...figure.querySelectorAll('text')]
        .filter(one => one.textContent.trim())
        .map(one => [one.textContent.trim(), one.getBoundingClientRect()]);
    return texts.flatMap(([first, a], place) => texts.slice(place + 1)
        .filter(([_, b]) => Math.min(a.right, b.right) - Math.max(a.left, b.left) > 2
            && Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > 3)
        .map(([second, _]) => [first, second]));
})"""


def test_no_text_of_a_figure_lies_on_another(page: Page) -> None:
    assert page.eval_on_selector_all("figure svg", OVERLAPPING) == []
    page.evaluate(
        """() => {
            const text = document.querySelector('figure svg text');
            text.parentNode.appendChild(text.cloneNode(true));
        }"""
    )
    assert page.eval_on_selector_all("figure svg", OVERLAPPING) != []


def test_print_has_proofs_open_and_cuts_nothing(page: Page, tmp_path: Path) -> None:
    page.set_viewport_size({"width": PAPER["width"], "height": PAPER["height"]})
    page.emulate_media(media="print")
    page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    assert page.locator("#noiseless-loss .prose").last.is_visible()
    assert not page.locator("nav").is_visible()
    assert not scrolls_sideways(page)
    sizes = page.eval_on_selector_all(
        "figure svg.drawn",
        "all => all.map(one => one.getBoundingClientRect()).map(at => [at.width, at.height])",
    )
    assert sizes
    for width, height in sizes:
        assert 0 < width <= PAPER["width"]
        assert 0 < height <= PAPER["height"]
    # No formula is cut, and none is smaller than its own width asks for.
    formulas = page.locator(".formula math, .where math").evaluate_all(
        """all => all.map(one => {
            const parts = [...one.children].map(part => part.getBoundingClientRect());
            const left = Math.min(...parts.map(part => part.left));
            const right = Math.max(...parts.map(part => part.right));
            return [parseFloat(getComputedStyle(one).fontSize), left, right];
        })"""
    )
    assert len(formulas) > 100
    # By itself, and in a table of definitions.
    usual = dict(Counter(size for size, *_ in formulas).most_common(2))
    assert sum(usual.values()) > len(formulas) / 2
    for size, left, right in formulas:
        assert 0 <= left < right <= PAPER["width"]
        # What is smaller than the others is so because it fills its line.
        assert size in usual or right - left > PAPER["width"] / 2
    printed = page.pdf(path=tmp_path / "report.pdf", format="A4")
    assert printed.startswith(b"%PDF")
    page.evaluate("window.dispatchEvent(new Event('afterprint'))")
    assert not page.evaluate("document.getElementById('noiseless-loss').open")


def test_on_a_phone_every_definition_starts_in_view(
    opened: Callable[..., Iterator[Page]],
) -> None:
    """A long formula among them scrolls and leaves the others where they are."""
    for page in opened(390, 844, "#no-multi-tail-sample"):
        page.wait_for_function("document.getElementById('no-multi-tail-sample').open")
        left = page.evaluate(
            """() => [...document.querySelectorAll('#no-multi-tail-sample .where math')]
                .map(one => Math.round(one.firstElementChild.getBoundingClientRect().left))"""
        )
        assert len(left) > 3
        assert 0 <= min(left) <= max(left) < 60

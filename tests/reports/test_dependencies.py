"""The graph of what rests on what: every use is an arc, and the page follows them."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page

from reports.dependencies import dependencies, node
from theorems.catalogue import catalogue

USES = [(one.id, used) for one in catalogue.values() for used in one.uses]


def test_every_use_is_an_arc_and_every_statement_is_somewhere() -> None:
    graph = dependencies()
    arcs = re.findall(r'data-of="([^"]*)" data-on="([^"]*)"', graph.arcs)
    assert sorted(arcs) == sorted(USES)
    assert len(USES) > 50
    named = [one.statement.id for one in graph.nodes]
    assert sorted([*named, *graph.alone]) == sorted(catalogue)
    assert named == [name for name in catalogue if name in named]
    for name in graph.alone:
        assert not any(name in pair for pair in USES)


@pytest.mark.parametrize("identifier", list(catalogue))
def test_direct_and_further_are_all_that_it_rests_on(identifier: str) -> None:
    one = node(catalogue[identifier])
    assert one.uses == catalogue[identifier].uses
    assert not set(one.uses) & set(one.below)
    assert {*one.uses, *one.below} == set(catalogue.rests_on(identifier))


def lit(page: Page) -> set[str]:
    found = page.eval_on_selector_all("#graph.asked li.on", "all => all.map(one => one.dataset.id)")
    return set(found)


def test_the_page_shows_what_a_statement_rests_on_by_mouse_and_by_keyboard(page: Page) -> None:
    assert lit(page) == set()
    for name in ("noisy-ood", "tail-mass"):
        wanted = {name, *catalogue.rests_on(name)}
        line = page.locator(f"#graph li[data-id='{name}']")
        line.hover()
        assert lit(page) == wanted
        page.mouse.move(0, 0)
        assert lit(page) == set()
        line.locator("a").focus()
        assert lit(page) == wanted
        on = page.locator("#graph path.on")
        assert on.count() == sum(of in wanted for of, _ in USES)
    page.keyboard.press("Enter")
    page.wait_for_function("document.getElementById('tail-mass').open")


def test_long_lists_of_conditions_are_folded(page: Page) -> None:
    one = node(catalogue["noisy-ood"])
    assert len(one.below) > 3
    page.evaluate("location.hash = '#noisy-ood'")
    page.wait_for_function("document.getElementById('noisy-ood').open")
    card = page.locator("#noisy-ood")
    for name in one.uses:
        assert card.locator(f"dd a[href='#{name}']").last.is_visible()
    folded = card.locator("details.below")
    assert folded.get_attribute("open") is None
    folded.locator("summary").click()
    assert folded.locator("a").count() == len(one.below)


@pytest.mark.parametrize("where", ["desk", "phone", "paper"])
def test_the_graph_can_be_read_everywhere(page: Page, where: str) -> None:
    width, height = {"desk": (1400, 900), "phone": (390, 844), "paper": (690, 970)}[where]
    page.set_viewport_size({"width": width, "height": height})
    if where == "paper":
        page.emulate_media(media="print")
    cut = page.eval_on_selector_all(
        "#graph li a",
        """all => all.filter(one => {
            const at = one.getBoundingClientRect();
            return at.right > window.innerWidth || at.height < 9;
        }).map(one => one.textContent)""",
    )
    assert cut == []
    box = page.locator("#graph").bounding_box()
    assert box is not None
    assert box["width"] <= width
    if where == "paper":
        assert box["height"] <= height

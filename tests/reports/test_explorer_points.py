"""The points of the explorer, along every axis that a report drew along."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from reports.explorer.points import ReportPoints, report_points
from reports.paper_card import judged_in
from reports.results import Results, read_results
from reports.simulated import PARAMETERS, Simulated, quantity
from tests.reports.explorer_page import drawn
from theorems.catalogue import catalogue

DATA = "const longtailData = "

REFERENCE = Path(__file__).parents[2] / "reports" / "reference" / "results.json"


@pytest.fixture(scope="module")
def reference() -> Results:
    """A report with every section that draws from the model."""
    return read_results(str(REFERENCE))


def simulated_in(results: Results) -> list[Simulated]:
    return [one for part in results.parts for one in part.section.simulated(part.result)]


@pytest.fixture
def whole(
    browser: Browser, explorer_address: str, reference: Results, tmp_path: Path
) -> Iterator[tuple[Page, ReportPoints]]:
    """The explorer with the points of the reference run in place of its own."""
    points = report_points(judged_in(reference), simulated_in(reference))
    lines = Path(explorer_address.removeprefix("file://")).read_text().splitlines()
    (place,) = (nth for nth, line in enumerate(lines) if line.startswith(DATA))
    data = json.loads(lines[place].removeprefix(DATA).removesuffix(";"))
    data["report"] = points
    lines[place] = f"{DATA}{json.dumps(data)};".replace("<", "\\u003c")
    copy = tmp_path / "report.html"
    copy.write_text("\n".join(lines))
    one = browser.new_page()
    one.goto(copy.as_uri())
    drawn(one)
    yield one, points
    one.close()


def places(page: Page) -> list[float]:
    """Where along the axis observed points are drawn, as the plot's description says."""
    told = page.locator("#explorer [data-part='plot']").get_attribute("aria-label") or ""
    listed = told.rpartition("observed points at ")[2] if " at " in told else ""
    return [float(one) for one in listed.split(", ")] if listed else []


def shown_at(page: Page, fragment: str) -> list[float]:
    page.evaluate("there => { location.hash = there; }", fragment)
    drawn(page)
    return places(page)


def test_points_stand_along_every_axis_that_the_report_drew_along(
    whole: tuple[Page, ReportPoints], reference: Results
) -> None:
    page, _ = whole
    rates, sweep = reference.result("rates"), reference.result("sweep")
    (ratio,) = {step.d // step.n for step in rates.steps if step.n <= 1000}
    deltas = {one.delta for one in reference.result("necessity").stable}
    plain = f"n=1000&d={1000 * ratio}&beta_exponent=0"
    for fragment, wanted in (
        (f"noiseless-loss&over=size&{plain}", [step.n for step in rates.steps]),
        (f"noiseless-loss&over=size&{plain}&s=6", []),
        (f"noiseless-loss&over=size&{plain}&alpha=1.9", []),
        (f"noiseless-loss&over=n&{plain}", [1000]),
        ("noisy-loss&over=sigma", sweep.model.sigmas),
        ("noisy-loss&over=sigma&n=999", []),
        ("noisy-loss&over=sigma&k=3", []),
        ("stability-price&over=delta&beta_exponent=0", sorted(deltas)),
        ("stability-price&over=alpha&beta_exponent=0&delta=0.123", []),
    ):
        assert shown_at(page, f"#explorer={fragment}") == list(map(float, wanted)), fragment


def test_a_press_goes_to_the_nearest_curve_with_points(whole: tuple[Page, ReportPoints]) -> None:
    page, _ = whole
    for statement in ("noisy-loss", "recovered-fraction-rate", "stability-price"):
        page.locator("#explorer-statement").select_option(statement)
        drawn(page)
        count = page.locator("#explorer [data-part='offers'] button").count()
        assert count > 1
        for nth in range(count):
            button = page.locator("#explorer [data-part='offers'] button").nth(nth)
            told = re.search(r"\((\d+) points\)", button.text_content() or "")
            button.click()
            drawn(page)
            assert told
            assert len(set(places(page))) == int(told[1]) > 1
            pressed = page.locator("#explorer [data-part='offers'] [aria-pressed='true']")
            assert pressed.count() == 1
            page.get_by_role("button", name="Back to the paper's setting").click()


def test_every_estimate_of_the_report_is_a_point_once(reference: Results) -> None:
    """Under its quantity, at its setting, with the mean of one of the statements on it."""
    points = report_points(judged_in(reference), simulated_in(reference))
    means: dict[tuple[str, tuple[float, ...]], set[float]] = {}
    for one in simulated_in(reference):
        name = quantity(catalogue[one.id])
        if name is None or one.observed is None or one.observed.mean is None:
            continue
        setting = tuple(one.setting[name] for name in PARAMETERS)
        means.setdefault((name, setting), set()).add(float(f"{one.observed.mean:.6g}"))
    found: dict[tuple[str, tuple[float, ...]], set[float]] = {}
    for name, known in points["points"].items():
        assert len({row[:3] for row in known["rows"]}) == len(known["rows"])
        for place, _, _, mean, *_ in known["rows"]:
            setting = tuple(points["settings"][place])
            found.setdefault((name, setting), set()).add(mean or 0.0)
    assert found.keys() == means.keys()
    assert all(found[key] <= means[key] for key in found)
    assert {setting[0] for _, setting in found} > {300, 1000, 1_000_000}

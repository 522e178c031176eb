"""The card at the top: a line for each item of the paper, made of the results alone."""

from __future__ import annotations

from pathlib import Path

import pytest

from empirics.judging.verdict import Verdict
from reports.chapters import OF_THEOREMS, Chapter, chapter_of
from reports.evidence import Evidence, stated
from reports.paper_card import Run, Standing, _line, domain, headlines, paper_card
from reports.records import HypothesisRow
from reports.results import Results, read_results
from reports.summary import card
from reports.typeset import prose, typeset
from theorems.catalogue import CHAPTERS, catalogue
from theorems.paper import Item, Role
from theorems.statement import Origin

REFERENCE = Path(__file__).parents[2] / "reports" / "reference" / "results.json"


@pytest.fixture(scope="module")
def reference() -> Results:
    return read_results(str(REFERENCE))


def fails(margin: float) -> HypothesisRow:
    return HypothesisRow(text="a hypothesis", holds=False, margin=margin)


def rate(alpha: float, verdict: Verdict, failing: HypothesisRow | None = None) -> Evidence:
    return Evidence(Item.LEMMA_6, Role.STATES, "a-rate", verdict, alpha, failing=failing)


def test_every_claim_of_the_paper_states_an_item() -> None:
    """And nothing else does: what is ours sharpens or contradicts."""
    for statement in catalogue.values():
        roles = {mention.role for mention in statement.paper}
        assert (Role.STATES in roles) == (statement.origin is Origin.PAPER), statement.id
    figures = {Item.FIGURE_1, Item.FIGURE_2, Item.TABLE_1}
    assert stated() == set(Item) - figures


def test_every_statement_has_a_chapter() -> None:
    assert set(OF_THEOREMS) == set(CHAPTERS)
    assert Chapter.FURTHER not in {chapter_of(name) for name in catalogue}


def test_the_reference_run_has_a_line_for_each_item(reference: Results) -> None:
    lines = {line.item: line for line in paper_card(reference)}
    assert list(lines) == list(Item)
    assert lines[Item.THEOREM_4].verdict == "holds for α > 2"
    assert lines[Item.THEOREM_2].verdict == "holds for α > 1"
    assert "power is contradicted" in lines[Item.RECOVERED_FRACTION].stops
    assert lines[Item.FIGURE_1].standing is Standing.HOLDS
    assert lines[Item.TABLE_1].command == ""
    excess = lines[Item.THEOREM_2].tightness.excess
    assert excess is not None
    assert 1 < excess[0] < excess[1]


def test_what_was_not_run_names_its_command(results: Results) -> None:
    lines = {line.item: line for line in paper_card(results, "bin/longtail")}
    for item in stated():
        assert "section rates was not run" in lines[item].verdict or "contra" in lines[item].verdict
        assert lines[item].command == "bin/longtail report --sections rates"
    assert lines[Item.TABLE_1].command == "bin/longtail report --sections networks"


def test_a_run_ends_with_the_card_and_the_headline(results: Results) -> None:
    told = card(results, Path("report.html"), Run())
    for item in Item:
        assert f"  {item.label} " in told
    assert "show noiseless-loss-cavity" in told
    (news,) = headlines(results)
    assert "noiseless-loss-cavity" in news
    assert news in told


def test_verdicts_make_standings() -> None:
    fine = [rate(alpha, Verdict.HOLDS) for alpha in (1.5, 2, 2.5)]
    assert _line(Item.LEMMA_6, fine, Run()).standing is Standing.HOLDS
    below = rate(1, Verdict.HYPOTHESIS_FAILS, fails(0.0))
    line = _line(Item.LEMMA_6, [below, *fine], Run())
    assert (line.standing, line.verdict) == (Standing.HOLDS_WHERE, "holds for α > 1")
    open_one = rate(3, Verdict.INCONCLUSIVE)
    line = _line(Item.LEMMA_6, [*fine, open_one], Run())
    assert line.verdict == "holds at α = 1.5, 2, 2.5, open elsewhere"
    assert line.command == "longtail report --preset paper --sections rates"
    line = _line(Item.LEMMA_6, [*fine, rate(3, Verdict.REFUTED)], Run())
    assert line.standing is Standing.CONTRADICTED
    nothing = [rate(alpha, Verdict.HYPOTHESIS_FAILS, fails(-1)) for alpha in (1, 2)]
    assert _line(Item.LEMMA_6, nothing, Run()).standing is Standing.OPEN


def test_what_we_prove_against_an_item_contradicts_it_where_it_applies() -> None:
    against = [
        Evidence(
            Item.LEMMA_6,
            Role.CONTRADICTS,
            "a-disproof",
            Verdict.HYPOTHESIS_FAILS if alpha in (1, 2) else Verdict.HOLDS,
            alpha,
            failing=fails(0.0) if alpha in (1, 2) else None,
        )
        for alpha in (1, 1.25, 1.5, 2)
    ]
    line = _line(Item.LEMMA_6, [rate(2.5, Verdict.HOLDS), *against], Run())
    assert line.standing is Standing.CONTRADICTED
    assert line.verdict.startswith("contradicted as read for 1 < α < 2")


@pytest.mark.parametrize(
    ("failing", "told"),
    [
        ({}, ""),
        ({1.0: 0.0}, "α > 1"),
        ({1.0: -0.2}, "α ≥ 1.5"),
        ({1.0: 0.0, 2.5: 0.0}, "1 < α < 2.5"),
        ({2.5: -0.5}, "α ≤ 2"),
    ],
)
def test_ends_are_exact_only_where_a_margin_is_zero(failing: dict[float, float], told: str) -> None:
    found = [
        rate(alpha, Verdict.HOLDS, fails(failing[alpha]) if alpha in failing else None)
        for alpha in (1.0, 1.5, 2.0, 2.5)
    ]
    assert domain(found) == told


def test_plain_mathematics_is_set() -> None:
    assert typeset("sum_i p_i^2 <= alpha") == "∑<sub>i</sub> p<sub>i</sub><sup>2</sup> ≤ α"
    assert typeset("n^-(1-1/alpha), p_{>k} -> 0") == ("n<sup>-(1-1/α)</sup>, p<sub>&gt;k</sub> → 0")
    assert typeset("n p_{>k}^2/2") == "n p<sub>&gt;k</sub><sup>2</sup>/2"
    assert typeset("x^2.5, n^(2/alpha - 1 + o(1)) y") == (
        "x<sup>2.5</sup>, n<sup>2/α - 1 + o(1)</sup> y"
    )
    assert typeset("`a_b` and <b>") == "<code>a_b</code> and &lt;b&gt;"
    assert typeset("a sum of noiseless-alpha-law") == "a sum of noiseless-alpha-law"
    assert typeset("(images_background_small1), h_any") == (
        "(images_background_small1), h<sub>any</sub>"
    )
    assert prose("one\n\n    x_i\n\ntwo\nlines") == (
        '<p>one</p><div class="formula display">x<sub>i</sub></div><p>two lines</p>'
    )

"""The "Necessity" section at few draws."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from empirics.judging.verdict import Verdict
from empirics.running.cluster import Workers
from reports import necessity
from reports.figures import FADED
from reports.necessity_figures import drawn_necessity
from reports.necessity_records import Necessity
from reports.records import document as as_document
from reports.section import Context, read_record
from reports.sections import sections
from reports.sections.necessity import SECTION
from tests.small_report import Counted
from theorems.setting import Setting


@pytest.fixture(scope="module")
def result() -> Iterator[Necessity]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(necessity, "Setting", _small)
        patch.setattr(necessity, "ALPHAS", (1.5, 2.0))
        patch.setattr(necessity, "DELTAS", (0.02, 0.1, 0.35, 1.0))
        patch.setattr(necessity, "EPSILONS", (0.5, 2.0))
        patch.setattr(necessity, "STRENGTHS", (0.05, 1.0))
        patch.setattr(necessity, "CURVE", 5)
        family = Counted(necessity.planned_tests())
        yield necessity.necessity(12, 3, Workers(1), family)
        assert 0 < family.looked <= family.tests


def _small(**parameters: float) -> Setting:
    return Setting(n=150, d=1500, **parameters)


def test_is_a_section_of_both_presets() -> None:
    assert sections()["necessity"] is SECTION
    assert set(necessity.RUNS) == set(SECTION.presets)
    assert SECTION.left_out(Context("quick", 0, Workers(1))) is None


def test_every_claim_is_judged_once_and_none_refuted(result: Necessity) -> None:
    judged = SECTION.verdicts(result)
    assert len(judged) == result.claims_judged == len({one.what for one in judged})
    assert len(judged) == 2 * (
        3 * len(necessity.DELTAS) + len(necessity.EPSILONS) + 3 * len(necessity.STRENGTHS)
    )
    assert not [one for one in judged if one.verdict is Verdict.REFUTED]
    assert [one for one in judged if one.verdict is Verdict.HOLDS]


def test_is_read_again_as_it_was_written(result: Necessity) -> None:
    again = json.loads(json.dumps(as_document(result), allow_nan=False))
    assert read_record(Necessity, again) == result
    assert SECTION.read(SECTION.written(result)) == result


def test_each_row_has_what_belongs_to_its_parameter(result: Necessity) -> None:
    for row in result.stable:
        assert row.price.extra["delta"] == row.kept.extra["delta"] == row.delta
        assert row.composed.lower == pytest.approx(1 - row.delta)
        assert row.price.lower is not None
        assert row.kept.lower is not None
        assert row.price.lower <= row.kept.lower
        if row.delta == 1:
            assert row.price.lower == pytest.approx(row.missing_mass)
    falling = [row.price.lower for row in result.stable if row.alpha == 2]
    assert falling == sorted(falling, key=lambda value: -(value or 0))
    for one in result.floors:
        assert one.floor.extra["lamda"] == one.memorizing.extra["lamda"] == one.strength
    observed = [row.kept.observed.mean for row in result.stable if row.kept.observed]
    assert len(set(observed)) == len(observed)


def test_the_page_shows_every_row_and_both_figures(result: Necessity) -> None:
    page = SECTION.page(result)
    assert len(page.rows) == len(result.stable)
    assert [len(part.rows) for part in page.parts] == [len(result.private), len(result.floors)]
    assert [figure.name for figure in page.drawn()] == ["necessity", "floor"]
    for part in (page, *page.parts):
        assert all(len(row) == len(part.columns) for row in part.rows)
        assert part.columns[-1] == "verdict"
        assert all(row[-1] in set(Verdict) for row in part.rows)
    assert "missing mass" in page.text
    for what, row in result.judged:
        if row.verdict is Verdict.INCONCLUSIVE:
            assert "draws" in row.needs
            assert any(note.startswith(what) and row.needs in note for note in page.notes)


def test_the_same_results_draw_the_same_figures(result: Necessity) -> None:
    first, second = drawn_necessity(result), drawn_necessity(result)
    assert [one.svg for one in first] == [one.svg for one in second]


def test_a_refuted_claim_reaches_the_verdicts_and_the_table(result: Necessity) -> None:
    row = result.stable[0]
    wrong = row.kept.model_copy(update={"verdict": Verdict.REFUTED})
    changed = result.model_copy(
        update={"stable": (row.model_copy(update={"kept": wrong}), *result.stable[1:])}
    )
    assert sum(one.verdict is Verdict.REFUTED for one in SECTION.verdicts(changed)) == 1
    assert SECTION.page(changed).rows[0][-1] == Verdict.REFUTED


def test_lines_fade_where_a_hypothesis_fails(result: Necessity) -> None:
    price, floor = drawn_necessity(_with_belief(result, held=True))
    assert not any(FADED_LINE in one.svg for one in (price, floor))
    faint_price, faint_floor = drawn_necessity(_with_belief(result, held=False))
    # A line for each exponent and each of three statements; none is drawn in full.
    assert faint_price.svg.count(FADED_LINE) == faint_floor.svg.count(FADED_LINE) == 2 * 3


FADED_LINE = f"stroke-opacity: {FADED}".encode()


def _with_belief(result: Necessity, *, held: bool) -> Necessity:
    return result.model_copy(
        update={
            name: tuple(
                one.model_copy(update={"believed": dict.fromkeys(one.believed, (held,) * 5)})
                for one in getattr(result, name)
            )
            for name in ("curves", "floor_curves")
        }
    )


def test_where_hypotheses_hold_is_kept_of_each_line(result: Necessity) -> None:
    for curve in result.curves:
        assert set(curve.believed) == set(necessity.STABLE_LINES)
        assert {len(one) for one in curve.believed.values()} == {len(curve.deltas)}
    for floor in result.floor_curves:
        assert set(floor.believed) == set(necessity.FLOOR_LINES)
        assert {len(one) for one in floor.believed.values()} == {len(floor.strengths)}

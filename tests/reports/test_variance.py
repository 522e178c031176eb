"""The "Variance" section at a tiny grid, and the lean draws that it rests on."""

import json
import struct

import numpy as np
import pytest

from empirics.observables.observe import observe
from empirics.observables.recovered import identified_samples, identified_variance
from empirics.running.cluster import Workers
from reports.figures import FADED
from reports.outlook import DRAW
from reports.records import document as as_document
from reports.section import read_record
from reports.sections import variance
from reports.variance_figures import SHOWN, drawn_variance
from reports.variance_records import Variance
from tests.small_report import Counted
from theorems.setting import Setting

GRID = variance.Grid({60: (12, 12, 12), 120: (12, 10, 8)})


@pytest.fixture(scope="module")
def document():
    family = Counted(len(GRID.cells()))
    found = variance.computed_variance(GRID, 0, Workers(1), family)
    assert 0 < family.looked <= family.tests
    return found


@pytest.mark.parametrize("alpha", [1.0, 1.5, 3.0])
def test_the_lean_draw_is_what_observe_sees(alpha):
    setting = Setting(n=150, d=1500, alpha=alpha)
    for run in range(3):
        lean = identified_variance(setting, 5, run)
        full = observe(setting, 5, run).values["variance_factor_identified"]
        assert lean == pytest.approx(full, rel=1e-10)


@pytest.mark.workers
def test_samples_do_not_depend_on_the_workers():
    cells = [(Setting(n=80, d=400, alpha=2.0), 9), (Setting(n=40, d=400, alpha=1.5), 5)]
    done = []
    alone = identified_samples(cells, 3, workers=Workers(1), advance=done.append)
    shared = identified_samples(cells, 3, workers=Workers(2))
    assert sum(done) == 14
    for one, other, (setting, runs) in zip(alone, shared, cells, strict=True):
        assert one.setting == other.setting == setting
        assert one.runs == runs
        name = "variance_factor_identified"
        assert one.draws(name).tobytes() == other.draws(name).tobytes()
    again = identified_samples(cells, 4, workers=Workers(1))
    assert not np.array_equal(
        again[0].draws("variance_factor_identified"), alone[0].draws("variance_factor_identified")
    )


def test_every_cell_of_the_grid_is_judged_once(document):
    again = json.loads(json.dumps(as_document(document), allow_nan=False))
    assert read_record(Variance, again) == document
    cells = [(row.alpha, row.n) for row in document.rows]
    assert cells == [(alpha, n) for alpha in variance.ALPHAS for n in (60, 120)]
    assert document.claims_judged == len(cells)
    assert not any(row.verdict == "refuted" for row in document.rows)
    for row in document.rows:
        assert row.ratio.mean == pytest.approx(row.observed.mean / row.value)
        if row.verdict != "hypothesis fails":
            assert row.first_order < row.value


def test_the_section_shows_each_cell_and_why_it_does_not_hold(document):
    shown = variance.SECTION.page(document)
    assert [len(row) for row in shown.rows] == [len(shown.columns)] * len(variance.ALPHAS)
    open_ = [row for row in document.rows if row.verdict != "holds"]
    assert len(shown.notes) == len(open_) + 1
    for note, row in zip(shown.notes, open_, strict=False):
        assert row.reason in note
        assert (row.verdict == "inconclusive") == ("draws" in row.needs)
        assert row.needs in note
    assert shown.notes[-1] == DRAW


@pytest.mark.usefixtures("as_users_see_them")
def test_the_figure_is_drawn_from_the_document(document):
    (figure,) = drawn_variance(document)
    assert figure.name == "variance"
    assert figure.png.startswith(b"\x89PNG")
    width, _ = struct.unpack(">2I", figure.png[16:24])
    assert width == pytest.approx(figure.width * 160 / 96, abs=1)
    assert drawn_variance(document) == [figure]


def test_lines_fade_where_a_hypothesis_fails(document):
    def drawn(holds):
        rows = [
            row.model_copy(
                update={
                    "hypotheses": tuple(
                        one.model_copy(update={"holds": holds}) for one in row.hypotheses
                    )
                }
            )
            for row in document.rows
        ]
        (figure,) = drawn_variance(document.model_copy(update={"rows": tuple(rows)}))
        return figure.svg.count(f"stroke-opacity: {FADED}".encode())

    shown = {row.alpha for row in document.rows} & set(SHOWN)
    assert (drawn(True), drawn(False)) == (0, 2 * len(shown))


def test_the_full_grid_is_the_one_that_was_asked_for():
    cells = {(s.alpha, s.n) for s, _ in variance.GRIDS["paper"].cells()}
    assert {alpha for alpha, _ in cells} == {1, 1.25, 1.5, 1.75, 2, 2.25, 2.5, 2.75, 3}
    assert (min(n for _, n in cells), max(n for _, n in cells)) == (300, 10**5)

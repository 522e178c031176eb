import json

import pytest
from pydantic import ValidationError

from reports import regime_figures
from reports.cli import main
from reports.decimals import shortened
from reports.regime_records import PowerCurves
from reports.sections import chosen, rates, regimes
from theorems.catalogue import catalogue
from theorems.errors import InputError
from theorems.statement import Kind, Origin


def run(capsys, monkeypatch, *arguments):
    monkeypatch.setattr("sys.argv", ["longtail", *arguments])
    with pytest.raises(SystemExit) as caught:
        main()
    streams = capsys.readouterr()
    return caught.value.code, streams.out, streams.err


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["constants", "--alpha", "1"], "--alpha = 1.0: is a pole of C_M (Gamma(1 - 1/alpha)"),
        (["constants", "--alpha", "0.8"], "--alpha = 0.8: is a pole of C_M_b"),
        (["constants", "--precision", "14"], "--precision = 14: must be an integer from 15 to"),
        (["constants", "--precision", "1001"], "--precision = 1001: must be an integer from 15"),
        (["regimes", "--alpha", "0"], "--alpha = 0: must be a finite number > 0"),
        (["regimes", "--alpha", "5e-324"], "--alpha = 5e-324: must be of size 1e-30 to 1e+30"),
        (["regimes", "--beta-exponent=-1e-298"], "--beta-exponent = -1e-298: must be of size"),
        (
            ["report", "--sections", "regimes", "--beta-exponent", "1e-298"],
            "--beta-exponent = 1e-298: must be of size",
        ),
        (["report", "--sections", "moon"], "--sections = moon: must be among regimes, rates"),
    ],
)
def test_bad_input_is_one_line(capsys, monkeypatch, arguments, message):
    status, out, err = run(capsys, monkeypatch, *arguments)
    assert (status, out) == (2, "")
    assert err.startswith(f"longtail: {message}")
    assert err.count("\n") == 1


def test_constants_as_json_have_their_digits(capsys, monkeypatch):
    status, out, _ = run(capsys, monkeypatch, "constants", "--precision", "40", "--json")
    assert status == 0
    assert '"value": 0.886226925452758013649083741670572591398' in out
    document = json.loads(out)
    assert all(isinstance(row["value"], float) for row in document["constants"])


def test_a_constant_that_does_not_exist_is_null(capsys, monkeypatch):
    status, out, _ = run(capsys, monkeypatch, "constants", "--alpha", "0.9", "--json")
    values = {row["name"]: row["value"] for row in json.loads(out)["constants"]}
    assert status == 0
    assert values["C_M"] is None
    assert values["C_V"] > 0


def test_regimes_as_json(capsys, monkeypatch):
    status, out, _ = run(capsys, monkeypatch, "regimes", "--alpha", "2.5", "--json")
    document = json.loads(out)
    assert status == 0
    assert [row["exact"] for row in document["thresholds"]] == ["1", "2"]
    powers = {row["name"]: row["at_alpha"] for row in document["quantities"]}
    assert powers["n p_{>k}^2"] == pytest.approx(-0.2)
    held = {row["id"]: row["holds_for"] for row in document["statements"]}
    assert held["noisy-loss-rate"] == "alpha > 2"


def names(text, preset):
    return tuple(section.name for section in chosen(text, preset))


def test_sections_are_named_in_order():
    quick, paper = names(None, "quick"), names(None, "paper")
    assert [name for name in paper if name in quick] == list(quick)
    places = [section.place for section in chosen(None, "paper")]
    assert places == sorted(places)
    assert {"regimes", "rates", "variance", "memorization"} <= set(quick)
    assert {"networks", "benchmark"} <= set(paper) - set(quick)
    assert names("rates, regimes", "quick") == ("regimes", "rates")
    with pytest.raises(InputError, match="sections = x"):
        chosen("x", "quick")


def test_every_paper_statement_says_what_is_checked():
    papers = [s for s in catalogue.values() if s.origin is Origin.PAPER]
    assert {s.kind for s in papers} == {Kind.RATE}
    for statement in papers:
        text = rates.checked(statement)
        assert text.startswith("Checked:")
        assert "eft unspecified" in text
        assert statement.sharpened_by in catalogue


def test_every_theorem_and_lemma_of_the_paper_has_its_rate():
    sources = " ".join(s.source for s in catalogue.values() if s.origin is Origin.PAPER)
    for name in ("Theorem 1", "Theorem 2", "Theorem 3", "Theorem 4", "Theorem 5", "recovered"):
        assert name in sources
    assert "Lemma 6" in sources
    assert "Lemma 7" in sources
    judged = {statement.id for statement in rates.rates()}
    assert judged == {s.id for s in catalogue.values() if s.origin is Origin.PAPER}


def test_the_price_of_theorem_3_has_the_logarithms_of_price_of_proof():
    price = rates.price_formula(catalogue["noiseless-rate"])
    assert price.ln_d_exponent == "2 - 2/alpha"


@pytest.mark.usefixtures("as_users_see_them")
def test_phase_figure_is_drawn_from_its_document(monkeypatch):
    monkeypatch.setattr(regimes, "PHASE_ALPHAS", (1.0, 2.0, 2.5))
    document = regimes.computed_regimes(0.05, 0.1, (100, 1000))
    figures = regime_figures.drawn_regimes(document)
    assert [figure.name for figure in figures] == ["phase", "exponents"]
    assert all(figure.png.startswith(b"\x89PNG") for figure in figures)
    assert document.phase["noisy-loss-rate"][0] == (
        "hypothesis fails",
        "hypothesis fails",
        "has force",
    )


@pytest.mark.parametrize(
    "text",
    [
        '{"alpha": [1.0, 2.0], "exponent": {"k": [0.5, 0.25], "nu": [3.0, 4.0]}}',
        # As they were once written, with a grid for each.
        '{"k": {"alpha": [1.0, 2.0], "exponent": [0.5, 0.25]}, '
        '"nu": {"alpha": [1.0, 2.0], "exponent": [3.0, 4.0]}}',
    ],
)
def test_curves_are_read_with_one_grid_or_a_grid_for_each(text: str) -> None:
    curves = PowerCurves.model_validate_json(text, strict=True)
    assert curves.alpha == (1.0, 2.0)
    assert curves.exponent == {"k": (0.5, 0.25), "nu": (3.0, 4.0)}
    assert PowerCurves.model_validate_json(curves.model_dump_json(), strict=True) == curves


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('{"alpha": [1.0], "exponent": {"k": [0.5, 0.25]}}', "a power for each alpha"),
        ('{"k": {"alpha": [1.0], "exponent": ["x"]}}', "valid number"),
        (
            '{"k": {"alpha": [1.0], "exponent": [1.0]}, "nu": {"alpha": [2.0], "exponent": [1.0]}}',
            "Field required",
        ),
        ('{"k": 3}', "valid array"),
        ('{"alpha": [1.0], "exponent": 3}', "an object"),
        ("[]", "an object"),
    ],
)
def test_curves_of_another_shape_are_refused(text: str, told: str) -> None:
    with pytest.raises(ValidationError, match=told):
        PowerCurves.model_validate_json(text, strict=True)


def test_numbers_are_cut_to_digits_and_words_and_counts_are_not() -> None:
    text = '{"a": [1.23456789, 12345678, 1e-9, -0.000123456], "b": "1.23456789", "c": null}'
    short = json.loads(shortened(text, 3))
    assert short == {"a": [1.23, 12345678, 1e-9, -0.000123], "b": "1.23456789", "c": None}
    assert isinstance(short["a"][1], int)

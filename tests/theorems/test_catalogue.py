"""What every statement must have, whatever it says."""

import math
import re
import subprocess
import sys
from dataclasses import replace
from html import unescape
from importlib import import_module
from pathlib import Path
from xml.etree import ElementTree

import pytest

from empirics.observables.registry import OBSERVABLES
from theorems.catalogue import CHAPTERS, Catalogue, UnknownStatementError, catalogue
from theorems.claim import as_json, claim_at, depends_on_k
from theorems.notation import formula_latex, formula_mathml
from theorems.setting import Setting
from theorems.statement import Kind, Origin, Statement
from theorems.validity import check

SMALL = Setting(n=60, d=100, k=8, s=3)

every_statement = pytest.mark.parametrize("identifier", list(catalogue))


def test_reading_order_is_that_of_the_chapters() -> None:
    """Every module with a statement is named by its chapter, once, and called like it."""
    listed = []
    for chapter in CHAPTERS:
        package = import_module(f"theorems.{chapter}")
        folder = Path(str(package.__file__)).parent
        found = {
            path.stem
            for path in folder.glob("*.py")
            if "STATEMENT = Statement(" in path.read_text()
        }
        assert set(package.STATEMENTS) == found
        listed += package.STATEMENTS
    assert [name.replace("_", "-") for name in listed] == list(catalogue)
    assert len(set(listed)) == len(listed)


@every_statement
def test_statement_has_its_parts(identifier: str) -> None:
    statement = catalogue[identifier]
    assert statement.id == identifier
    for part in (statement.claim, statement.proof, statement.source):
        assert len(part) > 3
        assert part in statement.text
    assert statement.title
    assert statement.quantity
    assert statement.sides
    check(statement)
    assert (statement.origin is Origin.PAPER) == (statement.kind is Kind.RATE)
    assert (statement.kind is Kind.RATE) == bool(statement.sharpened_by)


@every_statement
def test_every_reference_leads_to_a_statement(identifier: str) -> None:
    """What a proof rests on is told in its text, is in the catalogue, and never itself."""
    statement = catalogue[identifier]
    rests_on = catalogue.rests_on(identifier)
    assert set(statement.uses) <= set(rests_on)
    assert identifier not in rests_on
    for used in statement.uses:
        assert f"`{used}`" in statement.text
    cited = re.findall(r"`([a-z0-9]+(?:-[a-z0-9]+)+)`", statement.text)
    assert set(cited) <= set(catalogue)


def test_what_is_proved_rests_on_no_prediction() -> None:
    for statement in catalogue.values():
        if statement.origin is Origin.DERIVED:
            below = [catalogue[used] for used in catalogue.rests_on(statement.id)]
            assert all(one.origin is Origin.DERIVED for one in below), statement.id


@every_statement
def test_what_it_is_checked_against_is_observed(identifier: str) -> None:
    statement = catalogue[identifier]
    # A rate may have both: the exact mean of what draws show, which decides where they are few.
    both = statement.kind is Kind.RATE and statement.observable is not None
    assert both or (statement.observable is None) == (statement.reference is not None)
    if statement.observable is not None:
        assert statement.observable in OBSERVABLES
    if statement.control is not None:
        assert statement.control.observable in OBSERVABLES
        assert statement.control.observable != statement.observable


@every_statement
def test_every_number_and_hypothesis_evaluates(identifier: str) -> None:
    claim = claim_at(catalogue[identifier], SMALL)
    assert all(math.isfinite(value) for value in claim.numbers.values()), claim.numbers
    assert not claim.failed
    assert list(claim.comparisons) == [one.name for one in catalogue[identifier].comparisons]
    assert all(math.isfinite(number) for number in claim.comparisons.values())
    for checked, hypothesis in zip(claim.hypotheses, catalogue[identifier].hypotheses, strict=True):
        assert math.isfinite(checked.margin)
        assert checked.text == hypothesis.text
        assert checked.holds == (checked.margin >= 0 if hypothesis.weak else checked.margin > 0)
        assert not hypothesis.holds(math.nan)
    assert claim.believed == all(checked.holds for checked in claim.hypotheses)
    assert (claim.k is not None) == depends_on_k(catalogue[identifier])
    low, high = claim.number("lower"), claim.number("upper")
    assert low is None or high is None or low <= high


@every_statement
def test_json_has_the_contracts_keys(identifier: str) -> None:
    document = as_json(claim_at(catalogue[identifier], SMALL))
    contract = {
        "id",
        "title",
        "origin",
        "kind",
        "quantity",
        "lower",
        "value",
        "upper",
        "k",
        "hypotheses",
    }
    assert contract <= set(document)
    assert document["id"] == identifier
    assert all(set(entry) == {"text", "holds", "margin"} for entry in document["hypotheses"])


@every_statement
def test_formulas_are_typeset(identifier: str) -> None:
    statement = catalogue[identifier]
    latex = formula_latex(statement)
    mathml = formula_mathml(statement)
    assert latex.count("{") == latex.count("}")
    assert latex.count(r"\left") == latex.count(r"\right")
    assert not re.search(r"BinomialMean|MeanInverseCount|FixedPoint|Lambda|Piecewise", latex)
    assert len(mathml) >= 1
    for formula in mathml:
        # Entities that HTML has and XML has not are put in, then it must be well-formed.
        plain = re.sub(r"&(?!lt;|gt;|amp;)\w+;", lambda entity: unescape(entity[0]), formula)
        root = ElementTree.fromstring(plain)
        assert root.tag.endswith("math")
        assert len(root[0]) >= 3


@pytest.mark.parametrize(
    ("typed", "nearest"),
    [
        ("noiseless-los", "noiseless-loss"),
        ("tailmass", "tail-mass"),
        ("flip", "flip-identity"),
        ("COMMON-IDENTIFIED", None),
        ("", None),
    ],
)
def test_an_unknown_id_names_the_nearest(typed: str, nearest: str | None) -> None:
    with pytest.raises(UnknownStatementError) as caught:
        catalogue[typed]
    message = str(caught.value)
    assert message.startswith(f"ID = {typed}: is no statement of the catalogue; the nearest is ")
    assert "\n" not in message
    told = re.search(r"the nearest is ([a-z0-9-]+)(?: \(also ([a-z0-9, -]+)\))?$", message)
    assert told is not None
    assert told[1] in catalogue
    assert nearest in (None, told[1])
    assert set((told[2] or told[1]).split(", ")) <= set(catalogue)


def test_an_empty_catalogue_has_nothing_near() -> None:
    with pytest.raises(UnknownStatementError, match=r"^ID = x: is no statement of the catalogue$"):
        Catalogue()["x"]


def test_a_statement_is_built_when_it_is_asked_for() -> None:
    """By who imports the catalogue, in a process of its own: here all are there."""
    asked = (
        "import sys\nfrom theorems.catalogue import catalogue\nassert len(catalogue) > 60\n"
        "assert catalogue['tail-mass'].id == 'tail-mass' and 'no-such' not in catalogue\n"
        "print(*(name for name in sys.modules if name.startswith('theorems.stability.')))"
    )
    done = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True)
    assert done.stdout.split() == []


def test_ids_are_never_reused() -> None:
    own = Catalogue()
    first = catalogue["tail-mass"]
    assert own.register(first) is first
    own.register(first)
    assert list(own) == ["tail-mass"]
    other = replace(first, title="Another")
    with pytest.raises(ValueError, match="id = tail-mass: another statement has this id"):
        own.register(other)
    assert own["tail-mass"] is first


@pytest.mark.parametrize(
    ("identifier", "text", "message"),
    [
        ("Tail mass", "Statement. A.\n\nProof. B.\n\nSource. C.", "must be lower-case words"),
        ("a--b", "Statement. A.\n\nProof. B.\n\nSource. C.", "must be lower-case words"),
        ("a", "Statement. A.\n\nSource. C.", "needs 'Statement.', 'Proof.' and 'Source.' parts"),
        ("a", "Proof. A.\n\nSource. C.", "needs 'Statement.', 'Proof.' and 'Source.' parts"),
        ("a", "", "needs 'Statement.', 'Proof.' and 'Source.' parts"),
    ],
)
def test_a_statement_without_its_parts_is_refused(identifier: str, text: str, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        Statement(
            id=identifier,
            title="A",
            origin=Origin.DERIVED,
            kind=Kind.IDENTITY,
            quantity="q",
            symbol=catalogue["tail-mass"].symbol,
            text=text,
        )


def test_parts_of_a_text() -> None:
    statement = Statement(
        id="a",
        title="A",
        origin=Origin.DERIVED,
        kind=Kind.IDENTITY,
        quantity="q",
        symbol=catalogue["tail-mass"].symbol,
        text="T.\n\nStatement. One\ntwo.\n\nProof. By Source. of truth.\n   (More.)\n\nSource. Us.",
    )
    assert statement.claim == "One\ntwo."
    assert statement.proof == "By Source. of truth.\n   (More.)"
    assert statement.source == "Us."


def test_circles_and_unknown_references_are_refused() -> None:
    own = Catalogue()
    first = catalogue["tail-mass"]
    own.register(replace(first, id="a", uses=("b",)))
    own.register(replace(first, id="b", uses=("c",)))
    with pytest.raises(UnknownStatementError, match="ID = c: is no statement"):
        own.rests_on("a")
    own.register(replace(first, id="c", uses=("b",)))
    with pytest.raises(ValueError, match="b: its proof rests on itself: b -> c -> b"):
        own.rests_on("a")
    with pytest.raises(ValueError, match="c: its proof rests on itself: c -> b -> c"):
        own.rests_on("c")


def test_what_a_proof_rests_on_comes_in_its_order() -> None:
    found = catalogue.rests_on("noiseless-loss-sharp")
    assert found.index("flip-identity") < found.index("noiseless-loss")
    assert catalogue.rests_on("tail-mass") == ()

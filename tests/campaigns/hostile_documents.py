"""Documents that a stranger may hand over: results of a report, and of networks."""

from __future__ import annotations

import copy
import json
from functools import cache
from pathlib import Path
from typing import Any

from hypothesis import strategies as st

from tests.campaigns import outcome, results_fuzz
from tests.campaigns.hostile_files import Content, Link, damaged, no_file, put

REFERENCE = Path(__file__).parents[2] / "reports" / "reference"
NETWORKS = "networks-real-quick"
SWEEP = "sweep"
FEW = 2
"""Cells and curves of the sweep; a whole report takes a second to read."""


@cache
def _reference() -> dict[str, Any]:
    """The committed report with little of its sweep."""
    whole: dict[str, Any] = json.loads((REFERENCE / "results.json").read_bytes())
    whole[SWEEP] |= {name: whole[SWEEP][name][:FEW] for name in ("cells", "curves")}
    return whole


@cache
def sound(name: str) -> bytes:
    """A document as it is written: of networks, or a report of the sweep and another section."""
    if name in _sections():
        kept = ("schema", "provenance", "family", "statements", SWEEP, name)
        return json.dumps({key: _reference()[key] for key in kept}).encode()
    return (REFERENCE / f"{name}.json").read_bytes()


@cache
def _sections() -> tuple[str, ...]:
    from reports.sections import sections

    return tuple(name for name in sections() if name in _reference())


@cache
def names() -> tuple[str, ...]:
    """Every document there is; those of networks, which are read by drawing them, less often."""
    found = sorted((REFERENCE / NETWORKS).glob("*.json"))
    networks = [f"{NETWORKS}/{one.stem}" for one in found if one.stem != "provenance"]
    return (*_sections() * 4, *networks)


@cache
def _parsed(name: str) -> tuple[Any, list[tuple[Any, ...]]]:
    document = json.loads(sound(name))
    return document, results_fuzz.places(document)


@st.composite
def rearranged(draw: st.DrawFn, name: str) -> bytes:
    """Parts left out, exchanged for other parts or for odd values, or told twice."""
    document, places = _parsed(name)
    whole = copy.deepcopy(document)
    for _ in range(draw(st.integers(1, 3))):
        place, other = draw(st.sampled_from(places)), draw(st.sampled_from(places))
        try:
            part, found = _at(whole, place[:-1]), _at(document, other)
            how = draw(st.integers(0, 3))
            if how == 0:
                del part[place[-1]]
            elif how == 1:
                part[place[-1]] = copy.deepcopy(found)
            elif how == 2 and isinstance(part, list):
                part.insert(place[-1], copy.deepcopy(found))
            else:
                part[place[-1]] = draw(results_fuzz.values)
        except (LookupError, TypeError):
            # An earlier change took the place away.
            continue
    return json.dumps(whole, ensure_ascii=draw(st.booleans())).encode("utf-8", "surrogatepass")


def _at(part: Any, place: tuple[Any, ...]) -> Any:
    for step in place:
        part = part[step]
    return part


@st.composite
def _made(draw: st.DrawFn) -> tuple[str, Content]:
    name = draw(st.sampled_from(names()))
    how = draw(st.integers(0, 9))
    if how == 0:
        text = sound(name).decode()
        encodings = ("utf-8-sig", "utf-16", "utf-32", "latin-1", "utf-7")
        return name, text.encode(draw(st.sampled_from(encodings)), errors="replace")
    if how == 1:
        return name, draw(no_file(f"{Path(name).name}.json"))
    if how <= 4:
        return name, draw(damaged((sound(name),)))
    return name, draw(rearranged(name))


documents = _made()


def tried_document(given: tuple[str, Content], folder: Path, by_line: bool) -> str:
    """What becomes of a document."""
    from reports.network_section import read_documents
    from reports.results import read_results, results_bytes

    name, content = given
    file = folder / f"{Path(name).name}.json"
    put(file, content)

    def read() -> None:
        if name in _sections():
            results = read_results(str(file))
            results_bytes(results)
            outcome.sane(results.verdicts(), "with verdicts")
            return
        found = read_documents(str(folder))
        outcome.sane([f"{NETWORKS}/{one}" for one in found] == [name], "that document")
        for one in found.values():
            json.dumps(one.content(), allow_nan=False)

    became = outcome.became(read)
    if by_line and name in _sections() and not isinstance(content, Link):
        put(folder / "sound.json", sound(name))
        told = outcome.answered("compare", str(folder / "sound.json"), str(file), "--json")
        outcome.sane(told == became, "alike on the command line")
    return became

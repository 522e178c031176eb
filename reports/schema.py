"""The JSON Schema of results.json, from the records; written by python -m reports.schema."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel

from nn.experiments import EXPERIMENTS
from reports.compact import (
    DECISION,
    EMPTY,
    EXTRA,
    PARTS,
    PROVED_BY,
    REASONS,
    SIDES,
    STATEMENTS,
    TOLD,
    USUAL,
    WORDS,
)
from reports.experiment import Curve
from reports.records import ComparisonRow, HypothesisRow
from reports.results import SCHEMA, FamilyRecord, Provenance
from reports.section import RecordSection
from reports.sections import sections
from reports.sections.networks import NetworksSection
from theorems.files import write_atomically

PATH = Path(__file__).parent / "results.schema.json"

DIALECT = "https://json-schema.org/draft/2020-12/schema"


def schema() -> dict[str, Any]:
    """The schema of a file of this version."""
    definitions: dict[str, Any] = {}
    parts = {
        "provenance": _of(Provenance, definitions),
        "family": _of(FamilyRecord, definitions),
    }
    for name, section in sections().items():
        parts[name] = {"type": "object"}
        if isinstance(section, RecordSection):
            parts[name] = _of(section.record, definitions)
        if isinstance(section, NetworksSection):
            parts[name] = _networks(definitions)
    for name, definition in definitions.items():
        _thinned(name, definition)
    return {
        "$schema": DIALECT,
        "title": "results.json of longtail report",
        "description": (
            "Numbers are finite, what is absent or null does not apply. What a statement is in "
            f"words stands under '{STATEMENTS}' and not in its rows, unless a row differs; "
            "an observable that a cell lacks stands in the first cell of the same law; an "
            "interval that names no method is Student's, in a row that of its statement; one that "
            "names no draws has those of its cell; a verdict without a reason has that of its "
            "statement and verdict, one without parts is that of each part of its statement, one "
            "without parameters of its own has those of its statement, one without what proves it "
            "likewise, and a hypothesis holds unless it says."
        ),
        "type": "object",
        "properties": {
            "schema": {"const": SCHEMA},
            STATEMENTS: {"type": "object", "additionalProperties": _words()},
            **parts,
        },
        "required": ["schema", "provenance", STATEMENTS],
        "additionalProperties": False,
        "$defs": dict(sorted(definitions.items())),
    }


def _networks(definitions: dict[str, Any]) -> dict[str, Any]:
    """Documents of `longtail nn` by the names of their experiments."""
    return {
        "type": "object",
        # What a document of before lacks has a default, and is not written.
        "properties": {
            name: _of(experiment.document_type(), definitions, "validation")
            for name, experiment in EXPERIMENTS.items()
        },
        "additionalProperties": False,
        "minProperties": 1,
    }


def _of(
    record: type[BaseModel],
    definitions: dict[str, Any],
    mode: Literal["validation", "serialization"] = "serialization",
) -> dict[str, Any]:
    """A reference to the record's schema, which is added to the definitions.

    Raises:
        ValueError: two records have one name.
    """
    found = record.model_json_schema(ref_template="#/$defs/{model}", mode=mode)
    _add(definitions, found.pop("$defs", {}) | {record.__name__: found})
    return {"$ref": f"#/$defs/{record.__name__}"}


def _add(definitions: dict[str, Any], more: dict[str, Any]) -> None:
    for name, definition in more.items():
        if definitions.setdefault(name, definition) != definition:
            raise ValueError(f"two records are named {name}")


def _thinned(name: str, definition: dict[str, Any]) -> None:
    """What is not written where it says nothing new is not required."""
    left_out: set[str] = set()
    if definition.get("properties", {}).keys() >= {*WORDS, *EMPTY}:
        left_out = {*WORDS, *EMPTY, "reason"}
    for record, key in ((HypothesisRow, "hypotheses"), (ComparisonRow, "comparisons")):
        if name == record.__name__:
            left_out = {*TOLD[key], "holds"}
    if DECISION in definition.get("properties", {}):
        left_out = {DECISION}
    if name == Curve.__name__:
        left_out = set(SIDES)
    if "method" in definition.get("properties", {}):
        left_out = {"method", "runs"}
    required = [one for one in definition.get("required", ()) if one not in left_out]
    if "required" in definition:
        definition["required"] = required


def _words() -> dict[str, Any]:
    text = {"type": "string"}
    lists = {
        name: {"type": "array", "items": {"type": "object", "additionalProperties": text}}
        for name in TOLD
    }
    words: dict[str, Any] = dict.fromkeys(WORDS, text)
    words["observable"] = {"type": ["string", "null"]}
    told = {
        REASONS: {"type": "object", "additionalProperties": text},
        PARTS: {"type": "array", "items": text},
        EXTRA: {"type": "object", "additionalProperties": {"type": "number"}},
    }
    return {
        "type": "object",
        "properties": {**words, **told, **lists, PROVED_BY: text, USUAL: text},
        "required": [*words, *told, *lists],
        "additionalProperties": False,
    }


def schema_bytes() -> bytes:
    """The file."""
    return (json.dumps(schema(), indent=1, ensure_ascii=False) + "\n").encode()


def main() -> None:
    """Write the schema beside this module."""
    write_atomically(PATH, schema_bytes())
    sys.stdout.write(f"{PATH}\n")


if __name__ == "__main__":
    main()

"""Examples that hypothesis makes are the same whatever a process has run before."""

from __future__ import annotations

import sys
from importlib import import_module
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st


def _examples() -> list[float]:
    found: list[float] = []

    @settings(max_examples=300)
    @given(st.floats(0, 1e7))
    def collect(value: float) -> None:
        found.append(value)

    collect()
    return found


def test_a_module_that_is_loaded_between_changes_no_example(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = _examples()
    numbers = ", ".join(f"{place}.0625" for place in range(1, 60))
    (tmp_path / "full_of_numbers.py").write_text(f"NUMBERS = [{numbers}]\n")
    monkeypatch.syspath_prepend(tmp_path)
    import_module("full_of_numbers")
    try:
        assert _examples() == before
    finally:
        del sys.modules["full_of_numbers"]

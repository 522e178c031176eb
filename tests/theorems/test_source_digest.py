"""The digest follows imports: what a result rests on changes it, and nothing else does."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from theorems import source_digest
from theorems.source_digest import imported


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A package of four modules: `top` needs `near` inside a function, and that `far`."""
    root = tmp_path / "stranger"
    root.mkdir()
    (root / "__init__.py").write_text("")
    (root / "top.py").write_text(
        "import math\nfrom typing import TYPE_CHECKING\nif TYPE_CHECKING:\n"
        "    from stranger import typed\ndef f():\n    from stranger.near import g\n    return g\n"
    )
    (root / "near.py").write_text("from stranger import far\ng = far\n")
    (root / "far.py").write_text("")
    (root / "typed.py").write_text("")
    monkeypatch.syspath_prepend(str(tmp_path))
    _forget()
    yield root
    _forget()
    for name in [name for name in sys.modules if name.partition(".")[0] == "stranger"]:
        del sys.modules[name]


def _forget() -> None:
    for cached in (source_digest.imported, source_digest._spec, source_digest._named):
        cached.cache_clear()


@pytest.mark.parametrize(
    ("file", "matters"),
    [("top", True), ("near", True), ("far", True), ("typed", False)],
)
def test_a_change_matters_where_it_is_imported(package: Path, file: str, matters: bool) -> None:
    before = source_digest.source_digest(["stranger.top"], [])
    changed = package / f"{file}.py"
    changed.write_text(changed.read_text() + "\n# another\n")
    _forget()
    assert (source_digest.source_digest(["stranger.top"], []) != before) == matters


def test_libraries_count(package: Path) -> None:
    alone = source_digest.source_digest(["stranger.top"], [])
    assert source_digest.source_digest(["stranger.top"], ["numpy"]) != alone


def test_draws_depend_on_the_solver_and_the_law_and_on_no_verdict() -> None:
    modules = imported(("empirics.observables.losses", "empirics.draws.training_set"))
    assert {
        "empirics.solver.peeling",
        "empirics.draws.design",
        "theorems.model",
        "theorems.evaluate.reductions",
    } <= modules
    assert not any(name.startswith(("empirics.judging", "empirics.bench")) for name in modules)
    assert "theorems.catalogue" not in modules
    # A change of one family of observables leaves what is kept of the others.
    assert not {"empirics.observables.structure", "empirics.observables.registry"} & modules


def test_to_follow_imports_runs_no_module(package: Path) -> None:
    (package / "far.py").write_text("raise RuntimeError('was run')\nname = 1\n")
    (package / "near.py").write_text(
        "from stranger.far import name\nfrom another.part import thing\n"
    )
    (package.parent / "another").mkdir()
    (package.parent / "another" / "__init__.py").write_text("raise RuntimeError('was run')\n")
    assert imported(("stranger.top",)) == {"stranger.top", "stranger.near", "stranger.far"}
    assert not {"stranger.top", "stranger.near", "stranger.far"} & set(sys.modules)


@pytest.mark.parametrize(
    "within",
    [
        "if x:\n    {}\nelse:\n    pass\n",
        "try:\n    pass\nexcept ValueError:\n    {}\n",
        "match x:\n    case 1:\n        {}\n",
        "class A:\n    async def f(self):\n        with x:\n            {}\n",
    ],
)
def test_imports_are_found_in_every_statement(package: Path, within: str) -> None:
    (package / "far.py").write_text(within.format("from stranger import typed"))
    assert "stranger.typed" in imported(("stranger.top",))

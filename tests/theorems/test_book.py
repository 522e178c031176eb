"""Kept programs say what the statements say, and are never met by another statement."""

import json
import math
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from theorems import book, kept_files
from theorems.answer import answer, as_row
from theorems.catalogue import catalogue
from theorems.claim import as_json, claim_at
from theorems.evaluate.numbers import definition_program
from theorems.evolution import kept_numbers, solved
from theorems.law import PowerLaw, Table
from theorems.plan import Plan
from theorems.planning import plan_of
from theorems.setting import Setting
from theorems.statement import Statement

ROOT = Path(__file__).parents[2]

WORDS = Table([0.5, 0.25, 0.25, 0.1, 0.02, 0.02, 0.001], [1.0, 2.0, 0.5, 1.0, 1.0, 1.0, 3.0])


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.setenv("LONGTAIL_CACHE", str(tmp_path / "cache"))
    kept_files.kept.cache_clear()
    yield tmp_path / "cache" / "made"
    kept_files.kept.cache_clear()


def again(plan: Plan) -> Plan:
    return Plan.of(json.loads(json.dumps(plan.document())))


@pytest.mark.parametrize("identifier", list(catalogue))
def test_a_plan_that_was_kept_says_what_the_statement_says(identifier: str) -> None:
    statement = catalogue[identifier]
    made = plan_of(statement)
    plan = again(made)
    assert plan == made
    for setting in (Setting(n=80, d=200), Setting(law=WORDS, n=40)):
        found = as_row(plan.card, answer(plan, setting))
        assert found == as_json(claim_at(statement, setting))


def run(source: str, cache: Path, path: Path = ROOT) -> str:
    done = subprocess.run(
        [sys.executable, "-c", source],
        env={**os.environ, "LONGTAIL_CACHE": str(cache), "PYTHONPATH": str(path)},
        cwd=cache,
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout


COMMON_ONLY = """
import sys
from theorems.answer import answer
from theorems.book import plan
from theorems.setting import Setting
print(answer(plan("common-only-samples-rate"), Setting()).numbers["value"], "sympy" in sys.modules)
"""


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A cache with the programs that a first process printed."""
    cache = tmp_path_factory.mktemp("cache")
    assert run(COMMON_ONLY, cache).split()[1] == "True"
    return cache


def test_a_changed_statement_never_meets_an_old_program(tmp_path: Path, filled: Path) -> None:
    # Bytecode as well: it is told by a file's time and size, which a change changes.
    shutil.copytree(ROOT / "theorems", tmp_path / "theorems")
    shutil.copytree(filled / "made", tmp_path / "made")
    value, loaded = run(COMMON_ONLY, tmp_path, tmp_path).split()
    assert loaded == "False"  # the same sources, elsewhere
    module = tmp_path / "theorems" / "structure" / "common_only_samples_rate.py"
    text = module.read_text(encoding="utf-8")
    assert "value=n * (1 - tail_mass)," in text
    module.write_text(
        text.replace("value=n * (1 - tail_mass),", "value=n * (2 - tail_mass),"), encoding="utf-8"
    )
    changed, loaded = run(COMMON_ONLY, tmp_path, tmp_path).split()
    assert loaded == "True"
    assert float(changed) == pytest.approx(float(value) + 1000, rel=1e-14)
    # A definition that it rests on counts as well.
    model = tmp_path / "theorems" / "model.py"
    text = model.read_text(encoding="utf-8")
    mass = "(tail_mass, Sum(p[j], (j, k + 1, d)),"
    assert mass in text
    model.write_text(text.replace(mass, "(tail_mass, 2 * Sum(p[j], (j, k + 1, d)),"), "utf-8")
    doubled, _ = run(COMMON_ONLY, tmp_path, tmp_path).split()
    assert float(doubled) == pytest.approx(2 * float(value), rel=1e-14)


def test_doubles_need_neither_symbols_nor_many_digits(filled: Path) -> None:
    source = COMMON_ONLY.replace("common-only-samples-rate", "recovered-fraction").replace(
        '"sympy" in sys.modules', "{'sympy', 'mpmath', 'scipy.fft', 'scipy.stats'} & {*sys.modules}"
    )
    assert run(source, filled).strip().endswith(" set()")


def test_a_statement_that_was_replaced_has_its_own_program() -> None:
    statement = catalogue["common-only-samples-rate"]
    assert statement.value is not None
    wrong = replace(statement, value=2 * statement.value)
    setting = Setting()
    right = claim_at(statement, setting).numbers["value"]
    assert claim_at(wrong, setting).numbers["value"] == 2 * right
    assert claim_at(statement, setting).numbers["value"] == right


def test_a_law_without_the_symbols_has_the_same_numbers(filled: Path) -> None:
    source = (
        "import sys\nfrom theorems.book import cards\nfrom theorems.law import PowerLaw\n"
        "list(cards())\nlaw = PowerLaw(d=50, alpha=1.5)\n"
        "print(repr(law.p.tolist()), repr(law.beta.tolist()), 'sympy' in sys.modules, sep='|')\n"
    )
    p, beta, loaded = run(source, filled).split("|")
    law = PowerLaw(d=50, alpha=1.5)
    assert (p, beta) == (repr(law.p.tolist()), repr(law.beta.tolist()))
    assert loaded.strip() == "False"


def keep(folder: Path) -> Path:
    kept_files.keep({"definitions": {"p": definition_program("p")}})
    (path,) = folder.glob("*.json")
    return path


def believed() -> bool:
    kept_files.kept.cache_clear()
    return bool(kept_files.kept())


def test_what_is_kept_is_private_and_comes_back(folder: Path) -> None:
    path = keep(folder)
    assert path.stat().st_mode & 0o777 == 0o600
    assert folder.stat().st_mode & 0o777 == 0o700
    assert kept_files.kept() == {"definitions": {"p": definition_program("p")}}


def test_a_damaged_file_is_ignored(folder: Path) -> None:
    path = keep(folder)
    content = path.read_bytes()
    for place in range(0, len(content), max(1, len(content) // 60)):
        damaged = bytearray(content)
        damaged[place] ^= 4
        path.write_bytes(damaged)
        assert not believed(), f"byte {place}"
    path.write_bytes(content[:-1])
    assert not believed()
    path.write_bytes(content)
    assert believed()


@pytest.mark.parametrize("mode", [0o620, 0o602, 0o666])
def test_a_file_that_others_can_write_is_ignored(folder: Path, mode: int) -> None:
    path = keep(folder)
    path.chmod(mode)
    assert not believed()


@pytest.mark.parametrize("mode", [0o720, 0o702, 0o777])
def test_a_folder_that_others_can_write_is_ignored(folder: Path, mode: int) -> None:
    keep(folder)
    folder.chmod(mode)
    assert not believed()


def test_a_folder_that_anybody_can_replace_is_ignored(folder: Path) -> None:
    keep(folder)
    folder.parent.chmod(0o777)
    assert not believed()


def test_a_link_is_ignored(folder: Path, tmp_path: Path) -> None:
    keep(folder)
    folder.rename(tmp_path / "elsewhere")
    folder.symlink_to(tmp_path / "elsewhere")
    assert not believed()


def test_a_file_of_somebody_else_is_ignored(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    keep(folder)
    monkeypatch.setattr(os, "geteuid", lambda: os.getuid() + 1)
    assert not believed()


def test_another_version_keeps_another_file(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = keep(folder)
    monkeypatch.setattr(kept_files, "key", lambda: "0" * 64)
    assert not believed()
    # Not even under its name.
    path.rename(folder / f"programs-{'0' * 32}.json")
    assert not believed()


def test_without_a_folder_nothing_is_kept_and_all_works(
    tmp_path: Path, filled: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("LONGTAIL_CACHE", str(tmp_path / "file" / "cache"))
    kept_files.keep({"a": 1})
    assert not believed()
    nowhere = f"import os\nos.environ['LONGTAIL_CACHE'] = '{tmp_path}/file/cache'\n"
    value, loaded = run(nowhere + COMMON_ONLY, tmp_path).split()
    assert loaded == "True"
    assert run(COMMON_ONLY, filled).split() == [value, "False"]


def test_few_files_of_other_versions_are_left(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for version in range(12):
        monkeypatch.setattr(kept_files, "key", lambda version=version: f"{version:032x}" * 2)
        kept_files.keep({"a": version}, "recursions")
    assert len(list(folder.glob("recursions-*.json"))) <= kept_files.MOST_KEPT
    kept_files.clear()
    assert not list(folder.iterdir())


def numbers(setting: Setting) -> dict[str, float]:
    return claim_at(catalogue["ridge-risk"], setting).numbers


def test_numbers_of_a_recursion_are_read_back_at_the_same_setting_alone(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    setting = Setting(n=30, d=60)
    plain = numbers(setting)
    with kept_numbers.kept():
        assert numbers(setting) == plain
    assert list(folder.glob("recursions-*.json"))
    worked_out: list[str] = []
    original = solved._with_noise

    def counted(key: solved._Key, n: int, field: str, ridge: float) -> float:
        worked_out.append(field)
        return original(key, n, field, ridge)

    monkeypatch.setattr(solved, "_with_noise", counted)
    kept_files.kept.cache_clear()
    with kept_numbers.kept():
        assert numbers(setting) == plain
        assert not worked_out
        for other in (setting.at(n=31), setting.at(d=61), setting.at(s=4)):
            worked_out.clear()
            assert numbers(other) != plain
            assert worked_out
        claim_at(catalogue["ridge-risk"], setting, extra={"lamda": 0.3})
    worked_out.clear()
    assert numbers(setting) == plain
    assert worked_out, "outside the block nothing is read"


def test_numbers_are_the_same_to_the_last_bit(folder: Path) -> None:
    values = (1 / 3, math.nan, 5e-324, -0.0, math.inf)
    with kept_numbers.kept():
        for place, value in enumerate(values):
            kept_numbers.known(f"{place}", (np.arange(3.0),), lambda value=value: value)
    kept_files.kept.cache_clear()
    with kept_numbers.kept():
        for place, value in enumerate(values):
            found = kept_numbers.known(f"{place}", (np.arange(3.0),), lambda: 7.0)
            assert repr(found) == repr(value)
        assert kept_numbers.known("0", (np.arange(4.0),), lambda: 7.0) == 7.0


def test_cards_are_those_of_the_catalogue() -> None:
    assert list(book.cards()) == list(catalogue)


def test_a_loaded_statement_of_ours_is_not_printed_again(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    statement = catalogue["common-only-samples-rate"]
    kept_files.keep({"plans": [plan_of(statement).document()]})
    book._read.cache_clear()
    printed: list[Plan] = []

    def printing(one: Statement) -> Plan:
        printed.append(plan_of(one))
        return printed[-1]

    monkeypatch.setattr("theorems.planning.plan_of", printing)
    assert book.plan_for(statement) == plan_of(statement)
    assert printed == []
    assert statement.value is not None
    made_from_it = replace(statement, value=2 * statement.value)
    assert book.plan_for(made_from_it) != plan_of(statement)
    assert len(printed) == 1
    book._read.cache_clear()

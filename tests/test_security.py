"""What SECURITY.md says of reading files and of text that reaches no parser."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from theorems.catalogue import catalogue
from theorems.errors import InputError
from theorems.files import write_atomically

ROOT = Path(__file__).parents[1]
SOURCES = [
    path
    for package in ("longtail", "theorems", "empirics", "nn", "reports")
    for path in sorted((ROOT / package).rglob("*.py"))
]
RUN_CODE = {"eval", "pickle.load", "pickle.loads", "marshal.loads", "tempfile.mktemp", "os.system"}
SAFE_ONLY = {"np.load": "allow_pickle=False", "torch.load": "weights_only=True"}


def _calls(path: Path) -> Iterator[tuple[str, ast.Call]]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call):
            yield ast.unparse(node.func), node


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_nothing_is_unpickled_or_evaluated(path: Path) -> None:
    for name, call in _calls(path):
        told = [ast.unparse(keyword) for keyword in call.keywords]
        assert name not in RUN_CODE, f"line {call.lineno}"
        assert "shell=True" not in told, f"line {call.lineno}"
        if name in SAFE_ONLY:
            assert SAFE_ONLY[name] in told, f"line {call.lineno}"


def test_code_is_compiled_from_statements_alone() -> None:
    found = {
        str(path.relative_to(ROOT))
        for path in SOURCES
        for name, _ in _calls(path)
        if name == "exec"
    }
    assert found == {"theorems/evaluate/running.py", "theorems/evaluate/balls/enclosures.py"}


@pytest.mark.parametrize("text", ["__import__('os')._exit(7)", "x", "(lambda: 1)()"])
def test_text_for_a_number_reaches_no_parser(text: str) -> None:
    with pytest.raises(InputError):
        catalogue["noisy-law"].subs(alpha=text)  # type: ignore[arg-type]
    with pytest.raises(InputError):
        catalogue["noisy-law"].table(alpha=text)  # type: ignore[arg-type]


def test_temporary_files_are_private_and_have_names_that_nobody_guesses(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[tuple[str, int]] = []
    replace = Path.replace

    def watched(self: Path, target: Path) -> Path:
        seen.append((self.name, self.stat().st_mode & 0o777))
        return replace(self, target)

    chmod = Path.chmod
    modes: list[int] = []

    def before(self: Path, mode: int) -> None:
        modes.append(self.stat().st_mode & 0o777)
        chmod(self, mode)

    monkeypatch.setattr(Path, "replace", watched)
    monkeypatch.setattr(Path, "chmod", before)
    for _ in range(5):
        write_atomically(tmp_path / "a.txt", b"content")
    assert set(modes) == {0o600}
    assert len({name for name, _ in seen}) == 5
    assert [path.name for path in tmp_path.iterdir()] == ["a.txt"]


def test_the_page_says_what_is_trusted() -> None:
    text = (ROOT / "SECURITY.md").read_text(encoding="utf-8")
    for word in ("longtail.statements", "longtail.observables", "Dask", "weights_only"):
        assert word in text

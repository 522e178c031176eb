"""A results.json that a stranger changed: drawn as text, or refused; nothing else.

Hypothesis chooses places of a small document and what stands there instead: markup, scripts,
paths, numbers no double holds, deep nesting, other types. What is accepted is drawn, and its pages
must show the marker as text.
"""

from __future__ import annotations

import copy
import json
import re
import time
from collections.abc import Callable, Sequence
from contextlib import nullcontext
from html.parser import HTMLParser
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

if TYPE_CHECKING:
    from reports.figures import Drawn

MARKER = "q7z"
TEXTS = (
    f"<script>{MARKER}()</script>",
    f"</pre></td></table><img src=x onerror={MARKER}()>",
    f'"><svg onload={MARKER}()>',
    f"[{MARKER}](javascript:{MARKER})",
    f"![{MARKER}](https://example.org/{MARKER})",
    f"\n\n# {MARKER}\n\n| a | b |\n|---|---|",
    f"`{MARKER}`",
    f"<{MARKER}@example.org>",
    f"&lt;script&gt;{MARKER}",
    "../../../../etc/passwd",
    "{{ 7 * 7 }}",
    "{% raw %}",
    "$\\frac{",
    "$\\input{/etc/passwd}$",
    "\x00\x1b[31m",
    "a" * 20000,
)
ODD: tuple[Any, ...] = (
    None,
    True,
    -1,
    1e308,
    -1e308,
    5e-324,
    2**63,
    10**400,
    1.5,
    [],
    {},
    "",
)
LEFT_OUT = object()
"""Nothing in place of a value: its key is gone, or its place in a list."""

ALLOWED = ("refused", "drawn")
ROUND = 50


def places(part: Any, *where: Any) -> list[tuple[Any, ...]]:
    """Every place of a document that holds a value."""
    if isinstance(part, dict):
        inner = [place for key, one in part.items() for place in places(one, *where, key)]
    elif isinstance(part, list):
        inner = [place for key, one in enumerate(part) for place in places(one, *where, key)]
    else:
        inner = []
    return [where, *inner] if where else inner


def changed(document: Any, place: tuple[Any, ...], value: Any) -> Any:
    """The document with another value, or none, at a place."""
    whole = copy.deepcopy(document)
    part = whole
    for step in place[:-1]:
        part = part[step]
    if value is LEFT_OUT:
        del part[place[-1]]
    else:
        part[place[-1]] = value
    return whole


def nested(depth: int) -> Any:
    """Lists in lists."""
    out: Any = []
    for _ in range(depth):
        out = [out]
    return out


values = st.one_of(
    st.sampled_from(TEXTS),
    st.sampled_from(ODD),
    st.floats(allow_nan=False, allow_infinity=False),
    st.integers(-(2**70), 2**70),
    st.text(max_size=40),
    st.builds(nested, st.integers(1, 300)),
)


class _Tags(HTMLParser):
    """Elements, attributes and scripts of a page that hold the marker.

    The page has scripts of its own; what a browser does not run may hold any text.
    """

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self.runs = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        kind = dict(attrs).get("type") or "text/javascript"
        self.runs = tag == "script" and kind in ("text/javascript", "module")
        if MARKER in tag:
            self.found.append(tag)
        for name, value in attrs:
            if name.startswith("on") or (name in ("href", "src") and MARKER in (value or "")):
                self.found.append(f"{tag} {name}")

    def handle_endtag(self, tag: str) -> None:
        self.runs = False

    def handle_data(self, data: str) -> None:
        if self.runs and MARKER in data:
            self.found.append("script")


def believed(page: str, markdown: str) -> list[str]:
    """What of the marker a reader's program would obey."""
    tags = _Tags()
    tags.feed(page)
    found = [f"report.html: {one}" for one in tags.found]
    for line in markdown.splitlines():
        if MARKER not in line:
            continue
        if re.search(r"(?<!\\)<[a-zA-Z/!?]", line):
            found.append(f"report.md: a tag: {line[:100]}")
        if re.search(rf"(?<!\\)\]\([^)]*{MARKER}", line):
            found.append(f"report.md: a link: {line[:100]}")
        if re.match(rf"\s*#+ {MARKER}", line):
            found.append(f"report.md: a heading: {line[:100]}")
    return found


def drawn(
    document: Any, folder: Path, pictures: Sequence[Drawn] | None = None
) -> tuple[str, list[str]]:
    """What becomes of a document: "refused", or "drawn" with what in it is believed.

    Figures take seconds: `pictures`, those of the sound document, are put in their place.
    """
    from reports import reporting
    from theorems.errors import InputError

    source = folder / "results.json"
    source.write_text(json.dumps(document), encoding="utf-8")
    out = folder / "out"

    def made() -> Path:
        out.mkdir(exist_ok=True)
        return out

    try:
        results = reporting.read_again(str(source), None)
        with nullcontext() if pictures is None else patch(FIGURES, lambda _: list(pictures)):
            reporting.drawn_again(results, str(source), made)
    except InputError as error:
        wrong = [f"many lines: {error}"] if "\n" in str(error) else []
        return "refused", wrong
    return "drawn", believed(
        (out / "report.html").read_text(encoding="utf-8"),
        (out / "report.md").read_text(encoding="utf-8"),
    )


FIGURES = "reports.sections.sweep.drawn_figures"


def pictures_of(document: Any) -> list[Drawn]:
    """The figures of a sound document's sweep."""
    from reports.compact import restored
    from reports.sections.sweep import SECTION
    from reports.sweep_figures import drawn_figures

    whole = copy.deepcopy(document)
    del whole["schema"]
    return drawn_figures(SECTION.read(restored(whole)["sweep"]))


def small() -> Any:
    """A document of a few cells, as a report writes it."""
    from reports.results import results_bytes
    from tests.small_report import computed_small

    return json.loads(results_bytes(computed_small()))


def property_of(
    document: Any,
    pictures: Sequence[Drawn],
    folder: Path,
    examples: int,
    seen: Callable[[str], None],
) -> Callable[[], None]:
    """A hypothesis property: any change is refused or drawn as text.

    One in a hundred is drawn with figures of its own.
    """
    where, number = places(document), count(1)

    @settings(
        max_examples=examples,
        deadline=None,
        database=None,
        derandomize=examples < ROUND,
        phases=(Phase.generate,),
        suppress_health_check=list(HealthCheck),
    )
    @given(st.sampled_from(where), st.one_of(values, st.just(LEFT_OUT)))
    def check(place: tuple[Any, ...], value: Any) -> None:
        try:
            json.dumps(None if value is LEFT_OUT else value).encode()
            put = None if next(number) % 100 == 0 else pictures
            became, wrong = drawn(changed(document, place, value), folder, put)
        except Exception as error:  # whatever passes the reader is a finding
            became, wrong = "", [f"{type(error).__name__}: {error}"]
        told = f"at {'.'.join(map(str, place))}: {str(value)[:60]!r}"
        assert became in ALLOWED and not wrong, f"{told}: {wrong}"  # noqa: PT018
        seen(became)

    return check


def fuzzed(seconds: float, folder: Path) -> tuple[int, list[str]]:
    """Fuzz for so long: how many documents, and what was wrong."""
    document, counted = small(), []
    pictures = pictures_of(document)
    wrong: list[str] = []
    until = time.monotonic() + seconds
    while time.monotonic() < until and len(wrong) < 20:
        try:
            property_of(document, pictures, folder, ROUND, counted.append)()
        except AssertionError as error:
            wrong.append(str(error).splitlines()[0])
    return len(counted), wrong

"""A figure's SVG as it stands in the page: small, in the page's colours, with ids of its own."""

from __future__ import annotations

import re

from markupsafe import Markup

from reports.figures import Drawn

SHOWN_LARGER = 1.3
"""A figure is drawn for print at 9 points; on a screen it may be so much larger."""

COLOURS = {
    "#ffffff": "var(--page)",
    "#000000": "var(--ink)",
    "black": "var(--ink)",
    "white": "var(--page)",
    "#262626": "var(--ink)",
    "#666666": "var(--soft)",
    "#444444": "var(--soft)",
    "#e4e4e4": "var(--line)",
    "#b0b0b0": "var(--line)",
    "#cccccc": "var(--line)",
    "#e2e2e2": "var(--line)",
    "#e8f0f7": "var(--fill)",
    # Of the series those that are too dim on a dark page, and one that would then be too near.
    "#0072b2": "var(--side)",
    "#d55e00": "var(--predicted)",
    "#56b4e9": "var(--sky)",
}
"""What is drawn in the colours of paper and ink takes those of the page, dark or light."""

_COLOUR = re.compile(r"(?<=[:\s])(" + "|".join(map(re.escape, COLOURS)) + r")(?=[;\"\s])", re.I)

_PLACES = re.compile(r'( (?:d|x|y|x1|x2|y1|y2|cx|cy|width|height|points|transform)=)("[^"]*")')
_DECIMALS = re.compile(r"\d+\.\d{2,}")


def _rounded(found: re.Match[str]) -> str:
    """A tenth of a pixel is enough for a place; scales and small slopes keep their digits."""
    value = float(found[0])
    return f"{value:.1f}".rstrip("0").rstrip(".") if value >= 1 else f"{value:.3f}"


def inline(figure: Drawn) -> Markup:
    """The figure as an SVG element, text as text."""
    text = figure.svg.decode()
    text = text[text.index("<svg") :]
    text = re.sub(r"<metadata>.*?</metadata>|<!--.*?-->", "", text, flags=re.S)
    # Ids of groups serve nobody; those that are referred to are this figure's own.
    used = set(re.findall(r'(?:url\(#|href="#)([^)"]+)', text))
    text = re.sub(
        r' id="([^"]*)"', lambda m: f' id="{figure.name}-{m[1]}"' if m[1] in used else "", text
    )
    text = re.sub(r'(url\(#|href="#)', rf"\1{figure.name}-", text)
    text = _PLACES.sub(lambda m: m[1] + _DECIMALS.sub(_rounded, m[2]), text)
    text = re.sub(
        r'style="[^"]*"',
        lambda m: _COLOUR.sub(lambda c: COLOURS[c[0].lower()], m[0]).replace("; ", ";"),
        text,
    )
    text = re.sub(r">\s+<", "><", text)
    head, rest = text.split(">", 1)
    rest = rest.removesuffix("</svg>")
    box = re.search(r'viewBox="[^"]*"', head)
    style = f"max-width:{SHOWN_LARGER * figure.width:.0f}px;--drawn:{figure.width:.0f}px"
    whole = f"{figure.name}-whole"
    drawn = Markup('<svg class="drawn{}" {} style="{}" role="img" aria-label="{}">').format(
        " paneled" if figure.panels else "",
        Markup(box[0] if box else ""),
        style,
        f"{figure.title}. {figure.see}",
    )
    drawn += Markup('<g id="{}">{}</g></svg>').format(whole, Markup(rest))
    return drawn + _by_panels(figure, whole) if figure.panels else drawn


SHOWN_AT_ONCE = 12
"""Panels below one another; more are folded."""

_PART = Markup(
    '<svg class="{}" aria-hidden="true" viewBox="{}" style="width:{}px"><use href="#{}"/></svg>'
)


def _by_panels(figure: Drawn, whole: str) -> Markup:
    """The same picture for a narrow screen: entries of the legend, then a panel below another."""
    parts = [
        *(("key", box, 1.0) for box in figure.keys),
        *(("panel", box, SHOWN_LARGER) for box in figure.panels),
    ]
    shown = (
        _PART.format(
            kind,
            " ".join(f"{side:.1f}" for side in box),
            f"{larger * box.width * 96 / 72:.0f}",
            whole,
        )
        for kind, box, larger in parts
    )
    found = Markup('<div class="by-panels">{}</div>').format(Markup("").join(shown))
    if len(figure.panels) <= SHOWN_AT_ONCE:
        return found
    return Markup('<details class="many-panels"><summary>{} panels</summary>{}</details>').format(
        len(figure.panels), found
    )

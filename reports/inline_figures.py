"""A figure's SVG as it stands in the page: small, in the page's colours, with ids of its own."""

from __future__ import annotations

import re

from markupsafe import Markup

from reports.figures import Drawn

SHOWN_LARGER = 1.15
"""A figure is drawn for print at 9 points; on a screen it may be so much larger."""

COLOURS = {
    "#ffffff": "var(--page)",
    "#000000": "var(--ink)",
    "black": "var(--ink)",
    "white": "var(--page)",
    "#262626": "var(--ink)",
    "#666666": "var(--soft)",
    "#e4e4e4": "var(--line)",
    "#b0b0b0": "var(--line)",
    "#cccccc": "var(--line)",
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
    box = re.search(r'viewBox="[^"]*"', head)
    style = f"max-width:{SHOWN_LARGER * figure.width:.0f}px;--drawn:{figure.width:.0f}px"
    return Markup('<svg {} style="{}" role="img" aria-label="{}">').format(
        Markup(box[0] if box else ""), style, f"{figure.title}. {figure.see}"
    ) + Markup(rest)

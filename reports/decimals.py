"""JSON with numbers of any length, longer than doubles or shorter."""

from __future__ import annotations

import json
from typing import Any


class Decimal(str):
    """A number with more digits than a double, still to be written as a JSON number."""

    __slots__ = ()


def shortened(text: str, digits: int) -> str:
    """JSON with so many significant digits of each number that is not whole."""

    def short(told: str) -> float:
        return float(f"{float(told):.{digits}g}")

    return json.dumps(json.loads(text, parse_float=short), allow_nan=False)


def finite_text(text: str) -> bool:
    """Whether mpmath printed a finite real number."""
    return not any(word in text for word in ("inf", "nan", "j"))


def dumped(document: dict[str, Any]) -> str:
    """JSON in which decimals of any length are numbers."""
    decimals: list[str] = []

    def marked(part: Any) -> Any:
        if isinstance(part, Decimal):
            decimals.append(str(part))
            return f"\0{len(decimals) - 1}\0"
        if isinstance(part, dict):
            return {key: marked(value) for key, value in part.items()}
        return [marked(value) for value in part] if isinstance(part, list) else part

    text = json.dumps(marked(document), indent=2, allow_nan=False)
    for position, decimal in enumerate(decimals):
        text = text.replace(f'"\\u0000{position}\\u0000"', decimal, 1)
    return text

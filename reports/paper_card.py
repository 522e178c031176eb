"""The answer first: a line for each item of the paper, made of what the sections found."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from empirics.judging.verdict import Verdict
from reports.evidence import Evidence, plain, stated, width_told
from reports.results import Results
from reports.section import Judgements
from reports.sections import leading, sections
from theorems.paper import Item, Role


class Standing(StrEnum):
    """What is known of an item of the paper."""

    HOLDS = "holds"
    HOLDS_WHERE = "holds where"
    CONTRADICTED = "contradicted as read"
    OPEN = "open"


@dataclass(frozen=True)
class Tightness:
    """How near a bound is to what is observed.

    Args:
        excess: the paper's rate with constant 1 over what is observed, smallest and largest.
        ours: relative widths of what we have for the same quantities, by the statement's id.
    """

    excess: tuple[float, float] | None
    ours: dict[str, float]

    @property
    def rate(self) -> str:
        """The excess in words, "" where none is known."""
        if self.excess is None:
            return ""
        low, high = (plain(end) for end in self.excess)
        return f"{low} times" if low == high else f"{low} to {high} times"

    @property
    def widths(self) -> dict[str, str]:
        """Our widths in words, by the statement's id."""
        return {name: width_told(width) for name, width in self.ours.items()}

    def __str__(self) -> str:
        told = [f"its rate at constant 1: {self.rate} what is seen"] if self.rate else []
        told += [f"ours: {width} ({name})" for name, width in self.widths.items()]
        return "; ".join(told) or "–"


@dataclass(frozen=True)
class CardLine:
    """An item of the paper in a line.

    Args:
        verdict: in full, such as "holds for α > 2".
        stops: where it stops, and by which hypothesis.
        evidence: ids or names of what it rests on, each with the name of its place in the page.
        looked: where the item's own statements were judged.
        command: what would decide an item that lacks its evidence; "" where nothing lacks.
    """

    item: Item
    standing: Standing
    verdict: str
    tightness: Tightness
    stops: str
    evidence: tuple[tuple[str, str], ...]
    looked: str
    command: str

    @property
    def links(self) -> dict[str, str]:
        """Places of the evidence in the page, each with what it is called."""
        return {
            anchor: source if anchor == source else f"{self.item.label} beside ours"
            for source, anchor in self.evidence
        }


@dataclass(frozen=True)
class Run:
    """What a command that would decide an item has to say.

    Args:
        program: the command's name, or its path.
        options: of `longtail report` for the main setting.
        sections: that were computed, by name.
    """

    program: str = "longtail"
    options: str = ""
    sections: frozenset[str] = frozenset()

    @classmethod
    def of(cls, results: Results, program: str) -> Run:
        """The run that a report comes from."""
        sections = frozenset(part.section.name for part in results.parts)
        return cls(program, judged_in(results).options, sections)


def judged_in(results: Results) -> Judgements:
    """What the leading section judged: every statement at the main setting, and around it."""
    (judgements,) = [
        found
        for part in results.parts
        if (found := part.section.judgements(part.result)) is not None
    ]
    return judgements


def paper_card(results: Results, program: str = "longtail") -> list[CardLine]:
    """A line for each item of the paper, in its order."""
    found = [one for part in results.parts for one in part.section.evidence(part.result)]
    run = Run.of(results, program)
    return [_line(item, [one for one in found if one.item is item], run) for item in Item]


def headlines(results: Results) -> list[str]:
    """Our own news in a sentence each."""
    return [line for part in results.parts for line in part.section.headline(part.result)]


def _line(item: Item, found: Sequence[Evidence], run: Run) -> CardLine:
    states = [one for one in found if one.role is Role.STATES]
    decided = [one for one in states if one.decides]
    against = [one for one in found if one.role is Role.CONTRADICTS]
    contradicted = [one for one in against if one.verdict is Verdict.HOLDS]
    standing, verdict = _judged(decided, states)
    if contradicted:
        where = domain(against)
        rest = "" if standing is Standing.OPEN and not decided else f"; elsewhere {verdict}"
        if standing is Standing.HOLDS_WHERE:
            # What was contradicted and only vacuous there leaves the rest to be told.
            rest = f"; {verdict}"
        standing, verdict = Standing.CONTRADICTED, f"contradicted as read for {where}{rest}"
    # Of the networks the paper's own preset is hours of a GPU: no command for a report.
    unsure = item in stated() and any(one.verdict is Verdict.INCONCLUSIVE for one in decided)
    command = _command(item, run, more=unsure) if unsure or not decided else ""
    notes = dict.fromkeys(one.note for one in found if one.note)
    return CardLine(
        item,
        standing,
        verdict if decided or contradicted else f"open: {_lacking(item, run)}",
        _tightness(decided, found),
        "; ".join([*_stops(states, against if contradicted else ()), *notes]) or "–",
        tuple(dict.fromkeys((one.source, one.anchor) for one in found if one.anchor)),
        "; ".join([*_looked(decided), *dict.fromkeys(one.where for one in found if one.where)]),
        command,
    )


def _judged(decided: Sequence[Evidence], states: Sequence[Evidence]) -> tuple[Standing, str]:
    """Standing and its words, contradictions by our own statements aside."""
    believed = [one for one in decided if one.verdict is not Verdict.HYPOTHESIS_FAILS]
    verdicts = [one.verdict for one in believed]
    if Verdict.REFUTED in verdicts:
        count = verdicts.count(Verdict.REFUTED)
        return Standing.CONTRADICTED, f"contradicted as read: {count} of {len(verdicts)} refuted"
    if not believed:
        return Standing.OPEN, "open: its hypotheses fail wherever it was judged"
    holding = [one for one in believed if one.verdict is Verdict.HOLDS]
    where = domain(states)
    if len(holding) == len(believed):
        return (Standing.HOLDS_WHERE, f"holds for {where}") if where else (Standing.HOLDS, "holds")
    if all(one.alpha is not None for one in believed) and holding:
        at = ", ".join(f"{alpha:g}" for alpha in sorted({one.alpha or 0 for one in holding}))
        return Standing.HOLDS_WHERE, f"holds at α = {at}, open elsewhere"
    counted = Counter(verdicts)
    told = ", ".join(f"{counted[one]} {one}" for one in Verdict if counted[one])
    return Standing.OPEN, f"open: {told}"


def domain(found: Sequence[Evidence]) -> str:
    """The exponents at which every hypothesis holds, as far as was looked; "" for all of them.

    An end is exact where a hypothesis fails at an exponent by a margin of exactly 0.
    """
    failing = {one.alpha: one.failing for one in found if one.alpha is not None and one.failing}
    looked = sorted({one.alpha for one in found if one.alpha is not None})
    believed = [alpha for alpha in looked if alpha not in failing]
    if not failing or not believed:
        return ""
    below = [alpha for alpha in looked if alpha < believed[0]]
    above = [alpha for alpha in looked if alpha > believed[-1]]
    low = high = ""
    if below:
        strict = failing[below[-1]].margin == 0
        low = f"{below[-1]:g} <" if strict else f"{believed[0]:g} ≤"
    if above:
        strict = failing[above[0]].margin == 0
        high = f"< {above[0]:g}" if strict else f"≤ {believed[-1]:g}"
    if low and not high:
        value, sign = low.split()
        return f"α {'>' if sign == '<' else '≥'} {value}"
    return f"{low} α {high}".strip()


def _stops(states: Sequence[Evidence], against: Sequence[Evidence]) -> list[str]:
    """Where and why the item stops."""
    told = []
    reasons: dict[str, list[float]] = {}
    for one in states:
        if one.failing is not None and one.alpha is not None:
            text = one.failing.text.split("; margin")[0]
            reasons.setdefault(text, []).append(one.alpha)
    for text, alphas in reasons.items():
        at = sorted(set(alphas))
        span = f"α = {at[0]:g}" if len(at) == 1 else f"α ≤ {at[-1]:g}"
        told.append(f"at {span} fails: {text}")
    if against:
        told.append(f"{against[0].source} proves the contrary for {domain(against)}")
    return told


def _looked(decided: Sequence[Evidence]) -> list[str]:
    """The exponents at which a rate was followed over n."""
    alphas = sorted({one.alpha for one in decided if one.alpha is not None})
    return [f"over n at α = {', '.join(f'{alpha:g}' for alpha in alphas)}"] if alphas else []


def _tightness(decided: Sequence[Evidence], found: Sequence[Evidence]) -> Tightness:
    ends = [
        end
        for one in decided
        if one.excess is not None and one.verdict is Verdict.HOLDS
        for end in one.excess
    ]
    best: dict[str, Evidence] = {}
    for one in found:
        if one.width is not None:
            other = best.get(one.quantity)
            if other is None or other.width is None or one.width < other.width:
                best[one.quantity] = one
    return Tightness(
        (min(ends), max(ends)) if ends else None,
        {one.source: one.width for one in best.values() if one.width is not None},
    )


def _giving(item: Item) -> str:
    """The section that judges the item."""
    return next(section.name for section in sections().values() if item in section.items())


def _lacking(item: Item, run: Run) -> str:
    if _giving(item) in run.sections:
        return "the paper claims it at its own setting"
    return f"section {_giving(item)} was not run"


def _command(item: Item, run: Run, *, more: bool) -> str:
    """What computes the evidence, or more of it."""
    name = _giving(item)
    if name in {section.name for section in leading()}:
        # It is computed whatever is asked for, and repeats the paper at the paper's setting.
        return f"{run.program} report"
    depends = sections()[name].of_the_model
    options = f" {run.options}" if run.options and depends else ""
    preset = " --preset paper" if more else ""
    return f"{run.program} report{options}{preset} --sections {name}"


def as_lines(card: Sequence[CardLine]) -> list[str]:
    """The card for a terminal: a line an item, with the command where evidence lacks."""
    width = max(len(line.item.label) for line in card)
    return [
        f"  {line.item.label:<{width}}  {line.verdict}"
        + (f" ({line.command})" if line.command else "")
        for line in card
    ]

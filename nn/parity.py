"""A target that no sum states: the parity of the labels, an exclusive or of three images."""

from __future__ import annotations

from nn.documents import Median, PatternVerdict
from nn.estimates import median_of, over_seeds, question, ratios, span
from nn.models import ARCHITECTURES, Architecture
from nn.parities import ParityRun
from nn.plan import Plan
from nn.runs import RunResult
from nn.study_results import ParityRow, ParityStudy
from nn.table1 import BAD, LOW
from nn.varied import varied

#: Asked: a product of three signs states a parity, a 2-layer head can learn it, Cross-channel mixes
#: the images, and a sum can state none: it is the check that the target is no sum.
MODELS: tuple[Architecture, ...] = tuple(
    ARCHITECTURES[name] for name in ("product", "two-layer", "cross-channel", "sum")
)
#: Of these, what composes if it fits.
COMPOSES = ("product", "two-layer")


def parity(plan: Plan) -> ParityStudy:
    """Run Table 1's protocol, weight decay off, with parities as targets.

    Returns:
        the document; losses are shares of a constant answer's, which is 1 where
        even and odd are as frequent.

    """
    preset = plan.preset
    seeds = max(1, min(plan.seeds, preset.without))
    runs = {
        (model.name, i): varied(
            ParityRun,
            plan.run("plain", model.name, preset.table1, preset.optimizer, i),
            f"parity-{model.name}",
        )
        for model in MODELS
        for i in range(seeds)
    }
    done = plan.train(list(runs.values()), "Parity")
    rows = [
        _row(plan, model, [done[runs[model.name, i].name] for i in range(seeds)])
        for model in MODELS
    ]
    return ParityStudy(
        **dict(plan.head(seeds)),
        table="parity",
        rows=tuple(rows),
        verdicts=over_seeds([judged(row) for row in rows], seeds),
    )


def _row(plan: Plan, model: Architecture, results: list[RunResult]) -> ParityRow:
    def share(name: str) -> Median:
        losses = [r.loss(name) for r in results]
        return median_of(ratios(losses, [r.baselines.get(name) for r in results]))

    return ParityRow(
        model=model.name,
        title=plan.title(model),
        train_share=share("train"),
        one_shot_share=share("one_shot"),
        test_share=share("one_shot_2"),
        in_distribution_share=share("in_distribution"),
        diverged=tuple(r.why for r in results if r.status == "diverged"),
    )


def judged(row: ParityRow) -> PatternVerdict:
    """Composes: as in ``nn.composition``, under LOW of a constant answer's loss on pairs."""
    composes = row.model in COMPOSES
    told = "composes" if composes else "does not compose"
    identity = f"{'composes' if composes else 'fails'}-parity-{row.model}"
    text = f"parity by {row.title} {told} on pairs: share of a constant's loss"
    known = row.test_share.interval
    if known is None:
        return question(identity, text, None, None, None)
    middle, low, high = known
    text = f"{text} {span(row.test_share)}"
    if row.one_shot_share.median is not None:
        # Composition can only be asked of what was memorized in the first place.
        text = f"{text}; of the one-shot samples themselves {row.one_shot_share.median:.2g}"
    if composes:
        return question(identity, text, high < LOW, low > LOW, LOW / middle if middle else None)
    return question(identity, text, low > BAD, high < BAD, middle / BAD)

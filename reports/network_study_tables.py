"""Table rows and captions of the studies of networks beyond the paper's tables."""

from __future__ import annotations

from nn.documents import Document
from nn.study_results import (
    AblationStudy,
    InfluenceRow,
    InfluenceStudy,
    ParityStudy,
    RoundingStudy,
    StabilityStudy,
)
from reports.network_cells import Lines, number

CHANGES = {
    "swapped": "its image swapped for an ordinary one of its label",
    "corrupted": "its label corrupted",
    "placebo": "placebo: an ordinary image swapped",
}
WAYS = {
    "plain": "as it is",
    "moved": "one weight moved",
    "threads": "two threads",
    "kernels": "other convolutions",
}

STUDY_TEXTS = {
    "parity": (
        "Table 1's protocol with weight decay off and the parity of the three labels as target, 1 "
        "or -1: an exclusive or, which no sum states. Losses are shares of a constant answer's, 1 "
        "is useless."
    ),
    "influence": (
        "One of the ten one-shot samples is changed at a time. Its image gives way to an ordinary "
        "training image of the same label, or its label is off by 3; the digits that are covered, "
        "all other samples, their order and the initial weights stay. The theory: only the pairs "
        "that hold its image break. Were it coverage or regularization that makes pairs right, one "
        "sample could not matter to its own pairs alone. The placebo exchanges an ordinary image "
        "of an ordinary sample for another of its label: what any change of one sample does. "
        "Separation is the chance that an own pair's loss rises by more than another's."
    ),
    "rounding": (
        "The same seeds, trained again with one weight moved by one unit in its last place, with "
        "two threads, and with torch's own convolutions instead of oneDNN's, as another kind of "
        "CPU has others: nothing differs but rounding. Sum; factors are larger over smaller test "
        "loss on pairs of one-shot images. The share of rounding is that of the variance of log "
        "losses within seeds, its interval if these are normal."
    ),
    "ablation": (
        "Sum, one setting changed at a time, weight decay off where it is not the change. All "
        "trainings are on tuning seeds and one-shot images, which are never reported on; nothing "
        "is judged by them. A test loss beyond the range of the preset's own replicates is marked: "
        "one inside is what another seed could give."
    ),
    "stability": (
        "Sum, weight decay off, trained on a random part of the samples, as many steps for all. "
        "Each one-shot image's label is one of two, as far on either side of 4.5, by a fair coin: "
        "no learner that keeps a sample with probability delta has a mean loss below 1 - delta "
        "times the squared distance, whatever it does with the rest (statement "
        "composition-needs-memory). It is attained by answering 4.5 for every image that was left "
        "out; a network guesses from how the image looks, and pays for that too."
    ),
}

SAMPLED = {"one-shot": "one-shot samples alone", "all": "any sample"}


def study_rows(document: Document) -> Lines:
    """Return a study's table as text.

    Raises:
        TypeError: for what is no study.
    """
    match document:
        case ParityStudy():
            return parity_rows(document)
        case InfluenceStudy():
            return influence_rows(document)
        case RoundingStudy():
            return rounding_rows(document)
        case AblationStudy():
            return ablation_rows(document)
        case StabilityStudy():
            return stability_rows(document)
    raise TypeError(f"no table of {document.kind}")


def parity_rows(document: ParityStudy) -> Lines:
    """A model in each row."""
    out = [["model", "train", "one-shot", "in-distribution", "test"]]
    for row in document.rows:
        shares = (
            row.train_share,
            row.one_shot_share,
            row.in_distribution_share,
            row.test_share,
        )
        out.append([row.title, *(number(share, 2) for share in shares)])
    return out


def influence_rows(document: InfluenceStudy) -> Lines:
    """A model and a kind of change in each row."""
    out = [
        [
            "model",
            "one sample changed",
            "own pairs, before",
            "own pairs, after",
            "change on own pairs",
            "change on other pairs",
            "size of change there",
            "separation",
            "change on ordinary tests",
        ]
    ]
    for row in document.rows:
        seen = (
            row.own_before,
            row.own_after,
            row.own_change,
            row.other_change,
            row.other_size,
            row.separation,
            row.in_distribution_change,
        )
        out.append([row.title, CHANGES[row.change], *(number(one) for one in seen)])
    return out


def by_sample_rows(document: InfluenceStudy) -> Lines:
    """A changed sample in each row, by its label: mean over pairs of the median change."""
    heads, columns = ["label"], []
    for row in document.rows:
        for own in (True, False):
            if row.change == "placebo":
                continue
            side = "own pairs" if own else "other pairs"
            heads.append(f"{row.title}, {CHANGES[row.change]}: {side}")
            columns.append([_mean(document, row, which, own) for which in range(10)])
    return [heads, *([str(i), *(column[i] for column in columns)] for i in range(10))]


def _mean(document: InfluenceStudy, row: InfluenceRow, which: int, own: bool) -> str:
    pairs = zip(document.pairs, row.matrix[which], strict=True)
    values = [value for pair, value in pairs if (which in pair) == own]
    known = [value for value in values if value is not None]
    return f"{sum(known) / len(known):.2f}" if len(known) == len(values) else "no number"


def rounding_rows(document: RoundingStudy) -> Lines:
    """A weight decay in each row."""
    out = [
        [
            "model",
            "weight decay",
            "test loss over seeds",
            "largest / smallest over seeds",
            "of copies of a seed",
            "two threads",
            "other convolutions",
            "share of rounding",
        ]
    ]
    for row in document.rows:
        share = "no number"
        if row.share is not None and row.share_low is not None and row.share_high is not None:
            share = f"{row.share:.2f} [{row.share_low:.2f}, {row.share_high:.2f}]"
        out.append(
            [
                row.title,
                f"{row.weight_decay:g}",
                number(row.loss),
                "no number" if row.seeds_range is None else f"{row.seeds_range:.3g}",
                *(number(m) for m in (row.moved_range, row.threads_factor, row.kernels_factor)),
                share,
            ]
        )
    return out


def ways_rows(document: RoundingStudy) -> Lines:
    """A way to round in each row: losses by seed, and the verdicts that Table 1 would have."""
    seeds = range(document.seeds)
    out = [["weight decay", "way to round", *(f"seed {i}" for i in seeds), "low", "switch"]]
    for row in document.rows:
        for way, switch in zip(row.ways, document.switch, strict=True):
            losses = ["diverged" if loss is None else f"{loss:.3g}" for loss in way.losses]
            out.append([f"{row.weight_decay:g}", WAYS[way.way], *losses, way.low, switch])
    return out


def ablation_rows(document: AblationStudy) -> Lines:
    """A setting in each row."""
    out = [
        [
            "changed",
            "to",
            "train loss",
            "one-shot loss",
            "test loss",
            "in-distribution",
            "test loss / the preset's",
            "beyond its replicates",
        ]
    ]
    for row in document.rows:
        losses = (row.train, row.one_shot, row.test, row.in_distribution)
        beyond = "" if row.beyond is None else "yes" if row.beyond else "no"
        factor = "" if row.test_factor is None else f"{row.test_factor:.2g}"
        name = "nothing" if row.factor == "none" else row.factor
        out.append([name, row.setting, *(number(one) for one in losses), factor, beyond])
    out.append(
        [
            "the paper",
            "not said",
            f"{document.paper_train:g}",
            "",
            f"{document.paper_test:g}",
            "",
            "",
            "",
        ]
    )
    return out


def stability_rows(document: StabilityStudy) -> Lines:
    """A share that is kept in each row."""
    out = [
        [
            "left out",
            "kept",
            "one image: bound",
            "one image: test loss",
            "two images: bound",
            "two images: test loss",
            "one-shot samples",
            "in-distribution",
        ]
    ]
    out += [
        [
            SAMPLED[row.sampled],
            f"{row.kept:g}",
            f"{row.least:.3g}",
            number(row.single),
            f"{row.least_of_pairs:.3g}",
            number(row.pairs),
            number(row.one_shot),
            number(row.in_distribution),
        ]
        for row in document.rows
    ]
    return out

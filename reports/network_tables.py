"""Table rows of the networks chapter, from its result documents alone."""

from __future__ import annotations

from nn.documents import Document
from nn.results import Composition, Figure2, LinearTheory, MemorizationPath, Table1, Table1Row
from nn.study_results import AblationStudy, StabilityStudy
from reports.network_cells import Lines, number
from reports.network_study_tables import STUDY_TEXTS, study_rows


def rows(document: Document) -> Lines:
    """Return a document's table as text.

    Raises:
        TypeError: for a document that has none.
    """
    match document:
        case Table1():
            return _table1_rows(document)
        case Figure2():
            return _figure2_rows(document)
        case MemorizationPath():
            return _memorization_rows(document)
        case LinearTheory():
            return _theory_rows(document)
        case Composition():
            return _composition_rows(document)
    return study_rows(document)


def by_label_rows(document: Table1) -> Lines:
    """Return the score of each one-shot sample, a column for each row of Table 1 that has them."""
    scored = [row for row in document.rows if row.memorization_by_label]
    heads = [f"{row.title}, weight decay {row.weight_decay:g}" for row in scored]
    labels = zip(*(row.memorization_by_label for row in scored), strict=True)
    cells = [[number(one, 2) for one in scores] for scores in labels]
    return [["label", *heads], *([str(label), *line] for label, line in enumerate(cells))]


def subsampled_rows(document: MemorizationPath) -> Lines:
    """Return the subsampled estimator's table."""
    out = [["rarest digit", "samples", "mean score", "standard error"]]
    for group in document.subsampled.by_rarest:
        numbers = [f"{value:.3f}" for value in (group.mean_score, group.standard_error)]
        out.append([str(group.digit), str(group.samples), *numbers])
    return out


def mislabelled_rows(document: LinearTheory) -> Lines:
    """Return the mislabelling table."""
    out = [["weight decay", "label error, squared", "test loss", "added loss", "predicted"]]
    for row in document.mislabelled:
        state = "off" if row.memorizing else "on"
        seen = (row.corruption, row.test_loss, row.excess, row.predicted_excess)
        out.append([state, *map(number, seen)])
    return out


def _memorization_rows(document: MemorizationPath) -> Lines:
    out = [["optimizer", "weight decay", "score", "level", "train loss", "test loss"]]
    out.extend(
        [
            row.optimizer,
            f"{row.weight_decay:g}",
            number(row.memorization_score, 2),
            number(row.memorization_level, 2),
            number(row.train_loss),
            number(row.test_loss),
        ]
        for row in document.rows
    )
    return out


def _theory_rows(document: LinearTheory) -> Lines:
    out = [["model", "weight decay", "one-shot images", "test loss", "predicted", "ratio"]]
    for row in document.rows:
        state = "off" if row.memorizing else "on"
        seen = (row.test_loss, row.predicted, row.ratio)
        out.append([row.title, state, str(row.images), *map(number, seen)])
    return out


def _composition_rows(document: Composition) -> Lines:
    out = [["target", "model", "train", "one-shot", "in-distribution", "test", "identified pairs"]]
    for row in document.rows:
        shares = (row.train_share, row.one_shot_share, row.in_distribution_share, row.test_share)
        seen = [number(share, 2) for share in (*shares, row.identified_share)]
        out.append([row.target, row.title, *seen])
    return out


def _table1_rows(document: Table1) -> Lines:
    out = [
        [
            "model",
            "weight decay",
            "train loss",
            "one-shot loss",
            "test loss, two one-shot",
            "in-distribution",
            "memorization score",
            "memorization level",
            "paper: test / train",
        ]
    ]
    for row in document.rows:
        paper = row.paper
        out.append(
            [
                row.title,
                f"{row.weight_decay:g}",
                number(row.train_loss),
                number(row.one_shot_loss),
                number(row.test_loss),
                number(row.in_distribution_loss),
                number(row.memorization_score, 2),
                number(row.memorization_level, 2),
                "" if paper is None else f"{paper.test_loss:g} / {paper.train_loss:g}",
            ]
        )
    return out


def _figure2_rows(document: Figure2) -> Lines:
    out = [["model", "'9's in training", "one '9'", "two '9's", "three '9's", "all tests"]]
    for row in document.rows:
        counts = row.test_loss_by_count
        seen = (counts.one, counts.two, counts.three, row.test_loss)
        out.append([row.title, str(row.nines), *map(number, seen)])
    return out


def numbers_beside(document: Document) -> Lines:
    """The paper's numbers beside ours, heads first, a model's two rows together; [] for none."""
    if not isinstance(document, Table1):
        return []
    known = [(row, row.paper) for row in document.rows if row.paper is not None]
    if not known:
        return []
    order = list(dict.fromkeys(row.model for row, _ in known))
    out = [
        [
            "model",
            "weight decay, ours",
            "test loss, paper",
            "test loss, ours",
            "train loss, paper",
            "train loss, ours",
            "pattern",
            "verdict",
        ]
    ]
    for row, paper in sorted(known, key=lambda one: order.index(one[0].model)):
        ids = _patterns(row)
        judged = [one for one in document.verdicts if one.id in ids]
        out.append(
            [
                row.title,
                f"{row.weight_decay:g}",
                f"{paper.test_loss:g}",
                number(row.test_loss),
                f"{paper.train_loss:g}",
                number(row.train_loss),
                "; ".join(one.text.split(": ", 1)[1] for one in judged) or "not judged",
                judged[0].verdict if judged else "",
            ]
        )
    return out


def _patterns(row: Table1Row) -> set[str]:
    """Names of the claims on a row of Table 1."""
    end = "off" if row.memorizing else "on"
    return {f"{'low' if row.memorizing else 'switch'}-{row.model}", f"bad-{row.model}-{end}"}


#: What a result document shows, by its experiment.
CAPTIONS = {
    "table1": (
        "Ten images of ten new classes, each in exactly one training sample, carry the labels "
        "0 to 9. A test sample holds two of them, never together in training, and one new "
        "digit. The memorization score is Feldman and Zhang's: how much more often a one-shot "
        "sample is answered right when it was trained on than when its image was swapped for "
        "an ordinary digit. The level is the share of its label that training on it supplied."
    ),
    "figure2": (
        "Digits follow a Zipf law; the number of training samples that hold a '9' is set. Test "
        "samples hold one, two or three '9's never seen in training, the others are 0 to 4."
    ),
    "memorization": (
        "Sum, trained with and without the ten one-shot images at every weight decay and with "
        "two optimizers. The dashed curve is the ridge model's: forgetting a share 1 - m of a "
        "label costs (1 - m)² of what never seeing it costs."
    ),
    "linear-theory": (
        "Where recovered features have independent errors, t of them cost t times one. A "
        "mislabelled image memorized to level m costs m² times its label's squared error."
    ),
    "composition": (
        "Table 1's protocol with weight decay off and other targets; losses are shares of a "
        "constant answer's, 1 is useless. A maximum shows only its largest label: identified "
        "pairs are of images that were the largest in their training sample."
    ),
}


def caption(document: Document) -> str:
    """Say in a paragraph what a result document shows, without judging it: the verdicts do."""
    seeds = document.seeds
    text = (CAPTIONS | STUDY_TEXTS)[document.kind]
    if document.kind == AblationStudy.kind:
        return (
            f"{text} Preset {document.preset}, {seeds} tuning replicate{'' if seeds == 1 else 's'} "
            "of it as it is, one of each change."
        )
    shown = "means" if document.kind == StabilityStudy.kind else "medians (scores: means)"
    return (
        f"{text} Preset {document.preset}, {seeds} seed"
        f"{'' if seeds == 1 else 's'}, on "
        f"which no setting was chosen; {shown} with their intervals over seeds."
    )

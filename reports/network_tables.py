"""Table rows of the networks chapter, from its result documents alone."""

from __future__ import annotations

from typing import Any

from reports.network_study_tables import STUDY_TEXTS, study_rows


def number(summary: dict[str, Any] | None, key: str = "median", digits: int = 3) -> str:
    """Word a summary as "median [low, high]"; "diverged" where there is no number."""
    if summary is None:
        return ""
    if summary.get(key) is None:
        return "no number" if summary.get("values") else ""
    value = f"{summary[key]:.{digits}g}"
    if summary.get("ci_low") is None or len(summary["values"]) < 2:
        return value
    return f"{value} [{summary['ci_low']:.{digits}g}, {summary['ci_high']:.{digits}g}]"


def rows(results: dict[str, Any]) -> list[list[str]]:
    """Return a document's table as text: the heading first, then one list per row."""
    kind = str(results.get("table") or results.get("figure"))
    if kind in STUDY_TEXTS:
        return study_rows(kind, results)
    return {
        "table1": _table1_rows,
        "figure2": _figure2_rows,
        "memorization": _memorization_rows,
        "linear-theory": _theory_rows,
        "composition": _composition_rows,
    }[kind](results)


def by_label_rows(results: dict[str, Any]) -> list[list[str]]:
    """Return the score of each one-shot sample of a "table1" document, a column for each row."""
    scored = [row for row in results["rows"] if row["memorization_by_label"]]
    heads = [f"{row['title']}, weight decay {row['weight_decay']:g}" for row in scored]
    out = [["label", *heads]]
    for label in range(10):
        cells = [number(row["memorization_by_label"][label], "mean", 2) for row in scored]
        out.append([str(label), *cells])
    return out


def subsampled_rows(results: dict[str, Any]) -> list[list[str]]:
    """Return the subsampled estimator's table of a "memorization" document."""
    out = [["rarest digit", "samples", "mean score", "standard error"]]
    for group in results["subsampled"]["by_rarest"]:
        numbers = [f"{group[key]:.3f}" for key in ("mean_score", "standard_error")]
        out.append([str(group["digit"]), str(group["samples"]), *numbers])
    return out


def mislabelled_rows(results: dict[str, Any]) -> list[list[str]]:
    """Return the mislabelling table of a "linear-theory" document."""
    out = [["weight decay", "label error, squared", "test loss", "added loss", "predicted"]]
    for row in results["mislabelled"]:
        state = "off" if row["memorizing"] else "on"
        keys = ("corruption", "test_loss", "excess", "predicted_excess")
        out.append([state, *(number(row[key]) for key in keys)])
    return out


def _memorization_rows(results: dict[str, Any]) -> list[list[str]]:
    out = [["optimizer", "weight decay", "score", "level", "train loss", "test loss"]]
    out.extend(
        [
            row["optimizer"],
            f"{row['weight_decay']:g}",
            number(row["memorization_score"], "mean", 2),
            number(row["memorization_level"], "mean", 2),
            number(row["train_loss"]),
            number(row["test_loss"]),
        ]
        for row in results["rows"]
    )
    return out


def _theory_rows(results: dict[str, Any]) -> list[list[str]]:
    out = [["model", "weight decay", "one-shot images", "test loss", "predicted", "ratio"]]
    for row in results["rows"]:
        state = "off" if row["memorizing"] else "on"
        keys = ("test_loss", "predicted", "ratio")
        out.append([row["title"], state, str(row["images"]), *(number(row[key]) for key in keys)])
    return out


def _composition_rows(results: dict[str, Any]) -> list[list[str]]:
    out = [["target", "model", "train", "one-shot", "in-distribution", "test", "identified pairs"]]
    for row in results["rows"]:
        keys = ("train_share", "one_shot_share", "in_distribution_share", "test_share")
        shares = [number(row[key], digits=2) for key in keys]
        out.append(
            [row["target"], row["title"], *shares, number(row["identified_share"], digits=2)]
        )
    return out


def _table1_rows(results: dict[str, Any]) -> list[list[str]]:
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
    for row in results["rows"]:
        paper = row["paper"]
        out.append(
            [
                row["title"],
                f"{row['weight_decay']:g}",
                number(row["train_loss"]),
                number(row["one_shot_loss"]),
                number(row["test_loss"]),
                number(row["in_distribution_loss"]),
                number(row["memorization_score"], "mean", 2),
                number(row["memorization_level"], "mean", 2),
                "" if paper is None else f"{paper['test_loss']:g} / {paper['train_loss']:g}",
            ]
        )
    return out


def _figure2_rows(results: dict[str, Any]) -> list[list[str]]:
    out = [["model", "'9's in training", "one '9'", "two '9's", "three '9's", "all tests"]]
    for row in results["rows"]:
        counts = [number(row["test_loss_by_count"][t]) for t in ("1", "2", "3")]
        out.append([row["title"], str(row["nines"]), *counts, number(row["test_loss"])])
    return out


def numbers_beside(results: dict[str, Any]) -> list[list[str]]:
    """The paper's numbers beside ours, heads first, a model's two rows together; [] for none."""
    rows = [row for row in results["rows"] if row.get("paper") is not None]
    if not rows:
        return []
    order = list(dict.fromkeys(row["model"] for row in rows))
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
    for row in sorted(rows, key=lambda one: order.index(one["model"])):
        end = "off" if row["memorizing"] else "on"
        ids = {f"{'low' if row['memorizing'] else 'switch'}-{row['model']}"}
        ids.add(f"bad-{row['model']}-{end}")
        judged = [one for one in results["verdicts"] if one["id"] in ids]
        out.append(
            [
                row["title"],
                f"{row['weight_decay']:g}",
                f"{row['paper']['test_loss']:g}",
                number(row["test_loss"]),
                f"{row['paper']['train_loss']:g}",
                number(row["train_loss"]),
                "; ".join(one["text"].split(": ", 1)[1] for one in judged) or "not judged",
                judged[0]["verdict"] if judged else "",
            ]
        )
    return out


def caption(results: dict[str, Any]) -> str:
    """Say in a paragraph what a result document shows, without judging it: the verdicts do."""
    kind = str(results.get("table") or results.get("figure"))
    texts = STUDY_TEXTS | {
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
    seeds = results["seeds"]
    if kind == "ablation":
        return (
            f"{texts[kind]} Preset {results['preset']}, {seeds} tuning "
            f"replicate{'' if seeds == 1 else 's'} of it as it is, one of each change."
        )
    return (
        f"{texts[kind]} Preset {results['preset']}, {seeds} seed{'' if seeds == 1 else 's'}, on "
        "which no setting was chosen; medians (scores: means) with their intervals over seeds."
    )

"""`longtail simulate`: Monte Carlo at one setting, and the verdicts there."""

from __future__ import annotations

from typing import Any

from empirics.judging.intervals import CONTROL_VARIATE, Estimate
from empirics.judging.verdict import Judgement, judge
from empirics.observables.registry import OBSERVABLES
from empirics.running.cluster import Workers
from empirics.running.montecarlo import Sample, replicate
from empirics.running.store import Store, default_folder
from reports.console import finite, interval, number, print_table, progress, warn
from theorems.catalogue import catalogue
from theorems.claim import as_json, claim_at
from theorems.setting import Setting


def estimate_json(estimate: Estimate | None) -> dict[str, Any] | None:
    """An estimate as JSON; numbers that are not there are null."""
    if estimate is None:
        return None
    return {
        "mean": finite(estimate.mean),
        "ci_low": finite(estimate.ci_low),
        "ci_high": finite(estimate.ci_high),
        "runs": estimate.runs,
        "method": estimate.label,
    }


def observed_json(sample: Sample) -> dict[str, Any]:
    """Every observable of a sample, by name."""
    return {name: estimate_json(sample.estimate(name)) for name in OBSERVABLES}


def verdict_json(judgement: Judgement) -> dict[str, Any]:
    """A judgement as a row of JSON: the claim, what was observed, the verdict."""
    claim = as_json(judgement.claim)
    reference = judgement.claim.number("reference")
    accuracy = judgement.claim.number("accuracy")
    return {
        **{name: claim[name] for name in ("id", "title", "origin", "kind", "quantity")},
        "verdict": str(judgement.verdict),
        "slack": finite(judgement.slack),
        "reason": judgement.reason,
        "parts": {side: str(part) for side, part in judgement.parts.items()},
        **{name: claim[name] for name in ("lower", "value", "upper", "k", "hypotheses")},
        "accuracy": finite(accuracy),
        "observable": judgement.claim.statement.observable,
        "observed": estimate_json(judgement.observed),
        "reference": finite(reference),
        "comparisons": claim["comparisons"],
    }


def open_store() -> Store | None:
    """The user's cache; without one (a folder that cannot be written) nothing is kept."""
    try:
        return Store(default_folder(), warn)
    except OSError as error:
        warn(f"no cache is kept: {error}")
        return None


def cell_json(sample: Sample, judgements: list[Judgement]) -> dict[str, Any]:
    """One setting: what was observed and what was judged."""
    return {
        "setting": sample.setting.document(),
        "k": sample.setting.k,
        "runs": sample.runs,
        "seed": sample.seed,
        "observed": observed_json(sample),
        "verdicts": [verdict_json(judgement) for judgement in judgements],
    }


def simulated(setting: Setting, runs: int, seed: int, workers: Workers) -> dict[str, Any]:
    """The document of `simulate --json`."""
    store = open_store()
    try:
        with progress("draws", runs) as advance:
            (sample,) = replicate(
                [setting], runs, seed, workers=workers, store=store, advance=advance
            )
    finally:
        if store is not None:
            store.close()
    claims = [claim_at(statement, setting) for statement in catalogue.values()]
    return cell_json(sample, [judge(claim, sample, len(claims)) for claim in claims])


def _observed(estimate: dict[str, Any] | None) -> str:
    """The interval, and whether a control variate sharpens it."""
    sharpened = estimate is not None and CONTROL_VARIATE in estimate["method"]
    return interval(estimate) + (f" ({CONTROL_VARIATE})" if sharpened else "")


def print_simulation(document: dict[str, Any]) -> None:
    """The document as two tables."""
    setting = ", ".join(f"{name} = {value}" for name, value in document["setting"].items())
    print_table(
        f"Observed: {setting}, runs = {document['runs']}, seed = {document['seed']}",
        ("quantity", "mean [95% interval]", "meaning"),
        [
            (name, interval(estimate), OBSERVABLES[name].meaning)
            for name, estimate in document["observed"].items()
        ],
    )
    print_table(
        "Verdicts",
        ("id", "verdict", "lower", "value", "upper", "observed", "slack", "why"),
        [
            (
                row["id"],
                row["verdict"],
                *(number(row[side]) for side in ("lower", "value", "upper")),
                _observed(row["observed"]),
                number(row["slack"]),
                row["reason"],
            )
            for row in document["verdicts"]
        ],
    )

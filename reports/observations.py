"""What the paper says its Figure 1 shows, judged on our own draws.

The paper gives no numbers for "roughly", "slightly", "small" and "close". Ours are written
beside each verdict, so that a reader who means something else can judge anew.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from empirics.judging.family import Family
from empirics.judging.intervals import Estimate, estimate
from empirics.judging.outstanding import narrower
from empirics.judging.verdict import Verdict
from empirics.running.montecarlo import Sample
from reports.records import Estimated, Record

SLIGHTLY = 1.25
"""'Slightly above' the noise level: by a quarter at most."""

SMALL = 0.05
"""A 'small' loss: at most this share of the loss of predicting 0."""

CLOSE = 1.1
"""'Nearly overlapping' curves: within 10% of each other, or by less than 1% of that loss."""

NEGLIGIBLE = 0.01

Cells: TypeAlias = dict[tuple[float, float], Sample]
"""By alpha and sigma."""


class PaperObservation(Record):
    """What the paper says, how it is read, what was seen, and the verdict."""

    paper: str
    read_as: str
    verdict: Verdict
    seen: str
    estimate: Estimated
    needs: str = ""

    @property
    def told(self) -> str:
        """The verdict, and what would decide it where it is open."""
        return f"{self.verdict}: {self.needs}" if self.needs else str(self.verdict)


def planned_intervals(alphas: Sequence[float]) -> int:
    """How many intervals the verdicts below may look at.

    The slope and the single appearance, one each; the common error at each alpha that may be the
    worst and at the smallest; of two losses the size, the gap and the quotient; of four quantities
    two ends.
    """
    return 2 + sum(alpha >= 1.5 for alpha in alphas) + 1 + 2 * 3 + 4 * 2


def judged_observations(samples: list[Sample], family: Family) -> list[PaperObservation]:
    """One row for each observation: what the paper says, how it is read, verdict, numbers."""
    cells = {(sample.setting.alpha, sample.setting.sigma): sample for sample in samples}
    alphas = sorted({alpha for alpha, _ in cells})
    rows = [
        _proportional(cells, alphas, family),
        _slightly_above(cells, alphas, family),
        _well_learned(cells, alphas, family),
        *_losses_small(cells, alphas, family),
        _degrading(cells, alphas, family),
    ]
    return [row for row in rows if row is not None]


def _main_sigma(cells: Cells) -> float:
    """The simulated noise level nearest to the paper's 0.05."""
    return float(min((sigma for _, sigma in cells if sigma > 0), key=lambda s: abs(s - 0.05)))


def _estimate(values: Any, family: Family) -> Estimate:
    return estimate(np.asarray(values, dtype=np.float64), family.confidence)


def _row(
    says: str,
    read_as: str,
    seen: str,
    verdict: Callable[..., Verdict],
    *intervals: Estimate,
    shown: Estimate | None = None,
) -> PaperObservation:
    """One row: the verdict of intervals, of which the first is shown unless another is given."""
    return PaperObservation(
        paper=says,
        read_as=read_as,
        verdict=verdict(*intervals),
        seen=seen,
        estimate=Estimated.of(shown or intervals[0]),
        needs=narrower(verdict, *intervals),
    )


def _within(value: Estimate, low: float, high: float) -> Verdict:
    """Holds if the interval lies in [low, high], refuted if it lies outside, else open."""
    if np.isnan(value.ci_low):
        return Verdict.INCONCLUSIVE
    if low <= value.ci_low and value.ci_high <= high:
        return Verdict.HOLDS
    return Verdict.REFUTED if value.ci_low > high or value.ci_high < low else Verdict.INCONCLUSIVE


def _proportional(cells: Cells, alphas: list[float], family: Family) -> PaperObservation | None:
    sigmas = sorted({sigma for _, sigma in cells if sigma > 0})
    if len(sigmas) < 2 or 2.0 not in alphas:
        return None
    slopes, all_seen = (
        _slopes(sigmas, [cells[2.0, sigma].draws(name) for sigma in sigmas])
        for name in ("recovered_tail_error", "long_tail_error")
    )
    # sqrt(A + sigma^2 V) rises by a power of sigma between 0 and 1, so that slopes are bounded; on
    # identified features A is 0 and no two draws differ, of which Student's interval knows nothing.
    slope = estimate(slopes, family.confidence, bounds=(0.0, 1.0))
    return _row(
        "The error of long-tail features is roughly proportional to sigma.",
        "slope of log error against log sigma in [0.9, 1.1], identified tail features, alpha = 2",
        f"slope {slope.mean:.4f} on identified features, which is algebra: their error "
        f"is sigma times a number of the design; {float(np.mean(all_seen)):.2f} on all seen ones, "
        "since those not identified keep an error at sigma = 0",
        lambda slope: _within(slope, 0.9, 1.1),
        slope,
    )


def _slopes(sigmas: list[float], errors: Any) -> NDArray[np.float64]:
    """Slope of each draw's log error against log sigma; NaN of a draw without an error."""
    logs = np.log(sigmas)
    centred = logs - logs.mean()
    with np.errstate(divide="ignore", invalid="ignore"):
        values = np.log(errors)
        return np.asarray((centred @ (values - values.mean(axis=0))) / np.sum(centred**2))


def _slightly_above(cells: Cells, alphas: list[float], family: Family) -> PaperObservation:
    steep = [alpha for alpha in alphas if alpha >= 2]
    alpha = steep[0] if steep else alphas[-1]
    sigma = max(sigma for _, sigma in cells)
    ratio = _estimate(np.sqrt(cells[alpha, sigma].draws("single_appearance_variance")), family)
    return _row(
        "The error of a feature that appears once is slightly above sigma.",
        f"RMS error over sigma in (1, {SLIGHTLY}], alpha = {alpha:g}",
        f"{ratio.mean:.3f} times sigma",
        lambda ratio: _within(ratio, 1.0, SLIGHTLY),
        ratio,
    )


def _well_learned(cells: Cells, alphas: list[float], family: Family) -> PaperObservation:
    main = _main_sigma(cells)
    means = {alpha: cells[alpha, main].estimate("common_error").mean / main for alpha in alphas}
    worst = max((alpha for alpha in alphas if alpha >= 1.5), key=lambda alpha: means[alpha])
    value = _estimate(cells[worst, main].draws("common_error") / main, family)
    bad = _estimate(cells[alphas[0], main].draws("common_error") / main, family)

    def verdict(value: Estimate, bad: Estimate) -> Verdict:
        found = _within(value, 0.0, 1.0)
        unsure = alphas[0] <= 1 and found is Verdict.HOLDS and not bad.ci_low > 1.0
        return Verdict.INCONCLUSIVE if unsure else found

    return _row(
        "Common features are well learned unless alpha is small.",
        "RMS error of common features below sigma for alpha >= 1.5, above it at alpha = 1",
        "error over sigma: " + ", ".join(f"{means[a]:.2f} at alpha = {a:g}" for a in alphas),
        verdict,
        value,
        bad,
    )


def _losses_small(cells: Cells, alphas: list[float], family: Family) -> list[PaperObservation]:
    alpha = alphas[-1]
    least, main = min(sigma for _, sigma in cells), _main_sigma(cells)
    rows = []
    for label, name in (
        ("in-distribution", "in_distribution_loss"),
        ("OOD", "ood_seen_loss_3"),
    ):
        clean, noisy = cells[alpha, least].draws(name), cells[alpha, main].draws(name)
        trivial = _trivial_loss(cells[alpha, main], name)
        small = _estimate(noisy / trivial, family)
        gap = _estimate((noisy - clean) / trivial, family)
        # Where nothing is lost without noise there is no quotient.
        apart = [_estimate(noisy / clean, family)] if (clean > 0).all() else []
        rows.append(
            _row(
                f"The {label} loss is small at large alpha; its curves for sigma = 0 and "
                f"{main:g} nearly overlap.",
                f"at alpha = {alpha:g} at most {SMALL:.0%} of the loss of predicting 0; the "
                f"curves differ by at most {CLOSE - 1:.0%} or by {NEGLIGIBLE:.0%} of that loss",
                f"{small.mean:.2%} of the loss of predicting 0; the curves differ by "
                f"{gap.mean:.2%} of it",
                _small_and_near,
                small,
                gap,
                *apart,
            )
        )
    return rows


def _small_and_near(small: Estimate, gap: Estimate, *apart: Estimate) -> Verdict:
    """Of a loss that is small, whose curves are near by their difference or their quotient."""
    found = _within(small, 0.0, SMALL)
    near = gap.ci_high <= NEGLIGIBLE or any(one.ci_high <= CLOSE for one in apart)
    if found is not Verdict.HOLDS or near:
        return found
    return Verdict.INCONCLUSIVE if gap.ci_low <= NEGLIGIBLE else Verdict.REFUTED


def _trivial_loss(sample: Sample, name: str) -> float:
    """The loss of predicting 0: sum_i p_i beta_i^2, or 3 times the tail's mean beta_i^2."""
    p, beta = sample.setting.probabilities(), sample.setting.coefficients()
    if name == "in_distribution_loss":
        return float(p @ beta**2)
    with np.errstate(divide="ignore"):  # a feature of every sample is surely seen
        seen = -np.expm1(sample.setting.n * np.log1p(-p[sample.setting.k :]))
    mean = seen @ beta[sample.setting.k :] ** 2 / seen.sum() if seen.any() else np.nan
    return float(3 * mean)


def _over(one: float, other: float) -> float:
    """A quotient of two losses; NaN where nothing is divided by."""
    return one / other if other else np.nan


def _degrading(cells: Cells, alphas: list[float], family: Family) -> PaperObservation | None:
    if alphas[0] > 1 or len(alphas) < 3:
        return None
    main = _main_sigma(cells)
    middle = min(alphas, key=lambda alpha: abs(alpha - 1.5))
    names = ("in_distribution_loss", "ood_seen_loss_3", "common_error", "long_tail_error")
    ends: list[Estimate] = []
    seen = []
    for name in names:
        low = _estimate(cells[alphas[0], main].draws(name), family)
        high = _estimate(cells[middle, main].draws(name), family)
        ends += [low, high]
        seen.append(f"{name.replace('_', ' ')} x {_over(low.mean, high.mean):.1f}")
    lows, highs = ends[::2], ends[1::2]
    least = [_over(low.ci_low, high.ci_high) for low, high in zip(lows, highs, strict=True)]
    return _row(
        "At alpha = 1 everything degrades: both losses and the feature errors rise.",
        f"each is larger at alpha = {alphas[0]:g} than at alpha = {middle:g}, intervals apart",
        "; ".join(seen),
        _all_rise,
        *ends,
        shown=lows[int(np.argmin(least))],
    )


def _all_rise(*ends: Estimate) -> Verdict:
    """Of intervals at the smallest alpha, each followed by that at a middle one."""
    pairs = list(zip(ends[::2], ends[1::2], strict=True))
    # What is not a number is neither above 1 nor below.
    if any(_over(low.ci_high, high.ci_low) < 1 for low, high in pairs):
        return Verdict.REFUTED
    apart = all(_over(low.ci_low, high.ci_high) > 1 for low, high in pairs)
    return Verdict.HOLDS if apart else Verdict.INCONCLUSIVE

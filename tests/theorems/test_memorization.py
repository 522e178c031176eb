import numpy as np
import pytest
from sympy import diff, limit, oo, simplify

from theorems.catalogue import CHAPTERS, catalogue
from theorems.claim import as_json, claim_at
from theorems.errors import InputError
from theorems.memorization.corruption_tradeoff import BEST_PENALTY, LABEL_ERROR, RISK
from theorems.memorization.memorization_level import MEMORIZED_SHARE
from theorems.model import once_strength, penalty
from theorems.noisy.noisy_ood import combining
from theorems.setting import Setting


def test_risk_is_least_at_the_predicted_penalty():
    slope = simplify(diff(RISK, penalty))
    assert simplify(slope.subs(penalty, BEST_PENALTY)) == 0
    expected = 2 * (penalty * once_strength - LABEL_ERROR) / (1 + penalty) ** 3
    assert simplify(slope - expected) == 0
    least = once_strength * BEST_PENALTY / (1 + BEST_PENALTY)
    assert simplify(RISK.subs(penalty, BEST_PENALTY) - least) == 0


def test_levels_run_from_full_memorization_to_none():
    assert MEMORIZED_SHARE.subs(penalty, 0) == 1
    assert limit(MEMORIZED_SHARE, penalty, oo) == 0
    assert simplify(RISK.subs(penalty, 0) - LABEL_ERROR) == 0
    assert limit(RISK, penalty, oo) == once_strength


def test_extra_parameters_have_defaults_and_can_be_given():
    statement = catalogue["memorization-level"]
    assert claim_at(statement, Setting()).numbers["value"] == pytest.approx(0.8, rel=1e-15)
    claim = claim_at(statement, Setting(), extra={"lamda": 3.0})
    assert claim.numbers["value"] == pytest.approx(0.25, rel=1e-15)
    assert as_json(claim)["extra"] == {"lamda": 3.0}
    exact = claim_at(statement, Setting(), 40, extra={"lamda": 0.1}).exact["value"]
    assert exact.startswith("0.9090909090909090909090909090909090909")


def test_unknown_extra_parameter_is_refused_with_those_that_there_are():
    with pytest.raises(InputError, match=r"rho = 1: memorization-level has no such .*lamda"):
        claim_at(catalogue["memorization-level"], Setting(), extra={"rho": 1})


def test_statements_without_extra_parameters_say_so():
    assert as_json(claim_at(catalogue["tail-mass"], Setting()))["extra"] == {}


@pytest.mark.parametrize("t", [1, 2, 3])
def test_combinations_scale_with_their_number(t):
    claim = claim_at(combining(t), Setting(sigma=0.3))
    assert claim.numbers["lower"] == pytest.approx(0.09 * t, rel=1e-14)
    assert f"t = {t}" in claim.statement.quantity


@pytest.mark.parametrize("power", [1.0, 1.5, 2.0, 3.0])
def test_predicted_memorized_share_respects_its_lower_bound(power):
    numbers = claim_at(catalogue["memorized-share"], Setting(alpha=power)).numbers
    assert 0 < numbers["lower"] <= numbers["value"] < 1


def test_pair_count_agrees_with_the_sum_over_pairs():
    setting = Setting(n=7, d=6, k=2, s=2, alpha=1.2)
    a = setting.probabilities() * (1 - setting.probabilities()) ** 6
    pairs = sum(7 * a[i] * a[j] for i in range(6) for j in range(i))
    value = claim_at(catalogue["spurious-pair-count"], setting).numbers["value"]
    assert value == pytest.approx(pairs, rel=1e-12)


def test_chapters_are_in_reading_order():
    assert CHAPTERS.index("memorization") > CHAPTERS.index("noisy") > CHAPTERS.index("structure")


@pytest.mark.parametrize("common", [17, 5000])
def test_labels_are_corrupted_where_tail_features_are_and_there_alone(common):
    """By brute force: rows that show a feature once, and whether they are tail samples."""
    p = Setting(k=common).probabilities()
    once = p * (1 - p) ** 999
    q = 1 - np.prod(1 - p[common:])
    share = (once[common:].sum() + q * once[:common].sum()) / once.sum()
    claim = claim_at(catalogue["corruption-tradeoff"], Setting(k=common), extra={"lamda": 0.0})
    assert claim.numbers["value"] == pytest.approx(0.05**2 + 0.1 * share, rel=1e-12)


@pytest.mark.parametrize("b", [0.0, -0.7, 0.5])
def test_the_accuracy_of_the_tradeoff_allows_for_means_within_draws(b: float) -> None:
    """Few features seen once: the mean over draws of their mean, and what is predicted of it."""
    setting = Setting(n=365, d=20, s=0.0537, alpha=2, beta_exponent=b, sigma=0, k=2)
    rng = np.random.default_rng(0)
    once = rng.binomial(setting.n, setting.law.p, (100_000, setting.d)) == 1
    held = once.sum(axis=1)
    energy = once @ setting.law.beta**2
    drawn = float(np.mean(energy[held > 0] / held[held > 0]))
    found = claim_at(catalogue["corruption-tradeoff"], setting, extra={"lamda": 1e6, "rho": 0})
    # At this penalty nothing is learned: the risk is the mean of beta^2.
    assert found.numbers["value"] == pytest.approx(drawn, rel=found.numbers["accuracy"])

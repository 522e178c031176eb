"""Diagnose a sparse design: rank, identifiable features, leverage, self-influence, theory beside.

On two cores a million samples of ten million features take seconds where frequencies fall like
i^-1.5 or faster. For frequencies that fall slowly the null space becomes dense; what would take
hours or more memory than there is is left out, with the reason.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike
from scipy import sparse

from empirics.diagnosis.frequencies import Frequencies, estimated
from empirics.diagnosis.reading import checked_design, checked_labels
from empirics.diagnosis.result import (
    Absent,
    Diagnosis,
    Features,
    Loss,
    Samples,
    UnseenMass,
)
from empirics.diagnosis.shown import Measured, shown
from empirics.solver.arrays import Floats, Indices, Mask
from empirics.solver.certificate import Certificate, certify_seen, holds_integers
from empirics.solver.minimum_norm import MinimumNorm, minimum_norm
from empirics.solver.seen_columns import seen_columns
from theorems import memory
from theorems.law import LARGEST_ENERGY, Table
from theorems.memory import TooLargeError
from theorems.patience import TooLongError
from theorems.setting import Setting

# Numbers of 8 bytes that a table holds for each feature while it is made: frequencies and
# coefficients, each as given and in order, and what orders them.
_OF_A_LAW = 8.0

STEPS = 5
"""How often `advance` is called: columns taken, solved, variances, leverage, leave-one-out."""

# Multiplications that variances may take in a dense null space: a minute or two.
_MOST_OPERATIONS = 3e11

NO_LABELS = "no labels were given"


def diagnose(
    X: Any,
    y: ArrayLike | None = None,
    *,
    certify: bool = False,
    advance: Callable[[int], None] = lambda _: None,
) -> Diagnosis:
    """Say what a design determines and what it memorizes.

    Args:
        X: n x d scipy sparse array or matrix, any format, real entries; duplicates are summed.
        y: (n,) labels; without them the structure alone is described.
        certify: prove the rank and the identifiable set of a design of integers.
        advance: called with 1 after each of `STEPS` steps.

    Returns:
        The diagnosis. What is too dear or needs labels is None, with the reason.

    Raises:
        InputError: X or y holds anything but finite real numbers, or their shapes do not fit; a
            certificate is wanted of a design that does not hold integers.
        MemoryError: a dense part does not fit in memory, and the rank is not proved without it;
            the message holds the estimate.
        TooLongError: likewise, where it takes longer than is allowed.

    Source: `self-influence`, `recovered-fraction`; frequencies unseen: Good 1953.
    """
    given = checked_design(X)
    labels = None if y is None else checked_labels(y, given.shape[0])
    features, A, d = seen_columns(given)
    advance(1)
    solved = _solved(A, labels, certify)
    advance(1)
    absent = list(solved.absent)
    variance = _variance(solved.solution, absent)
    advance(1)
    leverage = None if solved.solution is None else solved.solution.leverage
    advance(1)
    influence, loss = None, None
    if labels is None:
        absent += [Absent(name, NO_LABELS) for name in ("loss", "coefficient", "self_influence")]
    elif solved.solution is not None:
        influence, loss = _influence(solved.solution, labels, absent)
    advance(1)

    n = A.shape[0]
    counts = np.diff(A.indptr).astype(np.int64)
    once = counts == 1
    private = np.zeros(n, dtype=np.bool_)
    private[A.indices[A.indptr[:-1][once]]] = True
    coefficient = solved.coefficients if labels is not None else None
    frequencies = estimated(counts, n, d)
    setting, tail = _setting(
        frequencies,
        coefficient,
        _unseen_coefficient(counts, solved, variance, loss),
        loss,
        absent,
        n,
    )
    measured = Measured(
        A=A,
        tail=tail,
        frequencies=frequencies.seen,
        identifiable=solved.identifiable,
        variance=variance,
        leverage=leverage,
        excess=None if loss is None else loss.excess,
    )
    number_once = int(np.count_nonzero(once))
    return Diagnosis(
        n=n,
        d=d,
        rank=solved.rank,
        features=Features(features, counts, solved.identifiable, variance, coefficient),
        samples=Samples(leverage, influence, private),
        loss=loss,
        unseen_mass=UnseenMass(number_once / n, float(np.sqrt(number_once)) / n),
        signs=bool(np.all(np.abs(A.data) == 1)),
        setting=setting,
        shown=shown(measured),
        certificate=solved.certificate,
        absent=tuple(absent),
    )


@dataclass(frozen=True)
class _Solved:
    """The minimum-norm solution, or what is proved without one."""

    rank: int
    identifiable: Mask
    solution: MinimumNorm | None
    certificate: Certificate | None
    absent: tuple[Absent, ...] = ()

    @property
    def coefficients(self) -> Floats | None:
        """(m,), or None without a solution."""
        return None if self.solution is None else self.solution.coefficients


def _solved(A: sparse.csc_array, labels: Floats | None, certify: bool) -> _Solved:
    try:
        solution = minimum_norm(
            A, np.zeros(A.shape[0]) if labels is None else labels, certify=certify
        )
    except (MemoryError, TooLongError) as error:
        # The pattern may tell the rank and the identifiable set where no solution is to be had.
        proof = certify_seen(A) if holds_integers(A) else None
        if proof is None or not proof.complete:
            raise
        reason = f"{error}; rank and identifiable set are proved without it"
        names = ("variance", "leverage", "loss", "coefficient", "self_influence")
        chosen = names[:2] if labels is None else names
        return _Solved(
            proof.lower,
            proof.identifiable,
            None,
            proof,
            tuple(Absent(name, reason) for name in chosen),
        )
    return _Solved(solution.rank, solution.identifiable, solution, solution.certificate)


def _variance(solution: MinimumNorm | None, absent: list[Absent]) -> Floats | None:
    if solution is None:
        return None
    if solution.variance_operations > _MOST_OPERATIONS:
        absent.append(Absent("variance where not identifiable", _too_many(solution)))
        return solution.identified_variance
    try:
        return solution.variance_diagonal
    except (TooLargeError, TooLongError) as error:
        absent.append(Absent("variance where not identifiable", str(error)))
        return solution.identified_variance


def _too_many(solution: MinimumNorm) -> str:
    return (
        f"a dense null space asks for {solution.variance_operations:.1e} multiplications; "
        f"allowed are {_MOST_OPERATIONS:.0e}"
    )


def _influence(
    solution: MinimumNorm, labels: Floats, absent: list[Absent]
) -> tuple[Floats | None, Loss]:
    """Self-influence, which takes what variances take, and the losses."""
    n = labels.size
    squares = float(np.sum(solution.residual**2))
    # Residuals of an interpolating solution are its rounding.
    spare = n - solution.rank
    train = squares / n if spare else 0.0
    influence = out = None
    if solution.variance_operations > _MOST_OPERATIONS:
        absent.append(Absent("self_influence", _too_many(solution)))
    else:
        try:
            left_out = solution.leave_one_out
            influence, out = left_out - solution.residual, float(np.mean(left_out**2))
        except (TooLargeError, TooLongError) as error:
            absent.append(Absent("self_influence", str(error)))
    if not spare:
        absent.append(Absent("noise_variance", f"the rank is n = {n}: labels are fitted exactly"))
    zero = float(np.mean(labels**2))
    return influence, Loss(zero, train, out, squares / spare if spare else None)


def _setting(
    frequencies: Frequencies,
    coefficient: Floats | None,
    of_unseen: float,
    loss: Loss | None,
    absent: list[Absent],
    n: int,
) -> tuple[Setting | None, Mask]:
    """The setting with the estimated law, and which of the seen features are its tail."""
    m = frequencies.seen.size
    try:
        memory.require("the estimated law", _OF_A_LAW * float(m + frequencies.unseen))
    except TooLargeError as error:
        absent.append(Absent("setting", str(error)))
        return None, np.ones(m, dtype=np.bool_)
    p = frequencies.all
    if p.size < 2:
        absent.append(Absent("setting", "a law has at least two features"))
        return None, np.ones(m, dtype=np.bool_)
    beta = np.ones(p.size)
    if coefficient is not None:
        beta[:m], beta[m:] = coefficient, of_unseen
    if not np.abs(beta).max() ** 2 <= 10.0**LARGEST_ENERGY:
        absent.append(Absent("setting", "the largest coefficient's square would overflow"))
        return None, np.ones(m, dtype=np.bool_)
    noise = None if loss is None else loss.noise_variance
    if noise is not None and noise > 10.0**LARGEST_ENERGY:
        absent.append(Absent("setting", "the noise variance is too large to be evaluated"))
        return None, np.ones(m, dtype=np.bool_)
    setting = Setting(
        law=Table(p, beta, name="estimated from the design"),
        n=n,
        sigma=0.0 if noise is None else float(np.sqrt(noise)),
    )
    tail = np.ones(p.size, dtype=np.bool_)
    tail[np.lexsort((-np.abs(beta), -p))[: setting.k]] = False
    return setting, tail[:m]


def _unseen_coefficient(
    counts: Indices, solved: _Solved, variance: Floats | None, loss: Loss | None
) -> float:
    """Root mean square of coefficients seen once, without what noise adds: it stands for unseen."""
    if solved.solution is None:
        return 1.0
    once = (counts == 1) & solved.identifiable
    if not once.any():
        once = counts == 1
    squares = solved.solution.coefficients[once] ** 2
    if variance is not None and loss is not None and loss.noise_variance is not None:
        squares = squares - loss.noise_variance * variance[once]
    return float(np.sqrt(max(squares.mean(), 0.0))) if squares.size else 1.0

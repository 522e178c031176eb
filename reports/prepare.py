"""What set-up does once, so that no first call waits for it: `python -m reports.prepare`.

Loops are compiled and kept beside their sources, programs of the catalogue are printed and kept in
the user's cache. Compiling goes by use: every path is taken once on a small design, with the types
that it is called with later.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

import numpy as np

from reports.console import progress, warn
from theorems.setting import Setting

ALPHAS = (1.0, 1.25, 3.0)
"""With a dense core, with a small one, and without."""


def _programs() -> None:
    from theorems.book import cards

    cards()


def _recursions() -> None:
    from theorems.catalogue import catalogue
    from theorems.claim import claim_at

    setting = Setting(n=60, d=200)
    for identifier in ("noiseless-loss-cavity", "ridge-variance", "minimum-norm-variance"):
        claim_at(catalogue[identifier], setting)


def _solver(alpha: float) -> None:
    from empirics.diagnosis.diagnose import diagnose
    from empirics.draws.training_set import training_set
    from empirics.solver.minimum_norm import minimum_norm

    drawn = training_set(Setting(n=120, d=400, alpha=alpha), 0, 0)
    labels = np.ones(drawn.X.shape[0])
    for certify in (False, True):
        solution = minimum_norm(drawn.X, labels, certify=certify)
        _ = solution.identifiable, solution.identified_variance, solution.leave_one_out
    diagnose(drawn.X, labels, certify=True)


def _observables(alpha: float) -> None:
    from empirics.observables.observe import observe

    observe(Setting(n=120, d=400, alpha=alpha), 0, 0)


def steps() -> Iterator[tuple[str, Callable[[], None]]]:
    """What is done, in order, with what it is called."""
    yield "programs", _programs
    yield "recursions", _recursions
    for alpha in ALPHAS:
        yield f"solver at alpha = {alpha:g}", partial(_solver, alpha)
        yield f"observables at alpha = {alpha:g}", partial(_observables, alpha)


def main() -> None:
    """Do all of it with a progress bar; what fails costs a line, and later calls some seconds."""
    todo = list(steps())
    with progress("compiling, once", len(todo)) as advance:
        for name, step in todo:
            try:
                step()
            except Exception as error:  # set-up goes on: the first call will do it, and say why
                warn(f"{name} could not be prepared: {type(error).__name__}: {error}")
            advance(1)


if __name__ == "__main__":
    main()

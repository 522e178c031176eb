"""What label privacy by noise costs: the minimum-norm solution of labels with Laplace noise.

Noise of scale 2B/epsilon, B = max |beta*_i|, hides one label that moves by 2B up to the factor
e^epsilon; its variance is 2 (2B/epsilon)^2.
"""

from __future__ import annotations

import numpy as np
from sympy import Symbol

from empirics.draws.training_set import TrainingSet
from empirics.observables.observable import Group, Observable
from theorems.model import PRIVACY, privacy


def measure(draw: TrainingSet) -> dict[str, float]:
    """Bias, and the variance of the loss in units of 1/epsilon^2."""
    exact = np.where(draw.identifiable, 0.0, draw.bias**2)
    largest = float(np.abs(draw.setting.law.beta).max())
    return {
        "private_bias": draw.missing_mass + float(draw.p @ exact),
        "private_variance": 8 * largest**2 * float(draw.p @ draw.solution.variance_diagonal),
    }


GROUP = Group("privacy", measure, ("private_bias", "private_variance"))

OBSERVABLES = (
    Observable(
        "private_loss",
        "population loss of the minimum-norm solution of labels with Laplace noise, integrated out",
        GROUP,
        Symbol("private_bias") + Symbol("private_variance") / privacy**2,
        extra=(PRIVACY,),
    ),
)

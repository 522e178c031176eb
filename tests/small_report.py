"""One small report, for all tests that read or draw one."""

from __future__ import annotations

from empirics.judging.family import Family
from empirics.running.cluster import Workers
from reports.experiment import Preset, computed, planned_tests
from reports.results import FamilyRecord, Part, Results, provenance
from reports.sections import sections

SMALL = Preset("quick", (1.0, 2.0, 3.0), (0.0, 0.01, 0.05), runs=12, curve_points=5)


class Counted(Family):
    """A family that counts how often an interval at its confidence is asked for."""

    looked = 0

    @property
    def confidence(self) -> float:
        object.__setattr__(self, "looked", self.looked + 1)
        return super().confidence


def computed_small() -> Results:
    """The small report, computed; every test of its family is looked at at most once."""
    family = Counted(planned_tests(SMALL))
    sweep = computed(SMALL, seed=3, workers=Workers(1), family=family)
    assert 0 < family.looked <= family.tests
    told = FamilyRecord.of(family, {"sweep": family.tests})
    parts = (Part(sections()["sweep"], sweep),)
    return Results(provenance("longtail report", 1.0), parts, told)

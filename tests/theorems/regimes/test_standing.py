import pytest

from theorems.catalogue import catalogue
from theorems.claim import claim_at
from theorems.errors import InputError
from theorems.regimes.standing import Standing, phase, standing, survey, surveyable
from theorems.setting import Setting


@pytest.mark.parametrize(
    ("name", "alpha", "expected"),
    [
        ("noiseless-rate", 1.0, Standing.HYPOTHESIS_FAILS),
        ("noiseless-rate", 1.5, Standing.FORCE),
        ("common-identified", 1.0, Standing.VACUOUS),
        ("common-identified", 2.0, Standing.FORCE),
        ("noisy-loss-rate", 2.0, Standing.HYPOTHESIS_FAILS),
        ("noisy-loss-rate", 2.5, Standing.FORCE),
        ("recovered-fraction-rate", 2.0, Standing.VACUOUS),
        ("interpolation", 1.0, Standing.FORCE),
    ],
)
def test_standing_at_figure_1(name, alpha, expected):
    setting = Setting(alpha=alpha)
    assert standing(claim_at(catalogue[name], setting)) is expected
    assert phase(catalogue[name], [[setting]]) == [[expected]]


def test_the_survey_caps_features():
    rows = survey([2.0], [100, 10**6])
    assert [row[0].d for row in rows] == [10**4, 10**7]


def test_a_bad_alpha_is_refused():
    with pytest.raises(InputError, match="alpha = -1"):
        survey([-1.0], [100])


def test_every_statement_has_a_standing():
    settings = survey([1.0, 2.0], [300])
    for statement in filter(surveyable, catalogue.values()):
        assert all(isinstance(cell, Standing) for row in phase(statement, settings) for cell in row)

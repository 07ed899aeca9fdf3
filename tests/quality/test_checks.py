"""What the machine checks before a person reads."""

from dataclasses import replace

import pytest

from quality.rules.checks import Facts, automatic_checks, metres_between

FACTS = Facts(
    reviewer_is_inspector=False,
    competence_refusal="",
    family="ISO",
    visit_day="30 janv.",
    is_site=True,
    minutes=44,
    usual_minutes=45,
    site=(44.67, -0.48),
    photo_places=[(44.6701, -0.4801)],
    photo_count=2,
    missing_photos=[],
    signed=True,
    disputed=0,
)


def states(**changes):
    return [check.state for check in automatic_checks(replace(FACTS, **changes))]


def test_a_clean_reading_is_all_right():
    assert states() == ["ok"] * 5


@pytest.mark.parametrize(
    ("changes", "word"),
    [
        ({"reviewer_is_inspector": True}, "intervenant de ce relevé"),
        ({"competence_refusal": "Pas d’habilitation ISO."}, "Habilitation à vérifier"),
        ({"photo_places": [(44.70, -0.48)]}, "Une photo prise à 3"),
        ({"photo_places": []}, "Lieu des photos inconnu"),
        ({"photo_count": 0, "photo_places": []}, "Aucune photo"),
        ({"missing_photos": ["Façade"]}, "Photos attendues absentes"),
        ({"minutes": 12}, "Visite de 12"),
        ({"minutes": 200}, "Visite de 3"),
        ({"signed": False}, "Sans signature"),
        ({"disputed": 1}, "Un autre relevé"),
    ],
)
def test_what_is_unusual_is_said(changes, word):
    found = [check for check in automatic_checks(replace(FACTS, **changes)) if check.state != "ok"]
    assert len(found) == 1
    assert word in found[0].text


def test_distance_of_a_minute_of_latitude():
    assert round(metres_between((44.0, 0.0), (44.0 + 1 / 60, 0.0))) == 1853

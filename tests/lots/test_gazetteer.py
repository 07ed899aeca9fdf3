import gzip

import pytest

from lots.rules.gazetteer import TABLE, Gazetteer, Place, Precision, department_of, gazetteer

PLACES = [
    Place("47470", "Blaymont", 44.33, 0.85, Precision.CITY),
    Place("69640", "Cogny", 45.98, 4.62, Precision.CITY),
    Place("69640", "Saint-Julien", 46.0, 4.66, Precision.CITY),
    Place("69610", "Saint-Genis-l'Argentière", 45.71, 4.49, Precision.CITY),
    Place("97400", "Saint-Denis", -20.88, 55.45, Precision.CITY),
    Place("97100", "Basse-Terre", 16.0, -61.73, Precision.CITY),
]
TABLE_OF_SIX = Gazetteer(PLACES)


@pytest.mark.parametrize(
    ("postcode", "city", "precision", "found"),
    [
        ("47470", "BLAYMONT", Precision.CITY, "Blaymont"),
        ("69640", "St Julien", Precision.CITY, "Saint-Julien"),
        ("69640", "Coggny", Precision.CITY, "Cogny"),
        ("69640", "Villefranche", Precision.POSTCODE, ""),
        ("69640", "", Precision.POSTCODE, ""),
        ("69610", "", Precision.POSTCODE, "Saint-Genis-l'Argentière"),
        ("69999", "Cogny", Precision.CITY, "Cogny"),
        ("69999", "Nulle-Part", Precision.DEPARTMENT, ""),
        ("97410", "Ailleurs", Precision.DEPARTMENT, "Saint-Denis"),
    ],
)
def test_the_precision_is_said(postcode: str, city: str, precision: Precision, found: str) -> None:
    position = TABLE_OF_SIX.locate(postcode, city)
    assert position is not None
    assert (position.precision, position.city) == (precision, found)


def test_the_middle_of_a_postal_code() -> None:
    position = TABLE_OF_SIX.locate("69640")
    assert position is not None
    assert (round(position.lat, 2), round(position.lon, 2)) == (45.99, 4.64)


def test_what_nobody_knows_is_nowhere() -> None:
    assert TABLE_OF_SIX.locate("13001", "Marseille") is None
    assert TABLE_OF_SIX.locate("", "Blaymont") is None


def test_overseas_departments_have_three_digits() -> None:
    assert department_of("97400") == "974"
    assert department_of("20090") == "20"


def test_the_table_is_small_and_covers_france() -> None:
    assert TABLE.stat().st_size < 2_000_000
    assert b",0.0000," not in gzip.decompress(TABLE.read_bytes())
    departments = {f"{number:02}" for number in range(1, 96)} | {"971", "972", "973", "974", "976"}
    for department in departments:
        position = gazetteer().locate(department.ljust(5, "9"))
        assert position is not None, department
        assert -22 < position.lat < 52


@pytest.mark.parametrize(
    ("postcode", "city", "lat", "lon"),
    [
        ("75011", "Paris", 48.86, 2.38),
        ("13008", "MARSEILLE", 43.27, 5.38),
        ("69003", "Lyon", 45.76, 4.85),
        ("01400", "Chatillon Sur Chalaronne", 46.12, 4.96),
        ("56700", "Hennebont", 47.80, -3.28),
    ],
)
def test_places_that_everybody_knows(postcode: str, city: str, lat: float, lon: float) -> None:
    position = gazetteer().locate(postcode, city)
    assert position is not None
    assert position.precision is Precision.CITY
    assert abs(position.lat - lat) < 0.05
    assert abs(position.lon - lon) < 0.05

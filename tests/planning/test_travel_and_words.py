"""Distances without a server, and what a reader sees."""

from planning.rules.distance import UNIFORM_50, Point, haversine_matrix
from planning.rules.wording import hour, kilometres, minutes, signed_minutes
from tests.planning.case_checker import distance

LYON, SAINT_ETIENNE = Point(45.757814, 4.832011), Point(45.439695, 4.387178)


def test_the_format_s_distance() -> None:
    metres, seconds = haversine_matrix([LYON, SAINT_ETIENNE], bands=UNIFORM_50).leg(LYON, SAINT_ETIENNE)
    expected = distance(LYON._asdict(), SAINT_ETIENNE._asdict())
    assert abs(metres - expected[0]) <= 1
    assert abs(seconds - expected[1]) <= 1
    assert 60_000 < metres < 66_000


def test_a_longer_trip_takes_longer_across_the_speed_bands() -> None:
    places = [Point(45 + n / 100, 4.8) for n in range(150)]
    travel = haversine_matrix(places)
    seconds = [travel.leg(places[0], place)[1] for place in places]
    assert seconds == sorted(seconds)
    first_metres, first_seconds = travel.leg(places[0], places[1])
    assert abs(first_seconds - first_metres * 3.6 / 30) <= 1


def test_the_margin_is_added_to_real_trips_only() -> None:
    plain = haversine_matrix([LYON, SAINT_ETIENNE], bands=UNIFORM_50)
    careful = haversine_matrix([LYON, SAINT_ETIENNE], bands=UNIFORM_50, margin=1)
    assert careful.leg(LYON, SAINT_ETIENNE)[1] == plain.leg(LYON, SAINT_ETIENNE)[1] + 1
    assert careful.leg(LYON, LYON) == (0, 0)


def test_words() -> None:
    assert hour(9 * 3600) == "9\u00a0h"
    assert hour(86_400 + 17 * 3600 + 300) == "17\u00a0h\u00a005"
    assert minutes(47 * 60 - 10) == "47\u00a0min"
    assert minutes(65 * 60) == "1\u00a0h\u00a005"
    assert signed_minutes(-60) == "−1\u00a0min"
    assert kilometres(1_234_560) == "1\u00a0234,6\u00a0km"

"""Hours of one tour, worked by hand."""

from dataclasses import replace

import pytest

from planning.rules.constraints import Constraint
from planning.rules.model import DAY, Absence, Interval, Lunch, Shift, working_window
from planning.rules.schedule import build_tour, fits, tour_violations
from tests.planning.conftest import DAY_SHIFT, HOUR, LUNCH, agent, mission, near, problem


def test_a_tour_is_home_visits_home() -> None:
    given = problem([agent(lunch=None)], [mission(1, near(10)), mission(2, near(10))])
    tour = build_tour(given, (1, 0), (1, 2))
    leg_metres, leg_seconds = given.travel.leg(near(0), near(10))
    assert leg_metres == pytest.approx(13_000, abs=20)
    assert tour.metres == 2 * leg_metres
    assert tour.driving == 2 * leg_seconds
    assert tour.service == 5400
    assert tour.departure == DAY_SHIFT.start
    assert [stop.begin for stop in tour.stops] == [
        DAY_SHIFT.start + leg_seconds,
        DAY_SHIFT.start + leg_seconds + 2700,
    ]
    assert tour.back == DAY_SHIFT.start + 2 * leg_seconds + 5400


def test_the_agent_leaves_home_later_rather_than_wait_at_the_first_door() -> None:
    slot = Interval(10 * HOUR, 11 * HOUR)
    given = problem([agent(lunch=None)], [mission(1, near(5), slots=(slot,))])
    tour = build_tour(given, (1, 0), (1,))
    assert tour.stops[0].begin == 10 * HOUR
    assert tour.departure == 10 * HOUR - given.travel.leg(near(0), near(5))[1]


def test_lunch_delays_the_afternoon_and_lies_in_its_window() -> None:
    missions = [mission(n, near(0, 1)) for n in range(1, 9)]
    tour = build_tour(problem([agent()], missions), (1, 0), tuple(range(1, 9)))
    assert tour.lunch is not None
    assert tour.lunch.end - tour.lunch.start == LUNCH.duration
    assert tour.lunch.start >= LUNCH.earliest and tour.lunch.end <= LUNCH.latest
    assert tour.back == DAY_SHIFT.start + tour.driving + tour.service + LUNCH.duration


def test_lunch_is_what_a_full_day_lacks() -> None:
    missions = [mission(n, near(0, 1)) for n in range(1, 12)]
    given = problem([agent()], missions)
    order = tuple(range(1, 12))
    assert not fits(given, (1, 0), order)
    assert [v.constraint for v in tour_violations(given, (1, 0), order)] == [Constraint.LUNCH]
    without_lunch = given.with_agent(replace(given.agents[0], lunch=None))
    assert fits(without_lunch, (1, 0), order)


def test_an_afternoon_only_tour_has_lunch_at_home_before() -> None:
    slot = Interval(15 * HOUR, 16 * HOUR)
    tour = build_tour(problem([agent()], [mission(1, slots=(slot,))]), (1, 0), (1,))
    assert tour.lunch is not None and tour.lunch.end <= tour.stops[0].begin


def test_a_late_slot_says_by_how_much() -> None:
    slot = Interval(8 * HOUR, 9 * HOUR)
    given = problem([agent(lunch=None)], [mission(1, near(0)), mission(2, near(0), slots=(slot,))])
    (violation,) = tour_violations(given, (1, 0), (1, 2))
    assert violation.constraint is Constraint.SLOT
    assert violation.amount == 15 * 60
    assert violation.text == "créneau 8\u00a0h-9\u00a0h\u00a0: +15\u00a0min"
    assert fits(given, (1, 0), (2, 1))


def test_limits_of_kilometres_and_missions() -> None:
    missions = [mission(1, near(20)), mission(2, near(20))]
    given = problem([agent(lunch=None, max_metres=50_000, max_missions=1)], missions)
    assert {v.constraint for v in tour_violations(given, (1, 0), (1, 2))} == {
        Constraint.MAX_KM,
        Constraint.MAX_MISSIONS,
    }


@pytest.mark.parametrize(
    ("absences", "expected"),
    [
        ((), (8, 18)),
        ((Absence(0),), None),
        ((Absence(1),), (8, 18)),
        ((Absence(0, 0, 12 * HOUR),), (12, 18)),
        ((Absence(0, 13 * HOUR, DAY),), (8, 13)),
        ((Absence(0, 9 * HOUR, 11 * HOUR),), (11, 18)),
        ((Absence(0, 8 * HOUR, 12 * HOUR), Absence(0, 12 * HOUR, 18 * HOUR)), None),
    ],
)
def test_working_window(absences: tuple[Absence, ...], expected: tuple[int, int] | None) -> None:
    who = agent(hours={0: Shift(8 * HOUR, 18 * HOUR)}, absences=absences)
    window = working_window(who, 0)
    assert (window and (window.start // HOUR, window.end // HOUR)) == expected


def test_no_lunch_is_due_to_who_works_half_the_day() -> None:
    who = agent(absences=(Absence(0, 12 * HOUR, DAY),))
    assert build_tour(problem([who], [mission(1)]), (1, 0), (1,)).lunch is None


def test_lunch_on_a_long_road() -> None:
    """Two hours on the road around noon: the break is taken on the way and delays arrival by its length."""
    early = Lunch(12 * HOUR, 13 * HOUR, 2700)
    slot = Interval(11 * HOUR, 11 * HOUR)
    far = mission(2, near(85))
    given = problem([agent(lunch=early, max_metres=None)], [mission(1, near(0), slots=(slot,)), far])
    tour = build_tour(given, (1, 0), (1, 2))
    drive = given.travel.leg(near(0), near(85))[1]
    assert drive > 90 * 60
    assert tour.stops[1].begin == 11 * HOUR + 2700 + drive + 2700
    assert tour.lunch == Interval(12 * HOUR, 12 * HOUR + 2700)

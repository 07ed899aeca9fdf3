"""The JSON of planning cases and plans that other tools exchange with us.

A case gives its shift with the lunch already removed: a day of 8 h 30 to 17 h 15 is 8 h 45 of work.
`LunchMode` says what to do with the break.
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from planning.rules.distance import UNIFORM_50, Point, TravelMatrix, haversine_matrix
from planning.rules.model import (
    Authorisation,
    EngineAgent,
    EngineMission,
    Interval,
    Lunch,
    Problem,
    Shift,
)
from planning.rules.plan import Plan, Tour

Case = Mapping[str, Any]


class LunchMode(StrEnum):
    INSIDE = "dedans"
    """A break is planned and the day doesn't get longer."""
    ADDED = "en-plus"
    """A break is planned and the day ends later by as much."""
    REMOVED = "retiree"
    """No break is planned: the shift counts working hours."""


def problem_of_case(case: Case, mode: LunchMode, travel: TravelMatrix) -> Problem:
    """Read a case; a mission's `skill` is its family."""
    lunch = _lunch(case)
    start, end = case["shift"]
    shift = Shift(start, end + (lunch.duration if lunch and mode is LunchMode.ADDED else 0))
    most = case.get("max_km")
    hours = dict.fromkeys(range(case["days"]), shift)
    agents = tuple(
        EngineAgent(
            id=raw["id"],
            home=Point(raw["lat"], raw["lon"]),
            authorisations=tuple(Authorisation(str(skill)) for skill in raw["skills"]),
            hours=hours,
            lunch=None if mode is LunchMode.REMOVED else lunch,
            max_metres=None if most is None else round(most * 1000),
        )
        for raw in case["agents"]
    )
    return Problem(
        days=case["days"],
        agents=agents,
        missions=tuple(_mission(raw) for raw in case["missions"]),
        travel=travel,
        family_labels={str(key): name for key, name in case.get("skills", {}).items()},
    )


def _lunch(case: Case) -> Lunch | None:
    """Return the break of the case; None when it has none, or none that fits in its own window."""
    window, length = case.get("lunch"), case.get("lunch_dur")
    if not window or not length or window[1] - window[0] < length:
        return None
    return Lunch(window[0], window[1], length)


def _mission(raw: Mapping[str, Any]) -> EngineMission:
    window, fixed = raw.get("tw"), raw.get("fixed_day")
    due = raw.get("due_day")
    return EngineMission(
        id=raw["id"],
        family=str(raw["skill"]),
        place=Point(raw["lat"], raw["lon"]),
        service=raw["service"],
        priority=raw.get("priority") or 0,
        slots=(Interval(*window),) if window else (),
        from_day=fixed,
        due_day=fixed if due is None else due if fixed is None else min(due, fixed),
    )


def travel_of_case(case: Case, *, margin: int = 0) -> TravelMatrix:
    """Estimate the trips of a case as its format says: haversine x 1.3 at 50 km/h.

    `margin` seconds a trip keep the plan valid for a reader whose sphere or rounding differs by a second.
    """
    rows = [*case["agents"], *case["missions"]]
    return haversine_matrix([Point(row["lat"], row["lon"]) for row in rows], bands=UNIFORM_50, margin=margin)


def plan_as_json(plan: Plan, reasons: Mapping[int, list[str]]) -> dict[str, Any]:
    """Write a plan; `arrival` is the moment at which the visit begins, in absolute seconds."""
    return {
        "routes": [_route(tour) for tour in plan.tours],
        "unassigned": [{"mission": m, "reasons": reasons.get(m, [])} for m in plan.unassigned],
    }


def _route(tour: Tour) -> dict[str, Any]:
    stops = [{"mission": stop.mission, "arrival": stop.begin} for stop in tour.stops]
    return {"agent": tour.agent, "day": tour.day, "stops": stops, "km": tour.metres / 1000}

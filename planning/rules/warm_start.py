"""The tour from which VROOM begins its search.

VROOM puts a `break` by itself when it reads `steps`, and refuses about half of the valid tours in which an
appointment precedes lunch (« Infeasible route for vehicle »; `-c` finds the same tours without fault).
So the lunch of a given tour is written as a job that only this vehicle can do,
at the place where it is eaten.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from planning.rules.distance import Point
from planning.rules.model import Problem, TourKey
from planning.rules.plan import Tour
from planning.rules.schedule import build_tour
from planning.rules.vroom_language import Step


@dataclass(frozen=True, slots=True)
class WarmStart:
    steps: list[Step]
    lunch: Point | None
    """Where lunch is eaten; None = no lunch in this tour."""


def warm_start(
    problem: Problem, key: TourKey, order: Sequence[int], job_of: Mapping[int, int], lunch_job: int
) -> WarmStart | None:
    """Return the steps of a valid tour; None when its lunch is eaten on the road, far from any stop."""
    tour = build_tour(problem, key, order)
    place, rank = (None, -1) if tour.lunch is None else _lunch_place(problem, tour)
    if tour.lunch is not None and place is None:
        return None
    steps: list[Step] = [{"type": "start"}]
    last = 0
    for number, stop in enumerate(tour.stops):
        if number == rank:
            steps.append({"type": "job", "id": lunch_job})
        job = job_of[stop.mission]
        if job != last:
            steps.append({"type": "job", "id": job})
        last = job
    if rank == len(tour.stops):
        steps.append({"type": "job", "id": lunch_job})
    return WarmStart([*steps, {"type": "end"}], place)


def _lunch_place(problem: Problem, tour: Tour) -> tuple[Point | None, int]:
    """Return where lunch is eaten and before which stop; no place when it is on the road."""
    assert tour.lunch is not None
    home = problem.agent[tour.agent].home
    places = [problem.mission[stop.mission].place for stop in tour.stops]
    if tour.lunch.end <= tour.departure:
        return home, 0
    if tour.lunch.start >= tour.back:
        return home, len(places)
    rank = sum(stop.begin < tour.lunch.start for stop in tour.stops)
    after = places[rank] if rank < len(places) else home
    before = places[rank - 1] if rank else home
    arrival = tour.stops[rank].arrival if rank < len(places) else tour.back
    if tour.lunch.start >= arrival:
        return after, rank
    leaving = tour.stops[rank - 1].end if rank else tour.departure
    return (before if tour.lunch.start == leaving else None), rank

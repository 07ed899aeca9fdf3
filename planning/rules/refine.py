"""Tours as a refiner sees them: no lunch break, on a clock from which lunch is cut out.

A refiner (PyVRP) knows no break. Everybody eats once, for the same length, in a known window: so a day with
lunch taken out is a shorter day, in which what comes after lunch comes earlier by its length. That is exact
but for visits that lunch would have to interrupt; so whatever comes back is checked against the real clock.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol, TypedDict

from planning.rules.distance import Point
from planning.rules.eligibility import agent_may_go
from planning.rules.merge import windows_of
from planning.rules.model import DAY, EngineMission, Interval, Lunch, Orders, Problem, TourKey, lunch_window
from planning.rules.schedule import build_tour

PRIZE = 1_000_000
"""Metres that a visit is worth: more than leaving it out can save. Times priority + 1."""


class RefineVehicle(TypedDict):
    home: int
    window: list[int]
    max_metres: int | None
    max_visits: int | None
    profile: int


class RefineVisit(TypedDict):
    place: int
    service: int
    window: list[int]
    prize: int


class RefineRequest(TypedDict):
    vehicles: list[RefineVehicle]
    visits: list[RefineVisit]
    profiles: list[list[int]]
    """Visits that each profile of vehicles may not make."""
    metres: list[list[int]]
    seconds: list[list[int]]
    routes: list[list[int]]
    """The visits of each vehicle from which the search begins."""
    budget: float
    seed: int


class Refiner(Protocol):
    """Whoever improves valid tours in a given time."""

    def refine(self, request: RefineRequest) -> list[list[int]]:
        """Return the visits of each vehicle. Raises RefinerFailed when there is no answer."""
        ...


class RefinerFailed(Exception):
    """The refiner gave no answer; the message says why."""


@dataclass(frozen=True)
class Refining:
    """A request and what its numbers stand for."""

    request: RefineRequest
    keys: tuple[TourKey, ...]
    missions: tuple[int, ...]

    def orders(self, routes: Sequence[Sequence[int]]) -> Orders:
        return {
            key: tuple(self.missions[visit] for visit in route)
            for key, route in zip(self.keys, routes, strict=True)
            if route
        }


def lunch_of(problem: Problem, key: TourKey) -> Lunch | None:
    """Return the lunch of that agent-day in seconds of the day: only tours that eat alike share a clock."""
    found = lunch_window(problem.agent[key[0]], problem.windows[key], key[1])
    return found and problem.agent[key[0]].lunch


def refining(
    problem: Problem,
    orders: Orders,
    keys: Sequence[TourKey],
    left: Sequence[int],
    *,
    budget: float,
    seed: int,
) -> Refining:
    """Write the request for these tours, which all eat alike, and the missions `left` out near them."""
    lunch = lunch_of(problem, keys[0])
    begins = {s.mission: s.begin for key in keys for s in build_tour(problem, key, orders.get(key, ())).stops}
    numbers = {mission: number for number, mission in enumerate([*begins, *left])}
    missions = [problem.mission[mission] for mission in numbers]
    places = _places(problem, keys, missions)
    profiles: dict[tuple[int, ...], int] = {}
    vehicles = [_vehicle(problem, key, lunch, missions, places, profiles) for key in keys]
    visits = [
        RefineVisit(
            place=places[mission.place],
            service=mission.service,
            window=_window(problem, mission, lunch, begins.get(mission.id)),
            prize=PRIZE * (mission.priority + 1),
        )
        for mission in missions
    ]
    columns = [problem.travel.index[place] for place in places]
    request = RefineRequest(
        vehicles=vehicles,
        visits=visits,
        profiles=[list(refused) for refused in profiles],
        metres=[[problem.travel.metres[row][column] for column in columns] for row in columns],
        seconds=[[problem.travel.seconds[row][column] for column in columns] for row in columns],
        routes=[[numbers[mission] for mission in orders.get(key, ())] for key in keys],
        budget=budget,
        seed=seed,
    )
    return Refining(request, tuple(keys), tuple(numbers))


def _places(problem: Problem, keys: Sequence[TourKey], missions: Sequence[EngineMission]) -> dict[Point, int]:
    points = dict.fromkeys([*(problem.agent[agent].home for agent, _ in keys), *(m.place for m in missions)])
    return {point: number for number, point in enumerate(points)}


def _vehicle(
    problem: Problem,
    key: TourKey,
    lunch: Lunch | None,
    missions: Sequence[EngineMission],
    places: dict[Point, int],
    profiles: dict[tuple[int, ...], int],
) -> RefineVehicle:
    agent, window = problem.agent[key[0]], problem.windows[key]
    refused = tuple(n for n, mission in enumerate(missions) if not _may_go(problem, mission, key))
    return RefineVehicle(
        home=places[agent.home],
        window=[window.start, window.end - (lunch.duration if lunch else 0)],
        max_metres=agent.max_metres,
        max_visits=agent.max_missions,
        profile=profiles.setdefault(refused, len(profiles)),
    )


def _may_go(problem: Problem, mission: EngineMission, key: TourKey) -> bool:
    """Tell whether that tour may take the mission, its slots and due date apart (they are windows)."""
    lock = problem.locks.get(mission.id)
    if lock is not None and lock.day not in (None, key[1]):
        return False
    return agent_may_go(problem, mission, problem.agent[key[0]], key[1])


def _window(problem: Problem, mission: EngineMission, lunch: Lunch | None, begin: int | None) -> list[int]:
    """Return when the visit may begin; of several slots, the one that is used today."""
    windows = windows_of(problem, mission)
    if not windows:
        return [0, problem.days * DAY]
    used = next((w for w in windows if begin is not None and w.start <= begin <= w.end), windows[0])
    if lunch is None or not mission.slots or used.start // DAY != used.end // DAY:
        return [used.start, used.end]
    return _without_lunch(used, lunch, mission.service)


def _without_lunch(slot: Interval, lunch: Lunch, service: int) -> list[int]:
    """Move a slot to the clock without lunch: as it is before lunch, earlier by its length after it."""
    midnight = slot.start // DAY * DAY
    last_before = min(slot.end, midnight + lunch.last_start - service)
    first_after = max(slot.start, midnight + lunch.earliest + lunch.duration)
    starts, ends = [], []
    if slot.start <= last_before:
        starts.append(slot.start)
        ends.append(last_before)
    if first_after <= slot.end:
        starts.append(first_after - lunch.duration)
        ends.append(slot.end - lunch.duration)
    return [min(starts), max(ends)] if starts else [slot.start, slot.end]

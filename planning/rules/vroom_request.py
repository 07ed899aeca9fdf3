"""Problem -> VROOM request. One vehicle per agent-day, absolute seconds, one job per group of missions."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from planning.rules.distance import Point, TravelMatrix
from planning.rules.eligibility import is_authorised
from planning.rules.merge import Group
from planning.rules.model import EngineAgent, Orders, Problem, TourKey, lunch_window
from planning.rules.plan import Plan
from planning.rules.vroom_language import Job, Matrix, Request, Vehicle
from planning.rules.warm_start import WarmStart, warm_start

NO_LIMIT = 1_000_000
TOP_PRIORITY = 100
LUNCHES = 1_000_000
"""Lunch jobs are numbered from here."""


@dataclass(frozen=True)
class Translation:
    """A request and what its numbers stand for."""

    request: Request
    vehicles: Mapping[int, TourKey]
    groups: Mapping[int, Group]


class Skills:
    """Numbers for what a vehicle must have: a family, no link with a party, or being the locked agent-day."""

    def __init__(self) -> None:
        self._numbers: dict[tuple[object, ...], int] = {}

    def number(self, *meaning: object) -> int:
        return self._numbers.setdefault(meaning, len(self._numbers) + 1)


def translate(
    problem: Problem,
    groups: Sequence[Group],
    *,
    keys: Iterable[TourKey] | None = None,
    start: Orders | None = None,
    quotas: Mapping[TourKey, int] | None = None,
) -> Translation:
    """Write the request for these groups and agent-days.

    `start` gives the tours from which the search begins (never re-plan cold): they must be valid, VROOM
    refuses others. `quotas` limits the missions of an agent-day below the agent's own limit.
    """
    if keys is None:
        keys = [key for key in problem.windows if key not in problem.frozen]
    keys = list(keys)
    skills = Skills()
    linked = _linked_parties(problem)
    places = _places(problem, groups, keys)
    jobs = [
        _job(problem, number, group, skills, linked, places) for number, group in enumerate(groups, start=1)
    ]
    vehicles = dict(enumerate(keys, start=1))
    job_of = {mission: number for number, group in enumerate(groups, start=1) for mission in group.missions}
    starts = {
        number: found
        for number, key in vehicles.items()
        if start
        and start.get(key)
        and (found := warm_start(problem, key, start[key], job_of, LUNCHES + number))
    }
    counted = bool(quotas) or any(problem.agent[agent].max_missions for agent, _ in keys)
    request = Request(
        jobs=jobs,
        vehicles=[
            _vehicle(problem, number, key, skills, linked, places, quotas or {}, counted)
            for number, key in vehicles.items()
        ],
        matrices={"car": _matrix(problem.travel, list(places))},
    )
    _begin_from(request, starts, skills, places, vehicles)
    if not counted:
        for job in jobs:
            job.pop("delivery", None)
    return Translation(request, vehicles, dict(enumerate(groups, start=1)))


def _linked_parties(problem: Problem) -> frozenset[str]:
    return frozenset(link.party for agent in problem.agents for link in agent.links)


def _places(problem: Problem, groups: Sequence[Group], keys: Sequence[TourKey]) -> dict[Point, int]:
    homes = [problem.agent[agent].home for agent, _ in keys]
    points = dict.fromkeys([*homes, *(group.place for group in groups)])
    return {point: number for number, point in enumerate(points)}


def _matrix(travel: TravelMatrix, points: Sequence[Point]) -> Matrix:
    columns = [travel.index[point] for point in points]
    if len(columns) == len(travel.index) and columns == list(range(len(columns))):
        return Matrix(durations=travel.seconds, distances=travel.metres)
    return Matrix(
        durations=[[travel.seconds[row][column] for column in columns] for row in columns],
        distances=[[travel.metres[row][column] for column in columns] for row in columns],
    )


def _job(
    problem: Problem,
    number: int,
    group: Group,
    skills: Skills,
    linked: frozenset[str],
    places: Mapping[Point, int],
) -> Job:
    lock = group.lock
    is_locked = lock.agent is not None or lock.day is not None
    needs = [skills.number("family", family) for family in sorted(group.families)]
    needs += [skills.number("no link", party) for party in sorted(group.parties & linked)]
    if is_locked:
        needs.append(skills.number("lock", lock.agent, lock.day))
    job = Job(
        id=number,
        location_index=places[group.place],
        service=group.service,
        skills=needs,
        priority=TOP_PRIORITY if is_locked else min(group.priority, TOP_PRIORITY),
        description=", ".join(str(mission) for mission in group.missions),
        delivery=[len(group.missions)],
    )
    if group.windows:
        job["time_windows"] = [[window.start, window.end] for window in group.windows]
    return job


def _vehicle(
    problem: Problem,
    number: int,
    key: TourKey,
    skills: Skills,
    linked: frozenset[str],
    places: Mapping[Point, int],
    quotas: Mapping[TourKey, int],
    counted: bool,
) -> Vehicle:
    agent, day = problem.agent[key[0]], key[1]
    window = problem.windows[key]
    vehicle = Vehicle(
        id=number,
        start_index=places[agent.home],
        end_index=places[agent.home],
        time_window=[window.start, window.end],
        skills=_vehicle_skills(problem, agent, day, skills, linked),
        description=f"{agent.id}/{day}",
    )
    if counted:
        limit = NO_LIMIT if agent.max_missions is None else agent.max_missions
        vehicle["capacity"] = [min(limit, quotas.get(key, NO_LIMIT))]
    if agent.max_metres is not None:
        vehicle["max_distance"] = agent.max_metres
    lunch = lunch_window(agent, window, day)
    if lunch is not None:
        moments = [[lunch.earliest, lunch.last_start]]
        vehicle["breaks"] = [{"id": 1, "time_windows": moments, "service": lunch.duration}]
    return vehicle


def _begin_from(
    request: Request,
    starts: Mapping[int, WarmStart],
    skills: Skills,
    places: Mapping[Point, int],
    vehicles: Mapping[int, TourKey],
) -> None:
    """Give each vehicle the tour from which its search begins, lunch as a job of its own."""
    for vehicle in request["vehicles"]:
        found = starts.get(vehicle["id"])
        if found is None:
            continue
        vehicle["steps"] = found.steps
        if found.lunch is None:
            continue
        mark = skills.number("lunch", vehicles[vehicle["id"]])
        moment = vehicle.pop("breaks")[0]
        vehicle["skills"].append(mark)
        request["jobs"].append(
            Job(
                id=LUNCHES + vehicle["id"],
                location_index=places[found.lunch],
                service=moment["service"],
                time_windows=moment["time_windows"],
                skills=[mark],
                priority=TOP_PRIORITY,
                delivery=[0],
            )
        )


def _vehicle_skills(
    problem: Problem, agent: EngineAgent, day: int, skills: Skills, linked: frozenset[str]
) -> list[int]:
    families = sorted({right.family for right in agent.authorisations})
    has = [
        skills.number("family", family) for family in families if is_authorised(problem, agent, family, day)
    ]
    mine = {link.party for link in agent.links}
    has += [skills.number("no link", party) for party in sorted(linked - mine)]
    has += [skills.number("lock", *who) for who in ((agent.id, day), (agent.id, None), (None, day))]
    return has


def check_request(problem: Problem, plan: Plan, groups: Sequence[Group]) -> Translation:
    """Write the request with which VROOM checks this plan (`-c`): same tours, our hours asked for."""
    found = translate(problem, groups, start=plan.orders)
    begins = {stop.mission: stop.begin for tour in plan.tours for stop in tour.stops}
    for vehicle in found.request["vehicles"]:
        for step in vehicle.get("steps", []):
            if step["type"] == "job" and step["id"] in found.groups:
                step["service_at"] = begins[found.groups[step["id"]].missions[0]]
    return found


def orders_of(answer: Mapping[str, object], translation: Translation) -> Orders:
    """Read the tours of a VROOM answer."""
    orders: Orders = {}
    routes = answer["routes"]
    assert isinstance(routes, list)
    for route in routes:
        order: list[int] = []
        for step in route["steps"]:
            if step["type"] == "job" and step["id"] in translation.groups:
                order.extend(translation.groups[step["id"]].missions)
        if order:
            orders[translation.vehicles[route["vehicle"]]] = tuple(order)
    return orders

"""Cheapest insertion: where one mission costs the fewest metres, and the slots to offer for it."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from planning.rules.eligibility import agent_may_go, day_is_open
from planning.rules.model import EngineMission, Interval, Orders, Problem, TourKey
from planning.rules.schedule import build_tour, fits


@dataclass(frozen=True, slots=True)
class Insertion:
    agent: int
    day: int
    position: int
    metres: int
    """Added to the whole plan, homeward trips included."""
    seconds: int

    @property
    def key(self) -> TourKey:
        return self.agent, self.day


def inserted(order: tuple[int, ...], mission: int, position: int) -> tuple[int, ...]:
    return (*order[:position], mission, *order[position:])


def without(orders: Orders, mission: int) -> Orders:
    """Return the tours less that mission; untouched tours are shared, not copied."""
    return {
        key: tuple(m for m in order if m != mission) if mission in order else order
        for key, order in orders.items()
    }


def with_insertion(orders: Orders, mission: int, insertion: Insertion) -> Orders:
    order = inserted(orders.get(insertion.key, ()), mission, insertion.position)
    return {**orders, insertion.key: order}


def eligible_tours(problem: Problem, mission: EngineMission) -> list[TourKey]:
    """Return the agent-days that may take the mission, hours and limits apart."""
    days = [day for day in range(problem.days) if day_is_open(problem, mission, day)]
    return [
        (agent.id, day)
        for agent in problem.agents
        for day in days
        if agent_may_go(problem, mission, agent, day)
    ]


def detours(
    problem: Problem, orders: Orders, mission: EngineMission, keys: Collection[TourKey]
) -> list[Insertion]:
    """Return every position in these tours with its extra metres, cheapest first; hours not yet checked."""
    found = [
        Insertion(agent, day, position, metres, seconds)
        for agent, day in keys
        for position, metres, seconds in _detours_of(problem, agent, orders.get((agent, day), ()), mission)
    ]
    found.sort(key=lambda place: (place.metres, place.day, place.agent, place.position))
    return found


def _detours_of(
    problem: Problem, agent: int, order: tuple[int, ...], mission: EngineMission
) -> Iterator[tuple[int, int, int]]:
    leg, home = problem.travel.leg, problem.agent[agent].home
    places = [home, *(problem.mission[m].place for m in order), home]
    for position in range(len(order) + 1):
        before, after = places[position], places[position + 1]
        to, back = leg(before, mission.place), leg(mission.place, after)
        direct = leg(before, after) if order else (0, 0)
        yield position, to[0] + back[0] - direct[0], to[1] + back[1] - direct[1]


def cheapest_insertions(
    problem: Problem,
    orders: Orders,
    mission: EngineMission,
    keys: Collection[TourKey] | None = None,
) -> Iterator[Insertion]:
    """Yield the positions that keep every rule, cheapest first."""
    if keys is None:
        keys = eligible_tours(problem, mission)
    for place in detours(problem, orders, mission, keys):
        order = inserted(orders.get(place.key, ()), mission.id, place.position)
        if fits(problem, place.key, order):
            yield place


def cheapest_insertion(
    problem: Problem,
    orders: Orders,
    mission: EngineMission,
    keys: Collection[TourKey] | None = None,
) -> Insertion | None:
    return next(cheapest_insertions(problem, orders, mission, keys), None)


@dataclass(frozen=True, slots=True)
class SlotProposal:
    """A slot to offer to the beneficiary, and what it costs."""

    agent: int
    day: int
    slot: Interval
    begin: int
    """When the visit would begin as the tour stands today."""
    metres: int
    seconds: int


def propose_slots(
    problem: Problem,
    orders: Orders,
    mission: EngineMission,
    *,
    length: int = 7_200,
    step: int = 1_800,
    limit: int = 6,
) -> list[SlotProposal]:
    """Return slots of `length` seconds that begin on a multiple of `step`, cheapest first.

    One proposal per slot, with the agent who adds the fewest metres; the visit fits in the tour as it stands.
    """
    found: dict[Interval, SlotProposal] = {}
    for place in cheapest_insertions(problem, orders, mission):
        order = inserted(orders.get(place.key, ()), mission.id, place.position)
        stop = build_tour(problem, place.key, order).stops[place.position]
        start = stop.begin - stop.begin % step
        slot = Interval(start, start + length)
        found.setdefault(
            slot, SlotProposal(place.agent, place.day, slot, stop.begin, place.metres, place.seconds)
        )
        if len(found) >= limit:
            break
    return list(found.values())

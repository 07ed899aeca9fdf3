"""Who else could do a planned mission, and what it would cost."""

from dataclasses import dataclass

from planning.rules.insertion import cheapest_insertion, eligible_tours, without
from planning.rules.model import Orders, Problem
from planning.rules.schedule import build_tour
from planning.rules.wording import day_name, hour, signed_kilometres, signed_minutes


@dataclass(frozen=True, slots=True)
class SecondChoice:
    """The best other agent; metres and seconds of driving that the change adds to the whole plan."""

    mission: int
    agent: int
    day: int
    position: int
    begin: int
    metres: int
    seconds: int

    def text(self, problem: Problem) -> str:
        who = problem.agent[self.agent].label
        when = f"{day_name(problem, self.day)} à {hour(self.begin)}"
        return f"{who}, {when} ({signed_kilometres(self.metres)}, {signed_minutes(self.seconds)})"


def second_choice(problem: Problem, orders: Orders, mission_id: int) -> SecondChoice | None:
    """Return the cheapest other agent for a planned mission; None when nobody else can without other changes.

    A lock doesn't count here: the question is what else could have been decided.
    """
    key = next(key for key, order in orders.items() if mission_id in order)
    mission = problem.mission[mission_id]
    rest = without(orders, mission_id)
    keys = [other for other in eligible_tours(problem, mission) if other[0] != key[0]]
    place = cheapest_insertion(problem, rest, mission, keys)
    if place is None:
        return None
    before, after = build_tour(problem, key, orders[key]), build_tour(problem, key, rest[key])
    order = (
        *rest.get(place.key, ())[: place.position],
        mission_id,
        *rest.get(place.key, ())[place.position :],
    )
    return SecondChoice(
        mission_id,
        place.agent,
        place.day,
        place.position,
        build_tour(problem, place.key, order).stops[place.position].begin,
        place.metres - (before.metres - after.metres),
        place.seconds - (before.driving - after.driving),
    )

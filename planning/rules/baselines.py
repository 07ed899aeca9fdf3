"""Two greedy ways to plan, to measure the engine against."""

from planning.rules.insertion import cheapest_insertion, eligible_tours, with_insertion
from planning.rules.model import EngineMission, Orders, Problem
from planning.rules.plan import Plan
from planning.rules.schedule import build_plan, fits


def plan_by_insertion(problem: Problem) -> Plan:
    """Give each mission to the agent-day where it adds the fewest metres, the least free first.

    Least free: appointments, then priority, then due date, then arrival order. Measured against twelve other
    orders: this one is as strong as the published figures on S20x300 (298 missions, 5 855 km).
    """
    orders: Orders = {}
    for mission in sorted(problem.missions, key=_freedom):
        place = cheapest_insertion(problem, orders, mission)
        if place is not None:
            orders = with_insertion(orders, mission.id, place)
    return build_plan(problem, orders)


def _freedom(mission: EngineMission) -> tuple[bool, int, float]:
    due = float("inf") if mission.due_day is None else mission.due_day
    return not mission.slots, -mission.priority, due


def plan_by_arrival(problem: Problem) -> Plan:
    """Give each mission, as it comes, to the nearest qualified agent, at the end of the first day that fits.

    This is how tours are made in a spreadsheet.
    """
    orders: Orders = {}
    for mission in problem.missions:
        for key in _nearest_first(problem, mission):
            order = (*orders.get(key, ()), mission.id)
            if fits(problem, key, order):
                orders[key] = order
                break
    return build_plan(problem, orders)


def _nearest_first(problem: Problem, mission: EngineMission) -> list[tuple[int, int]]:
    def distance(key: tuple[int, int]) -> tuple[int, int, int]:
        agent, day = key
        return problem.travel.leg(problem.agent[agent].home, mission.place)[0], agent, day

    return sorted(eligible_tours(problem, mission), key=distance)

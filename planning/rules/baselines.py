"""Two greedy ways to plan, to measure the engine against."""

from planning.rules.insertion import cheapest_insertion, eligible_tours, with_insertion
from planning.rules.model import DAY, EngineMission, Orders, Problem
from planning.rules.plan import Plan
from planning.rules.schedule import build_plan, fits


def plan_by_insertion(problem: Problem) -> Plan:
    """Give each mission to the agent-day where it adds the fewest metres, the most urgent first.

    Urgent: priority, then the end of its last slot or its due date, then arrival order.
    """
    orders: Orders = {}
    for mission in sorted(problem.missions, key=_urgency):
        place = cheapest_insertion(problem, orders, mission)
        if place is not None:
            orders = with_insertion(orders, mission.id, place)
    return build_plan(problem, orders)


def _urgency(mission: EngineMission) -> tuple[int, float]:
    if mission.slots:
        return -mission.priority, max(slot.end for slot in mission.slots)
    if mission.due_day is not None:
        return -mission.priority, (mission.due_day + 1) * DAY
    return -mission.priority, float("inf")


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

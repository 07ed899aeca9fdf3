"""A second opinion on a plan: VROOM's choose mode recomputes its hours and lists what it breaks."""

from planning.rules.merge import ungrouped
from planning.rules.model import Problem
from planning.rules.plan import Plan
from planning.rules.vroom_language import RoutePlanner
from planning.rules.vroom_request import check_request


def causes_found(problem: Problem, plan: Plan, planner: RoutePlanner) -> list[str]:
    """Return the causes VROOM gives (`delay`, `lead_time`, `skills`, `max_distance`...); empty = it agrees.

    Frozen tours are in the plan but not in the question. Raises PlannerFailed if it can't check.
    """
    missions = [m for m in problem.missions if m.id in plan.where and plan.where[m.id] not in problem.frozen]
    translation = check_request(problem, plan, ungrouped(problem, missions))
    vehicles = [vehicle for vehicle in translation.request["vehicles"] if vehicle.get("steps")]
    if not vehicles:
        return []
    answer = planner.check({**translation.request, "vehicles": vehicles})
    found = [cause["cause"] for cause in answer["summary"]["violations"]]
    for route in answer["routes"]:
        found += [cause["cause"] for cause in route["violations"]]
        found += [cause["cause"] for step in route["steps"] for cause in step["violations"]]
    return list(dict.fromkeys(found))

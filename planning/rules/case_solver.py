"""Solve a case of the exchange format: a real lunch break where the working hours leave room for it."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from planning.rules.baselines import plan_by_insertion
from planning.rules.engine import Effort, improved, make_plan
from planning.rules.exchange import Case, LunchMode, plan_as_json, problem_of_case, travel_of_case
from planning.rules.explain import explain_all
from planning.rules.model import Problem
from planning.rules.plan import Plan
from planning.rules.polish import missions_to_rescue
from planning.rules.schedule import build_plan, build_tour, fits
from planning.rules.vroom_language import RoutePlanner

MARGIN = 1
"""Seconds added to each trip: readers of the format may round or measure the sphere otherwise."""
OVERLOAD = 0.1
LIGHT = 0.5
"""Below this share of the working hours, visits leave room for the road: no need to try."""


class LunchChoice(StrEnum):
    AUTO = "auto"
    INSIDE = LunchMode.INSIDE.value
    ADDED = LunchMode.ADDED.value
    REMOVED = LunchMode.REMOVED.value


@dataclass(frozen=True)
class SolvedCase:
    problem: Problem
    plan: Plan
    lunches: int
    """Tours with a break."""

    def as_json(self) -> dict[str, object]:
        found = explain_all(self.problem, self.plan.orders)
        return plan_as_json(self.plan, {mission: why.texts for mission, why in found.items()})


def solve_case(
    case: Case,
    planner: RoutePlanner,
    *,
    lunch: LunchChoice = LunchChoice.AUTO,
    keep_going: Callable[[], bool],
    effort: Effort | None = None,
    on_overload: Callable[[], None] = lambda: None,
) -> SolvedCase:
    """Plan a case; `on_overload` is called before the search when many missions will be left out.

    The format gives hours from which lunch is already removed, so a tour that fills them is legal. AUTO
    plans a break inside these hours all the same, and gives that up only when it would leave out a mission
    that fits; the tours with room for a break keep theirs.
    """
    travel = travel_of_case(case, margin=MARGIN)
    if lunch is not LunchChoice.AUTO:
        problem = problem_of_case(case, LunchMode(lunch.value), travel)
        plan = make_plan(problem, planner, keep_going=keep_going, effort=effort)
        return SolvedCase(problem, plan, sum(tour.lunch is not None for tour in plan.tours))
    strict = problem_of_case(case, LunchMode.INSIDE, travel)
    loose = problem_of_case(case, LunchMode.REMOVED, travel)
    first = None
    if is_overloaded(strict):
        on_overload()
    else:
        first = make_plan(strict, planner, effort=effort)
    if first is not None and not missions_to_rescue(loose, first.orders):
        plan = build_plan(strict, improved(strict, first.orders, planner, keep_going, effort))
        return SolvedCase(strict, plan, len(plan.tours))
    plan = make_plan(loose, planner, keep_going=keep_going, effort=effort)
    return _with_possible_lunches(strict, loose, plan)


def is_overloaded(problem: Problem) -> bool:
    """Tell whether even a greedy plan leaves out so much that no engine can bring it all back."""
    visits = sum(mission.service for mission in problem.missions)
    if visits < LIGHT * sum(window.end - window.start for window in problem.windows.values()):
        return False
    return len(plan_by_insertion(problem).unassigned) > OVERLOAD * len(problem.missions)


def _with_possible_lunches(strict: Problem, loose: Problem, plan: Plan) -> SolvedCase:
    tours = tuple(
        build_tour(strict if fits(strict, tour.key, tour.order) else loose, tour.key, tour.order)
        for tour in plan.tours
    )
    return SolvedCase(loose, Plan(tours, plan.unassigned), sum(tour.lunch is not None for tour in tours))

"""Make a plan: first tours, then the whole searched from them, then small groups searched deeper."""

from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace

from planning.rules.eligibility import is_eligible
from planning.rules.insertion import cheapest_insertion, eligible_tours, with_insertion
from planning.rules.merge import Group, merged, ungrouped
from planning.rules.model import EngineMission, Orders, Problem, TourKey
from planning.rules.plan import Plan
from planning.rules.polish import polish, rescue, score
from planning.rules.quota import quotas_within, taken_by_non_salaried
from planning.rules.refine import Refiner
from planning.rules.schedule import build_plan, fits
from planning.rules.sectors import sectors
from planning.rules.vroom_language import RoutePlanner
from planning.rules.vroom_request import orders_of, translate

LARGE = 120
"""Agent-days above which the first tours are made by sector."""

KeepGoing = Callable[[], bool]


def never() -> bool:
    return False


@dataclass(frozen=True, slots=True)
class Effort:
    """How hard to search; `explore` is VROOM's level, `workers` the processes at a time.

    Without a `refiner`, VROOM improves the plan by itself. `limit`: seconds for each way to make the first
    tours of a small problem, which a busy machine would spend its whole time on.
    """

    explore: int = 1
    polish_explore: int = 3
    workers: int = 2
    refiner: Refiner | None = None
    limit: float | None = None


def make_plan(
    problem: Problem,
    planner: RoutePlanner,
    *,
    start: Orders | None = None,
    keep_going: KeepGoing = never,
    effort: Effort | None = None,
) -> Plan:
    """Plan the missions that aren't in frozen tours, and return a valid plan with its hours.

    `start` holds today's tours: the search begins from them, and frozen ones come back as they are.
    `keep_going` is asked between two improvements; by default the plan isn't polished.
    Raises PlannerFailed when the planner gives no answer.
    """
    effort = effort or Effort()
    kept, free = split_frozen(problem, start or {})
    begin = valid_orders(free, start or {})
    orders = searched(free, begin, planner, effort) if begin else first_orders(free, planner, effort)
    orders = improved(free, rescue(free, filled(free, orders), planner), planner, keep_going, effort)
    orders = filled(free, _within_quota(free, orders, planner, effort))
    return build_plan(problem, {**kept, **orders})


def improved(
    problem: Problem,
    orders: Orders,
    planner: RoutePlanner,
    keep_going: KeepGoing,
    effort: Effort | None = None,
) -> Orders:
    """Search small groups of these tours deeper, as long as `keep_going` says."""
    effort = effort or Effort()
    return polish(
        problem,
        orders,
        planner,
        keep_going,
        explore=effort.polish_explore,
        workers=effort.workers,
        refiner=effort.refiner,
    )


def split_frozen(problem: Problem, orders: Orders) -> tuple[Orders, Problem]:
    """Return the frozen tours, and the problem without them and their missions."""
    kept = {key: order for key, order in orders.items() if key in problem.frozen and order}
    gone = {mission for order in kept.values() for mission in order}
    room = problem.non_salaried_room
    if room is not None:
        room = max(0, room - taken_by_non_salaried(problem, kept))
    missions = tuple(m for m in problem.missions if m.id not in gone)
    return kept, replace(problem, missions=missions, non_salaried_room=room)


def valid_orders(problem: Problem, orders: Orders) -> Orders:
    """Return today's tours less what no longer holds: VROOM refuses a search that begins with a fault."""
    found: Orders = {}
    placed: set[int] = set()
    for key, order in orders.items():
        if key not in problem.windows or key in problem.frozen:
            continue
        kept: tuple[int, ...] = ()
        for number in order:
            mission = problem.mission.get(number)
            if mission is None or number in placed or not _may_go(problem, mission, key):
                continue
            if fits(problem, key, (*kept, number)):
                kept = (*kept, number)
                placed.add(number)
        if kept:
            found[key] = kept
    return found


def _may_go(problem: Problem, mission: EngineMission, key: TourKey) -> bool:
    return is_eligible(problem, mission, problem.agent[key[0]], key[1])


def first_orders(problem: Problem, planner: RoutePlanner, effort: Effort) -> Orders:
    """Make the first tours; large problems by sector, then searched as a whole."""
    if len(problem.windows) > LARGE:
        return searched(problem, _by_sector(problem, planner, effort), planner, effort)
    with ThreadPoolExecutor(2) as pool:
        joined = pool.submit(_joined_visits, problem, planner, effort)
        groups = ungrouped(problem, problem.missions)
        apart = pool.submit(
            _solved, problem, groups, planner, effort.explore, effort.workers, limit=effort.limit
        )
        found = [joined.result(), apart.result()]
    return found[0] if not score(problem, found[1]).is_better_than(score(problem, found[0])) else found[1]


def _joined_visits(problem: Problem, planner: RoutePlanner, effort: Effort) -> Orders:
    """Plan the missions of one address as one visit, a level less deep: they are fewer."""
    explore = max(0, effort.explore - 1)
    groups = merged(problem, problem.missions)
    return filled(problem, _solved(problem, groups, planner, explore, 1, limit=effort.limit))


def _by_sector(problem: Problem, planner: RoutePlanner, effort: Effort) -> Orders:
    parts = [
        replace(problem, agents=agents, missions=missions)
        for agents, missions in sectors(problem)
        if missions
    ]
    with ThreadPoolExecutor(effort.workers) as pool:
        solved = pool.map(
            lambda part: _solved(part, merged(part, part.missions), planner, effort.explore, 1), parts
        )
        return {key: order for orders in solved for key, order in orders.items()}


def searched(problem: Problem, start: Orders, planner: RoutePlanner, effort: Effort) -> Orders:
    """Search the whole from these tours; what the planner loses on the way is not adopted."""
    groups = ungrouped(problem, problem.missions)
    explore = 0 if len(problem.windows) > LARGE else effort.explore
    found = _solved(problem, groups, planner, explore, effort.workers, start=start)
    lost = {m for m in placed(start) if m in problem.locks} - placed(found)
    if lost or score(problem, start).is_better_than(score(problem, found)):
        return start
    return found


def _solved(
    problem: Problem,
    groups: list[Group],
    planner: RoutePlanner,
    explore: int,
    threads: int,
    start: Orders | None = None,
    quotas: Mapping[TourKey, int] | None = None,
    limit: float | None = None,
) -> Orders:
    if not groups or not problem.windows:
        return {}
    translation = translate(problem, groups, start=start, quotas=quotas)
    if not translation.request["vehicles"]:
        return {}
    answer = planner.solve(translation.request, explore=explore, threads=threads, limit=limit)
    return valid_orders(problem, orders_of(answer, translation))


def filled(problem: Problem, orders: Orders) -> Orders:
    """Put each mission left out where it fits, the most important first."""
    left = sorted(_left_out(problem, orders), key=lambda mission: -mission.priority)
    room = problem.non_salaried_room
    for mission in left:
        keys = None
        if room is not None and taken_by_non_salaried(problem, orders) >= room:
            keys = [key for key in eligible_tours(problem, mission) if problem.agent[key[0]].salaried]
        place = cheapest_insertion(problem, orders, mission, keys)
        if place is not None:
            orders = with_insertion(orders, mission.id, place)
    return orders


def _within_quota(problem: Problem, orders: Orders, planner: RoutePlanner, effort: Effort) -> Orders:
    """Plan again with fewer missions for non-salaried agents when they have more than their share."""
    room = problem.non_salaried_room
    if room is None or taken_by_non_salaried(problem, orders) <= room:
        return orders
    quotas = quotas_within(problem, orders, room)
    begin = {key: order[: quotas.get(key, len(order))] for key, order in orders.items()}
    groups = ungrouped(problem, problem.missions)
    begin = valid_orders(problem, begin)
    return _solved(problem, groups, planner, effort.explore, effort.workers, start=begin, quotas=quotas)


def placed(orders: Orders) -> set[int]:
    return {mission for order in orders.values() for mission in order}


def _left_out(problem: Problem, orders: Orders) -> list[EngineMission]:
    done = placed(orders)
    return [mission for mission in problem.missions if mission.id not in done]

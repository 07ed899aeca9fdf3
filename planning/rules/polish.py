"""Improve a plan by solving again, thoroughly, small groups of neighbouring tours.

A whole plan is too large for a deep search; some tours are not. Each answer is adopted only if it is better
and keeps every rule, so a plan never gets worse. VROOM searches eight tours at a time, a refiner more.
"""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor, ThreadPoolExecutor
from dataclasses import dataclass
from itertools import count, islice
from random import Random

from planning.rules.distance import Point
from planning.rules.eligibility import is_eligible
from planning.rules.insertion import eligible_tours
from planning.rules.merge import ungrouped
from planning.rules.model import EngineMission, Orders, Problem, TourKey
from planning.rules.quota import taken_by_non_salaried
from planning.rules.refine import Refiner, RefinerFailed, lunch_of, refining
from planning.rules.schedule import build_tour, fits
from planning.rules.vroom_language import RoutePlanner
from planning.rules.vroom_request import Translation, orders_of, translate

TOURS = 8
REFINED_TOURS = 22
REFINING_SECONDS = 0.7
LEFT_OUT = 12
"""How many of the missions left out a group of tours is given to try."""
RESCUED = 12
"""How many missions left out get a search of their own."""
IDLE = 3
"""Agent-days without a tour that a group may open; half as many as its tours in a large group."""


@dataclass(frozen=True, slots=True)
class Score:
    """What a plan is judged by: priority kept, missions kept, then driving."""

    priority: int
    missions: int
    driving: int

    def is_better_than(self, other: "Score") -> bool:
        mine = (self.priority, self.missions, -self.driving)
        return mine > (other.priority, other.missions, -other.driving)


def score(problem: Problem, orders: Orders) -> Score:
    tours = [build_tour(problem, key, order) for key, order in orders.items() if order]
    missions = [problem.mission[mission] for order in orders.values() for mission in order]
    return Score(sum(m.priority for m in missions), len(missions), sum(tour.driving for tour in tours))


def polish(
    problem: Problem,
    orders: Orders,
    planner: RoutePlanner,
    keep_going: Callable[[], bool],
    *,
    explore: int = 2,
    seed: int = 1,
    workers: int = 2,
    refiner: Refiner | None = None,
) -> Orders:
    """Improve the tours until `keep_going` says no; frozen tours and locks are left as they are.

    Groups of different tours are searched side by side, `workers` at a time, by the refiner when there is one
    (VROOM takes over if it fails).
    """
    random = Random(seed)  # noqa: S311 - a reproducible search, not a secret
    numbers = count(seed)
    with ThreadPoolExecutor(workers) as pool:
        while keep_going():
            size = TOURS if refiner is None else REFINED_TOURS
            batch = neighbourhoods(problem, orders, random, workers, size)
            if not batch:
                return orders
            try:
                if refiner is None:
                    found = list(_solved(problem, orders, planner, pool, batch, explore))
                else:
                    found = list(_refined(problem, orders, refiner, pool, batch, numbers))
            except RefinerFailed:
                refiner = None
                continue
            for keys, answer in found:
                orders = _adopt(problem, orders, keys, answer)
    return orders


Answers = Iterator[tuple[list[TourKey], Orders]]


def _solved(
    problem: Problem,
    orders: Orders,
    planner: RoutePlanner,
    pool: Executor,
    batch: list[list[TourKey]],
    explore: int,
) -> Answers:
    requests = [_translate(problem, orders, keys) for keys in batch]
    answers = pool.map(lambda t: planner.solve(t.request, explore=explore, threads=1), requests)
    for keys, translation, answer in zip(batch, requests, answers, strict=True):
        yield keys, orders_of(answer, translation)


def _refined(
    problem: Problem,
    orders: Orders,
    refiner: Refiner,
    pool: Executor,
    batch: list[list[TourKey]],
    seeds: Iterator[int],
) -> Answers:
    batch = [[key for key in keys if lunch_of(problem, key) == lunch_of(problem, keys[0])] for keys in batch]
    questions = [
        refining(
            problem,
            orders,
            keys,
            _left_out_near(problem, orders, [m for key in keys for m in orders.get(key, ())]),
            budget=REFINING_SECONDS,
            seed=next(seeds),
        )
        for keys in batch
    ]
    answers = pool.map(lambda question: refiner.refine(question.request), questions)
    for keys, question, answer in zip(batch, questions, answers, strict=True):
        yield keys, question.orders(answer)


def rescue(problem: Problem, orders: Orders, planner: RoutePlanner, *, explore: int = 3) -> Orders:
    """Try each mission left out in the tours around it, solved anew, unless it fits nowhere even alone.

    When many are left out the days are full: nothing is tried, polishing shares them better.
    """
    left = missions_to_rescue(problem, orders)
    for mission in left if len(left) <= RESCUED else []:
        if any(mission in order for order in orders.values()):
            continue
        keys = _tours_around(problem, orders, mission)
        translation = _translate(problem, orders, keys, also=[mission])
        answer = planner.solve(translation.request, explore=explore, threads=2)
        orders = _adopt(problem, orders, keys, orders_of(answer, translation))
    return orders


def missions_to_rescue(problem: Problem, orders: Orders) -> list[int]:
    """Return the missions left out that an empty day could take, the most important first (13 at most)."""
    placed = {mission for order in orders.values() for mission in order}
    left = sorted((m for m in problem.missions if m.id not in placed), key=lambda m: -m.priority)
    able = (m.id for m in left if stands_alone(problem, m))
    return list(islice(able, RESCUED + 1))


def stands_alone(problem: Problem, mission: EngineMission) -> bool:
    """Tell whether some agent-day could do this mission and nothing else."""
    return any(fits(problem, key, (mission.id,)) for key in eligible_tours(problem, mission))


def _tours_around(problem: Problem, orders: Orders, mission: int) -> list[TourKey]:
    place = problem.mission[mission].place

    def gap(key: TourKey) -> int:
        stops = [problem.mission[m].place for m in orders.get(key, ())]
        return min(problem.travel.leg(here, place)[0] for here in [problem.agent[key[0]].home, *stops])

    return sorted(eligible_tours(problem, problem.mission[mission]), key=lambda key: (gap(key), key))[:TOURS]


def _translate(
    problem: Problem, orders: Orders, keys: Sequence[TourKey], also: Sequence[int] = ()
) -> Translation:
    inside = [mission for key in keys for mission in orders.get(key, ())]
    chosen = dict.fromkeys([*inside, *also, *_left_out_near(problem, orders, inside)])
    missions = [problem.mission[mission] for mission in chosen]
    return translate(problem, ungrouped(problem, missions), keys=keys)


def _adopt(problem: Problem, orders: Orders, keys: Sequence[TourKey], found: Orders) -> Orders:
    elsewhere = {m for key, order in orders.items() if key not in keys for m in order}
    found = {key: tuple(m for m in order if m not in elsewhere) for key, order in found.items()}
    before = {key: orders[key] for key in keys if orders.get(key)}
    is_valid = all(_is_valid(problem, key, order) for key, order in found.items())
    kept_locks = {m for order in before.values() for m in order if m in problem.locks} <= {
        m for order in found.values() for m in order
    }
    if not (is_valid and kept_locks and score(problem, found).is_better_than(score(problem, before))):
        return orders
    rest = {key: order for key, order in orders.items() if key not in keys}
    after = rest | {key: order for key, order in found.items() if order}
    return after if _keeps_share(problem, orders, after) else orders


def _is_valid(problem: Problem, key: TourKey, order: tuple[int, ...]) -> bool:
    who, day = problem.agent[key[0]], key[1]
    return all(is_eligible(problem, problem.mission[m], who, day) for m in order) and fits(
        problem, key, order
    )


def _keeps_share(problem: Problem, before: Orders, after: Orders) -> bool:
    """Tell whether non-salaried agents have no more than their share, or than they had."""
    room = problem.non_salaried_room
    if room is None:
        return True
    return taken_by_non_salaried(problem, after) <= max(room, taken_by_non_salaried(problem, before))


def neighbourhoods(
    problem: Problem, orders: Orders, random: Random, groups_wanted: int, size: int = TOURS
) -> list[list[TourKey]]:
    """Return groups of tours close to one another, each drawn around a random tour; no tour in two groups."""
    free = [key for key in sorted(orders) if orders[key] and key not in problem.frozen]
    idle = [key for key in sorted(problem.windows) if not orders.get(key) and key not in problem.frozen]
    groups: list[list[TourKey]] = []
    idle_wanted = max(IDLE, size // 2)
    for _ in range(groups_wanted):
        if not free:
            break
        centre = random.choice(free)
        near = sorted(free, key=lambda key: _gap(problem, orders, centre, key))[:size]
        random.shuffle(idle)
        agents = {agent for agent, _ in near}
        opened = [key for key in idle if key[0] in agents][: idle_wanted - 1] + idle[:1]
        group = list(dict.fromkeys(near + opened))
        groups.append(group)
        free = [key for key in free if key not in group]
        idle = [key for key in idle if key not in group]
    return groups


def _gap(problem: Problem, orders: Orders, one: TourKey, other: TourKey) -> float:
    """Return the mean distance from each visit of a tour to the nearest visit of the other."""
    here = [problem.mission[m].place for m in orders[one]]
    there = [problem.mission[m].place for m in orders[other]]
    return sum(min(problem.travel.leg(a, b)[0] for b in there) for a in here) / len(here)


def _left_out_near(problem: Problem, orders: Orders, inside: Sequence[int]) -> list[int]:
    placed = {mission for order in orders.values() for mission in order}
    left = [mission for mission in problem.missions if mission.id not in placed]
    places = [problem.mission[mission].place for mission in inside]
    if not left or not places:
        return []

    def gap(place: Point) -> int:
        return min(problem.travel.leg(place, other)[0] for other in places)

    left.sort(key=lambda mission: (-mission.priority, gap(mission.place)))
    return [mission.id for mission in left[:LEFT_OUT]]

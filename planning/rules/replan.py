"""Plan again after an absence or an urgent mission, without upsetting what was announced."""

from dataclasses import dataclass, replace

from planning.rules.engine import Effort, make_plan, placed, split_frozen, valid_orders
from planning.rules.model import Lock, Orders, Problem
from planning.rules.plan import Plan
from planning.rules.polish import missions_to_rescue, score
from planning.rules.vroom_language import RoutePlanner

KEPT_SHARE = 0.88


@dataclass(frozen=True)
class Replanned:
    plan: Plan
    kept: tuple[int, ...]
    """Untouched missions that keep agent and day."""
    moved: tuple[int, ...]
    """Untouched missions that don't."""

    @property
    def kept_share(self) -> float:
        total = len(self.kept) + len(self.moved)
        return len(self.kept) / total if total else 1.0


def replan(
    problem: Problem,
    orders: Orders,
    planner: RoutePlanner,
    *,
    kept_share: float = KEPT_SHARE,
    effort: Effort | None = None,
) -> Replanned:
    """Plan what today's tours can no longer hold, from these tours.

    First nobody else moves: untouched missions keep agent and day, only their order may change. If missions
    that fit somewhere are then left out, the others may move too, as long as `kept_share` of them stays.
    Locks are kept in both cases.
    """
    _, free = split_frozen(problem, orders)
    untouched = valid_orders(free, orders)
    still = replace(problem, locks={**_locks_of(untouched), **_full_locks(problem, untouched)})
    first = _compared(problem, untouched, make_plan(still, planner, start=orders, effort=effort))
    if not missions_to_rescue(problem, first.plan.orders):
        return first
    second = _compared(problem, untouched, make_plan(problem, planner, start=orders, effort=effort))
    is_better = score(problem, second.plan.orders).is_better_than(score(problem, first.plan.orders))
    return second if is_better and second.kept_share >= kept_share else first


def _locks_of(orders: Orders) -> dict[int, Lock]:
    return {mission: Lock(agent, day) for (agent, day), order in orders.items() for mission in order}


def _full_locks(problem: Problem, orders: Orders) -> dict[int, Lock]:
    """Return the locks of the missions that are in no tour any more."""
    done = placed(orders)
    return {mission: lock for mission, lock in problem.locks.items() if mission not in done}


def _compared(problem: Problem, untouched: Orders, plan: Plan) -> Replanned:
    before = {mission: key for key, order in untouched.items() for mission in order}
    kept = tuple(mission for mission, key in before.items() if plan.where.get(mission) == key)
    moved = tuple(mission for mission in before if mission not in set(kept))
    return Replanned(plan, kept, moved)

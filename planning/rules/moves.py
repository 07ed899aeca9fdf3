"""What a move by hand changes, before it is made: kilometres, minutes, rules broken."""

from dataclasses import dataclass

from planning.rules.constraints import Constraint, Violation
from planning.rules.eligibility import agent_refusals, day_refusals
from planning.rules.insertion import detours, inserted, without
from planning.rules.model import Lock, Orders, Problem, TourKey
from planning.rules.plan import Tour
from planning.rules.quota import taken_by_non_salaried
from planning.rules.schedule import build_tour, fits, tour_violations
from planning.rules.wording import NBSP, hour, signed_kilometres, signed_minutes


@dataclass(frozen=True)
class MoveEffect:
    """Tours after the move, and the difference with today's; negative = saved."""

    orders: Orders
    touched: tuple[Tour, ...]
    metres: int
    driving: int
    violations: tuple[Violation, ...]

    @property
    def blocking(self) -> tuple[Violation, ...]:
        """Rules that refuse the move."""
        return tuple(violation for violation in self.violations if violation.is_blocking)

    @property
    def to_justify(self) -> tuple[Violation, ...]:
        """Rules that a reason may override."""
        return tuple(violation for violation in self.violations if not violation.is_blocking)

    @property
    def text(self) -> str:
        """Return « +18,0 km, +21 min, retour 17 h 05 »."""
        parts = [signed_kilometres(self.metres), signed_minutes(self.driving)]
        if self.touched and self.touched[-1].stops:
            parts.append(f"retour {hour(self.touched[-1].back)}")
        return ", ".join(parts)


def move_effect(
    problem: Problem, orders: Orders, mission: int, target: TourKey | None, position: int | None = None
) -> MoveEffect:
    """Compute the move of a mission to a tour, or out of all tours (`target` None).

    Without a position the mission goes where it costs least, first where every hour holds. The violations are
    those of the target tour after the move, and those of leaving a locked or started tour.
    """
    source = next((key for key, order in orders.items() if mission in order), None)
    after = without(orders, mission)
    if target is not None:
        place = _best_position(problem, after, mission, target) if position is None else position
        after = {**after, target: inserted(after.get(target, ()), mission, place)}
    keys = list(dict.fromkeys(key for key in (source, target) if key is not None))
    old = [build_tour(problem, key, orders.get(key, ())) for key in keys]
    new = [build_tour(problem, key, after.get(key, ())) for key in keys]
    return MoveEffect(
        orders={key: order for key, order in after.items() if order},
        touched=tuple(new),
        metres=sum(tour.metres for tour in new) - sum(tour.metres for tour in old),
        driving=sum(tour.driving for tour in new) - sum(tour.driving for tour in old),
        violations=tuple(_violations(problem, orders, after, mission, source, target)),
    )


def _best_position(problem: Problem, orders: Orders, mission: int, target: TourKey) -> int:
    order = orders.get(target, ())
    places = [place.position for place in detours(problem, orders, problem.mission[mission], [target])]

    def fault(position: int) -> int:
        broken = tour_violations(problem, target, inserted(order, mission, position))
        return sum(violation.amount for violation in broken)

    fitting = (p for p in places if fits(problem, target, inserted(order, mission, p)))
    found = next(fitting, None)
    return min(places, key=fault) if found is None else found


def _violations(
    problem: Problem,
    before: Orders,
    after: Orders,
    mission_id: int,
    source: TourKey | None,
    target: TourKey | None,
) -> list[Violation]:
    found = _leaving(problem, mission_id, source, target)
    if target is None:
        return found
    mission, agent = problem.mission[mission_id], problem.agent[target[0]]
    found += agent_refusals(problem, mission, agent, target[1])
    found += day_refusals(problem, mission, target[1])
    found += tour_violations(problem, target, after[target])
    room = problem.non_salaried_room
    taken = taken_by_non_salaried(problem, after)
    if room is not None and taken > room and taken > taken_by_non_salaried(problem, before):
        text = f"part des non-salariés{NBSP}: {taken} missions pour {room} au plus"
        found.append(Violation(Constraint.NON_SALARIED, text, *target, mission_id, taken - room))
    return list(dict.fromkeys(found))


def _leaving(
    problem: Problem, mission: int, source: TourKey | None, target: TourKey | None
) -> list[Violation]:
    found: list[Violation] = []
    if source is None or source == target:
        return found
    if source in problem.frozen:
        found.append(Violation(Constraint.FROZEN, "la tournée quittée est figée", *source, mission))
    if target is None and problem.locks.get(mission, Lock()) != Lock():
        found.append(Violation(Constraint.LOCK, "mission verrouillée", *source, mission))
    return found

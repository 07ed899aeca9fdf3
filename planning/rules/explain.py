"""Why a mission is left out: what each agent lacks, and the smallest change that would plan it."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from planning.rules.constraints import Constraint, Violation
from planning.rules.eligibility import agent_refusals, day_refusals, slots_of_day
from planning.rules.insertion import inserted
from planning.rules.model import DAY, EngineAgent, EngineMission, Orders, Problem, TourKey
from planning.rules.quota import taken_by_non_salaried
from planning.rules.remedies import Change, Relaxation, relax, wording
from planning.rules.schedule import build_tour, fits, tour_shortages, tour_violations
from planning.rules.wording import NBSP

NEVER = frozenset({Constraint.LINK, Constraint.FROZEN})
"""No remedy is offered for these: independence is not negotiable, a started tour is gone."""

ROUNDS = 3
"""What a change brings may ask for another: lunch in a longer day, then the slot that lunch makes late."""

CHANGE_OF = {
    Constraint.AUTHORISATION: Change.AUTHORISE,
    Constraint.ABSENCE: Change.WORK_DAY,
    Constraint.LOCK: Change.UNLOCK,
    Constraint.DUE_DATE: Change.CHANGE_DAYS,
    Constraint.SLOT: Change.MOVE_SLOT,
}


@dataclass(frozen=True, slots=True)
class AgentReason:
    """What stops one agent, on the day that would ask the least."""

    agent: int
    text: str
    constraints: tuple[Constraint, ...]


@dataclass(frozen=True, slots=True)
class Remedy:
    """Changes after which the mission fits at that place of that tour."""

    agent: int
    day: int
    position: int
    changes: tuple[Relaxation, ...]
    text: str

    @property
    def weight(self) -> float:
        return sum(change.weight for change in self.changes)


@dataclass(frozen=True, slots=True)
class Explanation:
    mission: int
    agents: tuple[AgentReason, ...]
    remedy: Remedy | None

    @property
    def texts(self) -> list[str]:
        """Return what a planner reads: one line per agent, then the remedy."""
        lines = [reason.text for reason in self.agents] or ["aucun agent"]
        if self.remedy is not None:
            lines.append(f"pour la planifier{NBSP}: {self.remedy.text}")
        elif self.agents and not any(set(reason.constraints) & NEVER for reason in self.agents):
            lines.append(f"pour la planifier{NBSP}: un intervenant plus proche, la route dépasse la journée")
        return lines


@dataclass(frozen=True, slots=True)
class _Place:
    position: int
    changes: tuple[Relaxation, ...]

    @property
    def weight(self) -> float:
        return sum(change.weight for change in self.changes)


@dataclass(frozen=True, slots=True)
class _Try:
    """The easiest place of one day, with what it breaks and what would allow it."""

    remedy: Remedy | None
    weight: float
    violations: tuple[Violation, ...]


def explain(problem: Problem, orders: Orders, mission_id: int) -> Explanation:
    """Explain a mission left out of these tours.

    The remedy is proved before it is given: with its changes the mission fits in the tour as it is.
    """
    mission = problem.mission[mission_id]
    reasons: list[AgentReason] = []
    best: Remedy | None = None
    for agent in problem.agents:
        tries = [_best_of_day(problem, orders, mission, agent, day) for day in range(problem.days)]
        if not tries:
            continue
        easiest = min(tries, key=lambda found: found.weight)
        reasons.append(_reason(agent, tries, easiest))
        if easiest.remedy and (best is None or easiest.remedy.weight < best.weight):
            best = easiest.remedy
    return Explanation(mission_id, tuple(reasons), best)


def explain_all(problem: Problem, orders: Orders) -> dict[int, Explanation]:
    """Explain every mission that is in none of these tours."""
    placed = {mission for order in orders.values() for mission in order}
    return {m.id: explain(problem, orders, m.id) for m in problem.missions if m.id not in placed}


def with_remedy(problem: Problem, orders: Orders, explanation: Explanation) -> tuple[Problem, Orders]:
    """Return the relaxed problem, and the tours with the mission in its place."""
    remedy = explanation.remedy
    assert remedy is not None
    key = remedy.agent, remedy.day
    order = inserted(orders.get(key, ()), explanation.mission, remedy.position)
    return relax(problem, remedy.changes), {**orders, key: order}


def _reason(agent: EngineAgent, tries: list[_Try], easiest: _Try) -> AgentReason:
    """Say what no day gets round first: a right, a link; else what the easiest day lacks."""
    shared = set.intersection(*({v.constraint for v in found.violations} for found in tries))
    lasting = [v for v in easiest.violations if v.constraint in shared & _PERSONAL]
    told = lasting or list(easiest.violations)
    texts = list(dict.fromkeys(violation.text for violation in told)) or ["possible"]
    constraints = tuple(dict.fromkeys(violation.constraint for violation in told))
    return AgentReason(agent.id, f"{agent.label}{NBSP}: {', '.join(texts)}", constraints)


_PERSONAL = frozenset({Constraint.AUTHORISATION, Constraint.LINK, Constraint.ABSENCE, Constraint.FROZEN})


def _best_of_day(
    problem: Problem, orders: Orders, mission: EngineMission, agent: EngineAgent, day: int
) -> _Try:
    refused = agent_refusals(problem, mission, agent, day) + day_refusals(problem, mission, day)
    refused += _quota_refusal(problem, orders, mission, agent, day)
    if any(violation.constraint in NEVER for violation in refused):
        return _Try(None, float("inf"), tuple(refused))
    opening = tuple(dict.fromkeys(_opening(problem, mission, agent, day, v) for v in refused))
    opened = relax(problem, opening) if opening else problem
    key = agent.id, day
    places = sorted(_places(opened, orders, mission, key, opening), key=lambda place: place.weight)
    tries = [(place, inserted(orders.get(key, ()), mission.id, place.position)) for place in places]
    for place, order in tries:
        changes = _proved(problem, key, order, mission, place.changes)
        if changes:
            text = ", ".join(wording(problem, change) for change in changes)
            remedy = Remedy(agent.id, day, place.position, changes, text)
            return _Try(remedy, remedy.weight, (*refused, *tour_violations(opened, key, order)))
    broken = tour_violations(opened, key, tries[0][1]) if tries else []
    return _Try(None, float("inf"), (*refused, *broken))


def _quota_refusal(
    problem: Problem, orders: Orders, mission: EngineMission, agent: EngineAgent, day: int
) -> list[Violation]:
    room = problem.non_salaried_room
    if agent.salaried or room is None or taken_by_non_salaried(problem, orders) < room:
        return []
    text = "part des non-salariés atteinte"
    return [Violation(Constraint.NON_SALARIED, text, agent.id, day, mission.id)]


def _opening(
    problem: Problem, mission: EngineMission, agent: EngineAgent, day: int, violation: Violation
) -> Relaxation:
    if violation.constraint is Constraint.NON_SALARIED:
        return Relaxation(Change.MORE_NON_SALARIED)
    change = CHANGE_OF[violation.constraint]
    if change is Change.AUTHORISE:
        return Relaxation(change, agent=agent.id, day=day, mission=mission.id)
    if change is Change.WORK_DAY:
        return Relaxation(change, agent=agent.id, day=day)
    if change is Change.UNLOCK:
        return Relaxation(change, mission=mission.id)
    amount = violation.amount if change is Change.CHANGE_DAYS else 1
    return Relaxation(change, amount, day=day, mission=mission.id)


def _places(
    opened: Problem, orders: Orders, mission: EngineMission, key: TourKey, opening: tuple[Relaxation, ...]
) -> Iterator[_Place]:
    """Yield the positions that disturb no other mission, with the changes they ask for."""
    order = orders.get(key, ())
    for position in range(len(order) + 1):
        tried = inserted(order, mission.id, position)
        shortages = tour_shortages(opened, key, tried)
        if _only_its_own(shortages, mission):
            changes = opening + tuple(_widening(key, mission, v) for v in shortages)
            yield _Place(position, changes)


def _only_its_own(shortages: list[Violation], mission: EngineMission) -> bool:
    return all(shortage.mission in (None, mission.id) for shortage in shortages)


def _widening(key: TourKey, mission: EngineMission, violation: Violation) -> Relaxation:
    """Return the change that covers a shortage of hours, metres or missions; hours to the minute above."""
    agent, day = key
    if violation.constraint is Constraint.MAX_KM:
        return Relaxation(Change.MORE_METRES, violation.amount, agent=agent, day=day)
    if violation.constraint is Constraint.MAX_MISSIONS:
        return Relaxation(Change.MORE_MISSIONS, violation.amount, agent=agent, day=day)
    amount = -(-violation.amount // 60) * 60
    if violation.constraint is Constraint.SLOT and slots_of_day(mission, day):
        return Relaxation(Change.WIDEN_SLOT, amount, day=day, mission=mission.id)
    return Relaxation(Change.EXTEND_DAY, amount, agent=agent, day=day)


def _proved(
    problem: Problem,
    key: TourKey,
    order: tuple[int, ...],
    mission: EngineMission,
    changes: tuple[Relaxation, ...],
) -> tuple[Relaxation, ...]:
    """Return the changes if the tour fits with them, or with what they bring: a longer day may have lunch."""
    for _ in range(ROUNDS):
        relaxed = relax(problem, changes)
        if not changes or not _begins_that_day(relaxed, key, order):
            return ()
        if fits(relaxed, key, order):
            return changes
        shortages = tour_shortages(relaxed, key, order)
        if not _only_its_own(shortages, mission):
            return ()
        changes = _summed((*changes, *(_widening(key, relaxed.mission[mission.id], v) for v in shortages)))
    return ()


def _summed(changes: tuple[Relaxation, ...]) -> tuple[Relaxation, ...]:
    """Return one change where several lengthen the same thing."""
    found: dict[Relaxation, int] = {}
    for change in changes:
        kind = replace(change, amount=0)
        found[kind] = found.get(kind, 0) + change.amount
    return tuple(replace(kind, amount=amount) for kind, amount in found.items())


def _begins_that_day(problem: Problem, key: TourKey, order: tuple[int, ...]) -> bool:
    return all(stop.begin // DAY == key[1] for stop in build_tour(problem, key, order).stops)

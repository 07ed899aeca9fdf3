"""Changes of a problem that make room for a mission, as data that can be shown and applied."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum

from planning.rules.model import (
    DAY,
    Authorisation,
    EngineAgent,
    EngineMission,
    Interval,
    Problem,
    Shift,
    working_window,
)
from planning.rules.wording import NBSP, day_name, family_name, hour, kilometres, minutes


class Change(StrEnum):
    EXTEND_DAY = "prolonger la journée"
    WORK_DAY = "travailler ce jour"
    MORE_METRES = "plus de kilomètres"
    MORE_MISSIONS = "plus de missions"
    WIDEN_SLOT = "élargir le créneau"
    MOVE_SLOT = "déplacer le rendez-vous"
    CHANGE_DAYS = "changer l’échéance"
    AUTHORISE = "habiliter"
    UNLOCK = "déverrouiller"
    MORE_NON_SALARIED = "plus de non-salariés"


WEIGHTS = {
    Change.EXTEND_DAY: 1.0 / 60,
    Change.WIDEN_SLOT: 1.0 / 60,
    Change.MORE_METRES: 1.0 / 1000,
    Change.MORE_MISSIONS: 30.0,
    Change.MOVE_SLOT: 240.0,
    Change.CHANGE_DAYS: 240.0,
    Change.MORE_NON_SALARIED: 300.0,
    Change.UNLOCK: 300.0,
    Change.WORK_DAY: 480.0,
    Change.AUTHORISE: 1_000.0,
}
"""What one unit of `amount` weighs, in minutes of overtime: our choice, to rank remedies by what they ask."""


@dataclass(frozen=True, slots=True)
class Relaxation:
    """One change; `amount` is in the unit of its kind: seconds, metres, missions or days."""

    change: Change
    amount: int = 1
    agent: int | None = None
    day: int | None = None
    mission: int | None = None

    @property
    def weight(self) -> float:
        return WEIGHTS[self.change] * self.amount


def relax(problem: Problem, changes: Iterable[Relaxation]) -> Problem:
    """Apply the changes."""
    for change in changes:
        problem = _applied(problem, change)
    return problem


def _applied(problem: Problem, change: Relaxation) -> Problem:
    if change.change is Change.MORE_NON_SALARIED:
        return replace(problem, non_salaried_room=(problem.non_salaried_room or 0) + change.amount)
    if change.change is Change.UNLOCK:
        return replace(problem, locks={m: lock for m, lock in problem.locks.items() if m != change.mission})
    if change.change is Change.AUTHORISE:
        assert change.agent is not None and change.mission is not None and change.day is not None
        return authorise(problem, change.agent, problem.mission[change.mission].family, change.day)
    if change.mission is not None:
        return problem.with_mission(_changed_mission(problem.mission[change.mission], change))
    assert change.agent is not None
    return problem.with_agent(_changed_agent(problem, problem.agent[change.agent], change))


def _changed_mission(mission: EngineMission, change: Relaxation) -> EngineMission:
    day = change.day or 0
    if change.change is Change.MOVE_SLOT:
        return replace(mission, slots=(Interval(day * DAY, (day + 1) * DAY - 1),))
    if change.change is Change.CHANGE_DAYS:
        first = None if mission.from_day is None else min(mission.from_day, day)
        due = None if mission.due_day is None else max(mission.due_day, day)
        return replace(mission, from_day=first, due_day=due)
    slots = list(mission.slots)
    last = max((n for n, slot in enumerate(slots) if slot.start // DAY == day), key=lambda n: slots[n].end)
    slots[last] = Interval(slots[last].start, slots[last].end + change.amount)
    return replace(mission, slots=tuple(slots))


def _changed_agent(problem: Problem, agent: EngineAgent, change: Relaxation) -> EngineAgent:
    day = change.day or 0
    if change.change is Change.MORE_METRES:
        return replace(agent, max_metres=(agent.max_metres or 0) + change.amount)
    if change.change is Change.MORE_MISSIONS:
        return replace(agent, max_missions=(agent.max_missions or 0) + change.amount)
    absences = tuple(absence for absence in agent.absences if absence.day != day)
    if change.change is Change.WORK_DAY:
        return replace(agent, hours={**agent.hours, day: usual_shift(problem, agent, day)}, absences=absences)
    window = working_window(agent, day)
    assert window is not None
    longer = Shift(window.start - day * DAY, window.end - day * DAY + change.amount)
    return replace(agent, hours={**agent.hours, day: longer}, absences=absences)


def authorise(problem: Problem, agent: int, family: str, day: int) -> Problem:
    """Give the agent that family on that day."""
    date = problem.date_of(day)
    right = Authorisation(family, date, date)
    who = problem.agent[agent]
    return problem.with_agent(replace(who, authorisations=(*who.authorisations, right)))


def usual_shift(problem: Problem, agent: EngineAgent, day: int) -> Shift:
    """Return the hours of a day off: those the agent has that day, or on another, or those of a colleague."""
    known = [agent.hours.get(day), *agent.hours.values()]
    known += [shift for other in problem.agents for shift in other.hours.values()]
    return next((shift for shift in known if shift is not None), Shift(9 * 3600, 17 * 3600))


def wording(problem: Problem, change: Relaxation) -> str:
    """Say the change as an instruction."""
    who = problem.agent[change.agent].label if change.agent is not None else ""
    when = day_name(problem, change.day) if change.day is not None else ""
    mission = problem.mission.get(change.mission or -1)
    family = family_name(problem, mission.family) if mission else ""
    texts = {
        Change.EXTEND_DAY: f"prolonger la journée de {who} {when} de {minutes(change.amount)}",
        Change.WORK_DAY: f"faire travailler {who} {when}",
        Change.MORE_METRES: f"permettre {kilometres(change.amount)} de plus à {who} {when}",
        Change.MORE_MISSIONS: f"permettre {change.amount}{NBSP}mission de plus à {who} {when}",
        Change.WIDEN_SLOT: f"élargir le créneau {_slot_text(mission, change)} de {minutes(change.amount)}",
        Change.MOVE_SLOT: f"déplacer le rendez-vous au {when}",
        Change.CHANGE_DAYS: f"déplacer l’échéance au {when}",
        Change.AUTHORISE: f"habiliter {who} pour {family} {when}",
        Change.UNLOCK: "déverrouiller la mission",
        Change.MORE_NON_SALARIED: "accepter une mission de plus pour les non-salariés",
    }
    return texts[change.change]


def _slot_text(mission: EngineMission | None, change: Relaxation) -> str:
    slots = [] if mission is None else [s for s in mission.slots if s.start // DAY == change.day]
    return f"de {hour(slots[-1].start)} à {hour(slots[-1].end)}" if slots else ""

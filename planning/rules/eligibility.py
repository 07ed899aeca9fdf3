"""Whether an agent may take a mission on a day, before any hour is looked at."""

from planning.rules.constraints import Constraint, Violation
from planning.rules.model import DAY, DeclaredLink, EngineAgent, EngineMission, Interval, Problem
from planning.rules.wording import NBSP, day_name, family_name, hours_between


def is_authorised(problem: Problem, agent: EngineAgent, family: str, day: int) -> bool:
    if problem.first_day is None:
        return any(right.family == family for right in agent.authorisations)
    today = problem.date_of(day)
    return any(
        right.family == family
        and (today is None or right.since is None or right.since <= today)
        and (today is None or right.until is None or today <= right.until)
        for right in agent.authorisations
    )


def declared_link(agent: EngineAgent, mission: EngineMission) -> DeclaredLink | None:
    return next((link for link in agent.links if link.party in mission.parties), None)


def slots_of_day(mission: EngineMission, day: int) -> tuple[Interval, ...]:
    """Return the moments of that day between which the visit may begin; empty = no appointment that day."""
    start, end = day * DAY, (day + 1) * DAY - 1
    return tuple(
        sorted(
            (
                Interval(max(slot.start, start), min(slot.end, end))
                for slot in mission.slots
                if slot.start <= end and slot.end >= start
            ),
            key=lambda slot: slot.start,
        )
    )


def agent_refusals(problem: Problem, mission: EngineMission, agent: EngineAgent, day: int) -> list[Violation]:
    """Return what forbids this agent that day, whatever the hour."""

    def refuse(constraint: Constraint, text: str) -> Violation:
        return Violation(constraint, text, agent.id, day, mission.id)

    found = []
    if (agent.id, day) in problem.frozen:
        found.append(refuse(Constraint.FROZEN, f"tournée figée {day_name(problem, day)}"))
    if not is_authorised(problem, agent, mission.family, day):
        found.append(
            refuse(Constraint.AUTHORISATION, missing_authorisation(problem, agent, mission.family, day))
        )
    link = declared_link(agent, mission)
    if link is not None:
        found.append(refuse(Constraint.LINK, f"lien déclaré avec {link.label}"))
    if (agent.id, day) not in problem.windows:
        found.append(refuse(Constraint.ABSENCE, absence_text(problem, agent, day)))
    lock = problem.locks.get(mission.id)
    if lock is not None and lock.agent not in (None, agent.id):
        keeper = problem.agent.get(lock.agent or 0)
        found.append(refuse(Constraint.LOCK, f"verrouillée sur {keeper.label if keeper else lock.agent}"))
    return found


def day_refusals(problem: Problem, mission: EngineMission, day: int) -> list[Violation]:
    """Return what forbids that day, whoever goes."""

    def refuse(constraint: Constraint, text: str, amount: int = 0) -> Violation:
        return Violation(constraint, text, None, day, mission.id, amount)

    found = []
    lock = problem.locks.get(mission.id)
    if lock is not None and lock.day not in (None, day):
        found.append(refuse(Constraint.LOCK, f"verrouillée {day_name(problem, lock.day or 0)}"))
    if mission.due_day is not None and day > mission.due_day:
        text = f"échéance {day_name(problem, mission.due_day)} dépassée"
        found.append(refuse(Constraint.DUE_DATE, text, day - mission.due_day))
    if mission.from_day is not None and day < mission.from_day:
        text = f"pas avant {day_name(problem, mission.from_day)}"
        found.append(refuse(Constraint.DUE_DATE, text, mission.from_day - day))
    if mission.slots and not slots_of_day(mission, day):
        slot = mission.slots[0]
        text = f"rendez-vous {day_name(problem, slot.start // DAY)} {hours_between(slot)}"
        found.append(refuse(Constraint.SLOT, text))
    return found


def refusals(problem: Problem, mission: EngineMission, agent: EngineAgent, day: int) -> list[Violation]:
    return agent_refusals(problem, mission, agent, day) + day_refusals(problem, mission, day)


def is_eligible(problem: Problem, mission: EngineMission, agent: EngineAgent, day: int) -> bool:
    """Tell whether there is no refusal, without wording them: this is asked a million times a plan."""
    return day_is_open(problem, mission, day) and agent_may_go(problem, mission, agent, day)


def agent_may_go(problem: Problem, mission: EngineMission, agent: EngineAgent, day: int) -> bool:
    key = agent.id, day
    if key in problem.frozen or key not in problem.windows:
        return False
    lock = problem.locks.get(mission.id)
    if lock is not None and lock.agent not in (None, agent.id):
        return False
    return declared_link(agent, mission) is None and is_authorised(problem, agent, mission.family, day)


def day_is_open(problem: Problem, mission: EngineMission, day: int) -> bool:
    lock = problem.locks.get(mission.id)
    if lock is not None and lock.day not in (None, day):
        return False
    if mission.due_day is not None and day > mission.due_day:
        return False
    if mission.from_day is not None and day < mission.from_day:
        return False
    return not mission.slots or bool(slots_of_day(mission, day))


def missing_authorisation(problem: Problem, agent: EngineAgent, family: str, day: int) -> str:
    """Say why the family isn't covered: none at all, not yet, or expired."""
    name = family_name(problem, family)
    rights = [right for right in agent.authorisations if right.family == family]
    today = problem.date_of(day)
    ended = [r.until for r in rights if r.until and today and r.until < today]
    if ended:
        return f"habilitation {name} expirée le {max(ended):%d/%m/%Y}"
    begins = [r.since for r in rights if r.since and today and r.since > today]
    if begins:
        return f"habilitation {name} valable à partir du {min(begins):%d/%m/%Y}"
    return f"pas d’habilitation {name}"


def absence_text(problem: Problem, agent: EngineAgent, day: int) -> str:
    label = next((a.label for a in agent.absences if a.day == day), None)
    if label is None:
        return f"ne travaille pas {day_name(problem, day)}"
    return f"{label}{NBSP}: {day_name(problem, day)}"

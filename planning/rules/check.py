"""Check a plan against its problem, from the hours it states.

Shares no code with the modules that make plans: it recomputes nothing they computed, and believes no total.
"""

from collections import Counter
from collections.abc import Iterator

from planning.rules.constraints import Constraint, Violation
from planning.rules.model import DAY, EngineAgent, EngineMission, Problem
from planning.rules.plan import Plan, Tour


def check_plan(problem: Problem, plan: Plan) -> list[Violation]:
    """Return all that is wrong with a plan; an empty list is a valid plan."""
    found = list(_counts(problem, plan))
    for tour in plan.tours:
        agent = problem.agent.get(tour.agent)
        missions = [problem.mission.get(stop.mission) for stop in tour.stops]
        if agent is None or not all(missions):
            continue
        known = [mission for mission in missions if mission is not None]
        found += _who_and_when(problem, tour, agent, known)
        found += _hours(problem, tour, agent, known)
        found += _limits(problem, tour, agent, known)
    return found + list(_quota(problem, plan))


def _say(
    constraint: Constraint, text: str, tour: Tour, mission: int | None = None, amount: int = 0
) -> Violation:
    return Violation(constraint, text, tour.agent, tour.day, mission, amount)


def _counts(problem: Problem, plan: Plan) -> Iterator[Violation]:
    seen = Counter(stop.mission for tour in plan.tours for stop in tour.stops)
    seen.update(plan.unassigned)
    known = {mission.id for mission in problem.missions}
    for mission, times in seen.items():
        if mission not in known:
            yield Violation(Constraint.COUNT, f"mission {mission} inconnue", mission=mission)
        elif times > 1:
            yield Violation(Constraint.COUNT, f"mission {mission} comptée {times} fois", mission=mission)
    for mission in known - set(seen):
        yield Violation(Constraint.COUNT, f"mission {mission} oubliée", mission=mission)
    tours = Counter((tour.agent, tour.day) for tour in plan.tours)
    agents = {agent.id for agent in problem.agents}
    for (agent, day), times in tours.items():
        if times > 1:
            yield Violation(Constraint.COUNT, "deux tournées le même jour", agent, day)
        if agent not in agents:
            yield Violation(Constraint.COUNT, f"agent {agent} inconnu", agent, day)


def _who_and_when(
    problem: Problem, tour: Tour, agent: EngineAgent, missions: list[EngineMission]
) -> Iterator[Violation]:
    for mission, stop in zip(missions, tour.stops, strict=True):
        if not _covers(problem, agent, mission.family, tour.day):
            yield _say(Constraint.AUTHORISATION, "famille non couverte ce jour-là", tour, mission.id)
        if any(link.party in mission.parties for link in agent.links):
            yield _say(Constraint.LINK, "lien déclaré", tour, mission.id)
        lock = problem.locks.get(mission.id)
        if lock and (lock.agent not in (None, tour.agent) or lock.day not in (None, tour.day)):
            yield _say(Constraint.LOCK, "verrou défait", tour, mission.id)
        if mission.due_day is not None and tour.day > mission.due_day:
            days = tour.day - mission.due_day
            yield _say(Constraint.DUE_DATE, "après l’échéance", tour, mission.id, days)
        if mission.from_day is not None and tour.day < mission.from_day:
            yield _say(Constraint.DUE_DATE, "trop tôt", tour, mission.id, mission.from_day - tour.day)
        if stop.begin // DAY != tour.day:
            yield _say(Constraint.TIMES, "visite un autre jour que sa tournée", tour, mission.id)
        if mission.slots and not any(slot.start <= stop.begin <= slot.end for slot in mission.slots):
            yield _say(Constraint.SLOT, "hors créneau", tour, mission.id)


def _covers(problem: Problem, agent: EngineAgent, family: str, day: int) -> bool:
    date = problem.date_of(day)
    for right in agent.authorisations:
        if right.family != family:
            continue
        if date is None:
            return True
        if (right.since or date) <= date <= (right.until or date):
            return True
    return False


def _hours(
    problem: Problem, tour: Tour, agent: EngineAgent, missions: list[EngineMission]
) -> Iterator[Violation]:
    shift = agent.hours.get(tour.day)
    if shift is None:
        yield _say(Constraint.ABSENCE, "jour non travaillé", tour)
        return
    start, end = tour.day * DAY + shift.start, tour.day * DAY + shift.end
    if tour.departure < start or tour.back > end:
        amount = max(start - tour.departure, tour.back - end)
        yield _say(Constraint.WORKING_HOURS, "hors des horaires", tour, amount=amount)
    for absence in agent.absences:
        away_from, away_to = tour.day * DAY + absence.start, tour.day * DAY + absence.end
        if absence.day == tour.day and tour.departure < away_to and away_from < tour.back:
            yield _say(Constraint.ABSENCE, absence.label, tour)
    yield from _movements(problem, tour, agent, missions)
    yield from _lunch(problem, tour, agent, missions)


def _movements(
    problem: Problem, tour: Tour, agent: EngineAgent, missions: list[EngineMission]
) -> Iterator[Violation]:
    clock, here = tour.departure, agent.home
    for mission, stop in zip(missions, tour.stops, strict=True):
        if clock + problem.travel.leg(here, mission.place)[1] > stop.arrival or stop.arrival > stop.begin:
            yield _say(Constraint.TIMES, "trajet trop court", tour, mission.id)
        if stop.begin + mission.service > stop.end:
            yield _say(Constraint.TIMES, "visite trop courte", tour, mission.id)
        clock, here = stop.end, mission.place
    if tour.stops and clock + problem.travel.leg(here, agent.home)[1] > tour.back:
        yield _say(Constraint.TIMES, "retour trop tôt", tour)


def _lunch(
    problem: Problem, tour: Tour, agent: EngineAgent, missions: list[EngineMission]
) -> Iterator[Violation]:
    """Look for the stated lunch in the idle time that is left between two visits, trip taken off."""
    if agent.lunch is None or not _works_through(agent, tour.day):
        return
    lunch = tour.lunch
    if lunch is None:
        yield _say(Constraint.LUNCH, "pas de pause déjeuner", tour)
        return
    first, last = tour.day * DAY + agent.lunch.earliest, tour.day * DAY + agent.lunch.latest
    if lunch.start < first or lunch.end > last or lunch.end - lunch.start < agent.lunch.duration:
        yield _say(Constraint.LUNCH, "pause déjeuner mal placée", tour)
    if lunch.end <= tour.departure or lunch.start >= tour.back or not tour.stops:
        return
    ends = [tour.departure, *(stop.end for stop in tour.stops)]
    begins = [*(stop.begin for stop in tour.stops), tour.back]
    places = [agent.home, *(mission.place for mission in missions), agent.home]
    for number, (leaves, comes) in enumerate(zip(ends, begins, strict=True)):
        if leaves <= lunch.start and lunch.end <= comes:
            trip = problem.travel.leg(places[number], places[number + 1])[1]
            if comes - leaves < trip + agent.lunch.duration:
                yield _say(Constraint.LUNCH, "pause déjeuner prise sur le trajet", tour)
            return
    yield _say(Constraint.LUNCH, "pause déjeuner pendant une visite", tour)


def _works_through(agent: EngineAgent, day: int) -> bool:
    """Tell whether the agent works through the lunch window, on the side of the day that is kept."""
    shift, lunch = agent.hours[day], agent.lunch
    assert lunch is not None
    there = set(range(shift.start // 60, shift.end // 60))
    for absence in sorted((a for a in agent.absences if a.day == day), key=lambda a: a.start):
        before = {minute for minute in there if minute * 60 < absence.start}
        after = {minute for minute in there if minute * 60 >= absence.end}
        there = before if len(before) >= len(after) else after
    return there.issuperset(range(lunch.earliest // 60, lunch.latest // 60))


def _limits(
    problem: Problem, tour: Tour, agent: EngineAgent, missions: list[EngineMission]
) -> Iterator[Violation]:
    places = [agent.home, *(mission.place for mission in missions), agent.home]
    metres = sum(problem.travel.leg(a, b)[0] for a, b in zip(places, places[1:], strict=False))
    if missions and metres != tour.metres:
        yield _say(Constraint.MAX_KM, "kilomètres mal comptés", tour, amount=abs(metres - tour.metres))
    if agent.max_metres is not None and metres > agent.max_metres:
        yield _say(Constraint.MAX_KM, "trop de kilomètres", tour, amount=metres - agent.max_metres)
    if agent.max_missions is not None and len(missions) > agent.max_missions:
        yield _say(
            Constraint.MAX_MISSIONS, "trop de missions", tour, amount=len(missions) - agent.max_missions
        )


def _quota(problem: Problem, plan: Plan) -> Iterator[Violation]:
    if problem.non_salaried_room is None:
        return
    outside = {agent.id for agent in problem.agents if not agent.salaried}
    taken = sum(len(tour.stops) for tour in plan.tours if tour.agent in outside)
    if taken > problem.non_salaried_room:
        text = f"{taken} missions pour {problem.non_salaried_room} au plus"
        yield Violation(Constraint.NON_SALARIED, text, amount=taken - problem.non_salaried_room)

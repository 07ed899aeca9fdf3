"""Hours of one tour: earliest times, lunch put where it disturbs least.

For a given place of the lunch, leaving as early as possible is never worse; so trying each place is exact.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from planning.rules.constraints import Constraint, Violation
from planning.rules.eligibility import slots_of_day
from planning.rules.model import DAY, Interval, Lunch, Problem, TourKey, lunch_window
from planning.rules.plan import Plan, Stop, Tour
from planning.rules.wording import NBSP, day_name, hour, hours_between, kilometres, plural, signed_minutes

NO_LUNCH = -1


@dataclass(frozen=True, slots=True)
class Visit:
    mission: int
    slots: tuple[Interval, ...]
    service: int


@dataclass(frozen=True, slots=True)
class Frame:
    """One agent-day with its visits: all that its hours depend on."""

    window: Interval
    lunch: Lunch | None
    visits: tuple[Visit, ...]
    legs: tuple[int, ...]
    """Seconds of each trip, the way home included."""
    metres: int
    max_metres: int | None
    max_missions: int | None


@dataclass(frozen=True, slots=True)
class Run:
    """Result of one pass over a frame."""

    arrivals: list[int]
    begins: list[int]
    late: list[int]
    back: int
    overrun: int
    lunch: Interval | None

    @property
    def fault(self) -> int:
        return sum(self.late) + self.overrun


def frame_of(problem: Problem, key: TourKey, order: Sequence[int]) -> Frame:
    """Gather what the hours depend on; an agent who is absent gets the whole day (eligibility refuses it)."""
    agent, day = problem.agent[key[0]], key[1]
    window = problem.windows.get(key) or Interval(day * DAY, (day + 1) * DAY - 1)
    missions = [problem.mission[mission] for mission in order]
    visits = tuple(Visit(m.id, slots_of_day(m, day), m.service) for m in missions)
    legs, total = [], 0
    here = agent.home
    for place in [m.place for m in missions] + ([agent.home] if missions else []):
        metres, seconds = problem.travel.leg(here, place)
        legs.append(seconds)
        total += metres
        here = place
    return Frame(
        window,
        lunch_window(agent, window, day),
        visits,
        tuple(legs),
        total,
        agent.max_metres,
        agent.max_missions,
    )


def run(frame: Frame, lunch_leg: int = NO_LUNCH) -> Run | None:
    """Follow the tour with lunch on that trip; None when lunch can't begin in time there."""
    clock = frame.window.start
    arrivals: list[int] = []
    begins: list[int] = []
    late: list[int] = []
    eaten = None
    for index, leg in enumerate(frame.legs):
        arrival = clock + leg
        clock = arrival
        if index == lunch_leg and frame.lunch is not None:
            start = lunch_start(frame.lunch, clock - leg, leg)
            if start is None:
                return None
            eaten = Interval(start, start + frame.lunch.duration)
            if start >= arrival:
                clock = eaten.end
            else:
                arrival = clock = arrival + frame.lunch.duration
        arrivals.append(arrival)
        if index < len(frame.visits):
            begin, lateness = first_opening(frame.visits[index].slots, clock)
            begins.append(begin)
            late.append(lateness)
            clock = begin + frame.visits[index].service
    back = arrivals.pop() if arrivals else clock
    return Run(arrivals, begins, late, back, max(0, back - frame.window.end), eaten)


def lunch_start(lunch: Lunch, leaving: int, leg: int) -> int | None:
    """Return when lunch begins on a trip: on arrival if that is early enough, else before or on the road."""
    if leaving > lunch.last_start:
        return None
    if leaving + leg <= lunch.last_start:
        return max(leaving + leg, lunch.earliest)
    return max(leaving, lunch.earliest)


def first_opening(slots: tuple[Interval, ...], moment: int) -> tuple[int, int]:
    """Return when the visit begins, and how late that is after the last slot."""
    if not slots:
        return moment, 0
    for slot in slots:
        if moment <= slot.end:
            return max(moment, slot.start), 0
    return moment, moment - slots[-1].end


def best_run(frame: Frame) -> Run:
    """Return the run with the least lateness, then the earliest return."""
    if frame.lunch is None or not frame.legs:
        plain = run(frame)
        assert plain is not None
        return plain
    runs = [found for leg in range(len(frame.legs)) if (found := run(frame, leg)) is not None]
    return min(runs, key=lambda found: (found.fault, found.back))


def fits(problem: Problem, key: TourKey, order: Sequence[int]) -> bool:
    """Tell whether this order keeps every hour, lunch and limit of that agent-day (not who may go)."""
    return frame_fits(frame_of(problem, key, order))


def frame_fits(frame: Frame) -> bool:
    if frame.max_missions is not None and len(frame.visits) > frame.max_missions:
        return False
    if frame.max_metres is not None and frame.metres > frame.max_metres:
        return False
    plain = run(frame)
    if plain is None or plain.fault:
        return False
    if frame.lunch is None or not frame.legs:
        return True
    return any(
        found is not None and not found.fault for leg in range(len(frame.legs)) if (found := run(frame, leg))
    )


def build_tour(problem: Problem, key: TourKey, order: Sequence[int]) -> Tour:
    """Compute the hours of a tour, whether it keeps its limits or not."""
    frame = frame_of(problem, key, order)
    found = best_run(frame)
    stops = tuple(
        Stop(visit.mission, arrival, begin, begin + visit.service)
        for visit, arrival, begin in zip(frame.visits, found.arrivals, found.begins, strict=True)
    )
    departure, lunch, first_arrival = _leave_later(frame, found)
    if stops:
        stops = (replace(stops[0], arrival=first_arrival), *stops[1:])
    return Tour(
        agent=key[0],
        day=key[1],
        stops=stops,
        departure=departure,
        back=found.back,
        metres=frame.metres,
        driving=sum(frame.legs),
        service=sum(visit.service for visit in frame.visits),
        lunch=lunch,
    )


def _leave_later(frame: Frame, found: Run) -> tuple[int, Interval | None, int]:
    """Return departure, lunch and first arrival, the wait at the first door spared.

    The agent leaves home later, after lunch when that is where it falls.
    """
    lunch, start = found.lunch, frame.window.start
    if not found.begins or frame.lunch is None or lunch is None or lunch.start >= found.begins[0]:
        begin = found.begins[0] if found.begins else start
        return begin - (frame.legs[0] if found.begins else 0), lunch, begin
    arrival, leg = found.arrivals[0], frame.legs[0]
    at_home = Interval(found.begins[0] - leg - frame.lunch.duration, found.begins[0] - leg)
    if frame.lunch.earliest <= at_home.start <= frame.lunch.last_start:
        return at_home.end, at_home, found.begins[0]
    if lunch.start >= arrival:
        return arrival - leg, lunch, arrival
    return start if lunch.start > start else lunch.end, lunch, arrival


def build_plan(problem: Problem, orders: dict[TourKey, tuple[int, ...]]) -> Plan:
    """Compute the hours of all tours; the missions that are in none are left out."""
    tours = tuple(build_tour(problem, key, order) for key, order in sorted(orders.items()) if order)
    placed = {stop.mission for tour in tours for stop in tour.stops}
    return Plan(tours, tuple(m.id for m in problem.missions if m.id not in placed))


def tour_violations(problem: Problem, key: TourKey, order: Sequence[int]) -> list[Violation]:
    """Return which hours and limits this order breaks, and by how much; lunch is blamed where it is why."""
    frame = frame_of(problem, key, order)
    return _blame_lunch(frame, _broken_hours(problem, frame, key), key) + _broken_limits(frame, key)


def tour_shortages(problem: Problem, key: TourKey, order: Sequence[int]) -> list[Violation]:
    """Return the same, but what would have to be longer or later for lunch to fit: slots, the day."""
    frame = frame_of(problem, key, order)
    return _broken_hours(problem, frame, key) + _broken_limits(frame, key)


def _broken_hours(problem: Problem, frame: Frame, key: TourKey) -> list[Violation]:
    agent, day = key
    found = best_run(frame)
    broken = [
        Violation(
            Constraint.SLOT,
            f"créneau {hours_between(visit.slots[-1])}{NBSP}: {signed_minutes(late)}",
            agent,
            day,
            visit.mission,
            late,
        )
        for visit, late in zip(frame.visits, found.late, strict=True)
        if late
    ]
    if found.overrun:
        text = (
            f"journée pleine {day_name(problem, day)}{NBSP}: retour {hour(found.back)} "
            f"pour {hour(frame.window.end)} ({signed_minutes(found.overrun)})"
        )
        broken.append(Violation(Constraint.WORKING_HOURS, text, agent, day, None, found.overrun))
    return broken


def _blame_lunch(frame: Frame, broken: list[Violation], key: TourKey) -> list[Violation]:
    """Say « lunch » when lunch alone makes the day late."""
    plain = run(frame)
    if not broken or frame.lunch is None or plain is None or plain.fault:
        return broken
    lack = sum(violation.amount for violation in broken)
    text = f"pas de place pour la pause déjeuner{NBSP}: {signed_minutes(lack)}"
    return [Violation(Constraint.LUNCH, text, key[0], key[1], None, lack)]


def _broken_limits(frame: Frame, key: TourKey) -> list[Violation]:
    agent, day = key
    found = []
    if frame.max_metres is not None and frame.metres > frame.max_metres:
        text = f"{kilometres(frame.metres)} pour {kilometres(frame.max_metres)} autorisés"
        excess = frame.metres - frame.max_metres
        found.append(Violation(Constraint.MAX_KM, text, agent, day, None, excess))
    if frame.max_missions is not None and len(frame.visits) > frame.max_missions:
        text = f"{plural(len(frame.visits), 'mission')} pour {frame.max_missions} au plus"
        excess = len(frame.visits) - frame.max_missions
        found.append(Violation(Constraint.MAX_MISSIONS, text, agent, day, None, excess))
    return found

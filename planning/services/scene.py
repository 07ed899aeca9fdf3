"""From agents, missions and days of the database to a problem of the engine."""

import datetime as dt
from array import array
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.utils import timezone

from missions.enums import MissionStatus
from missions.models import Mission
from missions.rules.assignment import Link, independence_refusal
from missions.services.assignment import parties_of
from planning.ports import travel_times
from planning.rules.distance import Point, TravelMatrix
from planning.rules.model import (
    DAY,
    Absence,
    Authorisation,
    DeclaredLink,
    EngineAgent,
    EngineMission,
    Interval,
    Lock,
    Lunch,
    Problem,
    Shift,
    TourKey,
)
from spekty.accounts.enums import Contract
from spekty.accounts.models import Agent
from spekty.core.enums import Family
from spekty.core.parameters import parameter

GRACE = 15 * 60
"""Seconds by which a visit may begin after the hour agreed with the beneficiary: our choice."""
LUNCH_EARLIEST, LUNCH_LATEST = 11 * 3600 + 1800, 14 * 3600 + 1800
AGREED = (MissionStatus.FIXED, MissionStatus.CONFIRMED, MissionStatus.IN_PROGRESS)
MIDDLE_OF_FRANCE = Point(46.5, 2.5)


@dataclass(frozen=True)
class Scene:
    """A problem, and how its days and moments read on the calendar."""

    problem: Problem
    first_day: dt.date

    def key(self, agent_id: int, day: dt.date) -> TourKey:
        return agent_id, (day - self.first_day).days

    def date(self, day: int) -> dt.date:
        return self.first_day + dt.timedelta(days=day)

    def moment(self, seconds: int) -> dt.datetime:
        """Return the moment on the clock of the wall."""
        day, second = divmod(seconds, DAY)
        hour = (dt.datetime.min + dt.timedelta(seconds=second)).time()
        return timezone.make_aware(dt.datetime.combine(self.date(day), hour))


def build_scene(
    *,
    agents: Sequence[Agent],
    missions: Sequence[Mission],
    first_day: dt.date,
    days: int,
    locks: Mapping[int, Lock] | None = None,
    frozen: Iterable[TourKey] = (),
    room: int | None = None,
) -> Scene:
    """Translate agents (of `agents_for`) and missions (of `missions_for`) over `days` days.

    Travel times come from the port, the margin between two visits from the parameters.
    Raises TravelUnknown when the server of travel times gives no answer.
    """
    homes = {a.pk: _point(a.lat, a.lon) for a in agents}
    sites = {m.pk: _point(m.operation.lat, m.operation.lon) for m in missions}
    somewhere = next((p for p in [*homes.values(), *sites.values()] if p), MIDDLE_OF_FRANCE)
    found = [_agent(agent, homes[agent.pk] or somewhere, first_day, range(days)) for agent in agents]
    wanted = [
        _mission(mission, sites[mission.pk] or somewhere, first_day, _links_of(agents, mission, first_day))
        for mission in missions
    ]
    places = [agent.home for agent in found] + [mission.place for mission in wanted]
    margin = int(parameter("appointment-margin")) * 60
    problem = Problem(
        days=days,
        agents=tuple(found),
        missions=tuple(wanted),
        travel=with_margin(travel_times().matrix(places or [somewhere]), margin),
        first_day=first_day,
        family_labels={family.value: family.value for family in Family},
        locks=locks or {},
        frozen=frozenset(frozen),
        non_salaried_room=room,
    )
    return Scene(problem, first_day)


def with_margin(matrix: TravelMatrix, margin: int) -> TravelMatrix:
    """Return the same trips, each between two different places `margin` seconds longer."""
    seconds = [
        array("i", (s + margin if m else s for s, m in zip(row, metres, strict=True)))
        for row, metres in zip(matrix.seconds, matrix.metres, strict=True)
    ]
    return TravelMatrix(matrix.index, matrix.metres, seconds)


def _point(lat: float | None, lon: float | None) -> Point | None:
    return None if lat is None or lon is None else Point(lat, lon)


def _agent(agent: Agent, home: Point, first: dt.date, days: range) -> EngineAgent:
    dates = {day: first + dt.timedelta(days=day) for day in days}
    shift = Shift(_second(agent.day_start), _second(agent.day_end))
    return EngineAgent(
        id=agent.pk,
        name=agent.short_name,
        home=home,
        authorisations=tuple(
            Authorisation(a.family, a.valid_from, a.valid_to) for a in agent.authorisations.all()
        ),
        hours={day: shift for day, date in dates.items() if date.weekday() in agent.workdays},
        lunch=Lunch(LUNCH_EARLIEST, LUNCH_LATEST, agent.lunch_minutes * 60) if agent.lunch_minutes else None,
        max_metres=agent.max_km * 1000,
        max_missions=agent.max_stops,
        absences=tuple(
            Absence(day, label=absence.reason.lower())
            for day, date in dates.items()
            for absence in agent.absences.all()
            if absence.first_day <= date <= absence.last_day
        ),
        links=tuple(DeclaredLink(f"link:{link.pk}", link.name) for link in agent.links.all()),
        salaried=agent.contract != Contract.FREELANCE,
    )


def _mission(mission: Mission, place: Point, first: dt.date, parties: frozenset[str]) -> EngineMission:
    due = None if mission.due_on is None else (mission.due_on - first).days
    slots: tuple[Interval, ...] = ()
    if mission.appointment_at is not None and mission.status in AGREED:
        begin = seconds_of(mission.appointment_at, first)
        slots = (Interval(begin, begin + GRACE),)
    return EngineMission(
        id=mission.pk,
        family=mission.family,
        place=place,
        service=mission.minutes * 60,
        priority=priority_of(due, agreed=bool(slots)),
        slots=slots,
        # What is already late can't keep its date: it is urgent, not impossible.
        due_day=due if due is not None and due >= 0 else None,
        parties=parties,
        label=mission.number,
    )


def priority_of(due: int | None, *, agreed: bool) -> int:
    """Return 0 to 100: what was promised or is late first, then two points less a day; our choice."""
    if agreed or (due is not None and due < 0):
        return 100
    return 20 if due is None else max(20, 90 - 2 * due)


def _links_of(agents: Sequence[Agent], mission: Mission, day: dt.date) -> frozenset[str]:
    """Return the declared links of these agents that concern the mission, as the rule of missions says."""
    parties = None
    found = set()
    for agent in agents:
        for link in agent.links.all():
            parties = parties or parties_of(mission)
            start = max(day, link.valid_from)
            one = Link(link.kind, link.siren, link.name, link.reason, link.valid_from, link.valid_to)
            if independence_refusal(parties, start, [one]):
                found.add(f"link:{link.pk}")
    return frozenset(found)


def seconds_of(moment: dt.datetime, first: dt.date) -> int:
    """Return a moment as the engine counts it from the first day."""
    local = timezone.localtime(moment)
    return (local.date() - first).days * DAY + _second(local.time())


def _second(time: dt.time) -> int:
    return time.hour * 3600 + time.minute * 60 + time.second

"""Tours of today and tomorrow for the agents of the demonstration, as a planner would make them."""

import datetime as dt
import math

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from lots.enums import LotStatus
from missions.enums import MissionStatus
from missions.models import Mission
from missions.services import confirm_appointment, fix_appointment, release_appointment
from planning.models import Stop, Tour
from planning.services import place_stop, publish_tours
from spekty.accounts.models import Agent
from spekty.core.actors import Actor
from spekty.core.engine import TransitionRefused
from spekty.core.enums import Channel

STOPS_A_DAY = 4
QUARTER = dt.timedelta(minutes=15)
TO_COME = (MissionStatus.TO_PLAN, MissionStatus.TO_CONTACT, MissionStatus.FIXED)


def fill_day(agent: Agent, day: dt.date, *, by: Actor) -> None:
    """Put up to four missions of the agent's departments on a tour of `day` and publish it; once only."""
    if Tour.objects.filter(agent=agent, day=day).exists():
        return
    placed = 0
    for mission in _candidates(agent, day):
        if placed == STOPS_A_DAY:
            break
        placed += _place(mission, agent, day, by)
    for rank, stop in enumerate(Stop.objects.filter(tour__agent=agent, tour__day=day).order_by("position")):
        _agree(stop, agent, by, confirmed=rank % 2 == 0)
    if placed:
        publish_tours(keys=[(agent.pk, day)], by=by)


def _candidates(agent: Agent, day: dt.date) -> list[Mission]:
    """Missions of open lots whose appointment is over, or that have none yet, nearest first."""
    loose = Q(appointment_at__isnull=True) | Q(appointment_at__date__lte=day)
    free = Mission.objects.filter(
        loose,
        Q(agent=None) | Q(agent=agent),
        lot__status=LotStatus.DRAWN,
        operation__department__in=agent.departments,
        channel=Channel.SITE,
        status__in=TO_COME,
        stop__isnull=True,
    )
    return _nearest_first(free, agent)


def _nearest_first(missions: QuerySet[Mission], agent: Agent) -> list[Mission]:
    """Order by crow-fly distance from the agent's home; a site that is nowhere comes last."""
    if agent.lat is None or agent.lon is None:
        return list(missions)
    home, east = (agent.lat, agent.lon), math.cos(math.radians(agent.lat))

    def distance(mission: Mission) -> float:
        site = mission.operation
        if site.lat is None or site.lon is None:
            return math.inf
        return math.hypot(site.lat - home[0], (site.lon - home[1]) * east)

    return sorted(missions.select_related("operation"), key=distance)


def _place(mission: Mission, agent: Agent, day: dt.date, by: Actor) -> bool:
    """Place one mission where it costs least; a refusal leaves it where it was."""
    agreed = mission.appointment_at
    try:
        with transaction.atomic():
            if agreed and timezone.localdate(agreed) != day:
                release_appointment(mission_id=mission.pk, by=by, reason="Reporté avec le bénéficiaire")
            place_stop(mission_id=mission.pk, target=(agent.pk, day), by=by)
    except TransitionRefused:
        return False
    return True


def _agree(stop: Stop, agent: Agent, by: Actor, *, confirmed: bool) -> None:
    """Agree the planned hour with the beneficiary, on the next quarter of an hour."""
    if stop.arrives_at is None:
        return
    arrival = timezone.localtime(stop.arrives_at)
    starts_at = arrival + (dt.datetime.min - arrival.replace(tzinfo=None)) % QUARTER
    fix_appointment(mission_id=stop.mission_id, agent=agent, starts_at=starts_at, by=by)
    if confirmed:
        confirm_appointment(mission_id=stop.mission_id, by=by)

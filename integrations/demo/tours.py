"""Tours of today and tomorrow for the agents of the demonstration, made through the services."""

import datetime as dt

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from missions.enums import MissionStatus
from missions.models import Mission
from missions.services import MissionNotAssignable, confirm_appointment, fix_appointment, reopen_mission
from missions.services.appointments import SlotTaken
from planning.enums import Provenance
from planning.models import Stop, Tour
from spekty.accounts.models import Agent
from spekty.core.actors import Actor
from spekty.core.engine import advance
from spekty.core.enums import Channel
from spekty.core.history import acting

HOURS = (dt.time(8, 30), dt.time(10, 0), dt.time(11, 15), dt.time(14, 0), dt.time(15, 30))
STOPS_A_DAY = 4
TO_COME = (MissionStatus.TO_PLAN, MissionStatus.TO_CONTACT, MissionStatus.FIXED)
SECOND_CHANCE = (MissionStatus.UNREACHABLE,)


@transaction.atomic
def fill_day(agent: Agent, day: dt.date, *, by: Actor) -> Tour:
    """Put up to four missions of the agent's departments on a published tour of `day`; once only."""
    tour, is_new = Tour.objects.get_or_create(agent=agent, day=day)
    if not is_new:
        return tour
    position = 0
    for mission in _candidates(agent):
        if position == STOPS_A_DAY:
            break
        if _place(mission, tour, position, by):
            position += 1
    with acting(by):
        tour.published = [
            {
                "mission": stop.mission_id,
                "arrives_at": stop.arrives_at and stop.arrives_at.isoformat(),
                "leaves_at": stop.leaves_at and stop.leaves_at.isoformat(),
            }
            for stop in tour.stops.all()
        ]
        tour.published_at = timezone.now()
        tour.save(update_fields=["published", "published_at"])
    return advance(Tour, tour.pk, "publish", by=by)


def _candidates(agent: Agent) -> list[Mission]:
    """Missions to come first; else beneficiaries who were unreachable and answer at last."""
    near = Q(operation__department__in=agent.departments)
    free = Mission.objects.filter(near, channel=Channel.SITE, stop__isnull=True).select_related(
        "lot__client", "operation__installer"
    )
    to_come = free.filter(Q(agent=None) | Q(agent=agent), status__in=TO_COME).order_by("operation__postcode")
    again = free.filter(status__in=SECOND_CHANCE).order_by("operation__postcode", "-number")
    return [*to_come, *again]


def _place(mission: Mission, tour: Tour, position: int, by: Actor) -> bool:
    zone = timezone.get_current_timezone()
    starts_at = dt.datetime.combine(tour.day, HOURS[position], tzinfo=zone)
    try:
        with transaction.atomic():
            if mission.status in SECOND_CHANCE:
                reopen_mission(mission_id=mission.pk, by=by, reason="Le bénéficiaire a rappelé")
            fix_appointment(mission_id=mission.pk, agent=tour.agent, starts_at=starts_at, by=by)
            if position % 2 == 0:
                confirm_appointment(mission_id=mission.pk, by=by)
    except (MissionNotAssignable, SlotTaken):
        return False
    with acting(by):
        Stop.objects.create(
            tour=tour,
            mission=mission,
            position=position + 1,
            arrives_at=starts_at,
            leaves_at=starts_at + dt.timedelta(minutes=mission.minutes),
            provenance=Provenance.HAND,
        )
    return True

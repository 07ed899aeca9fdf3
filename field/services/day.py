"""An agent's day: a visit starts, the day ends with its kilometres."""

import datetime as dt
from decimal import ROUND_HALF_UP, Decimal

from django.db import transaction
from django.utils import timezone

from field.models import DailyKm
from missions.enums import MissionStatus
from missions.models import Mission
from missions.services import start_visit
from planning.enums import TourStatus
from planning.models import Tour
from spekty.accounts.models import Agent
from spekty.core.actors import Actor
from spekty.core.engine import TransitionRefused, advance, lock_row
from spekty.core.history import acting

MOST_KM = Decimal(1500)


class KmRefused(TransitionRefused):
    """These kilometres can't be those of a day."""


@transaction.atomic
def start_mission(*, mission_id: int, by: Actor) -> Mission:
    """Note that the visit began, and the tour with it; asking twice changes nothing more."""
    mission = lock_row(Mission, mission_id)
    if mission.status == MissionStatus.IN_PROGRESS:
        return mission
    started = start_visit(mission_id=mission_id, by=by)
    told = (TourStatus.DRAFT, TourStatus.PUBLISHED)
    tour = Tour.objects.told().filter(stops__mission=mission, status__in=told).first()
    if tour is not None and tour.day == timezone.localdate():
        advance(Tour, tour.pk, "start", by=by)
    return started


@transaction.atomic
def declare_km(*, agent: Agent, day: dt.date, km: Decimal, by: Actor) -> DailyKm:
    """Keep the kilometres driven on `day`; a second declaration replaces the first. Raises KmRefused."""
    if not 0 <= km <= MOST_KM:
        raise KmRefused("Les kilomètres d’une journée vont de 0 à 1 500.")
    if day > timezone.localdate():
        raise KmRefused("Cette journée n’a pas encore eu lieu.")
    with acting(by):
        declared, _ = DailyKm.objects.update_or_create(
            agent=agent, day=day, defaults={"km": km.quantize(Decimal("0.1"), ROUND_HALF_UP)}
        )
    return declared


@transaction.atomic
def finish_day(*, agent: Agent, day: dt.date, km: Decimal, by: Actor) -> DailyKm:
    """Declare the day's kilometres and end its tour, if one was started."""
    declared = declare_km(agent=agent, day=day, km=km, by=by)
    tour = Tour.objects.filter(agent=agent, day=day, status=TourStatus.STARTED).first()
    if tour is not None:
        advance(Tour, tour.pk, "finish", by=by)
    return declared

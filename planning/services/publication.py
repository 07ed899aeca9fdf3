"""Publish drafts: missions get their agent, agents are told, what they were told is kept."""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from missions.enums import MissionStatus
from missions.models import Mission
from missions.services import assign_mission, unassign_mission
from planning.enums import TourStatus
from planning.models import Stop, Tour
from planning.services.refusals import BoardConflict, PlacementRefused
from planning.services.sheets import Key, conflict_text, lock_tours, told
from spekty.accounts.models import Agent
from spekty.core.actors import Actor
from spekty.core.engine import TransitionRefused, advance
from spekty.core.history import acting
from spekty.core.mail import queue_mail
from spekty.core.outbox import emit

MAIL, FIELD_APP = "tour_published", "field_app.mission"


@dataclass(frozen=True, slots=True)
class Published:
    """The tours that were published, and the agents without an address to write to."""

    tours: tuple[Tour, ...]
    not_told: tuple[Agent, ...]


@transaction.atomic
def publish_tours(*, keys: Iterable[Key], by: Actor, seen: Mapping[Key, int] | None = None) -> Published:
    """Publish these drafts, and those that exchange missions with them: a mission is told to one agent.

    Each mission is assigned to the agent of its tour, each agent gets one mail through the outbox.
    Raises BoardConflict, MissionNotAssignable or PlacementRefused; nothing is published then.
    """
    tours = lock_tours(with_exchanges(set(keys)))
    for key, tour in tours.items():
        if seen and key in seen and seen[key] != tour.version:
            raise BoardConflict(conflict_text(tour))
    if with_exchanges(set(tours)) != set(tours):
        raise BoardConflict("Ces tournées ont changé entre-temps : rien n’a été publié, recommencez.")
    drafts = [tour for tour in tours.values() if tour.status == TourStatus.DRAFT]
    _give_back(drafts, by)
    for tour in drafts:
        _assign(tour, by)
    not_told = [tour.agent for tour in drafts if not _tell(tour, by)]
    return Published(tuple(drafts), tuple(not_told))


def with_exchanges(keys: set[Key]) -> set[Key]:
    """Add the tours whose draft holds a mission that another of these tours was told of, and the reverse."""
    while True:
        tours = list(Tour.objects.filter(agent__in=[a for a, _ in keys], day__in=[d for _, d in keys]))
        tours = [tour for tour in tours if (tour.agent_id, tour.day) in keys]
        was = {stop["mission"] for tour in tours for stop in tour.published}
        now = set(Stop.objects.filter(tour__in=tours).values_list("mission_id", flat=True))
        more = keys | {
            (stop.tour.agent_id, stop.tour.day)
            for stop in Stop.objects.filter(mission__in=was - now).select_related("tour")
        }
        told_elsewhere = Tour.objects.filter(status=TourStatus.DRAFT, published_at__isnull=False)
        more |= {
            (tour.agent_id, tour.day)
            for tour in told_elsewhere
            if any(stop["mission"] in now - was for stop in tour.published)
        }
        if more == keys:
            return keys
        keys = more


def _give_back(drafts: list[Tour], by: Actor) -> None:
    """Unassign the missions that left these tours for none; an appointment keeps its agent."""
    was = {stop["mission"]: tour.agent_id for tour in drafts for stop in tour.published}
    left = Mission.objects.filter(pk__in=was, stop=None, status=MissionStatus.TO_CONTACT)
    for mission in left.order_by("pk"):
        if mission.agent_id == was[mission.pk]:
            unassign_mission(mission_id=mission.pk, by=by, reason="Retirée de la tournée")


def _assign(tour: Tour, by: Actor) -> None:
    stops = Stop.objects.filter(tour=tour).select_related("mission").order_by("mission_id")
    for stop in stops:
        mission = stop.mission
        if mission.agent_id == tour.agent_id and mission.status != MissionStatus.TO_PLAN:
            continue
        try:
            with transaction.atomic():
                assign_mission(mission_id=mission.pk, agent=tour.agent, day=tour.day, by=by)
        except IntegrityError as clash:
            if "appointment_no_overlap" not in str(clash):
                raise
            raise PlacementRefused(
                f"{mission.number} : {tour.agent} a déjà un rendez-vous à cette heure. Rien n’a été publié."
            ) from None
        except TransitionRefused as refusal:
            raise PlacementRefused(
                f"{mission.number} chez {tour.agent} : {refusal} Rien n’a été publié."
            ) from None


def _tell(tour: Tour, by: Actor) -> bool:
    """Keep what is told and promise the mail; return whether the agent can be written to."""
    before, stops = tour.published, told(tour)
    with acting(by):
        tour.published, tour.published_at = stops, timezone.now()
        tour.save(update_fields=["published", "published_at"])
    advance(Tour, tour.pk, "publish", by=by)
    _tell_field_app(tour)
    address = tour.agent.email or (tour.agent.user.email if tour.agent.user else "")
    if not address:
        return False
    context = {"tour": tour, "lines": _lines(tour), "is_first": not before}
    try:
        queue_mail(template=MAIL, to=address, context=context, about=tour)
    except ValidationError:
        return False
    return True


def _tell_field_app(tour: Tour) -> None:
    """Promise the field app every visit of the tour; only a new agent or hour is told again."""
    for stop in Stop.objects.filter(tour=tour).select_related("mission").order_by("position"):
        emit(FIELD_APP, stop.mission)


def _lines(tour: Tour) -> list[Stop]:
    return list(
        Stop.objects.filter(tour=tour)
        .select_related("mission__operation", "mission__lot__fiche")
        .order_by("position")
    )


def drafts_of(day: dt.date) -> list[Key]:
    """Return the drafts of a day that hold something, or were told and have changed."""
    rows = Tour.objects.filter(day=day, status=TourStatus.DRAFT).prefetch_related("stops")
    return [(tour.agent_id, tour.day) for tour in rows if tour.published_at or tour.stops.all()]

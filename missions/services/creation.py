"""From drawn operations to missions, and from a non-conformity put right to its re-inspection."""

from collections.abc import Sequence

from django.db import transaction
from django.utils import timezone

from lots.models import Lot, Operation
from missions.enums import MissionStatus
from missions.models import Mission
from missions.services.moves import TOPIC
from spekty.core.actors import Actor
from spekty.core.engine import TransitionRefused, lock_row
from spekty.core.enums import Channel, Conclusion
from spekty.core.history import acting
from spekty.core.models import StateChange
from spekty.core.numbering import take_number
from spekty.core.outbox import emit

SERIES = "M"
CONTACT_MINUTES = 15


@transaction.atomic
def create_missions(
    *, lot: Lot, operations: Sequence[Operation], channel: Channel, by: Actor
) -> list[Mission]:
    """Open one mission per operation drawn, numbered without gap in the order of the draw."""
    missions = [
        Mission(lot=lot, operation=operation, channel=channel, **_shape(lot, channel))
        for operation in operations
    ]
    return _open(missions, by=by, reason="Tirage")


@transaction.atomic
def create_reinspection(*, mission_id: int, by: Actor) -> Mission:
    """Open a re-inspection of a non-satisfied mission; the first report is never edited (R7)."""
    first = lock_row(Mission, mission_id)
    if first.status != MissionStatus.REPORTED or first.conclusion != Conclusion.NS:
        raise TransitionRefused("Une contre-visite suit un rapport émis « non satisfaisant ».")
    if first.reinspections.exclude(status=MissionStatus.CANCELLED).exists():
        raise TransitionRefused("Cette mission a déjà une contre-visite.")
    channel = Channel(first.channel)
    again = Mission(
        lot=first.lot,
        operation=first.operation,
        channel=channel,
        reinspection_of=first,
        **_shape(first.lot, channel),
    )
    return _open([again], by=by, reason=f"Contre-visite de {first.number}")[0]


def _shape(lot: Lot, channel: Channel) -> dict[str, object]:
    minutes = lot.fiche.minutes if channel == Channel.SITE else CONTACT_MINUTES
    return {"family": lot.fiche.family, "minutes": minutes, "due_on": lot.filing_on}


def _open(missions: list[Mission], *, by: Actor, reason: str) -> list[Mission]:
    year = timezone.localdate().year
    first = take_number(code=SERIES, year=year, count=len(missions))
    for rank, mission in enumerate(missions):
        mission.number = f"M-{year}-{first + rank:06d}"
    with acting(by):
        created = Mission.objects.bulk_create(missions)
    StateChange.objects.bulk_create(_opening(mission, by, reason) for mission in created)
    for mission in created:
        emit(TOPIC, mission)
    return created


def _opening(mission: Mission, by: Actor, reason: str) -> StateChange:
    return StateChange(
        aggregate=mission._meta.label_lower,
        aggregate_id=mission.pk,
        transition="open",
        from_state="",
        to_state=mission.status,
        actor_id=by.user_id,
        actor_name=by.name,
        source=by.source,
        reason=reason,
    )

"""Readings come in through the inbox, missions go out through the outbox."""

import hashlib
import json
import logging
import uuid
from typing import Any

import httpx
from django.conf import settings
from django.db import transaction
from django.utils import timezone

from field.models import Reading
from field.rules.answers import read_answers
from field.rules.definition import read_definition
from field.services import add_photo as photo_service
from field.services import definition_for
from field.services import record_reading as record_service
from field.services.readings import Visit
from integrations.http import Unavailable
from integrations.kizeo.client import Kizeo
from integrations.kizeo.mapping import (
    NAMESPACE,
    Record,
    Unreadable,
    external_id,
    push_body,
    read_record,
    typed_answers,
)
from missions.enums import MissionStatus
from missions.models import Mission
from planning.selectors.told import told_hour
from spekty.accounts.models import Agent
from spekty.core.actors import system_actor
from spekty.core.engine import TransitionRefused, label_of
from spekty.core.enums import Source
from spekty.core.models import Effect, InboxMessage, OutboxMessage
from spekty.core.outbox import RetryLater, Undeliverable

log = logging.getLogger(__name__)

RECORDS, HOOKS = "field_app.record", "field_app.hook"
PAGE, MAX_PAGES = 50, 20
PUSHABLE = (MissionStatus.TO_CONTACT, MissionStatus.FIXED, MissionStatus.CONFIRMED)
PUSH = "kizeo.push"
# Time or a repaired link cures these; the message stays to be processed.
PASSING = (httpx.HTTPError, Unavailable, RetryLater)


def connect() -> Kizeo:
    """Return the form of the settings."""
    return Kizeo(settings.KIZEO_URL, settings.KIZEO_TOKEN, settings.KIZEO_FORM_ID, settings.KIZEO_ACTION)


def pull() -> int:
    """Keep in the inbox every record that Kizeo holds for us, then acknowledge; return how many are new.

    Acknowledged only once kept: a crash in between brings the same records again, to the same rows.
    """
    woken_at, new = timezone.now(), 0
    with connect() as kizeo:
        for _page in range(MAX_PAGES):
            items = kizeo.unread(PAGE)
            if not items:
                break
            for item in items:
                new += _keep(item, kizeo.record(str(item["_id"])))
            kizeo.acknowledge([str(item["_id"]) for item in items])
    InboxMessage.objects.filter(source=HOOKS, processed_at=None, received_at__lte=woken_at).update(
        processed_at=woken_at
    )
    return new


def _keep(item: dict[str, Any], detail: dict[str, Any]) -> bool:
    return keep_in_inbox(RECORDS, external_id(settings.KIZEO_FORM_ID, item), {"item": item, "detail": detail})


@transaction.atomic
def keep_in_inbox(source: str, key: str, raw: dict[str, Any]) -> bool:
    """Keep what came in, once by its key; return whether it is new."""
    content = json.dumps(raw, sort_keys=True).encode()
    _row, created = InboxMessage.objects.get_or_create(
        source=source,
        external_id=key[:200],
        defaults={"raw": raw, "sha256": hashlib.sha256(content).hexdigest()},
    )
    return created


def process(limit: int = 200) -> int:
    """Turn kept records into readings, oldest first; return how many became one.

    What is refused keeps its French reason in the row, for a person; a fault of the network stops the run.
    """
    done = 0
    waiting = InboxMessage.objects.filter(source=RECORDS, processed_at=None, error="").order_by("id")
    with connect() as kizeo:
        for message in waiting[:limit]:
            try:
                take_in(message, kizeo)
            except (Unreadable, TransitionRefused, Undeliverable) as refusal:
                InboxMessage.objects.filter(pk=message.pk).update(error=str(refusal))
            except PASSING as fault:
                log.warning("kizeo: processing stopped: %s", fault)
                break
            else:
                done += 1
    return done


def take_in(message: InboxMessage, kizeo: Kizeo) -> None:
    """Record one reading and its photos, then mark the message; each step once by its own key."""
    record = read_record(message.raw["item"], message.raw["detail"])
    mission, agent = _mission_of(record), _agent_of(record)
    signature = kizeo.media(record.data_id, record.signature) if record.signature else None
    reading = record_reading(record, mission, agent, signature)
    for question, name in record.media:
        add_photo(reading, question, name, kizeo.media(record.data_id, name))
    InboxMessage.objects.filter(pk=message.pk).update(processed_at=timezone.now(), error="")


def _mission_of(record: Record) -> Mission:
    mission = Mission.objects.filter(number=record.mission_number).first()
    if mission is None:
        raise Unreadable(f"Mission inconnue : « {record.mission_number} ».")
    return mission


def _agent_of(record: Record) -> Agent:
    """Return who made the record: by the field app's id, else by our code in its first reference."""
    agents = Agent.objects.all()
    found = agents.filter(field_app_id=record.user_id).first() if record.user_id else None
    found = found or (agents.filter(code=record.user_ref).first() if record.user_ref else None)
    if found is None:
        raise Unreadable(f"Intervenant inconnu de Spekty : compte Kizeo « {record.user_id or '?'} ».")
    return found


def record_reading(record: Record, mission: Mission, agent: Agent, signature: bytes | None) -> Reading:
    """Hand the reading to the field app's own service, as if it had been typed into our form."""
    definition = definition_for(mission, timezone.localdate(record.finished_at))
    form = read_definition(definition.content)
    answers, refusals = read_answers(form, typed_answers(form, record.answers))
    if refusals:
        raise Unreadable(" ".join(refusals.values()))
    visit = Visit(
        answers=answers,
        started_at=record.started_at,
        finished_at=record.finished_at,
        comment=record.comment,
        signer=record.signer,
        signature=signature,
    )
    return record_service(
        key=record.key,
        mission_id=mission.pk,
        agent=agent,
        visit=visit,
        by=system_actor(Source.API, "Kizeo"),
        definition_id=definition.pk,
    ).reading


def add_photo(reading: Reading, question: str, name: str, content: bytes) -> None:
    """Hand a photo to the field app's own service; Kizeo's file name is its identity."""
    photo_service(
        key=uuid.uuid5(NAMESPACE, name),
        reading=reading,
        content=content,
        question=question,
        by=system_actor(Source.API, "Kizeo"),
    )


def push_mission(message: OutboxMessage) -> None:
    """Put the mission, as its agent was told of it, into the field app: once per agent and hour."""
    mission = (
        Mission.objects.select_related("operation", "lot__fiche", "agent")
        .filter(pk=message.aggregate_id, status__in=PUSHABLE)
        .exclude(agent=None)
        .first()
    )
    if mission is None or mission.agent is None or not mission.agent.field_app_id:
        return
    starts_at = mission.appointment_at or told_hour(mission)
    if starts_at is None:
        return
    key = f"{mission.agent_id}:{starts_at.isoformat()}"
    effect = {"aggregate": label_of(Mission), "aggregate_id": mission.pk, "kind": PUSH, "key": key}
    if Effect.objects.filter(**effect).exists():
        return
    with connect() as kizeo:
        kizeo.push(push_body(mission, mission.agent.field_app_id, starts_at))
    Effect.objects.bulk_create([Effect(**effect)], ignore_conflicts=True)

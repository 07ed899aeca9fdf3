"""The visit, the reading, the report and the side exits: each is one transition and what goes with it."""

import datetime as dt
import uuid
from decimal import Decimal

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from missions.enums import AppointmentState, MissionStatus, NotVerifiableKind, UnproductiveReason
from missions.models import Appointment, Mission, UnproductiveVisit
from missions.services.moves import TOPIC, move
from spekty.accounts.models import Agent
from spekty.core.actors import Actor
from spekty.core.engine import TransitionRefused, WrongState, lock_row
from spekty.core.enums import Conclusion
from spekty.core.history import acting
from spekty.core.outbox import emit

LIVE = (AppointmentState.FIXED, AppointmentState.CONFIRMED)


def start_visit(*, mission_id: int, by: Actor) -> Mission:
    """Note that the agent is on site (or on the phone)."""
    return move(mission_id, "start", by=by, guard=_has_agent)


def stop_visit(*, mission_id: int, by: Actor) -> Mission:
    """Undo a start made by mistake."""
    return move(mission_id, "stop", by=by)


@transaction.atomic
def record_unproductive_visit(
    *,
    mission_id: int,
    agent: Agent,
    at: dt.datetime,
    reason: UnproductiveReason,
    by: Actor,
    note: str = "",
    key: uuid.UUID | None = None,
) -> UnproductiveVisit:
    """Keep a visit without access and put the mission back to contact; the same `key` twice is one visit."""
    mission = lock_row(Mission, mission_id)
    known = UnproductiveVisit.objects.filter(key=key).first() if key else None
    if known:
        return known
    if at > timezone.now() + dt.timedelta(minutes=15):
        raise TransitionRefused("Une visite ne peut pas être signalée avant d’avoir eu lieu.")
    move(mission_id, "unproductive", by=by, reason=reason.label, changes={"appointment_at": None})
    with acting(by):
        Appointment.objects.filter(mission=mission, state__in=LIVE).update(state=AppointmentState.MISSED)
        return UnproductiveVisit.objects.create(
            mission=mission, agent=agent, at=at, reason=reason, note=note, key=key, source=by.source
        )


@transaction.atomic
def receive_mission(
    *,
    mission_id: int,
    visited_at: dt.datetime,
    by: Actor,
    agent: Agent,
    conclusion: Conclusion | None,
    not_verifiable: NotVerifiableKind | None = None,
    area_measured: Decimal | None = None,
) -> Mission:
    """Note that a reading came in, with the conclusion that the rules propose."""
    changes = {
        "visited_at": visited_at,
        "agent": agent,
        "conclusion": conclusion or "",
        "not_verifiable": not_verifiable or "",
        "area_measured": area_measured,
    }
    mission = move(mission_id, "receive", by=by, changes=changes)
    with acting(by):
        Appointment.objects.filter(mission=mission, state__in=LIVE).update(state=AppointmentState.HELD)
    return mission


def submit_mission(*, mission_id: int, by: Actor, changes: dict[str, object] | None = None) -> Mission:
    """Put the reading before a reviewer; `changes` are those of a completed reading."""
    return move(mission_id, "submit", by=by, changes=changes)


@transaction.atomic
def replace_visit(*, mission_id: int, by: Actor, changes: dict[str, object]) -> Mission:
    """Take another visit's facts for a mission under review; an issue under way is refused (version)."""
    mission = lock_row(Mission, mission_id)
    if mission.status != MissionStatus.TO_REVIEW:
        raise WrongState("Cette mission n’est plus à relire : elle a changé d’état entre-temps.")
    for field, value in changes.items():
        setattr(mission, field, value)
    mission.version = F("version") + 1
    with acting(by):
        mission.save(update_fields=["version", *changes])
    emit(TOPIC, mission)
    mission.refresh_from_db(fields=["version"])
    return mission


def send_back_mission(*, mission_id: int, by: Actor, reason: str) -> Mission:
    """Ask the agent to complete the reading; `reason` says what is missing."""
    if not reason.strip():
        raise TransitionRefused("Dites à l’intervenant ce qui est à compléter.")
    return move(mission_id, "send_back", by=by, reason=reason)


def issue_mission(
    *,
    mission_id: int,
    by: Actor,
    on: dt.date,
    conclusion: Conclusion,
    not_verifiable: NotVerifiableKind | None = None,
) -> Mission:
    """Freeze the conclusion: the report is issued, once."""
    kind = not_verifiable or ""
    changes = {
        "reported_on": on,
        "conclusion": conclusion,
        "not_verifiable": kind if conclusion == Conclusion.NV else "",
    }
    return move(mission_id, "issue", by=by, changes=changes, effect="report")


def give_up_mission(*, mission_id: int, by: Actor, reason: str = "") -> Mission:
    """Declare the beneficiary unreachable; the operation stays selected (R9)."""
    return _exit(mission_id, "give_up", by=by, reason=reason)


def refuse_mission(*, mission_id: int, by: Actor, reason: str = "") -> Mission:
    """Record a refusal; the operation stays selected (R9)."""
    return _exit(mission_id, "refuse", by=by, reason=reason)


def cancel_mission(*, mission_id: int, by: Actor, reason: str) -> Mission:
    """Cancel the mission; `reason` is compulsory."""
    if not reason.strip():
        raise TransitionRefused("Dites pourquoi la mission est annulée.")
    return _exit(mission_id, "cancel", by=by, reason=reason)


def reopen_mission(*, mission_id: int, by: Actor, reason: str = "") -> Mission:
    """Undo an exit: the mission is to be planned again, without agent."""
    return move(mission_id, "reopen", by=by, reason=reason, changes={"agent": None})


@transaction.atomic
def _exit(mission_id: int, name: str, *, by: Actor, reason: str) -> Mission:
    mission = move(mission_id, name, by=by, reason=reason, changes={"appointment_at": None})
    with acting(by):
        Appointment.objects.filter(mission=mission, state__in=LIVE).update(state=AppointmentState.CANCELLED)
    return mission


def _has_agent(mission: Mission) -> str | None:
    return None if mission.agent_id else "Affectez d’abord la mission à un intervenant."

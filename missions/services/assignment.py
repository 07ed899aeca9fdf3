"""Giving a mission to an agent: competence and independence are checked, always."""

import datetime as dt

from django.db import transaction

from missions.enums import AppointmentState, MissionStatus
from missions.models import Appointment, Mission
from missions.rules.assignment import (
    Link,
    Parties,
    Right,
    competence_refusal,
    independence_refusal,
)
from missions.services.moves import TOPIC, move
from spekty.accounts.models import Agent
from spekty.core.actors import Actor
from spekty.core.engine import TransitionRefused, lock_row
from spekty.core.enums import Channel
from spekty.core.history import acting
from spekty.core.outbox import emit


class MissionNotAssignable(TransitionRefused):
    """The agent may not inspect this mission on that day; `str()` says why in French."""


def parties_of(mission: Mission) -> Parties:
    """Return whom the inspection concerns."""
    operation, client = mission.operation, mission.lot.client
    installer = operation.installer
    return Parties(
        client_siren=client.siren,
        client_name=client.name,
        installer_siren=installer.siren if installer else "",
        installer_name=installer.name if installer else "",
        beneficiary=operation.beneficiary,
        beneficiary_siren=operation.company_siren,
    )


def assignment_refusal(mission: Mission, agent: Agent, day: dt.date) -> str | None:
    """Return why `agent` may not inspect `mission` on `day`, in French, or None."""
    if not agent.is_active:
        return f"{agent} n’est plus en activité."
    rights = [Right(a.family, a.valid_from, a.valid_to) for a in agent.authorisations.all()]
    links = [Link(k.kind, k.siren, k.name, k.reason, k.valid_from, k.valid_to) for k in agent.links.all()]
    refusal = independence_refusal(parties_of(mission), day, links)
    if refusal or mission.channel != Channel.SITE:
        return refusal
    return competence_refusal(mission.family, day, rights)


def check_assignable(mission: Mission, agent: Agent, day: dt.date) -> None:
    """Raise MissionNotAssignable with the reason, or return."""
    refusal = assignment_refusal(mission, agent, day)
    if refusal:
        raise MissionNotAssignable(refusal)


@transaction.atomic
def assign_mission(*, mission_id: int, agent: Agent, day: dt.date, by: Actor) -> Mission:
    """Give the mission to `agent` for a visit around `day`; a change of agent keeps the status."""
    mission = lock_row(Mission, mission_id)
    check_assignable(mission, agent, day)
    if mission.status == MissionStatus.TO_PLAN:
        return move(mission_id, "assign", by=by, changes={"agent": agent})
    if not mission.is_open or mission.status == MissionStatus.IN_PROGRESS:
        raise MissionNotAssignable("La visite est commencée ou terminée : elle ne change plus d’intervenant.")
    with acting(by):
        mission.agent = agent
        mission.version += 1
        mission.save(update_fields=["agent", "version"])
        live = [AppointmentState.FIXED, AppointmentState.CONFIRMED]
        for appointment in Appointment.objects.filter(mission=mission, state__in=live):
            appointment.agent = agent
            appointment.save(update_fields=["agent"])
    emit(TOPIC, mission)
    return mission


@transaction.atomic
def unassign_mission(*, mission_id: int, by: Actor, reason: str = "") -> Mission:
    """Take the mission back: no agent, no appointment, to be planned again."""
    live = [AppointmentState.FIXED, AppointmentState.CONFIRMED]
    mission = move(
        mission_id, "unassign", by=by, reason=reason, changes={"agent": None, "appointment_at": None}
    )
    with acting(by):
        Appointment.objects.filter(mission=mission, state__in=live).update(state=AppointmentState.CANCELLED)
    return mission

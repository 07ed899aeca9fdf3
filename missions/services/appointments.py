"""Appointments with beneficiaries, and every try at reaching them."""

import datetime as dt

from django.db import IntegrityError, transaction
from django.utils import timezone

from missions.enums import AppointmentState, ContactMeans, ContactOutcome, MissionStatus
from missions.models import Appointment, ContactAttempt, Mission
from missions.services.assignment import check_assignable
from missions.services.life import refuse_mission
from missions.services.moves import move
from spekty.accounts.models import Agent
from spekty.core.actors import Actor, system_actor
from spekty.core.engine import TransitionRefused, lock_row
from spekty.core.enums import Source
from spekty.core.history import acting

LIVE = (AppointmentState.FIXED, AppointmentState.CONFIRMED)


class SlotTaken(TransitionRefused):
    """The agent already has an appointment at that hour."""


@transaction.atomic
def fix_appointment(*, mission_id: int, agent: Agent, starts_at: dt.datetime, by: Actor) -> Mission:
    """Agree a slot of the mission's usual length; replaces a former slot. Raises SlotTaken."""
    mission = lock_row(Mission, mission_id)
    check_assignable(mission, agent, timezone.localdate(starts_at))
    with acting(by):
        Appointment.objects.filter(mission=mission, state__in=LIVE).update(state=AppointmentState.CANCELLED)
    if mission.status == MissionStatus.FIXED:
        move(mission_id, "release", by=by)
    moved = move(mission_id, "fix", by=by, changes={"agent": agent, "appointment_at": starts_at})
    _book(moved, agent, starts_at, by)
    return moved


def _book(mission: Mission, agent: Agent, starts_at: dt.datetime, by: Actor) -> None:
    ends_at = starts_at + dt.timedelta(minutes=mission.minutes)
    try:
        with transaction.atomic(), acting(by):
            Appointment.objects.create(mission=mission, agent=agent, starts_at=starts_at, ends_at=ends_at)
    except IntegrityError as clash:
        if "appointment_no_overlap" not in str(clash):
            raise
        hour = timezone.localtime(starts_at)
        raise SlotTaken(
            f"{agent} a déjà un rendez-vous autour de {hour:%H h %M} le {hour:%d/%m/%Y} : "
            "choisissez une autre heure ou un autre intervenant."
        ) from None


@transaction.atomic
def confirm_appointment(*, mission_id: int, by: Actor) -> Mission:
    """Note that the beneficiary confirmed the slot."""
    mission = move(mission_id, "confirm", by=by)
    with acting(by):
        Appointment.objects.filter(mission=mission, state=AppointmentState.FIXED).update(
            state=AppointmentState.CONFIRMED, answered_at=timezone.now()
        )
    return mission


@transaction.atomic
def release_appointment(*, mission_id: int, by: Actor, reason: str = "") -> Mission:
    """Cancel the slot; the agent keeps the mission, to be contacted again."""
    mission = move(mission_id, "release", by=by, reason=reason, changes={"appointment_at": None})
    with acting(by):
        Appointment.objects.filter(mission=mission, state__in=LIVE).update(state=AppointmentState.CANCELLED)
    return mission


@transaction.atomic
def answer_appointment(*, token: str, accepts: bool, note: str = "", refuses: bool = False) -> Mission:
    """Take the beneficiary's answer through the signed link: confirm, give the slot back, or refuse."""
    appointment = Appointment.objects.select_for_update(of=("self",)).get(token=token, state__in=LIVE)
    by = system_actor(Source.WEB, name="Bénéficiaire")
    mission_id = appointment.mission_id
    if refuses:
        return refuse_mission(mission_id=mission_id, by=by, reason=note or "Refus du bénéficiaire")
    if not accepts:
        return release_appointment(mission_id=mission_id, by=by, reason=note or "Demande du bénéficiaire")
    if appointment.state == AppointmentState.CONFIRMED:
        return appointment.mission
    return confirm_appointment(mission_id=mission_id, by=by)


@transaction.atomic
def record_attempt(
    *,
    mission_id: int,
    outcome: ContactOutcome,
    by: Actor,
    means: ContactMeans = ContactMeans.PHONE,
    note: str = "",
    call_back_on: dt.date | None = None,
) -> ContactAttempt:
    """Keep one try at reaching the beneficiary; a refusal also ends the mission."""
    if outcome == ContactOutcome.CALL_BACK and call_back_on is None:
        raise TransitionRefused("Indiquez le jour du rappel.")
    with acting(by):
        attempt = ContactAttempt.objects.create(
            mission_id=mission_id,
            outcome=outcome,
            means=means,
            note=note,
            call_back_on=call_back_on,
            by_id=by.user_id,
            by_name=by.name,
        )
    if outcome == ContactOutcome.REFUSED:
        move(mission_id, "refuse", by=by, reason=note)
    return attempt

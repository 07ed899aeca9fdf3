"""Slots that cost least, and the appointment agreed: on the tour's draft, told to the beneficiary."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, replace

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from missions.enums import AppointmentState, ContactMeans, ContactOutcome
from missions.models import Appointment, Mission
from missions.services import fix_appointment, record_attempt
from planning.enums import Provenance
from planning.models import Stop
from planning.rules.insertion import propose_slots, without
from planning.rules.wording import signed_kilometres, signed_minutes
from planning.services.moves import move_stop, place_stop, remove_stop
from planning.services.runs import Scope, read_situation
from planning.services.sheets import Key
from spekty.accounts.models import Agent
from spekty.core.actors import Actor
from spekty.core.agenda import Entry, invitation
from spekty.core.mail import queue_mail, queue_sms
from spekty.core.texting import NotAMobile, TextTooLong

AHEAD = 14
STEP = 15 * 60
MAIL = "appointment"
REASON = "Rendez-vous pris avec le bénéficiaire"


@dataclass(frozen=True, slots=True)
class Slot:
    """A moment to offer, with the agent who adds the fewest kilometres."""

    agent: Agent
    starts_at: dt.datetime
    cost: str
    time: str

    @property
    def value(self) -> str:
        return f"{self.agent.pk}:{self.starts_at.isoformat()}"


@dataclass(frozen=True, slots=True)
class Agreed:
    """The appointment, and how the beneficiary was told: "e-mail", "SMS" or ""."""

    mission: Mission
    appointment: Appointment
    told_by: str


def offered_slots(*, mission_id: int, first_day: dt.date, limit: int = 8) -> list[Slot]:
    """Return the cheapest slots of the two weeks from `first_day`, cheapest first. Raises TravelUnknown."""
    scope = Scope(first_day, first_day + dt.timedelta(AHEAD - 1), with_waiting=False)
    situation = read_situation(scope, [mission_id])
    scene = situation.scene
    free = replace(scene.problem.mission[mission_id], slots=())
    problem = replace(
        scene.problem.with_mission(free), locks={}, non_salaried_room=scene.problem.non_salaried_room
    )
    orders = without(situation.orders, mission_id)
    agents = Agent.objects.in_bulk([agent.id for agent in problem.agents])
    found = propose_slots(problem, orders, free, step=STEP, limit=limit)
    return [
        Slot(
            agents[slot.agent],
            scene.moment(-(-slot.begin // STEP) * STEP),
            signed_kilometres(slot.metres),
            signed_minutes(slot.seconds),
        )
        for slot in found
    ]


@transaction.atomic
def agree_slot(
    *,
    mission_id: int,
    agent: Agent,
    starts_at: dt.datetime,
    by: Actor,
    link: Callable[[str], str],
    means: ContactMeans = ContactMeans.PHONE,
) -> Agreed:
    """Fix the appointment, put the visit on the draft of that day, and promise the confirmation.

    `link` makes the signed address from the appointment's token. Raises SlotTaken, MissionNotAssignable,
    PlacementRefused or BoardConflict; nothing is written then.
    """
    target = agent.pk, timezone.localdate(starts_at)
    here = _where(mission_id)
    if here is not None and here != target:
        remove_stop(mission_id=mission_id, source=here, by=by)
        here = None
    mission = fix_appointment(mission_id=mission_id, agent=agent, starts_at=starts_at, by=by)
    if here is None:
        place_stop(
            mission_id=mission_id, target=target, by=by, reason=REASON, provenance=Provenance.SUGGESTION
        )
    else:
        move_stop(mission_id=mission_id, source=target, target=target, by=by, reason=REASON)
    record_attempt(mission_id=mission_id, outcome=ContactOutcome.AGREED, means=means, by=by)
    appointment = Appointment.objects.select_related(
        "mission__operation", "mission__lot__fiche", "agent"
    ).get(mission=mission_id, state=AppointmentState.FIXED)
    return Agreed(
        mission, appointment, tell_beneficiary(appointment=appointment, url=link(appointment.token))
    )


def _where(mission_id: int) -> Key | None:
    stop = Stop.objects.filter(mission=mission_id).select_related("tour").first()
    return (stop.tour.agent_id, stop.tour.day) if stop else None


@transaction.atomic
def tell_beneficiary(*, appointment: Appointment, url: str) -> str:
    """Promise the mail with its .ics, or else the text message; return which, "" when neither is possible."""
    site = appointment.mission.operation
    context = {"appointment": appointment, "site": site, "url": url, "body": settings.INSPECTION_BODY}
    if site.email:
        try:
            queue_mail(
                template=MAIL,
                to=site.email,
                context=context,
                about=appointment.mission,
                calendar=_calendar(appointment),
            )
            return "e-mail"
        except ValidationError:
            pass
    try:
        at = timezone.localtime(appointment.starts_at)
        text = f"Visite de controle le {at:%d/%m a %H:%M}. Confirmer ou deplacer : {url}"
        queue_sms(to=site.phone, text=text, about=appointment.mission)
        return "SMS"
    except (NotAMobile, TextTooLong):
        return ""


def _calendar(appointment: Appointment) -> bytes:
    site = appointment.mission.operation
    entry = Entry(
        uid=f"rdv-{appointment.pk}@spekty",
        starts_at=appointment.starts_at,
        ends_at=appointment.ends_at,
        summary=f"Visite de contrôle {settings.INSPECTION_BODY['name']}",
        place=f"{site.address}, {site.place}",
        note=f"Mission {appointment.mission.number}",
    )
    return invitation(entry, organizer=settings.DEFAULT_FROM_EMAIL, attendee=site.email)

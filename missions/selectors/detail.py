"""One mission as head office reads it: its stages, its history, its papers, its money.

What upper apps keep (readings, reports, lines of invoices and of pay) is read through the relations.
"""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import Q
from django.utils import timezone

from missions.enums import AppointmentState, ContactOutcome, MissionStatus
from missions.models import Mission, MissionQuerySet
from missions.rules.next_act import ContactPolicy, NextAct, State, next_act
from missions.selectors.facts import MISSION_LINES
from missions.selectors.today import AGGREGATE
from spekty.accounts.enums import Role
from spekty.accounts.models import User
from spekty.core import french, palette
from spekty.core.enums import Source
from spekty.core.models import StateChange
from spekty.core.parameters import parameters

RELATED = ("operation__installer", "lot__client", "lot__fiche", "agent", "reinspection_of")
STAGES = (
    MissionStatus.TO_PLAN,
    MissionStatus.TO_CONTACT,
    MissionStatus.FIXED,
    MissionStatus.CONFIRMED,
    MissionStatus.IN_PROGRESS,
    MissionStatus.RECEIVED,
    MissionStatus.TO_REVIEW,
    MissionStatus.REPORTED,
)
SHORT = {"fixed": "Rdv fixé", "confirmed": "Rdv confirmé"}


def find_mission(user: User, word: str) -> Mission | None:
    """Return the mission of that number (or, for old links, of that identifier) if `user` may see it."""
    visible: MissionQuerySet = Mission.objects.visible_to(user)
    rows = visible.select_related(*RELATED)
    found = rows.filter(number=word.upper()).first()
    if found is None and word.isascii() and word.isdecimal() and len(word) < 18:
        found = rows.filter(pk=int(word)).first()
    return found


@dataclass(frozen=True, slots=True)
class Step:
    """One stage: `state` is done, now or todo; `note` says when."""

    title: str
    state: str
    note: str
    icon: str


@dataclass(frozen=True, slots=True)
class Event:
    """One line of the history."""

    at: dt.datetime
    icon: str
    text: str
    who: str
    source: str
    note: str = ""


def changes_of(mission: Mission) -> list[StateChange]:
    """Return the mission's transitions, the oldest first."""
    rows = StateChange.objects.filter(aggregate=AGGREGATE, aggregate_id=mission.pk)
    return list(rows.order_by("at", "id"))


def steps_of(mission: Mission, changes: list[StateChange]) -> list[Step]:
    """Return the stages with the day each was last reached; after an exit, what was reached stays."""
    reached = {change.to_state: timezone.localdate(change.at) for change in changes}
    # The workbook has no day of opening; its load is not one.
    opened = mission.lot.drawn_on if mission.is_legacy else timezone.localdate(mission.created_at)
    if opened:
        reached.setdefault(MissionStatus.TO_PLAN, opened)
    current = MissionStatus.TO_REVIEW if mission.status == MissionStatus.TO_COMPLETE else mission.status
    place = STAGES.index(MissionStatus(current)) if current in STAGES else -1
    return [_step(stage, index, place, reached.get(stage), mission) for index, stage in enumerate(STAGES)]


def _step(stage: str, index: int, place: int, on: dt.date | None, mission: Mission) -> Step:
    look = palette.look("mission", stage)
    title = SHORT.get(stage, look.word)
    day = french.day(on, with_year=False) if on else ""
    if stage == MissionStatus.REPORTED and mission.reported_on:
        day = french.day(mission.reported_on, with_year=False)
    if index == place:
        is_end = stage == MissionStatus.REPORTED
        return Step(
            title, "done" if is_end else "now", day or "en cours", "check-lg" if is_end else look.icon
        )
    if index < place or (place < 0 and on):
        return Step(title, "done", day or "passé", "check-lg")
    return Step(title, "todo", "à venir" if place >= 0 else "—", look.icon)


def history_of(mission: Mission, changes: list[StateChange]) -> list[Event]:
    """Return all that happened to the mission, the newest first."""
    events = [*_told(changes), *_tries(mission), *_visits(mission), *_papers(mission)]
    return sorted(events, key=lambda event: event.at, reverse=True)


def _told(changes: list[StateChange]) -> Iterator[Event]:
    for change in changes:
        after = palette.look("mission", change.to_state)
        text = after.word
        if change.from_state and change.from_state != change.to_state:
            text = f"{palette.look('mission', change.from_state).word} vers {after.word.lower()}"
        source = Source(change.source).label
        yield Event(change.at, after.icon, text, change.actor_name, source, change.reason)


def _tries(mission: Mission) -> Iterator[Event]:
    for attempt in mission.attempts.all():
        icon = "telephone-fill" if attempt.outcome == ContactOutcome.AGREED else "telephone-x"
        text = f"{attempt.get_means_display()} : {attempt.get_outcome_display().lower()}"
        if attempt.call_back_on:
            text += f" le {french.day(attempt.call_back_on)}"
        yield Event(attempt.at, icon, french.typo(text), attempt.by_name, "", attempt.note)


def _visits(mission: Mission) -> Iterator[Event]:
    for visit in mission.unproductive.all():
        who = str(visit.agent) if visit.agent else ""
        text = f"Visite improductive : {visit.get_reason_display().lower()}"
        yield Event(visit.at, "door-closed", french.typo(text), who, Source(visit.source).label, visit.note)
    for slot in mission.appointments.all():
        when = timezone.localtime(slot.starts_at)
        word = slot.get_state_display().lower()
        text = f"Rendez-vous du {french.day(when.date())} à {french.hour(when)} : {word}"
        yield Event(slot.created_at, "calendar-event", french.typo(text), str(slot.agent), "")


def _papers(mission: Mission) -> Iterator[Event]:
    for document in mission.documents.select_related("file"):
        yield Event(document.file.created_at, "paperclip", f"Document déposé : {document.title}", "", "")
    for report in _of(mission, "reports").order_by("rank"):
        text = f"Rapport {report.number}, version {report.rank}"
        yield Event(report.issued_at, "file-earmark-check-fill", text, report.issued_by_name, "")


def _of(mission: Mission, relation: str) -> Any:
    return getattr(mission, relation)


def reports_of(mission: Mission) -> list[Any]:
    """Return the versions of the mission's report, the latest first."""
    return list(_of(mission, "reports").order_by("-rank"))


def invoice_lines_of(mission: Mission, user: User) -> list[Any]:
    """Return the mission's invoice lines, for those who may see invoices."""
    if not user.has_role(Role.HEAD_OFFICE, Role.DIRECTION, Role.PAY_BILLING):
        return []
    return list(_of(mission, "invoice_lines").select_related("invoice").order_by("invoice__issued_on", "pk"))


def pay_lines_of(mission: Mission, user: User) -> list[Any]:
    """Return what the mission and its unproductive visits paid, as far as `user` may see it."""
    model = _of(mission, "pay_lines").model
    rows = model.objects.visible_to(user).filter(Q(mission=mission) | Q(unproductive__mission=mission))
    return list(rows.select_related("agent", "period").order_by("day", "pk"))


def standing_slot(mission: Mission) -> Any:
    """Return the appointment that stands, or None."""
    live = (AppointmentState.FIXED, AppointmentState.CONFIRMED)
    return mission.appointments.filter(state__in=live).select_related("agent").first()


def next_act_of(mission: Mission, now: dt.datetime) -> NextAct:
    """Return the one next act of the mission."""
    codes = parameters("contact-attempts", "contact-days", "delay-report")
    policy = ContactPolicy(int(codes["contact-attempts"]), int(codes["contact-days"]))
    tries = list(mission.attempts.all())
    days = {timezone.localdate(attempt.at) for attempt in tries}
    state = State(
        status=mission.status,
        agent=str(mission.agent) if mission.agent else "",
        appointment_at=timezone.localtime(mission.appointment_at) if mission.appointment_at else None,
        attempts=len(tries),
        attempt_days=len(days),
        call_back_on=tries[0].call_back_on if tries else None,
        conclusion=mission.conclusion,
        has_reinspection=mission.reinspections.exclude(status=MissionStatus.CANCELLED).exists(),
        is_reinspection=mission.reinspection_of_id is not None,
        is_invoiced=_is_invoiced(mission),
        visited_on=timezone.localdate(mission.visited_at) if mission.visited_at else None,
    )
    return next_act(state, now, policy, int(codes["delay-report"]))


def _is_invoiced(mission: Mission) -> bool:
    lines = _of(mission, "invoice_lines").filter(kind__in=MISSION_LINES, is_credited=False, is_credit=False)
    return bool(lines.exists())

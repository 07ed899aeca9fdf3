"""What the day's page shows: counters with their change, progress of the visits, the last hours."""

import datetime as dt
from collections import Counter
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, F, Min, Q, QuerySet

from missions.enums import HELD_STATUSES, OPEN_STATUSES, MissionStatus
from missions.models import DayStart, Mission, UnproductiveVisit
from missions.selectors import facts
from spekty.accounts.models import User
from spekty.core.departments import NAMES
from spekty.core.enums import Channel
from spekty.core.models import StateChange

AGGREGATE = "missions.mission"
LAST_HOURS = dt.timedelta(hours=24)
SHOWN = 8
ZONES = 6


@dataclass(frozen=True, slots=True)
class Counts:
    """Missions by stage, with the change since the beginning of the day."""

    to_plan: int
    to_plan_by_contact: int
    planned: int
    without_tour: int
    under_way: int
    to_review: int
    oldest_reading: dt.datetime | None
    late: int
    late_lots: int
    to_plan_delta: int
    planned_delta: int
    under_way_delta: int
    to_review_delta: int
    late_delta: int


def counts(user: User, now: dt.datetime) -> Counts:
    """Return the counters of the day at `now` (local time): three queries whatever the volume."""
    today = now.date()
    missions = Mission.objects.visible_to(user)
    pending = missions.filter(status__in=(*OPEN_STATUSES, *facts.TO_REVIEW))
    late, was_late = facts.late_on(today), facts.late_on(today - dt.timedelta(days=1))
    figures: dict[str, Any] = pending.aggregate(
        to_plan=Count("pk", filter=Q(status__in=facts.TO_PLAN)),
        to_plan_by_contact=Count("pk", filter=Q(status__in=facts.TO_PLAN, channel=Channel.CONTACT)),
        planned=Count("pk", filter=Q(status__in=facts.PLANNED)),
        without_tour=Count("pk", filter=Q(status__in=facts.PLANNED, channel=Channel.SITE, stop__isnull=True)),
        under_way=Count("pk", filter=Q(status__in=facts.UNDER_WAY)),
        to_review=Count("pk", filter=Q(status__in=facts.TO_REVIEW)),
        oldest_reading=Min("visited_at", filter=Q(status__in=facts.TO_REVIEW)),
        late=Count("pk", filter=late),
        late_lots=Count("lot", distinct=True, filter=late),
        still_late=Count("pk", filter=was_late),
    )
    moves = _moves_since(facts.start_of(today))
    left_late = _left_open_today(missions, today)
    still_late = figures.pop("still_late")
    return Counts(
        **figures,
        to_plan_delta=_delta(moves, facts.TO_PLAN),
        planned_delta=_delta(moves, facts.PLANNED),
        under_way_delta=_delta(moves, facts.UNDER_WAY),
        to_review_delta=_delta(moves, facts.TO_REVIEW),
        late_delta=figures["late"] - (still_late + left_late),
    )


def _moves_since(start: dt.datetime) -> Counter[tuple[str, str]]:
    """Return how many times each (from, to) was taken since `start`; the import isn't a move of the day."""
    changes = StateChange.objects.filter(aggregate=AGGREGATE, at__gte=start).exclude(transition="import")
    rows = changes.order_by().values_list("from_state", "to_state").annotate(n=Count("pk"))
    return Counter({(before, after): n for before, after, n in rows})


def _delta(moves: Counter[tuple[str, str]], stage: tuple[str, ...]) -> int:
    entered = sum(n for (before, after), n in moves.items() if after in stage and before not in stage)
    left = sum(n for (before, after), n in moves.items() if before in stage and after not in stage)
    return entered - left


def _left_open_today(missions: QuerySet[Mission], today: dt.date) -> int:
    """Return how many missions past their deadline stopped being open today: they were late yesterday."""
    ended = StateChange.objects.filter(
        aggregate=AGGREGATE, at__gte=facts.start_of(today), from_state__in=OPEN_STATUSES
    ).exclude(to_state__in=OPEN_STATUSES)
    gone = missions.exclude(status__in=OPEN_STATUSES).filter(pk__in=ended.values("aggregate_id"))
    return gone.filter(due_on__lt=today - dt.timedelta(days=1)).count()


@dataclass(frozen=True, slots=True)
class Progress:
    """The visits of a day: what was held, under way, unproductive, still to come, and late among these."""

    held: int = 0
    under_way: int = 0
    unproductive: int = 0
    to_come: int = 0
    late: int = 0

    @property
    def total(self) -> int:
        return self.held + self.under_way + self.unproductive + self.to_come

    @property
    def parts(self) -> list[tuple[str, int, str]]:
        """The parts of the bar: tone, count, word."""
        return [
            ("done", self.held, "Tenues" if self.held > 1 else "Tenue"),
            ("go", self.under_way, "En cours"),
            ("exit", self.unproductive, "Improductives" if self.unproductive > 1 else "Improductive"),
            ("wait", self.to_come, "À venir"),
        ]


@dataclass(frozen=True, slots=True)
class DayProgress:
    whole: Progress
    zones: list[tuple[str, Progress]]


def progress(user: User, now: dt.datetime) -> DayProgress:
    """Return how far the visits of the day are, whole and by department (the fullest first): two queries."""
    start = facts.start_of(now.date())
    end = start + dt.timedelta(days=1)
    visible = Mission.objects.visible_to(user)
    of_day = Q(appointment_at__gte=start, appointment_at__lt=end) | Q(
        visited_at__gte=start, visited_at__lt=end
    )
    rows = visible.filter(of_day).values_list("operation__department", "status", "appointment_at", "minutes")
    tally: Counter[tuple[str, str]] = Counter()
    for zone, status, at, minutes in rows:
        for stage in _stages(status, at, minutes, now):
            tally[zone, stage] += 1
    doors = UnproductiveVisit.objects.filter(at__gte=start, at__lt=end, mission__in=visible)
    for (zone,) in doors.values_list("mission__operation__department"):
        tally[zone, "unproductive"] += 1
    zones = {zone for zone, _ in tally}
    each = [(NAMES.get(zone, "Sans département"), _progress(tally, {zone})) for zone in zones]
    each.sort(key=lambda pair: (-pair[1].total, pair[0]))
    return DayProgress(_progress(tally, zones), each[:ZONES])


def _stages(status: str, at: dt.datetime | None, minutes: int, now: dt.datetime) -> list[str]:
    if status in HELD_STATUSES:
        return ["held"]
    if status == MissionStatus.IN_PROGRESS:
        return ["under_way"]
    if status not in facts.PLANNED or at is None:
        return []
    late = at + dt.timedelta(minutes=minutes) < now
    return ["to_come", "late"] if late else ["to_come"]


def _progress(tally: Counter[tuple[str, str]], zones: set[str]) -> Progress:
    stages = ("held", "under_way", "unproductive", "to_come", "late")
    return Progress(*(sum(tally[zone, stage] for zone in zones) for stage in stages))


@dataclass(frozen=True, slots=True)
class Event:
    """One line of the last hours."""

    icon: str
    text: str
    mission: Mission | None
    at: dt.datetime
    who: str


# transition -> (what happened, icon)
TOLD = {
    "assign": ("Affectée", "person-check"),
    "unassign": ("Affectation retirée", "person-dash"),
    "fix": ("Rendez-vous fixé", "st-rdv"),
    "confirm": ("Rendez-vous confirmé", "telephone"),
    "release": ("Rendez-vous annulé", "calendar-x"),
    "start": ("Visite commencée", "st-cours"),
    "unproductive": ("Visite improductive", "door-closed"),
    "receive": ("Relevé reçu", "inbox-fill"),
    "send_back": ("Renvoyée à compléter", "arrow-return-left"),
    "issue": ("Rapport émis", "file-earmark-check-fill"),
    "give_up": ("Déclarée injoignable", "telephone-x"),
    "refuse": ("Refus du bénéficiaire", "slash-circle"),
    "cancel": ("Mission annulée", "x-circle"),
    "reopen": ("Mission rouverte", "arrow-repeat"),
}


def last_hours(user: User, now: dt.datetime) -> list[Event]:
    """Return the newest events of the missions over a day, newest first: two queries."""
    recent = StateChange.objects.filter(
        aggregate=AGGREGATE, at__gte=now - LAST_HOURS, transition__in=TOLD
    ).order_by("-at", "-id")
    changes = list(recent[: SHOWN * 4])
    visible = Mission.objects.visible_to(user).select_related("operation")
    missions = visible.in_bulk({change.aggregate_id for change in changes})
    return [
        Event(TOLD[c.transition][1], TOLD[c.transition][0], missions[c.aggregate_id], c.at, c.actor_name)
        for c in changes
        if c.aggregate_id in missions
    ][:SHOWN]


def to_invoice(user: User) -> QuerySet[Mission]:
    """Return the missions with a report that no invoice carries, the oldest report first."""
    return facts.not_invoiced(Mission.objects.visible_to(user)).order_by(
        F("reported_on").asc(nulls_last=True)
    )


@dataclass(frozen=True, slots=True)
class SinceYesterday:
    """Change since the day began; None when nobody counted then (the worker was away)."""

    anomalies: int | None = None
    to_invoice: int | None = None


def since_yesterday(today: dt.date, *, anomalies: int, to_invoice: int) -> SinceYesterday:
    """Return the change of both counts since the day began."""
    start = DayStart.objects.filter(day=today).first()
    if start is None:
        return SinceYesterday()
    return SinceYesterday(anomalies - start.anomalies, to_invoice - start.to_invoice)

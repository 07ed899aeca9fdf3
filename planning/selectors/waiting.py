"""The missions to assign: which ones, in which order, with the one thing to know about each."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Sum, Window
from django.utils import timezone

from missions.enums import MissionStatus
from missions.models import Mission, UnproductiveVisit
from spekty.accounts.models import Agent, User
from spekty.core import french
from spekty.core.enums import Channel
from spekty.core.shell import Badge

SHOWN = 60
TO_ASSIGN = (
    MissionStatus.TO_PLAN,
    MissionStatus.TO_CONTACT,
    MissionStatus.FIXED,
    MissionStatus.CONFIRMED,
)


@dataclass(frozen=True, slots=True)
class Waiting:
    """A mission to assign, with the one thing to know about it."""

    mission: Mission
    icon: str
    note: str
    tone: str


@dataclass(frozen=True, slots=True)
class Filters:
    """What the left pane shows; empty means all."""

    zones: tuple[str, ...] = ()
    family: str = ""
    due: str = ""

    def keep(self, rows: QuerySet[Mission], day: dt.date) -> QuerySet[Mission]:
        if self.zones:
            rows = rows.filter(operation__department__in=self.zones)
        if self.family:
            rows = rows.filter(family=self.family)
        if self.due == "late":
            rows = rows.filter(due_on__lt=day)
        elif self.due in ("7", "30"):
            rows = rows.filter(due_on__lte=day + dt.timedelta(int(self.due)))
        return rows


@dataclass(frozen=True)
class WaitingList:
    rows: list[Waiting]
    count: int
    minutes: int


def to_assign(day: dt.date | None = None) -> QuerySet[Mission]:
    """Return the visits to come that are on no tour, on a day without those promised another day."""
    rows = Mission.objects.filter(channel=Channel.SITE, status__in=TO_ASSIGN, stop=None)
    if day is None:
        return rows
    start = timezone.make_aware(dt.datetime.combine(day, dt.time()))
    return rows.filter(
        Q(appointment_at=None) | Q(appointment_at__gte=start, appointment_at__lt=start + dt.timedelta(1))
    )


def waiting_badge(user: User) -> Badge | None:
    """Return the rail's count of missions to assign today, the one that the board shows to who sees it."""
    rows = to_assign(timezone.localdate()).filter(pk__in=Mission.objects.visible_to(user).values("pk"))
    count = rows.order_by()[:1001].count()
    return Badge(count) if count else None


def waiting_list(day: dt.date, filters: Filters, agents: Sequence[Agent]) -> WaitingList:
    """Return the missions to assign, promised ones first, then by due date; the first sixty of them."""
    rows = filters.keep(to_assign(day), day)
    again = Exists(UnproductiveVisit.objects.filter(mission=OuterRef("pk")))
    shown = list(
        rows.annotate(was_vain=again, of_all=Window(Count("pk")), all_minutes=Window(Sum("minutes")))
        .select_related("operation__installer", "lot__client", "lot__fiche")
        .order_by("appointment_at", "due_on", "operation__postcode", "pk")[:SHOWN]
    )
    first = shown[0] if shown else None
    return WaitingList(
        [_waiting(mission, day, agents) for mission in shown],
        getattr(first, "of_all", 0),
        getattr(first, "all_minutes", 0),
    )


def _waiting(mission: Mission, day: dt.date, agents: Sequence[Agent]) -> Waiting:
    due = f"échéance {french.day(mission.due_on, with_year=False)}" if mission.due_on else ""
    late = mission.due_on is not None and mission.due_on < day
    if mission.appointment_at:
        word = "confirmé" if mission.status == MissionStatus.CONFIRMED else "fixé"
        at = french.hour(timezone.localtime(mission.appointment_at))
        icon = "st-conf" if mission.status == MissionStatus.CONFIRMED else "st-rdv"
        return Waiting(mission, icon, f"Rdv {word} à {at}", "act")
    if getattr(mission, "was_vain", False):
        return Waiting(mission, "door-closed", f"2e passage · {due}" if due else "2e passage", "ko")
    if not any(a.family == mission.family and a.covers(day) for g in agents for a in g.authorisations.all()):
        return Waiting(mission, "award", f"Aucune habilitation {mission.family}", "ko")
    if late:
        return Waiting(mission, "clock-history", f"En retard · {due}", "ko")
    return Waiting(mission, "st-contact" if not due else "clock", due[:1].upper() + due[1:] or "Libre", "")

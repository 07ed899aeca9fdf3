"""Small predicates on missions, shared by the counters, the list and the anomalies."""

import datetime as dt

from django.db.models import Exists, FilteredRelation, OuterRef, Q
from django.utils import timezone

from missions.enums import OPEN_STATUSES, MissionStatus
from missions.models import Appointment, ContactAttempt, MissionQuerySet, UnproductiveVisit

TO_PLAN = (MissionStatus.TO_PLAN, MissionStatus.TO_CONTACT)
PLANNED = (MissionStatus.FIXED, MissionStatus.CONFIRMED)
UNDER_WAY = (MissionStatus.IN_PROGRESS,)
TO_REVIEW = (MissionStatus.RECEIVED, MissionStatus.TO_REVIEW)
READ = (MissionStatus.RECEIVED, MissionStatus.TO_REVIEW, MissionStatus.TO_COMPLETE)
# A line that stands for the mission itself (billing.enums.MISSION_KINDS; billing is above this app).
MISSION_LINES = ("MISSION", "CONTRE_VISITE", "CONTACT")


def start_of(day: dt.date) -> dt.datetime:
    """Return midnight of `day`, local time."""
    return dt.datetime.combine(day, dt.time(), timezone.get_current_timezone())


def late_on(today: dt.date) -> Q:
    """Return the condition: still to be held though its deadline or its appointment's day has passed."""
    passed = Q(due_on__lt=today) | Q(appointment_at__lt=start_of(today))
    return Q(status__in=OPEN_STATUSES) & passed


def not_invoiced(missions: MissionQuerySet) -> MissionQuerySet:
    """Keep the missions with a report that no standing invoice line carries."""
    standing = Q(
        invoice_lines__is_credited=False,
        invoice_lines__is_credit=False,
        invoice_lines__kind__in=MISSION_LINES,
    )
    lines = FilteredRelation("invoice_lines", condition=standing)
    return missions.alias(standing=lines).filter(status=MissionStatus.REPORTED, standing__isnull=True)


def never_contacted(missions: MissionQuerySet) -> MissionQuerySet:
    """Keep the missions still to plan for which nobody ever tried to reach the beneficiary."""
    return missions.filter(status__in=TO_PLAN).exclude(
        Exists(ContactAttempt.objects.filter(mission=OuterRef("pk")))
        | Exists(Appointment.objects.filter(mission=OuterRef("pk")))
        | Exists(UnproductiveVisit.objects.filter(mission=OuterRef("pk")))
    )


def held_without_reading(missions: MissionQuerySet, before: dt.datetime) -> MissionQuerySet:
    """Keep the missions whose appointment began before `before` and for which no reading came."""
    return missions.filter(
        status__in=(*PLANNED, *UNDER_WAY), appointment_at__lt=before, readings__isnull=True
    )

"""Pay's side of « faite = facturée = payée »: which missions were paid, how often, and why not yet."""

import datetime as dt
from collections import Counter
from collections.abc import Iterable

from django.db.models import Sum
from django.utils import timezone

from missions.models import Mission
from payroll.enums import PayLineKind, PeriodStatus
from payroll.models import LegacyPayment, PayLine, PayPeriod
from payroll.rules import month_of
from spekty.core import french

VISITS = (PayLineKind.SITE, PayLineKind.CONTACT)


def payments_of(mission_ids: Iterable[int]) -> dict[int, int]:
    """Return how many times each mission was paid by a closed period (or by the workbook).

    A payment moved from one month to another by a back-payment counts once: its lines add up to one.
    """
    ids = list(mission_ids)
    counts = Counter(LegacyPayment.objects.filter(mission__in=ids).values_list("mission_id", flat=True))
    closed = PayLine.objects.filter(mission__in=ids, kind__in=VISITS, period__status=PeriodStatus.CLOSED)
    sums = closed.values_list("mission_id").annotate(total=Sum("amount"))
    for mission_id, total in sums:
        counts[mission_id] += total > 0
    return {mission_id: count for mission_id, count in counts.items() if count}


def paid_without_visit(first: dt.date, last: dt.date) -> list[int]:
    """Return the missions paid for a month of the period though no visit was held."""
    held = Mission.objects.held()
    lines = PayLine.objects.filter(
        belongs_to__gte=month_of(first), belongs_to__lte=last, kind__in=VISITS, mission__isnull=False
    )
    legacy = LegacyPayment.objects.filter(month__gte=month_of(first), month__lte=last)
    return [
        *lines.exclude(mission__in=held).values_list("mission_id", flat=True).distinct(),
        *legacy.exclude(mission__in=held).values_list("mission_id", flat=True),
    ]


def why_not_paid(missions: Iterable[Mission]) -> dict[int, str]:
    """Say why a mission that was done isn't paid yet, in French."""
    rows = list(missions)
    periods = dict(PayPeriod.objects.values_list("month", "status"))
    waiting = dict(
        PayLine.objects.filter(mission__in=rows, period__status=PeriodStatus.OPEN).values_list(
            "mission_id", "period__month"
        )
    )
    return {mission.pk: _reason(mission, periods, waiting) for mission in rows}


def _reason(mission: Mission, periods: dict[dt.date, str], waiting: dict[int, dt.date]) -> str:
    if mission.pk in waiting:
        return f"Dans la paie de {french.month(waiting[mission.pk])}, encore ouverte."
    if mission.agent_id is None:
        return "Aucun intervenant sur la mission."
    if mission.visited_at is None:
        return "La date de la visite manque."
    month = month_of(timezone.localtime(mission.visited_at).date())
    if periods.get(month) == PeriodStatus.CLOSED:
        return f"Connue après la clôture de {french.month(month)} : rappel au prochain calcul."
    return f"La paie de {french.month(month)} n’est pas encore calculée."

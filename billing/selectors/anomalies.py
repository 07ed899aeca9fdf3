"""Billing's share of what head office must see: reports not invoiced, missions invoiced twice (domain.md)."""

import datetime as dt
from collections import defaultdict

from django.db.models import Count, Exists, OuterRef
from django.utils import timezone

from billing.enums import MISSION_KINDS, InvoiceStatus
from billing.selectors.facts import live_lines
from missions.enums import MissionStatus
from missions.models import Mission
from missions.rules.anomalies import Anomaly, MissionFacts, mission_anomalies
from missions.selectors.anomalies import Moment


def invoicing(moment: Moment) -> list[Anomaly]:
    """Source of anomalies: missions whose report waits for its invoice, and missions on two invoices."""
    before = moment.today - dt.timedelta(days=moment.delays.invoice_days)
    own = live_lines().filter(kind__in=MISSION_KINDS)
    forgotten = Mission.objects.filter(status=MissionStatus.REPORTED, reported_on__lt=before).exclude(
        Exists(own.filter(mission=OuterRef("pk")))
    )
    twice = _twice()
    fields = ("pk", "number", "reported_on", "created_at")
    rows = [*forgotten.values_list(*fields), *Mission.objects.filter(pk__in=twice).values_list(*fields)]
    return [
        finding
        for pk, number, reported_on, created_at in rows
        for finding in mission_anomalies(
            MissionFacts(
                id=pk,
                number=number,
                status=MissionStatus.REPORTED,
                selected_on=timezone.localdate(created_at),
                reported_on=reported_on,
                invoices=tuple(twice.get(pk, ())),
            ),
            moment.delays,
            moment.now,
        )
    ]


def _twice() -> dict[int, list[str]]:
    """Return the invoices of each mission that stands on two of them or more, credit notes deducted."""
    standing = live_lines().filter(kind__in=MISSION_KINDS, mission__isnull=False)
    issued = standing.exclude(invoice__status=InvoiceStatus.DRAFT)
    several = issued.order_by().values("mission_id").annotate(n=Count("invoice", distinct=True)).filter(n__gt=1)
    found: dict[int, list[str]] = defaultdict(list)
    rows = issued.filter(mission__in=several.values("mission_id"))
    for mission_id, number in rows.values_list("mission_id", "invoice__number"):
        if mission_id and number:
            found[mission_id].append(number)
    return dict(found)

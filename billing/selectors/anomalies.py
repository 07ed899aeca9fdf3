"""Billing's share of what head office must see: reports not invoiced, missions invoiced twice (domain.md)."""

import datetime as dt
from collections import defaultdict
from dataclasses import replace

from django.db.models import Count, Exists, OuterRef, QuerySet
from django.utils import timezone

from billing.enums import MISSION_KINDS, InvoiceStatus
from billing.selectors.facts import live_lines, month_end
from lots.enums import BillingMode
from missions.enums import EXIT_STATUSES, MissionStatus
from missions.models import Mission
from missions.rules.anomalies import Anomaly, MissionFacts, Severity, mission_anomalies
from missions.selectors.anomalies import Moment
from spekty.core import french


def invoicing(moment: Moment) -> list[Anomaly]:
    """Source of anomalies: missions whose report waits for its invoice, and missions on two invoices."""
    twice = _twice()
    rows = [*_forgotten(moment), *Mission.objects.filter(pk__in=twice).select_related("lot__client")]
    unfinished = _unfinished({row.lot_id for row in rows})
    return [
        finding if finding.rule != "not_invoiced" else _eased(finding, row, unfinished, moment.today)
        for row in rows
        for finding in mission_anomalies(_facts(row, twice.get(row.pk, [])), moment.delays, moment.now)
    ]


def _forgotten(moment: Moment) -> QuerySet[Mission]:
    before = moment.today - dt.timedelta(days=moment.delays.invoice_days)
    own = live_lines().filter(kind__in=MISSION_KINDS, mission=OuterRef("pk"))
    reported = Mission.objects.filter(status=MissionStatus.REPORTED, reported_on__lt=before)
    return reported.exclude(Exists(own)).select_related("lot__client")


def _facts(mission: Mission, invoices: list[str]) -> MissionFacts:
    return MissionFacts(
        id=mission.pk,
        number=mission.number,
        status=mission.status,
        selected_on=timezone.localdate(mission.created_at),
        reported_on=mission.reported_on,
        invoices=tuple(invoices),
    )


def _unfinished(lot_ids: set[int]) -> set[int]:
    """Return the lots of which a first inspection still has to give its report."""
    over = (MissionStatus.REPORTED, *EXIT_STATUSES)
    waiting = Mission.objects.filter(lot__in=lot_ids, reinspection_of__isnull=True).exclude(status__in=over)
    return set(waiting.order_by().values_list("lot_id", flat=True).distinct())


def _eased(finding: Anomaly, mission: Mission, unfinished: set[int], today: dt.date) -> Anomaly:
    """Lower a finding that only waits for its lot's end or its month's end, and say so."""
    by_lot = mission.lot.client.billing_mode == BillingMode.LOT and mission.reinspection_of_id is None
    end = month_end(mission.reported_on or today)
    if by_lot and mission.lot_id in unfinished:
        why = f"le lot {mission.lot} n’est pas terminé"
    elif not by_lot and end >= today:
        why = f"se facture le {french.day(end)}"
    else:
        return finding
    return replace(finding, severity=Severity.TODO, sentence=f"{finding.sentence.rstrip('.')}, {why}.")


def _twice() -> dict[int, list[str]]:
    """Return the invoices of each mission that stands on two of them or more, credit notes deducted."""
    standing = live_lines().filter(kind__in=MISSION_KINDS, mission__isnull=False)
    issued = standing.exclude(invoice__status=InvoiceStatus.DRAFT)
    several = (
        issued.order_by().values("mission_id").annotate(n=Count("invoice", distinct=True)).filter(n__gt=1)
    )
    found: dict[int, list[str]] = defaultdict(list)
    rows = issued.filter(mission__in=several.values("mission_id"))
    for mission_id, number in rows.values_list("mission_id", "invoice__number"):
        if mission_id and number:
            found[mission_id].append(number)
    return dict(found)

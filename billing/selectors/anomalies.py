"""Billing's share of what head office must see: reports not invoiced, missions invoiced twice (domain.md)."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from django.db.models import Count, Exists, OuterRef, QuerySet

from billing.enums import MISSION_KINDS, InvoiceStatus
from billing.models import InvoiceLine
from billing.selectors.facts import live_lines, month_end
from lots.enums import BillingMode
from missions.enums import EXIT_STATUSES, MissionStatus
from missions.models import Mission
from missions.rules.anomalies import Anomaly, MissionFacts, Severity, mission_anomalies
from missions.selectors.survey import MISSION, Moment, Rows, Source, Target, local_day, mission_target
from spekty.core import french
from spekty.core.oneshot import Ask, Row, day


def _asks(at: Moment) -> dict[str, Ask]:
    standing = live_lines().filter(kind__in=MISSION_KINDS, mission__isnull=False)
    issued = standing.exclude(invoice__status=InvoiceStatus.DRAFT)
    return {
        "not_invoiced": Ask(_forgotten(at), MISSION | {"unfinished": "unfinished"}),
        "twice": Ask(_on_several(issued), {"pk": "mission_id", "invoice": "invoice__number"}),
        "invoiced_twice": Ask(_twice(issued), MISSION),
    }


def _forgotten(at: Moment) -> QuerySet[Mission]:
    """Return the reports that wait for their invoice, noting whether their lot still waits for one."""
    before = at.today - dt.timedelta(days=at.delays.invoice_days)
    own = live_lines().filter(kind__in=MISSION_KINDS, mission=OuterRef("pk"))
    over = (MissionStatus.REPORTED, *EXIT_STATUSES)
    waiting = Mission.objects.filter(lot=OuterRef("lot"), reinspection_of__isnull=True).exclude(
        status__in=over
    )
    reported = Mission.objects.filter(status=MissionStatus.REPORTED, reported_on__lt=before)
    return reported.exclude(Exists(own)).annotate(unfinished=Exists(waiting))


def _several(issued: QuerySet[InvoiceLine]) -> QuerySet[InvoiceLine, Any]:
    """Return the missions that stand on two invoices or more, credit notes deducted."""
    counted = issued.order_by().values("mission_id").annotate(n=Count("invoice", distinct=True))
    return counted.filter(n__gt=1).values("mission_id")


def _on_several(issued: QuerySet[InvoiceLine]) -> QuerySet[InvoiceLine]:
    return issued.filter(mission__in=_several(issued))


def _twice(issued: QuerySet[InvoiceLine]) -> QuerySet[Mission]:
    return Mission.objects.filter(pk__in=_several(issued))


def _found(rows: Rows, at: Moment) -> Iterator[tuple[Anomaly, Target]]:
    numbers: dict[int, list[str]] = defaultdict(list)
    for line in rows["twice"]:
        numbers[line["pk"]].append(line["invoice"])
    for row in [*rows["not_invoiced"], *rows["invoiced_twice"]]:
        target = mission_target(row)
        for finding in mission_anomalies(_facts(row, numbers.get(row["pk"], [])), at.delays, at.now):
            eased = _eased(finding, row, at.today) if finding.rule == "not_invoiced" else finding
            yield eased, target


def _facts(row: Row, invoices: list[str]) -> MissionFacts:
    return MissionFacts(
        id=row["pk"],
        number=row["number"],
        status=row["status"],
        selected_on=local_day(row["created_at"]),
        reported_on=day(row["reported_on"]),
        invoices=tuple(number for number in invoices if number),
    )


def _eased(finding: Anomaly, row: Row, today: dt.date) -> Anomaly:
    """Lower a finding that only waits for its lot's end or its month's end, and say so."""
    by_lot = row["billing_mode"] == BillingMode.LOT and row["reinspection_of"] is None
    end = month_end(day(row["reported_on"]) or today)
    if by_lot and row["unfinished"]:
        why = f"le lot {row['lot']} n’est pas terminé"
    elif not by_lot and end >= today:
        why = f"se facture le {french.day(end)}"
    else:
        return finding
    return replace(finding, severity=Severity.TODO, sentence=f"{finding.sentence.rstrip('.')}, {why}.")


invoicing = Source(_asks, _found)

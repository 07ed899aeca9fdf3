"""Billing's side of « faite = facturée = payée »: what was done in a period, and what an invoice carries."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping

from django.db.models import Q
from django.utils import timezone

from billing.enums import MISSION_KINDS, InvoiceStatus
from billing.models import Invoice
from billing.rules.agreement import MissionTrace
from billing.selectors.facts import live_lines
from lots.enums import BillingMode
from lots.models import Client
from missions.enums import MissionStatus
from missions.models import Mission, MissionQuerySet
from spekty.core import french
from spekty.core.months import month_end


def missions_concerned(
    first: dt.date, last: dt.date, client: Client | None, paid_not_done: Iterable[int]
) -> MissionQuerySet:
    """Return the missions done in the period, and those it invoiced or paid without their being done."""
    zone = timezone.get_current_timezone()
    start = dt.datetime.combine(first, dt.time(), zone)
    end = dt.datetime.combine(last + dt.timedelta(1), dt.time(), zone)
    held = Mission.objects.held()
    done = held.filter(
        Q(visited_at__gte=start, visited_at__lt=end)
        | Q(visited_at__isnull=True, reported_on__gte=first, reported_on__lte=last)
    ).values("pk")
    invoiced = (
        live_lines()
        .filter(kind__in=MISSION_KINDS, invoice__issued_on__gte=first, invoice__issued_on__lte=last)
        .exclude(mission__in=held)
        .values("mission_id")
    )
    wanted = Mission.objects.filter(Q(pk__in=done) | Q(pk__in=invoiced) | Q(pk__in=list(paid_not_done)))
    if client is not None:
        wanted = wanted.filter(lot__client=client)
    return wanted.select_related("lot__client").order_by("number")


def invoices_of(mission_ids: Iterable[int]) -> dict[int, list[str]]:
    """Return the numbers of the issued invoices on which each mission stands."""
    found: dict[int, list[str]] = defaultdict(list)
    lines = live_lines().filter(mission__in=list(mission_ids), kind__in=MISSION_KINDS)
    issued = lines.exclude(invoice__status=InvoiceStatus.DRAFT)
    ordered = issued.order_by("invoice__issued_on", "invoice__number")
    for mission_id, number in ordered.values_list("mission_id", "invoice__number"):
        if mission_id and number and number not in found[mission_id]:
            found[mission_id].append(number)
    return dict(found)


def traces(
    missions: Iterable[Mission], paid: Mapping[int, int], why_not_paid: Mapping[int, str], today: dt.date
) -> list[MissionTrace]:
    """Return what became of each mission, with the reason when it isn't invoiced yet."""
    rows = list(missions)
    invoices = invoices_of(m.pk for m in rows)
    reasons = _why_not_invoiced([m for m in rows if m.pk not in invoices and m.is_held], today)
    return [
        MissionTrace(
            reference=mission.number,
            done=mission.is_held,
            invoices=tuple(invoices.get(mission.pk, ())),
            payments=paid.get(mission.pk, 0),
            why_not_invoiced=reasons.get(mission.pk, ""),
            why_not_paid=why_not_paid.get(mission.pk, ""),
        )
        for mission in rows
    ]


def _why_not_invoiced(missions: list[Mission], today: dt.date) -> dict[int, str]:
    drafts = dict(
        live_lines()
        .filter(mission__in=missions, invoice__status=InvoiceStatus.DRAFT)
        .values_list("mission_id", "invoice_id")
    )
    open_lots = set(
        Mission.objects.open()
        .filter(lot__in={m.lot_id for m in missions}, reinspection_of__isnull=True)
        .values_list("lot_id", flat=True)
    ) | set(
        Mission.objects.filter(lot__in={m.lot_id for m in missions}, reinspection_of__isnull=True)
        .filter(status__in=(MissionStatus.RECEIVED, MissionStatus.TO_REVIEW, MissionStatus.TO_COMPLETE))
        .values_list("lot_id", flat=True)
    )
    return {m.pk: _reason(m, m.pk in drafts, m.lot_id in open_lots, today) for m in missions}


def _reason(mission: Mission, on_draft: bool, lot_open: bool, today: dt.date) -> str:
    if on_draft:
        return "Sur une facture en préparation."
    if mission.status != MissionStatus.REPORTED:
        return f"Pas encore de rapport : {mission.get_status_display().lower()}."
    if mission.lot.client.billing_mode == BillingMode.LOT and mission.reinspection_of_id is None:
        if lot_open:
            return f"Le lot {mission.lot} n’est pas terminé."
        return f"Le lot {mission.lot} est prêt à facturer."
    end = month_end(mission.reported_on or today)
    if end >= today:
        return f"Se facture le {french.day(end)}, fin du mois."
    return f"Oubliée : se facturait le {french.day(end)}."


def latest_month(today: dt.date) -> dt.date:
    """Return the month to close first: the previous one while it has something to invoice, else this one."""
    this = today.replace(day=1)
    before = (this - dt.timedelta(1)).replace(day=1)
    waiting = Mission.objects.filter(
        status=MissionStatus.REPORTED,
        reported_on__lt=this,
        lot__client__billing_mode=BillingMode.MONTHLY,
    ).exclude(pk__in=live_lines().filter(kind__in=MISSION_KINDS).values("mission_id"))
    drafts = Invoice.objects.filter(status=InvoiceStatus.DRAFT, month__lt=this)
    return before if drafts.exists() or waiting.exists() else this

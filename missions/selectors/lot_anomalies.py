"""Sources of anomalies about lots, installers, authorisations and readings that came alone."""

import datetime as dt
from collections.abc import Iterable
from decimal import Decimal

from django.db.models import Count, Exists, F, Max, Min, OuterRef, Q, QuerySet
from django.utils import timezone

from lots.enums import DocumentKind, LotStatus
from lots.models import Installer, Lot, LotDocument, NsCeiling, Operation
from lots.rules.verdict import target
from missions.enums import EXIT_STATUSES, MissionStatus
from missions.models import Mission
from missions.rules.anomalies import (
    Anomaly,
    AuthorisationFacts,
    InstallerFacts,
    LotFacts,
    StrayReading,
    authorisation_anomaly,
    installer_anomaly,
    lot_anomalies,
    stray_reading_anomaly,
)
from missions.selectors.anomalies import Moment
from spekty.accounts.models import Authorisation
from spekty.core.enums import Channel, Conclusion
from spekty.core.models import InboxMessage

PERIOD_DAYS = 365
# What the connectors of field apps keep of each record (integrations is above this app).
READINGS = "kizeo"
UNKNOWN_MISSION = "Mission inconnue"


def late_lots(moment: Moment) -> list[Anomaly]:
    """Source: lots not drawn, near their filing date, over their NS ceiling, out of reach, without papers."""
    first = Q(missions__channel=Channel.SITE, missions__reinspection_of__isnull=True)
    issued = first & Q(missions__status=MissionStatus.REPORTED)
    waiting = first & ~Q(missions__status=MissionStatus.REPORTED) & ~Q(missions__status__in=EXIT_STATUSES)
    lots = (
        Lot.objects.filter(~Q(status=LotStatus.CLOSED) | Q(is_legacy=False))
        .annotate(
            satisfied=Count("missions", filter=issued & Q(missions__conclusion=Conclusion.S)),
            ns=Count("missions", filter=issued & Q(missions__conclusion=Conclusion.NS)),
            concluded=Count("missions", filter=issued & ~Q(missions__conclusion="")),
            pending=Count("missions", filter=waiting),
            last_ns=Max("missions__reported_on", filter=issued & Q(missions__conclusion=Conclusion.NS)),
            certified=Exists(_papers(DocumentKind.CERTIFICATE)),
        )
        .order_by("pk")
    )
    stocks, ceilings = _stocks(), list(NsCeiling.objects.order_by("from_year"))
    return [
        finding
        for lot in lots
        for finding in lot_anomalies(_facts(lot, stocks, ceilings, moment.today), moment.delays, moment.today)
    ]


def _papers(kind: DocumentKind) -> QuerySet[LotDocument]:
    return LotDocument.objects.filter(lot=OuterRef("pk"), kind=kind)


def _stocks() -> dict[int, tuple[int, dt.date | None]]:
    """Return of each open lot: operations that no draw took, earliest completion."""
    rows = Operation.objects.filter(is_withdrawn=False).exclude(lot__status=LotStatus.CLOSED)
    counted = (
        rows.order_by()
        .values_list("lot_id")
        .annotate(left=Count("pk", filter=Q(selected="")), earliest=Min("completed_on"))
    )
    return {lot_id: (left, earliest) for lot_id, left, earliest in counted}


def _facts(
    lot: Lot, stocks: dict[int, tuple[int, dt.date | None]], ceilings: list[NsCeiling], today: dt.date
) -> LotFacts:
    left, earliest = stocks.get(lot.pk, (0, None))
    year = (lot.filing_on or today).year
    return LotFacts(
        id=lot.pk,
        number=lot.number,
        received_on=lot.received_on,
        drawn_on=lot.drawn_on,
        is_closed=lot.status == LotStatus.CLOSED,
        first_completed_on=earliest,
        site_needed=None if lot.site_pct is None else target(lot.site_pct, lot.size),
        satisfied=lot.satisfied,  # type: ignore[attr-defined]
        ns=lot.ns,  # type: ignore[attr-defined]
        concluded=lot.concluded,  # type: ignore[attr-defined]
        pending=lot.pending,  # type: ignore[attr-defined]
        available=left,
        ceilings=tuple((y, pct) for y in (year, year + 1) if (pct := ceiling_of(ceilings, y)) is not None),
        last_ns_on=lot.last_ns,  # type: ignore[attr-defined]
        missing_documents=_missing(lot),
    )


def ceiling_of(ceilings: Iterable[NsCeiling], year: int) -> Decimal | None:
    """Return the NS ceiling of a filing year in percent (R11), None when the law's rows don't reach it."""
    known = [row.pct for row in ceilings if row.from_year <= year]
    return known[-1] if known else None


def _missing(lot: Lot) -> tuple[str, ...]:
    """The papers that the application makes itself: a workbook's lot never had them."""
    if lot.is_legacy or lot.status == LotStatus.RECEIVED:
        return ()
    return () if lot.certified else ("le certificat de tirage",)  # type: ignore[attr-defined]


def faulty_installers(moment: Moment) -> list[Anomaly]:
    """Source: firms with many NS among the first inspections on site of the last twelve months."""
    since = moment.today - dt.timedelta(days=PERIOD_DAYS)
    concluded = Q(
        operations__missions__channel=Channel.SITE,
        operations__missions__reinspection_of__isnull=True,
        operations__missions__status=MissionStatus.REPORTED,
        operations__missions__reported_on__gte=since,
    ) & ~Q(operations__missions__conclusion="")
    bad = concluded & Q(operations__missions__conclusion=Conclusion.NS)
    rows = (
        Installer.objects.annotate(
            inspected=Count("operations__missions", filter=concluded),
            ns=Count("operations__missions", filter=bad),
            last=Max("operations__missions__reported_on", filter=bad),
        )
        .filter(ns__gte=max(1, moment.delays.installer_min_ns))
        .order_by("pk")
        .values_list("pk", "name", "inspected", "ns", "last")
    )
    found = (installer_anomaly(InstallerFacts(*row), moment.delays) for row in rows)
    return [finding for finding in found if finding]


def ending_authorisations(moment: Moment) -> list[Anomaly]:
    """Source: authorisations of active agents that end soon, or ended without another."""
    latest = (
        Authorisation.objects.filter(agent__is_active=True)
        .order_by("agent_id", "family", F("valid_to").desc(nulls_first=True))
        .distinct("agent_id", "family")
        .select_related("agent")
    )
    found = (
        authorisation_anomaly(
            AuthorisationFacts(row.pk, str(row.agent), row.family, row.valid_to), moment.delays, moment.today
        )
        for row in latest
    )
    return [finding for finding in found if finding]


def stray_readings(moment: Moment) -> list[Anomaly]:
    """Source: readings that a field app sent for no mission we know."""
    rows = InboxMessage.objects.filter(
        source__startswith=READINGS, processed_at__isnull=True, error__startswith=UNKNOWN_MISSION
    ).order_by("pk")
    return [
        stray_reading_anomaly(StrayReading(row.pk, row.external_id, timezone.localdate(row.received_at)))
        for row in rows
    ]


def lots_that_will_be_late(today: dt.date, days: int) -> list[int]:
    """Return the open lots filed within `days`, or overdue, that still have missions to hold or to report."""
    waiting = Mission.objects.filter(lot=OuterRef("pk")).exclude(
        status__in=(MissionStatus.REPORTED, *EXIT_STATUSES)
    )
    lots = Lot.objects.open().filter(Exists(waiting), filing_on__lte=today + dt.timedelta(days=days))
    return list(lots.values_list("pk", flat=True))

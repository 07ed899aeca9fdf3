"""Sources of anomalies about lots, installers, authorisations and readings that came alone."""

import datetime as dt
from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import Any

from django.db.models import Count, Exists, F, Max, Min, OuterRef, Q, QuerySet

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
from missions.selectors.survey import Moment, Rows, Source, Target, local_day
from spekty.accounts.models import Authorisation
from spekty.core.enums import Channel, Conclusion
from spekty.core.models import InboxMessage
from spekty.core.oneshot import Ask, Row, day, exact, number

PERIOD_DAYS = 365
# What the connectors of field apps keep of each record (integrations is above this app).
READINGS = "kizeo"
UNKNOWN_MISSION = "Mission inconnue"
Found = Iterator[tuple[Anomaly, Target]]


def _lot_asks(at: Moment) -> dict[str, Ask]:
    """Lots with their counts; their stock apart (two kinds of children would multiply); the ceilings."""
    return {
        "lots": Ask(
            _counted(Lot.objects.filter(~Q(status=LotStatus.CLOSED) | Q(is_legacy=False))),
            {
                **{name: name for name in ("pk", "number", "status", "size", "is_legacy", "filing_on")},
                **{name: name for name in ("received_on", "drawn_on", "satisfied", "ns", "concluded")},
                **{name: name for name in ("pending", "last_ns", "certified")},
                "site_pct": exact("site_pct"),
            },
        ),
        "stocks": Ask(_stocks(), {"lot": "lot_id", "left": "left", "earliest": "earliest"}),
        "ceilings": Ask(NsCeiling.objects.order_by(), {"year": "from_year", "pct": exact("pct")}),
    }


def _counted(lots: QuerySet[Lot]) -> QuerySet[Lot]:
    first = Q(missions__channel=Channel.SITE, missions__reinspection_of__isnull=True)
    issued = first & Q(missions__status=MissionStatus.REPORTED)
    waiting = first & ~Q(missions__status=MissionStatus.REPORTED) & ~Q(missions__status__in=EXIT_STATUSES)
    return lots.annotate(
        satisfied=Count("missions", filter=issued & Q(missions__conclusion=Conclusion.S)),
        ns=Count("missions", filter=issued & Q(missions__conclusion=Conclusion.NS)),
        concluded=Count("missions", filter=issued & ~Q(missions__conclusion="")),
        pending=Count("missions", filter=waiting),
        last_ns=Max("missions__reported_on", filter=issued & Q(missions__conclusion=Conclusion.NS)),
        certified=Exists(_papers(DocumentKind.CERTIFICATE)),
    )


def _papers(kind: DocumentKind) -> QuerySet[LotDocument]:
    return LotDocument.objects.filter(lot=OuterRef("pk"), kind=kind)


def _stocks() -> QuerySet[Operation, Any]:
    """Return of each open lot: operations that no draw took, earliest completion."""
    rows = Operation.objects.filter(is_withdrawn=False).exclude(lot__status=LotStatus.CLOSED)
    return (
        rows.order_by()
        .values("lot_id")
        .annotate(left=Count("pk", filter=Q(selected="")), earliest=Min("completed_on"))
    )


def _lots_found(rows: Rows, at: Moment) -> Found:
    stocks = {row["lot"]: row for row in rows["stocks"]}
    ceilings = sorted((row["year"], number(row["pct"]) or Decimal(0)) for row in rows["ceilings"])
    for row in rows["lots"]:
        about = Target("lot", row["pk"], row["number"], row["number"], row["pk"], row["number"])
        facts = _facts(row, stocks.get(row["pk"], {}), ceilings, at.today)
        for finding in lot_anomalies(facts, at.delays, at.today):
            yield finding, about


def _facts(row: Row, stock: Row, ceilings: list[tuple[int, Decimal]], today: dt.date) -> LotFacts:
    year = (day(row["filing_on"]) or today).year
    site_pct = number(row["site_pct"])
    return LotFacts(
        id=row["pk"],
        number=row["number"],
        received_on=day(row["received_on"]) or today,
        drawn_on=day(row["drawn_on"]),
        is_closed=row["status"] == LotStatus.CLOSED,
        first_completed_on=day(stock.get("earliest")),
        site_needed=None if site_pct is None else target(site_pct, row["size"]),
        satisfied=row["satisfied"],
        ns=row["ns"],
        concluded=row["concluded"],
        pending=row["pending"],
        available=stock.get("left", 0),
        ceilings=tuple((y, pct) for y in (year, year + 1) if (pct := ceiling_of(ceilings, y)) is not None),
        last_ns_on=day(row["last_ns"]),
        missing_documents=_missing(row),
    )


def ceiling_of(ceilings: Iterable[tuple[int, Decimal]], year: int) -> Decimal | None:
    """Return the NS ceiling of a filing year in percent (R11), None when the law's rows don't reach it."""
    known = [pct for since, pct in ceilings if since <= year]
    return known[-1] if known else None


def _missing(row: Row) -> tuple[str, ...]:
    """The papers that the application makes itself: a workbook's lot never had them."""
    if row["is_legacy"] or row["status"] == LotStatus.RECEIVED:
        return ()
    return () if row["certified"] else ("le certificat de tirage",)


# Lots not drawn, near their filing date, over their NS ceiling, out of reach, without papers.
late_lots = Source(_lot_asks, _lots_found)


def _installer_asks(at: Moment) -> dict[str, Ask]:
    since = at.today - dt.timedelta(days=PERIOD_DAYS)
    concluded = Q(
        operations__missions__channel=Channel.SITE,
        operations__missions__reinspection_of__isnull=True,
        operations__missions__status=MissionStatus.REPORTED,
        operations__missions__reported_on__gte=since,
    ) & ~Q(operations__missions__conclusion="")
    bad = concluded & Q(operations__missions__conclusion=Conclusion.NS)
    rows = Installer.objects.annotate(
        inspected=Count("operations__missions", filter=concluded),
        ns=Count("operations__missions", filter=bad),
        last=Max("operations__missions__reported_on", filter=bad),
    ).filter(ns__gte=max(1, at.delays.installer_min_ns))
    names = ("pk", "name", "siren", "inspected", "ns", "last")
    return {"installers": Ask(rows, {name: name for name in names})}


def _installers_found(rows: Rows, at: Moment) -> Found:
    for row in rows["installers"]:
        facts = InstallerFacts(
            row["pk"], row["name"], row["inspected"], row["ns"], day(row["last"]) or at.today
        )
        if finding := installer_anomaly(facts, at.delays):
            yield finding, Target("installer", row["pk"], row["name"], row["siren"])


# Firms with many NS among the first inspections on site of the last twelve months.
faulty_installers = Source(_installer_asks, _installers_found)


def _authorisation_asks(at: Moment) -> dict[str, Ask]:
    latest = (
        Authorisation.objects.filter(agent__is_active=True)
        .order_by("agent_id", "family", F("valid_to").desc(nulls_first=True))
        .distinct("agent_id", "family")
    )
    names = {"first": "agent__first_name", "last": "agent__last_name", "agent": "agent_id"}
    return {"authorisations": Ask(latest, {"pk": "pk", "family": "family", "valid_to": "valid_to", **names})}


def _authorisations_found(rows: Rows, at: Moment) -> Found:
    for row in rows["authorisations"]:
        name = f"{row['first']} {row['last']}".strip()
        facts = AuthorisationFacts(row["pk"], name, row["family"], day(row["valid_to"]))
        if finding := authorisation_anomaly(facts, at.delays, at.today):
            yield finding, Target("authorisation", row["pk"], f"{name} {row['family']}", str(row["agent"]))


# Authorisations of active agents that end soon, or ended without another.
ending_authorisations = Source(_authorisation_asks, _authorisations_found)


def _stray_asks(at: Moment) -> dict[str, Ask]:
    rows = InboxMessage.objects.filter(
        source__startswith=READINGS, processed_at__isnull=True, error__startswith=UNKNOWN_MISSION
    )
    return {"strays": Ask(rows, {"pk": "pk", "label": "external_id", "received_at": "received_at"})}


def _strays_found(rows: Rows, at: Moment) -> Found:
    for row in rows["strays"]:
        reading = StrayReading(row["pk"], row["label"], local_day(row["received_at"]))
        yield stray_reading_anomaly(reading), Target("reading", row["pk"], row["label"])


# Readings that a field app sent for no mission we know.
stray_readings = Source(_stray_asks, _strays_found)


def lots_that_will_be_late(today: dt.date, days: int) -> list[int]:
    """Return the open lots filed within `days`, or overdue, that still have missions to hold or to report."""
    waiting = Mission.objects.filter(lot=OuterRef("pk")).exclude(
        status__in=(MissionStatus.REPORTED, *EXIT_STATUSES)
    )
    lots = Lot.objects.open().filter(Exists(waiting), filing_on__lte=today + dt.timedelta(days=days))
    return list(lots.values_list("pk", flat=True))

"""What is late or abnormal about one mission."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass

from missions.rules.anomalies.catalogue import Anomaly, Delays, found
from spekty.core import french

UNPLANNED = frozenset({"to_plan", "to_contact"})
AGREED = frozenset({"fixed", "confirmed"})
UNDER_WAY = frozenset({"fixed", "confirmed", "in_progress"})
READ = frozenset({"received", "to_review", "to_complete"})
REPORTED = "reported"


@dataclass(frozen=True)
class MissionFacts:
    """What the rules look at; datetimes are aware, in local time. `visited_at` is when the visit began,
    `invoices` the numbers of the invoices that no credit note cancels."""

    id: int
    number: str
    status: str
    selected_on: dt.date
    first_attempt_on: dt.date | None = None
    appointment_at: dt.datetime | None = None
    visited_at: dt.datetime | None = None
    in_tour: bool = False
    on_site: bool = True
    reading_on: dt.date | None = None
    reported_on: dt.date | None = None
    invoices: tuple[str, ...] = ()
    billable: bool = True
    missing_documents: tuple[str, ...] = ()


def mission_anomalies(facts: MissionFacts, delays: Delays, now: dt.datetime) -> list[Anomaly]:
    """Return every finding on a mission at the local time `now`."""
    findings = (rule(facts, delays, now) for rule in _RULES)
    return [finding for finding in findings if finding]


def _not_contacted(facts: MissionFacts, delays: Delays, now: dt.datetime) -> Anomaly | None:
    limit = facts.selected_on + dt.timedelta(days=delays.contact_days)
    if facts.status not in UNPLANNED or facts.first_attempt_on or now.date() <= limit:
        return None
    text = f"{facts.number} : tirée le {french.day(facts.selected_on)}, aucun contact depuis."
    return found("not_contacted", facts.id, limit, text)


def _no_tour(facts: MissionFacts, delays: Delays, now: dt.datetime) -> Anomaly | None:
    """An appointment that no tour holds; one for a call by phone needs none."""
    at = facts.appointment_at
    if facts.status not in AGREED or not facts.on_site or facts.in_tour or at is None:
        return None
    if delays.tour_days and at.date() - now.date() > dt.timedelta(days=delays.tour_days):
        return None
    text = (
        f"{facts.number} : rendez-vous le {french.day(at.date())} à {french.hour(at)}, dans aucune tournée."
    )
    return found("no_tour", facts.id, min(now.date(), at.date()), text, due=at.date())


def _no_reading(facts: MissionFacts, delays: Delays, now: dt.datetime) -> Anomaly | None:
    held = facts.visited_at or facts.appointment_at
    if facts.status not in UNDER_WAY or facts.reading_on or held is None:
        return None
    limit = held + dt.timedelta(hours=delays.reading_hours)
    if now <= limit:
        return None
    text = (
        f"{facts.number} : visite du {french.day(held.date())}, pas de relevé après {delays.reading_hours} h."
    )
    return found("no_reading", facts.id, limit.date(), text)


def _no_report(facts: MissionFacts, delays: Delays, now: dt.datetime) -> Anomaly | None:
    if facts.status not in READ or facts.reading_on is None:
        return None
    limit = facts.reading_on + dt.timedelta(days=delays.report_days)
    if now.date() <= limit:
        return None
    text = f"{facts.number} : relevé reçu le {french.day(facts.reading_on)}, rapport non émis."
    return found("no_report", facts.id, limit, text)


def _not_invoiced(facts: MissionFacts, delays: Delays, now: dt.datetime) -> Anomaly | None:
    if facts.status != REPORTED or facts.reported_on is None or facts.invoices or not facts.billable:
        return None
    limit = facts.reported_on + dt.timedelta(days=delays.invoice_days)
    if now.date() <= limit:
        return None
    text = f"{facts.number} : rapport émis le {french.day(facts.reported_on)}, non facturé."
    return found("not_invoiced", facts.id, limit, text)


def _invoiced_twice(facts: MissionFacts, delays: Delays, now: dt.datetime) -> Anomaly | None:
    numbers = sorted(set(facts.invoices))
    if len(numbers) < 2:
        return None
    text = f"{facts.number} : facturée par {', '.join(numbers[:-1])} et {numbers[-1]}."
    return found("invoiced_twice", facts.id, facts.reported_on or now.date(), text)


def _documents_missing(facts: MissionFacts, delays: Delays, now: dt.datetime) -> Anomaly | None:
    if facts.status != REPORTED or facts.reported_on is None or not facts.missing_documents:
        return None
    limit = facts.reported_on + dt.timedelta(days=delays.documents_days)
    if now.date() < limit:
        return None
    text = f"{facts.number} : il manque {', '.join(facts.missing_documents)}."
    return found("documents_missing", facts.id, limit, text)


_RULES: tuple[Callable[[MissionFacts, Delays, dt.datetime], Anomaly | None], ...] = (
    _not_contacted,
    _no_tour,
    _no_reading,
    _no_report,
    _not_invoiced,
    _invoiced_twice,
    _documents_missing,
)

"""What is abnormal about installers, authorisations and readings that came alone."""

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

from missions.rules.anomalies.catalogue import Anomaly, Delays, Severity, found
from spekty.core import french

HUNDRED = Decimal(100)


@dataclass(frozen=True)
class InstallerFacts:
    """On-site inspections of one firm's works over the period that the caller chose."""

    id: int
    name: str
    inspected: int
    ns: int
    last_ns_on: dt.date


@dataclass(frozen=True)
class AuthorisationFacts:
    """An agent's latest authorisation for a family; None in `valid_to` has no end."""

    id: int
    agent: str
    family: str
    valid_to: dt.date | None


@dataclass(frozen=True)
class StrayReading:
    """A reading that came in for no mission we know; `label` is what it says of itself."""

    id: int
    label: str
    received_on: dt.date


def installer_anomaly(facts: InstallerFacts, delays: Delays) -> Anomaly | None:
    """Return a finding when a firm has many NS: enough inspections, enough NS, a high enough ratio."""
    many = (
        facts.inspected >= delays.installer_min_inspections
        and facts.ns >= delays.installer_min_ns
        and Decimal(facts.ns) * HUNDRED >= delays.installer_ns_pct * facts.inspected
    )
    if not many:
        return None
    ratio = french.percent_points(round(Decimal(facts.ns) * HUNDRED / facts.inspected, 1))
    text = f"{facts.name} : {facts.ns} NS sur {french.plural(facts.inspected, 'contrôle')} ({ratio})."
    return found("installer_ns", facts.id, facts.last_ns_on, text)


def authorisation_anomaly(facts: AuthorisationFacts, delays: Delays, today: dt.date) -> Anomaly | None:
    """Return a finding when an authorisation ends soon, or has ended without another."""
    if facts.valid_to is None:
        return None
    since = facts.valid_to - dt.timedelta(days=delays.authorisation_days)
    if today < since:
        return None
    expired = today > facts.valid_to
    verb = "expirée depuis le" if expired else "valable jusqu’au"
    text = f"{facts.agent} : habilitation {facts.family} {verb} {french.day(facts.valid_to)}."
    severity = Severity.BLOCKING if expired else Severity.WATCH
    return found("authorisation_ends", facts.id, since, text, due=facts.valid_to, severity=severity)


def stray_reading_anomaly(facts: StrayReading) -> Anomaly:
    """Return the finding on a reading without a mission."""
    text = f"Relevé « {facts.label} » reçu le {french.day(facts.received_on)} : aucune mission ne correspond."
    return found("stray_reading", facts.id, facts.received_on, text)

"""What is late or abnormal about one lot."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal

from lots.rules.deadlines import add_months, filing_alert, filing_deadline
from missions.rules.anomalies.catalogue import Anomaly, Delays, Severity, found
from spekty.core import french

HUNDRED = Decimal(100)
FAR = 6


@dataclass(frozen=True)
class LotFacts:
    """What the rules look at. Counts are on site, first inspections (R8): `ns` and `concluded` with an issued
    report, `pending` drawn and not concluded, `available` not drawn. `ceilings` is filing year -> percent,
    the planned year first. `first_completed_on` is the earliest completion among operations still to file."""

    id: int
    number: str
    received_on: dt.date
    drawn_on: dt.date | None = None
    is_closed: bool = False
    first_completed_on: dt.date | None = None
    site_needed: int | None = None
    satisfied: int = 0
    ns: int = 0
    concluded: int = 0
    pending: int = 0
    available: int = 0
    ceilings: tuple[tuple[int, Decimal], ...] = ()
    last_ns_on: dt.date | None = None
    missing_documents: tuple[str, ...] = ()


def lot_anomalies(facts: LotFacts, delays: Delays, today: dt.date) -> list[Anomaly]:
    """Return every finding on a lot; a closed lot has only missing documents."""
    rules = (_documents,) if facts.is_closed else _RULES
    findings = (rule(facts, delays, today) for rule in rules)
    return [finding for finding in findings if finding]


def _not_drawn(facts: LotFacts, delays: Delays, today: dt.date) -> Anomaly | None:
    limit = facts.received_on + dt.timedelta(days=delays.draw_days)
    if facts.drawn_on or today <= limit:
        return None
    text = f"{facts.number} : reçu le {french.day(facts.received_on)}, pas encore tiré."
    return found("lot_not_drawn", facts.id, limit, text)


def _filing(facts: LotFacts, delays: Delays, today: dt.date) -> Anomaly | None:
    """R14: to do at the first alert, to watch at the next ones, blocking in the last days."""
    if facts.first_completed_on is None:
        return None
    deadline = filing_deadline(facts.first_completed_on, delays.filing_months)
    alert = filing_alert(deadline, today, delays.filing_alerts)
    if alert is None:
        return None
    if alert == 0:
        text = f"{facts.number} : délai de dépôt dépassé depuis le {french.day(deadline)}."
        return found("filing_near", facts.id, deadline, text, due=deadline, severity=Severity.BLOCKING)
    text = f"{facts.number} : dépôt dû le {french.day(deadline)} ({french.due(deadline, today)})."
    severity = Severity.TODO if alert >= FAR else Severity.WATCH
    if (deadline - today).days <= delays.filing_days:
        severity = Severity.BLOCKING
    return found("filing_near", facts.id, add_months(deadline, -alert), text, due=deadline, severity=severity)


def _ns_ratio(facts: LotFacts, delays: Delays, today: dt.date) -> Anomaly | None:
    """R8, R11: shown against the ceiling of the planned filing year and of the next."""
    if not facts.concluded or not facts.ns or not facts.ceilings:
        return None
    points = Decimal(facts.ns) * HUNDRED
    above = points > facts.ceilings[0][1] * facts.concluded
    near = any(
        points >= (ceiling - delays.ns_margin_points) * facts.concluded for _, ceiling in facts.ceilings
    )
    if not above and not near:
        return None
    bounds = ", ".join(f"{french.percent_points(ceiling)} en {year}" for year, ceiling in facts.ceilings)
    ratio = french.percent_points(round(points / facts.concluded, 1))
    done = french.plural(facts.concluded, "contrôle")
    text = f"{facts.number} : {facts.ns} NS sur {done} ({ratio}) ; plafond {bounds}."
    severity = Severity.BLOCKING if above else Severity.WATCH
    return found("ns_ratio", facts.id, facts.last_ns_on or today, text, severity=severity)


def _too_few_left(facts: LotFacts, delays: Delays, today: dt.date) -> Anomaly | None:
    if facts.drawn_on is None or facts.site_needed is None:
        return None
    needed, left = facts.site_needed - facts.satisfied, facts.pending + facts.available
    if needed <= left:
        return None
    missing, stock = french.plural(needed, "satisfaisant"), french.plural(left, "opération")
    text = f"{facts.number} : il manque {missing} sur site, il reste {stock}."
    return found("too_few_left", facts.id, today, text)


def _documents(facts: LotFacts, delays: Delays, today: dt.date) -> Anomaly | None:
    if not facts.missing_documents:
        return None
    text = f"{facts.number} : il manque {', '.join(facts.missing_documents)}."
    return found("documents_missing", facts.id, today, text, aggregate="lot")


_RULES: tuple[Callable[[LotFacts, Delays, dt.date], Anomaly | None], ...] = (
    _not_drawn,
    _filing,
    _ns_ratio,
    _too_few_left,
    _documents,
)

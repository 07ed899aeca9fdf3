"""PAY_DIFF, PAID_WITHOUT_VISIT: the pay of each agent's month, recomputed from the visits."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal

from integrations.workbook.replay.findings import Discrepancy, Kind, differs, found_at, plain
from integrations.workbook.replay.history import History
from integrations.workbook.rows import MissionRow, PayRow, Place
from payroll.rules import (
    MonthPay,
    PayComponent,
    PayLine,
    Visit,
    VisitKind,
    address_key,
    month_of,
    pay_month,
)
from spekty.core import french

AgentMonth = tuple[str, dt.date]
LAST_MINUTE = 24 * 60
COLUMNS = {
    PayComponent.MISSIONS: ("bonuses", "Primes missions"),
    PayComponent.CONTACTS: ("contacts", "Contacts"),
    PayComponent.UNPRODUCTIVE: ("unproductive", "Improductifs"),
    PayComponent.KILOMETRES: ("km", "Km"),
    PayComponent.MEALS: ("meals", "Paniers"),
    PayComponent.VOLUME: ("volume", "Prime volume"),
}


@dataclass(frozen=True)
class PayReplay:
    """Both sides of the pay: recomputed months, and the workbook's rows (several when a month is doubled)."""

    computed: Mapping[AgentMonth, MonthPay]
    recorded: Mapping[AgentMonth, list[PayRow]]

    def months(self) -> list[AgentMonth]:
        """Return the agent months to compare: those of the sheet, and those due among its months."""
        paid = {month for _, month in self.recorded}
        if not paid:
            return []
        first, last = min(paid), max(paid)
        due = {key for key, pay in self.computed.items() if first <= key[1] <= last and pay.total}
        return sorted(due | set(self.recorded))


def replay_pay(history: History) -> PayReplay:
    """Recompute every agent's months with payroll.rules."""
    visits = _visits(history)
    km: dict[AgentMonth, dict[dt.date, Decimal]] = defaultdict(dict)
    for row in history.book.kilometres:
        if row.day is not None and row.km is not None:
            day_km = km[row.agent, month_of(row.day)]
            day_km[row.day] = day_km.get(row.day, Decimal(0)) + row.km
    recorded: dict[AgentMonth, list[PayRow]] = defaultdict(list)
    for pay_row in history.book.pay:
        if pay_row.month is not None:
            recorded[pay_row.agent, pay_row.month].append(pay_row)
    computed = {}
    for agent, month in sorted(visits.keys() | km.keys() | recorded.keys()):
        pay = _pay(history, agent, month, visits.get((agent, month), []), km.get((agent, month), {}))
        if pay is not None:
            computed[agent, month] = pay
    return PayReplay(computed, recorded)


def _pay(
    history: History, agent: str, month: dt.date, visits: list[Visit], km: dict[dt.date, Decimal]
) -> MonthPay | None:
    terms = history.agents.get(agent)
    if terms is None:
        return None
    pay = pay_month(terms, month, visits, km, history.scale)
    for anomaly in pay.anomalies:
        history.remark(Place("Km", 0), "Km", agent, anomaly)
    return pay


def _visits(history: History) -> dict[AgentMonth, list[Visit]]:
    found: dict[AgentMonth, list[Visit]] = defaultdict(list)
    for mission in history.book.missions:
        for agent, visit in _visits_of(history, mission):
            found[agent, month_of(visit.day)].append(visit)
    return found


def _visits_of(history: History, mission: MissionRow) -> Iterator[tuple[str, Visit]]:
    lot = history.lot_of(mission)
    family = history.family_of(lot) if lot else ""
    if mission.held and mission.visited_on and mission.channel and (family or not mission.on_site):
        operation = history.operation_of(mission)
        address = address_key(operation.address, operation.postcode) if operation else ""
        kind = VisitKind.SITE if mission.on_site else VisitKind.CONTACT
        order = (_minutes(mission.visited_at), mission.number)
        yield mission.agent, Visit(mission.number, kind, family, mission.visited_on, order, address)
    if mission.on_site:
        for attempt in mission.attempts:
            order = (_minutes(attempt.time), mission.number)
            yield attempt.agent, Visit(mission.number, VisitKind.UNPRODUCTIVE, family, attempt.day, order)


def _minutes(time: dt.time | None) -> int:
    return time.hour * 60 + time.minute if time else LAST_MINUTE


def pay_discrepancies(history: History, replay: PayReplay) -> Iterator[Discrepancy]:
    """Yield one PAY_DIFF for each agent month where a component or the total differs."""
    for agent, month in replay.months():
        pay = replay.computed.get((agent, month))
        if pay is not None:
            yield from _compare(agent, pay, replay.recorded.get((agent, month), []))


@dataclass(frozen=True)
class _Difference:
    """One column of the sheet Paie that isn't what the visits give; a count when `euros` is false."""

    label: str
    due: Decimal
    paid: Decimal
    why: str
    euros: bool = True

    def plain(self, amount: Decimal) -> str:
        return f"{self.label} {plain(amount) if self.euros else french.number(amount)}"

    def told(self) -> str:
        write = french.euros if self.euros else french.number
        return f"{self.label} : attendu {write(self.due)}, trouvé {write(self.paid)} ({self.why})"


def _compare(agent: str, pay: MonthPay, rows: list[PayRow]) -> Iterator[Discrepancy]:
    found = [d for d in _columns(pay, rows) if differs(d.due, d.paid)]
    if found:
        yield found_at(
            rows[0].place if rows else Place("Paie", 0),
            Kind.PAY_DIFF,
            f"{agent}|{pay.month:%Y-%m}",
            " ; ".join(d.plain(d.due) for d in found),
            " ; ".join(d.plain(d.paid) for d in found),
            _message(agent, pay, rows, found),
        )


def _columns(pay: MonthPay, rows: list[PayRow]) -> Iterator[_Difference]:
    for component, (column, label) in COLUMNS.items():
        yield _Difference(label, pay.of(component), _recorded(rows, column), _why(pay, component))
    held = Decimal(pay.held_site_missions)
    counted = _recorded(rows, "missions")
    yield _Difference("Nb missions", held, counted, "visites sur site tenues dans le mois", euros=False)
    total = _recorded(rows, "total")
    yield _Difference("Total", pay.total, total, "somme des composantes recalculées")


def _message(agent: str, pay: MonthPay, rows: list[PayRow], found: list[_Difference]) -> str:
    start = f"Paie de {agent} pour {french.month(pay.month)}"
    if not rows:
        start += " absente de la feuille Paie"
    if len(rows) > 1:
        start += f" portée sur {len(rows)} lignes"
    return f"{start}. " + " ; ".join(difference.told() for difference in found) + "."


def _recorded(rows: list[PayRow], column: str) -> Decimal:
    return sum((getattr(row, column) or Decimal(0) for row in rows), Decimal(0))


def _why(pay: MonthPay, component: PayComponent) -> str:
    """Say which rules and dates give a component: « 12 × 14,00 € barème ISO du 01/01/2000 »."""
    groups: dict[tuple[str, dt.date, Decimal, Decimal], Decimal] = defaultdict(lambda: Decimal(0))
    for line in pay.lines:
        if line.component is component:
            groups[_rule(line)] += line.quantity
    if not groups:
        return "aucune ligne due selon les visites du mois"
    return " + ".join(
        f"{french.number(quantity)} × {french.euros(unit)}"
        + (f" × {french.number(factor)}" if factor != 1 else "")
        + f" barème {rule} du {french.day(since)}"
        for (rule, since, unit, factor), quantity in groups.items()
    )


def _rule(line: PayLine) -> tuple[str, dt.date, Decimal, Decimal]:
    return (line.rule, line.rule_date, line.unit, line.factor)


def paid_without_visit(history: History) -> Iterator[Discrepancy]:
    """Yield the missions with a pay month whose visit was not held."""
    for mission in history.book.missions:
        if mission.pay_month is not None and not mission.held:
            month = f"{mission.pay_month:%Y-%m}"
            yield found_at(
                mission.place,
                Kind.PAID_WITHOUT_VISIT,
                mission.number,
                "",
                month,
                f"Mission {mission.number} payée en {french.month(mission.pay_month)} alors que sa visite "
                f"n’a pas été tenue (statut « {mission.status_text} ») ; attendu : aucun mois de paie, seuls "
                f"« Relevé reçu » et « Rapport émis » se paient.",
            )

"""A month of pay as a person reads it: totals by agent and component, then each line explained."""

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal

from django.db.models import Count, Sum

from payroll.enums import PayLineKind, PeriodStatus
from payroll.models import PayLine, PayPeriod
from payroll.rules import month_of
from payroll.selectors.due import UnpayableVisit, anomalies, due_lines
from spekty.accounts.models import Agent
from spekty.core import french
from spekty.core.money import ZERO
from spekty.core.months import month_end, next_month
from spekty.core.tables import Cell


@dataclass
class AgentPay:
    """What one agent is paid with a period, in euros; back-payments apart."""

    agent: Agent
    lines: list[PayLine] = field(default_factory=list)

    def of(self, kind: str) -> Decimal:
        return sum((li.amount for li in self.lines if li.kind == kind and not li.is_back_pay), ZERO)

    @property
    def amounts(self) -> list[Decimal]:
        """Amounts by component, in the order of PayLineKind."""
        return [self.of(kind) for kind in PayLineKind.values]

    @property
    def back_pay(self) -> Decimal:
        return sum((line.amount for line in self.lines if line.is_back_pay), ZERO)

    @property
    def total(self) -> Decimal:
        return sum((line.amount for line in self.lines), ZERO)

    @property
    def days(self) -> list[tuple[dt.date | None, list[PayLine]]]:
        """The lines of the month by day; what has no day (the workbook's amounts) comes first."""
        own = [line for line in self.lines if not line.is_back_pay and line.kind != PayLineKind.BONUS]
        dates = sorted({line.day for line in own}, key=lambda d: d or dt.date.min)
        return [(day, [line for line in own if line.day == day]) for day in dates]

    @property
    def bonuses(self) -> list[PayLine]:
        return [line for line in self.lines if line.kind == PayLineKind.BONUS and not line.is_back_pay]

    @property
    def back_payments(self) -> list[PayLine]:
        return [line for line in self.lines if line.is_back_pay]


@dataclass
class MonthSheet:
    """A month of pay; computed live while it is open, as it was closed after."""

    month: dt.date
    period: PayPeriod | None
    agents: list[AgentPay] = field(default_factory=list)
    anomalies: list[tuple[Agent, str]] = field(default_factory=list)
    refusal: str = ""
    is_stale: bool = False

    @property
    def is_closed(self) -> bool:
        return self.period is not None and self.period.status == PeriodStatus.CLOSED

    @property
    def amounts(self) -> list[Decimal]:
        return [sum((pay.of(kind) for pay in self.agents), ZERO) for kind in PayLineKind.values]

    @property
    def back_pay(self) -> Decimal:
        return sum((pay.back_pay for pay in self.agents), ZERO)

    @property
    def total(self) -> Decimal:
        return sum((pay.total for pay in self.agents), ZERO)

    def of(self, agent: Agent) -> AgentPay:
        """Return one agent's pay, empty when nothing is due."""
        return next((pay for pay in self.agents if pay.agent.pk == agent.pk), AgentPay(agent))


def month_sheet(month: dt.date, agent: Agent | None = None) -> MonthSheet:
    """Return a month of pay, of everyone or of one agent. Nothing is written."""
    first = month_of(month)
    period = PayPeriod.objects.filter(month=first).first()
    sheet = MonthSheet(first, period)
    only = None if agent is None else [agent.pk]
    stored = _stored(period, only)
    if sheet.is_closed:
        sheet.agents = _by_agent(stored)
    try:
        sheet.anomalies = anomalies(first, only)
        if not sheet.is_closed:
            live = [due.row(period or PayPeriod(month=first)) for due in due_lines(first, only)]
            sheet.agents = _by_agent(live)
            sheet.is_stale = _amounts(live) != _amounts(stored)
    except UnpayableVisit as error:
        sheet.refusal = str(error)
    return sheet


def _stored(period: PayPeriod | None, only: list[int] | None) -> list[PayLine]:
    if period is None:
        return []
    lines = period.lines.select_related("agent", "mission")
    return list(lines if only is None else lines.filter(agent_id__in=only))


def _amounts(lines: Iterable[PayLine]) -> list[tuple[object, ...]]:
    return sorted(
        (li.agent_id, li.is_back_pay, li.kind, str(li.day), li.reference, li.amount) for li in lines
    )


def _by_agent(lines: Iterable[PayLine]) -> list[AgentPay]:
    found: dict[int, AgentPay] = {}
    for line in lines:
        found.setdefault(line.agent_id, AgentPay(line.agent)).lines.append(line)
    for pay in found.values():
        pay.lines.sort(key=lambda li: (li.day or dt.date.min, ORDER.index(li.kind), li.reference))
    return sorted(found.values(), key=lambda pay: (pay.agent.last_name, pay.agent.first_name))


ORDER = list(PayLineKind.values)


@dataclass(frozen=True)
class MonthState:
    """A month in the list of periods: status ("" when it was never opened) and stored total in euros."""

    month: dt.date
    status: str
    total: Decimal
    agents: int


def months(today: dt.date, limit: int = 12) -> list[MonthState]:
    """Return the last months up to today's, the latest first, opened or not."""
    totals = PayPeriod.objects.annotate(
        total=Sum("lines__amount"), people=Count("lines__agent", distinct=True)
    )
    known = {row.month: row for row in totals}
    this = month_of(today)
    first = min([*known, this])
    found = []
    month = first
    while month <= max([*known, this]):
        row = known.get(month)
        found.append(
            MonthState(
                month, row.status if row else "", (row and row.total) or ZERO, row.people if row else 0
            )
        )
        month = next_month(month)
    return found[::-1][:limit]


def current_month(today: dt.date) -> dt.date:
    """Return the earliest open period, else the month after the last closed one, else this month."""
    first_open = PayPeriod.objects.filter(status=PeriodStatus.OPEN).order_by("month").first()
    if first_open is not None:
        return first_open.month
    last = PayPeriod.objects.order_by("-month").first()
    return min(next_month(last.month), month_of(today)) if last else month_of(today)


HEADER = (
    "Matricule", "Nom", "Contrat", "Code rubrique", "Libellé", "Quantité", "Base ou taux", "Coefficient",
    "Montant", "Date de début", "Date de fin", "Commentaire",
)  # fmt: skip


def export_rows(lines: Iterable[PayLine], month: dt.date) -> Iterator[tuple[Cell, ...]]:
    """Yield one row per agent, item, rate and month of origin, in the order of HEADER."""
    sums: dict[tuple[object, ...], list[Decimal]] = {}
    firsts: dict[tuple[object, ...], PayLine] = {}
    for line in sorted(lines, key=lambda li: (li.agent.code, ORDER.index(li.kind), str(li.day), li.pk or 0)):
        unit = ZERO if line.is_back_pay else line.unit_amount
        key = (line.agent_id, line.kind, line.rule, unit, line.factor, line.belongs_to, line.is_back_pay)
        firsts.setdefault(key, line)
        amounts = sums.setdefault(key, [Decimal(0), ZERO])
        amounts[0] += line.quantity
        amounts[1] += line.amount
    for group, line in firsts.items():
        quantity, amount = sums[group]
        words = f"Rappel sur {french.month(line.belongs_to)}" if line.is_back_pay else ""
        yield (
            line.agent.code,
            str(line.agent),
            line.agent.get_contract_display(),
            line.rule,
            line.get_kind_display(),
            quantity,
            None if line.is_back_pay else line.unit_amount,
            line.factor,
            amount,
            month,
            month_end(month),
            words,
        )

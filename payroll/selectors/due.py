"""The lines a period should hold: its own month, and what closed months still owe."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace

from payroll import rules
from payroll.enums import PayLineKind, PeriodStatus
from payroll.models import LegacyPayment, PayLine, PayPeriod
from payroll.rules import MonthPay, NoPayRate, PayComponent, back_payment_lines, month_of
from payroll.selectors.facts import AgentFacts, Origin, gather, pay_scale
from spekty.accounts.models import Agent
from spekty.core import french


class UnpayableVisit(Exception):
    """No rate is in force for a visit; `str()` names the agent and the item, in French."""


@dataclass(frozen=True)
class Due:
    """A line to pay, with the rows it comes from; `belongs_to` is the first day of its month."""

    agent: Agent
    line: rules.PayLine
    belongs_to: dt.date
    is_back_pay: bool
    origin: Origin | None

    def row(self, period: PayPeriod) -> PayLine:
        """Return the (unsaved) line of `period`."""
        line = self.line
        return PayLine(
            period=period,
            agent=self.agent,
            kind=PayLineKind(line.component.value),
            day=line.day,
            reference=line.reference,
            mission_id=self.origin.mission_id if self.origin else None,
            unproductive_id=self.origin.unproductive_id if self.origin else None,
            belongs_to=self.belongs_to,
            is_back_pay=self.is_back_pay,
            quantity=line.quantity,
            unit_amount=line.unit,
            factor=line.factor,
            amount=line.amount,
            rule=str(line.rule),
            rule_from=line.rule_date,
            label=line.explanation,
        )


def due_lines(month: dt.date, agent_ids: Iterable[int] | None = None) -> list[Due]:
    """Return what `month` pays: its visits, and back-payments when it is the earliest open period.

    Raises UnpayableVisit.
    """
    only = None if agent_ids is None else list(agent_ids)
    scale = pay_scale()
    lines = [
        Due(facts.agent, line, month, is_back_pay=False, origin=facts.origins.get(line.reference))
        for facts in gather(month, only).values()
        for line in _pay(facts, month, scale).lines
    ]
    if is_first_open(month):
        closed = PayPeriod.objects.filter(status=PeriodStatus.CLOSED, month__lt=month)
        for before in closed.order_by("month").values_list("month", flat=True):
            lines += back_payments(before, scale, only)
    return lines


def is_first_open(month: dt.date) -> bool:
    """Say whether late visits are paid with `month`: no earlier period is open."""
    return not PayPeriod.objects.filter(status=PeriodStatus.OPEN, month__lt=month).exists()


def _pay(facts: AgentFacts, month: dt.date, scale: rules.PayScale) -> MonthPay:
    try:
        return facts.pay(month, scale)
    except NoPayRate as error:
        raise UnpayableVisit(f"{facts.agent} : {error}") from error


def back_payments(month: dt.date, scale: rules.PayScale, only: list[int] | None = None) -> list[Due]:
    """Return what a closed month still owes, by agent: recomputed, less what closed periods paid of it."""
    facts = gather(month, only)
    stored = _stored(month, only)
    legacy = _is_legacy(month)
    lines = []
    for agent_id in sorted(facts.keys() | stored.keys()):
        mine = facts.get(agent_id) or AgentFacts(stored[agent_id][0].agent)
        rows = stored.get(agent_id, [])
        if legacy:
            paid = _pay(_paid_before(mine, rows), month, scale)
        else:
            paid = MonthPay(month, tuple(_as_rule(row, month) for row in rows))
        origins = {row.reference: _origin(row) for row in rows} | mine.origins
        lines += [
            Due(mine.agent, line, month, is_back_pay=True, origin=origins.get(line.reference))
            for line in back_payment_lines(paid, _pay(mine, month, scale))
        ]
    return lines


def _stored(month: dt.date, only: list[int] | None) -> dict[int, list[PayLine]]:
    """Return what closed periods paid for `month`; back-payments first, so that the first words win."""
    lines = PayLine.objects.filter(belongs_to=month, period__status=PeriodStatus.CLOSED, is_legacy=False)
    if only is not None:
        lines = lines.filter(agent_id__in=only)
    found: dict[int, list[PayLine]] = defaultdict(list)
    for line in lines.select_related("agent").order_by("-is_back_pay", "pk"):
        found[line.agent_id].append(line)
    return dict(found)


def _is_legacy(month: dt.date) -> bool:
    """Say whether the workbook paid that month: its amounts are per agent, not per visit."""
    return (
        PayLine.objects.filter(belongs_to=month, is_legacy=True).exists()
        or LegacyPayment.objects.filter(month=month).exists()
    )


def _paid_before(facts: AgentFacts, rows: list[PayLine]) -> AgentFacts:
    """Return the facts that were paid already: by the workbook, or as a back-payment since.

    What the workbook paid stays as it was paid, right or wrong: only visits it never paid are owed.
    """
    missions = {origin.mission_id for origin in facts.origins.values()}
    paid = set(LegacyPayment.objects.filter(mission__in=missions).values_list("mission_id", flat=True))
    since = {(row.mission_id, row.unproductive_id) for row in rows}

    def was_paid(origin: Origin) -> bool:
        if (origin.mission_id, origin.unproductive_id) in since:
            return True
        return origin.is_import if origin.unproductive_id else origin.mission_id in paid

    visits = [visit for visit in facts.visits if was_paid(facts.origins[visit.reference])]
    return replace(facts, visits=visits)


def _as_rule(row: PayLine, month: dt.date) -> rules.PayLine:
    return rules.PayLine(
        component=PayComponent(row.kind),
        rule=row.rule,
        rule_date=row.rule_from or month,
        day=row.day or month,
        reference=row.reference,
        quantity=row.quantity,
        unit=row.unit_amount,
        factor=row.factor,
        amount=row.amount,
        explanation=row.label.removeprefix(f"Rappel sur {french.month(month)} : "),
        earned_month=month,
    )


def _origin(row: PayLine) -> Origin | None:
    return Origin(row.mission_id, row.unproductive_id) if row.mission_id else None


def anomalies(month: dt.date, agent_ids: Iterable[int] | None = None) -> list[tuple[Agent, str]]:
    """Return the days that pay nothing though kilometres were driven, by agent, in French."""
    scale = pay_scale()
    facts = gather(month_of(month), agent_ids)
    return [(mine.agent, text) for mine in facts.values() for text in _pay(mine, month, scale).anomalies]

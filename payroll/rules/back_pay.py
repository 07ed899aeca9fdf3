"""Back-payments: what a closed month owes once a late visit is known (pay-and-billing.md)."""

from collections import defaultdict
from dataclasses import replace
from datetime import date
from decimal import Decimal

from payroll.rules.facts import MonthPay, PayLine
from spekty.core import french
from spekty.core.money import ZERO


def back_payment_lines(paid: MonthPay, due: MonthPay) -> list[PayLine]:
    """Return the lines the open period owes for a closed month: `due` (recomputed) minus `paid`.

    Each line names the month it belongs to; their sum is due.total - paid.total. A line can be negative
    (a late visit earlier the same day at the same address lowers the next one).
    """
    before: dict[tuple[str, date, str], Decimal] = defaultdict(lambda: ZERO)
    last: dict[tuple[str, date, str], PayLine] = {}
    for line in paid.lines:
        before[line.key] += line.amount
        last[line.key] = line
    after: dict[tuple[str, date, str], Decimal] = defaultdict(lambda: ZERO)
    for line in due.lines:
        after[line.key] += line.amount
        last[line.key] = line
    lines = []
    for key in sorted(last):
        difference = after[key] - before[key]
        if difference:
            lines.append(_late(last[key], difference, due.month))
    return lines


def _late(line: PayLine, difference: Decimal, month: date) -> PayLine:
    why = f"Rappel sur {french.month(month)} : {line.explanation}"
    return replace(
        line,
        quantity=Decimal(1),
        unit=difference,
        factor=Decimal(1),
        amount=difference,
        explanation=why,
        earned_month=month,
    )

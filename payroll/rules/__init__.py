"""What an agent is paid, and why (pay-and-billing.md). The conclusion of a mission isn't an input."""

from payroll.rules.address import address_key
from payroll.rules.back_pay import back_payment_lines
from payroll.rules.facts import (
    AgentTerms,
    Contract,
    MonthPay,
    PayComponent,
    PayLine,
    Vehicle,
    Visit,
    VisitKind,
    month_of,
)
from payroll.rules.month import pay_month
from payroll.rules.scale import NoPayRate, PayItem, PayRate, PayScale, read_pay_rates

__all__ = [
    "AgentTerms",
    "Contract",
    "MonthPay",
    "NoPayRate",
    "PayComponent",
    "PayItem",
    "PayLine",
    "PayRate",
    "PayScale",
    "Vehicle",
    "Visit",
    "VisitKind",
    "address_key",
    "back_payment_lines",
    "month_of",
    "pay_month",
    "read_pay_rates",
]

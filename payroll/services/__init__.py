"""Writes of pay: periods, lines, closing, scale."""

from payroll.services.documents import pay_sheet_pdf
from payroll.services.periods import (
    EarlierMonthOpen,
    MonthNotBegun,
    PeriodClosed,
    RateMissing,
    close_period,
    compute_month,
    ensure_period,
)
from payroll.services.scale import RateInUse, add_rate

__all__ = [
    "EarlierMonthOpen",
    "MonthNotBegun",
    "PeriodClosed",
    "RateInUse",
    "RateMissing",
    "add_rate",
    "close_period",
    "compute_month",
    "ensure_period",
    "pay_sheet_pdf",
]

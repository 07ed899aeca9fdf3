"""When an operation must be filed (R14)."""

import calendar
import datetime as dt

FILING_MONTHS = 12
ALERT_MONTHS = (6, 3, 1)


def add_months(day: dt.date, months: int) -> dt.date:
    """Return the same day of another month, or that month's last day."""
    index = day.year * 12 + day.month - 1 + months
    year, month = divmod(index, 12)
    return dt.date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def filing_deadline(completed_on: dt.date, months: int = FILING_MONTHS) -> dt.date:
    """Return the last day to file an operation: 12 months after its completion unless set otherwise."""
    return add_months(completed_on, months)


def filing_alert(deadline: dt.date, today: dt.date, alerts: tuple[int, ...] = ALERT_MONTHS) -> int | None:
    """Return the alert reached (6, 3 or 1 months before the deadline), 0 when it has passed, else None."""
    if today > deadline:
        return 0
    return min((months for months in alerts if today >= add_months(deadline, -months)), default=None)

"""Months, each named by its first day. Pure: no clock, no Django."""

import datetime as dt


def next_month(month: dt.date) -> dt.date:
    """Return the first day of the month after that of `month`."""
    return (month.replace(day=28) + dt.timedelta(days=4)).replace(day=1)


def previous_month(month: dt.date) -> dt.date:
    """Return the first day of the month before that of `month`."""
    return (month.replace(day=1) - dt.timedelta(days=1)).replace(day=1)


def month_end(month: dt.date) -> dt.date:
    """Return the last day of a month."""
    return next_month(month) - dt.timedelta(days=1)


def read_month(text: str) -> dt.date | None:
    """Return the first day of a month written 2026-01, None when it isn't one."""
    try:
        return dt.date.fromisoformat(f"{text}-01")
    except ValueError:
        return None

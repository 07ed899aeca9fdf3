"""Move a workbook in time by whole weeks, so that its last facts are of this week. Pure."""

import dataclasses
import datetime as dt
from collections.abc import Iterator
from typing import Any, TypeVar

from integrations.workbook.reader import Workbook

# What the workbook calls "since ever" (2000-01-01) stays where it is.
FIRST_REAL_DAY = dt.date(2010, 1, 1)
MONTH_FIELDS = frozenset({"pay_month", "month"})
R = TypeVar("R")
TABLES = (
    "tariffs",
    "authorisations",
    "pay_rates",
    "lots",
    "operations",
    "missions",
    "kilometres",
    "pay",
    "invoices",
)


def weeks_to(book: Workbook, today: dt.date) -> int:
    """Return the number of weeks that brings the last fact (visit held, report) as near `today` as can be."""
    last = max(_facts(book), default=today)
    return (today - last).days // 7


def _facts(book: Workbook) -> Iterator[dt.date]:
    for row in book.missions:
        if row.held and row.visited_on:
            yield row.visited_on
        if row.reported_on:
            yield row.reported_on
    yield from (row.issued_on for row in book.invoices if row.issued_on)


def shifted(book: Workbook, weeks: int, today: dt.date) -> Workbook:
    """Return the workbook `weeks` later; pay of a month that isn't over is left for the application."""
    tables: dict[str, Any] = {name: [_later(row, weeks) for row in getattr(book, name)] for name in TABLES}
    present = today.replace(day=1)
    tables["pay"] = [row for row in tables["pay"] if row.month is None or row.month < present]
    tables["missions"] = [
        dataclasses.replace(row, pay_month=None) if row.pay_month and row.pay_month >= present else row
        for row in tables["missions"]
    ]
    return dataclasses.replace(book, **tables)


def _later(row: R, weeks: int) -> R:
    changes: dict[str, Any] = {}
    for field in dataclasses.fields(row):  # type: ignore[arg-type]
        value = getattr(row, field.name)
        if isinstance(value, dt.date) and value > FIRST_REAL_DAY:
            is_month = field.name in MONTH_FIELDS
            changes[field.name] = (
                months_later(value, weeks) if is_month else value + dt.timedelta(weeks=weeks)
            )
        elif isinstance(value, tuple) and value and dataclasses.is_dataclass(value[0]):
            changes[field.name] = tuple(_later(item, weeks) for item in value)
    return dataclasses.replace(row, **changes) if changes else row  # type: ignore[type-var]


def months_later(month: dt.date, weeks: int) -> dt.date:
    """Return the month in which most of `month`'s days fall once moved."""
    return (month + dt.timedelta(days=14, weeks=weeks)).replace(day=1)

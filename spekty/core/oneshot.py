"""Several reads in one round trip: a UNION ALL of (which read, its row as JSON)."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import CharField, QuerySet, Value
from django.db.models.functions import Cast, JSONObject
from django.utils import timezone

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Ask:
    """Rows to read, with the fields wanted: name in the row -> column, annotation or expression.

    Dates come back as ISO texts (see `day` and `moment`); cast a Decimal with `exact`.
    """

    rows: QuerySet[Any]
    fields: Mapping[str, Any]
    limit: int | None = None


def exact(column: str) -> Cast:
    """Return a Decimal column as its digits: JSON's numbers are floats."""
    return Cast(column, CharField())


def read_all(asks: Mapping[str, Ask]) -> dict[str, list[Row]]:
    """Return the rows of each read by its name, in one query whatever their number."""
    names = list(asks)
    if not names:
        return {}
    parts = [_part(asks[name], rank) for rank, name in enumerate(names)]
    found: dict[str, list[Row]] = {name: [] for name in names}
    first, *others = parts
    for rank, row in first.union(*others, all=True) if others else first:
        found[names[rank]].append(row)
    return found


def _part(ask: Ask, rank: int) -> QuerySet[Any]:
    rows: QuerySet[Any] = ask.rows.annotate(
        ask_rank=Value(rank), ask_row=JSONObject(**ask.fields)
    ).values_list("ask_rank", "ask_row")
    return rows[: ask.limit] if ask.limit else rows


def day(text: str | None) -> dt.date | None:
    """Return a date column's value."""
    return dt.date.fromisoformat(text) if text else None


def moment(text: str | None) -> dt.datetime | None:
    """Return a moment's value, in local time."""
    return timezone.localtime(dt.datetime.fromisoformat(text)) if text else None


def number(text: str | None) -> Decimal | None:
    """Return the value of a column asked for with `exact`."""
    return Decimal(text) if text is not None else None

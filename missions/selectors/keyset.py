"""Pages by key: each begins where the other ended, at any depth, whatever is inserted meanwhile."""

import base64
import binascii
import datetime as dt
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from django.db import models
from django.db.models import Q, QuerySet
from django.utils.dateparse import parse_date, parse_datetime

M = TypeVar("M", bound=models.Model)

COUNT_CAP = 1000
READERS: dict[str, Callable[[Any], Any]] = {"d": parse_date, "t": parse_datetime, "n": int, "s": str}


@dataclass(frozen=True, slots=True)
class Order:
    """A total order: annotated column `key` (never NULL), then the primary key."""

    key: str
    descending: bool = False

    def reversed(self) -> "Order":
        return Order(self.key, not self.descending)

    def columns(self) -> list[str]:
        sign = "-" if self.descending else ""
        return [f"{sign}pk"] if self.key == "pk" else [f"{sign}{self.key}", f"{sign}pk"]


@dataclass(frozen=True, slots=True)
class KeysetPage(Generic[M]):
    """One page: `after` and `before` are the cursors of its neighbours, "" when there is none."""

    rows: Sequence[M]
    after: str
    before: str


def keyset_page(
    rows: QuerySet[M], order: Order, *, size: int, after: str = "", before: str = ""
) -> KeysetPage[M]:
    """Return the page that follows the cursor `after` (or precedes `before`); a broken cursor is ignored."""
    backwards, cursor = bool(before), read_cursor(before or after, order)
    walked = order.reversed() if backwards else order
    if cursor is not None:
        rows = rows.filter(_beyond(walked, *cursor))
    found = list(rows.order_by(*walked.columns())[: size + 1])
    more, found = len(found) > size, found[:size]
    if backwards:
        found.reverse()
    has_after = more if not backwards else True
    has_before = more if backwards else cursor is not None
    return KeysetPage(
        found,
        write_cursor(found[-1], order) if found and has_after else "",
        write_cursor(found[0], order) if found and has_before else "",
    )


def _beyond(order: Order, value: Any, pk: int) -> Q:
    sign = "lt" if order.descending else "gt"
    further = Q(**{f"pk__{sign}": pk})
    if order.key == "pk":
        return further
    return Q(**{f"{order.key}__{sign}": value}) | (Q(**{order.key: value}) & further)


def write_cursor(row: models.Model, order: Order) -> str:
    """Return the place of `row` in the order, as a word for an address."""
    value = getattr(row, order.key)
    kind = "d" if isinstance(value, dt.date) and not isinstance(value, dt.datetime) else "s"
    kind = "t" if isinstance(value, dt.datetime) else kind
    kind = "n" if isinstance(value, int) else kind
    text = value.isoformat() if isinstance(value, dt.date) else value
    return base64.urlsafe_b64encode(json.dumps([order.key, kind, text, row.pk]).encode()).decode().rstrip("=")


def read_cursor(word: str, order: Order) -> tuple[Any, int] | None:
    """Return (value, primary key), or None for a word that isn't a cursor of this order."""
    if not word:
        return None
    try:
        key, kind, text, pk = json.loads(base64.urlsafe_b64decode(word + "=" * (-len(word) % 4)))
        value = READERS[kind](text)
        return (value, int(pk)) if key == order.key and value is not None else None
    except (ValueError, TypeError, KeyError, binascii.Error):
        return None


def capped_count(rows: QuerySet[M]) -> int:
    """Return how many rows there are, COUNT_CAP + 1 for any number beyond the cap."""
    return rows.order_by()[: COUNT_CAP + 1].count()

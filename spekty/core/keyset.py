"""Pages by key: each begins where the other ended, at any depth, whatever is inserted meanwhile.

The one way to page a list: the cost of a page depends neither on its place nor on the number of rows.
"""

import base64
import binascii
import datetime as dt
import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any, Generic, TypeVar

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q, QuerySet, Value
from django.http import QueryDict
from django.utils.dateparse import parse_date, parse_datetime

from spekty.core import french

M = TypeVar("M", bound=models.Model)
T = TypeVar("T")

COUNT_CAP = 1000
PAGING = "page"
LONGEST = 1000
READERS: dict[str, Callable[[Any], Any]] = {
    "d": parse_date,
    "t": parse_datetime,
    "n": int,
    "m": Decimal,
    "s": str,
}


@dataclass(frozen=True, slots=True)
class Order:
    """A total order: columns or annotations that are never NULL, then the primary key.

    A leading "-" on a key turns that key alone; `descending` turns the whole order.
    """

    keys: tuple[str, ...] = ()
    descending: bool = False

    @classmethod
    def by(cls, *keys: str, descending: bool = False) -> "Order":
        return cls(keys, descending)

    def reversed(self) -> "Order":
        return Order(self.keys, not self.descending)

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(key.removeprefix("-") for key in self.keys)

    def falls(self, key: str) -> bool:
        """Return whether the values of `key` get smaller down the list."""
        return key.startswith("-") != self.descending

    def columns(self) -> list[str]:
        named = [f"{'-' if self.falls(key) else ''}{key.removeprefix('-')}" for key in self.keys]
        return [*named, f"{'-' if self.falls(self.last) else ''}pk"]

    @property
    def last(self) -> str:
        """The key whose way the primary key follows."""
        return self.keys[-1] if self.keys else ""

    def beyond(self, values: Sequence[Any], pk: int) -> Q:
        """Return the condition: further down than the row of these values."""
        condition = Q(**{f"pk__{'lt' if self.falls(self.last) else 'gt'}": pk})
        for key, value in zip(reversed(self.keys), reversed(values), strict=True):
            name = key.removeprefix("-")
            further = Q(**{f"{name}__{'lt' if self.falls(key) else 'gt'}": value})
            condition = further | (Q(**{name: value}) & condition)
        return condition


@dataclass(frozen=True, slots=True)
class KeysetPage(Generic[T]):
    """One page: `after` and `before` are the cursors of its neighbours, "" when there is none.

    `total` is the number of rows of all pages, COUNT_CAP + 1 for any number beyond; None: not counted.
    """

    rows: Sequence[T]
    after: str = ""
    before: str = ""
    total: int | None = None

    def __iter__(self) -> Iterator[T]:
        return iter(self.rows)

    def __len__(self) -> int:
        return len(self.rows)

    @property
    def count(self) -> str:
        """The number of rows in words: « 1 000+ » beyond the cap."""
        return capped(self.total if self.total is not None else len(self.rows))


def keyset_page(
    rows: QuerySet[M], order: Order, cursor: str = "", *, size: int, counted: bool = False
) -> KeysetPage[M]:
    """Return the page that `cursor` names (else the first), in one query, two if `counted`."""
    backwards, place = read_cursor(cursor, order)
    walked = order.reversed() if backwards else order
    wanted = rows
    if place is not None:
        try:
            wanted = rows.filter(walked.beyond(*place))
        except (ValidationError, ValueError, TypeError):
            # A cursor of another order, or typed by hand.
            backwards, place, walked = False, None, order
    found = list(wanted.order_by(*walked.columns())[: size + 1])
    found, has_after, has_before = _cut(found, size, backwards=backwards, is_first=place is None)
    return KeysetPage(
        found,
        write_cursor(found[-1], order) if found and has_after else "",
        write_cursor(found[0], order, before=True) if found and has_before else "",
        capped_count(rows) if counted else None,
    )


def keyset_slice(
    rows: Sequence[T], key: Callable[[T], Sequence[Any]], cursor: str = "", *, size: int
) -> KeysetPage[T]:
    """Return a page of rows in memory, sorted on `key` (values that JSON keeps, all different)."""
    backwards, place = _read_place(cursor)
    ordered = sorted(rows, key=lambda row: list(key(row)), reverse=backwards)
    if place is not None:
        try:
            ordered = [row for row in ordered if _is_beyond(list(key(row)), place, backwards)]
        except TypeError:
            # The cursor of another list.
            backwards, place = False, None
            ordered = sorted(rows, key=lambda row: list(key(row)))
    found, has_after, has_before = _cut(ordered, size, backwards=backwards, is_first=place is None)
    return KeysetPage(
        found,
        _word(["a", list(key(found[-1]))]) if found and has_after else "",
        _word(["b", list(key(found[0]))]) if found and has_before else "",
        min(len(rows), COUNT_CAP + 1),
    )


def _cut(rows: list[T], size: int, *, backwards: bool, is_first: bool) -> tuple[list[T], bool, bool]:
    """Return the page in reading order, and whether rows stand after and before it."""
    more, found = len(rows) > size, rows[:size]
    if backwards:
        found.reverse()
    return found, more or backwards, more if backwards else not is_first


def _is_beyond(values: list[int | str], place: list[Any], backwards: bool) -> bool:
    return values < place if backwards else values > place


def _read_place(word: str) -> tuple[bool, list[Any] | None]:
    found = _json(word)
    if not (isinstance(found, list) and len(found) == 2 and found[0] in ("a", "b")):
        return False, None
    return (found[0] == "b", found[1]) if isinstance(found[1], list) else (False, None)


def _word(value: Any) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")


def _json(word: str) -> Any:
    if not word or len(word) > LONGEST:
        return None
    try:
        return json.loads(base64.urlsafe_b64decode(word + "=" * (-len(word) % 4)))
    except (ValueError, binascii.Error, RecursionError):
        return None


def write_cursor(row: models.Model, order: Order, *, before: bool = False) -> str:
    """Return the place of `row` in the order, as a word for an address."""
    place = [_written(getattr(row, name)) for name in order.names]
    return _word(["b" if before else "a", list(order.names), place, row.pk])


def _written(value: Any) -> list[Any]:
    if isinstance(value, dt.datetime):
        return ["t", value.isoformat()]
    if isinstance(value, dt.date):
        return ["d", value.isoformat()]
    if isinstance(value, Decimal):
        return ["m", str(value)]
    return ["n", value] if isinstance(value, int) else ["s", str(value)]


def read_cursor(word: str, order: Order) -> tuple[bool, tuple[tuple[Any, ...], int] | None]:
    """Return (backwards, (values, primary key)), or (False, None) for what isn't a cursor of this order."""
    try:
        side, names, place, pk = _json(word)
        values = tuple(READERS[kind](text) for kind, text in place)
        number, asked = int(pk), tuple(names)
    except (ValueError, TypeError, KeyError, OverflowError, InvalidOperation):
        return False, None
    known = asked == order.names and len(values) == len(order.keys)
    readable = all(value is not None and "\0" not in str(value) for value in values)
    if not (known and readable and abs(number) < 2**63 and side in ("a", "b")):
        return False, None
    return side == "b", (values, number)


def capped_count(rows: QuerySet[M]) -> int:
    """Return how many rows there are, COUNT_CAP + 1 for any number beyond the cap."""
    return rows.order_by()[: COUNT_CAP + 1].count()


def capped_counts(lists: Mapping[str, QuerySet[Any]]) -> dict[str, int]:
    """Return the capped count of each list, in one query that reads at most 1 001 rows of each."""
    names = list(lists)
    parts = [
        lists[name]
        .order_by()
        .annotate(ask_rank=Value(rank))
        .values_list("ask_rank", flat=True)[: COUNT_CAP + 1]
        for rank, name in enumerate(names)
    ]
    if not parts:
        return {}
    first, *others = parts
    counted = Counter(first.union(*others, all=True) if others else first)
    return {name: counted[rank] for rank, name in enumerate(names)}


def capped(count: int) -> str:
    """Return a count in words: « 1 000+ » beyond the cap."""
    return f"{french.number(COUNT_CAP)}+" if count > COUNT_CAP else french.number(count)


def without_paging(query: QueryDict) -> str:
    """Return the query of an address without its page nor empty parameters: what a saved view keeps."""
    kept = QueryDict(mutable=True)
    for name, values in query.lists():
        if name != PAGING and any(values):
            kept.setlist(name, values)
    return kept.urlencode()

"""Pages of a list by key: the cost of a page doesn't grow with its place."""

import datetime as dt
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from django.core.exceptions import ValidationError
from django.db.models import Model, Q, QuerySet

M = TypeVar("M", bound=Model)


@dataclass(frozen=True)
class Keyset(Generic[M]):
    """One page; `before` and `after` are the cursors of its neighbours, "" when there is none."""

    rows: list[M]
    before: str
    after: str


def keyset_page(rows: QuerySet[M], key: str, cursor: str, *, size: int, falling: bool = False) -> Keyset[M]:
    """Return the page that `cursor` (SIDE|VALUE|ID) points at, sorted on `key` then id.

    `key` must be an annotation or a column that is never null; a cursor that can't be read is the first page.
    """
    side, value, pk = _read(cursor)
    backwards = side == "avant"
    if side:
        sign = "lt" if falling != backwards else "gt"
        after = Q(**{f"{key}__{sign}": value}) | Q(**{key: value, f"pk__{sign}": pk})
        try:
            rows = rows.filter(after)
        except (ValidationError, ValueError, TypeError):
            # A cursor of another sort, or typed by hand: the first page.
            side, backwards = "", False
    mark = "-" if falling != backwards else ""
    found = list(rows.order_by(f"{mark}{key}", f"{mark}pk")[: size + 1])
    more = len(found) > size
    found = found[:size]
    if backwards:
        found.reverse()
    has_before, has_after = (more, True) if backwards else (bool(side), more)
    return Keyset(
        found,
        _cursor("avant", found[0], key) if found and has_before else "",
        _cursor("apres", found[-1], key) if found and has_after else "",
    )


def _cursor(side: str, row: Model, key: str) -> str:
    value = getattr(row, key)
    text = value.isoformat() if isinstance(value, dt.date) else str(value)
    return f"{side}|{'d' if isinstance(value, dt.date) else 's'}{text}|{row.pk}"


def _read(cursor: str) -> tuple[str, Any, int]:
    parts = cursor.split("|")
    if len(parts) != 3 or parts[0] not in ("apres", "avant") or not parts[2].isdigit() or "\0" in cursor:
        return "", None, 0
    kind, text = parts[1][:1], parts[1][1:]
    try:
        return parts[0], dt.date.fromisoformat(text) if kind == "d" else text, int(parts[2][:18])
    except ValueError:
        return "", None, 0

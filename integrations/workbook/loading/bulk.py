"""Rows by COPY: ten times fewer round trips than INSERT, and the history triggers see every row."""

import datetime as dt
from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import Decimal
from functools import partial
from typing import Any

from django.db import connection, models

# pghistory stamps the statements that Django runs; COPY goes beside it: the stamp is laid down just before.
STAMP = "SET LOCAL synchronous_commit TO DEFAULT"
# Django gives these to PostgreSQL as they are, but for the fields that wrap them (JSON, arrays).
AS_THEY_ARE = (type(None), str, int, Decimal, dt.date)
PLAIN_FIELDS = (
    models.CharField,
    models.TextField,
    models.IntegerField,
    models.BooleanField,
    models.DecimalField,
    models.DateField,
    models.ForeignKey,
)
Take = Callable[[Mapping[str, Any], int], Any]


def copy_rows(model: type[models.Model], rows: Sequence[Mapping[str, Any]]) -> list[int]:
    """Insert `rows` (field attname -> value, the rest by default) and return their new keys, in order.

    All rows have the same fields. Needs a transaction: the keys and the stamp of history belong to it.
    """
    if not rows:
        return []
    fields = [f for f in model._meta.concrete_fields if not f.generated]
    table, key = model._meta.db_table, model._meta.pk.column
    columns = ", ".join(connection.ops.quote_name(str(f.column)) for f in fields)
    takes = list(_takes(fields, rows[0]))
    with connection.cursor() as cursor:
        cursor.execute(STAMP)
        cursor.execute(
            "SELECT nextval(pg_get_serial_sequence(%s, %s)) FROM generate_series(1, %s)",
            [table, key, len(rows)],
        )
        keys = [int(row[0]) for row in cursor.fetchall()]
        with cursor.copy(f"COPY {connection.ops.quote_name(table)} ({columns}) FROM STDIN") as copy:
            for pk, row in zip(keys, rows, strict=True):
                copy.write_row([take(row, pk) for take in takes])
    return keys


def _takes(fields: Iterable[Any], sample: Mapping[str, Any]) -> Iterable[Take]:
    """Yield, for each field, how its value comes from a row."""
    for field in fields:
        if field.primary_key:
            yield _key
        elif field.attname in sample:
            yield _from_row(field)
        elif callable(field.default):
            yield partial(_default, field)
        else:
            yield partial(_constant, field.get_db_prep_save(field.get_default(), connection))


def _key(_row: Mapping[str, Any], pk: int) -> int:
    return pk


def _default(field: Any, _row: Mapping[str, Any], _pk: int) -> Any:
    return field.get_db_prep_save(field.get_default(), connection)


def _constant(value: Any, _row: Mapping[str, Any], _pk: int) -> Any:
    return value


def _from_row(field: Any) -> Take:
    name, plain = field.attname, isinstance(field, PLAIN_FIELDS)

    def take(row: Mapping[str, Any], _pk: int) -> Any:
        value = row[name]
        if plain and isinstance(value, AS_THEY_ARE):
            return value
        return field.get_db_prep_save(value, connection)

    return take

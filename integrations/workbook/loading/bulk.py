"""Rows by COPY: ten times fewer round trips than INSERT, and the history triggers see every row."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.db import connection, models

# pghistory stamps the statements that Django runs; COPY goes beside it: the stamp is laid down just before.
STAMP = "SET LOCAL synchronous_commit TO DEFAULT"


def copy_rows(model: type[models.Model], rows: Sequence[Mapping[str, Any]]) -> list[int]:
    """Insert `rows` (field attname -> value, the rest by default) and return their new keys, in order.

    Needs a transaction: the keys and the stamp of history belong to it.
    """
    if not rows:
        return []
    fields = [f for f in model._meta.concrete_fields if not f.generated]
    table, key = model._meta.db_table, model._meta.pk.column
    columns = ", ".join(connection.ops.quote_name(str(f.column)) for f in fields)
    with connection.cursor() as cursor:
        cursor.execute(STAMP)
        cursor.execute(
            "SELECT nextval(pg_get_serial_sequence(%s, %s)) FROM generate_series(1, %s)",
            [table, key, len(rows)],
        )
        keys = [int(row[0]) for row in cursor.fetchall()]
        with cursor.copy(f"COPY {connection.ops.quote_name(table)} ({columns}) FROM STDIN") as copy:
            for pk, row in zip(keys, rows, strict=True):
                copy.write_row(_values(fields, row, pk))
    return keys


def _values(fields: Iterable[Any], row: Mapping[str, Any], pk: int) -> list[Any]:
    return [
        pk
        if field.primary_key
        else field.get_db_prep_save(
            row[field.attname] if field.attname in row else field.get_default(), connection
        )
        for field in fields
    ]

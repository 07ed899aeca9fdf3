"""Undo what tests wrote: a transaction around those of a module, or an emptied database.

Django's `flush` truncates, hence makes new files for each table and each index, two hundred tables of which
ten have rows; content types and permissions are then made again. Deleting with every trigger and foreign key
at rest touches what was written, in a tenth of the time; only the superuser of the throwaway server may.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

import psycopg
from django.contrib.auth.models import Permission
from django.contrib.contenttypes.models import ContentType
from django.db import connection, transaction
from psycopg import sql

_remembered: dict[str, bytes] = {}
_state = {"is_empty": False}
KEPT = {ContentType._meta.db_table, Permission._meta.db_table}


def empty() -> None:
    """Delete every row but content types and permissions, as `flush` leaves them."""
    with _superuser() as superuser:
        superuser.execute(sql.SQL("; ").join(sql.SQL("DELETE FROM {}").format(name) for name in _tables()))
    _state["is_empty"] = True


def remember() -> None:
    """Keep what the migrations wrote, in memory."""
    with _superuser() as superuser, superuser.cursor() as cursor:
        for name in _tables():
            with cursor.copy(sql.SQL("COPY {} TO STDOUT").format(name)) as rows:
                if written := b"".join(rows):
                    _remembered[name.as_string()] = written


def restore() -> None:
    """Write the migrations' rows again if the tables were emptied: tests begin with them, in any order."""
    if not _state["is_empty"]:
        return
    empty()
    with _superuser() as superuser, superuser.cursor() as cursor:
        for name, written in _remembered.items():
            with cursor.copy(sql.SQL("COPY {} FROM STDIN").format(sql.SQL(name))) as rows:
                rows.write(written)
    _state["is_empty"] = False


@cache
def _tables() -> list[sql.Identifier]:
    names = connection.introspection.django_table_names(only_existing=True, include_views=False)
    return [sql.Identifier(name) for name in sorted(set(names) - KEPT)]


@contextmanager
def _superuser() -> Iterator[psycopg.Connection[Any]]:
    """Connect as the one who may put triggers and foreign keys at rest."""
    at = connection.settings_dict
    with psycopg.connect(
        host=at["HOST"], port=at["PORT"], dbname=at["NAME"], user="postgres", password=at["PASSWORD"]
    ) as superuser:
        superuser.execute("SET session_replication_role = replica")
        yield superuser


@contextmanager
def around_tests() -> Iterator[None]:
    """Hold what is written inside until the end of the block, as `TestCase` holds what its class wrote."""
    with transaction.atomic():
        connection.atomic_blocks[-1]._from_testcase = True
        yield
        transaction.set_rollback(True)

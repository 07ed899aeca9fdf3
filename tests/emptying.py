"""Undo what tests wrote: a transaction around those of a module, or an emptied database.

Django's `flush` truncates, hence makes new files for each table and each index, two hundred tables of which
ten have rows; content types and permissions are then made again. Deleting with every trigger and foreign key
at rest touches what was written, in a tenth of the time; only the superuser of the throwaway server may.
"""

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from django.contrib.auth.models import Permission
from django.contrib.contenttypes.models import ContentType
from django.db import connection, transaction
from psycopg import sql

KEPT = {ContentType._meta.db_table, Permission._meta.db_table}


def empty() -> None:
    """Delete every row but content types and permissions, as `flush` leaves them."""
    tables = set(connection.introspection.django_table_names(only_existing=True, include_views=False)) - KEPT
    at = connection.settings_dict
    deletions = [sql.SQL("DELETE FROM {}").format(sql.Identifier(table)) for table in sorted(tables)]
    with psycopg.connect(
        host=at["HOST"], port=at["PORT"], dbname=at["NAME"], user="postgres", password=at["PASSWORD"]
    ) as superuser:
        superuser.execute("SET session_replication_role = replica")
        superuser.execute(sql.SQL("; ").join(deletions))


@contextmanager
def around_tests() -> Iterator[None]:
    """Hold what is written inside until the end of the block, as `TestCase` holds what its class wrote."""
    with transaction.atomic():
        connection.atomic_blocks[-1]._from_testcase = True
        yield
        transaction.set_rollback(True)

"""Who works on a long task: an advisory lock of the worker's own session.

PostgreSQL gives it back when the process dies, however it dies: a page that watches needs no clock to know
that nobody works any more, and a task delivered twice is done once. Needs sessions that stay the worker's:
no pooler by transaction between workers and database.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection


def enter(task: str, pk: int) -> bool:
    """Take the place of the one who works on the object; return False when it is taken."""
    return _ask("SELECT pg_try_advisory_lock(hashtext(%s), %s)", task, pk)


def leave(task: str, pk: int) -> None:
    """Give the place back."""
    _ask("SELECT pg_advisory_unlock(hashtext(%s), %s)", task, pk)


@contextmanager
def working(task: str, pk: int) -> Iterator[bool]:
    """Hold the place during the block, which is told whether it got it."""
    is_mine = enter(task, pk)
    try:
        yield is_mine
    finally:
        if is_mine:
            leave(task, pk)


def is_at_work(task: str, pk: int) -> bool:
    """Tell whether a living process holds the place."""
    # pg_locks shows both keys as unsigned numbers.
    return _ask(
        "SELECT EXISTS (SELECT FROM pg_locks WHERE locktype = 'advisory' AND objsubid = 2 AND granted "
        "AND database = (SELECT oid FROM pg_database WHERE datname = current_database()) "
        "AND classid = (hashtext(%s)::bigint & 4294967295)::oid AND objid = %s::oid)",
        task,
        pk,
    )


def _ask(question: str, task: str, pk: int) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(question, [task, pk])
        return bool(cursor.fetchone()[0])

"""The demonstration in a database that a live test may write to."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.conf import settings
from django.db import connection
from pytest_django.live_server_helper import LiveServer

from tests.demo import copy_model, database, make_model


@contextmanager
def demo_site(name: str) -> Iterator[LiveServer]:
    """Serve a fresh copy of the demonstration, dropped at the end."""
    make_model()
    mine = f"demo_{name}_{settings.WORKER}"
    copy_model(mine)
    with database(mine):
        server = LiveServer("localhost")
        try:
            yield server
        finally:
            server.stop()
            _let_requests_end()
    with connection.cursor() as cursor:
        cursor.execute(f'DROP DATABASE IF EXISTS "{mine}" WITH (FORCE)')


def _let_requests_end() -> None:
    """Wait for requests under way: one that is late would open a connection to the next test's database."""
    for thread in threading.enumerate():
        if "process_request_thread" in thread.name:
            thread.join(timeout=10)


def patched(patch: Any, **values: Any) -> None:
    """Set some settings for a fixture that lives longer than a test."""
    for name, value in values.items():
        patch.setattr(settings, name, value)

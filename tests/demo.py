"""The demonstration in a database of its own, made once for all the workers of a run."""

import datetime as dt
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from django.test.utils import override_settings
from django.utils import timezone
from pytest_django.live_server_helper import LiveServer

from integrations.demo.load import load_demo
from spekty.core import outbox
from spekty.stack.locks import locked

LOADING = 600


@contextmanager
def database(name: str) -> Iterator[None]:
    """Work in another database of the same server, in every thread, with its own files."""
    former = connection.settings_dict["NAME"]
    connection.close()
    connection.settings_dict["NAME"] = name
    try:
        with override_settings(MEDIA_ROOT=Path(settings.VAR_DIR) / name):
            yield
    finally:
        connection.close()
        connection.settings_dict["NAME"] = former


def make_once(name: str, complete: Callable[[dt.date], None]) -> None:
    """Load the demonstration into `name` and `complete` it, unless another worker of the run did."""
    # Servers may outlive a run (SPEKTY_TEST_RUN): what was today's then is not now.
    done = Path(settings.VAR_DIR) / f"{name}-{timezone.localdate()}.done"
    with locked(Path(settings.VAR_DIR) / f"{name}.lock", timeout=LOADING):
        if done.exists():
            return
        with pytest.MonkeyPatch.context() as patch, database(connection.settings_dict["NAME"]):
            patch.setattr(outbox, "ring", lambda topic: None)
            patch.setitem(connection.settings_dict["TEST"], "NAME", name)
            connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
            with override_settings(MEDIA_ROOT=Path(settings.VAR_DIR) / name):
                load_demo(timezone.localdate())
                complete(timezone.localdate())
        done.touch()


@contextmanager
def demo_server(blocker: Any, name: str, complete: Callable[[dt.date], None]) -> Iterator[LiveServer]:
    """Serve the demonstration of database `name`; workers share it, so nobody may write to it."""
    with blocker.unblock():
        make_once(name, complete)
        with database(name):
            server = LiveServer("localhost")
            try:
                yield server
            finally:
                server.stop()

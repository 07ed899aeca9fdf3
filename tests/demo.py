"""The demonstration in a database of its own, made once for all the workers of a run."""

import datetime as dt
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from shutil import copytree
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


MODEL = "demo_model"


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


def make_model() -> None:
    """Load the demonstration into MODEL, unless another worker of the run did."""
    with _once(MODEL) as is_first:
        if is_first:
            with pytest.MonkeyPatch.context() as patch, database(connection.settings_dict["NAME"]):
                patch.setitem(connection.settings_dict["TEST"], "NAME", MODEL)
                connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
                _fill(MODEL, load_demo)


def make_once(name: str, complete: Callable[[dt.date], None]) -> None:
    """Copy the demonstration to `name` and `complete` it, unless another worker of the run did."""
    make_model()
    with _once(name) as is_first:
        if is_first:
            copy_model(name)
            with database(name):
                _fill(name, complete)


def copy_model(name: str) -> None:
    """Make a database of the demonstration, with its files."""
    with connection.cursor() as cursor:
        cursor.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        cursor.execute(f'CREATE DATABASE "{name}" TEMPLATE "{MODEL}"')
    copytree(Path(settings.VAR_DIR) / MODEL, Path(settings.VAR_DIR) / name, dirs_exist_ok=True)


@contextmanager
def _once(name: str) -> Iterator[bool]:
    # Servers may outlive a run (SPEKTY_TEST_RUN): what was today's then is not now.
    done = Path(settings.VAR_DIR) / f"{name}-{timezone.localdate()}.done"
    with locked(Path(settings.VAR_DIR) / f"{name}.lock", timeout=LOADING):
        is_first = not done.exists()
        yield is_first
        done.touch()


def _fill(name: str, write: Callable[[dt.date], object]) -> None:
    folder = override_settings(MEDIA_ROOT=Path(settings.VAR_DIR) / name)
    with pytest.MonkeyPatch.context() as patch, folder:
        patch.setattr(outbox, "ring", lambda topic: None)
        write(timezone.localdate())


@contextmanager
def demo_server(blocker: Any, name: str, complete: Callable[[dt.date], None]) -> Iterator[LiveServer]:
    """Serve the demonstration of database `name`; workers share it, so nobody may write to it."""
    with blocker.unblock():
        make_once(name, complete)
        # Nobody writes, nobody drops it: each thread of the site may keep its connection.
        with database(name), pytest.MonkeyPatch.context() as patch:
            patch.setitem(connection.settings_dict, "CONN_MAX_AGE", 60)
            server = LiveServer("localhost")
            try:
                yield server
            finally:
                server.stop()

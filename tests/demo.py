"""The demonstration in a database of its own: loaded once for a run, copied for whoever changes it."""

import os
import shutil
from collections.abc import Iterator
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

MODEL = "demo_model"
LOADING = 600


@contextmanager
def database(name: str) -> Iterator[None]:
    """Work on another database of the same server, in every thread."""
    former = connection.settings_dict["NAME"]
    connection.close()
    connection.settings_dict["NAME"] = name
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict["NAME"] = former


def media() -> Path:
    """Give the folder of the demonstration's files, one for all the workers."""
    return Path(settings.VAR_DIR) / "demo-media"


def load_model() -> None:
    """Make the database that the others are copied from, unless another worker did."""
    done = Path(settings.VAR_DIR) / "demo-loaded"
    with locked(Path(settings.VAR_DIR) / "demo.lock", timeout=LOADING):
        if done.exists():
            return
        with pytest.MonkeyPatch.context() as patch, database(connection.settings_dict["NAME"]):
            patch.setattr(outbox, "ring", lambda topic: None)
            patch.setitem(connection.settings_dict["TEST"], "NAME", MODEL)
            connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
            with override_settings(MEDIA_ROOT=media()):
                load_demo(timezone.localdate())
        done.touch()


@contextmanager
def demo_copy(name: str) -> Iterator[None]:
    """Give a fresh copy of the demonstration, dropped at the end."""
    load_model()
    mine = f"demo_{name}_{settings.WORKER}"
    files = Path(settings.VAR_DIR) / f"media-{mine}"
    with locked(Path(settings.VAR_DIR) / "demo.lock", timeout=LOADING):
        execute(f'DROP DATABASE IF EXISTS "{mine}" WITH (FORCE)')
        execute(f'CREATE DATABASE "{mine}" TEMPLATE "{MODEL}"')
    shutil.copytree(media(), files, dirs_exist_ok=True, copy_function=os.link)
    with override_settings(MEDIA_ROOT=files), database(mine):
        yield
    execute(f'DROP DATABASE IF EXISTS "{mine}" WITH (FORCE)')
    shutil.rmtree(files, ignore_errors=True)


def execute(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)


@contextmanager
def demo_server(blocker: Any, name: str) -> Iterator[LiveServer]:
    """Serve a copy of the demonstration."""
    with blocker.unblock(), demo_copy(name):
        server = LiveServer("localhost")
        try:
            yield server
        finally:
            server.stop()

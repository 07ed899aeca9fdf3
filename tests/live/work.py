"""Real Celery processes on the database that a test works in, and a bell that says when it was rung."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import redis
from django.conf import settings
from django.db import connection

from spekty.core import dispatch
from spekty.core.models import OutboxMessage

READY_WITHIN = 60
# Commits heard by `ring`: (topic, time.monotonic()).
heard: list[tuple[str, float]] = []


def ring(topic: str) -> None:
    """Be the bell of the site under test: note when the transaction was committed, then really ring."""
    heard.append((topic, time.monotonic()))
    dispatch.ring(topic)


def last_commit(topic: str, since: float) -> float:
    """Give the moment of the last commit that promised a message of `topic`."""
    return next(at for name, at in reversed(heard) if name == topic and at > since)


class Worker:
    """A Celery worker as `make run` starts it, with or without a beat; it can be killed and started again."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.environment = {
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "tests.live.settings",
            "LIVE_DATABASE": str(connection.settings_dict["NAME"]),
            "LIVE_MEDIA": str(settings.MEDIA_ROOT),
            "LIVE_PREFIX": settings.MEILI_PREFIX,
            # `make check` has them; here each start would import every page.
            "CELERY_SKIP_CHECKS": "1",
            "PYTHONWARNINGS": "ignore:You're running the worker with superuser",
        }
        self.running: dict[str, subprocess.Popen[bytes]] = {}
        self.starts = 0

    def start(self) -> None:
        """Start the worker and wait until it takes tasks."""
        self.starts += 1
        log = self.folder / f"worker-{self.starts}.log"
        options = ["--concurrency", "2", "--without-gossip", "--without-mingle", "--loglevel", "INFO"]
        self._spawn("worker", ["worker", *options], log)
        wait_until(lambda: b"ready." in log.read_bytes(), READY_WITHIN)

    def tick(self) -> None:
        """Start the clock."""
        schedule = ["--schedule", str(self.folder / "schedule"), "--pidfile", "", "--loglevel", "INFO"]
        self._spawn("beat", ["beat", *schedule], self.folder / "beat.log")

    def _spawn(self, name: str, arguments: list[str], log: Path) -> None:
        with log.open("ab") as output:
            self.running[name] = subprocess.Popen(
                [sys.executable, "-m", "celery", "-A", "spekty.celery", *arguments],
                env=self.environment,
                cwd=settings.BASE_DIR,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
            )

    def kill(self, name: str = "worker") -> None:
        """Kill the process and its children, with no chance to say anything."""
        process = self.running.pop(name)
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()

    def log(self) -> str:
        """Give what the workers wrote."""
        return "".join(path.read_text() for path in sorted(self.folder.glob("worker-*.log")))


@contextmanager
def working(folder: Path) -> Iterator[Worker]:
    """Give a worker on the present database, its queue empty, and the site's bell rung for it."""
    redis.Redis.from_url(settings.CELERY_BROKER_URL).flushdb()
    heard.clear()
    worker = Worker(folder)
    worker.start()
    try:
        yield worker
    finally:
        for name in list(worker.running):
            worker.kill(name)
        connection.close()


def wait_until(condition: Callable[[], Any], seconds: float) -> None:
    """Wait for something to become true; fail when it does not."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"waited {seconds} s in vain"
        time.sleep(0.05)


def nothing_waits() -> bool:
    """Tell whether all that was promised is delivered."""
    return not OutboxMessage.objects.waiting().exists()

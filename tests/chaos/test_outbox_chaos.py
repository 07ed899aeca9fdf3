"""Two thousand transactions, the worker killed twice and Redis once: nothing lost, nothing invented."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection

from spekty.core.models import OutboxMessage, Parameter
from spekty.stack.addresses import free_port
from spekty.stack.services import answers, redis_binary
from tests.chaos.sink import Sink

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True), pytest.mark.xdist_group("chaos")]


class World:
    """A Redis without memory, a worker, a beat, a producer; each can be killed and started again."""

    def __init__(self, folder, sink):
        self.folder, self.port = Path(folder), free_port(avoid=set())
        self.environment = {
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "tests.chaos.settings",
            "CHAOS_DATABASE": str(connection.settings_dict["NAME"]),
            "CHAOS_REDIS": f"redis://127.0.0.1:{self.port}/0",
            "CHAOS_SINK": sink.url,
            # `make check` has them; here each start would import every page.
            "CELERY_SKIP_CHECKS": "1",
        }
        self.running = {}

    def start(self, name):
        command = {
            "redis": [
                redis_binary(),
                "--port",
                str(self.port),
                "--bind",
                "127.0.0.1",
                "--save",
                "",
                "--appendonly",
                "no",
                "--dir",
                str(self.folder),
            ],
            "worker": self.celery(
                "worker",
                "-P",
                "threads",
                "-c",
                "4",
                "--without-gossip",
                "--without-mingle",
                "--without-heartbeat",
            ),
            "beat": self.celery(
                "beat", "-s", str(self.folder / "schedule"), "--max-interval", "1", "--pidfile="
            ),
        }[name]
        with (self.folder / f"{name}.log").open("ab") as log:
            self.running[name] = subprocess.Popen(
                command,
                env=self.environment,
                cwd=settings.BASE_DIR,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        while name == "redis" and not answers(self.port):
            time.sleep(0.05)

    def celery(self, *arguments):
        return [sys.executable, "-m", "celery", "-A", "spekty.celery", *arguments, "-l", "INFO"]

    def kill(self, name):
        process = self.running.pop(name)
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()

    def produce(self, arm, count, rate):
        return subprocess.Popen(
            [sys.executable, "-m", "tests.chaos.produce", arm, str(count), str(rate)],
            env=self.environment,
            cwd=settings.BASE_DIR,
            stdout=subprocess.PIPE,
            text=True,
        )

    def close(self):
        for name in list(self.running):
            self.kill(name)


@pytest.fixture
def sink():
    server = Sink()
    yield server
    server.close()


@pytest.fixture
def world(tmp_path, sink):
    made = World(tmp_path, sink)
    for name in ("redis", "worker", "beat"):
        made.start(name)
    wait_until(lambda: b"ready." in (tmp_path / "worker.log").read_bytes(), 60)
    yield made
    made.close()
    OutboxMessage.objects.filter(topic="chaos.event").delete()
    Parameter.objects.filter(code__startswith="chaos-").delete()


def play(script, started):
    """Run [(second, act)] at their seconds."""
    for second, act in script:
        time.sleep(max(0.0, started + second - time.monotonic()))
        act()


def committed_by(producer):
    output, _ = producer.communicate(timeout=90)
    assert producer.returncode == 0
    return set(json.loads(output))


def wait_until(condition, seconds):
    deadline = time.monotonic() + seconds
    while not condition() and time.monotonic() < deadline:
        time.sleep(0.25)


def test_nothing_is_lost_and_nothing_invented(world, sink):
    started = time.monotonic()
    producer = world.produce("outbox", 2000, 170)
    play(
        [
            (3, lambda: world.kill("worker")),
            (3, lambda: world.start("worker")),
            (8, lambda: world.kill("redis")),
            (10, lambda: world.start("redis")),
            (14, lambda: world.kill("worker")),
            (15, lambda: world.start("worker")),
        ],
        started,
    )
    committed = committed_by(producer)
    waiting = OutboxMessage.objects.waiting().filter(topic="chaos.event")
    wait_until(lambda: not waiting.exists(), 90 - (time.monotonic() - started))
    took = time.monotonic() - started
    print(
        f"\n{len(committed)} committed, drained in {took:.0f} s; {sum(sink.calls.values())} calls, "
        f"{sink.refused} refused, {sink.cut} cut after the effect"
    )
    assert len(committed) == 2000 - 112
    assert set(sink.effects) - committed == set(), "phantoms"
    assert committed - set(sink.effects) == set(), "lost"
    assert set(sink.effects.values()) == {1}, "each effect once"
    assert not OutboxMessage.objects.dead().filter(topic="chaos.event").exists()
    assert sink.refused > 20 and sink.cut > 10, "the sink misbehaved"
    assert took <= 90


def test_the_usual_way_loses_events(world, sink):
    """Negative control: on_commit(delay) must lose under one kill of each; else the other proves nothing."""
    started = time.monotonic()
    producer = world.produce("naive", 1000, 170)
    play(
        [
            (3, lambda: world.kill("worker")),
            (4, lambda: world.kill("redis")),
            (5, lambda: world.start("redis")),
            (5, lambda: world.start("worker")),
        ],
        started,
    )
    committed = committed_by(producer)
    seen = [-1]

    def is_quiet():
        before, seen[0] = seen[0], len(sink.effects)
        time.sleep(3)
        return before == len(sink.effects)

    wait_until(is_quiet, 25)
    lost = committed - set(sink.effects)
    print(f"\nnaive: {len(lost)} of {len(committed)} lost")
    assert lost

"""Who works on something: one at a time, seen by everyone, and given back by death."""

import os
import subprocess
import sys

import pytest
from django.conf import settings
from django.db import connection

from spekty.core import presence
from tests.live.work import wait_until

pytestmark = pytest.mark.django_db(transaction=True)
SOMEONE = """
import django; django.setup()
from spekty.core import presence
assert presence.enter("task", 7)
print("there", flush=True)
input()
"""


def test_a_place_is_held_by_one_and_seen_by_all() -> None:
    assert not presence.is_at_work("task", 7)
    with presence.working("task", 7) as is_mine:
        assert is_mine and presence.is_at_work("task", 7)
        assert not presence.is_at_work("task", 8) and not presence.is_at_work("other", 7)
    assert not presence.is_at_work("task", 7)


def test_a_failure_gives_the_place_back() -> None:
    with pytest.raises(ValueError), presence.working("task", 7):
        raise ValueError
    assert not presence.is_at_work("task", 7)


def test_a_killed_process_gives_its_place_back(tmp_path) -> None:
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "tests.live.settings",
        "LIVE_DATABASE": str(connection.settings_dict["NAME"]),
        "LIVE_MEDIA": str(tmp_path),
        "LIVE_PREFIX": "unused",
    }
    with subprocess.Popen(
        [sys.executable, "-c", SOMEONE],
        env=environment,
        cwd=settings.BASE_DIR,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as other:
        assert other.stdout is not None and other.stdout.readline() == "there\n"
        assert presence.is_at_work("task", 7)
        with presence.working("task", 7) as is_mine:
            assert not is_mine
        other.kill()
    wait_until(lambda: not presence.is_at_work("task", 7), 5)

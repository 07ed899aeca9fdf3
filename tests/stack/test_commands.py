"""Commands started on an empty folder, alone or together, find or make what they need."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from spekty.stack.client import Stack
from spekty.stack.services import PROJECT

EMBEDDED = ("DATABASE_URL", "REDIS_URL", "MEILI_URL", "GED_URL", "EMAIL_HOST", "SPEKTY_TEST_RUN")


def environment(var: Path, **more: str) -> dict[str, str]:
    """Give the environment of a developer who has set nothing."""
    kept = {key: value for key, value in os.environ.items() if key not in EMBEDDED}
    return {**kept, "DJANGO_SETTINGS_MODULE": "spekty.settings.dev", "SPEKTY_VAR": str(var), **more}


def manage(var: Path, *arguments: str) -> subprocess.Popen[str]:
    """Start one manage.py command."""
    return subprocess.Popen(
        [sys.executable, "manage.py", *arguments],
        cwd=PROJECT,
        env=environment(var),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


QUERY = (
    "from django.db import connection as c; from django.core.cache import cache;"
    "cache.set('a', 1); k = c.cursor(); k.execute('SELECT 40 + 2'); print('answer', k.fetchone()[0])"
)


@pytest.mark.slow
def test_six_commands_at_once_on_an_empty_folder_all_succeed(tmp_path: Path) -> None:
    var = tmp_path / "var"
    commands = [manage(var, "shell", "--no-imports", "-c", QUERY) for _ in range(6)]
    outputs = [command.communicate(timeout=120)[0] for command in commands]
    assert [command.returncode for command in commands] == [0] * 6, outputs
    assert all("answer 42" in output for output in outputs)
    stack = Stack(var=var)
    assert (stack.folder / "postgres.log").read_text().count("ready to accept connections") == 1
    assert stack.stop() == []


def test_a_check_starts_nothing(tmp_path: Path) -> None:
    command = manage(tmp_path, "check")
    output = command.communicate(timeout=60)[0]
    assert command.returncode == 0, output
    assert not list((tmp_path / "stack").glob("*.keeper"))


def test_the_status_command_names_every_server(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "spekty.stack", "status"],
        cwd=PROJECT,
        env=environment(tmp_path),
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.count("arrêté") == 5

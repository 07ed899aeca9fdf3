"""`manage.py import_workbook` killed anywhere and run again: the digest of a load that nothing disturbed."""

import os
import random
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest
from django.conf import settings
from django.db import connection

from spekty.stack.database.creation import schema_dump
from spekty.stack.wake import current_stack

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("kills")]
ROOT = Path(__file__).parents[3]
KILLS = 5


def administer(statement: str, database: str = "postgres") -> list[tuple[object, ...]]:
    """Run one statement on the test server, outside any transaction."""
    at = connection.settings_dict
    address = {"host": at["HOST"], "port": at["PORT"], "user": at["USER"], "password": at["PASSWORD"]}
    with psycopg.connect(**address, dbname=database, autocommit=True) as server:
        cursor = server.execute(statement)
        return cursor.fetchall() if cursor.description else []


def environment(database: str) -> dict[str, str]:
    return {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "tests.integrations.workbook.elsewhere",
        "OTHER_DATABASE": database,
        "SPEKTY_TEST_RUN": settings.TEST_RUN,
    }


@pytest.fixture
def new_database() -> Iterator[Callable[[str], str]]:
    """Give a function that makes one more database with the whole schema, and drop them in the end."""
    current_stack().wake("postgres")
    made: list[str] = []

    def make(name: str) -> str:
        name = f"loading_{settings.WORKER}_{name}"
        administer(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        administer(f"CREATE DATABASE {name}")
        made.append(name)
        dump = schema_dump()
        if dump and dump.exists():
            connection.creation._tool("psql", name, "-q", "-1", "-o", os.devnull, "-f", str(dump))
        else:
            subprocess.run(
                [sys.executable, "manage.py", "migrate", "-v0"], cwd=ROOT, env=environment(name), check=True
            )
        return name

    yield make
    for name in made:
        administer(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


def start(database: str, path: Path) -> "subprocess.Popen[str]":
    command = [sys.executable, "manage.py", "import_workbook", str(path)]
    return subprocess.Popen(
        command,
        cwd=ROOT,
        env=environment(database),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def finished(database: str, path: Path) -> str:
    """Run the command to its end and return what it prints."""
    running = start(database, path)
    out, error = running.communicate(timeout=300)
    assert running.returncode == 0, error
    return out


def digest(printed: str) -> str:
    return next(line for line in printed.splitlines() if line.startswith("Empreinte"))


def killed(database: str, path: Path, after: int, delay: float) -> None:
    """Run the command and kill -9 it a moment after it announced its `after`-th stage."""
    running = start(database, path)
    seen = 0
    assert running.stderr is not None
    for line in running.stderr:
        # Reading announces sheets, loading announces stages with an ellipsis.
        seen += line.rstrip().endswith("…")
        if seen > after:
            break
    time.sleep(delay)
    running.kill()
    running.communicate()


def test_killed_and_run_again_gives_the_digest_of_an_undisturbed_load(new_database, quarter_path):
    quiet, shaken = new_database("quiet"), new_database("shaken")
    expected = digest(finished(quiet, quarter_path))
    chance = random.Random(20260216)
    for after in sorted(chance.sample(range(1, 19), KILLS)):
        killed(shaken, quarter_path, after, chance.uniform(0, 0.08))
    runs = administer("SELECT count(*) FROM integrations_workbookrun WHERE status = 'running'", shaken)
    assert runs[0][0] >= 1, "no kill hit the load: the test proves nothing"
    assert digest(finished(shaken, quarter_path)) == expected
    assert "0\u00a0ligne écrite" in finished(shaken, quarter_path)
    for table in ("missions_mission", "lots_operation", "payroll_payline", "core_statechange"):
        counts = [administer(f"SELECT count(*) FROM {table}", name)[0][0] for name in (quiet, shaken)]
        assert counts[0] == counts[1], table


def test_two_rehearsals_on_two_fresh_databases_give_the_same_digest(new_database, clean_path):
    one, two = new_database("one"), new_database("two")
    assert digest(finished(one, clean_path)) == digest(finished(two, clean_path))

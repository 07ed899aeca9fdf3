"""A hardened run: real servers, no way out to the network, unknown template variables fail."""

import gc
import os
import shutil
import socket
import sys
import time
from collections.abc import Iterator
from typing import Any

import hypothesis
import pytest
from django.conf import settings
from django.db import connections
from django.template import engines
from django.test import TransactionTestCase
from playwright.sync_api import Playwright, expect

from scripts.setup import CHROMIUM_NAMES
from spekty.stack.addresses import SERVICES
from spekty.stack.locks import is_locked
from spekty.stack.wake import current_stack
from tests.emptying import empty

IN_CI = os.environ.get("CI") == "true"

# Property tests say whether a rule holds; how fast a loaded machine draws examples is no part of it.
hypothesis.settings.register_profile(
    "spekty", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow]
)
hypothesis.settings.load_profile("spekty")

# A page that is late on a loaded machine isn't wrong; what must be quick says its own limit.
expect.set_options(timeout=15_000)

# Workers and the commands that tests run would compile the whole project again, each.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)

# Playwright's synchronous API keeps a loop running in the thread of the tests.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"


def pytest_collection_finish() -> None:
    """Collect garbage less often: a worker holds half a gigabyte that never is."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 50)


def pytest_unconfigure() -> None:
    """End the run's servers and remove their data; they would end by themselves a few seconds later."""
    if settings.TEST_RUN_OWNED:
        stack = current_stack()
        stack.release()
        stack.stop()
        shutil.rmtree(settings.VAR_DIR, ignore_errors=True)
        remove_killed_runs()


def remove_killed_runs() -> None:
    """Remove what runs that were killed left, a day later."""
    for addresses in settings.TEST_RUNS.glob("*/stack/addresses.json"):
        run = addresses.parents[1]
        old = time.time() - addresses.stat().st_mtime > 86_400
        if old and not any(is_locked(run / "stack" / f"{name}.keeper") for name in SERVICES):
            shutil.rmtree(run, ignore_errors=True)


def missing(sentence: str) -> None:
    """Skip the test on a developer's machine; fail it in continuous integration."""
    if IN_CI:
        pytest.fail(sentence, pytrace=False)
    pytest.skip(sentence)


# --- servers, shared by the workers of one run ---


@pytest.fixture(scope="session")
def django_db_setup(redis_server: str, request: pytest.FixtureRequest) -> None:
    """Views need the cache as well as the database."""
    request.getfixturevalue("django_db_setup")


@pytest.fixture(scope="session")
def redis_server() -> str:
    """Start or join the run's Redis; give this worker's URL."""
    current_stack().wake("redis")
    return str(settings.REDIS_URL)


@pytest.fixture(scope="session")
def meilisearch_server() -> str:
    """Start or join the run's Meilisearch; give its URL. Indexes must carry settings.MEILI_PREFIX."""
    if not settings.MEILI_URL:
        missing("Meilisearch n’est pas disponible sur cette machine.")
    current_stack().wake("meilisearch")
    return str(settings.MEILI_URL)


@pytest.fixture(scope="session")
def ged_server() -> str:
    """Start or join the run's WebDAV store; give the URL of this worker's own folder."""
    current_stack().wake("ged")
    (settings.VAR_DIR / "ged" / settings.WORKER).mkdir(parents=True, exist_ok=True)
    return str(settings.GED_URL)


@pytest.fixture(scope="session")
def mail_server() -> int:
    """Start or join the run's SMTP catcher; give its port. Messages land in settings.MAILBOX_DIR."""
    current_stack().wake("mail")
    return int(settings.EMAIL_PORT)


@pytest.fixture(scope="session", autouse=True)
def emptied_cheaply() -> Iterator[None]:
    """Empty the database after a test that commits in our own way."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_teardown", lambda case: empty())
        yield


# --- browser ---


def chromium() -> str | None:
    """Find the machine's own Chromium."""
    return next((found for name in CHROMIUM_NAMES if (found := shutil.which(name))), None)


@pytest.fixture(scope="session")
def playwright(playwright: Playwright) -> Iterator[Playwright]:
    """Close the connections that its loop gave this thread: once it has stopped, Django sees other ones."""
    yield playwright
    connections.close_all()


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """Drive Debian's Chromium, also as root and in a container."""
    executable = chromium()
    if executable is None:
        missing("Chromium est introuvable : lancez « make setup ».")
    arguments = ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"]
    return {**browser_type_launch_args, "executable_path": executable, "args": arguments}


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args: dict[str, Any]) -> dict[str, Any]:
    """Be a French person at a small laptop."""
    return {
        **browser_context_args,
        "locale": "fr-FR",
        "timezone_id": "Europe/Paris",
        "viewport": {"width": 1366, "height": 768},
    }


# --- hardening ---


class UnknownVariable(str):
    """What Django prints for a variable that does not exist: here, a failure, in our own templates."""

    def __contains__(self, needle: object) -> bool:
        return needle == "%s"

    def __mod__(self, variable: Any) -> str:
        origin = rendered_template()
        if origin.startswith(str(settings.BASE_DIR / "templates")):
            pytest.fail(f"Unknown variable {variable} in {origin}", pytrace=False)
        return ""


def rendered_template() -> str:
    """Give the file of the template that is being rendered."""
    frame = sys._getframe(2)
    while frame.f_back:
        render_context = getattr(frame.f_locals.get("context"), "render_context", None)
        template = getattr(render_context, "template", None)
        if template is not None:
            return str(template.origin.name)
        frame = frame.f_back
    return ""


@pytest.fixture(scope="session", autouse=True)
def unknown_template_variables_fail() -> None:
    """Make a misspelt variable visible, instead of an empty place on a screen."""
    engine: Any = engines["django"]
    engine.engine.string_if_invalid = UnknownVariable("unknown")


@pytest.fixture(scope="session", autouse=True)
def no_network() -> Iterator[None]:
    """Refuse connections to anything but this machine."""
    connect = socket.socket.connect

    def guarded(self: socket.socket, address: Any) -> None:
        if self.family in (socket.AF_INET, socket.AF_INET6):
            host = str(address[0])
            if not (host.startswith("127.") or host in ("::1", "localhost")):
                pytest.fail(f"A test tried to reach {host}", pytrace=False)
        connect(self, address)

    patch = pytest.MonkeyPatch()
    patch.setattr(socket.socket, "connect", guarded)
    yield
    patch.undo()

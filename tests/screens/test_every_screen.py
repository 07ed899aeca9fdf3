"""Every page of every role, on the demonstration, at 1366 and 390 px (docs/development.md, Tests)."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.cache import cache
from django.test import Client
from playwright.sync_api import Browser

from spekty.accounts.models import User
from tests.browser import sign_in
from tests.demo import demo_server
from tests.screens import scene
from tests.screens.checks import Eye, looking, size, window
from tests.screens.contrast import Contrasts
from tests.screens.pages import NO_PAGES, ROLES, Screen, not_pages, screens
from tests.screens.seen import Seen

pytestmark = [pytest.mark.browser, pytest.mark.slow]

LAPTOP, PHONE = 1366, 390
# The roles that most pages are looked at for: theirs are shared between workers.
PARTS = {"planning": 4, "siege": 2}
WALKS = [(role, part) for role in ROLES for part in range(PARTS.get(role, 1))]
# The page of components names icons, codes and classes for developers.
KIT = "core:components"


@pytest.fixture(scope="module")
def site(
    django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    """The demonstration and what it lacks, read only; PostgreSQL searches, other tests' mail stays out."""
    cache.clear()
    letters = tmp_path_factory.mktemp("mail")
    scene.write_letter(letters)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(settings, "MEILI_URL", "")
        # Nobody writes here: the rail's counters may be kept, as in production.
        patch.setattr(settings, "SHELL_MEMORY", 600)
        patch.setattr(settings, "LIST_MEMORY", 600)
        patch.setattr(settings, "MAILBOX_DIR", letters)
        with demo_server(django_db_blocker, "screens", scene.complete) as server:
            yield server.url
    cache.clear()


@pytest.fixture(scope="module")
def contrasts() -> Contrasts:
    """What axe said of each look, remembered from page to page."""
    return Contrasts()


@pytest.fixture(scope="session")
def seen(testrun_uid: str) -> Seen:
    """The pages looked at, whichever worker of the run did."""
    return Seen(Path(settings.VAR_DIR) / f"seen-{testrun_uid}")


@contextmanager
def eye_of(browser: Browser, site: str, contrasts: Contrasts, role: str, width: int) -> Iterator[Eye]:
    context = window(browser, site, width)
    if role != "anonyme":
        sign_in(context, User.objects.get(email=f"{role}@spekty.example"), site)
    with looking(context, role, contrasts) as eye:
        yield eye


@pytest.mark.parametrize(("role", "part"), WALKS)
def test_every_page_of_a_role(
    browser: Browser, site: str, contrasts: Contrasts, seen: Seen, role: str, part: int
) -> None:
    """Each page on a laptop, then narrowed; what says the same to several roles is looked at for one."""
    reader = reader_of(role)
    with eye_of(browser, site, contrasts, role, LAPTOP) as eye:
        for rank, screen in enumerate(screens(role)[part :: PARTS.get(role, 1)]):
            # The first shows the role's frame.
            is_known = seen.knows(screen.path)
            if rank and is_known and seen.has(screen.path, read(reader, screen)):
                continue
            if walk(eye, screen):
                narrow(eye, screen, closely=not is_known)
                seen.note(screen.path, eye.said)
                eye.page.set_viewport_size(size(LAPTOP))
    assert not eye.found, eye.report()


def reader_of(role: str) -> Client:
    """Give what reads pages of a role without showing them."""
    reader = Client()
    if role != "anonyme":
        reader.force_login(User.objects.get(email=f"{role}@spekty.example"))
    return reader


def read(reader: Client, screen: Screen) -> str:
    return reader.get(screen.path).content.decode()


def walk(eye: Eye, screen: Screen) -> bool:
    """Open a page and look at it; return whether it opened."""
    if not eye.look(screen.path, code=screen.code, words=screen.name != KIT):
        return False
    eye.accessible(screen.path)
    eye.contrasted_in_the_dark(screen.path)
    return True


def narrow(eye: Eye, screen: Screen, *, closely: bool) -> None:
    """Look at the page that is open as on a phone; `closely` when nobody else was shown it there."""
    eye.resize(screen.path, PHONE)
    if not closely:
        return
    # What a script of its own draws, it draws for the width it finds.
    again = eye.has_its_own_script()
    if again and not eye.look(screen.path, code=screen.code, words=screen.name != KIT):
        return
    if screen.is_first:
        eye.accessible(screen.path)
    else:
        eye.contrasted(screen.path)


def test_every_page_of_the_field_on_a_phone(browser: Browser, site: str, contrasts: Contrasts) -> None:
    """Those who work on a phone have one: a finger, and pages opened there."""
    with eye_of(browser, site, contrasts, "terrain", PHONE) as eye:
        for screen in screens("terrain"):
            walk(eye, screen)
    assert not eye.found, eye.report()


def test_what_is_left_out_is_no_page(site: str) -> None:
    found = list(not_pages())
    for role, name, path in found:
        answer = reader_of(role).get(path)
        body = b"".join(answer) if answer.streaming else answer.content
        assert answer.status_code in (200, 286), f"{name}: {answer.status_code}"
        assert b"<html" not in body, name
    # The scene has no sealed dossier, nor a signature.
    assert NO_PAGES - {name for _, name, _ in found} == {"cutover:dossier_file", "quality:signature"}

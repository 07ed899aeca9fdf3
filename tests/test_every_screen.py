"""Every page of every role, on the demonstration, as people see it: it fits, it is quiet, it is French.

The walk starts from the rail and the home of a role and follows what the pages show, two pages of each address.
"""

import datetime as dt
import re
from collections import Counter, deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from django.urls import Resolver404, resolve
from playwright.sync_api import Browser, ConsoleMessage, Error, Page, Response

from spekty.accounts.models import User
from tests.browser import sign_in
from tests.demo import demo_server

pytestmark = pytest.mark.browser

ROLES = ("siege", "planning", "terrain", "qualite", "paie", "direction", "admin")
OF_EACH = 2
DEEP = 3
MOST = 90
WCAG = {"runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}}
GRAVE = {"serious", "critical"}
# Pages of packages; files are asked for, not drawn.
LEFT_ALONE = {"account_logout", "admin"}
ENGLISH = (
    "Save|Submit|Next|Previous|Delete|Cancel|None|True|False|undefined|NaN|null|Error|Loading|Search|Edit|Yes|"
    "Home|Back|Please|required|This field|January|February|March|April|August|Monday|Tuesday|Friday"
)
CODES = (
    "to_plan|to_contact|to_review|to_complete|in_progress|reported|unreachable|cancelled|received|confirmed|"
    "refused|drawn|ns_above|rate_missed|site_satisfied"
)
LEFTOVER = re.compile(rf"\b({ENGLISH}|{CODES})\b|\{{\{{|\}}\}}|\{{%|%\}}|&[a-z]+;")
KIT = "core:components"


@pytest.fixture(scope="module")
def site(django_db_setup: None, django_db_blocker: Any) -> Iterator[str]:
    """The demonstration, read only; PostgreSQL searches."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(settings, "MEILI_URL", "")
        with demo_server(django_db_blocker, "screens") as server:
            yield server.url


@dataclass
class Walk:
    """One role's walk: what was seen, what is wrong."""

    page: Page
    url: str
    seen: Counter[str] = field(default_factory=Counter)
    known: set[str] = field(default_factory=set)
    wrong: list[str] = field(default_factory=list)
    noise: list[str] = field(default_factory=list)

    def run(self) -> None:
        """Visit the home, the rail, then what they lead to."""
        waiting = deque([("/accueil/", 0)])
        while waiting and sum(self.seen.values()) < MOST:
            path, depth = waiting.popleft()
            if self.visit(path) and depth < DEEP:
                waiting.extend((link, depth + 1) for link in self.links())

    def links(self) -> list[str]:
        """The addresses of the page, each once in the walk, the rail's first."""
        found = self.page.eval_on_selector_all(
            "a[href]", "links => links.filter(a => !a.hasAttribute('download')).map(a => a.href)"
        )
        fresh = []
        for link in found:
            parts = urlsplit(link)
            path = parts.path + (f"?{parts.query}" if parts.query else "")
            if link.startswith(self.url) and path not in self.known:
                self.known.add(path)
                fresh.append(path)
        return fresh

    def visit(self, path: str) -> bool:
        """Look at a page, unless enough of its kind were seen; return whether it is one."""
        name = name_of(path)
        if not name or name in LEFT_ALONE or self.seen[name] >= OF_EACH:
            return False
        self.seen[name] += 1
        self.noise.clear()
        try:
            answer = self.page.goto(path)
        except Error as error:
            if "Download is starting" not in str(error):
                raise
            answer = None
        if answer is None or "html" not in answer.headers.get("content-type", ""):
            got = self.page.request.get(path)
            self.check(got.ok, path, f"{got.status}")
            return False
        try:
            self.look(path, name)
        except Error as error:
            self.check(False, path, str(error)[:200])
        return True

    def look(self, path: str, name: str) -> None:
        words = self.page.evaluate("document.body.innerText")
        if name != KIT:
            left = {found[0] for found in LEFTOVER.finditer(words)}
            self.check(not left, path, f"reads {left}")
        self.fits(path, 1366)
        first = self.seen[name] == 1
        if first:
            self.check(not (found := grave(self.page)), path, f"light, 1366: {found}")
        self.page.set_viewport_size({"width": 390, "height": 844})
        self.fits(path, 390)
        if first:
            self.page.evaluate("document.documentElement.setAttribute('data-bs-theme', 'dark')")
            self.check(not (found := grave(self.page)), path, f"dark, 390: {found}")
        self.page.set_viewport_size({"width": 1366, "height": 900})
        self.check(not self.noise, path, f"says {self.noise}")

    def fits(self, path: str, width: int) -> None:
        wide = self.page.evaluate("document.documentElement.scrollWidth")
        self.check(wide <= width, path, f"is {wide} px wide at {width}")

    def check(self, is_right: bool, path: str, text: str) -> None:
        if not is_right:
            self.wrong.append(f"{path}: {text}")


def grave(page: Page) -> list[tuple[str, list[str]]]:
    """Return what axe finds serious or critical, two examples of each."""
    found = Axe().run(page, options=WCAG).response["violations"]
    return [
        (one["id"], [node["html"][:200] for node in one["nodes"][:2]])
        for one in found
        if one["impact"] in GRAVE
    ]


def name_of(path: str) -> str:
    """Return the name of an address, "" for what isn't a page of ours."""
    try:
        return resolve(urlsplit(path).path).view_name.removeprefix("admin:")
    except Resolver404:
        return "" if path.startswith(settings.STATIC_URL) else path


@pytest.mark.parametrize("role", ROLES)
def test_every_page_of_a_role(browser: Browser, site: str, role: str) -> None:
    context = browser.new_context(
        base_url=site, locale="fr-FR", timezone_id="Europe/Paris", viewport={"width": 1366, "height": 900}
    )
    sign_in(context, User.objects.get(email=f"{role}@spekty.example"), site)
    page = context.new_page()
    walk = Walk(page, site)

    def heard(said: ConsoleMessage) -> None:
        if said.type in ("error", "warning") and "preload" not in said.text:
            walk.noise.append(said.text)

    def answered(answer: Response) -> None:
        if answer.status >= 400:
            walk.noise.append(f"{answer.status} {answer.url}")

    page.on("console", heard)
    page.on("response", answered)
    page.on("pageerror", lambda error: walk.noise.append(str(error)))
    start = dt.datetime.now()
    try:
        walk.run()
    finally:
        context.close()

    assert not walk.wrong, "\n".join(walk.wrong)
    assert len(walk.seen) > 5

"""For browser tests: a signed-in page that fails on a script error or a CSP violation, and axe."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from axe_playwright_python.base import AXE_SCRIPT
from django.conf import settings
from django.test import Client
from playwright.sync_api import Browser, BrowserContext, Error, Page

from spekty.accounts.models import User

TAGS = {
    "runOnly": {
        "type": "tag",
        "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    }
}
# Only what is told crosses to this process: all of axe's account of a page is a hundred times that.
AXE = """
async (options) => (await axe.run({...options, resultTypes: ["violations"]})).violations
  .map((one) => [one.id, one.impact, one.nodes.map((node) => node.html.slice(0, 160))])
"""
# The rule, how grave it is, and each element's beginning.
Finding = tuple[str, str, list[str]]
# What the browser itself says when there is no signal: the case under test, not a fault.
NO_SIGNAL = ("ERR_INTERNET_DISCONNECTED", "Failed to load resource")
PHONE = {
    "viewport": {"width": 390, "height": 844},
    "has_touch": True,
    "is_mobile": True,
    "device_scale_factor": 2,
}
DESK = {"viewport": {"width": 1366, "height": 900}}


def sign_in(context: BrowserContext, person: User, url: str) -> None:
    """Give the context a session of `person`."""
    client = Client()
    client.force_login(person)
    name = settings.SESSION_COOKIE_NAME
    context.add_cookies([{"name": name, "value": client.cookies[name].value, "url": url}])


@contextmanager
def page_of(browser: Browser, live_server: Any, person: User, **options: Any) -> Iterator[Page]:
    """Open a page as `person`; at the end, no script error and no CSP violation may have happened."""
    context = browser.new_context(
        base_url=live_server.url, locale="fr-FR", timezone_id="Europe/Paris", **options
    )
    problems: list[str] = []
    sign_in(context, person, live_server.url)
    page = context.new_page()
    page.on("console", lambda said: problems.append(said.text) if said.type == "error" else None)
    page.on("pageerror", lambda error: problems.append(str(error)))
    try:
        yield page
    finally:
        context.close()
    assert [text for text in problems if not any(known in text for known in NO_SIGNAL)] == []


def ask_axe(page: Page, script: str, argument: object) -> Any:
    """Run a script that needs axe; give it to the page when it has none yet."""
    try:
        return page.evaluate(script, argument)
    except Error as error:
        if "axe is not defined" not in error.message:
            raise
        page.evaluate(AXE_SCRIPT)
        return page.evaluate(script, argument)


def violations(page: Page, options: Mapping[str, Any] = TAGS) -> list[Finding]:
    """Return what axe finds; {} for every rule."""
    return [(rule, impact, nodes) for rule, impact, nodes in ask_axe(page, AXE, dict(options))]


def assert_fits(page: Page) -> None:
    """Fail on a page that scrolls sideways or that axe doesn't accept."""
    found = violations(page)
    assert found == [], f"{page.url}: {found}"
    width = page.viewport_size["width"] if page.viewport_size else 0
    assert page.evaluate("document.documentElement.scrollWidth") <= width

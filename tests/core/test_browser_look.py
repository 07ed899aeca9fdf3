"""In a real browser: components and frame are accessible, fit both screens, and work without a script."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.test import Client
from playwright.sync_api import Browser, Page, expect

from tests import factories
from tests.reference import load_parameters

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    pytest.mark.xdist_group("browser"),
]


@pytest.fixture
def open_page(browser: Browser, live_server: Any, settings: Any) -> Iterator[Callable[..., Page]]:
    """Give a function that opens a page as an administrator; fail on a console error or a CSP violation."""
    settings.SHELL_SYNC = ""
    load_parameters()
    problems: list[str] = []
    contexts = []

    def opened(
        path: str, *, width: int = 1366, height: int = 768, theme: str = "light", scripts: bool = True
    ) -> Page:
        client = Client()
        client.force_login(factories.user("admin"))
        context = browser.new_context(
            viewport={"width": width, "height": height}, java_script_enabled=scripts, base_url=live_server.url
        )
        contexts.append(context)
        name = settings.SESSION_COOKIE_NAME
        session = client.cookies[name].value
        context.add_cookies(
            [
                {"name": name, "value": session, "url": live_server.url},
                {"name": "theme", "value": theme, "url": live_server.url},
            ]
        )
        page = context.new_page()
        page.on("console", lambda message: problems.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: problems.append(str(error)))
        page.goto(path)
        return page

    yield opened
    for context in contexts:
        context.close()
    assert problems == []


def test_the_theme_changes_at_once_and_is_remembered(open_page):
    page = open_page("/aide/")
    page.locator("summary.sp-user").click()
    with page.expect_response("**/apparence/"):
        page.get_by_role("button", name="Sombre").click()
    expect(page.locator("html")).to_have_attribute("data-bs-theme", "dark")
    page.reload()
    expect(page.locator("html")).to_have_attribute("data-bs-theme", "dark")


def test_without_script_the_menus_the_theme_and_signing_out_work(open_page):
    page = open_page("/aide/", width=390, height=844, scripts=False)
    page.locator("summary[aria-label=Menu]").click()
    expect(page.locator(".sp-menu__panel").first).to_be_visible()
    page.locator("summary.sp-user").click()
    page.get_by_role("button", name="Sombre").click()
    expect(page.locator("html")).to_have_attribute("data-bs-theme", "dark")
    page.locator("summary.sp-user").click()
    page.get_by_role("button", name="Se déconnecter").click()
    expect(page.get_by_role("heading", name="Se connecter")).to_be_visible()


def test_a_dialog_takes_the_focus_and_gives_it_back(open_page):
    page = open_page("/composants/")
    button = page.get_by_role("button", name="Ouvrir le dialogue").first
    button.click()
    expect(page.get_by_role("dialog")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(button).to_be_focused()


def test_the_keys_walk_the_rows_of_a_list(open_page):
    page = open_page("/composants/")
    page.keyboard.press("j")
    page.keyboard.press("j")
    expect(page.locator("tr.is-current")).to_contain_text("2 rapports émis jamais facturés")
    page.keyboard.press("k")
    expect(page.locator("tr.is-current")).to_contain_text("Habilitation TER échue")


def test_print_keeps_the_light_theme_and_drops_the_frame(open_page):
    page = open_page("/aide/", theme="dark")
    page.emulate_media(media="print")
    expect(page.locator(".sp-rail")).to_be_hidden()
    assert page.evaluate("getComputedStyle(document.body).color") == "rgb(21, 33, 42)"

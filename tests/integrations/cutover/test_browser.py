"""In a real browser: head office goes from the file to the signed dossier; pages fit and are accessible."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from playwright.sync_api import Browser, Page, expect

from integrations.cutover.dossier import is_genuine
from integrations.cutover.runs import perform
from tests import factories
from tests.integrations.cutover.conftest import QUARTER

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    pytest.mark.xdist_group("browser"),
]


@pytest.fixture(autouse=True)
def tasks_run_after_commit(monkeypatch, tasks_run_at_once):
    """Do what a worker does once the request's transaction is over: progress has its own connection."""
    monkeypatch.setattr(
        "integrations.cutover.runs.run_later",
        lambda _task, run_id: transaction.on_commit(lambda: perform(run_id)),
    )


@pytest.fixture
def open_page(browser: Browser, live_server: Any, settings: Any) -> Iterator[Callable[..., Page]]:
    """Give a function that opens a page as head office; fail on a console error or a CSP violation."""
    settings.SHELL_SYNC = ""
    settings.SHELL_BADGES = {}
    problems: list[str] = []
    contexts = []

    def opened(path: str, *, width: int = 1366, height: int = 900, theme: str = "light") -> Page:
        client = Client()
        client.force_login(factories.user("siege"))
        context = browser.new_context(
            viewport={"width": width, "height": height}, base_url=live_server.url, accept_downloads=True
        )
        contexts.append(context)
        name = settings.SESSION_COOKIE_NAME
        context.add_cookies(
            [
                {"name": name, "value": client.cookies[name].value, "url": live_server.url},
                {"name": "theme", "value": theme, "url": live_server.url},
            ]
        )
        page = context.new_page()
        page.set_default_timeout(60_000)
        page.on("console", lambda message: problems.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: problems.append(str(error)))
        page.goto(path)
        return page

    yield opened
    for context in contexts:
        context.close()
    assert problems == []


def test_head_office_goes_from_the_file_to_the_signed_dossier(open_page, tmp_path):
    page = open_page("/bascule/")
    page.locator("input[type=file]").set_input_files(str(QUARTER))
    page.get_by_role("button", name="Déposer le classeur").click()
    page.get_by_role("button", name="Chargement de").click()
    expect(page.get_by_text("lignes justifiées")).to_be_visible()
    page.get_by_role("button", name="Rejeu de").click()
    expect(page.get_by_role("link", name="Total de paie différent")).to_be_visible()
    page.get_by_role("link", name="Ouverts").click()
    expect(page.get_by_role("link", name="Ouverts")).to_have_attribute("aria-current", "true")
    page.get_by_role("link", name="Tous les écarts").click()
    page.get_by_role("link", name="Classer tout le filtre").click()
    page.get_by_label("Classement").select_option("legacy_error")
    with page.expect_navigation():
        page.get_by_role("button", name="Classer", exact=True).click()
    for box in page.locator("input[name=ecart]").all():
        box.check()
    page.get_by_role("button", name="Signer la sélection").click()
    expect(page.get_by_text("31 écarts signés")).to_be_visible()
    page.goto("/bascule/")
    expect(page.get_by_text("0 écart ouvert")).to_be_visible()
    with page.expect_download() as download:
        page.get_by_role("button", name="Procès-verbal").click()
    kept = tmp_path / "dossier.pdf"
    download.value.save_as(kept)
    assert is_genuine(kept.read_bytes())

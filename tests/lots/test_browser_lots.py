"""In a real browser: head office imports a file, mends a cell, commits, draws, and closes a lot."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from playwright.sync_api import Browser, Page, expect

from lots.enums import LotStatus
from missions.enums import MissionStatus
from spekty.accounts.enums import Role
from spekty.core.enums import Conclusion
from tests import factories, reference

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    pytest.mark.xdist_group("browser"),
]


@pytest.fixture
def desk(browser: Browser, live_server: Any, settings: Any) -> Iterator[Callable[..., Page]]:
    """Give a function that opens a page as head office; a console error or a CSP violation fails the test."""
    settings.SHELL_SYNC = ""
    problems: list[str] = []
    contexts = []
    client = Client()
    client.force_login(factories.user(Role.HEAD_OFFICE))
    session = client.cookies[settings.SESSION_COOKIE_NAME].value

    def opened(path: str, width: int = 1366, theme: str = "light") -> Page:
        context = browser.new_context(viewport={"width": width, "height": 844}, base_url=live_server.url)
        contexts.append(context)
        cookies = {settings.SESSION_COOKIE_NAME: session, "theme": theme}
        context.add_cookies(
            [{"name": name, "value": value, "url": live_server.url} for name, value in cookies.items()]
        )
        page = context.new_page()
        page.on("console", lambda note: problems.append(note.text) if note.type == "error" else None)
        page.on("pageerror", lambda error: problems.append(str(error)))
        page.goto(path)
        return page

    yield opened
    for context in contexts:
        context.close()
    assert not problems


@pytest.fixture
def law() -> None:
    """Put back the rows of the migrations: each browser test leaves the tables empty."""
    reference.load_parameters()
    reference.load_lots()


def test_from_the_clients_file_to_a_closed_lot(
    desk: Callable[..., Page], law: None, export_csv: Path, tmp_path: Path
) -> None:
    customer = factories.client(name="Énergies du Sud")
    broken = tmp_path / export_csv.name
    text = export_csv.read_bytes().decode("cp1252").replace("31/12/2024", "31/99/2024", 1)
    broken.write_bytes(text.encode("cp1252"))
    page = desk("/imports/nouveau/")
    page.get_by_label("Donneur d’ordre").select_option(label=customer.name)
    page.set_input_files("input[type=file]", str(broken))
    page.get_by_role("button", name="Envoyer et vérifier").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Lignes du fichier")
    page.get_by_role("link", name="Refusées").click()
    row = page.locator("#ligne-2")
    row.get_by_text("Corriger", exact=True).click()
    row.get_by_label("Nouvelle valeur").fill("31/12/2024")
    row.get_by_role("button", name="Corriger et vérifier").click()
    expect(page.get_by_text("Ligne 2 corrigée et vérifiée.")).to_be_visible()
    page.get_by_role("button", name="Importer 50 lignes").click()
    expect(page.get_by_text("rien de tiré").or_(page.get_by_text("non tiré")).first).to_be_visible()
    page.get_by_role("link", name="Tirer le lot").click()
    page.get_by_label("Sur site", exact=True).fill("8")
    page.get_by_label("Par contact", exact=True).fill("15")
    page.get_by_role("button", name="Tirer et ouvrir les missions").click()
    expect(page.get_by_text("23 missions ouvertes")).to_be_visible()
    expect(page.locator("table", has_text="À planifier").first).to_be_visible()
    ready = factories.lot(status=LotStatus.DRAWN, size=10, client=customer)
    for _ in range(2):
        factories.mission(lot=ready, status=MissionStatus.REPORTED, conclusion=Conclusion.S)
    page.goto(f"/lots/{ready.number}/")
    page.get_by_role("link", name="Clore le lot").click()
    page.get_by_role("button", name="Clore le lot").click()
    expect(page.get_by_text(f"Lot {ready.number} clos.")).to_be_visible()


def test_the_list_is_filtered_without_losing_focus_and_goes_back(
    desk: Callable[..., Page], law: None
) -> None:
    for number in ("LOT-A-1", "LOT-A-2", "LOT-B-1"):
        factories.lot(number=number)
    page = desk("/lots/?vue=tous")
    rows = page.locator("#liste tr[data-row]")
    expect(rows).to_have_count(3)
    page.locator("#q").press_sequentially("LOT-A", delay=30)
    expect(rows).to_have_count(2)
    expect(page.locator("#q")).to_be_focused()
    assert "q=LOT-A" in page.url
    page.locator("#q").press_sequentially("-2", delay=30)
    expect(rows).to_have_count(1)
    assert "q=LOT-A-2" in page.url
    page.locator("#f-blocage").select_option("ns")
    expect(page.get_by_text("Aucun lot ici")).to_be_visible()
    expect(page.locator("#save-view-query")).to_have_value("vue=tous&q=LOT-A-2&blocage=ns&tri=-recu")
    page.go_back()
    expect(rows).to_have_count(1)
    expect(page.locator("#q")).to_have_value("LOT-A-2")
    page.go_back()
    expect(rows).to_have_count(2)
    expect(page.locator("h1")).to_have_count(1)
    page.get_by_role("button", name="Enregistrer la vue").first.click()
    page.get_by_label("Nom de la vue").fill("Les A")
    page.locator("#save-view").get_by_role("button", name="Enregistrer la vue").click()
    expect(page.get_by_role("link", name="Les A")).to_be_visible()
    expect(rows).to_have_count(2)

"""Head office's morning, in a real browser; the pages fit both screens and are accessible."""

import datetime as dt
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from playwright.sync_api import Browser, ConsoleMessage, Page, expect

from lots.enums import LotStatus
from missions.models import Mission, SavedView, Snooze
from tests import factories, reference

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    pytest.mark.xdist_group("browser"),
]


def is_problem(message: ConsoleMessage) -> bool:
    """A form sent back with its errors is a 422, which the browser writes in its console."""
    return message.type == "error" and "422" not in message.text


@pytest.fixture
def open_page(browser: Browser, live_server: Any, settings: Any) -> Iterator[Callable[..., Page]]:
    """Give a function that opens a page as head office; fail on a console error or a CSP violation."""
    settings.SHELL_SYNC = ""
    problems: list[str] = []
    contexts = []

    def opened(
        path: str, *, role: str = "siege", width: int = 1366, height: int = 768, theme: str = "light",
        scripts: bool = True,
    ) -> Page:  # fmt: skip
        client = Client()
        client.force_login(factories.user(role))
        context = browser.new_context(
            viewport={"width": width, "height": height}, java_script_enabled=scripts,
            base_url=live_server.url, locale="fr-FR", timezone_id="Europe/Paris",
        )  # fmt: skip
        contexts.append(context)
        name = settings.SESSION_COOKIE_NAME
        context.add_cookies(
            [
                {"name": name, "value": client.cookies[name].value, "url": live_server.url},
                {"name": "theme", "value": theme, "url": live_server.url},
            ]
        )
        page = context.new_page()
        page.on("console", lambda message: problems.append(message.text) if is_problem(message) else None)
        page.on("pageerror", lambda error: problems.append(str(error)))
        page.goto(path)
        return page

    yield opened
    for context in contexts:
        context.close()
    assert problems == []


@pytest.fixture
def reference_rows() -> None:
    """Put back the settings that migrations load: each browser test leaves the tables empty."""
    reference.load_parameters()
    reference.load_definitions()


@pytest.fixture
def morning(reference_rows: None) -> dict[str, Mission]:
    """A house with something to do: one silent, one without tour, one to review, one non satisfactory."""
    today = timezone.localdate()
    drawn = today - dt.timedelta(days=9)
    agent = factories.agent(first_name="Dominique", last_name="Coste")
    inspector = factories.field_agent()
    at = timezone.make_aware(dt.datetime.combine(today + dt.timedelta(days=2), dt.time(9)))

    def site() -> dict[str, Any]:
        parent = factories.lot(status=LotStatus.DRAWN, drawn_on=drawn, is_legacy=True)
        return {"operation": factories.operation(parent, completed_on=today - dt.timedelta(days=60))}

    confirmed = factories.mission(**site(), status="confirmed", agent=inspector)
    return {
        "silent": factories.mission(**site()),
        "fixed": factories.mission(**site(), status="fixed", agent=agent, appointment_at=at),
        "read": factories.reading(confirmed, by=inspector).mission,
        "reported": factories.mission(**site(), status="reported", conclusion="NS"),
    }


def test_the_morning_of_head_office(open_page, morning):
    page = open_page("/")
    expect(page.get_by_role("heading", name="Aujourd’hui")).to_be_visible()
    row = page.locator("tr", has_text="Rendez-vous sans tournée")
    expect(row).to_contain_text(morning["fixed"].number)

    page.get_by_role("link", name="Anomalies").first.click()
    row = page.locator("tr", has_text=morning["fixed"].number)
    row.get_by_role("link", name="Mettre de côté").click()
    dialog = page.get_by_role("dialog")
    until = timezone.localdate() + dt.timedelta(days=3)
    dialog.get_by_label("Mettre de côté jusqu’au").fill(until.isoformat())
    dialog.get_by_role("button", name="Mettre de côté").click()
    expect(dialog).to_contain_text("Dites pourquoi elle peut attendre.")
    dialog.get_by_label("Motif").fill("Tournée faite demain")
    dialog.get_by_label("Mettre de côté jusqu’au").fill(until.isoformat())
    dialog.get_by_role("button", name="Mettre de côté").click()
    expect(page.get_by_text("Anomalie mise de côté.")).to_be_visible()
    assert Snooze.objects.get().reason == "Tournée faite demain"

    page.goto("/")
    expect(page.locator("tr", has_text="Rendez-vous sans tournée")).to_have_count(0)


def test_filter_save_the_view_and_export(open_page, morning):
    page = open_page("/missions/")
    page.get_by_role("link", name="Filtrer").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("À planifier").check()
    dialog.get_by_role("button", name="Montrer les missions").click()
    expect(page.locator("tbody tr")).to_have_count(1)
    expect(page.get_by_text("1 mission", exact=True)).to_be_visible()
    page.get_by_role("button", name="Enregistrer la vue").click()
    page.get_by_label("Nom de la vue").fill("À planifier chez moi")
    page.get_by_role("dialog").get_by_role("button", name="Enregistrer la vue").click()
    expect(page.get_by_role("link", name="À planifier chez moi")).to_be_visible()
    assert "statut=to_plan" in SavedView.objects.get().query
    with page.expect_download() as download:
        page.get_by_role("link", name="CSV").click()
    text = download.value.path().read_text("utf-8-sig")
    assert morning["silent"].number in text and morning["fixed"].number not in text


def test_an_appointment_is_fixed_by_keyboard(open_page, morning):
    mission = morning["silent"]
    page = open_page(f"/missions/?lot={mission.lot.number}")
    page.keyboard.press("j")
    page.keyboard.press("o")
    page.wait_for_url(f"**/missions/{mission.number}/")
    page.locator("summary", has_text="Autres actions").focus()
    page.keyboard.press("Enter")
    page.get_by_role("link", name="Fixer le rendez-vous").focus()
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_label("Intervenant")).to_be_focused()
    page.keyboard.type("Dominique")
    dialog.get_by_label("Jour").fill((timezone.localdate() + dt.timedelta(days=5)).isoformat())
    dialog.get_by_label("Heure").fill("10:15")
    dialog.get_by_role("button", name="Fixer le rendez-vous").focus()
    page.keyboard.press("Enter")
    expect(page.locator(".sp-head__meta")).to_contain_text("Rendez-vous fixé")
    mission.refresh_from_db()
    assert timezone.localtime(mission.appointment_at).strftime("%H:%M") == "10:15"


def test_without_script_an_act_is_a_page(open_page, morning):
    mission = morning["silent"]
    page = open_page(f"/missions/{mission.number}/annuler/", scripts=False)
    page.get_by_label("Motif").fill("Doublon")
    page.get_by_role("button", name="Annuler la mission").click()
    expect(page.locator(".sp-head__meta")).to_contain_text("Annulée")

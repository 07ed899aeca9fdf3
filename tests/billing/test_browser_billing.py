"""In a real browser: prepare, issue, read why, credit; compute and close a month; pages fit and pass axe."""

import datetime as dt
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from playwright.sync_api import Browser, Page, expect

from billing.models import Invoice
from payroll.models import PayPeriod
from spekty.accounts.models import User
from tests import factories
from tests.billing.scenes import example_lot
from tests.payroll.scenes import at, drove, visit
from tests.payroll.scenes import door as knocked
from tests.reference import load_billing, load_pay

pytestmark = [
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.django_db(transaction=True),
    pytest.mark.xdist_group("browser"),
]


@pytest.fixture
def open_page(
    browser: Browser, live_server: Any, settings: Any, tmp_path: Path
) -> Iterator[Callable[..., Page]]:
    """Give a function that opens a page as somebody; fail on a console error or a CSP violation."""
    settings.SHELL_SYNC, settings.SHELL_BADGES, settings.MEDIA_ROOT = "", {}, tmp_path
    load_billing()
    load_pay()
    problems: list[str] = []
    contexts = []

    def opened(path: str, user: User, *, width: int = 1366, height: int = 900, theme: str = "light") -> Page:
        client = Client()
        client.force_login(user)
        context = browser.new_context(
            viewport={"width": width, "height": height}, base_url=live_server.url, locale="fr-FR"
        )
        contexts.append(context)
        name = settings.SESSION_COOKIE_NAME
        cookies = {name: client.cookies[name].value, "theme": theme}
        context.add_cookies([{"name": k, "value": v, "url": live_server.url} for k, v in cookies.items()])
        page = context.new_page()
        page.on("console", lambda message: problems.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: problems.append(str(error)))
        page.goto(path)
        return page

    yield opened
    for context in contexts:
        context.close()
    assert problems == []


def test_prepare_issue_explain_and_credit(open_page):
    lot = example_lot()
    page = open_page("/facturation/", factories.user("paie-facturation"))
    expect(page.get_by_role("table", name="Lignes de la facture")).to_contain_text("Missions sur site ISO")
    page.get_by_role("button", name="Préparer la facture").click()
    page.get_by_role("link", name="Émettre la facture…").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("9 746,88".replace(" ", "\u202f"))
    dialog.get_by_role("button", name="Émettre la facture").click()
    year = timezone.localdate().year
    expect(page.get_by_role("heading", level=1)).to_have_text(f"Facture FA-{year}-0001")
    page.locator("details.sp-why summary").first.click()
    expect(page.locator("details.sp-why").first).to_contain_text("date de réception du lot")
    page.get_by_role("link", name="Établir un avoir…").click()
    dialog.get_by_label("Motif de l’avoir").fill("Lot facturé au mauvais client")
    dialog.get_by_role("button", name="Émettre l’avoir").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(f"Avoir AV-{year}-0001")
    assert [str(i.total_ttc) for i in Invoice.objects.order_by("pk")] == ["9746.88", "-9746.88"]
    assert lot.invoices.count() == 1


def test_a_pay_month_computed_and_closed(open_page):
    agent, day = factories.agent(), dt.date(2025, 3, 12)
    visit(agent, at(day, 9))
    knocked(agent, at(day, 11))
    drove(agent, day, "96")
    page = open_page("/paie/?mois=2025-03", factories.user("paie-facturation"))
    page.get_by_role("button", name="Garder ce calcul").click()
    expect(page.get_by_role("button", name="Garder ce calcul")).to_have_count(0)
    page.get_by_role("link", name="D. Coste").click()
    page.locator("details.sp-why summary").first.click()
    expect(page.locator("details.sp-why").first).to_contain_text("barème")
    page.go_back()
    page.get_by_role("link", name="Clore la période…").click()
    page.get_by_role("dialog").get_by_role("button", name="Clore la période").click()
    expect(page.locator(".sp-head")).to_contain_text("Close")
    assert PayPeriod.objects.get().status == "closed"

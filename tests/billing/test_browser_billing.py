"""In a real browser: prepare, issue, read why, credit; compute and close a month; pages fit and pass axe."""

import datetime as dt
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from playwright.sync_api import Browser, Page, expect

from billing.models import Invoice
from billing.services import prepare_lot_invoice
from lots.enums import BillingMode
from missions.enums import MissionStatus
from payroll.models import PayPeriod
from payroll.services import compute_month
from spekty.accounts.models import User
from spekty.core.enums import Channel
from tests import factories
from tests.billing.scenes import BILLER, customer, door, drawn_lot, example_lot, issued, missions
from tests.browser import violations
from tests.payroll.scenes import PAYER, at, drove, visit
from tests.payroll.scenes import door as knocked
from tests.reference import load_billing, load_pay

pytestmark = [
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.django_db(transaction=True),
    pytest.mark.xdist_group("browser"),
]

SHOTS = os.environ.get("SPEKTY_SHOTS", "")


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


def busy() -> dict[str, int]:
    """Make a closing that shows every state; return the ids that addresses need."""
    today = timezone.localdate()
    agent = factories.agent()
    client = customer(name="Délégataire du Littoral")
    done, invoiced = drawn_lot(client), drawn_lot(customer(name="Énergies Boréales"))
    sites = missions(done, 7, agent=agent, visited_at=timezone.now(), reported_on=today)
    missions(done, 3, channel=Channel.CONTACT, reported_on=today)
    door(sites[0], agent)
    missions(invoiced, 4)
    waiting = drawn_lot(customer(name="Cumac Ouest"))
    missions(waiting, 2, agent=agent)
    missions(waiting, 1, status=MissionStatus.TO_REVIEW)
    missions(waiting, 2, status=MissionStatus.CONFIRMED)
    missions(drawn_lot(factories.client(name="Sans Tarif")), 1)
    missions(drawn_lot(customer(BillingMode.MONTHLY, name="Primes & Travaux")), 3, reported_on=today)
    draft = prepare_lot_invoice(lot_id=done.pk, by=BILLER)
    paper = issued(invoiced)
    drove(agent, today, "182")
    drove(agent, today.replace(day=1), "210")
    compute_month(month=today, by=PAYER)
    return {"draft": draft.pk, "issued": paper.pk, "agent": agent.pk}


PAGES = [
    "/facturation/", "/facturation/factures/", "/facturation/controle/", "/facturation/factures/{issued}/",
    "/facturation/factures/{draft}/", "/facturation/factures/{draft}/emettre/",
    "/facturation/factures/{issued}/avoir/", "/facturation/tarifs/", "/facturation/tarifs/taux/", "/paie/",
    "/paie/intervenants/{agent}/", "/paie/bareme/", "/paie/clore/",
]  # fmt: skip


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [1366, 390])
def test_pages_fit_and_are_accessible(open_page, width, theme):
    ids, wrong = busy(), {}
    for path in PAGES:
        page = open_page(path.format(**ids), factories.user("admin"), width=width, theme=theme)
        wrong |= faults(page, path, width, theme)
    assert wrong == {}


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_my_pay_fits_a_phone(open_page, theme):
    person = factories.user("intervenant")
    agent, today = factories.agent(user=person), timezone.localdate()
    visit(agent, at(today, 9))
    knocked(agent, at(today, 11))
    drove(agent, today, "96")
    page = open_page("/paie/mienne/", person, width=390, height=844, theme=theme)
    assert faults(page, "/paie/mienne/", 390, theme) == {}


def faults(page: Page, path: str, width: int, theme: str) -> dict[str, object]:
    """Return what axe finds, and a page wider than its screen."""
    if SHOTS:
        name = path.strip("/").replace("/", "-").replace("{", "").replace("}", "")
        page.screenshot(path=f"{SHOTS}/{name}-{width}-{theme}.png", full_page=True)
    found = violations(page)
    actual = page.evaluate("document.documentElement.scrollWidth")
    return {path: (found, actual)} if found or actual != width else {}

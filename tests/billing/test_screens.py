"""Screens of billing: who may open them, what they say, the fragment equal to the page."""

import datetime as dt
import re

import pytest
from django.urls import reverse

from billing.models import BillingRate, Invoice, Price
from billing.services import prepare_lot_invoice
from lots.enums import BillingMode
from missions.enums import MissionStatus
from spekty.core import french
from tests import factories
from tests.billing.scenes import BILLER, customer, drawn_lot, issued, missions, reinspection

pytestmark = pytest.mark.django_db

BILLERS = ("siege", "direction", "paie-facturation", "admin")
OTHERS = ("planificateur", "qualite", "intervenant")
PAGES = ("billing:list", "billing:issued", "billing:agreement", "billing:export", "billing:issue_ready")
PRICING = ("billing:prices", "billing:rates")


@pytest.fixture(autouse=True)
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def signed_in(client):
    def sign_in(*roles):
        client.force_login(factories.user(*roles))
        return client

    return sign_in


def ready_lot():
    lot = drawn_lot(customer())
    missions(lot, 3)
    return lot


def draft_of(lot) -> Invoice:
    return prepare_lot_invoice(lot_id=lot.pk, by=BILLER)


@pytest.mark.parametrize("name", PAGES)
def test_who_opens_the_pages(signed_in, name):
    for role in BILLERS:
        assert signed_in(role).get(reverse(name)).status_code == 200
    for role in OTHERS:
        assert signed_in(role).get(reverse(name)).status_code == 403


@pytest.mark.parametrize("name", PRICING)
def test_who_opens_the_prices(signed_in, name):
    for role in ("direction", "paie-facturation", "admin"):
        assert signed_in(role).get(reverse(name)).status_code == 200
    for role in ("siege", *OTHERS):
        assert signed_in(role).get(reverse(name)).status_code == 403


def test_writes_are_refused_to_others_and_unknown_invoices_are_404(signed_in):
    lot = ready_lot()
    draft = draft_of(lot)
    addresses = [
        reverse(f"billing:{name}", args=[draft.pk])
        for name in ("issue", "discard", "send", "credit", "settle")
    ]
    addresses.append(reverse("billing:prepare_lot", args=[lot.pk]))
    for role in OTHERS:
        browser = signed_in(role)
        assert {browser.post(address).status_code for address in addresses} == {403}
    browser = signed_in("siege")
    for name in ("detail", "pdf", "issue"):
        assert browser.get(reverse(f"billing:{name}", args=[draft.pk + 999])).status_code == 404
    assert Invoice.objects.get().is_draft


def test_reading_never_writes(signed_in):
    lot = ready_lot()
    browser = signed_in("siege")
    for name in PAGES:
        browser.get(reverse(name))
    browser.get(reverse("billing:list"), {"dossier": f"lot-{lot.pk}"})
    assert not Invoice.objects.exists()


def test_the_closing_shows_ready_and_waiting_dossiers_with_what_blocks(signed_in):
    ready = ready_lot()
    waiting = drawn_lot(ready.client)
    missions(waiting, 1)
    missions(waiting, 2, status=MissionStatus.TO_REVIEW)
    unpriced = drawn_lot(factories.client())
    missions(unpriced, 1)
    monthly = drawn_lot(customer(BillingMode.MONTHLY))
    missions(monthly, 1)
    page = signed_in("siege").get(reverse("billing:list"), {"mois": "2025-06"}).content.decode()
    for text in (
        ready.number, french.euros(540), "Prête à émettre", waiting.number, "2\xa0relevés à relire",
        "Aucun prix ISO", "Mensuelle", french.euros(240),
    ):  # fmt: skip
        assert text in page


def test_the_fragment_is_the_page_s_own_part(signed_in):
    lot = ready_lot()
    browser, address = signed_in("siege"), reverse("billing:list")
    query = {"dossier": f"lot-{lot.pk}"}
    page = browser.get(address, query).content.decode()
    part = browser.get(address, query, headers={"HX-Request": "true"}).content.decode()
    assert untokened(part).strip() in untokened(page)
    page = browser.get(reverse("billing:issued")).content.decode()
    part = browser.get(reverse("billing:issued"), headers={"HX-Request": "true"}).content.decode()
    assert part.strip() in page


def untokened(html: str) -> str:
    return re.sub(r'name="csrfmiddlewaretoken" value="[^"]+"', "", html)


def test_prepare_issue_explain_settle_and_credit(signed_in):
    lot = ready_lot()
    browser = signed_in("paie-facturation")
    answer = browser.post(reverse("billing:prepare_lot", args=[lot.pk]))
    draft = Invoice.objects.get()
    assert answer.url == reverse("billing:detail", args=[draft.pk])
    dialog = browser.get(reverse("billing:issue", args=[draft.pk]), headers={"HX-Request": "true"})
    assert "Avant" in dialog.content.decode() and "FA-" in dialog.content.decode()
    today = dt.date.today()
    stale = {"on": today.isoformat(), "expected_ttc": "1.00"}
    refused = browser.post(reverse("billing:issue", args=[draft.pk]), stale)
    assert refused.status_code == 422 and "Le montant a changé" in refused.content.decode()
    answer = browser.post(
        reverse("billing:issue", args=[draft.pk]), {"on": today.isoformat(), "expected_ttc": draft.total_ttc}
    )
    invoice = Invoice.objects.get()
    assert answer.status_code == 302 and invoice.number == f"FA-{today.year}-0001" and invoice.file_id
    page = browser.get(answer.url).content.decode()
    assert "Pourquoi ce montant" in page and "date de réception du lot" in page
    assert browser.get(reverse("billing:pdf", args=[invoice.pk])).content.startswith(b"%PDF")
    browser.post(reverse("billing:settle", args=[invoice.pk]), {"on": today.isoformat()})
    assert Invoice.objects.get().status == "paid"
    browser.post(reverse("billing:unsettle", args=[invoice.pk]), {"reason": "Erreur"})
    nothing = browser.post(reverse("billing:credit", args=[invoice.pk]), {"reason": "x", "whole": "lignes"})
    assert nothing.status_code == 422
    line = invoice.lines.filter(kind="MISSION").first()
    browser.post(
        reverse("billing:credit", args=[invoice.pk]),
        {"reason": "Une mission en trop", "whole": "lignes", "lines": [line.pk]},
    )
    note = Invoice.objects.get(kind="381")
    assert note.total_ht == -150 and note.file_id
    assert note.number in browser.get(reverse("billing:detail", args=[invoice.pk])).content.decode()


def test_every_ready_invoice_at_once(signed_in):
    lots = [ready_lot() for _ in range(3)]
    browser = signed_in("siege")
    dialog = browser.get(reverse("billing:issue_ready")).content.decode()
    keys = [f"lot-{lot.pk}" for lot in lots]
    assert all(key in dialog for key in keys)
    browser.post(reverse("billing:issue_ready"), {"dossier": keys[:2]})
    assert sorted(Invoice.objects.values_list("number", flat=True))[-1].endswith("0002")
    assert Invoice.objects.count() == 2


def test_late_payments_are_counted(signed_in):
    lot = ready_lot()
    invoice = issued(lot)
    page = signed_in("siege").get(reverse("billing:issued"), {"vue": "en-retard"}).content.decode()
    assert invoice.number in page and french.euros(invoice.total_ttc) in page


def test_done_invoiced_paid(signed_in):
    lot = ready_lot()
    issued(lot)
    page = signed_in("siege").get(reverse("billing:agreement"), {"mois": "2025-06"}).content.decode()
    assert "3 faites, pas payées".replace(" ", "\xa0", 1) in page


def test_a_price_is_added_never_edited(signed_in):
    client = customer()
    browser = signed_in("paie-facturation")
    data = {
        "client": client.pk,
        "item": "ISO",
        "valid_from": "2026-01-01",
        "amount": "155.00",
        "reference": "Avenant 3",
    }
    assert browser.post(reverse("billing:prices"), data).status_code == 302
    again = browser.post(reverse("billing:prices"), {**data, "amount": "1.00"})
    assert again.status_code == 422 and "existe déjà" in again.content.decode()
    assert [str(p.amount) for p in Price.objects.filter(client=client, item="ISO")] == ["150.00", "155.00"]
    rate = {"code": "REMISE", "valid_from": "2027-01-01", "threshold": 50, "pct": "4", "reference": "CGV"}
    assert browser.post(reverse("billing:rates"), rate).status_code == 302
    assert BillingRate.objects.filter(code="REMISE").count() == 3


def test_a_late_reinspection_appears_at_its_month(signed_in):
    lot = ready_lot()
    issued(lot)
    reinspection(lot.missions.first(), reported_on=dt.date(2025, 7, 8))
    page = signed_in("siege").get(reverse("billing:list"), {"mois": "2025-07"}).content.decode()
    assert "Contre-visites" in page and french.euros(120) in page

"""Screens of pay: who may open them, agents see their own only, months computed and closed."""

import datetime as dt
from decimal import Decimal

import pytest
from django.urls import reverse

from payroll.models import PayExport, PayLine, PayPeriod, PayScale
from spekty.core import french
from spekty.core.files import read_file
from tests import factories
from tests.payroll.scenes import at, door, drove, visit

pytestmark = pytest.mark.django_db

PAYERS = ("direction", "paie-facturation", "admin")
OTHERS = ("siege", "planificateur", "qualite", "intervenant")
MARCH = {"mois": "2025-03"}
WORKED = Decimal("63.20")  # a visit 14.00, a door 6.00, 96 km 43.20


@pytest.fixture(autouse=True)
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def signed_in(client):
    def sign_in(*roles, **fields):
        client.force_login(factories.user(*roles, **fields))
        return client

    return sign_in


def worked(**fields):
    agent, day = factories.agent(**fields), dt.date(2025, 3, 12)
    visit(agent, at(day, 9))
    door(agent, at(day, 11))
    drove(agent, day, "96")
    return agent


@pytest.mark.parametrize("name", ["payroll:list", "payroll:scales", "payroll:export", "payroll:close"])
def test_who_opens_the_pages(signed_in, name):
    for role in PAYERS:
        assert signed_in(role).get(reverse(name)).status_code == 200
    for role in OTHERS:
        assert signed_in(role).get(reverse(name)).status_code == 403


def test_others_compute_and_close_nothing(signed_in):
    agent = worked()
    for role in OTHERS:
        browser = signed_in(role)
        for name in ("payroll:compute", "payroll:close"):
            assert browser.post(reverse(name), MARCH).status_code == 403
        assert browser.get(reverse("payroll:agent", args=[agent.pk])).status_code == 403
        assert browser.get(reverse("payroll:agent_pdf", args=[agent.pk])).status_code == 403
    assert not PayPeriod.objects.exists()
    assert signed_in("direction").get(reverse("payroll:agent", args=[agent.pk + 99])).status_code == 404


def test_the_month_is_shown_before_anything_is_written(signed_in):
    worked()
    page = signed_in("paie-facturation").get(reverse("payroll:list"), MARCH).content.decode()
    assert french.euros(WORKED) in page and "Clore la période" in page
    assert not PayLine.objects.exists()


def test_computed_then_closed_with_its_file(signed_in):
    agent = worked()
    browser = signed_in("paie-facturation")
    browser.post(reverse("payroll:compute"), MARCH)
    assert PayLine.objects.count() == 3
    dialog = browser.get(reverse("payroll:close"), MARCH, headers={"HX-Request": "true"}).content.decode()
    assert "Avant" in dialog and french.euros(WORKED) in dialog
    browser.post(reverse("payroll:close"), MARCH)
    period = PayPeriod.objects.get()
    export = PayExport.objects.get(period=period)
    text = read_file(export.file).decode("utf-8-sig")
    assert agent.code in text and "43,20" in text
    page = browser.get(reverse("payroll:list"), MARCH).content.decode()
    assert "Close" in page and export.file.name in page
    sheet = browser.get(reverse("payroll:agent", args=[agent.pk]), MARCH).content.decode()
    assert "Pourquoi ce montant" in sheet and "barème ISO" in sheet
    assert browser.get(reverse("payroll:agent_pdf", args=[agent.pk]), MARCH).content.startswith(b"%PDF")
    assert b"Montant" in browser.get(reverse("payroll:export"), MARCH).content


def test_agents_see_their_own_pay_only(signed_in, client):
    person = factories.user("intervenant")
    mine, other = worked(user=person), worked(last_name="Autrui")
    client.force_login(person)
    page = client.get(reverse("payroll:mine"), MARCH).content.decode()
    assert french.euros(WORKED) in page
    others = [m.number for m in other.missions.all()]
    assert not any(number in page for number in others)
    assert all(m.number in page for m in mine.missions.filter(visited_at__isnull=False))
    assert client.get(reverse("payroll:mine_pdf"), MARCH).content.startswith(b"%PDF")
    assert signed_in("direction").get(reverse("payroll:mine")).status_code == 403


def test_kilometres_without_visit_are_shown(signed_in):
    drove(factories.agent(), dt.date(2025, 3, 20), "210")
    page = signed_in("direction").get(reverse("payroll:list"), MARCH).content.decode()
    assert "210" in page and "sans visite" in page


def test_a_rate_is_added_never_edited(signed_in):
    browser = signed_in("paie-facturation")
    data = {
        "contract": "SALARIE",
        "item": "ISO",
        "valid_from": "2027-01-01",
        "amount": "14.80",
        "reference": "Accord 2027",
    }
    assert browser.post(reverse("payroll:scales"), data).status_code == 302
    assert browser.post(reverse("payroll:scales"), {**data, "amount": "1"}).status_code == 422
    added = PayScale.objects.get(item="ISO", contract="SALARIE", valid_from="2027-01-01")
    assert added.amount == Decimal("14.8")

"""Réglages: who reads, who changes, what is kept; an agent's profile, rights and links."""

import datetime as dt
from decimal import Decimal

import pytest
from django.conf import settings

from lots.models import InspectionRate, NsCeiling
from spekty.accounts.models import Authorisation, DeclaredLink
from spekty.core.models import Parameter
from tests import factories

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("bare_frame")]

TABLES = [row[0] for row in settings.REFERENCE_TABLES]
OFFICE = ["siege", "direction", "planificateur", "qualite", "paie-facturation", "admin"]


@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize("role", ["siege", "admin"])
def test_every_table_draws(client, sign_in, table, role):
    sign_in(role)
    html = client.get("/reglages/", {"table": table}).content.decode()
    assert ("Modifier" in html or "Aucune ligne" in html) == (role == "admin" or "Aucune ligne" in html)


@pytest.mark.parametrize("role", [*OFFICE, "intervenant"])
def test_an_administrator_alone_changes_a_delay(client, sign_in, role):
    sign_in(role)
    row = Parameter.objects.get(code="delay-draw")
    url = f"/reglages/delais/{row.pk}/"
    answer = client.post(url, {"value": "3,5", "reference": "Réunion du 2 mars"})
    row.refresh_from_db()
    if role == "admin":
        assert answer.status_code == 302 and (row.value, row.reference) == (
            Decimal("3.5"),
            "Réunion du 2 mars",
        )
    else:
        assert answer.status_code == 403 and row.value == 2


def test_the_former_value_is_kept(client, sign_in):
    person = sign_in("admin")
    row = Parameter.objects.get(code="delay-draw")
    client.post(f"/reglages/delais/{row.pk}/", {"value": "4", "reference": "x"})
    events = list(row.events.order_by("pgh_id")) if hasattr(row, "events") else []
    assert not events or events[-1].value == 4
    assert person.pk


@pytest.mark.parametrize("value", ["", "abc", "1e400", "99999999999999"])
def test_a_wrong_value_is_said_and_nothing_changes(client, sign_in, value):
    sign_in("admin")
    row = Parameter.objects.get(code="delay-draw")
    assert client.post(f"/reglages/delais/{row.pk}/", {"value": value, "reference": ""}).status_code == 422
    row.refresh_from_db()
    assert row.value == 2


def test_a_dated_rate_and_a_ceiling_are_added(client, sign_in):
    sign_in("admin")
    sent = {"fiche_code": "BAR-EN-199", "engaged_from": "2027-01-01", "engaged_to": "2027-12-31",
            "site_pct": "12,5", "contact_pct": "", "reference": "Arrêté"}  # fmt: skip
    assert client.post("/reglages/taux/ajouter/", sent).status_code == 302
    rate = InspectionRate.objects.get(fiche_code="BAR-EN-199")
    assert (rate.site_pct, rate.contact_pct) == (Decimal("12.5"), None)
    assert client.post("/reglages/taux/ajouter/", sent).status_code == 422
    assert client.post("/reglages/plafonds/ajouter/", {"from_year": 2031, "pct": "101"}).status_code == 422
    client.post("/reglages/plafonds/ajouter/", {"from_year": 2031, "pct": "8", "reference": "x"})
    assert NsCeiling.objects.get(from_year=2031).pct == 8


def test_unknown_tables_and_rows_are_404(client, sign_in):
    sign_in("admin")
    for url in (
        "/reglages/x/1/",
        "/reglages/x/ajouter/",
        "/reglages/delais/ajouter/",
        "/reglages/delais/999999/",
    ):
        assert client.get(url).status_code == 404
    assert client.get("/reglages/?table=x").status_code == 200


def profile(agent, **changes):
    """What the browser sends of an agent's page."""
    sent = {
        "first_name": agent.first_name, "last_name": agent.last_name, "initials": agent.initials,
        "contract": agent.contract, "vehicle": agent.vehicle, "departments": agent.departments,
        "workdays": ["0", "1"], "day_start": "08:00", "day_end": "18:00", "lunch_minutes": 45,
        "max_km": 350, "max_stops": 9, "is_active": "on",
        "droits-TOTAL_FORMS": 1, "droits-INITIAL_FORMS": 0, "liens-TOTAL_FORMS": 1, "liens-INITIAL_FORMS": 0,
    }  # fmt: skip
    return sent | changes


def test_an_administrator_edits_a_profile_with_its_rights_and_links(client, sign_in):
    sign_in("admin")
    agent = factories.agent(families=())
    sent = profile(
        agent, last_name="Vaillant",
        **{"droits-0-family": "PAC", "droits-0-valid_from": "2026-01-01", "droits-0-valid_to": "2026-12-31",
           "liens-0-kind": "client", "liens-0-name": "Énergies 9", "liens-0-reason": "Ancien salarié",
           "liens-0-valid_from": "2026-01-01"},
    )  # fmt: skip
    assert client.post(f"/reglages/intervenants/{agent.pk}/", sent).status_code == 302
    agent.refresh_from_db()
    assert (agent.last_name, agent.workdays) == ("Vaillant", [0, 1])
    assert Authorisation.objects.get(agent=agent).valid_to == dt.date(2026, 12, 31)
    assert DeclaredLink.objects.get(agent=agent).reason == "Ancien salarié"


def test_dates_in_the_wrong_order_are_refused(client, sign_in):
    sign_in("admin")
    agent = factories.agent(families=())
    sent = profile(agent, **{"droits-0-family": "PAC", "droits-0-valid_from": "2026-02-01",
                             "droits-0-valid_to": "2026-01-01"})  # fmt: skip
    answer = client.post(f"/reglages/intervenants/{agent.pk}/", sent)
    assert answer.status_code == 422 and "doit finir après avoir commencé" in answer.content.decode()
    assert not Authorisation.objects.exists()


@pytest.mark.parametrize("role", ["siege", "qualite", "intervenant"])
def test_others_read_or_stay_out(client, sign_in, role):
    sign_in(role)
    agent = factories.agent()
    reads = 403 if role == "intervenant" else 200
    for url in ("/reglages/", "/reglages/intervenants/", f"/reglages/intervenants/{agent.pk}/"):
        assert client.get(url).status_code == reads
    assert client.post(f"/reglages/intervenants/{agent.pk}/", profile(agent)).status_code == 403

"""The mission's page: the one next act, every act with its refusals, rights, links."""

import datetime as dt
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from guardian.shortcuts import assign_perm

from missions.enums import MissionStatus
from missions.models import Appointment, ContactAttempt, MissionDocument
from missions.rules.next_act import ContactPolicy, State, next_act
from missions.selectors.detail import changes_of, history_of, steps_of
from missions.services import assign_mission, confirm_appointment, fix_appointment, record_attempt
from missions.views.acts import ACTS
from spekty.accounts.models import DeclaredLink
from tests import factories

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("bare_frame")]

NOW = dt.datetime(2026, 2, 2, 10, tzinfo=dt.timezone(dt.timedelta(hours=1)))
HTMX = {"HX-Request": "true"}
SENT = {"day": "2027-03-01", "hour": "09:30"}


@pytest.mark.parametrize(
    ("state", "verb"),
    [
        (State("to_plan"), "affecter"),
        (State("to_plan", agent="D. Coste"), "rendez-vous"),
        (State("to_contact", agent="D. Coste"), "rendez-vous"),
        (State("to_contact", agent="D. Coste", attempts=3, attempt_days=1), "rendez-vous"),
        (State("to_contact", agent="D. Coste", attempts=3, attempt_days=2), "injoignable"),
        (
            State("to_contact", "D", attempts=3, attempt_days=2, call_back_on=dt.date(2026, 2, 3)),
            "rendez-vous",
        ),
        (State("fixed", "D", appointment_at=NOW + dt.timedelta(days=1)), "confirmer"),
        (State("confirmed", "D", appointment_at=NOW + dt.timedelta(days=1)), ""),
        (State("confirmed", "D", appointment_at=NOW - dt.timedelta(hours=3)), "improductive"),
        (State("in_progress", "D", appointment_at=NOW), ""),
        (State("received", "D"), ""),
        (State("to_review", "D"), "relire"),
        (State("to_complete", "D"), ""),
        (State("reported", "D", conclusion="NS"), "contre-visite"),
        (State("reported", "D", conclusion="NS", has_reinspection=True), "facturer"),
        (State("reported", "D", conclusion="NS", is_reinspection=True), "facturer"),
        (State("reported", "D", conclusion="S", is_invoiced=True), ""),
        (State("unreachable"), "rouvrir"),
        (State("refused"), "rouvrir"),
        (State("cancelled"), "rouvrir"),
    ],
)
def test_there_is_one_next_act(state, verb):
    found = next_act(state, NOW, ContactPolicy(), 5)
    assert found.verb == verb
    assert found.sentence.endswith(".")
    assert bool(found.verb) == bool(found.roles) == bool(found.label)


def test_a_reader_opens_a_mission_that_nobody_has(client):
    """They have no agent, it has none: that doesn't make it theirs, hence no page of the portal."""
    reader, mission = factories.user(), factories.mission(agent=None)
    assign_perm("lots.view_client", reader, mission.lot.client)
    client.force_login(reader)
    answer = client.get(f"/missions/{mission.number}/")
    assert answer.status_code == 200 and mission.number in answer.content.decode()


@pytest.mark.parametrize("status", MissionStatus.values)
@pytest.mark.parametrize("role", ["siege", "planificateur", "qualite", "paie-facturation", "direction"])
def test_every_state_draws_for_every_role(client, sign_in, status, role):
    sign_in(role)
    mission = factories.mission(status=status)
    answer = client.get(f"/missions/{mission.number}/")
    assert answer.status_code == 200
    assert answer.content.decode().count("btn-primary") <= 1


def test_a_mission_without_anything_known_draws(office):
    site = factories.operation(
        installer=None, engaged_on=None, completed_on=None, last_name="", first_name=""
    )
    assert office.get(f"/missions/{factories.mission(operation=site).number}/").status_code == 200


def test_old_links_lead_to_the_number(office):
    mission = factories.mission()
    for word in (str(mission.pk), mission.number.lower()):
        assert office.get(f"/missions/{word}/").url == f"/missions/{mission.number}/"
    for word in ("M-0", "0", "9" * 40, "²"):
        assert office.get(f"/missions/{word}/").status_code == 404


def test_the_reading_is_shown(office):
    reading = factories.reading()
    html = office.get(f"/missions/{reading.mission.number}/").content.decode()
    assert "Surface" in html and "Gabrielle Poirier" in html


def test_a_paper_is_dropped_once_shown_and_served(office, client, sign_in):
    mission = factories.mission()
    url = f"/missions/{mission.number}/document/"
    for _ in range(2):
        sent = SimpleUploadedFile("devis.txt", b"Devis", "text/plain")
        assert office.post(url, {"title": "Devis signé", "file": sent}).status_code == 302
    document = MissionDocument.objects.get()
    assert "Devis signé" in office.get(f"/missions/{mission.number}/").content.decode()
    assert office.get(f"/missions/documents/{document.pk}/").status_code == 200
    refused = office.post(url, {"file": SimpleUploadedFile("a.pdf", b"MZ\x00\x01", "application/pdf")})
    assert refused.status_code == 422
    client.force_login(factories.agent(user=factories.user("intervenant")).user)
    assert client.get(f"/missions/documents/{document.pk}/").status_code == 404


def test_the_history_says_who_when_and_through_which_door(office):
    mission = factories.mission()
    by = office.person.acting()
    agent = factories.agent()
    assign_mission(mission_id=mission.pk, agent=agent, day=timezone.localdate(), by=by)
    record_attempt(mission_id=mission.pk, outcome="no_answer", by=by, note="Occupé")
    at = timezone.now() + dt.timedelta(days=3)
    fix_appointment(mission_id=mission.pk, agent=agent, starts_at=at, by=by)
    confirm_appointment(mission_id=mission.pk, by=by)
    mission.refresh_from_db()
    changes = changes_of(mission)
    events = history_of(mission, changes)
    assert [event.at for event in events] == sorted((e.at for e in events), reverse=True)
    assert {event.who for event in events} == {str(office.person), str(agent)}
    assert any(event.note == "Occupé" for event in events)
    assert [step.state for step in steps_of(mission, changes)] == ["done"] * 3 + ["now"] + ["todo"] * 4


# --- acts ---


def post(browser, mission, verb, **data):
    return browser.post(f"/missions/{mission.number}/{verb}/", data)


def test_an_appointment_is_fixed_with_its_agent(office):
    mission, agent = factories.mission(), factories.agent()
    assert post(office, mission, "rendez-vous", agent=agent.pk, **SENT).status_code == 302
    mission.refresh_from_db()
    assert mission.status == "fixed" and mission.agent == agent
    assert timezone.localtime(mission.appointment_at).isoformat() == "2027-03-01T09:30:00+01:00"


def test_the_dialog_and_the_page_hold_the_same_form(office):
    mission = factories.mission()
    url = f"/missions/{mission.number}/rendez-vous/"
    part = office.get(url, headers=HTMX).content.decode()
    whole = office.get(url).content.decode()
    assert "<html" not in part and "<html" in whole
    assert part.split("csrfmiddlewaretoken")[0].strip() in whole
    done = office.post(url, {"agent": factories.agent().pk, **SENT}, headers=HTMX)
    assert done["HX-Redirect"] == f"/missions/{mission.number}/"


def test_agents_who_can_not_are_listed_with_the_reason(office):
    mission = factories.mission()
    factories.agent(families=("PAC",), first_name="Ada", last_name="Byron")
    linked = factories.agent(first_name="Zoé", last_name="Lien")
    DeclaredLink.objects.create(
        agent=linked, kind="professionnel", siren="957735640", name="Isolation du Sud",
        reason="conjoint salarié", valid_from=dt.date(2020, 1, 1),
    )  # fmt: skip
    html = office.get(f"/missions/{mission.number}/rendez-vous/").content.decode()
    assert "Ada Byron – Pas d’habilitation ISO." in html
    assert "Lien déclaré avec Isolation du Sud : conjoint salarié." in html
    answer = post(office, mission, "rendez-vous", agent=linked.pk, **SENT)
    assert answer.status_code == 422 and "conjoint salarié" in answer.content.decode()
    assert not Appointment.objects.exists()


def test_a_slot_already_taken_is_said_in_the_form(office):
    agent = factories.agent()
    post(office, factories.mission(), "rendez-vous", agent=agent.pk, **SENT)
    answer = post(office, factories.mission(), "rendez-vous", agent=agent.pk, **SENT)
    assert answer.status_code == 422 and "a déjà un rendez-vous autour de 09 h 30" in answer.content.decode()


def test_a_call_back_needs_its_day(office):
    mission = factories.mission()
    sent = {"means": "phone", "outcome": "call_back"}
    answer = post(office, mission, "contacter", **sent)
    assert answer.status_code == 422 and "Indiquez le jour du rappel." in answer.content.decode()
    post(office, mission, "contacter", call_back_on="2027-01-05", **sent)
    assert ContactAttempt.objects.get().call_back_on == dt.date(2027, 1, 5)


@pytest.mark.parametrize(
    ("verb", "start", "data", "end"),
    [
        ("injoignable", "to_contact", {"reason": ""}, "unreachable"),
        ("refus", "fixed", {"reason": "Déménage"}, "refused"),
        ("annuler", "to_plan", {"reason": "Doublon"}, "cancelled"),
        ("rouvrir", "cancelled", {"reason": ""}, "to_plan"),
        ("confirmer", "fixed", {}, "confirmed"),
        ("liberer", "confirmed", {"reason": ""}, "to_contact"),
        ("retirer", "to_contact", {"reason": ""}, "to_plan"),
    ],
)
def test_each_act_moves_the_mission(office, verb, start, data, end):
    mission = factories.mission(status=start, agent=factories.agent())
    assert post(office, mission, verb, **data).status_code == 302
    mission.refresh_from_db()
    assert mission.status == end


def test_a_cancellation_without_reason_is_refused(office):
    mission = factories.mission()
    assert post(office, mission, "annuler", reason=" ").status_code == 422
    mission.refresh_from_db()
    assert mission.status == "to_plan"


def test_an_unproductive_visit_is_noted_and_the_mission_goes_back(office):
    agent = factories.agent()
    at = timezone.now() - dt.timedelta(hours=2)
    mission = factories.mission(status="confirmed", agent=agent, appointment_at=at)
    sent = {"day": f"{timezone.localtime(at):%Y-%m-%d}", "hour": "00:05", "reason": "absence", "note": ""}
    assert post(office, mission, "improductive", agent=agent.pk, **sent).status_code == 302
    mission.refresh_from_db()
    assert mission.status == "to_contact" and mission.unproductive.get().agent == agent


def test_an_act_that_no_longer_fits_says_why(office):
    mission = factories.mission(status="reported")
    html = office.get(f"/missions/{mission.number}/annuler/").content.decode()
    assert "n’est pas possible" in html
    answer = post(office, mission, "annuler", reason="x")
    assert answer.status_code == 422 and "n’est plus possible" in answer.content.decode()


@pytest.mark.parametrize("verb", ACTS)
def test_who_may_not_plan_is_told_so(client, sign_in, verb):
    sign_in("qualite")
    mission = factories.mission()
    assert client.get(f"/missions/{mission.number}/{verb}/").status_code == 403
    assert post(client, mission, verb).status_code == 403


@pytest.mark.parametrize("verb", ACTS)
@pytest.mark.parametrize("status", ["to_plan", "confirmed", "reported", "refused"])
def test_every_act_can_be_asked_in_every_state(office, verb, status):
    mission = factories.mission(status=status)
    assert office.get(f"/missions/{mission.number}/{verb}/").status_code == 200
    assert post(office, mission, verb).status_code in (302, 422)


def test_an_unknown_act_and_a_foreign_mission_are_404(client, sign_in, office):
    mission = factories.mission()
    assert office.get(f"/missions/{mission.number}/supprimer/").status_code == 404
    agent = factories.agent(user=factories.user("intervenant"))
    client.force_login(agent.user)
    assert client.get(f"/missions/{mission.number}/annuler/").status_code == 404


def test_money_is_for_those_who_may_see_it(client, sign_in):
    from tests.missions.test_list import invoice

    mission = factories.mission(status="reported")
    invoice(mission, amount=Decimal("163.20"), unit_amount=Decimal("163.20"))
    sign_in("siege")
    assert "163,20" in client.get(f"/missions/{mission.number}/").content.decode()
    sign_in("planificateur")
    assert "163,20" not in client.get(f"/missions/{mission.number}/").content.decode()


# --- the beneficiary's link ---


@pytest.fixture
def slot():
    mission, agent = factories.mission(), factories.agent()
    at = timezone.now() + dt.timedelta(days=3)
    fix_appointment(mission_id=mission.pk, agent=agent, starts_at=at, by=factories.actor("siege"))
    return Appointment.objects.get()


@pytest.mark.parametrize(
    ("answer", "status"), [("confirmer", "confirmed"), ("deplacer", "to_contact"), ("refuser", "refused")]
)
def test_the_beneficiary_answers_without_signing_in(client, slot, answer, status):
    url = f"/rdv/{slot.token}/"
    assert "Confirmer le rendez-vous" in client.get(url).content.decode()
    assert client.post(url, {"answer": answer, "note": "Le matin"}).url == url
    slot.mission.refresh_from_db()
    assert slot.mission.status == status
    page = client.get(url)
    assert page.status_code == 200 and page["Cache-Control"].startswith("max-age=0")


def test_the_link_of_a_past_or_unknown_slot_changes_nothing(client, slot):
    assert client.get("/rdv/inconnu/").status_code == 404
    Appointment.objects.filter(pk=slot.pk).update(
        starts_at=timezone.now() - dt.timedelta(hours=2), ends_at=timezone.now() - dt.timedelta(hours=1)
    )
    assert client.post(f"/rdv/{slot.token}/", {"answer": "confirmer"}).status_code == 422
    assert client.post(f"/rdv/{slot.token}/", {"answer": "x"}).status_code == 422
    slot.mission.refresh_from_db()
    assert slot.mission.status == "fixed"


def test_the_calendar_file_holds_the_slot(client, slot):
    answer = client.get(f"/rdv/{slot.token}/rendez-vous.ics")
    assert answer["Content-Type"].startswith("text/calendar")
    assert b"BEGIN:VEVENT" in answer.content and b"Saint-Selve" in answer.content

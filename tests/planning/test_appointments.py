"""Slots of the engine, appointments on drafts, the confirmation through the outbox, the contact list."""

import datetime as dt

import pytest
from django.utils import timezone

from missions.enums import AppointmentState, ContactOutcome, MissionStatus
from missions.models import Appointment, ContactAttempt
from missions.services import record_attempt
from missions.services.appointments import SlotTaken
from planning.enums import Provenance
from planning.models import Stop
from planning.selectors.contacts import contact_list
from planning.services import place_stop
from planning.services.appointments import agree_slot, offered_slots
from spekty.accounts.enums import Role
from spekty.core.models import OutboxMessage
from tests import factories
from tests.planning import board

pytestmark = pytest.mark.django_db


def link(token):
    return f"https://spekty.example/rdv/{token}/"


@pytest.fixture
def by():
    return board.by_planner()


@pytest.fixture
def first():
    soon = timezone.localdate() + dt.timedelta(2)
    return soon + dt.timedelta((7 - soon.weekday()) % 7)


def test_the_cheapest_slot_is_beside_a_visit_and_costs_nothing(by, first):
    near, far = board.agents(2)
    visit, same_street = board.mission(3), board.mission(3)
    place_stop(mission_id=visit.pk, target=(near.pk, first), by=by)
    slots = offered_slots(mission_id=same_street.pk, first_day=first)
    assert slots[0].agent == near and timezone.localdate(slots[0].starts_at) == first
    assert slots[0].cost.startswith("+0,0")
    assert all(slot.starts_at.minute % 15 == 0 for slot in slots)


def test_an_agreed_slot_enters_the_draft_and_is_confirmed_by_mail(by, first):
    board.agents(1)
    mission = board.mission(1)
    type(mission.operation).objects.filter(pk=mission.operation_id).update(email="poirier@example.org")
    slot = offered_slots(mission_id=mission.pk, first_day=first)[0]
    agreed = agree_slot(mission_id=mission.pk, agent=slot.agent, starts_at=slot.starts_at, by=by, link=link)
    assert agreed.told_by == "e-mail" and agreed.mission.status == MissionStatus.FIXED
    stop = Stop.objects.get()
    assert stop.arrives_at == slot.starts_at and stop.provenance == Provenance.SUGGESTION
    mail = OutboxMessage.objects.get(topic="mail.send").payload
    assert link(agreed.appointment.token) in mail["text"] and "BEGIN:VCALENDAR" in mail["calendar"]
    assert ContactAttempt.objects.get().outcome == ContactOutcome.AGREED


def test_without_mail_a_text_message_goes_to_the_mobile(by, first):
    agent = board.agents(1)[0]
    mission = board.mission(1)
    type(mission.operation).objects.filter(pk=mission.operation_id).update(phone="06 12 34 56 78")
    at = timezone.make_aware(dt.datetime.combine(first, dt.time(10)))
    agreed = agree_slot(mission_id=mission.pk, agent=agent, starts_at=at, by=by, link=link)
    assert agreed.told_by == "SMS"
    assert OutboxMessage.objects.get(topic="sms.send").payload["to"] == "+33612345678"


def test_a_new_slot_replaces_the_former_and_moves_the_visit(by, first):
    one, other = board.agents(2)
    mission = board.mission(1)
    ten = timezone.make_aware(dt.datetime.combine(first, dt.time(10)))
    agree_slot(mission_id=mission.pk, agent=one, starts_at=ten, by=by, link=link)
    later = ten + dt.timedelta(1, hours=4)
    agree_slot(mission_id=mission.pk, agent=other, starts_at=later, by=by, link=link)
    assert Stop.objects.get().tour.agent == other and Stop.objects.get().arrives_at == later
    live = Appointment.objects.exclude(state=AppointmentState.CANCELLED)
    assert [a.starts_at for a in live] == [later]


def test_a_slot_that_overlaps_is_refused_and_nothing_is_written(by, first):
    agent = board.agents(1)[0]
    one, other = board.missions(2)
    ten = timezone.make_aware(dt.datetime.combine(first, dt.time(10)))
    agree_slot(mission_id=one.pk, agent=agent, starts_at=ten, by=by, link=link)
    with pytest.raises(SlotTaken):
        agree_slot(
            mission_id=other.pk, agent=agent, starts_at=ten + dt.timedelta(minutes=30), by=by, link=link
        )
    assert Stop.objects.count() == 1 and board.status_of(other) == MissionStatus.TO_PLAN


def test_the_lists_to_call_to_call_back_to_confirm(by, first):
    today = timezone.localdate()
    fresh, later, due, tried = board.missions(4)
    for mission, day in ((later, today + dt.timedelta(3)), (due, today)):
        record_attempt(mission_id=mission.pk, outcome=ContactOutcome.CALL_BACK, call_back_on=day, by=by)
    record_attempt(mission_id=tried.pk, outcome=ContactOutcome.NO_ANSWER, by=by)
    agent = board.agents(1)[0]
    agreed = board.fixed(agent, 10, by, step=5)

    def numbers(view):
        return {mission.pk for mission in contact_list(view, today)}

    assert numbers("appeler") == {fresh.pk, due.pk, tried.pk}
    assert numbers("rappels") == {due.pk}
    assert numbers("insister") == {tried.pk}
    assert numbers("confirmer") == {agreed.pk}
    assert contact_list("appeler", today)[0].pk == due.pk


def test_the_pages_of_appointments(client, first):
    client.force_login(board.planner())
    board.agents(1)
    mission = board.mission(1)
    assert mission.number in client.get("/planning/rendez-vous/").content.decode()
    page = client.get(f"/planning/rendez-vous/{mission.pk}/creneaux/").content.decode()
    value = page.split('name="slot" value="')[1].split('"')[0]
    answer = client.post(f"/planning/rendez-vous/{mission.pk}/fixer/", {"slot": value})
    assert answer.status_code == 302 and Stop.objects.get().mission == mission
    for bad in ("", "x:y", "1:2026-02-04T10:00"):
        assert client.post(f"/planning/rendez-vous/{mission.pk}/fixer/", {"slot": bad}).status_code == 400


@pytest.mark.parametrize("role", [Role.AGENT, Role.QUALITY, Role.PAY_BILLING])
def test_only_the_office_of_planning_sees_these_pages(client, role):
    client.force_login(factories.user(role))
    paths = ("rendez-vous/", "semaine/", "optimiser/", "absences/", "competences/")
    assert {client.get(f"/planning/{path}").status_code for path in paths} == {403}

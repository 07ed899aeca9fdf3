"""The day before, beneficiaries are reminded of their appointment, once."""

import datetime as dt

import pytest
from django.utils import timezone

from missions.models import Appointment
from missions.services import fix_appointment, release_appointment
from planning.services.reminders import SETTING, remind_beneficiaries
from planning.tasks import remind
from spekty.core.models import Effect, OutboxMessage, Parameter
from tests import factories
from tests.planning import board

pytestmark = pytest.mark.django_db
TODAY = dt.date(2026, 2, 3)


@pytest.fixture
def by():
    return board.by_planner()


def appointment(by, *, hour=10, days=1, email="poirier@example.org", phone="", agreed_days_ago=3):
    site = factories.operation(lat=44.84, lon=-0.55, email=email, phone=phone)
    target = factories.mission(operation=site)
    starts_at = timezone.make_aware(dt.datetime.combine(TODAY + dt.timedelta(days), dt.time(hour)))
    fix_appointment(mission_id=target.pk, agent=factories.agent(), starts_at=starts_at, by=by)
    agreed_at = timezone.make_aware(dt.datetime.combine(TODAY, dt.time(12))) - dt.timedelta(agreed_days_ago)
    Appointment.objects.filter(mission=target).update(created_at=agreed_at)
    return Appointment.objects.get(mission=target)


def mails():
    return list(OutboxMessage.objects.filter(topic="mail.send").order_by("pk"))


def test_the_day_before_one_mail_whatever_is_asked(by, settings):
    settings.PUBLIC_URL = "https://spekty.example/"
    slot = appointment(by)
    assert [remind_beneficiaries(today=TODAY) for _ in range(3)] == [1, 0, 0]
    (mail,) = mails()
    assert mail.payload["to"] == ["poirier@example.org"]
    assert "mercredi" in mail.payload["subject"] and "10" in mail.payload["subject"]
    assert f"https://spekty.example/rdv/{slot.token}/" in mail.payload["text"]
    assert Effect.objects.filter(kind="appointment.reminder", aggregate_id=slot.pk).count() == 1


def test_without_a_public_address_the_letter_has_no_link(by, settings):
    settings.PUBLIC_URL = ""
    appointment(by)
    assert remind_beneficiaries(today=TODAY) == 1
    assert "http" not in mails()[0].payload["text"]


@pytest.mark.parametrize("days", [0, 2, 5])
def test_other_days_wait(by, days):
    appointment(by, days=days)
    assert remind_beneficiaries(today=TODAY) == 0
    assert mails() == []


def test_the_setting_says_how_long_before_and_zero_says_never(by):
    appointment(by, days=2)
    Parameter.objects.filter(code=SETTING).update(value=0)
    assert remind_beneficiaries(today=TODAY) == 0
    Parameter.objects.filter(code=SETTING).update(value=2)
    assert remind_beneficiaries(today=TODAY) == 1


def test_who_was_confirmed_in_writing_today_is_left_in_peace(by):
    appointment(by, agreed_days_ago=0)
    assert remind_beneficiaries(today=TODAY) == 0
    assert remind_beneficiaries(today=TODAY) == 0


def test_a_cancelled_appointment_is_not_reminded_of_and_its_successor_is(by):
    slot = appointment(by)
    release_appointment(mission_id=slot.mission_id, by=by)
    assert remind_beneficiaries(today=TODAY) == 0
    moved = slot.starts_at + dt.timedelta(hours=2)
    fix_appointment(mission_id=slot.mission_id, agent=slot.agent, starts_at=moved, by=by)
    Appointment.objects.filter(mission=slot.mission_id).update(created_at=slot.created_at)
    assert remind_beneficiaries(today=TODAY) == 1


def test_without_mail_a_mobile_gets_a_text_message(by):
    appointment(by, email="", phone="06 12 34 56 78")
    assert remind_beneficiaries(today=TODAY) == 1
    (text,) = OutboxMessage.objects.filter(topic="sms.send")
    assert text.payload["text"].startswith("Rappel : visite de controle le 04/02 a 10:00")


def test_neither_mail_nor_mobile_is_no_failure(by):
    appointment(by, email="", phone="")
    assert remind_beneficiaries(today=TODAY) == 0
    assert not OutboxMessage.objects.filter(topic__in=("mail.send", "sms.send")).exists()


def test_the_clock_rings_it(by, monkeypatch, settings):
    asked = []
    monkeypatch.setattr(
        "planning.services.reminders.remind_beneficiaries", lambda *, today: asked.append(today)
    )
    remind()
    assert asked == [timezone.localdate()]
    assert any(row["task"] == remind.name for row in settings.CELERY_BEAT_SCHEDULE.values())

"""Kizeo over real HTTP: nothing lost, nothing twice, a hint is only a hint."""

import datetime as dt
import json
import threading

import pytest
from django.db import connections
from django.urls import reverse
from django.utils import timezone

from field.models import Reading
from field.services import load_definitions
from integrations.kizeo import sync
from integrations.kizeo.mapping import Unreadable, local, media_names, read_record
from missions.enums import MissionStatus
from spekty.core import dispatch, outbox
from spekty.core.engine import TransitionRefused
from spekty.core.models import Effect, InboxMessage, OutboxMessage
from tests import factories
from tests.integrations.fake_kizeo import FORM, TOKEN, FakeKizeo

pytestmark = pytest.mark.django_db
SECRET = "un-secret-long"


@pytest.fixture
def kizeo(settings):
    fake = FakeKizeo()
    settings.KIZEO_URL, settings.KIZEO_TOKEN, settings.KIZEO_FORM_ID = fake.url, TOKEN, FORM
    settings.KIZEO_WEBHOOK_SECRET = SECRET
    yield fake
    fake.close()


@pytest.fixture(autouse=True)
def quiet(monkeypatch):
    monkeypatch.setattr(outbox, "ring", lambda topic: None)
    monkeypatch.setattr(dispatch, "_publish", lambda task, *args: None)


@pytest.fixture
def readings(monkeypatch):
    """What the field service is asked to record."""
    taken = {}

    def record(record, mission, agent, signature):
        taken[record.key] = {"record": record, "mission": mission, "agent": agent, "photos": {}}
        return taken[record.key]

    monkeypatch.setattr(sync, "record_reading", record)
    monkeypatch.setattr(
        sync, "add_photo", lambda reading, question, name, content: reading["photos"].update({name: content})
    )
    return taken


@pytest.fixture
def mission():
    return factories.mission(number="M-1", agent=factories.agent(field_app_id="41022"))


@pytest.mark.parametrize("bare", [False, True])
def test_records_are_kept_acknowledged_and_become_readings_with_their_photos(kizeo, readings, mission, bare):
    kizeo.bare = bare
    kizeo.add("900001")
    assert (sync.pull(), sync.pull()) == (1, 0)
    assert kizeo.unread("spekty-prod", 50) == []
    assert kizeo.unread("spekty-replay", 50), "another reader still sees it"
    assert (sync.process(), sync.process()) == (1, 0)
    (reading,) = readings.values()
    assert (reading["mission"], reading["agent"]) == (mission, mission.agent)
    assert reading["record"].answers == {
        "isolant_epaisseur": "300",
        "pieces": [{"piece": "Combles", "surface": "62"}],
    }
    assert reading["record"].comment == "RAS"
    assert set(reading["photos"]) == {"c1_ab12.jpg", "c1_cd34.jpg"}
    assert InboxMessage.objects.get().processed_at is not None


def test_a_real_reading_comes_in_as_from_our_own_form(kizeo):
    load_definitions()
    agent = factories.field_agent(field_app_id="41022")
    mission = factories.mission(number="M-1", status=MissionStatus.CONFIRMED, agent=agent)
    answers = {
        **factories.ISO_ANSWERS,
        "done": "Oui",
        "area_measured": "47,0",
        "thickness": "121; 119; 119,5",
    }
    fields = {name: {"value": value, "type": "text"} for name, value in answers.items()}
    photos = {"value": "c1_ab12.jpg", "type": "photo"}
    kizeo.add("900001", fields={**fields, "photos": {"value": "", "type": "photo"}, "facade": photos})
    kizeo.media["c1_ab12.jpg"] = factories.jpeg()
    sync.pull()
    assert (sync.process(), InboxMessage.objects.get().error) == (1, "")
    reading = Reading.objects.get()
    assert (reading.mission, reading.agent, reading.source) == (mission, agent, "api")
    assert reading.answers["done"] == "yes"
    assert reading.answers["thickness"] == ["121", "119", "119.5"]
    assert reading.finished_at.isoformat() <= timezone.now().isoformat()
    assert [photo.question for photo in reading.photos.all()] == ["facade"]
    mission.refresh_from_db()
    assert mission.status == MissionStatus.TO_REVIEW


def test_an_answer_that_our_form_refuses_waits_with_its_reason(kizeo):
    load_definitions()
    agent = factories.field_agent(field_app_id="41022")
    factories.mission(number="M-1", status=MissionStatus.CONFIRMED, agent=agent)
    kizeo.add("900001", fields={"area_measured": {"value": "environ 40", "type": "text"}})
    sync.pull()
    assert sync.process() == 0
    assert "écrivez un nombre" in InboxMessage.objects.get().error


def test_a_crash_before_the_acknowledgement_brings_the_same_rows_again(kizeo, monkeypatch):
    kizeo.add("900001")
    monkeypatch.setattr(sync.Kizeo, "acknowledge", lambda self, ids: (_ for _ in ()).throw(OSError("killed")))
    with pytest.raises(OSError, match="killed"):
        sync.pull()
    monkeypatch.undo()
    assert sync.pull() == 0
    assert InboxMessage.objects.count() == 1
    assert kizeo.unread("spekty-prod", 50) == []


def test_a_record_changed_later_is_another_version(kizeo, readings, mission):
    kizeo.add("900001")
    sync.pull()
    kizeo.add("900001", update="2026-11-27 08:00:00")
    assert sync.pull() == 1
    assert sync.process() == 2
    assert len(readings) == 2


def test_more_records_than_a_page(kizeo):
    for number in range(120):
        kizeo.add(str(900000 + number))
    assert sync.pull() == 120


@pytest.mark.parametrize(
    ("options", "why"),
    [
        ({"number": "M-404"}, "Mission inconnue"),
        ({"number": "", "fields": {"num_mission": {"value": ""}}}, "pas de numéro"),
        ({"user": "999"}, "Intervenant inconnu"),
    ],
)
def test_what_cannot_be_placed_waits_with_its_reason(kizeo, readings, mission, options, why):
    kizeo.add("900001", **options)
    sync.pull()
    assert sync.process() == 0
    row = InboxMessage.objects.get()
    assert why in row.error and row.processed_at is None


def test_the_agent_may_be_known_by_our_code(kizeo, readings, mission):
    kizeo.add("900001", user="999", ref=mission.agent.code)
    sync.pull()
    assert sync.process() == 1


def test_a_refusal_of_the_domain_is_kept_and_the_next_is_taken(kizeo, readings, mission, monkeypatch):
    kizeo.add("900001")
    kizeo.add("900002")
    sync.pull()
    record = sync.record_reading

    def refuse_first(found, *rest):
        if found.data_id == "900001":
            raise TransitionRefused("Il manque : Surface.")
        return record(found, *rest)

    monkeypatch.setattr(sync, "record_reading", refuse_first)
    assert sync.process() == 1
    assert InboxMessage.objects.get(processed_at=None).error == "Il manque : Surface."


def test_a_photo_that_cannot_be_read_now_is_taken_at_the_next_run(kizeo, readings, mission):
    kizeo.add("900001")
    sync.pull()
    kizeo.fail_next = [503]
    assert sync.process() == 0
    assert InboxMessage.objects.get().error == ""
    assert sync.process() == 1


def test_a_wrong_token_is_refused_for_good(kizeo, settings):
    settings.KIZEO_TOKEN = "faux"
    with pytest.raises(outbox.Undeliverable, match="401"):
        sync.pull()


def fixed(mission, when="2026-11-26T08:30:00+00:00"):
    type(mission).objects.filter(pk=mission.pk).update(appointment_at=dt.datetime.fromisoformat(when))
    for status in (MissionStatus.TO_CONTACT, MissionStatus.FIXED):
        type(mission).objects.filter(pk=mission.pk).update(status=status)


def test_a_mission_is_pushed_once_per_agent_and_hour(kizeo, mission):
    fixed(mission)
    for _ in range(2):
        outbox.emit("field_app.mission", mission)
        assert outbox.drain("field_app.mission").delivered == 1
    (push,) = kizeo.pushes
    assert (push["recipient_user_id"], push["planningStart"], push["planningEnd"]) == (
        41022,
        "2026-11-26 09:30",
        "2026-11-26 10:15",
    )
    assert push["fields"]["num_mission"] == {"value": "M-1"}
    fixed(mission, "2026-11-27T08:30:00+00:00")
    outbox.emit("field_app.mission", mission)
    outbox.drain("field_app.mission")
    assert len(kizeo.pushes) == 2


def test_a_push_that_kizeo_forbids_is_a_dead_letter(kizeo, mission):
    fixed(mission)
    kizeo.allow_push = False
    outbox.emit("field_app.mission", mission)
    assert outbox.drain("field_app.mission").dead == 1
    assert "push interdit" in OutboxMessage.objects.dead().get(topic="field_app.mission").error
    assert not Effect.objects.filter(kind=sync.PUSH).exists()


def test_a_mission_without_hour_or_agent_is_not_pushed(kizeo, mission):
    outbox.emit("field_app.mission", mission)
    assert outbox.drain("field_app.mission").delivered == 1
    assert kizeo.pushes == []


def hook(client, secret=SECRET, **event):
    body = {"id": "900001", "eventType": "finished", "data": {}, **event}
    return client.post(
        reverse("integrations:kizeo_webhook", args=[secret]), json.dumps(body), "application/json"
    )


def test_a_webhook_is_kept_once_and_settled_by_the_next_read(kizeo, client):
    assert [hook(client).status_code for _ in range(3)] == [200, 200, 200]
    assert InboxMessage.objects.filter(source=sync.HOOKS, processed_at=None).count() == 1
    sync.pull()
    assert not InboxMessage.objects.filter(source=sync.HOOKS, processed_at=None).exists()


@pytest.mark.parametrize("secret", ["faux", "é"])
def test_a_webhook_with_a_wrong_secret_is_unknown(kizeo, client, secret):
    assert hook(client, secret).status_code == 404
    assert not InboxMessage.objects.exists()


def test_a_webhook_is_unknown_while_kizeo_is_off(client, settings):
    settings.KIZEO_WEBHOOK_SECRET = SECRET
    assert hook(client).status_code == 404


@pytest.mark.parametrize("body", ["", "[]", "{}", "pas du json", '{"id": ""}'])
def test_a_webhook_that_says_nothing_is_refused(kizeo, client, body):
    url = reverse("integrations:kizeo_webhook", args=[SECRET])
    assert client.post(url, body, "application/json").status_code == 400
    assert client.get(url).status_code == 405


@pytest.mark.django_db(transaction=True)
def test_a_storm_of_webhooks_is_one_row_each(kizeo, client):
    answers = []

    def storm():
        from django.test import Client

        mine = Client()
        answers.extend(hook(mine, id=str(number)).status_code for number in range(40))
        connections.close_all()

    threads = [threading.Thread(target=storm) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == [200] * 320
    assert InboxMessage.objects.filter(source=sync.HOOKS).count() == 40


@pytest.mark.parametrize(
    ("text", "utc"),
    [
        ("2026-11-26 10:19:58", "2026-11-26T09:19:58+00:00"),
        ("2026-07-01 10:00:00", "2026-07-01T08:00:00+00:00"),
        ("2026-11-26T10:19:58+01:00", "2026-11-26T09:19:58+00:00"),
        ("", None),
        ("hier", None),
    ],
)
def test_times_of_both_versions(text, utc):
    found = local(text)
    assert (found.astimezone(dt.UTC).isoformat() if found else None) == utc


def test_names_of_several_photos():
    assert media_names("a.jpg, b.jpg") == ["a.jpg", "b.jpg"]
    assert media_names(None) == []


def test_a_record_without_end_is_unreadable():
    with pytest.raises(Unreadable, match="fini"):
        read_record({"_id": "1", "num_mission": "M-1"}, {"fields": {}})

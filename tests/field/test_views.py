"""The portal: who sees what, what the phone's outbox is answered, what works without JavaScript."""

import datetime as dt
import json
import re
import uuid

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from field.models import DailyKm, Photo, Reading
from missions.enums import MissionStatus
from missions.models import ContactAttempt, UnproductiveVisit
from missions.services import send_back_mission
from planning.models import Stop, Tour
from spekty.core.enums import Channel
from tests import factories

pytestmark = pytest.mark.django_db
JSON = {"HTTP_ACCEPT": "application/json"}
REVIEWER = factories.actor("qualite")


@pytest.fixture
def agent():
    return factories.field_agent()


@pytest.fixture
def phone(client, agent):
    client.force_login(agent.user)
    return client


def today_at(hour):
    return timezone.localtime().replace(hour=hour, minute=0, second=0, microsecond=0)


def planned(agent, *, hour=10, tour_status="published", **fields):
    mission = factories.mission(
        agent=agent,
        **{"status": MissionStatus.CONFIRMED, "appointment_at": today_at(hour)} | fields,
    )
    tour, _ = Tour.objects.get_or_create(
        agent=agent, day=timezone.localdate(), defaults={"status": tour_status}
    )
    Stop.objects.create(tour=tour, mission=mission, position=tour.stops.count() + 1)
    return mission


def sent(**changes):
    answers = {f"q-{code}": value for code, value in factories.ISO_ANSWERS.items()}
    base = {"key": str(uuid.uuid4()), "started_at": "2026-01-20T08:00:00.000Z", "signer": "G. Poirier"}
    return {**answers, **base, **changes}


def test_the_day_shows_the_next_stop_then_the_others(phone, agent):
    later, first = planned(agent, hour=14), planned(agent, hour=10)
    page = phone.get(reverse("field:day"))
    plan = page.context["plan"]
    assert plan.next.mission == first
    assert [p.mission for p in plan.later] == [later]
    text = page.content.decode()
    assert "Bonjour Suzanne" in text
    assert "10\N{NO-BREAK SPACE}h\N{NO-BREAK SPACE}00" in text
    assert reverse("field:mission", args=[later.pk]) in json.dumps(page.context["precache"])


def test_a_draft_tour_without_appointment_is_not_told(phone, agent):
    mission = planned(agent, tour_status="draft", status=MissionStatus.TO_CONTACT, appointment_at=None)
    assert phone.get(reverse("field:day")).context["plan"].visits == 0
    assert phone.get(reverse("field:mission", args=[mission.pk])).status_code == 404


def test_a_tour_being_changed_stays_as_it_was_told(phone, agent):
    kept = planned(agent, tour_status="draft", status=MissionStatus.TO_CONTACT, appointment_at=None)
    added = planned(agent, tour_status="draft", status=MissionStatus.TO_CONTACT, appointment_at=None)
    told = [{"mission": kept.pk, "arrives_at": None, "leaves_at": None}]
    Tour.objects.update(published=told, published_at=timezone.now())
    plan = phone.get(reverse("field:day")).context["plan"]
    assert (plan.next.mission, plan.later) == (kept, [])
    assert phone.get(reverse("field:mission", args=[kept.pk])).status_code == 200
    assert phone.get(reverse("field:mission", args=[added.pk])).status_code == 404


def test_unproductive_visits_of_the_day_are_behind(phone, agent):
    mission = planned(agent)
    phone.post(reverse("field:unproductive", args=[mission.pk]), {"key": uuid.uuid4(), "reason": "absence"})
    plan = phone.get(reverse("field:day")).context["plan"]
    assert plan.next is None
    assert [p.state for p in plan.past] == ["unproductive"]


PAGES = ["mission", "reading", "unproductive"]
ACTS = ["start", "stop", "reading", "unproductive", "attempt"]


@pytest.mark.parametrize("name", PAGES)
def test_another_agents_mission_is_not_found(phone, name):
    other = planned(factories.field_agent())
    assert phone.get(reverse(f"field:{name}", args=[other.pk])).status_code == 404


@pytest.mark.parametrize("name", ACTS)
def test_another_agents_mission_cannot_be_touched(phone, name):
    other = planned(factories.field_agent())
    assert phone.post(reverse(f"field:{name}", args=[other.pk]), sent()).status_code == 404
    other.refresh_from_db()
    assert other.status == MissionStatus.CONFIRMED


@pytest.mark.parametrize(
    "role", ["siege", "planificateur", "qualite", "paie-facturation", "direction", "admin"]
)
@pytest.mark.parametrize("name", ["day", "week", "outbox", "readings", "offline"])
def test_the_portal_is_for_agents(client, role, name):
    client.force_login(factories.user(role))
    assert client.get(reverse(f"field:{name}")).status_code == 403


def test_photos_are_served_to_their_agent_only(phone, agent):
    mine, theirs = factories.reading(by=agent), factories.reading(by=factories.field_agent())
    for reading, status in ((mine, 200), (theirs, 404)):
        photo = photo_of(reading)
        response = phone.get(reverse("field:photo", args=[photo.key]))
        assert response.status_code == status
        if status == 200:
            assert b"".join(response.streaming_content)[:2] == b"\xff\xd8"


def photo_of(reading):
    from field.services import add_photo

    key = uuid.uuid4()
    return add_photo(key=key, reading=reading, content=factories.jpeg(), by=REVIEWER)[0]


def test_the_outbox_is_answered_201_then_200(phone, agent):
    mission, body = planned(agent), sent()
    url = reverse("field:reading", args=[mission.pk])
    assert [phone.post(url, body, **JSON).status_code for _ in range(3)] == [201, 200, 200]
    assert Reading.objects.count() == 1


def test_an_incomplete_reading_is_refused_in_words(phone, agent):
    mission = planned(agent)
    url = reverse("field:reading", args=[mission.pk])
    answer = phone.post(url, {"key": uuid.uuid4(), "q-done": "yes"}, **JSON)
    assert answer.status_code == 422
    assert "Il manque" in answer.json()["error"]
    wrong = phone.post(url, sent(**{"q-area_measured": "douze"}), **JSON)
    assert (wrong.status_code, "Surface mesurée" in wrong.json()["error"]) == (422, True)


def test_photos_wait_for_their_reading(phone, agent):
    mission, key, photo_key = planned(agent), uuid.uuid4(), uuid.uuid4()
    url = reverse("field:add_photo", args=[key])

    def photo():
        file = SimpleUploadedFile("a.jpg", factories.jpeg(), "image/jpeg")
        body = {"key": photo_key, "file": file, "question": "facade", "taken_at": "2026-01-20T08:12:00Z"}
        return phone.post(url, body, **JSON).status_code

    assert photo() == 409
    phone.post(reverse("field:reading", args=[mission.pk]), sent(key=key), **JSON)
    assert [photo(), photo()] == [201, 200]
    kept = Photo.objects.get()
    assert (kept.question, kept.taken_at.isoformat()) == ("facade", "2026-01-20T08:12:00+00:00")


def test_a_session_that_ended_redirects_so_that_the_phone_keeps_its_item(client, agent):
    mission = planned(agent)
    answer = client.post(reverse("field:reading", args=[mission.pk]), sent(), **JSON)
    assert answer.status_code == 302


def test_a_mission_taken_away_meanwhile_still_gets_its_reading(phone, agent):
    mission = planned(agent)
    mission.agent = factories.field_agent()
    mission.save()
    assert phone.get(reverse("field:mission", args=[mission.pk])).status_code == 404
    assert phone.post(reverse("field:reading", args=[mission.pk]), sent(), **JSON).status_code == 201


def test_without_javascript_the_form_and_its_photos_are_one_post(phone, agent):
    mission = planned(agent)
    url = reverse("field:reading", args=[mission.pk])
    assert "Surface mesurée" in phone.get(url).content.decode()
    photo = SimpleUploadedFile("f.jpg", factories.jpeg(), "image/jpeg")
    answer = phone.post(url, sent(**{"photo-facade": photo}), follow=True)
    assert answer.redirect_chain == [(reverse("field:day"), 302)]
    assert "part en relecture" in answer.content.decode()
    assert Photo.objects.get().question == "facade"
    assert Reading.objects.get().source == "field"


def test_a_refused_form_keeps_what_was_typed(phone, agent):
    mission = planned(agent)
    page = phone.post(reverse("field:reading", args=[mission.pk]), sent(**{"q-area_measured": "4,7,0"}))
    assert page.status_code == 422
    assert 'value="4,7,0"' in page.content.decode()


def test_a_sent_back_reading_is_drawn_again_with_its_answers(phone, agent):
    mission = planned(agent)
    phone.post(reverse("field:reading", args=[mission.pk]), sent(**{"q-area_measured": "47,5"}), **JSON)
    send_back_mission(mission_id=mission.pk, by=REVIEWER, reason="Photo floue")
    page = phone.get(reverse("field:reading", args=[mission.pk])).content.decode()
    assert "Photo floue" in page
    assert 'value="47,5"' in page
    assert mission in phone.get(reverse("field:day")).context["plan"].to_complete


def test_starting_twice_is_starting_once(phone, agent):
    mission = planned(agent)
    url = reverse("field:start", args=[mission.pk])
    assert [phone.post(url, **JSON).status_code for _ in range(2)] == [201, 200]
    assert phone.post(reverse("field:stop", args=[mission.pk]), follow=True).status_code == 200
    mission.refresh_from_db()
    assert mission.status == MissionStatus.FIXED


def test_an_unproductive_visit_sent_twice_is_one(phone, agent):
    mission, key = planned(agent), uuid.uuid4()
    url = reverse("field:unproductive", args=[mission.pk])
    body = {"key": key, "reason": "no_access", "note": "Portail fermé"}
    assert [phone.post(url, body, **JSON).status_code for _ in range(2)] == [201, 200]
    assert UnproductiveVisit.objects.get().note == "Portail fermé"


def test_calls_are_noted_on_contact_missions(phone, agent):
    mission = factories.mission(agent=agent, channel=Channel.CONTACT, status=MissionStatus.TO_CONTACT)
    assert mission in phone.get(reverse("field:day")).context["plan"].contacts
    url = reverse("field:attempt", args=[mission.pk])
    body = {"key": uuid.uuid4(), "outcome": "call_back", "means": "phone"}
    assert phone.post(url, body, **JSON).status_code == 422
    body["call_back_on"] = "2026-12-01"
    assert [phone.post(url, body, **JSON).status_code for _ in range(2)] == [201, 200]
    assert ContactAttempt.objects.count() == 1
    page = phone.get(reverse("field:reading", args=[mission.pk])).content.decode()
    assert "Personne qui a répondu" in page


def test_kilometres_take_a_decimal_comma(phone, agent):
    url = reverse("field:kilometres", args=[timezone.localdate()])
    assert phone.post(url, {"km": "142,5"}, **JSON).status_code == 201
    assert str(DailyKm.objects.get().km) == "142.5"
    assert phone.post(url, {"km": "beaucoup"}, **JSON).status_code == 422


def test_week_and_readings(phone, agent):
    mission = planned(agent)
    factories.reading(mission)
    week = phone.get(reverse("field:week"))
    assert [p.mission for day in week.context["days"] for p in day.passages] == [mission]
    page = phone.get(reverse("field:readings")).content.decode()
    assert "À relire" in page
    assert phone.get(reverse("field:week"), {"debut": "2026-13-45"}).status_code == 200
    assert phone.get(reverse("field:day"), {"jour": str(dt.date(2026, 1, 20))}).status_code == 200


def test_the_worker_keeps_every_script_and_style_that_the_pages_load(phone):
    served = phone.get(reverse("field:worker"))
    assert served["Content-Type"].startswith("text/javascript")
    assert "no-cache" in served["Cache-Control"]
    page = phone.get(reverse("field:day")).content.decode()
    loaded = set(re.findall(r'(?:href|src)="(/static/[^"#]+)', page))
    kept = set(json.loads(re.search(r"const FILES = (\[.*?\]);", served.content.decode())[1]))
    assert loaded <= kept


def test_a_day_costs_few_queries(phone, agent, django_assert_max_num_queries):
    for hour in range(8, 17):
        planned(agent, hour=hour)
    with django_assert_max_num_queries(20):
        phone.get(reverse("field:day"))

"""Publishing tells the field app through its port: what was told, never the draft."""

import datetime as dt

import pytest
from django.utils import timezone

from planning.models import Stop
from planning.services import move_stop, place_stop, publish_tours
from spekty.accounts.models import Agent
from spekty.core import dispatch, outbox
from tests.integrations.fake_kizeo import FORM, TOKEN, FakeKizeo
from tests.planning import board

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def quiet(monkeypatch):
    monkeypatch.setattr(outbox, "ring", lambda topic: None)
    monkeypatch.setattr(dispatch, "_publish", lambda task, *args: None)


@pytest.fixture
def kizeo(settings):
    fake = FakeKizeo()
    settings.KIZEO_URL, settings.KIZEO_TOKEN, settings.KIZEO_FORM_ID = fake.url, TOKEN, FORM
    settings.KIZEO_WEBHOOK_SECRET = "un-secret-long"
    yield fake
    fake.close()


@pytest.fixture
def day():
    soon = timezone.localdate() + dt.timedelta(1)
    return soon + dt.timedelta((7 - soon.weekday()) % 7)


def pushed(kizeo):
    outbox.drain("field_app.mission")
    found = [(p["recipient_user_id"], p["fields"]["num_mission"]["value"]) for p in kizeo.pushes]
    kizeo.pushes.clear()
    return found


def test_only_what_is_published_reaches_the_field_app_and_only_what_changed_goes_again(kizeo, day):
    by = board.by_planner()
    one, other = board.agents(2)
    Agent.objects.filter(pk=one.pk).update(field_app_id="41022")
    Agent.objects.filter(pk=other.pk).update(field_app_id="41023")
    first, second = board.missions(2)
    for mission in (first, second):
        place_stop(mission_id=mission.pk, target=(one.pk, day), position=9, by=by)
    assert pushed(kizeo) == []

    publish_tours(keys=[(one.pk, day)], by=by)
    hour = timezone.localtime(Stop.objects.get(mission=first).arrives_at)
    outbox.drain("field_app.mission")
    assert kizeo.pushes[0]["planningStart"] == f"{hour:%Y-%m-%d %H:%M}"
    assert pushed(kizeo) == [(41022, first.number), (41022, second.number)]

    move_stop(mission_id=second.pk, source=(one.pk, day), target=(other.pk, day), by=by)
    assert pushed(kizeo) == []
    publish_tours(keys=[(one.pk, day)], by=by)
    assert pushed(kizeo) == [(41023, second.number)]


def test_an_agent_without_the_field_app_is_not_pushed_to(kizeo, day):
    by, (agent,) = board.by_planner(), board.agents(1)
    place_stop(mission_id=board.mission(1).pk, target=(agent.pk, day), by=by)
    publish_tours(keys=[(agent.pk, day)], by=by)
    assert pushed(kizeo) == []

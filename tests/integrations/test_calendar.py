"""The agent's agenda: what was published and agreed, nothing of a draft, no key no agenda."""

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone
from icalendar import Calendar

from integrations.calendar.sync import agent_entries
from missions.models import Appointment
from planning.enums import TourStatus
from planning.models import Stop, Tour
from tests import factories

pytestmark = pytest.mark.django_db


def at(hour, days=1):
    day = timezone.localdate() + dt.timedelta(days=days)
    return timezone.make_aware(dt.datetime.combine(day, dt.time(hour)))


def tour_of(agent, missions, *, publish=True):
    tour = Tour.objects.create(agent=agent, day=at(8).date())
    for position, mission in enumerate(missions):
        Stop.objects.create(tour=tour, mission=mission, position=position, arrives_at=at(9 + position))
    if publish:
        told = [{"mission": m.pk, "arrives_at": at(9 + p).isoformat()} for p, m in enumerate(missions)]
        Tour.objects.filter(pk=tour.pk).update(status=TourStatus.PUBLISHED, published=told)
    return tour


def test_the_feed_holds_published_visits_and_agreed_appointments(client):
    agent = factories.agent()
    visit = factories.mission(agent=agent, comment="Sonner au 2e")
    agreed = factories.mission(agent=agent)
    tour_of(agent, [visit])
    Appointment.objects.create(mission=agreed, agent=agent, starts_at=at(14, 2), ends_at=at(15, 2))
    response = client.get(reverse("integrations:agent_calendar", args=[agent.calendar_token]))
    assert response["Content-Type"].startswith("text/calendar")
    events = list(Calendar.from_ical(response.content).walk("VEVENT"))
    assert [event["UID"] for event in events] == [f"mission-{m.pk}@spekty" for m in (visit, agreed)]
    assert events[0].decoded("DTSTART") == at(9)
    assert events[0].decoded("DTEND") == at(9) + dt.timedelta(minutes=visit.minutes)
    assert "33650 Saint-Selve" in events[0]["LOCATION"]
    assert "Sonner au 2e" in events[0]["DESCRIPTION"]


def test_a_draft_is_not_told_nor_changes_made_since():
    agent = factories.agent()
    draft, told, since = (factories.mission(agent=agent) for _ in range(3))
    tour_of(factories.agent(), [draft], publish=False)
    tour = tour_of(agent, [told])
    Stop.objects.create(tour=tour, mission=since, position=9, arrives_at=at(16))
    assert [entry.uid for entry in agent_entries(agent)] == [f"mission-{told.pk}@spekty"]


def test_a_visit_with_an_appointment_is_there_once():
    agent = factories.agent()
    mission = factories.mission(agent=agent)
    tour_of(agent, [mission])
    Appointment.objects.create(mission=mission, agent=agent, starts_at=at(9), ends_at=at(10))
    assert len(agent_entries(agent)) == 1


def test_a_tour_from_the_workbook_tells_its_stops():
    agent = factories.agent()
    mission = factories.mission(agent=agent)
    tour = tour_of(agent, [mission], publish=False)
    Tour.objects.filter(pk=tour.pk).update(status=TourStatus.PUBLISHED)
    assert len(agent_entries(agent)) == 1


@pytest.mark.parametrize("active", [True, False])
def test_no_key_no_agenda(client, active):
    agent = factories.agent(is_active=active)
    token = "faux" if active else agent.calendar_token
    assert client.get(reverse("integrations:agent_calendar", args=[token])).status_code == 404


def test_queries_do_not_grow(django_assert_max_num_queries):
    agent = factories.agent()
    tour_of(agent, [factories.mission(agent=agent) for _ in range(6)])
    with django_assert_max_num_queries(3):
        assert len(agent_entries(agent)) == 6

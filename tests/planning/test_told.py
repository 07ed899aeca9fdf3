"""Draft and published are never confused: the phone and the agenda say what was published."""

import datetime as dt

import pytest

from field.selectors import day_plan
from integrations.calendar.sync import agent_entries
from missions.enums import MissionStatus
from planning.enums import TourStatus
from planning.models import Stop, Tour
from planning.selectors.told import told_stops
from planning.services import move_stop, place_stop, publish_tours, remove_stop
from spekty.accounts.models import Agent
from tests import factories
from tests.planning import board

pytestmark = pytest.mark.django_db


def phone(agent, day):
    plan = day_plan(Agent.objects.get(pk=agent.pk), day)
    return [p.mission.pk for p in ([plan.next] if plan.next else []) + plan.later]


def agenda(agent):
    return [int(entry.uid.removeprefix("mission-").removesuffix("@spekty")) for entry in agent_entries(agent)]


@pytest.fixture
def day():
    from django.utils import timezone

    soon = timezone.localdate() + dt.timedelta(1)
    while soon.weekday() > 4:
        soon += dt.timedelta(1)
    return soon


def test_a_change_is_seen_when_it_is_published_only(day):
    by = board.by_planner()
    one, other = board.agents(2)
    first, second, third = board.missions(3)
    for mission in (first, second):
        place_stop(mission_id=mission.pk, target=(one.pk, day), position=9, by=by)
    assert phone(one, day) == [] == agenda(one)
    publish_tours(keys=[(one.pk, day)], by=by)
    assert phone(one, day) == [first.pk, second.pk] == agenda(one)

    move_stop(mission_id=first.pk, source=(one.pk, day), target=(other.pk, day), by=by)
    place_stop(mission_id=third.pk, target=(one.pk, day), position=1, by=by)
    assert Tour.objects.get(agent=one).status == TourStatus.DRAFT
    assert phone(one, day) == [first.pk, second.pk] == agenda(one)
    assert phone(other, day) == [] == agenda(other)

    publish_tours(keys=[(one.pk, day)], by=by)
    assert phone(one, day) == [third.pk, second.pk] == agenda(one)
    assert phone(other, day) == [first.pk] == agenda(other)


def test_a_mission_taken_off_stays_on_the_phone_until_it_is_published(day):
    by = board.by_planner()
    agent, mission = board.agents(1)[0], board.mission()
    place_stop(mission_id=mission.pk, target=(agent.pk, day), by=by)
    publish_tours(keys=[(agent.pk, day)], by=by)
    remove_stop(mission_id=mission.pk, source=(agent.pk, day), by=by)
    assert phone(agent, day) == [mission.pk]
    publish_tours(keys=[(agent.pk, day)], by=by)
    assert phone(agent, day) == [] == agenda(agent)


def test_a_tour_of_the_workbook_is_told_by_its_stops(day):
    agent = board.agents(1)[0]
    mission = board.mission(agent=agent, status=MissionStatus.TO_CONTACT)
    tour = Tour.objects.create(agent=agent, day=day, status=TourStatus.PUBLISHED)
    Stop.objects.create(tour=tour, mission=mission, position=1)
    assert list(told_stops(agent)) == [mission.pk]
    assert phone(agent, day) == [mission.pk]
    place_stop(mission_id=board.mission(1).pk, target=(agent.pk, day), by=board.by_planner())
    assert list(told_stops(agent)) == [mission.pk]


def test_agents_see_their_own_told_tours_only(day):
    by = board.by_planner()
    agent, other = factories.field_agent(), board.agents(1)[0]
    place_stop(mission_id=board.mission().pk, target=(agent.pk, day), by=by)
    place_stop(mission_id=board.mission().pk, target=(other.pk, day), by=by)
    assert not Tour.objects.visible_to(agent.user).exists()
    publish_tours(keys=[(agent.pk, day), (other.pk, day)], by=by)
    assert [tour.agent for tour in Tour.objects.visible_to(agent.user)] == [agent]

"""The screens where a reviewer settles which of two readings counts."""

import re

import pytest
from django.contrib.auth.models import Group
from django.urls import reverse

from field.models import Reading
from field.services import load_definitions
from missions.enums import MissionStatus
from quality.services import ReviewerIsInspector, settle_dispute
from spekty.accounts.models import User
from spekty.core.engine import NotAllowed
from spekty.core.enums import Conclusion
from tests import factories
from tests.browser import PHONE, page_of
from tests.quality.test_reviewing import issue
from tests.reference import load_parameters

ELSE = {**factories.ISO_ANSWERS, "even": "no"}


@pytest.fixture
def late():
    """A colleague's reading, come after the one of the mission's agent."""
    load_definitions()
    load_parameters()
    mission = factories.mission(agent=factories.field_agent(), status=MissionStatus.CONFIRMED)
    factories.reading(mission)
    return factories.reading(mission, by=factories.field_agent(), answers=ELSE)


@pytest.fixture
def desk(client):
    client.force_login(factories.user("qualite"))
    return client


def address(reading):
    return reverse("quality:dispute", args=[reading.pk])


@pytest.mark.django_db
def test_the_queue_leads_to_what_is_to_be_settled(desk, late):
    assert "1 relevé à trancher" in desk.get(reverse("quality:queue")).content.decode().replace("\xa0", " ")
    page = desk.get(reverse("quality:disputes")).content.decode()
    assert late.mission.number in page
    assert address(late) in page
    review = desk.get(reverse("quality:review", args=[late.mission_id])).content.decode()
    assert address(late) in review


@pytest.mark.django_db
def test_what_differs_stands_out(desk, late):
    page = desk.get(address(late)).content.decode()
    hits = re.findall(r'<tr class="hit"><td class="m-full">([^<]+)<', page)
    assert len(hits) == 1
    assert "En vigueur" in page and "Arrivé ensuite" in page


@pytest.mark.django_db
def test_a_decision_without_its_motive_is_refused_and_nothing_typed_is_lost(desk, late):
    refused = desk.post(address(late), {"choice": "take", "reason": ""})
    assert refused.status_code == 422
    assert "Dites pourquoi" in refused.content.decode()
    assert re.search(r'value="take" checked', refused.content.decode())
    nothing = desk.post(address(late), {"reason": "Doublon"})
    assert nothing.status_code == 422
    assert "Choisissez" in nothing.content.decode()
    assert "Doublon" in nothing.content.decode()


@pytest.mark.django_db
def test_taking_it_leads_to_its_review(desk, late):
    answer = desk.post(address(late), {"choice": "take", "reason": "La bonne maison"})
    assert answer.url == reverse("quality:review", args=[late.mission_id])
    late.refresh_from_db()
    assert late.state == "current"
    again = desk.post(address(late), {"choice": "keep", "reason": "Non"})
    assert again.status_code == 422
    assert "déjà tranché" in again.content.decode()


@pytest.mark.django_db
def test_a_report_that_is_out_leaves_one_choice(desk, late):
    first = late.mission.readings.get(state="current")
    issue(late.mission, factories.user("qualite"), conclusion=Conclusion(first.proposed))
    page = desk.get(address(late)).content.decode()
    assert "fait foi" in page
    assert re.search(r'value="take"[^>]* disabled', page)


@pytest.mark.django_db
def test_neither_inspector_settles(late):
    for agent in (late.agent, late.mission.agent):
        own = User.objects.get(pk=agent.user_id)
        own.groups.add(Group.objects.get_or_create(name="qualite")[0])
        with pytest.raises(ReviewerIsInspector):
            settle_dispute(reading=late, reviewer=own, take=False, reason="Doublon")
    with pytest.raises(NotAllowed):
        settle_dispute(reading=late, reviewer=factories.user("siege"), take=False, reason="Doublon")
    assert Reading.objects.get(pk=late.pk).state == "disputed"


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_a_reviewer_settles_on_a_phone(browser, live_server, late):
    with page_of(browser, live_server, factories.user("qualite"), **PHONE) as page:
        page.goto(reverse("quality:disputes"))
        page.get_by_role("link", name=re.compile("^Trancher")).click()
        page.get_by_label("Retenir celui arrivé ensuite").check()
        page.get_by_label("Motif").fill("Le premier était chez le voisin")
        page.get_by_role("button", name="Trancher").click()
        page.get_by_text("est retenu").wait_for()
    assert Reading.objects.get(pk=late.pk).state == "current"

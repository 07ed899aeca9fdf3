"""The search page, its fragment and the palette: one address, three answers."""

import pytest
from django.urls import reverse

from integrations.search import engine as engine_module
from spekty.core import outbox
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def postgres_only(settings, monkeypatch):
    settings.MEILI_URL = ""
    monkeypatch.setattr(outbox, "ring", lambda topic: None)
    monkeypatch.setattr(engine_module, "_down_until", 0.0)


@pytest.fixture
def office(client):
    client.force_login(factories.user("siege"))
    return client


def get(client, **query):
    headers = query.pop("headers", {})
    return client.get(reverse("quality:search"), query, headers=headers)


def test_the_page_works_without_javascript(office):
    mission = factories.mission()
    factories.agent(last_name="Poirier")
    html = get(office, q="poirier").content.decode()
    for text in ("<html", mission.number, "À planifier", "Missions", "Intervenants", "Recherche simplifiée"):
        assert text in html


def test_typing_brings_the_list_alone_and_it_is_that_of_the_page(office):
    factories.mission()
    page = get(office, q="poirier").content.decode()
    fragment = get(office, q="poirier", headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in fragment
    assert fragment.strip() in page


def test_the_palette_gives_links_with_their_status(office):
    mission = factories.mission()
    html = get(office, q=mission.number, palette="1").content.decode()
    assert "<html" not in html
    assert "data-palette-item" in html
    assert "À planifier" in html
    assert f"?q={mission.number}" in html


@pytest.mark.parametrize("query", [{}, {"q": ""}, {"q": "   "}])
def test_nothing_asked_invites_to_type(office, query):
    assert "Tapez quelques lettres" in get(office, **query).content.decode()


def test_nothing_found_says_so(office):
    assert "Rien ne correspond à «\u00a0zzz\u00a0»" in get(office, q="zzz").content.decode()
    assert "Rien ne correspond" in get(office, q="zzz", palette="1").content.decode()


def test_what_is_typed_is_escaped(office):
    assert "<script>" not in get(office, q="<script>alert(1)</script>", palette="1").content.decode()
    assert "<script>alert" not in get(office, q="<script>alert(1)</script>").content.decode()


def test_an_agent_finds_only_their_own(client):
    agent = factories.agent(user=factories.user("intervenant"))
    mine, other = factories.mission(agent=agent), factories.mission()
    client.force_login(agent.user)
    html = get(client, q="poirier").content.decode()
    assert mine.number in html
    assert other.number not in html


def test_a_stranger_signs_in_first(client):
    assert get(client, q="a").status_code == 302


def test_the_number_of_queries_does_not_depend_on_the_results(office, django_assert_max_num_queries):
    for _ in range(20):
        factories.mission()
    with django_assert_max_num_queries(20):
        get(office, q="poirier")

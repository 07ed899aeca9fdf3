"""The search page, the palette and the connectors' page in a real browser: wide, narrow, light, dark."""

import re

import pytest
from django.test import Client
from django.urls import reverse
from playwright.sync_api import expect

from tests import factories
from tests.browser import violations
from tests.integrations.troubles import trouble
from tests.reference import load_parameters

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    pytest.mark.xdist_group("browser"),
]


@pytest.fixture
def office(browser, live_server, settings):
    settings.MEILI_URL = ""
    client = Client()
    client.force_login(factories.user("direction"))
    name = settings.SESSION_COOKIE_NAME
    # A theme is judged once drawn, not while colours fade into one another.
    context = browser.new_context(
        viewport={"width": 1366, "height": 800}, base_url=live_server.url, reduced_motion="reduce"
    )
    context.add_cookies([{"name": name, "value": client.cookies[name].value, "url": live_server.url}])
    problems = []
    page = context.new_page()
    page.on("console", lambda said: problems.append(said.text) if said.type == "error" else None)
    page.on("pageerror", lambda fault: problems.append(str(fault)))
    yield page
    context.close()
    assert problems == []


def check(page, width, theme):
    page.set_viewport_size({"width": width, "height": 800})
    page.evaluate("theme => document.documentElement.dataset.bsTheme = theme", theme)
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), "horizontal scroll"
    assert [found for found in violations(page, {}) if found[1] in ("serious", "critical")] == []


def test_a_letter_is_sent_again_from_the_page(office):
    trouble(factories.client())
    office.goto(reverse("core:connectors"))
    office.get_by_role("button", name="Relancer").first.click()
    office.get_by_text("Envoi relancé").wait_for()


def test_search_answers_while_one_types_and_keeps_its_address(office):
    for _ in range(3):
        factories.mission()
    office.goto(reverse("quality:search"))
    office.get_by_label("Mission, lot, client").press_sequentially("poirier")
    expect(office).to_have_url(re.compile("q=poirier$"))
    expect(office.get_by_text("3 résultats")).to_be_visible()


def test_enter_waits_for_the_answer_to_what_is_typed(office):
    load_parameters()
    mission, other = factories.mission(), factories.mission()
    office.goto(reverse("core:connectors"))
    office.keyboard.press("Control+k")
    with office.expect_response(re.compile(f"q={other.number}(&|$)")):
        office.keyboard.type(other.number)
    expect(office.get_by_role("link", name=other.number).first).to_be_visible()
    office.keyboard.press("Control+a")
    with office.expect_navigation():
        office.keyboard.type(mission.number)
        office.keyboard.press("Enter")
    expect(office.get_by_role("heading", level=1)).to_contain_text(mission.number)


def test_the_palette_answers_to_the_keyboard(office):
    mission = factories.mission()
    office.goto(reverse("core:connectors"))
    office.keyboard.press("Control+k")
    with office.expect_response(re.compile("q=poirier(&|$)")):
        office.keyboard.type("poirier")
    expect(office.locator(".htmx-request")).to_have_count(0)
    expect(office.get_by_role("link", name=mission.number)).to_be_visible()
    check(office, 1366, "light")
    office.keyboard.press("ArrowDown")
    assert office.evaluate("document.activeElement.hasAttribute('data-palette-item')")

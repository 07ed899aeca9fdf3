"""The search page, the palette and the connectors' page in a real browser: wide, narrow, light, dark."""

import pytest
from django.test import Client
from django.urls import reverse

from tests import factories
from tests.browser import violations
from tests.integrations.troubles import trouble

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
    office.get_by_text("3 résultats").wait_for()
    assert "q=poirier" in office.url


def test_the_palette_answers_to_the_keyboard(office):
    mission = factories.mission()
    office.goto(reverse("core:connectors"))
    office.keyboard.press("Control+k")
    office.keyboard.type("poirier")
    office.get_by_role("link", name=mission.number).wait_for()
    check(office, 1366, "light")
    office.keyboard.press("ArrowDown")
    assert office.evaluate("document.activeElement.hasAttribute('data-palette-item')")

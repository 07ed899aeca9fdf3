"""A reviewer's desk in a browser: send back and issue by the keyboard; every page fits and is accessible."""

import datetime as dt
import uuid

import pytest
from playwright.sync_api import expect

from field.services import add_photo
from missions.enums import MissionStatus
from missions.models import Mission
from quality.models import Report, Review
from tests import browser as browsing
from tests import factories, reference
from tests.quality.test_reviewing import issue, to_review

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    pytest.mark.xdist_group("browser"),
]


@pytest.fixture
def desk():
    """A reviewer with three readings to review, photos included."""
    reference.load_parameters()
    reference.load_definitions()
    reviewer = factories.user("qualite", first_name="Hélène", last_name="Marchetti")
    missions = [to_review() for _ in range(3)]
    Mission.objects.filter(pk=missions[0].pk).update(visited_at=missions[0].visited_at - dt.timedelta(days=6))
    for mission in missions:
        for code, colour in (("facade", "tan"), ("works", "slategray"), ("label", "beige")):
            add_photo(
                key=uuid.uuid4(),
                reading=mission.readings.get(),
                content=factories.jpeg((1200, 800), colour),
                question=code,
                lat=44.67,
                lon=-0.48,
                by=factories.actor("intervenant"),
            )
    return reviewer, missions


def test_a_reviewer_sends_one_back_and_issues_one_by_the_keyboard(browser, live_server, desk):
    reviewer, (first, second, _) = desk
    with browsing.page_of(browser, live_server, reviewer, **browsing.DESK) as page:
        page.goto("/qualite/")
        expect(page.get_by_role("heading", level=1, name=first.number)).to_be_visible()
        expect(page.get_by_text("Conclusion proposée : non satisfaisant")).to_be_visible()
        page.keyboard.press("2")
        expect(page.locator("#photo")).to_be_visible()
        page.keyboard.press("Escape")
        page.keyboard.press("r")
        page.keyboard.type("Photo de l’étiquette floue")
        page.keyboard.press("Control+Enter")
        expect(page.get_by_text("est renvoyée à compléter")).to_be_visible()

        page.goto("/qualite/")
        expect(page.get_by_role("heading", level=1, name=second.number)).to_be_visible()
        with page.expect_navigation():
            page.keyboard.press("j")
        expect(page.get_by_role("heading", level=1, name=second.number)).not_to_be_visible()
        with page.expect_navigation():
            page.keyboard.press("k")
        expect(page.get_by_role("heading", level=1, name=second.number)).to_be_visible()
        page.keyboard.press("v")
        page.get_by_label("Observation pour le rapport").fill("Environ 9 m² non isolés.")
        page.keyboard.press("Control+Enter")
        expect(page.get_by_text("émis : non satisfaisant")).to_be_visible(timeout=30_000)
    assert Mission.objects.get(pk=first.pk).status == MissionStatus.TO_COMPLETE
    assert Mission.objects.get(pk=second.pk).status == MissionStatus.REPORTED
    assert Report.objects.get().content["observation"] == "Environ 9 m² non isolés."
    assert Review.objects.count() == 2


def test_the_filters_of_the_dashboard_swap_its_figures(browser, live_server, desk):
    reviewer, (first, _, _) = desk
    issue(first, reviewer)
    with browsing.page_of(browser, live_server, reviewer, **browsing.DESK) as page:
        page.goto("/qualite/pilotage/")
        expect(page.locator("#pilotage")).to_contain_text("Gironde")
        page.get_by_role("combobox", name="Type").select_option("PAC")
        expect(page.locator("#pilotage")).not_to_contain_text("Gironde")
        assert "type=PAC" in page.url

"""An agent's morning on a phone: a reading and a visit without access, without signal, then all sent."""

import re
from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from field.models import Photo, Reading
from missions.enums import MissionStatus
from missions.models import Mission, UnproductiveVisit
from planning.models import Stop, Tour
from tests import browser as browsing
from tests import factories, reference

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    pytest.mark.xdist_group("browser"),
]


def at(hour):
    return timezone.localtime().replace(hour=hour, minute=0, second=0, microsecond=0)


@pytest.fixture
def morning():
    """An agent with two visits today."""
    reference.load_parameters()
    reference.load_definitions()
    agent = factories.field_agent()
    tour = Tour.objects.create(agent=agent, day=timezone.localdate(), status="published", km=Decimal("188"))
    missions = []
    for rank, (city, hour) in enumerate([("Saint-Selve", 10), ("Moncrabeau", 11)], 1):
        operation = factories.operation(city=city, phone="0792711042", area_declared=Decimal("56"))
        mission = factories.mission(
            operation=operation, agent=agent, status=MissionStatus.CONFIRMED, appointment_at=at(hour)
        )
        Stop.objects.create(tour=tour, mission=mission, position=rank)
        missions.append(mission)
    return agent, *missions


def photo_file():
    return {"name": "IMG_1.jpg", "mimeType": "image/jpeg", "buffer": factories.jpeg((3000, 2000))}


def choose(page: Page, question: str, answer: str) -> None:
    page.locator(f"#q-{question}").get_by_text(answer, exact=True).click()


def expect_kept(page: Page, label: str) -> None:
    """Wait until the phone says that it keeps the answer."""
    line = page.locator("[data-line]", has=page.get_by_label(label))
    expect(line.locator("[data-save]")).to_contain_text("Sur le téléphone")


def wait_for_worker(page: Page) -> None:
    """Wait until the pages of the next days are kept on the phone."""
    expect(page.locator("#kept")).to_be_visible(timeout=30_000)


def open_up(page: Page) -> None:
    """Answer what the other questions depend on."""
    choose(page, "done", "Oui")
    choose(page, "access", "Oui")


def fill_reading(page: Page) -> None:
    open_up(page)
    page.get_by_label("Surface mesurée").fill("47")
    expect(page.get_by_text("soit 19,15")).to_be_visible()
    for rank, value in enumerate(["121", "119", "119,5"], 1):
        page.get_by_label(f"Épaisseur, point {rank}").fill(value)
    choose(page, "even", "Oui")
    choose(page, "flue_distance", "Sans objet")
    page.get_by_label("Devis ou contribution").select_option("2")
    page.get_by_label("Facture ou preuve").select_option("1")
    for code in ("facade", "works"):
        page.locator(f"input[name=photo-{code}]").set_input_files(photo_file())
    page.get_by_label("Nom du signataire").fill("Gabrielle Poirier")


def test_a_morning_without_signal_then_with_it(browser, live_server, morning):
    agent, first, second = morning
    with browsing.page_of(browser, live_server, agent.user, **browsing.PHONE) as page:
        page.goto("/terrain/")
        expect(page.get_by_role("heading", name="Bonjour Suzanne")).to_be_visible()
        expect(page.locator("#strip")).to_contain_text("tout est envoyé")
        browsing.assert_fits(page)
        wait_for_worker(page)

        page.context.set_offline(True)
        page.get_by_role("button", name="Démarrer").click()
        page.wait_for_url(f"**/missions/{first.pk}/releve/")
        expect(page.locator("#strip")).to_contain_text("Hors ligne · 1\N{NO-BREAK SPACE}en attente")
        choose(page, "access", "Oui")
        page.get_by_label("Surface mesurée").fill("47")
        expect_kept(page, "Surface mesurée")
        page.reload()
        expect(page.get_by_label("Surface mesurée")).to_have_value("47")
        expect(page.get_by_role("button", name=re.compile("Terminer · il manque"))).to_be_visible()
        fill_reading(page)
        page.get_by_role("button", name="Terminer le relevé").click()
        page.wait_for_url("**/terrain/")
        assert Reading.objects.count() == 0

        page.goto(f"/terrain/missions/{second.pk}/improductive/")
        page.get_by_text("Accès impossible").click()
        page.get_by_label("Note").fill("Portail fermé, personne")
        page.get_by_role("button", name="Signaler").click()
        page.wait_for_url("**/terrain/")
        expect(page.locator("#strip")).to_contain_text("5\N{NO-BREAK SPACE}en attente")
        page.locator(".sp-bnav").get_by_role("link", name="À envoyer").click()
        expect(page.locator("#outbox li")).to_have_count(5)

        page.context.set_offline(False)
        expect(page.locator("#strip")).to_contain_text("tout est envoyé", timeout=30_000)
        expect(page.get_by_text("Tout est envoyé.")).to_be_visible()

    reading = Reading.objects.get()
    assert (reading.mission, reading.proposed, reading.signer) == (first, "NS", "Gabrielle Poirier")
    assert reading.answers["thickness"] == ["121", "119", "119.5"]
    assert reading.finished_at - reading.started_at < timedelta(minutes=10)
    assert Mission.objects.get(pk=first.pk).status == MissionStatus.TO_REVIEW
    assert {photo.question for photo in Photo.objects.all()} == {"facade", "works"}
    visit = UnproductiveVisit.objects.get()
    assert (visit.mission, visit.reason, visit.note) == (second, "no_access", "Portail fermé, personne")


# A phone that takes its time over each picture.
SLOW_PICTURES = """
const decode = window.createImageBitmap;
window.createImageBitmap = async (...given) => {
  await new Promise((done) => setTimeout(done, 700));
  return decode(...given);
};
"""


def test_what_is_typed_before_the_page_has_its_scripts_is_kept(browser, live_server, morning):
    agent, first, _ = morning
    address = f"/terrain/missions/{first.pk}/releve/"
    # Playwright holds back no file that a service worker gives.
    options = {**browsing.PHONE, "service_workers": "block"}
    with browsing.page_of(browser, live_server, agent.user, **options) as page:
        page.goto(address)
        open_up(page)
        page.get_by_label("Surface mesurée").fill("47")
        page.get_by_label("Nom du signataire").fill("Gabrielle Poirier")
        page.get_by_label("Devis ou contribution").select_option("2")
        expect_kept(page, "Devis ou contribution")
        late, script = [], re.compile(r"/field/reading\b.*js$")
        page.route(script, lambda route: late.append(route))
        with page.expect_request(script):
            page.reload(wait_until="commit")
        page.get_by_label("Surface mesurée").fill("49")
        choose(page, "even", "Oui")
        page.locator("input[name=photo-facade]").set_input_files(photo_file())
        late[0].continue_()
        expect_kept(page, "Surface mesurée")
        expect(page.locator("[data-photo-count]")).to_contain_text("1 sur")
        page.unroute_all()
        page.reload()
        expect(page.get_by_label("Surface mesurée")).to_have_value("49")
        expect(page.get_by_label("Nom du signataire")).to_have_value("Gabrielle Poirier")
        expect(page.get_by_label("Devis ou contribution")).to_have_value("2")
        expect(page.locator("#q-even").get_by_label("Oui")).to_be_checked()
        expect(page.locator("[data-photo-count]")).to_contain_text("1 sur")


def test_going_back_shows_what_was_typed_last(browser, live_server, morning):
    agent, first, _ = morning
    address = f"/terrain/missions/{first.pk}/releve/"
    with browsing.page_of(browser, live_server, agent.user, **browsing.PHONE) as page:
        for area in ("47", "49"):
            page.goto(address)
            open_up(page)
            page.get_by_label("Surface mesurée").fill(area)
            expect_kept(page, "Surface mesurée")
            page.goto("/terrain/")
        page.go_back()
        page.go_back()
        page.go_back()
        expect(page).to_have_url(re.compile(f"{address}$"))
        expect(page.get_by_label("Surface mesurée")).to_have_value("49")


def test_a_photo_still_being_read_when_one_ends_is_not_lost(browser, live_server, morning):
    agent, first, _ = morning
    with browsing.page_of(browser, live_server, agent.user, **browsing.PHONE) as page:
        page.add_init_script(SLOW_PICTURES)
        page.goto(f"/terrain/missions/{first.pk}/releve/")
        fill_reading(page)
        end = page.get_by_role("button", name="Terminer le relevé")
        expect(end).to_be_visible()
        page.locator("input[name=photo-works]").set_input_files(photo_file())
        end.click()
        page.wait_for_url("**/terrain/")
        expect(page.locator("#strip")).to_contain_text("tout est envoyé", timeout=30_000)
    assert sorted(Photo.objects.values_list("question", flat=True)) == ["facade", "works", "works"]


def test_a_session_that_ended_keeps_everything_until_the_next(browser, live_server, morning):
    agent, first, _ = morning
    with browsing.page_of(browser, live_server, agent.user, **browsing.PHONE) as page:
        page.goto(f"/terrain/missions/{first.pk}/releve/")
        fill_reading(page)
        page.context.clear_cookies(name="sessionid")
        page.get_by_role("button", name="Terminer le relevé").click()
        page.wait_for_url("**/compte/**")
        assert Reading.objects.count() == 0
        browsing.sign_in(page.context, agent.user, live_server.url)
        page.goto("/terrain/a-envoyer/")
        expect(page.locator("#strip")).to_contain_text("tout est envoyé", timeout=30_000)
    assert Reading.objects.get().photos.count() == 2


def test_signing_out_asks_about_what_is_not_sent(browser, live_server, morning):
    agent, _, second = morning
    with browsing.page_of(browser, live_server, agent.user, **browsing.PHONE) as page:
        page.goto("/terrain/")
        wait_for_worker(page)
        page.context.set_offline(True)
        page.goto(f"/terrain/missions/{second.pk}/improductive/")
        page.get_by_role("button", name="Signaler").click()
        page.wait_for_url("**/terrain/")
        page.goto("/terrain/a-envoyer/")
        expect(page.locator("#outbox li")).to_have_count(1)
        asked = []
        page.on("dialog", lambda dialog: (asked.append(dialog.message), dialog.dismiss()))
        with page.expect_event("dialog"):
            page.get_by_role("button", name="Se déconnecter").click()
        assert "sera perdu" in asked[0]
        expect(page.locator("#outbox li")).to_have_count(1)


def test_targets_are_large_enough_for_a_thumb(browser, live_server, morning):
    agent, first, _ = morning
    targets = "main a, main button, .sp-bnav a, .sp-segctl label, .sp-in, .sp-strip a"
    small = f"""() => [...document.querySelectorAll('{targets}')]
        .map((node) => [node.getBoundingClientRect().height, node.offsetParent, node.outerHTML.slice(0, 120)])
        .filter(([height, shown]) => shown && height < 47.5).map(([height, , html]) => [height, html])"""
    with browsing.page_of(browser, live_server, agent.user, bypass_csp=True, **browsing.PHONE) as page:
        for path in ("", f"missions/{first.pk}/", f"missions/{first.pk}/releve/", "a-envoyer/"):
            page.goto(f"/terrain/{path}")
            assert page.evaluate(small) == [], path

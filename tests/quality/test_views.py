"""The review's screens: who opens them, what a decision does, fragments equal to their page, few queries."""

import datetime as dt
import re
from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import timezone

from missions.enums import MissionStatus
from missions.models import Mission
from quality.models import Report, Review
from spekty.core.enums import Conclusion
from tests import factories
from tests.quality.test_reviewing import issue, to_review

pytestmark = pytest.mark.django_db


@pytest.fixture
def reviewer():
    return factories.user("qualite", first_name="Hélène", last_name="Marchetti")


@pytest.fixture
def desk(client, reviewer):
    client.force_login(reviewer)
    return client


def decide(desk, mission, **body):
    return desk.post(reverse("quality:decide", args=[mission.pk]), body)


@pytest.mark.parametrize("role", ["siege", "planificateur", "direction", "intervenant", "paie-facturation"])
def test_the_queue_is_for_reviewers(client, role):
    mission = to_review()
    client.force_login(factories.user(role))
    assert client.get(reverse("quality:queue")).status_code == 403
    for name in ("review", "preview"):
        assert client.get(reverse(f"quality:{name}", args=[mission.pk])).status_code == 403
    for name in ("decide", "amend"):
        assert client.post(reverse(f"quality:{name}", args=[mission.pk])).status_code == 403


@pytest.mark.parametrize(
    ("role", "status"),
    [("qualite", 200), ("direction", 200), ("admin", 200), ("siege", 403), ("intervenant", 403)],
)
def test_the_dashboard_is_for_quality_and_direction(client, role, status):
    client.force_login(factories.user(role))
    assert client.get(reverse("quality:dashboard")).status_code == status


def test_the_queue_opens_on_the_oldest(desk):
    to_review()
    oldest = to_review()
    Mission.objects.filter(pk=oldest.pk).update(visited_at=timezone.now() - dt.timedelta(days=9))
    page = desk.get(reverse("quality:queue"))
    assert page.context["mission"] == oldest
    text = page.content.decode()
    assert "19,15" in text
    assert "Conclusion proposée\u00a0: non satisfaisant" in text
    assert "Relecteur différent de l’intervenant" in text


def test_ns_first_and_by_type(desk):
    satisfied = to_review()
    Mission.objects.filter(pk=satisfied.pk).update(
        conclusion=Conclusion.S, visited_at=timezone.now() - dt.timedelta(days=9)
    )
    failed = to_review()
    assert desk.get(reverse("quality:queue")).context["mission"] == satisfied
    assert desk.get(reverse("quality:queue"), {"tri": "ns"}).context["mission"] == failed
    assert not desk.get(reverse("quality:queue"), {"type": "PAC"}).context["queue"].rows


def queue_of(text):
    found = re.search(r'<section class="sp-pane sp-review__list".*?</section>', text, re.S)[0]
    return re.sub(r' aria-current="true"', "", found)


def test_the_fragment_of_the_queue_equals_the_page(desk):
    to_review(), to_review()
    url = reverse("quality:queue") + "?tri=ns"
    fragment = desk.get(url, HTTP_HX_REQUEST="true", HTTP_HX_TARGET="queue").content.decode()
    assert queue_of(fragment) == queue_of(desk.get(url).content.decode())


def test_the_fragment_of_the_dashboard_equals_the_page(desk):
    issue(to_review(), factories.user("qualite"))
    url = reverse("quality:dashboard") + "?mois=6"
    fragment = desk.get(url, HTTP_HX_REQUEST="true", HTTP_HX_TARGET="pilotage").content.decode()
    assert fragment.strip() in desk.get(url).content.decode()


def test_issuing_goes_on_with_the_next(desk, reviewer):
    first, second = to_review(), to_review()
    why = first.readings.get().why
    answer = decide(desk, first, decision="accept", reasons=why, observation="Vu.")
    assert answer.url == reverse("quality:review", args=[second.pk])
    report = Report.objects.get()
    assert (report.mission, report.content["observation"]) == (first, "Vu.")
    assert report.content["reasons"] == why
    assert decide(desk, first, decision="accept").status_code == 422, "a second press changes nothing"
    assert Report.objects.count() == 1


def test_sending_back_needs_words(desk):
    mission = to_review()
    empty = decide(desk, mission, decision="send_back", comment="")
    assert empty.status_code == 422
    assert "ce qui est à compléter" in empty.content.decode()
    decide(desk, mission, decision="send_back", comment="Photo de l’étiquette floue")
    mission.refresh_from_db()
    assert mission.status == MissionStatus.TO_COMPLETE
    assert Review.objects.get().comment == "Photo de l’étiquette floue"


def test_changing_the_conclusion_needs_its_motive(desk):
    mission = to_review()
    assert decide(desk, mission, decision="change", conclusion="S").status_code == 422
    assert decide(desk, mission, decision="change", conclusion="NV", motive="x").status_code == 422
    decide(desk, mission, decision="change", conclusion="S", motive="Surface remesurée sur plan")
    mission.refresh_from_db()
    assert (mission.status, mission.conclusion) == (MissionStatus.REPORTED, "S")


def test_the_inspector_is_refused_in_words(client, reviewer):
    mission = to_review()
    person = mission.agent.user
    person.groups.add(*reviewer.groups.all())
    client.force_login(person)
    page = client.get(reverse("quality:review", args=[mission.pk])).content.decode()
    assert "quelqu’un d’autre doit la relire" in page
    assert "Émettre le rapport" not in page
    direct = client.post(reverse("quality:decide", args=[mission.pk]), {"decision": "accept"})
    assert direct.status_code == 422
    assert not Report.objects.exists()


def test_a_mission_of_the_workbook_can_only_be_sent_back(desk):
    mission = factories.mission(status=MissionStatus.TO_REVIEW, agent=factories.field_agent(), is_legacy=True)
    page = desk.get(reverse("quality:queue")).content.decode()
    assert "reprise du classeur" in page
    assert 'value="accept"' not in page
    decide(desk, mission, decision="send_back", comment="Saisir le relevé")
    mission.refresh_from_db()
    assert mission.status == MissionStatus.TO_COMPLETE


def test_the_effect_on_the_lot_is_said(desk):
    lot = factories.lot(site_pct=Decimal("20"), size=10, filing_on=dt.date(2026, 6, 1))
    for conclusion in ("S", "S", "NS"):
        factories.mission(lot=lot, status=MissionStatus.REPORTED, conclusion=conclusion)
    operation = factories.operation(lot, area_declared=Decimal("56"))
    agent = factories.field_agent()
    mission = factories.mission(operation=operation, agent=agent, status=MissionStatus.CONFIRMED)
    factories.reading(mission)
    effect = desk.get(reverse("quality:review", args=[mission.pk])).context["effect"]
    assert (effect.satisfied, effect.required) == (2, 2)
    assert (str(effect.before), str(effect.after), str(effect.ceiling)) == ("1/3", "1/2", "1/10")


def test_reports_are_served_to_those_who_may_see_the_mission(desk, client, reviewer):
    mission = to_review()
    report = issue(mission, reviewer)
    url = reverse("quality:report", args=[report.pk])
    served = desk.get(url)
    assert (served.status_code, served.content[:5]) == (200, b"%PDF-")
    assert "Version 1" in desk.get(reverse("quality:reports", args=[mission.pk])).content.decode()
    client.force_login(mission.agent.user)
    assert client.get(url).status_code == 200
    client.force_login(factories.field_agent().user)
    assert client.get(url).status_code == 404
    assert client.get(reverse("quality:reports", args=[mission.pk])).status_code == 404


def test_the_preview_keeps_nothing(desk):
    mission = to_review()
    preview = desk.get(reverse("quality:preview", args=[mission.pk]))
    assert preview.content[:5] == b"%PDF-"
    assert not Report.objects.exists()


def test_amending_and_inspecting_again(desk, reviewer):
    mission = to_review()
    issue(mission, reviewer)
    assert desk.post(reverse("quality:amend", args=[mission.pk]), {"reason": ""}).status_code == 422
    desk.post(reverse("quality:amend", args=[mission.pk]), {"reason": "Adresse corrigée"})
    assert Report.objects.filter(mission=mission).count() == 2
    desk.post(reverse("quality:reinspect", args=[mission.pk]))
    again = Mission.objects.get(reinspection_of=mission)
    assert again.status == MissionStatus.TO_PLAN
    page = desk.get(reverse("quality:reports", args=[mission.pk])).content.decode()
    assert again.number in page


def test_indicators_of_a_known_period(desk):
    today = timezone.localdate()
    lot = factories.lot(received_on=today - dt.timedelta(days=20))
    agent = factories.agent()
    for conclusion, days in (("S", 10), ("NS", 10), ("S", 4)):
        factories.mission(
            lot=lot, agent=agent, status=MissionStatus.REPORTED, conclusion=conclusion,
            reported_on=today - dt.timedelta(days=days), due_on=today - dt.timedelta(days=5),
            visited_at=timezone.now() - dt.timedelta(days=12),
        )  # fmt: skip
    tiles = {tile.code: tile for tile in desk.get(reverse("quality:dashboard")).context["tiles"]}
    assert (tiles["delay"].current.part, tiles["delay"].current.whole) == (36, 3)
    assert (tiles["ns"].current.part, tiles["ns"].current.whole) == (1, 3)
    assert (tiles["due"].current.part, tiles["due"].current.whole) == (2, 3)
    assert (tiles["visits"].current.part, tiles["visits"].current.whole) == (3, 1)
    assert tiles["ns"].standing.word == "Hors cible"
    elsewhere = desk.get(reverse("quality:dashboard"), {"zone": "75"}).context["tiles"]
    assert all(tile.current.rate is None for tile in elsewhere)


@pytest.mark.parametrize("query", ["mois=abc", "zone=999", "client=-1", "agent=x", "type=ZZZ", "mois=7"])
def test_nonsense_filters_are_left_out(desk, query):
    assert desk.get(f"{reverse('quality:dashboard')}?{query}").status_code == 200


def test_pages_cost_few_queries(desk, django_assert_max_num_queries):
    for _ in range(5):
        mission = to_review()
    with django_assert_max_num_queries(30):
        desk.get(reverse("quality:review", args=[mission.pk]))
    with django_assert_max_num_queries(22):
        desk.get(reverse("quality:dashboard"))

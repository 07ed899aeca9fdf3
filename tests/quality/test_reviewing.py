"""The second pair of eyes: never the inspector's, one report per mission, frozen, amended by new versions."""

import html
import re
import threading
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal

import pytest
from django.db import DatabaseError, connections, transaction

from field.services import load_definitions
from missions.enums import MissionStatus, NotVerifiableKind
from missions.models import Mission
from quality.models import Report, Review
from quality.services import (
    ConclusionNeedsMotive,
    NothingToReview,
    ReviewerIsInspector,
    accept_and_issue,
    amend_report,
    reviewing,
    send_back,
)
from quality.services.rendering import report_html
from spekty.core.engine import AlreadyDone, NotAllowed, TransitionRefused, WrongState
from spekty.core.enums import Conclusion
from spekty.core.models import Effect, OutboxMessage, StateChange, StoredFile
from tests import factories

THREADS = 8


@pytest.fixture
def reviewer():
    return factories.user("qualite", first_name="Hélène", last_name="Marchetti")


def to_review(**fields):
    operation = factories.operation(area_declared=Decimal("56"))
    agent = factories.field_agent()
    mission = factories.mission(operation=operation, agent=agent, status=MissionStatus.CONFIRMED, **fields)
    factories.reading(mission)
    mission.refresh_from_db()
    return mission


def issue(mission, reviewer, **changes):
    values = {"conclusion": Conclusion.NS, "reasons": mission.readings.get(state="current").why}
    return accept_and_issue(mission_id=mission.pk, reviewer=reviewer, **(values | changes))


def text_of(report):
    """Return the words of the report's page; its PDF is there and is one."""
    with report.file.content.open() as file:
        assert file.read(5) == b"%PDF-"
    return re.sub(r"<style>.*?</style>|<[^>]+>", " ", html.unescape(report_html(report.content)), flags=re.S)


@pytest.mark.django_db
def test_issuing_freezes_the_conclusion_and_stores_a_french_pdf(reviewer):
    mission = to_review()
    report = issue(mission, reviewer, observation="Environ 9 m² non isolés.")
    mission.refresh_from_db()
    assert (mission.status, mission.conclusion) == (MissionStatus.REPORTED, "NS")
    assert (report.number, report.rank, report.replaces) == (mission.number, 1, None)
    assert report.sha256 == report.file.sha256
    assert report.file.store_path == (
        f"clients/{mission.lot.client.code}/{mission.lot.number}/{mission.number}-rapport-v1.pdf"
    )
    assert OutboxMessage.objects.filter(topic="ged.file", aggregate_id=report.file_id).exists()
    review = Review.objects.get()
    assert (review.reviewer, review.decision, report.review) == (reviewer, "accepted", review)
    text = text_of(report)
    for words in (
        "Rapport d’inspection", "Non satisfaisant", "= 19,15", "Environ 9 m² non isolés", "Hélène Marchetti",
        "Suzanne Lemonnier", "Gabrielle", "NF EN ISO/IEC 17020", "Accréditation",
    ):  # fmt: skip
        assert words in text, words


@pytest.mark.django_db
def test_the_inspector_never_reviews(reviewer):
    mission = to_review()
    inspector = mission.agent.user
    inspector.groups.add(*reviewer.groups.all())
    person = type(inspector).objects.get(pk=inspector.pk)
    for act in (
        lambda: issue(mission, person),
        lambda: send_back(mission_id=mission.pk, reviewer=person, comment="Photo floue"),
    ):
        with pytest.raises(ReviewerIsInspector):
            act()
    assert not Review.objects.exists()
    assert not Report.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize("role", ["siege", "planificateur", "direction", "intervenant", "paie-facturation"])
def test_only_reviewers_review(role):
    mission = to_review()
    with pytest.raises(NotAllowed):
        issue(mission, factories.user(role))


@pytest.mark.django_db
def test_pressing_twice_gives_one_report(reviewer):
    mission = to_review()
    issue(mission, reviewer)
    with pytest.raises(AlreadyDone):
        issue(mission, reviewer)
    assert Report.objects.count() == Review.objects.count() == 1
    assert Effect.objects.filter(kind="report", aggregate_id=mission.pk).count() == 1


@pytest.mark.django_db(transaction=True)
def test_eight_reviewers_at_once_give_one_report(monkeypatch):
    load_definitions()
    mission = to_review()
    people = [factories.user("qualite") for _ in range(THREADS)]
    gate = threading.Barrier(THREADS)
    monkeypatch.setattr(reviewing, "render_report", lambda content: b"%PDF-1.7 made")

    def press(person):
        try:
            gate.wait()
            return issue(mission, person).rank
        except TransitionRefused:
            return 0
        finally:
            connections.close_all()

    with ThreadPoolExecutor(THREADS) as pool:
        ranks = list(pool.map(press, people))
    assert sorted(ranks) == [0] * (THREADS - 1) + [1]
    assert Report.objects.count() == Review.objects.count() == 1
    assert StateChange.objects.filter(transition="issue").count() == 1


@pytest.mark.django_db
def test_a_broken_pdf_leaves_nothing_behind(reviewer, monkeypatch):
    mission = to_review()

    def breaks(*_args, **_kwargs):
        raise RuntimeError("no font")

    monkeypatch.setattr(reviewing, "render_report", breaks)
    with pytest.raises(RuntimeError):
        issue(mission, reviewer)
    mission.refresh_from_db()
    assert mission.status == MissionStatus.TO_REVIEW
    assert not Review.objects.exists()


@pytest.mark.django_db
def test_a_mission_that_moved_while_the_pdf_was_made_is_not_issued(reviewer, monkeypatch):
    mission = to_review()
    render = reviewing.render_report

    def meanwhile(content):
        send_back(mission_id=mission.pk, reviewer=factories.user("qualite"), comment="Photo floue")
        return render(content)

    monkeypatch.setattr(reviewing, "render_report", meanwhile)
    with pytest.raises(WrongState):
        issue(mission, reviewer)
    assert not StoredFile.objects.exists()


@pytest.mark.django_db
def test_another_conclusion_than_the_proposed_one_needs_its_motive(reviewer):
    mission = to_review()
    with pytest.raises(ConclusionNeedsMotive):
        issue(mission, reviewer, conclusion=Conclusion.S)
    with pytest.raises(TransitionRefused, match="non visible ou non accessible"):
        issue(mission, reviewer, conclusion=Conclusion.NV, motive="Plancher caché")
    kind = NotVerifiableKind.NOT_ACCESSIBLE
    report = issue(mission, reviewer, conclusion=Conclusion.NV, not_verifiable=kind, motive="Plancher caché")
    mission.refresh_from_db()
    assert (report.conclusion, mission.conclusion, mission.not_verifiable) == ("NV", "NV", "not_accessible")
    assert report.content["proposed"] == "NS"
    assert Review.objects.get().comment == "Plancher caché"


@pytest.mark.django_db
def test_only_the_rules_own_reasons_are_printed(reviewer):
    mission = to_review()
    report = issue(mission, reviewer, reasons=["Une phrase inventée"])
    assert report.content["reasons"] == []


@pytest.mark.django_db
def test_sent_back_then_completed_then_issued(reviewer):
    mission = to_review()
    with pytest.raises(TransitionRefused):
        send_back(mission_id=mission.pk, reviewer=reviewer, comment="  ")
    send_back(mission_id=mission.pk, reviewer=reviewer, comment="Photo de l’étiquette floue")
    with pytest.raises(WrongState):
        issue(mission, reviewer)
    factories.reading(mission, by=mission.agent, answers={**factories.ISO_ANSWERS, "area_measured": "56"})
    mission.refresh_from_db()
    assert (mission.status, mission.conclusion) == (MissionStatus.TO_REVIEW, "S")
    report = issue(mission, reviewer, conclusion=Conclusion.S)
    assert report.conclusion == "S"
    assert list(Review.objects.order_by("id").values_list("decision", flat=True)) == ["sent_back", "accepted"]


@pytest.mark.django_db
def test_an_amended_report_is_a_new_version_and_the_first_stays(reviewer):
    mission = to_review()
    with pytest.raises(NothingToReview):
        amend_report(mission_id=mission.pk, reviewer=reviewer, reason="Adresse")
    first = issue(mission, reviewer)
    second = amend_report(mission_id=mission.pk, reviewer=reviewer, reason="Adresse corrigée")
    assert (second.rank, second.replaces, second.conclusion) == (2, first, first.conclusion)
    assert "il remplace" in text_of(second)
    assert second.file != first.file
    with pytest.raises(DatabaseError), transaction.atomic():
        Report.objects.filter(pk=first.pk).update(conclusion="S")
    with pytest.raises(ReviewerIsInspector):
        person = mission.agent.user
        person.groups.add(*reviewer.groups.all())
        amend_report(
            mission_id=mission.pk, reviewer=type(person).objects.get(pk=person.pk), reason="Moi-même"
        )


@pytest.mark.django_db
def test_a_mission_without_reading_is_not_issued(reviewer):
    mission = factories.mission(status=MissionStatus.TO_REVIEW, agent=factories.agent())
    with pytest.raises(NothingToReview):
        accept_and_issue(mission_id=mission.pk, reviewer=reviewer, conclusion=Conclusion.S)
    assert Mission.objects.get(pk=mission.pk).status == MissionStatus.TO_REVIEW


@pytest.mark.django_db
def test_a_mission_of_the_workbook_is_sent_back_to_get_its_reading(reviewer):
    mission = factories.mission(
        status=MissionStatus.TO_REVIEW, agent=factories.field_agent(), conclusion="S", is_legacy=True
    )
    send_back(mission_id=mission.pk, reviewer=reviewer, comment="Saisir le relevé")
    factories.reading(mission, by=mission.agent)
    assert issue(mission, reviewer, conclusion=Conclusion.S).conclusion == "S"

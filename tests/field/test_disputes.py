"""Two readings for one visit: one counts, the other is set aside, nothing is lost."""

import threading
import uuid
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connections
from django.utils import timezone

from field.models import Photo, Reading
from field.rules.comparison import Row
from field.rules.disputes import side_by_side, taking_refusal
from field.selectors import photos_of
from field.services import add_photo, disputes, load_definitions, set_reading_aside, take_reading
from missions.enums import MissionStatus
from missions.models import Mission
from missions.services import (
    assign_mission,
    cancel_mission,
    issue_mission,
    reopen_mission,
    send_back_mission,
)
from spekty.accounts.enums import Role
from spekty.core.engine import AlreadyDone, TransitionRefused, WrongState
from spekty.core.enums import Conclusion
from spekty.core.models import OutboxMessage
from tests import factories

QUALITY = factories.actor(Role.QUALITY)
OFFICE = factories.actor(Role.HEAD_OFFICE)
SOUND = {**factories.ISO_ANSWERS, "area_measured": "56"}


@pytest.mark.parametrize("status", MissionStatus.values)
def test_every_state_takes_another_reading_or_says_what_to_do(status):
    takes = {"to_contact", "fixed", "confirmed", "in_progress", "received", "to_review", "to_complete"}
    assert (taking_refusal(status) == "") == (status in takes)


def test_two_readings_side_by_side():
    before = [Row("Surface", "", "46 m²", "", ""), Row("Pose", "", "Oui", "", "")]
    after = [Row("Surface", "", "44 m²", "", ""), Row("Trappe", "", "Oui", "", "")]
    lines = list(side_by_side(before, after))
    assert [(line.label, line.in_force, line.other, line.differs) for line in lines] == [
        ("Surface", "46 m²", "44 m²", True),
        ("Pose", "Oui", "—", True),
        ("Trappe", "—", "Oui", True),
    ]
    assert not any(line.differs for line in side_by_side(before, before))


@pytest.fixture
def twice():
    """A mission under review, NS by its agent's reading; a colleague's own came after, S."""
    mission = factories.mission(agent=factories.field_agent(), status=MissionStatus.CONFIRMED)
    first = factories.reading(mission)
    late = factories.reading(mission, by=factories.field_agent(), answers=SOUND)
    assert (first.state, late.state) == ("current", "disputed")
    return Mission.objects.get(pk=mission.pk), first, late


def photo(reading):
    return add_photo(
        key=uuid.uuid4(), reading=reading, content=factories.jpeg(), by=OFFICE, question="facade"
    )[0]


@pytest.mark.django_db
def test_the_one_in_force_stays_when_the_other_is_set_aside(twice):
    mission, first, late = twice
    kept, left = photo(first), photo(late)
    set_reading_aside(reading_id=late.pk, by=QUALITY, reason="Visite doublée")
    first.refresh_from_db()
    late.refresh_from_db()
    assert (first.state, late.state, late.settled_reason) == ("current", "set_aside", "Visite doublée")
    after = Mission.objects.get(pk=mission.pk)
    assert (after.version, after.agent_id, after.conclusion) == (
        mission.version, mission.agent_id, mission.conclusion,
    )  # fmt: skip
    assert list(photos_of(mission)) == [kept]
    assert Photo.objects.filter(pk=left.pk).exists()


@pytest.mark.django_db
def test_the_other_counts_and_the_mission_takes_its_facts(twice):
    mission, first, late = twice
    photo(first)
    kept = photo(late)
    OutboxMessage.objects.all().delete()
    take_reading(reading_id=late.pk, by=QUALITY, reason="Le premier était chez le voisin")
    states = dict(Reading.objects.values_list("pk", "state"))
    assert states == {first.pk: "set_aside", late.pk: "current"}
    after = Mission.objects.get(pk=mission.pk)
    assert (after.status, after.agent_id) == (MissionStatus.TO_REVIEW, late.agent_id)
    assert (after.conclusion, after.area_measured) == (late.proposed, late.area_measured)
    assert after.visited_at == late.started_at
    assert after.version == mission.version + 1
    assert list(photos_of(mission)) == [kept]
    assert OutboxMessage.objects.filter(topic="search.mission", aggregate_id=mission.pk).exists()


@pytest.mark.django_db
def test_a_reading_asked_to_be_completed_gives_way_to_the_other(twice):
    mission, first, late = twice
    send_back_mission(mission_id=mission.pk, by=QUALITY, reason="Photo floue")
    take_reading(reading_id=late.pk, by=QUALITY, reason="La seconde visite est complète")
    first.refresh_from_db()
    after = Mission.objects.get(pk=mission.pk)
    assert (after.status, after.agent_id, first.state) == ("to_review", late.agent_id, "set_aside")


@pytest.mark.django_db
def test_a_visit_made_despite_the_cancellation_counts_once_the_mission_is_open_again():
    agent = factories.field_agent()
    mission = factories.mission(agent=agent, status=MissionStatus.CONFIRMED)
    cancel_mission(mission_id=mission.pk, by=OFFICE, reason="Doublon")
    late = factories.reading(mission, by=agent)
    with pytest.raises(WrongState, match="rouvrez-la"):
        take_reading(reading_id=late.pk, by=QUALITY, reason="La visite a eu lieu")
    reopen_mission(mission_id=mission.pk, by=OFFICE)
    with pytest.raises(WrongState, match="affectez-la"):
        take_reading(reading_id=late.pk, by=QUALITY, reason="La visite a eu lieu")
    assign_mission(mission_id=mission.pk, agent=agent, day=timezone.localdate(), by=OFFICE)
    take_reading(reading_id=late.pk, by=QUALITY, reason="La visite a eu lieu")
    mission.refresh_from_db()
    late.refresh_from_db()
    assert (mission.status, mission.conclusion, late.state) == ("to_review", late.proposed, "current")


@pytest.mark.django_db
def test_an_issued_report_stands(twice):
    mission, first, late = twice
    issue_mission(mission_id=mission.pk, by=QUALITY, on=mission.visited_at.date(), conclusion=Conclusion.NS)
    with pytest.raises(WrongState, match="fait foi"):
        take_reading(reading_id=late.pk, by=QUALITY, reason="Plus récent")
    first.refresh_from_db()
    assert first.state == "current"
    set_reading_aside(reading_id=late.pk, by=QUALITY, reason="Rapport émis")


@pytest.mark.django_db
@pytest.mark.parametrize("settle", [take_reading, set_reading_aside])
def test_a_decision_says_why_and_is_taken_once(twice, settle):
    _, first, late = twice
    with pytest.raises(TransitionRefused, match="Dites pourquoi"):
        settle(reading_id=late.pk, by=QUALITY, reason=" ")
    first.refresh_from_db()
    assert first.state == "current"
    settle(reading_id=late.pk, by=QUALITY, reason="Doublon")
    for again in (take_reading, set_reading_aside):
        with pytest.raises(AlreadyDone):
            again(reading_id=late.pk, by=QUALITY, reason="Doublon")


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("locked", [True, False], ids=["locked", "negative control"])
def test_one_of_two_reviewers_decides(monkeypatch, locked):
    load_definitions()
    mission = factories.mission(agent=factories.field_agent(), status=MissionStatus.CONFIRMED)
    factories.reading(mission)
    late = factories.reading(mission, by=factories.field_agent(), answers=SOUND)
    gate = threading.Barrier(2)
    if not locked:
        monkeypatch.setattr(disputes, "lock_row", lambda model, pk: model.objects.get(pk=pk))
        read = disputes._locked

        def read_together(pk):
            found = read(pk)
            gate.wait(10)
            return found

        monkeypatch.setattr(disputes, "_locked", read_together)

    def decide(settle):
        try:
            if locked:
                gate.wait(10)
            settle(reading_id=late.pk, by=QUALITY, reason="Doublon")
        except AlreadyDone:
            return 0
        else:
            return 1
        finally:
            connections.close_all()

    with ThreadPoolExecutor(2) as pool:
        won = sum(pool.map(decide, (set_reading_aside, set_reading_aside)))
    assert won == (1 if locked else 2)

"""Gestures of the board: placed, moved, removed, refused, in conflict, undone; a draft is told to nobody."""

import datetime as dt

import pytest

from missions.enums import MissionStatus
from missions.services import MissionNotAssignable
from planning.enums import Provenance, TourStatus
from planning.models import BoardMove, Stop, Tour
from planning.services import (
    BoardConflict,
    NothingToUndo,
    PlacementRefused,
    ReasonNeeded,
    move_stop,
    place_stop,
    publish_tours,
    remove_stop,
    set_day_lock,
    set_stop_lock,
    set_tour_lock,
    undo_move,
)
from spekty.accounts.enums import Contract, LinkKind
from spekty.accounts.models import Absence, DeclaredLink
from spekty.core.models import OutboxMessage
from tests import factories
from tests.planning import board

pytestmark = pytest.mark.django_db
DAY = board.DAY


@pytest.fixture
def by():
    return board.by_planner()


@pytest.fixture
def agent():
    return board.agents(1)[0]


@pytest.fixture
def key(agent):
    return agent.pk, DAY


def test_a_mission_is_placed_at_its_rank_with_its_hours(agent, key, by):
    first, second, third = board.missions(3)
    for mission in (first, third):
        place_stop(mission_id=mission.pk, target=key, position=9, by=by)
    move = place_stop(mission_id=second.pk, target=key, position=2, by=by)
    assert board.order(key) == [first.pk, second.pk, third.pk]
    assert move.label == f"{second.number} affectée chez {agent.short_name}, passage 2"
    stops = list(Stop.objects.order_by("position"))
    assert all(a.leaves_at < b.arrives_at for a, b in zip(stops, stops[1:], strict=False))
    assert all((s.leaves_at - s.arrives_at) == dt.timedelta(minutes=45) for s in stops)
    tour = Tour.objects.get()
    assert tour.km > 0 and tour.starts_at < stops[0].arrives_at and stops[-1].leaves_at < tour.ends_at
    assert stops[1].provenance == Provenance.HAND


def test_without_a_rank_the_cheapest_place_is_taken(key, by):
    near, middle, far = board.missions(3)
    place_stop(mission_id=near.pk, target=key, by=by)
    place_stop(mission_id=far.pk, target=key, by=by)
    alone = Tour.objects.get().km
    place_stop(mission_id=middle.pk, target=key, by=by)
    assert Tour.objects.get().km == alone, "it lies on the way"


def test_a_draft_gives_the_mission_to_nobody_until_it_is_published(agent, key, by):
    mission = board.mission()
    place_stop(mission_id=mission.pk, target=key, by=by)
    mission.refresh_from_db()
    assert mission.agent is None and mission.status == MissionStatus.TO_PLAN
    published = publish_tours(keys=[key], by=by)
    mission.refresh_from_db()
    assert mission.agent == agent and mission.status == MissionStatus.TO_CONTACT
    assert [tour.pk for tour in published.tours] == [Tour.objects.get().pk]
    assert Tour.objects.get().published[0]["mission"] == mission.pk
    mail = OutboxMessage.objects.get(topic="mail.send")
    assert mail.payload["to"] == [agent.email] and mission.number in mail.payload["text"]


def test_the_snapshot_stays_while_the_draft_changes(key, by):
    first, second = board.missions(2)
    place_stop(mission_id=first.pk, target=key, by=by)
    publish_tours(keys=[key], by=by)
    told = Tour.objects.get().published
    place_stop(mission_id=second.pk, target=key, by=by)
    tour = Tour.objects.get()
    assert tour.status == TourStatus.DRAFT and tour.published == told
    publish_tours(keys=[key], by=by)
    tour.refresh_from_db()
    assert tour.status == TourStatus.PUBLISHED
    assert [stop["mission"] for stop in tour.published] == board.order(key)


def test_a_mission_that_changes_hands_is_published_on_both_sides(by):
    giver, taker = board.agents(2)
    mission = board.mission()
    place_stop(mission_id=mission.pk, target=(giver.pk, DAY), by=by)
    publish_tours(keys=[(giver.pk, DAY)], by=by)
    move_stop(mission_id=mission.pk, source=(giver.pk, DAY), target=(taker.pk, DAY), by=by)
    published = publish_tours(keys=[(giver.pk, DAY)], by=by)
    assert {tour.agent_id for tour in published.tours} == {giver.pk, taker.pk}
    mission.refresh_from_db()
    assert mission.agent == taker
    assert Tour.objects.get(agent=giver).published == []


def test_a_mission_taken_off_goes_back_when_published(key, by):
    mission = board.mission()
    place_stop(mission_id=mission.pk, target=key, by=by)
    publish_tours(keys=[key], by=by)
    remove_stop(mission_id=mission.pk, source=key, by=by)
    assert board.status_of(mission) == MissionStatus.TO_CONTACT
    publish_tours(keys=[key], by=by)
    assert board.status_of(mission) == MissionStatus.TO_PLAN


def test_a_stale_screen_is_refused_and_nothing_is_overwritten(agent, key, by):
    first, second = board.missions(2)
    place_stop(mission_id=first.pk, target=key, by=by, seen={key: 0})
    with pytest.raises(BoardConflict, match=rf"Nadia.*{first.number} affectée"):
        place_stop(mission_id=second.pk, target=key, by=board.by_planner(), seen={key: 0})
    assert board.order(key) == [first.pk]
    assert BoardMove.objects.count() == 1


def test_a_mission_that_somebody_placed_is_not_moved_by_a_screen_that_shows_it_free(by):
    one, other = board.agents(2)
    mission = board.mission()
    place_stop(mission_id=mission.pk, target=(one.pk, DAY), by=by)
    with pytest.raises(BoardConflict, match="déjà sur la tournée"):
        place_stop(mission_id=mission.pk, target=(other.pk, DAY), by=board.by_planner())
    assert board.order((one.pk, DAY)) == [mission.pk]


def test_what_nobody_may_set_aside_is_refused_even_with_a_reason(agent, key, by):
    mission = board.mission(family="GLO")
    agent.authorisations.filter(family="GLO").update(valid_to=DAY - dt.timedelta(1))
    with pytest.raises(MissionNotAssignable, match="GLO expirée le 03/02/2026"):
        place_stop(mission_id=mission.pk, target=key, by=by, reason="urgent")
    assert not Stop.objects.exists()


def test_a_declared_link_is_refused(agent, key, by):
    mission = board.mission()
    DeclaredLink.objects.create(
        agent=agent,
        kind=LinkKind.CLIENT,
        name=mission.lot.client.name,
        reason="conjoint",
        valid_from=dt.date(2020, 1, 1),
    )
    with pytest.raises(MissionNotAssignable, match="Lien déclaré"):
        place_stop(mission_id=mission.pk, target=key, by=by, reason="urgent")


def test_an_absence_is_refused(agent, key, by):
    Absence.objects.create(agent=agent, first_day=DAY, last_day=DAY, reason="Congé")
    with pytest.raises(PlacementRefused, match="congé"):
        place_stop(mission_id=board.mission().pk, target=key, by=by, reason="urgent")


def test_other_rules_ask_a_reason_that_is_kept(agent, key, by):
    agent.max_stops = 1
    agent.save()
    first, second = board.missions(2)
    place_stop(mission_id=first.pk, target=key, by=by)
    with pytest.raises(ReasonNeeded, match="pour 1 au plus"):
        place_stop(mission_id=second.pk, target=key, by=by)
    place_stop(mission_id=second.pk, target=key, by=by, reason="Le même jardin")
    assert Stop.objects.get(mission=second).reason == "Le même jardin"


def test_an_appointment_is_kept_at_its_hour_and_its_day(agent, key, by):
    agreed = board.fixed(agent, 14, by)
    place_stop(mission_id=agreed.pk, target=key, by=by)
    stop = Stop.objects.get()
    assert stop.arrives_at == agreed.appointment_at
    with pytest.raises(PlacementRefused, match="rendez-vous"):
        move_stop(
            mission_id=agreed.pk,
            source=key,
            target=(agent.pk, DAY + dt.timedelta(1)),
            by=by,
            reason="urgent",
        )


def test_two_appointments_at_the_same_hour_never_share_an_agent(by):
    one, other = board.agents(2)
    first, second = board.fixed(one, 9, by), board.fixed(other, 9, by, step=1)
    place_stop(mission_id=first.pk, target=(one.pk, DAY), by=by)
    with pytest.raises(PlacementRefused, match="se chevauchent"):
        place_stop(mission_id=second.pk, target=(one.pk, DAY), by=by, reason="urgent")


def test_non_salaried_agents_stay_under_their_share(by):
    freelance = factories.agent(contract=Contract.FREELANCE)
    first, *_ = board.missions(3)
    with pytest.raises(PlacementRefused, match="non-salariés"):
        place_stop(mission_id=first.pk, target=(freelance.pk, DAY), by=by, reason="urgent")
    board.missions(1)
    place_stop(mission_id=first.pk, target=(freelance.pk, DAY), by=by)


def test_locks_hold(agent, key, by):
    first, second = board.missions(2)
    place_stop(mission_id=first.pk, target=key, by=by)
    set_stop_lock(mission_id=first.pk, key=key, is_locked=True, by=by)
    with pytest.raises(PlacementRefused, match="verrouillée à sa place"):
        remove_stop(mission_id=first.pk, source=key, by=by)
    set_tour_lock(key=key, is_locked=True, by=by)
    with pytest.raises(PlacementRefused, match="est verrouillée"):
        place_stop(mission_id=second.pk, target=key, by=by)
    set_tour_lock(key=key, is_locked=False, by=by)
    set_day_lock(day=DAY, is_locked=True, by=by)
    with pytest.raises(PlacementRefused, match="04/02/2026 est verrouillé"):
        place_stop(mission_id=second.pk, target=key, by=by)
    undo_move(by=by)
    place_stop(mission_id=second.pk, target=key, by=by)


def state():
    fields = ("tour__agent", "tour__day", "mission", "position", "is_locked", "provenance", "reason")
    stops = Stop.objects.order_by("tour", "position").values_list(*fields, "arrives_at", "leaves_at")
    tours = Tour.objects.order_by("pk").values_list("pk", "is_locked", "km", "starts_at", "ends_at", "status")
    return list(stops), list(tours)


def test_twenty_gestures_are_undone_one_by_one(by):
    one, other = board.agents(2)
    keys = (one.pk, DAY), (other.pk, DAY)
    kept = board.missions(4)
    for mission, key in zip(kept, keys * 2, strict=True):
        place_stop(mission_id=mission.pk, target=key, by=board.by_planner())
    publish_tours(keys=keys, by=by)
    states = []
    for step in range(20):
        states.append(state())
        mission = kept[step % 4]
        here = next(key for key in keys if mission.pk in board.order(key))
        if step % 5 == 4:
            is_locked = Stop.objects.get(mission=mission).is_locked
            set_stop_lock(mission_id=mission.pk, key=here, is_locked=not is_locked, by=by)
            set_back = kept.pop(step % 4)
            kept.insert(0, set_back)
            continue
        if Stop.objects.get(mission=mission).is_locked:
            set_tour_lock(key=here, is_locked=not Tour.objects.get(agent=here[0]).is_locked, by=by)
            continue
        if any(Tour.objects.filter(is_locked=True)):
            locked = Tour.objects.filter(is_locked=True).first()
            set_tour_lock(key=(locked.agent_id, DAY), is_locked=False, by=by)
            continue
        there = keys[(keys.index(here) + 1) % 2]
        move_stop(mission_id=mission.pk, source=here, target=there, position=1, by=by, reason="essai")
    for before in reversed(states):
        undo_move(by=by)
        assert state() == before
    with pytest.raises(NothingToUndo):
        undo_move(by=by)


def test_only_the_last_twenty_gestures_can_be_undone(key, by):
    mission = board.mission()
    place_stop(mission_id=mission.pk, target=key, by=by)
    for step in range(20):
        set_tour_lock(key=key, is_locked=step % 2 == 0, by=by)
    for _ in range(20):
        undo_move(by=by)
    with pytest.raises(NothingToUndo):
        undo_move(by=by)
    assert board.order(key) == [mission.pk]


def test_nobody_undoes_over_somebody_elses_gesture(key, by):
    first, second = board.missions(2)
    place_stop(mission_id=first.pk, target=key, by=by)
    place_stop(mission_id=second.pk, target=key, by=board.by_planner())
    with pytest.raises(BoardConflict):
        undo_move(by=by)
    assert set(board.order(key)) == {first.pk, second.pk}

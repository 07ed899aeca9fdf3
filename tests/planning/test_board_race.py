"""Eight planners on the same tour at once: nothing overlaps, nothing is lost, and nobody is overwritten."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connections, transaction

from planning.models import BoardMove, Stop, Tour
from planning.services import BoardConflict, move_stop, place_stop
from tests.planning import board

pytestmark = [pytest.mark.django_db(transaction=True)]
PLANNERS = 8


@pytest.fixture(autouse=True)
def parameters():
    board.load_parameters()


def together(work, count=PLANNERS):
    """Run `work(number)` in threads that begin at the same moment; return results and exceptions."""
    start = threading.Barrier(count)

    def one(number):
        try:
            start.wait()
            return work(number)
        except Exception as error:  # noqa: BLE001
            return error
        finally:
            connections.close_all()

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(one, range(count)))


def no_overlap():
    stops = list(Stop.objects.order_by("tour", "position"))
    return all(
        a.tour_id != b.tour_id or a.leaves_at <= b.arrives_at for a, b in zip(stops, stops[1:], strict=False)
    )


def test_with_the_same_screen_one_wins_and_seven_are_told(settings):
    agent = board.agents(1)[0]
    key = agent.pk, board.DAY
    missions, actors = board.missions(PLANNERS), [board.by_planner() for _ in range(PLANNERS)]
    results = together(
        lambda n: place_stop(mission_id=missions[n].pk, target=key, seen={key: 0}, by=actors[n])
    )
    won = [r for r in results if isinstance(r, BoardMove)]
    assert len(won) == 1 and sum(isinstance(r, BoardConflict) for r in results) == PLANNERS - 1
    assert len(board.order(key)) == 1


def test_those_who_look_again_all_get_their_place():
    agent = board.agents(1)[0]
    key = agent.pk, board.DAY
    missions, actors = board.missions(PLANNERS), [board.by_planner() for _ in range(PLANNERS)]

    def insist(number):
        while True:
            seen = {key: Tour.objects.filter(agent=agent).values_list("version", flat=True).first() or 0}
            try:
                return place_stop(mission_id=missions[number].pk, target=key, seen=seen, by=actors[number])
            except BoardConflict:
                continue

    results = together(insist)
    assert [type(result) for result in results] == [BoardMove] * PLANNERS
    assert set(board.order(key)) == {mission.pk for mission in missions}
    assert no_overlap()


def test_crossed_moves_between_two_tours_never_wait_for_one_another():
    one, other = board.agents(2)
    keys = (one.pk, board.DAY), (other.pk, board.DAY)
    missions, actors = board.missions(PLANNERS), [board.by_planner() for _ in range(PLANNERS)]
    for number, mission in enumerate(missions):
        place_stop(mission_id=mission.pk, target=keys[number % 2], by=actors[0])
    results = together(
        lambda n: move_stop(
            mission_id=missions[n].pk, source=keys[n % 2], target=keys[(n + 1) % 2], by=actors[n]
        )
    )
    assert [type(result) for result in results] == [BoardMove] * PLANNERS
    for number, mission in enumerate(missions):
        assert mission.pk in board.order(keys[(number + 1) % 2])
    assert no_overlap()


def test_control_without_the_lock_gestures_are_lost(monkeypatch):
    """The negative control: with tours read but not locked, the same race breaks what the lock keeps."""
    from planning.services import moves

    agent = board.agents(1)[0]
    key = agent.pk, board.DAY
    missions, actors = board.missions(PLANNERS), [board.by_planner() for _ in range(PLANNERS)]
    everybody_read = threading.Barrier(PLANNERS)
    Tour.objects.create(agent=agent, day=board.DAY)
    read = moves.read_sheets

    def unlocked(keys):
        return {key: Tour.objects.select_related("agent").get(agent=agent, day=board.DAY)}

    def all_read_first(tours):
        sheets = read(tours)
        everybody_read.wait(timeout=20)
        return sheets

    monkeypatch.setattr(moves, "lock_tours", unlocked)
    monkeypatch.setattr(moves, "read_sheets", all_read_first)

    def careless(number):
        with transaction.atomic():
            return place_stop(mission_id=missions[number].pk, target=key, by=actors[number], seen={key: 0})

    results = together(careless)
    placed = Stop.objects.filter(tour__agent=agent).count()
    assert placed < PLANNERS, "the database refuses two stops of the same rank: the gestures are lost"
    assert any(isinstance(result, Exception) for result in results)

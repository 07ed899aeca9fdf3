"""Worked examples of the forecast, and the week's page."""

import datetime as dt

import pytest

from planning.rules.forecast import WEEK, forecast, mean_error, seasonal_mean
from planning.selectors.week import week_board
from planning.services import place_stop
from planning.services.smoothing import smoothing
from spekty.accounts.models import Absence
from tests.planning import board

MONDAY = dt.date(2026, 2, 2)


def back(weeks):
    return MONDAY - weeks * WEEK


def test_the_same_weeks_of_the_years_before():
    history = {back(53): 100, back(52): 200, back(51): 300, back(104): 600, back(1): 9_000}
    assert seasonal_mean(history, MONDAY) == 300


def test_without_last_year_the_eight_weeks_before():
    history = {back(n): 100 * n for n in range(1, 12)}
    assert seasonal_mean(history, MONDAY) == 450
    assert seasonal_mean({}, MONDAY) is None


def test_the_error_is_that_of_the_last_eight_weeks():
    history = {back(n): 1_000 for n in range(1, 20)}
    assert mean_error(history, MONDAY) == 0
    assert mean_error(history | {back(1): 1_800}, MONDAY) == 100


def test_lots_for_three_weeks_then_the_larger_of_lots_and_season():
    history = {back(n): 1_000 for n in range(1, 20)} | {back(1): 1_800}
    found = forecast([50, 60, 70, 80, 5_000], history, MONDAY)
    assert [week.minutes for week in found[:3]] == [50, 60, 70]
    assert not any(week.is_seasonal for week in found[:3])
    assert found[3].is_seasonal and found[3].minutes == 1_100
    assert (found[3].low, found[3].high) == (1_000, 1_200)
    assert found[4].minutes == 5_000 and not found[4].is_seasonal


@pytest.mark.django_db
def test_the_week_counts_visits_absences_and_what_is_to_assign():
    by = board.by_planner()
    one, away = board.agents(2)
    Absence.objects.create(agent=away, first_day=MONDAY, last_day=board.DAY, reason="Congé")
    for mission in board.missions(3):
        place_stop(mission_id=mission.pk, target=(one.pk, board.DAY), by=by)
    board.mission(due_on=MONDAY + dt.timedelta(8))
    board.mission(due_on=MONDAY - dt.timedelta(8))
    week = week_board(MONDAY)
    mine, other = week.rows
    assert [cell.visits for cell in mine.cells] == [0, 0, 3, 0, 0]
    assert [cell.tone for cell in other.cells] == ["off", "off", "off", "free", "free"]
    assert (mine.available, other.available, week.capacity) == (2_100, 840, 2_940)
    assert week.zones[0].code == "33" and week.zones[0].weeks == [1, 1, 0, 0]
    assert week.zones[0].load > 3 * 45 and week.zones[0].tone == "ok"
    assert week.drafts == [board.DAY] and week.waiting == 2
    assert len(week.forecast) == 8


@pytest.mark.django_db
def test_the_page_and_its_smoothing(client, django_assert_max_num_queries):
    client.force_login(board.planner())
    one, other = board.agents(2)
    soon = dt.date.today() + dt.timedelta(7)
    soon += dt.timedelta((7 - soon.weekday()) % 7)
    by = board.by_planner()
    missions = board.missions(6)
    other.lat, other.lon = missions[5].operation.lat, missions[5].operation.lon
    other.save()
    for mission in missions:
        place_stop(mission_id=mission.pk, target=(one.pk, soon), position=9, by=by)
    path = f"/planning/semaine/{soon}/"
    client.get(path)
    with django_assert_max_num_queries(20):
        page = client.get(path).content.decode()
    assert "Semaine" in page and "6 visites" in page.replace("\xa0", " ")
    moves = smoothing(soon)
    assert moves and moves[0].after < moves[0].before
    fragment = client.get(f"{path}lissage/", headers={"HX-Request": "true"}).content.decode()
    assert moves[0].number in fragment
    data = {
        "mission": moves[0].mission,
        "source": moves[0].source,
        "target": moves[0].target,
        "seen": moves[0].seen,
    }
    assert client.post("/planning/deplacer/", data).status_code == 302
    assert board.order((other.pk, soon)) or moves[0].target.startswith(f"{one.pk}:")

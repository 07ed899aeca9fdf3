"""A run proposes and moves nothing; all, part or none enters the draft, as one gesture to undo."""

import datetime as dt

import pytest
from django.utils import timezone

from planning.enums import Provenance, RunStatus, TourStatus
from planning.models import BoardMove, PlanRun, Stop, Tour
from planning.services import BoardConflict, place_stop, set_stop_lock, undo_move
from planning.services.applying import apply_run
from planning.services.people import add_absence
from planning.services.runs import (
    TASK,
    Freedom,
    RunRefused,
    Scope,
    ask_run,
    carry_out,
    is_lost,
    take_queued,
)
from spekty.accounts.models import Absence
from spekty.core import presence
from tests.planning import board

pytestmark = pytest.mark.django_db


@pytest.fixture
def by():
    return board.by_planner()


@pytest.fixture
def day():
    soon = timezone.localdate() + dt.timedelta(3)
    while soon.weekday() > 4:
        soon += dt.timedelta(1)
    return soon


def run(by, day, **scope):
    asked = ask_run(scope=Scope(day, day, **scope), by=by)
    taken = take_queued()
    assert taken is not None and taken.pk == asked.pk
    done = carry_out(taken, seconds=0.1)
    assert done.status == RunStatus.READY, done.error
    return done


def test_missions_to_assign_are_placed_and_accepted_as_a_whole(by, day):
    agents, missions = board.agents(2), board.missions(6)
    proposal = run(by, day)
    assert Stop.objects.count() == 0, "nothing moves before it is accepted"
    assert {move["mission"] for move in proposal.result["moves"]} == {m.pk for m in missions}
    assert proposal.result["after"]["visits"] == 6 and proposal.result["before"]["visits"] == 0
    made = apply_run(run_id=proposal.pk, by=by)
    assert Stop.objects.count() == 6
    assert set(Stop.objects.values_list("provenance", flat=True)) == {Provenance.ENGINE}
    assert set(Tour.objects.values_list("status", flat=True)) == {TourStatus.DRAFT}
    orders = {
        f"{a.pk}:{day}": board.order((a.pk, day)) for a in agents if Tour.objects.filter(agent=a).exists()
    }
    assert orders == proposal.result["orders"]
    assert "6 changements" in made.label
    undo_move(by=by)
    assert Stop.objects.count() == 0


def test_a_part_is_accepted(by, day):
    board.agents(1)
    missions = board.missions(4)
    proposal = run(by, day)
    apply_run(run_id=proposal.pk, by=by, chosen=[f"m{missions[1].pk}"])
    assert list(Stop.objects.values_list("mission_id", flat=True)) == [missions[1].pk]
    proposal.refresh_from_db()
    assert proposal.status == RunStatus.APPLIED and proposal.result["taken"] == [f"m{missions[1].pk}"]


def test_none_is_accepted(by, day):
    board.agents(1)
    board.missions(2)
    proposal = run(by, day)
    assert apply_run(run_id=proposal.pk, by=by, chosen=[]) is None
    assert not Stop.objects.exists() and not BoardMove.objects.exists()
    with pytest.raises(RunRefused):
        apply_run(run_id=proposal.pk, by=by)


def test_a_tour_that_changed_since_the_run_is_a_conflict(by, day):
    agent = board.agents(1)[0]
    missions = board.missions(3)
    proposal = run(by, day)
    place_stop(mission_id=missions[0].pk, target=(agent.pk, day), by=board.by_planner())
    with pytest.raises(BoardConflict):
        apply_run(run_id=proposal.pk, by=by)
    assert board.order((agent.pk, day)) == [missions[0].pk]


def test_order_only_changes_neither_agent_nor_day_and_locks_hold(by, day):
    one, other = board.agents(2)
    missions = board.missions(4)
    for position, number in enumerate((2, 0, 3, 1), 1):
        place_stop(mission_id=missions[number].pk, target=(one.pk, day), position=position, by=by)
    set_stop_lock(mission_id=missions[0].pk, key=(one.pk, day), is_locked=True, by=by)
    proposal = run(by, day, freedom=Freedom.ORDER)
    apply_run(run_id=proposal.pk, by=by) if proposal.result["moves"] else None
    assert set(board.order((one.pk, day))) == {m.pk for m in missions}
    assert proposal.result["after"]["metres"] <= proposal.result["before"]["metres"]
    assert Stop.objects.get(mission=missions[0]).is_locked


def test_what_is_left_out_has_its_reasons_and_a_remedy(by, day):
    agent = board.agents(1)[0]
    Absence.objects.create(agent=agent, first_day=day, last_day=day, reason="Congé")
    mission = board.mission()
    proposal = run(by, day)
    left = proposal.result["left_out"]
    assert [item["mission"] for item in left] == [mission.pk]
    assert "congé" in left[0]["reasons"][0] and left[0]["reasons"][-1].startswith("pour la planifier")


def test_locked_tours_and_past_days_do_not_move(by):
    agent = board.agents(1)[0]
    mission = board.mission()
    yesterday = timezone.localdate() - dt.timedelta(1)
    proposal = run(by, yesterday)
    assert proposal.result["moves"] == []
    assert [item["mission"] for item in proposal.result["left_out"]] == [mission.pk]
    assert not Tour.objects.filter(agent=agent).exists()


def test_a_lost_run_is_given_up(by, day):
    asked = ask_run(scope=Scope(day, day), by=by)
    assert take_queued() is not None
    assert take_queued() is None
    asked.refresh_from_db()
    assert asked.status == RunStatus.RUNNING and not is_lost(asked), "someone works on it"
    presence.leave(TASK, asked.pk)
    assert is_lost(asked)
    assert take_queued() is None
    asked.refresh_from_db()
    assert asked.status == RunStatus.FAILED and "interrompu" in asked.error


def test_a_failed_run_is_asked_again_from_its_page(client, by, day):
    client.force_login(board.planner())
    asked = ask_run(scope=Scope(day, day), by=by)
    PlanRun.objects.filter(pk=asked.pk).update(status=RunStatus.RUNNING)
    page = client.get(f"/planning/optimiser/{asked.pk}/").content.decode()
    assert "Le calcul s’est interrompu" in page and "every 1s" not in page
    answer = client.post(f"/planning/optimiser/{asked.pk}/relancer/")
    again = PlanRun.objects.latest("pk")
    assert answer["Location"] == f"/planning/optimiser/{again.pk}/"
    assert (again.scope, again.status) == (asked.scope, RunStatus.QUEUED)


def test_after_an_absence_only_the_visits_of_the_absent_move(by, day):
    first, second, third = board.agents(3)
    hers, others = board.missions(3), board.missions(6)
    for mission in hers:
        place_stop(mission_id=mission.pk, target=(first.pk, day), by=by)
    for rank, mission in enumerate(others):
        place_stop(mission_id=mission.pk, target=((second, third)[rank % 2].pk, day), by=by)
    add_absence(agent=first, first_day=day, last_day=day, reason="Maladie", by=by)
    proposal = run(by, day, freedom=Freedom.LEAST, with_waiting=False)
    moved = {move["mission"]: move["to"] for move in proposal.result["moves"] if move["mission"]}
    assert set(moved) == {mission.pk for mission in hers}
    assert not any(to.startswith(f"{first.pk}:") for to in moved.values())
    apply_run(run_id=proposal.pk, by=by)
    assert not Stop.objects.filter(tour__agent=first).exists() and Stop.objects.count() == 9


def test_an_absence_links_to_its_own_optimisation(client, by, day):
    client.force_login(board.planner())
    agent = board.agents(1)[0]
    place_stop(mission_id=board.mission().pk, target=(agent.pk, day), by=by)
    add_absence(agent=agent, first_day=day, last_day=day, reason="Maladie", by=by)
    link = f"/planning/optimiser/?du={day}&amp;au={day}&amp;change=least"
    assert link in client.get("/planning/absences/").content.decode()
    form = client.get(link.replace("&amp;", "&")).context["form"]
    wanted = {"first_day": day, "last_day": day, "freedom": "least", "with_waiting": False}
    assert {name: form[name].value() for name in wanted} == wanted


@pytest.mark.parametrize("query", ["du=hier", "du=2026-02-31", "au=1900-01-01", "au=2999-01-01", "change=x"])
def test_a_link_that_says_nonsense_still_opens(client, query):
    client.force_login(board.planner())
    form = client.get(f"/planning/optimiser/?{query}").context["form"]
    first, last = form["first_day"].value(), form["last_day"].value()
    assert dt.timedelta() <= last - first < dt.timedelta(14) and form["freedom"].value() == "full"


def test_a_run_that_nobody_takes_says_so(client, by, day):
    client.force_login(board.planner())
    asked = ask_run(scope=Scope(day, day), by=by)
    PlanRun.objects.filter(pk=asked.pk).update(created_at=timezone.now() - dt.timedelta(minutes=1))
    assert "Aucun exécutant n’est libre" in client.get(f"/planning/optimiser/{asked.pk}/").content.decode()


def test_a_scope_is_two_weeks_at_most(by, day):
    with pytest.raises(RunRefused):
        ask_run(scope=Scope(day, day + dt.timedelta(14)), by=by)


def test_the_pages_of_a_run(client, day):
    person = board.planner()
    client.force_login(person)
    board.agents(1)
    missions = board.missions(3)
    data = {"first_day": str(day), "last_day": str(day), "freedom": "full", "with_waiting": "on"}
    answer = client.post("/planning/optimiser/", data)
    asked = PlanRun.objects.get()
    assert answer["Location"] == f"/planning/optimiser/{asked.pk}/"
    assert "En attente" in client.get(answer["Location"]).content.decode()
    carry_out(take_queued(), seconds=0.1)
    page = client.get(answer["Location"]).content.decode()
    assert missions[0].number in page and "Tout prendre en brouillon" in page
    polled = client.get(answer["Location"], headers={"HX-Request": "true", "HX-Target": "progress"})
    assert polled["HX-Refresh"] == "true"
    done = client.post(f"/planning/optimiser/{asked.pk}/appliquer/", {"take": "all"})
    assert done["Location"] == f"/planning/jour/{day}/" and Stop.objects.count() == 3
    assert client.get("/planning/optimiser/").status_code == 200

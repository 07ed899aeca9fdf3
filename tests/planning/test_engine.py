"""Plans made by the real VROOM."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from integrations.routing.embedded import EmbeddedVroom
from planning.rules.baselines import plan_by_arrival, plan_by_insertion
from planning.rules.check import check_plan
from planning.rules.constraints import Constraint
from planning.rules.eligibility import is_eligible, refusals
from planning.rules.engine import make_plan
from planning.rules.exchange import LunchMode, problem_of_case, travel_of_case
from planning.rules.explain import explain, explain_all, with_remedy
from planning.rules.insertion import cheapest_insertion, propose_slots
from planning.rules.model import (
    DAY,
    Absence,
    Authorisation,
    DeclaredLink,
    EngineAgent,
    EngineMission,
    Interval,
    Lock,
    Orders,
    Problem,
)
from planning.rules.moves import move_effect
from planning.rules.quota import non_salaried_room
from planning.rules.schedule import build_plan, fits
from planning.rules.second_choice import second_choice
from tests.planning.conftest import HOUR, LUNCH, agent, mission, near, problem

SLOTS = st.sampled_from([(), ((8.5, 10.5),), ((10, 12),), ((13, 15),), ((9, 10), (15, 16))])


@st.composite
def missions_of(draw: st.DrawFn, number: int, days: int) -> EngineMission:
    day = draw(st.integers(0, days - 1))
    slots = tuple(Interval(int(day * DAY + a * HOUR), int(day * DAY + b * HOUR)) for a, b in draw(SLOTS))
    return mission(
        number,
        near(draw(st.integers(-40, 40)), draw(st.integers(-40, 40))),
        family=draw(st.sampled_from(["ISO", "ISO", "PAC", "GLO"])),
        service=draw(st.sampled_from([900, 2700, 3600, 9000])),
        priority=draw(st.sampled_from([0, 10, 50])),
        slots=slots,
        due_day=draw(st.sampled_from([None, None, 0, days - 1])) if not slots else None,
        parties=frozenset(draw(st.sets(st.sampled_from(["client:1", "installer:2"])))),
    )


@st.composite
def agents_of(draw: st.DrawFn, number: int, days: int) -> EngineAgent:
    absences = draw(st.sampled_from([(), (), (Absence(0),), (Absence(0, 12 * HOUR, DAY),)]))
    return agent(
        number,
        near(draw(st.integers(-20, 20)), draw(st.integers(-20, 20))),
        draw(st.sampled_from(["ISO", "ISO PAC", "ISO PAC GLO"])),
        days,
        lunch=draw(st.sampled_from([LUNCH, LUNCH, None])),
        max_metres=draw(st.sampled_from([None, 120_000])),
        max_missions=draw(st.sampled_from([None, 3])),
        absences=absences,
        links=draw(st.sampled_from([(), (DeclaredLink("client:1", "Untel SA"),)])),
        salaried=draw(st.booleans()),
    )


@st.composite
def problems(draw: st.DrawFn) -> Problem:
    days = draw(st.integers(1, 2))
    agents = [draw(agents_of(n, days)) for n in range(1, draw(st.integers(1, 3)) + 1)]
    missions = [draw(missions_of(n, days)) for n in range(1, draw(st.integers(1, 14)) + 1)]
    if len(missions) > 3:
        missions[2] = replace(missions[2], place=missions[0].place)
    return problem(agents, missions, days, non_salaried_room=draw(st.sampled_from([None, 2])))


SLOWLY = settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@SLOWLY
@given(problems())
def test_every_plan_is_valid_and_every_absence_of_plan_is_explained(given_problem: Problem) -> None:
    plan = make_plan(given_problem, EmbeddedVroom())
    assert check_plan(given_problem, plan) == []
    for number, why in explain_all(given_problem, plan.orders).items():
        assert why.texts, number
        if why.remedy is None:
            stopping = {c for reason in why.agents for c in reason.constraints}
            assert stopping & {Constraint.LINK, Constraint.AUTHORISATION}
            continue
        relaxed, orders = with_remedy(given_problem, plan.orders, why)
        assert check_plan(relaxed, build_plan(relaxed, orders)) == []


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(problems(), st.booleans())
def test_whoever_is_eligible_has_no_refusal(given_problem: Problem, is_dated: bool) -> None:
    first_day = date(2026, 3, 11) if is_dated else None
    locks = {1: Lock(agent=1), 2: Lock(day=0)}
    given_problem = replace(given_problem, locks=locks, frozen=frozenset({(2, 0)}), first_day=first_day)
    if is_dated:
        until = (Authorisation("ISO", until=date(2026, 3, 11)),)
        given_problem = given_problem.with_agent(replace(given_problem.agents[0], authorisations=until))
    for one in given_problem.missions:
        for who in given_problem.agents:
            for day in range(given_problem.days):
                told = refusals(given_problem, one, who, day)
                assert is_eligible(given_problem, one, who, day) == (not told)


@SLOWLY
@given(problems())
def test_baselines_and_checker_agree(given_problem: Problem) -> None:
    free = replace(given_problem, non_salaried_room=None)
    assert check_plan(free, plan_by_insertion(free)) == []
    assert check_plan(free, plan_by_arrival(free)) == []


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(problems(), st.data())
def test_the_delta_of_a_move_is_the_difference_of_two_plans(
    given_problem: Problem, data: st.DataObject
) -> None:
    plan = plan_by_insertion(given_problem)
    moved = data.draw(st.sampled_from([m.id for m in given_problem.missions]))
    target = data.draw(st.sampled_from([None, *sorted(given_problem.windows)]))
    effect = move_effect(given_problem, plan.orders, moved, target)
    after = build_plan(given_problem, effect.orders)
    assert effect.metres == after.metres - plan.metres
    assert effect.driving == sum(t.driving for t in after.tours) - sum(t.driving for t in plan.tours)
    told = {v.constraint for v in effect.violations}
    free = replace(given_problem, non_salaried_room=None)
    found = {v.constraint for v in check_plan(free, after)}
    assert (told - {Constraint.NON_SALARIED} == set()) == (found == set())


def test_the_small_case_in_one_search(vroom: EmbeddedVroom, small_case: dict[str, Any]) -> None:
    given_problem = problem_of_case(small_case, LunchMode.INSIDE, travel_of_case(small_case))
    plan = make_plan(given_problem, vroom)
    assert check_plan(given_problem, plan) == []
    assert plan.unassigned == (8,)
    assert all(tour.lunch for tour in plan.tours)
    assert plan.metres <= 0.75 * plan_by_insertion(given_problem).metres


def test_authorisations_have_dates(vroom: EmbeddedVroom) -> None:
    until = Authorisation("ISO", until=date(2026, 3, 12))
    who = agent(1, days=3, authorisations=(until,))
    given_problem = problem([who], [mission(n) for n in range(1, 4)], 3, first_day=date(2026, 3, 12))
    plan = make_plan(given_problem, vroom)
    assert {tour.day for tour in plan.tours} == {0}
    late = replace(given_problem, first_day=date(2026, 3, 13))
    plan = make_plan(late, vroom)
    assert plan.assigned == 0
    why = explain(late, plan.orders, 1)
    assert why.agents[0].text == "Agent 1\u00a0: habilitation ISO expirée le 12/03/2026"
    relaxed, orders = with_remedy(late, plan.orders, why)
    assert check_plan(relaxed, build_plan(relaxed, orders)) == []


def test_a_declared_link_is_never_relaxed(vroom: EmbeddedVroom) -> None:
    who = agent(links=(DeclaredLink("installer:1", "Isol’Pro"),))
    given_problem = problem([who], [mission(1, parties=frozenset({"installer:1"})), mission(2)])
    plan = make_plan(given_problem, vroom)
    assert plan.unassigned == (1,)
    why = explain(given_problem, plan.orders, 1)
    assert why.remedy is None
    assert why.texts == ["Agent 1\u00a0: lien déclaré avec Isol’Pro"]


@pytest.mark.parametrize(
    ("absences", "asked"),
    [
        ((), ["élargir le créneau de 10 h à 12 h de 30 min"]),
        (
            (Absence(0, 12 * HOUR, DAY),),
            ["prolonger la journée", "élargir le créneau de 10 h à 12 h de 30 min"],
        ),
    ],
    ids=["lunch", "lunch of the hours added"],
)
def test_a_slot_that_lunch_makes_late_is_what_has_to_move(
    absences: tuple[Absence, ...], asked: list[str]
) -> None:
    morning = (Interval(int(8.5 * HOUR), int(10.5 * HOUR)),)
    noon = (Interval(10 * HOUR, 12 * HOUR),)
    first = mission(1, near(0, 20), service=3600, slots=morning)
    second = mission(2, near(0, -19), service=9000, slots=noon)
    given = problem([agent(home=near(0, 6), absences=absences)], [first, second])
    why = explain(given, {(1, 0): (1,)}, 2)
    assert why.remedy is not None
    said = why.remedy.text.replace("\xa0", " ")
    assert len(why.remedy.changes) == len(asked)
    assert all(change in said for change in asked), said
    relaxed, orders = with_remedy(given, {(1, 0): (1,)}, why)
    assert check_plan(relaxed, build_plan(relaxed, orders)) == []


def test_priority_comes_first_when_the_day_is_full(vroom: EmbeddedVroom) -> None:
    missions = [mission(n, near(0, 30), service=2 * HOUR) for n in range(1, 5)]
    missions.append(mission(5, near(0, -30), service=2 * HOUR, priority=50))
    plan = make_plan(problem([agent()], missions), vroom)
    assert 5 not in plan.unassigned
    assert plan.unassigned


def test_locks_and_frozen_tours_stay(vroom: EmbeddedVroom) -> None:
    agents = [agent(1, days=2), agent(2, near(20), days=2)]
    missions = [mission(n, near(n)) for n in range(1, 9)]
    locks = {1: Lock(agent=2, day=1), 2: Lock(day=1)}
    given_problem = problem(agents, missions, 2, locks=locks, frozen=frozenset({(1, 0)}))
    start = {(1, 0): (7, 8), (2, 1): (1,)}
    plan = make_plan(given_problem, vroom, start=start)
    assert plan.orders[1, 0] == (7, 8)
    assert plan.where[1] == (2, 1)
    assert plan.where[2][1] == 1
    assert plan.unassigned == ()
    assert check_plan(given_problem, plan) == []


@pytest.mark.parametrize(
    ("done", "outside", "planned", "room"),
    [(0, 0, 10, 2), (90, 20, 10, 9), (90, 29, 10, 0), (90, 40, 10, 0), (95, 20, 4, 4)],
)
def test_non_salaried_stay_under_thirty_percent(done: int, outside: int, planned: int, room: int) -> None:
    found = non_salaried_room(
        done=done, done_non_salaried=outside, planned=planned, ceiling_percent=Decimal(30)
    )
    assert found == room
    assert room == 0 or (outside + room) / (done + planned) < 0.30


def test_the_share_of_non_salaried_holds_over_the_plan(vroom: EmbeddedVroom) -> None:
    agents = [agent(1, near(60), max_missions=4), agent(2, near(0), salaried=False)]
    missions = [mission(n, near(n)) for n in range(1, 7)]
    given_problem = problem(agents, missions, non_salaried_room=2)
    plan = make_plan(given_problem, vroom)
    assert len(plan.orders.get((2, 0), ())) == 2
    assert check_plan(given_problem, plan) == []


def test_slots_are_offered_cheapest_first_and_fit() -> None:
    agents = [agent(1, days=2), agent(2, near(40), days=2)]
    missions = [mission(1, near(10)), mission(2, near(12)), mission(9, near(11))]
    given_problem = problem(agents, missions, 2)
    orders: Orders = {(1, 0): (1, 2)}
    offers = propose_slots(given_problem, orders, given_problem.mission[9], limit=4)
    assert [offer.metres for offer in offers] == sorted(offer.metres for offer in offers)
    assert (offers[0].agent, offers[0].day) == (1, 0)
    assert offers[0].metres <= 5
    for offer in offers:
        assert offer.slot.start % 1800 == 0
        assert offer.slot.start <= offer.begin <= offer.slot.end
        fixed = given_problem.with_mission(replace(given_problem.mission[9], slots=(offer.slot,)))
        assert cheapest_insertion(fixed, orders, fixed.mission[9], [(offer.agent, offer.day)])


def test_second_choice_says_what_it_costs() -> None:
    agents = [agent(1), agent(2, near(30))]
    given_problem = problem(agents, [mission(1, near(5)), mission(2, near(28))])
    orders: Orders = {(1, 0): (1,), (2, 0): (2,)}
    before = build_plan(given_problem, orders).metres
    found = second_choice(given_problem, orders, 1)
    assert found is not None and found.agent == 2
    after: Orders = {(2, 0): (2, 1) if found.position else (1, 2)}
    assert found.metres == build_plan(given_problem, after).metres - before


def test_a_move_that_breaks_a_right_is_blocked_and_an_hour_asks_a_reason() -> None:
    agents = [agent(1, families="ISO"), agent(2, families="PAC"), agent(3, families="ISO", max_missions=1)]
    given_problem = problem(agents, [mission(1), mission(2)])
    orders: Orders = {(1, 0): (1,), (3, 0): (2,)}
    refused = move_effect(given_problem, orders, 1, (2, 0))
    assert [v.constraint for v in refused.blocking] == [Constraint.AUTHORISATION]
    asked = move_effect(given_problem, orders, 1, (3, 0))
    assert not asked.blocking
    assert [v.constraint for v in asked.to_justify] == [Constraint.MAX_MISSIONS]
    assert "km" in asked.text


def test_leaving_a_frozen_tour_is_blocked() -> None:
    given_problem = problem([agent(1), agent(2)], [mission(1)], frozen=frozenset({(1, 0)}))
    effect = move_effect(given_problem, {(1, 0): (1,)}, 1, (2, 0))
    assert [v.constraint for v in effect.blocking] == [Constraint.FROZEN]


def test_fits_is_about_hours_not_about_who() -> None:
    given_problem = problem([agent(families="PAC")], [mission(1)])
    assert fits(given_problem, (1, 0), (1,))
    assert cheapest_insertion(given_problem, {}, given_problem.missions[0]) is None

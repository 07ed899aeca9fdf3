"""VROOM's own check agrees with ours, on good plans and on bad ones."""

from dataclasses import replace
from typing import Any

from integrations.routing.embedded import EmbeddedVroom
from planning.rules.baselines import plan_by_insertion
from planning.rules.confirm import causes_found
from planning.rules.exchange import LunchMode, problem_of_case, travel_of_case
from planning.rules.model import Interval
from tests.planning.conftest import HOUR, agent, mission, near, problem


def test_a_valid_plan_is_confirmed(vroom: EmbeddedVroom, small_case: dict[str, Any]) -> None:
    given = problem_of_case(small_case, LunchMode.INSIDE, travel_of_case(small_case))
    assert causes_found(given, plan_by_insertion(given), vroom) == []


def test_a_late_slot_and_a_missing_right_are_found(vroom: EmbeddedVroom) -> None:
    slot = Interval(9 * HOUR, 10 * HOUR)
    given = problem([agent(lunch=None)], [mission(1, near(5), slots=(slot,))])
    plan = plan_by_insertion(given)
    assert causes_found(given, plan, vroom) == []
    earlier = replace(given.mission[1], slots=(Interval(7 * HOUR, 8 * HOUR),))
    assert "delay" in causes_found(given.with_mission(earlier), plan, vroom)
    assert "skills" in causes_found(given.with_agent(agent(families="PAC", lunch=None)), plan, vroom)

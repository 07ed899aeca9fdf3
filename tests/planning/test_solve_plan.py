"""The command, judged by a checker that knows only the files."""

import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from planning.rules.pace import Pace
from tests.planning.case_checker import faults
from tests.planning.conftest import CASES


def solve(case: Path, folder: Path, **options: object) -> tuple[dict[str, Any], dict[str, Any]]:
    out = folder / "plan.json"
    call_command("solve_plan", str(case), out=out, stdout=StringIO(), **options)
    return json.loads(case.read_text()), json.loads(out.read_text())


def test_small_case_with_lunches(tmp_path: Path) -> None:
    case, plan = solve(CASES / "S20x300.json", tmp_path, seconds=1.0)
    assert faults(case, plan, lunch=True) == []
    assert [row["mission"] for row in plan["unassigned"]] == [8]
    assert plan["unassigned"][0]["reasons"][-1].startswith("pour la planifier")


@pytest.mark.slow
def test_overloaded_case_keeps_every_priority(tmp_path: Path) -> None:
    case, plan = solve(CASES / "T10x400.json", tmp_path)
    assert faults(case, plan) == []
    priority = {mission["id"]: mission["priority"] for mission in case["missions"]}
    left = [row["mission"] for row in plan["unassigned"]]
    assert len(left) <= 35
    assert sum(priority[mission] for mission in left) == 0


def test_lunch_added_to_the_shift(tmp_path: Path) -> None:
    case, plan = solve(CASES / "S20x300.json", tmp_path, seconds=0.1, lunch="en-plus")
    assert faults(case, plan, lunch=True, later=2700) == []
    assert plan["unassigned"] == []


@pytest.mark.parametrize(
    ("agents", "is_overloaded", "asked", "lasts"),
    [(20, False, None, 6.2), (20, True, None, 20.0), (60, False, None, 38.0), (60, True, None, 38.0)]
    + [(20, True, 2.0, 2.0), (60, True, 2.0, 2.0)],
)
def test_a_case_is_improved_for_as_long_as_it_gains(
    agents: int, is_overloaded: bool, asked: float | None, lasts: float
) -> None:
    now = 100.0
    pace = Pace(lambda: now, {"agents": [{}] * agents, "days": 5}, asked)
    if is_overloaded:
        pace.take_longer()
    assert pace.keep_going()
    now = 100.0 + lasts - 0.1
    assert pace.keep_going()
    now = 100.0 + lasts
    assert not pace.keep_going()


def test_a_busy_machine_still_improves_a_little() -> None:
    now = 100.0
    pace = Pace(lambda: now, {"agents": [{}], "days": 1})
    now = 130.0
    assert pace.keep_going()
    now = 133.0
    assert not pace.keep_going()


def test_a_file_that_is_no_case(tmp_path: Path) -> None:
    wrong = tmp_path / "wrong.json"
    wrong.write_text("[]")
    with pytest.raises(CommandError, match="n’est pas un cas"):
        call_command("solve_plan", str(wrong), out=tmp_path / "out.json")
    with pytest.raises(CommandError, match="illisible"):
        call_command("solve_plan", str(tmp_path / "none.json"), out=tmp_path / "out.json")

"""Cases that nobody tuned the engine for: each plan is valid, each mission left out can be planned."""

import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from integrations.routing.embedded import EmbeddedVroom
from integrations.routing.refiner import PyvrpRefiner
from planning.rules.case_reader import checked_case
from planning.rules.case_solver import solve_case
from planning.rules.check import check_plan
from planning.rules.engine import Effort
from planning.rules.explain import explain_all, with_remedy
from planning.rules.schedule import build_plan
from tests.planning.case_checker import DAY, distance, faults
from tests.planning.invented_cases import CASES, case


def is_beyond_a_day(given: dict[str, Any], number: int) -> bool:
    """Tell whether nobody who leaves home when the shift begins is there before midnight, lunch eaten."""
    (mission,) = (row for row in given["missions"] if row["id"] == number)
    roads = [distance(agent, mission)[1] for agent in given["agents"]]
    return all(given["shift"][0] + road + (given.get("lunch_dur") or 0) >= DAY for road in roads)


@pytest.mark.parametrize("name", CASES)
def test_the_plan_is_valid_and_every_remedy_works(name: str) -> None:
    given, asked = CASES[name], iter((True, True))
    with PyvrpRefiner() as refiner:
        solved = solve_case(
            checked_case(given),
            EmbeddedVroom(),
            keep_going=lambda: next(asked, False),
            effort=Effort(refiner=refiner),
        )
    assert faults(given, json.loads(json.dumps(solved.as_json()))) == []
    before = {str(fault) for fault in check_plan(solved.problem, solved.plan)}
    for number, why in explain_all(solved.problem, solved.plan.orders).items():
        if not given["agents"]:
            assert why.texts == ["aucun agent"]
            continue
        if why.remedy is None:
            assert why.texts[-1].endswith("la route dépasse la journée")
            assert is_beyond_a_day(given, number)
            continue
        assert why.texts[-1].startswith("pour la planifier")
        relaxed, orders = with_remedy(solved.problem, solved.plan.orders, why)
        after = build_plan(relaxed, orders)
        assert number in after.where
        assert {str(fault) for fault in check_plan(relaxed, after)} <= before


def test_a_mission_overseas_asks_for_somebody_nearer() -> None:
    given = case(23, agents=2, missions=3)
    given["missions"].append({"id": 4, "skill": 1, "service": 60, "lat": -21.1, "lon": 55.5})
    solved = solve_case(checked_case(given), EmbeddedVroom(), keep_going=lambda: False)
    plan = json.loads(json.dumps(solved.as_json()))
    assert faults(given, plan) == []
    (left,) = plan["unassigned"]
    assert left["mission"] == 4
    assert all("journée pleine" in text for text in left["reasons"][:-1])
    assert left["reasons"][-1].endswith("un intervenant plus proche, la route dépasse la journée")


WRONG: dict[str, tuple[Any, str]] = {
    "a list": ([], "il faut « agents »"),
    "agents that are no list": (case() | {"agents": {}}, "« agents » n’est pas une liste"),
    "an agent that is no object": (case() | {"agents": [3]}, "ce n’est pas un objet"),
    "no day": (case() | {"days": 0}, "« days »"),
    "days in words": (case() | {"days": "cinq"}, "« days »"),
    "a shift backwards": (case() | {"shift": [62_100, 30_600]}, "« shift »"),
    "a shift with one end": (case() | {"shift": [62_100]}, "« shift »"),
    "negative kilometres": (case() | {"max_km": -1}, "« max_km »"),
    "a mission without place": (case() | {"missions": [{"id": 1, "skill": 1, "service": 60}]}, "« lat »"),
    "two missions of one name": (
        case() | {"missions": case()["missions"] + case()["missions"][:1]},
        "l’identifiant 1 est là deux fois",
    ),
    "a slot backwards": (
        case() | {"missions": [case()["missions"][0] | {"tw": [50_000, 40_000]}]},
        "missions, n°\u00a01\u00a0: « tw »",
    ),
    "a place beyond the pole": (
        case() | {"missions": [case()["missions"][0] | {"lat": 120}]},
        "« lat » doit être une latitude",
    ),
}


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_case_is_refused_in_words(name: str, tmp_path: Path) -> None:
    data, told = WRONG[name]
    path = tmp_path / "cas.json"
    path.write_text(json.dumps(data))
    with pytest.raises(CommandError, match=told):
        call_command("solve_plan", str(path), out=tmp_path / "plan.json", stdout=StringIO())
    assert not (tmp_path / "plan.json").exists()


@pytest.mark.parametrize(
    "content", [b"", b"{", b'{"agents": [', b"\xff\xfe{}", b"NaN", "é".encode("latin-1")]
)
def test_what_is_no_json_is_refused_in_words(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "cas.json"
    path.write_bytes(content)
    with pytest.raises(CommandError, match="illisible|n’est pas un cas"):
        call_command("solve_plan", str(path), out=tmp_path / "plan.json", stdout=StringIO())


def test_accents_and_other_writings_pass(tmp_path: Path) -> None:
    given = case(22, agents=1, missions=6, days=1) | {"skills": {"1": "Éco-façade ☀ 東京", "2": "Œuvre"}}
    given["missions"].append(given["missions"][0] | {"id": 99, "skill": 7, "commune": "L’Haÿ-les-Roses"})
    path, out = tmp_path / "Été à Saint-Étienne.json", tmp_path / "plan.json"
    path.write_text(json.dumps(given, ensure_ascii=False), encoding="utf-8-sig")
    call_command("solve_plan", str(path), out=out, stdout=StringIO(), seconds=0.1)
    assert faults(given, json.loads(out.read_text(encoding="utf-8"))) == []


def test_a_place_to_write_to_that_is_none(tmp_path: Path) -> None:
    path = tmp_path / "cas.json"
    path.write_text(json.dumps(case(missions=1)))
    with pytest.raises(CommandError, match="ne peut pas être écrit"):
        call_command(
            "solve_plan", str(path), out=tmp_path / "none" / "plan.json", stdout=StringIO(), seconds=0
        )

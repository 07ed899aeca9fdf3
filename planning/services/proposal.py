"""What a run proposes, as data that is kept, shown and applied: before, after, moves with their reasons."""

from statistics import pstdev
from typing import Any

from planning.rules.explain import explain
from planning.rules.insertion import without
from planning.rules.model import Orders, TourKey
from planning.rules.plan import Plan
from planning.rules.schedule import build_plan, build_tour
from planning.rules.second_choice import second_choice
from planning.rules.wording import day_name, hour, kilometres
from planning.services.scene import Scene

EXPLAINED = 60
"""How many missions get a second choice or the reasons why they are left out: each costs a search."""


def proposal_of(scene: Scene, orders: Orders, plan: Plan, versions: dict[str, int]) -> dict[str, Any]:
    """Compare today's tours with the plan. Kilometres in metres, hours in seconds, as JSON."""
    old = build_plan(scene.problem, orders)
    left = [
        {"mission": m, "number": scene.problem.mission[m].label, "reasons": _reasons(scene, plan, m, rank)}
        for rank, m in enumerate(plan.unassigned)
    ]
    return {
        "first_day": scene.first_day.isoformat(),
        "before": _figures(scene, old),
        "after": _figures(scene, plan),
        "moves": _moves(scene, old, plan),
        "left_out": left,
        "orders": {_name(scene, key): list(order) for key, order in plan.orders.items()},
        "versions": versions,
        "taken": [],
    }


def _name(scene: Scene, key: TourKey) -> str:
    return f"{key[0]}:{scene.date(key[1]).isoformat()}"


def _figures(scene: Scene, plan: Plan) -> dict[str, int]:
    hours = plan.worked_by_agent({agent for agent, _ in scene.problem.windows})
    return {
        "metres": plan.metres,
        "worked": sum(tour.worked for tour in plan.tours),
        "driving": sum(tour.driving for tour in plan.tours),
        "visits": plan.assigned,
        "left_out": len(plan.unassigned),
        "spread": round(pstdev(hours.values())) if hours else 0,
    }


def _moves(scene: Scene, old: Plan, plan: Plan) -> list[dict[str, Any]]:
    """Return one entry per mission that changes tour, then one per tour of which only the order changes."""
    found: list[dict[str, Any]] = []
    changed: set[TourKey] = set()
    for mission, target in sorted(plan.where.items(), key=lambda item: (item[1][1], item[1][0], item[0])):
        source = old.where.get(mission)
        if source == target:
            continue
        changed |= {target} | ({source} if source else set())
        found.append(_move(scene, old, plan, mission, source, target, len(found)))
    for mission, source in old.where.items():
        if mission not in plan.where:
            changed.add(source)
            found.append(_dropped(scene, mission, source))
    for key in sorted(set(plan.orders) - changed):
        if plan.orders[key] != old.orders.get(key, ()):
            found.append(_reordered(scene, old, plan, key))
    return found


def _move(
    scene: Scene, old: Plan, plan: Plan, mission: int, source: TourKey | None, target: TourKey, rank: int
) -> dict[str, Any]:
    problem = scene.problem
    begin = next(stop.begin for stop in plan.tour[target].stops if stop.mission == mission)
    cost = _detour(scene, plan, mission, target)
    reason = f"détour de {kilometres(cost)}"
    if source is not None:
        was = _detour(scene, old, mission, source)
        reason = f"détour de {kilometres(cost)} au lieu de {kilometres(was)}"
        if cost >= was:
            reason += ", pour mieux répartir la charge ou placer d’autres visites"
    other = second_choice(problem, plan.orders, mission) if rank < EXPLAINED else None
    return {
        "id": f"m{mission}",
        "mission": mission,
        "number": problem.mission[mission].label,
        "from": _name(scene, source) if source else "",
        "to": _name(scene, target),
        "from_text": f"{problem.agent[source[0]].label}, {day_name(problem, source[1])}"
        if source
        else "à affecter",
        "to_text": f"{problem.agent[target[0]].label}, {day_name(problem, target[1])}, {hour(begin)}",
        "reason": reason,
        "second": other.text(problem) if other else "",
    }


def _detour(scene: Scene, plan: Plan, mission: int, key: TourKey) -> int:
    rest = without({key: plan.orders[key]}, mission)[key]
    return max(0, plan.tour[key].metres - build_tour(scene.problem, key, rest).metres)


def _dropped(scene: Scene, mission: int, source: TourKey) -> dict[str, Any]:
    problem = scene.problem
    return {
        "id": f"m{mission}",
        "mission": mission,
        "number": problem.mission[mission].label,
        "from": _name(scene, source),
        "to": "",
        "from_text": f"{problem.agent[source[0]].label}, {day_name(problem, source[1])}",
        "to_text": "à affecter",
        "reason": "ne tient pas dans la tournée telle qu’elle est",
        "second": "",
    }


def _reordered(scene: Scene, old: Plan, plan: Plan, key: TourKey) -> dict[str, Any]:
    problem = scene.problem
    gain = build_tour(problem, key, old.orders.get(key, ())).metres - plan.tour[key].metres
    who = f"{problem.agent[key[0]].label}, {day_name(problem, key[1])}"
    return {
        "id": f"t{_name(scene, key)}",
        "mission": None,
        "number": "Ordre des visites",
        "from": _name(scene, key),
        "to": _name(scene, key),
        "from_text": who,
        "to_text": who,
        "reason": f"{kilometres(gain)} de moins" if gain > 0 else "moins d’attente",
        "second": "",
    }


def _reasons(scene: Scene, plan: Plan, mission: int, rank: int) -> list[str]:
    if rank >= EXPLAINED:
        return ["trop de missions laissées de côté pour tout expliquer : choisissez une zone"]
    return explain(scene.problem, plan.orders, mission).texts

"""Checks a plan file against its case file, from the words of the format; imports nothing of the project."""

import math
from typing import Any

DAY = 86_400


def distance(a: dict[str, Any], b: dict[str, Any]) -> tuple[int, int]:
    """Haversine x 1.3 at 50 km/h, to the metre and the second."""
    lat1, lat2 = math.radians(a["lat"]), math.radians(b["lat"])
    lon = math.radians(b["lon"] - a["lon"])
    h = math.sin((lat2 - lat1) / 2) ** 2 + math.cos(lat1) * math.cos(lat2) * math.sin(lon / 2) ** 2
    metres = 2 * 6_371_008.8 * math.asin(math.sqrt(h)) * 1.3
    return round(metres), round(metres / (50_000 / 3_600))


def faults(case: dict[str, Any], plan: dict[str, Any], *, lunch: bool = False, later: int = 0) -> list[str]:
    """Return what is wrong; `lunch` asks for a break in each tour, `later` seconds lengthen the shift."""
    found = _shape(plan)
    if found:
        return found
    agents = {agent["id"]: agent for agent in case["agents"]}
    missions = {mission["id"]: mission for mission in case["missions"]}
    found = _partition(missions, plan)
    if len({(r["agent"], r["day"]) for r in plan["routes"]}) != len(plan["routes"]):
        found.append("two tours for one agent-day")
    for route in plan["routes"]:
        name = f"agent {route['agent']} day {route['day']}"
        if route["agent"] not in agents or any(stop["mission"] not in missions for stop in route["stops"]):
            found.append(f"{name}: unknown agent or mission")
            continue
        if not 0 <= route["day"] < case["days"]:
            found.append(f"{name}: no such day")
        stops = [(missions[stop["mission"]], stop["arrival"]) for stop in route["stops"]]
        agent = agents[route["agent"]]
        found += [f"{name}: {text}" for text in _stops(agent, stops, route["day"])]
        found += [f"{name}: {text}" for text in _road(case, agent, stops, route, later)]
        if lunch and not _has_lunch(case, agent, stops, route["day"], later):
            found.append(f"{name}: no lunch")
    return found


def _shape(plan: Any) -> list[str]:
    """Look at keys and types before anything is believed."""
    if not isinstance(plan, dict) or set(plan) != {"routes", "unassigned"}:
        return ["the plan has not exactly « routes » and « unassigned »"]
    found = []
    for route in plan["routes"]:
        if set(route) != {"agent", "day", "stops", "km"} or not isinstance(route["km"], int | float):
            found.append(f"route {route}")
        elif not route["stops"]:
            found.append("a route without stop")
        found += [
            f"stop {stop}"
            for stop in route.get("stops", [])
            if set(stop) != {"mission", "arrival"} or type(stop["arrival"]) is not int
        ]
    for row in plan["unassigned"]:
        texts = row.get("reasons")
        if not isinstance(texts, list) or not texts or not all(isinstance(t, str) and t for t in texts):
            found.append(f"mission {row.get('mission')} without reason")
    return found


def _partition(missions: dict[int, Any], plan: dict[str, Any]) -> list[str]:
    planned = [stop["mission"] for route in plan["routes"] for stop in route["stops"]]
    left = [row["mission"] for row in plan["unassigned"]]
    if sorted(planned + left) != sorted(missions):
        return ["missions are lost, unknown or twice there"]
    return []


def _stops(agent: dict[str, Any], stops: list[tuple[dict[str, Any], int]], day: int) -> list[str]:
    found = []
    for mission, arrival in stops:
        if mission["skill"] not in agent["skills"]:
            found.append(f"mission {mission['id']}: skill")
        window, fixed, due = (mission.get(name) for name in ("tw", "fixed_day", "due_day"))
        if window is not None and not window[0] <= arrival <= window[1]:
            found.append(f"mission {mission['id']}: window")
        if (fixed is not None and fixed != day) or (due is not None and due < day):
            found.append(f"mission {mission['id']}: day")
        if arrival // DAY != day:
            found.append(f"mission {mission['id']}: visited on another day than its tour")
    return found


def _road(
    case: dict[str, Any],
    agent: dict[str, Any],
    stops: list[tuple[dict[str, Any], int]],
    route: dict[str, Any],
    later: int,
) -> list[str]:
    found, metres = [], 0
    clock, here = route["day"] * DAY + case["shift"][0], agent
    for mission, arrival in stops:
        leg, seconds = distance(here, mission)
        metres += leg
        if arrival < clock + seconds:
            found.append(f"mission {mission['id']}: {clock + seconds - arrival} s too early")
        clock, here = arrival + mission["service"], mission
    leg, seconds = distance(here, agent)
    metres += leg
    if clock + seconds > route["day"] * DAY + case["shift"][1] + later:
        found.append("home too late")
    if case.get("max_km") is not None and metres > case["max_km"] * 1000:
        found.append("too many kilometres")
    if abs(metres / 1000 - route["km"]) > 0.05:
        found.append(f"{route['km']} km said, {metres / 1000} driven")
    return found


def _has_lunch(
    case: dict[str, Any], agent: dict[str, Any], stops: list[tuple[dict[str, Any], int]], day: int, later: int
) -> bool:
    """Look for idle time as long as lunch inside its window: between stops, before or after the tour."""
    first, last = (day * DAY + moment for moment in case["lunch"])
    leaves, here = day * DAY + case["shift"][0], agent
    for mission, arrival in [*stops, (agent, day * DAY + case["shift"][1] + later)]:
        idle_from, idle_to = leaves, arrival - distance(here, mission)[1]
        for start, end in ((idle_from, idle_to), (leaves + arrival - idle_to, arrival)):
            room_from, room_to = max(start, first), min(end, last)
            if end - start >= case["lunch_dur"] and room_to - room_from >= case["lunch_dur"]:
                return True
        leaves, here = arrival + mission.get("service", 0), mission
    return False

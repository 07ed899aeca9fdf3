"""Invent a large planning case, always the same for a given seed.

Places are the communes of the small cases, as often as they occur there, moved by up to about 1.5 km;
the shares (appointments 30 %, due days 14 %, same address 10 %, families 55/25/14/6 %) are theirs too.
"""

import json
from pathlib import Path
from random import Random
from typing import Any

CASES = Path(__file__).resolve().parents[2] / "tests" / "data" / "planning"
HOUR = 3600
DAY = 86_400
SLOT_STARTS = (8.5, 9.0, 10.0, 13.0, 13.5, 15.0)
SKILL_SHARES = {1: 55, 2: 25, 3: 14, 4: 6}


def small_case(name: str) -> dict[str, Any]:
    """Read one of the cases that the tests keep (`S20x300`, `T10x400`)."""
    found: dict[str, Any] = json.loads((CASES / f"{name}.json").read_text(encoding="utf-8"))
    return found


def large_case(agents: int = 60, missions: int = 1_500, days: int = 5, seed: int = 1) -> dict[str, Any]:
    """Invent a case in which no mission is alone impossible for want of a skill."""
    random = Random(seed)
    small = [small_case("S20x300"), small_case("T10x400")]
    communes = [(m["lat"], m["lon"]) for case in small for m in case["missions"]]
    return {
        "agents": [_agent(random, number, communes) for number in range(1, agents + 1)],
        "missions": _missions(random, missions, days, communes),
        "days": days,
        "shift": small[0]["shift"],
        "lunch": small[0]["lunch"],
        "lunch_dur": small[0]["lunch_dur"],
        "max_km": small[0]["max_km"],
        "skills": small[0]["skills"],
    }


def _place(random: Random, communes: list[tuple[float, float]]) -> dict[str, float]:
    lat, lon = random.choice(communes)
    return {
        "lat": round(lat + random.uniform(-1, 1) * 0.0135, 6),
        "lon": round(lon + random.uniform(-1, 1) * 0.0193, 6),
    }


def _agent(random: Random, number: int, communes: list[tuple[float, float]]) -> dict[str, Any]:
    others = [skill for skill in (2, 3, 4) if random.random() < {2: 0.65, 3: 0.35, 4: 0.3}[skill]]
    skills = [1, 2, 3, 4] if number % 10 == 0 else [1, *others]
    return {"id": number, "skills": skills, **_place(random, communes)}


def _missions(
    random: Random, count: int, days: int, communes: list[tuple[float, float]]
) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    for number in range(1, count + 1):
        same_address = found and random.random() < 0.1
        place = random.choice(found) if same_address else _place(random, communes)
        mission: dict[str, Any] = {
            "id": number,
            "skill": random.choices(list(SKILL_SHARES), list(SKILL_SHARES.values()))[0],
            "service": 45 * 60,
            "priority": random.choices((0, 10, 50), (70, 19, 11))[0],
            "lat": place["lat"],
            "lon": place["lon"],
        }
        draw = random.random()
        if draw < 0.30:
            day, start = random.randrange(days), int(random.choice(SLOT_STARTS) * HOUR)
            mission["fixed_day"] = day
            mission["tw"] = [day * DAY + start, day * DAY + start + 2 * HOUR]
        elif draw < 0.44:
            mission["due_day"] = random.randrange(1, days)
        found.append(mission)
    return found

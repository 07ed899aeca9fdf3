"""Planning cases of all shapes, in the words of the exchange format; imports nothing of the project."""

from collections.abc import Callable
from random import Random
from typing import Any

DAY, HOUR = 86_400, 3_600
Case = dict[str, Any]


def case(
    seed: int = 1,
    *,
    agents: int = 3,
    missions: int = 20,
    days: int = 3,
    spread: float = 0.35,
    **changes: Any,
) -> Case:
    """Invent a case around Lyon; `spread` is in degrees."""
    random = Random(seed)

    def place() -> dict[str, float]:
        return {
            "lat": round(45.76 + random.uniform(-1, 1) * spread, 6),
            "lon": round(4.84 + random.uniform(-1, 1) * spread, 6),
        }

    return {
        "agents": [
            {"id": n, "skills": sorted({1, *random.sample([2, 3, 4], 2)}), **place()}
            for n in range(1, agents + 1)
        ],
        "missions": [_mission(random, n, days, place()) for n in range(1, missions + 1)],
        "days": days,
        "shift": [30_600, 62_100],
        "lunch": [42_300, 50_400],
        "lunch_dur": 2_700,
        "max_km": 300,
        "skills": {"1": "ISO", "2": "PAC", "3": "GLO", "4": "TER"},
        **changes,
    }


def _mission(random: Random, number: int, days: int, place: dict[str, float]) -> Case:
    found: Case = {
        "id": number,
        "skill": random.choices((1, 2, 3, 4), (55, 25, 14, 6))[0],
        "service": random.choice((900, 2_700, 3_600, 9_000)),
        "priority": random.choice((0, 0, 10, 50)),
        **place,
    }
    draw = random.random()
    if draw < 0.3:
        day, start = random.randrange(days), random.choice((8.5, 9, 10, 13, 13.5, 15))
        found |= {
            "fixed_day": day,
            "tw": [int(day * DAY + start * HOUR), int(day * DAY + (start + 2) * HOUR)],
        }
    elif draw < 0.45:
        found["due_day"] = random.randrange(days)
    return found


def _each(change: Callable[[int, Case], Case], given: Case) -> Case:
    missions = [{**m, **change(rank, m)} for rank, m in enumerate(given["missions"])]
    return {**given, "missions": missions}


def _narrow(rank: int, mission: Case) -> Case:
    """One moment, to the second, every quarter of an hour."""
    moment = rank % 3 * DAY + 31_000 + rank * 900
    return {"fixed_day": rank % 3, "tw": [moment, moment]}


def _late(rank: int, mission: Case) -> Case:
    return {"due_day": -1 - rank % 4, "fixed_day": None, "tw": None}


def _beyond(rank: int, mission: Case) -> Case:
    return {"fixed_day": 3 + rank % 2, "tw": None} if rank % 3 else {"fixed_day": 2, "due_day": 0, "tw": None}


def _elsewhere(rank: int, mission: Case) -> Case:
    """An appointment on another day than the fixed one."""
    return {"fixed_day": 0, "tw": [DAY + 9 * HOUR, DAY + 11 * HOUR]} if rank % 2 else {}


def _together(rank: int, mission: Case) -> Case:
    return {"lat": 45.7 + rank % 4 / 10, "lon": 4.8}


def _long(rank: int, mission: Case) -> Case:
    return {"service": (9_000, 20_000, 31_000, 36_000)[rank % 4], "fixed_day": None, "tw": None}


CASES: dict[str, Case] = {
    "nothing": case(agents=0, missions=0, days=1),
    "nobody": case(agents=0, missions=4),
    "nothing to do": case(missions=0),
    "one agent": case(2, agents=1, missions=12, days=1),
    "one agent, one mission": case(3, agents=1, missions=1, days=1),
    "few agents, many missions": case(4, agents=2, missions=90, days=2),
    "seven days": case(5, agents=4, missions=60, days=7),
    "narrow slots": _each(_narrow, case(6, missions=24)),
    "due dates in the past": _each(_late, case(7, missions=12)),
    "days outside of the horizon": _each(_beyond, case(8, missions=12)),
    "slot and day that don't agree": _each(_elsewhere, case(9, missions=12)),
    "same addresses": _each(_together, case(10, missions=30)),
    "long visits": _each(_long, case(11, missions=12)),
    "far away": case(12, missions=20, spread=4.0),
    "the other side of the country": case(13, missions=12, spread=7.0, max_km=100),
    "skills nobody has": _each(lambda rank, m: {"skill": 9}, case(14, missions=5)),
    "no kilometres": case(15, missions=8, max_km=0),
    "no lunch": case(16, lunch=None, lunch_dur=None),
    "lunch longer than its window": case(17, lunch_dur=20_000),
    "a short day": case(18, shift=[43_000, 47_000]),
    "an empty day": case(19, shift=[43_000, 43_000], missions=4),
    "no optional part": {
        name: part
        for name, part in case(20).items()
        if name not in ("lunch", "lunch_dur", "max_km", "skills")
    },
    "all priorities": _each(lambda rank, m: {"priority": 1_000 * rank}, case(21, agents=1, missions=30)),
}

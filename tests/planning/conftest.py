"""Small planning problems to reason about, and a real VROOM."""

import json
from pathlib import Path
from typing import Any

import pytest

from integrations.routing.embedded import EmbeddedVroom
from planning.rules.distance import UNIFORM_50, Point, haversine_matrix
from planning.rules.model import (
    Authorisation,
    EngineAgent,
    EngineMission,
    Lunch,
    Problem,
    Shift,
)

CASES = Path(__file__).parents[1] / "data" / "planning"
HOUR = 3600
LYON = Point(45.76, 4.84)
LUNCH = Lunch(11 * HOUR + 2700, 14 * HOUR, 2700)
DAY_SHIFT = Shift(8 * HOUR + 1800, 17 * HOUR + 900)


def near(km_north: float = 0.0, km_east: float = 0.0) -> Point:
    """Return a place so many crow-fly kilometres from the centre of Lyon."""
    return Point(round(LYON.lat + km_north / 111.2, 6), round(LYON.lon + km_east / 77.6, 6))


def agent(
    number: int = 1, home: Point = LYON, families: str = "ISO", days: int = 1, **changes: Any
) -> EngineAgent:
    values: dict[str, Any] = {
        "id": number,
        "home": home,
        "authorisations": tuple(Authorisation(family) for family in families.split()),
        "hours": dict.fromkeys(range(days), DAY_SHIFT),
        "lunch": LUNCH,
        "max_metres": 300_000,
    }
    return EngineAgent(**{**values, **changes})


def mission(number: int, place: Point | None = None, **changes: Any) -> EngineMission:
    values: dict[str, Any] = {"id": number, "family": "ISO", "place": place or near(number), "service": 2700}
    return EngineMission(**{**values, **changes})


def problem(
    agents: list[EngineAgent], missions: list[EngineMission], days: int = 1, **changes: Any
) -> Problem:
    points = [*(a.home for a in agents), *(m.place for m in missions)]
    return Problem(
        days=days,
        agents=tuple(agents),
        missions=tuple(missions),
        travel=haversine_matrix(points, bands=UNIFORM_50),
        **changes,
    )


@pytest.fixture(scope="session")
def vroom() -> EmbeddedVroom:
    return EmbeddedVroom()


@pytest.fixture(scope="session")
def small_case() -> dict[str, Any]:
    """S20x300: 20 agents, 5 days, 300 missions."""
    found: dict[str, Any] = json.loads((CASES / "S20x300.json").read_text())
    return found

"""A small board for tests: agents around Bordeaux, missions within reach, a Wednesday to come."""

import datetime as dt
from importlib import import_module

from missions.enums import MissionStatus
from missions.models import Mission
from missions.services import fix_appointment
from planning.models import Stop, Tour
from planning.services.sheets import Key
from spekty.accounts.enums import Role
from spekty.accounts.models import Agent, User
from spekty.core.actors import Actor
from spekty.core.models import Parameter
from tests import factories

DAY = dt.date(2026, 2, 4)
ROLE = Role.PLANNER


def load_parameters() -> None:
    """Put back what a test with real transactions empties."""
    rows = [
        row
        for module in ("spekty.core.migrations.0003_parameters", "planning.migrations.0002_reminder")
        for row in import_module(module).PARAMETERS
    ]
    for code, label, value, unit, reference in rows:
        Parameter.objects.get_or_create(
            code=code, defaults={"label": label, "value": value, "unit": unit, "reference": reference}
        )


def planner(**fields: str) -> User:
    return factories.user(Role.PLANNER, **fields)


def by_planner() -> Actor:
    return planner().acting()


def mission(step: int = 0, **fields: object) -> Mission:
    """Return a mission to plan, `step` kilometres or so east of the others."""
    site = factories.operation(lat=44.84, lon=-0.55 + step * 0.012, city=f"Ville {step}")
    return factories.mission(operation=site, **fields)


def missions(count: int) -> list[Mission]:
    return [mission(step) for step in range(count)]


def agents(count: int) -> list[Agent]:
    return [
        factories.agent(last_name=f"Coste{number}", email=f"agent{number}@spekty.example")
        for number in range(count)
    ]


def fixed(agent: Agent, hour: int, by: Actor, step: int = 0) -> Mission:
    """Return a mission with an appointment at that hour of the day."""
    target = mission(step)
    starts_at = dt.datetime.combine(DAY, dt.time(hour - 1), tzinfo=dt.UTC)
    return fix_appointment(mission_id=target.pk, agent=agent, starts_at=starts_at, by=by)


def order(key: Key) -> list[int]:
    stops = Stop.objects.filter(tour__agent=key[0], tour__day=key[1]).order_by("position")
    assert [stop.position for stop in stops] == list(range(1, len(stops) + 1))
    return [stop.mission_id for stop in stops]


def version(key: Key) -> int:
    return Tour.objects.get(agent=key[0], day=key[1]).version


def status_of(target: Mission) -> MissionStatus:
    return MissionStatus(Mission.objects.values_list("status", flat=True).get(pk=target.pk))

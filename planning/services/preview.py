"""What a move would do, before it is made: nothing is written."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from missions.models import Mission
from planning.models import Stop, Tour
from planning.rules.constraints import Violation
from planning.rules.plan import Tour as PlannedTour
from planning.rules.schedule import build_tour
from planning.rules.wording import hour, minutes
from planning.selectors.board import CAPACITY
from planning.selectors.people import agents_for, missions_for
from planning.services.moves import best_position, is_blocking, placement_violations
from planning.services.scene import Scene, build_scene
from spekty.accounts.models import Agent

NEAREST = 12
"""Agents whose cost is worked out; the others are too far to be a choice."""


@dataclass(frozen=True, slots=True)
class Choice:
    """One agent for the mission: what the tour becomes, and what forbids or troubles it."""

    agent: Agent
    position: int
    metres_before: int
    metres_after: int
    end_before: str
    end_after: str
    load_before: Fraction
    load_after: Fraction
    blocking: tuple[Violation, ...]
    troubling: tuple[Violation, ...]
    shifted: tuple[str, ...]
    """Visits whose hour moves by five minutes or more."""
    is_here: bool = False

    @property
    def metres(self) -> int:
        return self.metres_after - self.metres_before

    @property
    def is_over(self) -> bool:
        return self.load_after > 1


@dataclass(frozen=True)
class Preview:
    mission: Mission
    day: dt.date
    chosen: Choice | None
    others: tuple[Choice, ...]


def preview_move(
    *, mission_id: int, day: dt.date, agent_id: int | None = None, position: int | None = None
) -> Preview:
    """Compare the agents who could take the mission that day, the asked one (or the cheapest) first.

    `position` counts from 1, for the asked agent only; None is the cheapest. Raises TravelUnknown.
    """
    mission = Mission.objects.select_related("operation", "stop__tour", "lot__fiche").get(pk=mission_id)
    agents = _near(list(agents_for(day, day)), mission, agent_id)
    orders = _orders(agents, day)
    scene = build_scene(
        agents=agents,
        missions=missions_for({m for order in orders.values() for m in order} | {mission.pk}),
        first_day=day,
        days=1,
    )
    choices = [
        _choice(
            scene, agent, mission.pk, orders.get(agent.pk, ()), position if agent.pk == agent_id else None
        )
        for agent in agents
    ]
    choices.sort(key=lambda choice: (bool(choice.blocking), len(choice.troubling), choice.metres))
    asked = next((choice for choice in choices if choice.agent.pk == agent_id), None)
    best = next((choice for choice in choices if not choice.blocking and not choice.is_here), None)
    chosen = asked or best
    return Preview(mission, day, chosen, tuple(c for c in choices if c is not chosen))


def _near(agents: list[Agent], mission: Mission, wanted: int | None) -> list[Agent]:
    """Keep the agents who live nearest as the crow flies, and the asked one."""
    site = mission.operation

    def far(agent: Agent) -> float:
        if agent.pk == wanted:
            return -1.0
        if None in (agent.lat, agent.lon, site.lat, site.lon):
            return 1e9
        return abs((agent.lat or 0) - (site.lat or 0)) + 0.7 * abs((agent.lon or 0) - (site.lon or 0))

    return sorted(agents, key=far)[:NEAREST]


def _orders(agents: Sequence[Agent], day: dt.date) -> dict[int, tuple[int, ...]]:
    rows = Stop.objects.filter(tour__in=Tour.objects.filter(agent__in=agents, day=day)).order_by("position")
    found: dict[int, tuple[int, ...]] = {}
    for agent_id, mission_id in rows.values_list("tour__agent_id", "mission_id"):
        found[agent_id] = (*found.get(agent_id, ()), mission_id)
    return found


def _choice(
    scene: Scene, agent: Agent, mission_id: int, order: tuple[int, ...], position: int | None
) -> Choice:
    key = scene.key(agent.pk, scene.first_day)
    rest = tuple(m for m in order if m != mission_id)
    place = position - 1 if position else best_position(scene.problem, key, rest, mission_id)
    after = (*rest[:place], mission_id, *rest[place:])
    old, new = build_tour(scene.problem, key, order), build_tour(scene.problem, key, after)
    found = placement_violations(scene, mission_id, (agent.pk, scene.first_day), order, after)
    return Choice(
        agent=agent,
        position=after.index(mission_id) + 1,
        metres_before=old.metres,
        metres_after=new.metres,
        end_before=hour(old.back) if order else "—",
        end_after=hour(new.back),
        load_before=Fraction(old.worked, CAPACITY * 60),
        load_after=Fraction(new.worked, CAPACITY * 60),
        blocking=tuple(v for v in found if is_blocking(scene, v)),
        troubling=tuple(v for v in found if not is_blocking(scene, v)),
        shifted=_shifted(scene, old, new),
        is_here=mission_id in order,
    )


def _shifted(scene: Scene, old: PlannedTour, new: PlannedTour) -> tuple[str, ...]:
    was = {stop.mission: stop.begin for stop in old.stops}
    moved = [(s.mission, s.begin - was[s.mission]) for s in new.stops if s.mission in was]
    label = {mission: scene.problem.mission[mission].label for mission, _ in moved}
    return tuple(
        f"{label[mission]} {'retardée' if gap > 0 else 'avancée'} de {minutes(abs(gap))}"
        for mission, gap in moved
        if abs(gap) >= 300
    )

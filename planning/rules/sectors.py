"""Split a large problem by neighbourhood: VROOM's time grows faster than the number of agent-days.

Sectors alone cost about 23 % more driving; they only give the first plan, from which the whole is searched.
"""

from collections.abc import Sequence

from planning.rules.eligibility import is_authorised
from planning.rules.model import EngineAgent, EngineMission, Problem

AGENTS = 12
"""Agents of one sector, at most."""


def sectors(problem: Problem) -> list[tuple[tuple[EngineAgent, ...], tuple[EngineMission, ...]]]:
    """Return groups of neighbouring agents, each with the missions that are nearest to one of them.

    A mission goes to the nearest agent with the right authorisation on some day; when there is none, to the
    first group, so that it isn't forgotten.
    """
    groups = _split(problem.agents)
    number_of = {agent.id: number for number, group in enumerate(groups) for agent in group}
    able = {
        family: [a for a in problem.agents if _ever_authorised(problem, a, family)]
        for family in {mission.family for mission in problem.missions}
    }
    shares: list[list[EngineMission]] = [[] for _ in groups]
    for mission in problem.missions:
        nearest = min(
            able[mission.family], key=lambda a: problem.travel.leg(a.home, mission.place)[0], default=None
        )
        shares[number_of[nearest.id] if nearest else 0].append(mission)
    return [(group, tuple(share)) for group, share in zip(groups, shares, strict=True)]


def _ever_authorised(problem: Problem, agent: EngineAgent, family: str) -> bool:
    return any(is_authorised(problem, agent, family, day) for day in range(problem.days))


def _split(agents: Sequence[EngineAgent]) -> list[tuple[EngineAgent, ...]]:
    """Halve the agents along the longer side of their area until the groups are small."""
    if len(agents) <= AGENTS:
        return [tuple(agents)]
    heights = [agent.home.lat for agent in agents]
    widths = [agent.home.lon * 0.7 for agent in agents]
    is_tall = max(heights) - min(heights) > max(widths) - min(widths)
    ranked = sorted(agents, key=lambda a: (a.home.lat if is_tall else a.home.lon, a.id))
    middle = len(ranked) // 2
    return _split(ranked[:middle]) + _split(ranked[middle:])

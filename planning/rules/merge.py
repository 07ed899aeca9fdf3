"""Missions at one address are one visit for the route planner.

VROOM doesn't join them by itself: `setup` is charged once per address but never forces one tour.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from planning.rules.distance import Point
from planning.rules.eligibility import is_eligible
from planning.rules.model import DAY, EngineMission, Interval, Lock, Problem
from planning.rules.schedule import fits

LONGEST_VISIT = 4 * 3600
"""A longer visit is hard to place around lunch; it stays in parts."""


@dataclass(frozen=True, slots=True)
class Group:
    """Missions visited one after the other at one place."""

    missions: tuple[int, ...]
    place: Point
    service: int
    families: frozenset[str]
    parties: frozenset[str]
    priority: int
    windows: tuple[Interval, ...]
    """Moments between which the first visit may begin; none = any."""
    lock: Lock


def group_of_one(problem: Problem, mission: EngineMission) -> Group:
    return Group(
        missions=(mission.id,),
        place=mission.place,
        service=mission.service,
        families=frozenset({mission.family}),
        parties=mission.parties,
        priority=mission.priority,
        windows=windows_of(problem, mission),
        lock=problem.locks.get(mission.id, Lock()),
    )


def windows_of(problem: Problem, mission: EngineMission) -> tuple[Interval, ...]:
    """Return when the visit may begin: its slots, cut to the days between `from_day` and `due_day`."""
    first = (mission.from_day or 0) * DAY
    last_day = problem.days - 1 if mission.due_day is None else mission.due_day
    last = (last_day + 1) * DAY - 1
    if not mission.slots:
        free = mission.from_day is None and mission.due_day is None
        return () if free else (Interval(first, max(first, last)),)
    cut = (Interval(max(s.start, first), min(s.end, last)) for s in mission.slots)
    return tuple(sorted((s for s in cut if s.start <= s.end), key=lambda s: s.start))


def can_ever_begin(problem: Problem, mission: EngineMission) -> bool:
    """Tell whether the slots and days of the mission leave any moment at all inside the horizon."""
    windows = windows_of(problem, mission)
    if not windows:
        return not mission.slots
    return any(window.start < problem.days * DAY for window in windows) and (mission.due_day or 0) >= 0


def ungrouped(problem: Problem, missions: Iterable[EngineMission]) -> list[Group]:
    return [group_of_one(problem, mission) for mission in missions if can_ever_begin(problem, mission)]


def merged(problem: Problem, missions: Iterable[EngineMission]) -> list[Group]:
    """Join the missions of one address that somebody can visit in one go."""
    groups: list[Group] = []
    by_place: dict[Point, list[int]] = {}
    for mission in missions:
        if not can_ever_begin(problem, mission):
            continue
        alone = group_of_one(problem, mission)
        for position in by_place.get(mission.place, []):
            both = _join(problem, groups[position], alone)
            if both is not None:
                groups[position] = both
                break
        else:
            by_place.setdefault(mission.place, []).append(len(groups))
            groups.append(alone)
    return groups


def _join(problem: Problem, first: Group, second: Group) -> Group | None:
    """Return one visit for both, in an order that somebody's day allows; None when they don't join."""
    if first.lock != second.lock or first.service + second.service > LONGEST_VISIT:
        return None
    for one, other in ((first, second), (second, first)):
        group = _one_after_the_other(one, other)
        if group is not None and _somebody_can(problem, group):
            return group
    return None


def _one_after_the_other(first: Group, second: Group) -> Group | None:
    windows = _common(first.windows, second.windows, first.service)
    if windows is None:
        return None
    return Group(
        missions=first.missions + second.missions,
        place=first.place,
        service=first.service + second.service,
        families=first.families | second.families,
        parties=first.parties | second.parties,
        priority=first.priority + second.priority,
        windows=windows,
        lock=first.lock,
    )


def _common(
    first: Sequence[Interval], second: Sequence[Interval], offset: int
) -> tuple[Interval, ...] | None:
    """Return when the first may begin so that the second begins `offset` later in its own windows."""
    if not second:
        return tuple(first)
    shifted = [Interval(s.start - offset, s.end - offset) for s in second]
    if not first:
        return tuple(Interval(max(0, s.start), s.end) for s in shifted if s.end >= 0) or None
    both = (Interval(max(a.start, b.start), min(a.end, b.end)) for a in first for b in shifted)
    return tuple(sorted((s for s in both if s.start <= s.end), key=lambda s: s.start)) or None


def _somebody_can(problem: Problem, group: Group) -> bool:
    """Tell whether one agent-day has room for all the missions, so that merging can't leave them out."""
    missions = [problem.mission[mission] for mission in group.missions]
    return any(
        all(is_eligible(problem, mission, problem.agent[agent], day) for mission in missions)
        and fits(problem, (agent, day), group.missions)
        for agent, day in problem.windows
    )

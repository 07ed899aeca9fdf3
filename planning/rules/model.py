"""What a planning problem is made of. Times are seconds, `day` counts from 0, distances are metres.

A moment is absolute: `day * DAY + second of the day`, so that one number orders the whole horizon.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from functools import cached_property

from planning.rules.distance import Point, TravelMatrix

DAY = 86_400

TourKey = tuple[int, int]
"""(agent id, day)"""

Orders = dict[TourKey, tuple[int, ...]]
"""The missions of each tour in the order of the visits."""


@dataclass(frozen=True, slots=True)
class Interval:
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Shift:
    """Seconds of the day between which an agent leaves home and is back."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Lunch:
    """A break of `duration` that lies wholly between `earliest` and `latest` (seconds of the day)."""

    earliest: int
    latest: int
    duration: int

    @property
    def last_start(self) -> int:
        return self.latest - self.duration


@dataclass(frozen=True, slots=True)
class Authorisation:
    """Right to inspect a family between two dates, both included; None = no bound."""

    family: str
    since: date | None = None
    until: date | None = None


@dataclass(frozen=True, slots=True)
class DeclaredLink:
    """An interest that an agent declared in a client, an installer or a beneficiary."""

    party: str
    label: str


@dataclass(frozen=True, slots=True)
class Absence:
    """Seconds of one day on which the agent can't work; a whole day by default."""

    day: int
    start: int = 0
    end: int = DAY
    label: str = "absence"


@dataclass(frozen=True)
class EngineAgent:
    id: int
    home: Point
    authorisations: tuple[Authorisation, ...]
    hours: Mapping[int, Shift]
    """Day -> working hours; a day that isn't there isn't worked."""
    name: str = ""
    lunch: Lunch | None = None
    max_metres: int | None = None
    max_missions: int | None = None
    absences: tuple[Absence, ...] = ()
    links: tuple[DeclaredLink, ...] = ()
    salaried: bool = True

    @property
    def label(self) -> str:
        return self.name or f"Agent {self.id}"


@dataclass(frozen=True)
class EngineMission:
    id: int
    family: str
    place: Point
    service: int
    priority: int = 0
    """0 to 100: points lost when the mission is left out."""
    slots: tuple[Interval, ...] = ()
    """Moments between which the visit may begin; none = any working hour."""
    from_day: int | None = None
    due_day: int | None = None
    parties: frozenset[str] = frozenset()
    """Client, installer and beneficiary, in the words of `DeclaredLink.party`."""
    label: str = ""


@dataclass(frozen=True, slots=True)
class Lock:
    """A decision that the engine never undoes; None leaves that part free."""

    agent: int | None = None
    day: int | None = None


@dataclass(frozen=True)
class Problem:
    days: int
    agents: tuple[EngineAgent, ...]
    missions: tuple[EngineMission, ...]
    travel: TravelMatrix
    first_day: date | None = None
    """Date of day 0; needed by dated authorisations."""
    family_labels: Mapping[str, str] = field(default_factory=dict)
    locks: Mapping[int, Lock] = field(default_factory=dict)
    """Mission id -> lock."""
    frozen: frozenset[TourKey] = frozenset()
    """Tours that are started or locked as a whole: nothing enters, nothing leaves."""
    non_salaried_room: int | None = None
    """How many missions non-salaried agents may still take over the whole plan."""

    def __post_init__(self) -> None:
        dated = any(r.since or r.until for a in self.agents for r in a.authorisations)
        if dated and self.first_day is None:
            raise ValueError("first_day is needed when authorisations have dates")

    @cached_property
    def agent(self) -> dict[int, EngineAgent]:
        return {agent.id: agent for agent in self.agents}

    @cached_property
    def mission(self) -> dict[int, EngineMission]:
        return {mission.id: mission for mission in self.missions}

    @cached_property
    def windows(self) -> dict[TourKey, Interval]:
        """Working time of every agent-day that can have a tour, frozen ones included."""
        found = {}
        for agent in self.agents:
            for day in range(self.days):
                window = working_window(agent, day)
                if window is not None:
                    found[agent.id, day] = window
        return found

    def date_of(self, day: int) -> date | None:
        return None if self.first_day is None else self.first_day + timedelta(days=day)

    def with_agent(self, agent: EngineAgent) -> "Problem":
        return replace(self, agents=tuple(agent if a.id == agent.id else a for a in self.agents))

    def with_mission(self, mission: EngineMission) -> "Problem":
        return replace(self, missions=tuple(mission if m.id == mission.id else m for m in self.missions))


def working_window(agent: EngineAgent, day: int) -> Interval | None:
    """Return when the agent may be on the road that day, absences taken off; None = not at all.

    An absence in the middle of the day leaves the longer of its two sides: half a day is one tour, not two.
    """
    shift = agent.hours.get(day)
    if shift is None:
        return None
    start, end = shift.start, shift.end
    for absence in sorted((a for a in agent.absences if a.day == day), key=lambda a: a.start):
        if absence.end <= start or absence.start >= end:
            continue
        before, after = absence.start - start, end - absence.end
        if before >= after:
            end = absence.start
        else:
            start = absence.end
        if end <= start:
            return None
    return Interval(day * DAY + start, day * DAY + end)


def lunch_window(agent: EngineAgent, window: Interval, day: int) -> Lunch | None:
    """Return the lunch of that day in absolute moments; None when the agent doesn't work through it."""
    lunch = agent.lunch
    if lunch is None:
        return None
    earliest, latest = day * DAY + lunch.earliest, day * DAY + lunch.latest
    if window.start > earliest or window.end < latest:
        return None
    return Lunch(earliest, latest, lunch.duration)

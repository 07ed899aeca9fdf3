"""What a plan is made of: tours with the hours of their stops, and the missions left out."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from planning.rules.model import Interval, Orders, TourKey


@dataclass(frozen=True, slots=True)
class Stop:
    mission: int
    arrival: int
    """At the door; the visit may have to wait."""
    begin: int
    end: int


@dataclass(frozen=True)
class Tour:
    agent: int
    day: int
    stops: tuple[Stop, ...]
    departure: int
    back: int
    metres: int
    driving: int
    service: int
    lunch: Interval | None = None

    @property
    def key(self) -> TourKey:
        return self.agent, self.day

    @property
    def order(self) -> tuple[int, ...]:
        return tuple(stop.mission for stop in self.stops)

    @property
    def worked(self) -> int:
        """Seconds of driving and visits: the hours that the balance counts."""
        return self.driving + self.service


@dataclass(frozen=True)
class Plan:
    tours: tuple[Tour, ...]
    unassigned: tuple[int, ...] = ()

    @cached_property
    def orders(self) -> Orders:
        return {tour.key: tour.order for tour in self.tours if tour.stops}

    @cached_property
    def tour(self) -> dict[TourKey, Tour]:
        return {tour.key: tour for tour in self.tours}

    @cached_property
    def where(self) -> dict[int, TourKey]:
        """Mission -> its tour."""
        return {stop.mission: tour.key for tour in self.tours for stop in tour.stops}

    @property
    def metres(self) -> int:
        return sum(tour.metres for tour in self.tours)

    @property
    def assigned(self) -> int:
        return sum(len(tour.stops) for tour in self.tours)

    def worked_by_agent(self, agents: Iterable[int]) -> dict[int, int]:
        """Return the seconds worked by each of these agents over the plan, zero included."""
        hours = dict.fromkeys(agents, 0)
        for tour in self.tours:
            if tour.agent in hours:
                hours[tour.agent] += tour.worked
        return hours

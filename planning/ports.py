"""What planning asks of the outside: a route planner and travel times. Settings say who answers."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Protocol, cast

from django.conf import settings
from django.utils.module_loading import import_string

from planning.rules.distance import Point, TravelMatrix
from planning.rules.refine import Refiner
from planning.rules.vroom_language import Answer, PlannerFailed, Request, RoutePlanner

__all__ = [
    "Answer",
    "PlannerFailed",
    "Request",
    "RoutePlanner",
    "TravelTimes",
    "TravelUnknown",
    "refiner",
    "route_planner",
    "travel_times",
]


class TravelTimes(Protocol):
    """Whoever knows how far places are from one another."""

    def matrix(self, points: Iterable[Point]) -> TravelMatrix:
        """Return metres and seconds between all these places, each named once.

        Raises TravelUnknown when the server gives no answer.
        """
        ...


class TravelUnknown(Exception):
    """No travel time could be obtained; the message says why."""


def route_planner() -> RoutePlanner:
    """Return the planner that `settings.ROUTE_PLANNER` names (dotted path of a class)."""
    return cast(RoutePlanner, import_string(settings.ROUTE_PLANNER)())


@contextmanager
def refiner() -> Iterator[Refiner | None]:
    """Open the refiner that `settings.TOUR_REFINER` names (dotted path of a class); empty: none."""
    if not settings.TOUR_REFINER:
        yield None
        return
    with import_string(settings.TOUR_REFINER)() as opened:
        yield cast(Refiner, opened)


def travel_times() -> TravelTimes:
    """Return the travel times that `settings.TRAVEL_TIMES` names (dotted path of a class)."""
    return cast(TravelTimes, import_string(settings.TRAVEL_TIMES)())

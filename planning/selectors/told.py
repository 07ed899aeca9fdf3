"""What agents were told of their tours: the published snapshot, never the draft."""

import datetime as dt
from dataclasses import dataclass

from django.utils import timezone

from missions.models import Mission
from planning.models import Stop, Tour
from spekty.accounts.models import Agent


@dataclass(frozen=True, slots=True)
class Told:
    """A visit as the agent knows it; `rank` counts from 1."""

    tour: Tour
    rank: int
    arrives_at: dt.datetime | None
    leaves_at: dt.datetime | None

    @property
    def day(self) -> dt.date:
        return self.tour.day


def told_stops(agent: Agent, first: dt.date | None = None, last: dt.date | None = None) -> dict[int, Told]:
    """Return mission id -> what the agent was told, over these days, both included; two queries at most.

    A tour from the workbook has no snapshot: its stops are what was told.
    """
    tours = Tour.objects.told().filter(agent=agent)
    if first is not None:
        tours = tours.filter(day__gte=first)
    if last is not None:
        tours = tours.filter(day__lte=last)
    rows = list(tours.order_by("day"))
    found = {
        stop["mission"]: Told(tour, rank, _moment(stop["arrives_at"]), _moment(stop["leaves_at"]))
        for tour in rows
        for rank, stop in enumerate(tour.published, 1)
    }
    bare = {tour.pk: tour for tour in rows if not tour.has_snapshot}
    if bare:
        for stop in Stop.objects.filter(tour__in=bare):
            found[stop.mission_id] = Told(bare[stop.tour_id], stop.position, stop.arrives_at, stop.leaves_at)
    return found


def _moment(text: str | None) -> dt.datetime | None:
    return dt.datetime.fromisoformat(text) if text else None


def told_hour(mission: Mission) -> dt.datetime | None:
    """Return when the mission's agent was told to be there, by a published tour; None: not told."""
    if mission.agent is None:
        return None
    visit = told_stops(mission.agent, first=timezone.localdate()).get(mission.pk)
    return visit.arrives_at if visit else None

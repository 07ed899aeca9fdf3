"""A tour as a sheet of paper: what is on it, in which order. Read, locked, written, kept to be undone."""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from decimal import Decimal
from typing import Any

from django.db.models import F
from django.utils import timezone

from planning.enums import Provenance, TourStatus
from planning.models import BoardMove, Stop, Tour
from planning.rules.model import DAY
from planning.rules.plan import Tour as PlannedTour
from planning.rules.schedule import build_tour
from planning.services.refusals import BoardConflict
from planning.services.scene import Scene
from spekty.core.actors import Actor
from spekty.core.engine import advance
from spekty.core.french import hour
from spekty.core.history import acting

Key = tuple[int, dt.date]
"""(agent id, day)"""

STEP = 300
"""Hours are announced to the next five minutes: our choice."""


@dataclass(frozen=True, slots=True)
class Slot:
    """A mission at its place."""

    mission: int
    is_locked: bool = False
    provenance: str = Provenance.HAND.value
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Sheet:
    agent: int
    day: dt.date
    is_locked: bool = False
    slots: tuple[Slot, ...] = ()

    @property
    def key(self) -> Key:
        return self.agent, self.day

    @property
    def order(self) -> tuple[int, ...]:
        return tuple(slot.mission for slot in self.slots)

    def without(self, mission: int) -> "Sheet":
        return replace(self, slots=tuple(slot for slot in self.slots if slot.mission != mission))

    def with_slot(self, slot: Slot, position: int) -> "Sheet":
        """Put the slot at `position`, counted from 0; beyond the end is the end."""
        slots = list(self.slots)
        slots.insert(position, slot)
        return replace(self, slots=tuple(slots))

    def as_json(self) -> dict[str, Any]:
        return {**asdict(self), "day": self.day.isoformat(), "slots": [asdict(slot) for slot in self.slots]}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "Sheet":
        slots = tuple(Slot(**slot) for slot in data["slots"])
        return cls(data["agent"], dt.date.fromisoformat(data["day"]), data["is_locked"], slots)


def lock_tours(keys: Iterable[Key]) -> dict[Key, Tour]:
    """Return the tours of these agent-days, made if need be, locked until the transaction ends.

    Always by day then agent, so that two planners never wait for one another.
    """
    wanted = sorted(set(keys), key=lambda key: (key[1], key[0]))
    ids = [Tour.objects.get_or_create(agent_id=agent, day=day)[0].pk for agent, day in wanted]
    rows = (
        Tour.objects.filter(pk__in=ids)
        .order_by("day", "agent_id")
        .select_for_update(of=("self",), no_key=True)
        .select_related("agent")
    )
    return {(tour.agent_id, tour.day): tour for tour in rows}


def check_seen(tours: Mapping[Key, Tour], seen: Mapping[Key, int]) -> None:
    """Raise BoardConflict if one of the tours isn't the version that the planner had on the screen."""
    for key, tour in tours.items():
        if key in seen and seen[key] != tour.version:
            raise BoardConflict(conflict_text(tour))


def conflict_text(tour: Tour) -> str:
    """Say who changed the tour last, and when."""
    whose = f"La tournée de {tour.agent} du {tour.day:%d/%m/%Y} a changé entre-temps"
    touched = {"agent": tour.agent_id, "day": tour.day.isoformat()}
    last = BoardMove.objects.filter(after__contains=[touched]).select_related("user").first()
    if last is None:
        return f"{whose} : rien n’a été écrasé, regardez-la puis recommencez."
    return (
        f"{whose} ({last.user}, {hour(timezone.localtime(last.at))} : {last.label}) : rien n’a été écrasé, "
        "regardez-la puis recommencez."
    )


def read_sheets(tours: Mapping[Key, Tour]) -> dict[Key, Sheet]:
    """Return what is on these tours, in one query."""
    found: dict[Key, list[Slot]] = {key: [] for key in tours}
    stops = Stop.objects.filter(tour__in=list(tours.values())).order_by("tour", "position")
    keys = {tour.pk: key for key, tour in tours.items()}
    for stop in stops:
        found[keys[stop.tour_id]].append(Slot(stop.mission_id, stop.is_locked, stop.provenance, stop.reason))
    return {key: Sheet(key[0], key[1], tours[key].is_locked, tuple(slots)) for key, slots in found.items()}


def write_sheets(tours: Mapping[Key, Tour], sheets: Mapping[Key, Sheet], scene: Scene, by: Actor) -> None:
    """Make the locked tours what the sheets say, with the hours of the engine; a published one is revised."""
    rows = {stop.mission_id: stop for stop in Stop.objects.filter(tour__in=list(tours.values()))}
    changed: list[Stop] = []
    new: list[Stop] = []
    with acting(by):
        for key, sheet in sheets.items():
            _keep_what_was_told(tours[key])
            planned = build_tour(scene.problem, scene.key(*key), sheet.order)
            for position, slot in enumerate(sheet.slots, 1):
                old = rows.pop(slot.mission, None)
                stop = old or Stop(mission_id=slot.mission)
                _fill_stop(stop, tours[key], position, slot)
                _fill_hours(stop, planned, position - 1, scene)
                (changed if old else new).append(stop)
            _fill_tour(tours[key], sheet, planned, scene)
        Stop.objects.filter(pk__in=[stop.pk for stop in rows.values()]).delete()
        Stop.objects.bulk_update(changed, STOP_FIELDS)
        Stop.objects.bulk_create(new)
    for tour in tours.values():
        _settle(tour, by)


STOP_FIELDS = [
    "tour",
    "position",
    "is_locked",
    "provenance",
    "reason",
    "arrives_at",
    "leaves_at",
    "travel_km",
    "travel_minutes",
]


def _fill_stop(stop: Stop, tour: Tour, position: int, slot: Slot) -> None:
    stop.tour, stop.position = tour, position
    stop.is_locked, stop.provenance, stop.reason = slot.is_locked, slot.provenance, slot.reason


def _fill_hours(stop: Stop, planned: PlannedTour, index: int, scene: Scene) -> None:
    visit = planned.stops[index]
    metres, seconds = _leg(planned, index, scene)
    begin = -(-visit.begin // STEP) * STEP
    stop.arrives_at = scene.moment(begin)
    stop.leaves_at = scene.moment(begin + visit.end - visit.begin)
    stop.travel_km = kilometres(metres)
    stop.travel_minutes = -(-seconds // 60)


def _leg(planned: PlannedTour, index: int, scene: Scene) -> tuple[int, int]:
    problem = scene.problem
    here = problem.mission[planned.order[index - 1]].place if index else problem.agent[planned.agent].home
    return problem.travel.leg(here, problem.mission[planned.order[index]].place)


def _fill_tour(tour: Tour, sheet: Sheet, planned: PlannedTour, scene: Scene) -> None:
    tour.is_locked = sheet.is_locked
    tour.km = kilometres(planned.metres)
    tour.drive_minutes = -(-planned.driving // 60)
    tour.starts_at = scene.moment(planned.departure - planned.departure % 60) if sheet.slots else None
    tour.ends_at = scene.moment(min(planned.back, (planned.day + 1) * DAY - 60)) if sheet.slots else None
    tour.version = F("version") + 1
    tour.save(
        update_fields=[
            "is_locked", "km", "drive_minutes", "starts_at", "ends_at", "version", "published", "published_at"
        ]
    )  # fmt: skip
    tour.refresh_from_db(fields=["version"])


def kilometres(metres: int) -> Decimal:
    return (Decimal(metres) / 1000).quantize(Decimal("0.1"))


def told(tour: Tour) -> list[dict[str, Any]]:
    """Return the stops of the tour as agents are told of them."""
    return [
        {
            "mission": stop.mission_id,
            "arrives_at": stop.arrives_at.isoformat() if stop.arrives_at else None,
            "leaves_at": stop.leaves_at.isoformat() if stop.leaves_at else None,
        }
        for stop in Stop.objects.filter(tour=tour).order_by("position")
    ]


def _keep_what_was_told(tour: Tour) -> None:
    """A tour from the workbook was told as it was; keep that before the first change."""
    if tour.status != TourStatus.DRAFT and not tour.has_snapshot:
        tour.published = told(tour)
        tour.published_at = tour.published_at or timezone.now()


def _settle(tour: Tour, by: Actor) -> None:
    """Open the draft of a published tour; close it again when it is back to what was told."""
    is_told = [s["mission"] for s in tour.published] == list(
        tour.stops.order_by("position").values_list("mission_id", flat=True)
    )
    if tour.status == TourStatus.PUBLISHED and not is_told:
        advance(Tour, tour.pk, "revise", by=by)
    elif tour.status == TourStatus.DRAFT and tour.published_at and is_told:
        advance(Tour, tour.pk, "publish", by=by)

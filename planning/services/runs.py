"""Runs of the engine: asked by a planner, carried out in the background, kept to be examined."""

import datetime as dt
import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import partial
from typing import Any

from django.db import transaction
from django.utils import timezone

from planning.enums import RunStatus, TourStatus
from planning.models import DayLock, PlanRun, Stop, Tour
from planning.ports import PlannerFailed, TravelUnknown, refiner, route_planner
from planning.rules.balance import balance
from planning.rules.engine import Effort, make_plan
from planning.rules.model import Lock, Orders, TourKey
from planning.rules.plan import Plan
from planning.rules.replan import replan
from planning.selectors.people import agents_for, missions_for
from planning.selectors.share import freelance_share
from planning.selectors.waiting import Filters, to_assign
from planning.services.proposal import proposal_of
from planning.services.scene import Scene, build_scene
from spekty.core import presence
from spekty.core.actors import Actor
from spekty.core.dispatch import nudge
from spekty.core.engine import TransitionRefused

log = logging.getLogger(__name__)

TASK = "planning.run"
MOST_DAYS, MOST_WAITING = 14, 400
SECONDS = 8.0
"""How long tours are improved after the first answer: our choice."""
LOST = "Le calcul s’est interrompu."


class Freedom(StrEnum):
    """What the engine may change."""

    FULL = "full"
    LEAST = "least"
    SAME_AGENT = "agent"
    ORDER = "order"


class RunRefused(TransitionRefused):
    """The run can't be asked, or not be applied any more."""


@dataclass(frozen=True)
class Scope:
    """Days, what may change, and which missions join. Stored as JSON on the run."""

    first_day: dt.date
    last_day: dt.date
    freedom: Freedom = Freedom.FULL
    zones: tuple[str, ...] = ()
    with_waiting: bool = True
    with_balance: bool = False

    def as_json(self) -> dict[str, Any]:
        return {
            "first_day": self.first_day.isoformat(),
            "last_day": self.last_day.isoformat(),
            "freedom": self.freedom.value,
            "zones": list(self.zones),
            "with_waiting": self.with_waiting,
            "with_balance": self.with_balance,
        }

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> "Scope":
        return cls(
            dt.date.fromisoformat(data["first_day"]),
            dt.date.fromisoformat(data["last_day"]),
            Freedom(data["freedom"]),
            tuple(data["zones"]),
            data["with_waiting"],
            data["with_balance"],
        )

    @property
    def days(self) -> int:
        return (self.last_day - self.first_day).days + 1


@transaction.atomic
def ask_run(*, scope: Scope, by: Actor) -> PlanRun:
    """Queue a run of the engine; it starts as soon as this is committed. Raises RunRefused."""
    if not 1 <= scope.days <= MOST_DAYS:
        raise RunRefused(f"Une optimisation porte sur 1 à {MOST_DAYS} jours.")
    run = PlanRun.objects.create(scope=scope.as_json(), created_by_id=by.user_id)
    transaction.on_commit(partial(nudge, TASK))
    return run


def take_queued() -> PlanRun | None:
    """Take the oldest queued run for oneself, until `carry_out` ends; give up those that a worker lost."""
    for lost in PlanRun.objects.filter(status=RunStatus.RUNNING):
        if is_lost(lost):
            over = PlanRun.objects.filter(pk=lost.pk, status=RunStatus.RUNNING)
            over.update(status=RunStatus.FAILED, error=LOST, finished_at=timezone.now())
    with transaction.atomic():
        run = (
            PlanRun.objects.select_for_update(of=("self",), skip_locked=True)
            .filter(status=RunStatus.QUEUED)
            .order_by("pk")
            .first()
        )
        if run is None or not presence.enter(TASK, run.pk):
            return None
        run.status, run.progress, run.step = RunStatus.RUNNING, 5, "Lecture des tournées"
        run.save(update_fields=["status", "progress", "step"])
    return run


def is_lost(run: PlanRun) -> bool:
    """Tell whether the worker of a run died: it says that it runs, and nobody works on it."""
    if run.status != RunStatus.RUNNING or presence.is_at_work(TASK, run.pk):
        return False
    # It may have ended between the two looks.
    return PlanRun.objects.filter(pk=run.pk, status=RunStatus.RUNNING).exists()


@transaction.atomic
def ask_again(*, run: PlanRun, by: Actor) -> PlanRun:
    """Queue a run of the same scope."""
    return ask_run(scope=Scope.from_json(run.scope), by=by)


def carry_out(run: PlanRun, *, seconds: float = SECONDS) -> PlanRun:
    """Make the proposal of a run and keep it on the run. Tours are only read until it is accepted.

    Not one transaction: its progress is seen while it runs.
    """
    try:
        _work_out(run, seconds)
        run.finished_at = timezone.now()
        run.save(update_fields=["status", "progress", "step", "result", "error", "finished_at"])
    finally:
        presence.leave(TASK, run.pk)
    return run


def _work_out(run: PlanRun, seconds: float) -> None:
    try:
        run.result = _propose(Scope.from_json(run.scope), partial(_advance, run), seconds)
        run.status, run.progress, run.step = RunStatus.READY, 100, ""
    except (PlannerFailed, TravelUnknown) as failure:
        log.warning("plan run %s: %s", run.pk, failure)
        run.status, run.error = RunStatus.FAILED, str(failure)


def _advance(run: PlanRun, percent: int, step: str) -> None:
    PlanRun.objects.filter(pk=run.pk).update(progress=percent, step=step)


def _propose(scope: Scope, tell: Callable[[int, str], None], seconds: float) -> dict[str, Any]:
    situation = read_situation(scope)
    tell(15, "Premières tournées")
    began = time.monotonic()

    def keep_going() -> bool:
        spent = (time.monotonic() - began) / seconds
        tell(min(85, 30 + int(55 * spent)), "Amélioration des tournées")
        return spent < 1

    scene, orders = situation.scene, situation.orders
    if scope.freedom is Freedom.LEAST:
        plan = replan(scene.problem, orders, route_planner()).plan
    else:
        with refiner() as opened:
            effort = Effort(refiner=opened)
            plan = make_plan(
                scene.problem, route_planner(), start=orders, keep_going=keep_going, effort=effort
            )
    plan = _balanced(scene, plan) if scope.with_balance else plan
    tell(90, "Explication de chaque changement")
    return proposal_of(scene, orders, plan, situation.versions)


def _balanced(scene: Scene, plan: Plan) -> Plan:
    return balance(scene.problem, plan).plan


@dataclass(frozen=True)
class Situation:
    """The tours of the scope as they are now."""

    scene: Scene
    orders: Orders
    versions: dict[str, int]


def read_situation(scope: Scope, more: Sequence[int] = ()) -> Situation:
    """Read agents, tours, locks and missions of the scope, and the missions `more`. Raises TravelUnknown."""
    tours = list(
        Tour.objects.filter(day__range=(scope.first_day, scope.last_day), agent__is_active=True).order_by(
            "pk"
        )
    )
    stops = list(Stop.objects.filter(tour__in=tours).order_by("tour", "position"))
    agents = list(agents_for(scope.first_day, scope.last_day))
    if scope.zones:
        busy = {tour.agent_id for tour in tours}
        agents = [a for a in agents if a.pk in busy or set(a.departments) & set(scope.zones)]
    keys = {tour.pk: (tour.agent_id, (tour.day - scope.first_day).days) for tour in tours}
    orders: Orders = {}
    for stop in stops:
        key = keys[stop.tour_id]
        orders[key] = (*orders.get(key, ()), stop.mission_id)
    scene = build_scene(
        agents=agents,
        missions=missions_for([*(stop.mission_id for stop in stops), *_waiting(scope), *more]),
        first_day=scope.first_day,
        days=scope.days,
        locks=_locks(scope, stops, keys),
        frozen=_frozen(scope, tours, keys, [agent.pk for agent in agents]),
        room=_room(scope, tours),
    )
    versions = {f"{tour.agent_id}:{tour.day.isoformat()}": tour.version for tour in tours}
    return Situation(scene, orders, versions)


def _waiting(scope: Scope) -> list[int]:
    if not scope.with_waiting or scope.freedom is Freedom.ORDER:
        return []
    rows = Filters(zones=scope.zones).keep(to_assign(), scope.first_day)
    start = timezone.make_aware(dt.datetime.combine(scope.first_day, dt.time()))
    end = timezone.make_aware(dt.datetime.combine(scope.last_day + dt.timedelta(1), dt.time()))
    promised = rows.filter(appointment_at__gte=start, appointment_at__lt=end)
    free = rows.filter(appointment_at=None).order_by("due_on", "pk")
    found = [*promised.values_list("pk", flat=True), *free.values_list("pk", flat=True)[:MOST_WAITING]]
    return found[:MOST_WAITING]


def _locks(scope: Scope, stops: Sequence[Stop], keys: dict[int, TourKey]) -> dict[int, Lock]:
    found = {}
    for stop in stops:
        agent, day = keys[stop.tour_id]
        if stop.is_locked or scope.freedom is Freedom.ORDER:
            found[stop.mission_id] = Lock(agent, day)
        elif scope.freedom is Freedom.SAME_AGENT:
            found[stop.mission_id] = Lock(agent, None)
    return found


def _frozen(
    scope: Scope, tours: Sequence[Tour], keys: dict[int, TourKey], agents: Sequence[int]
) -> set[TourKey]:
    """Return the agent-days that nothing enters or leaves: begun, locked, past, or on a locked day."""
    begun = (TourStatus.STARTED, TourStatus.DONE)
    found = {keys[tour.pk] for tour in tours if tour.is_locked or tour.status in begun}
    locked = set(
        DayLock.objects.filter(day__range=(scope.first_day, scope.last_day)).values_list("day", flat=True)
    )
    today = timezone.localdate()
    for day in range(scope.days):
        date = scope.first_day + dt.timedelta(day)
        if date in locked or date < today:
            found |= {(agent, day) for agent in agents}
    return found


def _room(scope: Scope, tours: Sequence[Tour]) -> int:
    """Return how many visits non-salaried agents may have over the scope: other days taken off."""
    share = freelance_share(scope.first_day.year)
    inside = Stop.objects.filter(tour__in=tours, tour__agent__contract="INDEPENDANT").count()
    return max(inside, share.room - (share.planned_freelance - inside))


def discard_run(*, run_id: int) -> None:
    """Set a proposal aside."""
    PlanRun.objects.filter(pk=run_id, status=RunStatus.READY).update(status=RunStatus.DISCARDED)

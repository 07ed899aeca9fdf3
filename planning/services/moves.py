"""The three ways of moving a mission on the board end here: place, move, remove."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from django.db import transaction

from missions.enums import MissionStatus
from missions.models import Mission
from missions.services import check_assignable
from planning.enums import Provenance, TourStatus
from planning.models import BoardMove, DayLock, Stop, Tour
from planning.rules.constraints import Constraint, Violation
from planning.rules.eligibility import refusals
from planning.rules.insertion import cheapest_insertion, detours
from planning.rules.model import Problem, TourKey
from planning.rules.schedule import tour_violations
from planning.selectors.people import agents_for, missions_for
from planning.selectors.share import freelance_share
from planning.services.refusals import BoardConflict, PlacementRefused, ReasonNeeded
from planning.services.scene import Scene, build_scene
from planning.services.sheets import Key, Sheet, Slot, check_seen, lock_tours, read_sheets, write_sheets
from spekty.accounts.enums import Contract
from spekty.accounts.models import Agent
from spekty.core.actors import Actor
from spekty.core.engine import lock_row
from spekty.core.enums import Channel

Seen = Mapping[Key, int]
"""(agent id, day) -> version of the tour on the planner's screen."""


@transaction.atomic
def place_stop(
    *,
    mission_id: int,
    target: Key,
    by: Actor,
    position: int | None = None,
    seen: Seen | None = None,
    reason: str = "",
    provenance: Provenance = Provenance.HAND,
) -> BoardMove:
    """Put a mission that is on no tour on the tour of `target`, at `position` (1 = first; None = cheapest).

    Raises BoardConflict, PlacementRefused, MissionNotAssignable, or ReasonNeeded; nothing is written then.
    """
    gesture = Gesture(mission_id, None, target, position, seen or {}, reason, provenance)
    return _make(gesture, by)


@transaction.atomic
def move_stop(
    *,
    mission_id: int,
    source: Key,
    target: Key,
    by: Actor,
    position: int | None = None,
    seen: Seen | None = None,
    reason: str = "",
    provenance: Provenance = Provenance.HAND,
) -> BoardMove:
    """Move a mission to another place, agent or day. Raises what `place_stop` raises."""
    gesture = Gesture(mission_id, source, target, position, seen or {}, reason, provenance)
    return _make(gesture, by)


@transaction.atomic
def remove_stop(*, mission_id: int, source: Key, by: Actor, seen: Seen | None = None) -> BoardMove:
    """Take a mission off its tour; it goes back to those to assign. Raises as `place_stop`."""
    return _make(Gesture(mission_id, source, None, None, seen or {}), by)


@transaction.atomic
def refresh_hours(*, keys: Iterable[Key], by: Actor) -> None:
    """Work out hours and kilometres again, the order kept: after an import, or when homes changed."""
    tours = lock_tours(keys)
    sheets = read_sheets(tours)
    write_sheets(tours, sheets, scene_of(tours, sheets), by)


@dataclass(frozen=True)
class Gesture:
    """What a planner asks: from a tour or from nowhere, to a tour or to nowhere."""

    mission: int
    source: Key | None
    target: Key | None
    position: int | None
    seen: Seen
    reason: str = ""
    provenance: Provenance = Provenance.HAND

    @property
    def keys(self) -> list[Key]:
        return [key for key in dict.fromkeys((self.source, self.target)) if key is not None]


def _make(gesture: Gesture, by: Actor) -> BoardMove:
    tours = lock_tours(gesture.keys)
    mission = lock_row(Mission, gesture.mission)
    check_seen(tours, gesture.seen)
    _check_source(mission, gesture)
    check_open(tours.values())
    before = read_sheets(tours)
    _check_movable(mission, gesture, before)
    scene = scene_of(tours, before, [mission.pk])
    after = _after(gesture, before, scene)
    if gesture.target is not None:
        _check_place(gesture, mission, tours[gesture.target], before, after, scene)
    write_sheets(tours, after, scene, by)
    return keep_move(before, after, label_of(gesture, mission, tours, after), by)


def keep_move(before: Mapping[Key, Sheet], after: Mapping[Key, Sheet], label: str, by: Actor) -> BoardMove:
    """Write the gesture down, with what it takes to undo it."""
    assert by.user_id is not None, "a gesture of the board is a person's"
    return BoardMove.objects.create(
        user_id=by.user_id,
        label=label[:200],
        before=[sheet.as_json() for sheet in before.values()],
        after=[sheet.as_json() for sheet in after.values()],
    )


def _check_source(mission: Mission, gesture: Gesture) -> None:
    """Raise BoardConflict if the mission isn't where the planner saw it."""
    stop = Stop.objects.filter(mission=mission).select_related("tour__agent").first()
    actual = (stop.tour.agent_id, stop.tour.day) if stop else None
    if actual == gesture.source:
        return
    if stop is None:
        raise BoardConflict(f"{mission.number} n’est plus sur cette tournée : elle est à affecter.")
    raise BoardConflict(
        f"{mission.number} est déjà sur la tournée de {stop.tour.agent} du {stop.tour.day:%d/%m/%Y} : "
        "rien n’a été écrasé."
    )


def check_open(tours: Iterable[Tour]) -> None:
    """Raise PlacementRefused for a tour that is locked, begun or on a locked day."""
    rows = list(tours)
    check_begun(rows)
    for tour in rows:
        if tour.is_locked:
            raise PlacementRefused(f"La tournée de {tour.agent} du {tour.day:%d/%m/%Y} est verrouillée.")
    locked = DayLock.objects.filter(day__in=[tour.day for tour in rows]).first()
    if locked:
        raise PlacementRefused(f"Le {locked.day:%d/%m/%Y} est verrouillé. {locked.reason}".strip())


def check_begun(tours: Iterable[Tour]) -> None:
    """Raise PlacementRefused for a tour that is under way or over."""
    for tour in tours:
        if tour.status in (TourStatus.STARTED, TourStatus.DONE):
            raise PlacementRefused(f"La tournée de {tour.agent} du {tour.day:%d/%m/%Y} est commencée.")


def _check_movable(mission: Mission, gesture: Gesture, before: Mapping[Key, Sheet]) -> None:
    if mission.channel != Channel.SITE:
        raise PlacementRefused(f"{mission.number} se fait par contact : elle n’entre pas dans une tournée.")
    if not mission.is_open or mission.status == MissionStatus.IN_PROGRESS:
        raise PlacementRefused(
            f"{mission.number} : {mission.get_status_display().lower()}, elle ne bouge plus."
        )
    if gesture.source is None:
        return
    slot = next(slot for slot in before[gesture.source].slots if slot.mission == mission.pk)
    if slot.is_locked:
        raise PlacementRefused(f"{mission.number} est verrouillée à sa place.")


def scene_of(tours: Mapping[Key, Tour], sheets: Mapping[Key, Sheet], more: Sequence[int] = ()) -> Scene:
    """Return the scene of these tours alone: their agents, their days, their missions and `more`."""
    days = [day for _, day in tours]
    first, last = min(days), max(days)
    ids = {mission for sheet in sheets.values() for mission in sheet.order} | set(more)
    return build_scene(
        agents=list(agents_for(first, last, {agent for agent, _ in tours})),
        missions=missions_for(ids),
        first_day=first,
        days=(last - first).days + 1,
    )


def _after(gesture: Gesture, before: Mapping[Key, Sheet], scene: Scene) -> dict[Key, Sheet]:
    after = dict(before)
    slot = Slot(gesture.mission)
    if gesture.source is not None:
        slot = next(s for s in before[gesture.source].slots if s.mission == gesture.mission)
        after[gesture.source] = before[gesture.source].without(gesture.mission)
    if gesture.target is None:
        return after
    kept = slot.reason if gesture.source == gesture.target else ""
    slot = replace(slot, provenance=str(gesture.provenance), reason=gesture.reason[:200] or kept)
    sheet = after[gesture.target]
    place = gesture.position - 1 if gesture.position else None
    if place is None:
        place = best_position(scene.problem, scene.key(*gesture.target), sheet.order, gesture.mission)
    after[gesture.target] = sheet.with_slot(slot, place)
    return after


def best_position(problem: Problem, key: TourKey, order: tuple[int, ...], mission_id: int) -> int:
    """Return the cheapest position (from 0) that keeps the hours, else the shortest detour."""
    mission = problem.mission[mission_id]
    found = cheapest_insertion(problem, {key: order}, mission, [key])
    return found.position if found else detours(problem, {key: order}, mission, [key])[0].position


def _check_place(
    gesture: Gesture,
    mission: Mission,
    tour: Tour,
    before: Mapping[Key, Sheet],
    after: Mapping[Key, Sheet],
    scene: Scene,
) -> None:
    target = tour.agent_id, tour.day
    if tour.agent_id not in scene.problem.agent:
        raise PlacementRefused(f"{tour.agent} n’est plus en activité.")
    if gesture.source is None or gesture.source[0] != tour.agent_id or gesture.source[1] != tour.day:
        check_assignable(mission, tour.agent, tour.day)
    found = placement_violations(scene, mission.pk, target, before[target].order, after[target].order)
    found += _share_violation(gesture, tour)
    blocking = [violation for violation in found if is_blocking(scene, violation)]
    if blocking:
        text = ", ".join(violation.text for violation in blocking)
        raise PlacementRefused(f"{mission.number} chez {tour.agent} : {text}.", blocking)
    if found and not gesture.reason.strip():
        raise ReasonNeeded(found)


def placement_violations(
    scene: Scene, mission_id: int, target: Key, before: tuple[int, ...], after: tuple[int, ...]
) -> list[Violation]:
    """Return what the mission there breaks: rights, dates, appointments, then hours and limits made worse."""
    problem, key = scene.problem, scene.key(*target)
    found: list[Violation] = []
    if mission_id not in before:
        found += refusals(problem, problem.mission[mission_id], problem.agent[key[0]], key[1])
    found += appointment_clashes(problem, key, after)
    known = {(v.constraint, v.mission): v.amount for v in tour_violations(problem, key, before)}
    found += [
        violation
        for violation in tour_violations(problem, key, after)
        if violation.amount > known.get((violation.constraint, violation.mission), 0)
    ]
    return found


def appointment_clashes(problem: Problem, key: TourKey, order: tuple[int, ...]) -> list[Violation]:
    """Return a blocking violation for every two visits of the tour whose agreed hours overlap."""
    agreed = sorted(
        (slot.start, slot.start + problem.mission[m].service, m)
        for m in order
        for slot in problem.mission[m].slots
    )
    return [
        Violation(
            Constraint.TIMES,
            f"deux rendez-vous se chevauchent ({problem.mission[first[2]].label} et "
            f"{problem.mission[second[2]].label})",
            key[0],
            key[1],
            second[2],
        )
        for first, second in zip(agreed, agreed[1:], strict=False)
        if second[0] < first[1]
    ]


def is_blocking(scene: Scene, violation: Violation) -> bool:
    """An appointment on another day is blocking too: it must be moved with the beneficiary first."""
    if violation.is_blocking:
        return True
    if violation.constraint is not Constraint.SLOT or violation.mission is None or violation.day is None:
        return False
    slots = scene.problem.mission[violation.mission].slots
    return all(slot.start // 86_400 != violation.day for slot in slots)


def _share_violation(gesture: Gesture, tour: Tour) -> list[Violation]:
    """Return a blocking violation when non-salaried agents would go over their share of the year."""
    if tour.agent.contract != Contract.FREELANCE:
        return []
    if gesture.source is not None and _is_freelance(gesture.source[0]):
        return []
    share = freelance_share(tour.day.year)
    if share.planned_freelance + 1 <= share.room:
        return []
    text = f"part des non-salariés : {share.block_percent:.0f} % atteints sur l’année {tour.day.year}"
    return [Violation(Constraint.NON_SALARIED, text, tour.agent_id)]


def _is_freelance(agent_id: int) -> bool:
    return Agent.objects.filter(pk=agent_id, contract=Contract.FREELANCE).exists()


def label_of(
    gesture: Gesture, mission: Mission, tours: Mapping[Key, Tour], after: Mapping[Key, Sheet]
) -> str:
    """Say the gesture: « M-2026-000513 affectée à D. Coste, passage 4 »."""
    if gesture.target is None:
        assert gesture.source is not None
        return f"{mission.number} retirée de la tournée de {tours[gesture.source].agent.short_name}"
    rank = after[gesture.target].order.index(mission.pk) + 1
    verb = "affectée" if gesture.source is None else "déplacée"
    who = tours[gesture.target].agent.short_name
    other_day = gesture.source is not None and gesture.source[1] != gesture.target[1]
    when = f", {_short(gesture.target[1])}" if other_day else ""
    return f"{mission.number} {verb} chez {who}{when}, passage {rank}"


def _short(day: dt.date) -> str:
    return f"{day:%d/%m/%Y}"
